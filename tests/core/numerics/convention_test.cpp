// SPDX-License-Identifier: GPL-3.0-or-later
// Published systems as switches: what they keep of the user's choice, what they set, what they
// refuse, and their worked blocks.
#include "core/numerics/convention.h"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/numerics/quantise.h"

namespace mantissa::numerics {
namespace {

using Values = std::vector<float>;
using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

const Convention& convention(std::string_view id) {
    const auto found = findConvention(id);
    EXPECT_TRUE(found) << found.error().text();
    return **found;
}

Result<TensorFormat> adopted(std::string_view id, const char* start,
                             TensorUse use = TensorUse::Operand) {
    return adopt(convention(id), {parseFormat(start).value()}, use);
}

std::string formatAs(std::string_view id, const char* start, TensorUse use = TensorUse::Operand) {
    const auto result = adopted(id, start, use);
    return result ? formatText(result->format) : result.error().text();
}

std::string roundingAs(std::string_view id, const char* start, TensorUse use) {
    const auto result = adopted(id, start, use);
    return result ? roundingText(result->rounding, result->randomBits) : result.error().text();
}

struct Worked {
    const char* convention;
    const char* start;  ///< only widths and extents of it count
    Values in, out;
};

void PrintTo(const Worked& worked, std::ostream* out) {
    *out << worked.start << " as " << worked.convention;
}

class AdoptedBlock : public testing::TestWithParam<Worked> {};

/// Stochastic systems without their noise, as their deterministic mode does it.
TEST_P(AdoptedBlock, IsQuantisedAsTheSystemDoes) {
    const auto& p = GetParam();
    auto format = adopted(p.convention, p.start);
    ASSERT_TRUE(format) << format.error().text();
    if (format->rounding == Rounding::Stochastic) {
        format->rounding = Rounding::NearestEven;
    }
    Values out(p.in.size());
    quantiseRef(p.in, out, {1, static_cast<std::int64_t>(p.in.size())}, 1, *format, {});
    for (float& x : out) {
        x = x == 0 ? 0.0F : x;  // the sign of zero is not asserted
    }
    EXPECT_THAT(out, ElementsAreArray(p.out));
}

const Values kBlock{7, 1.3F, -0.4F, 0.24F};
const Values kGroup{13, -2.625F, 1.5F, 0.296875F};

INSTANTIATE_TEST_SUITE_P(
    Conventions, AdoptedBlock,
    testing::Values(
        Worked{"msfp", "bfp<4>", kBlock, {7, 1, 0, 0}},
        Worked{"msfp", "hbfp8", kBlock, {7, 1.25F, -0.375F, 0.1875F}},
        Worked{"flexblock", "bfp<4,sign=out>", kBlock, {7, 1, 0, 0}},
        Worked{"flexblock", "bfp<8,sign=out>", kBlock, {7, 1.28125F, -0.375F, 0.21875F}},
        Worked{"flexblock", "bfp<4,sign=out>", kGroup, {13, -2, 1, 0}},
        Worked{"fast", "bfp<3>", kBlock, {6, 0, 0, 0}},
        Worked{"fast", "bfp<5>", kBlock, {7, 1, 0, 0}},
        Worked{"hbfp", "bfp<3,sign=out>", kBlock, {7, 1, 0, 0}},
        Worked{"hbfp", "bfp<6>", kBlock, {7, 1.25F, -0.5F, 0.25F}},
        Worked{"hbfp", "msfp16", kBlock, {7, 1.3125F, -0.375F, 0.25F}},
        Worked{"hbfp", "bfp<4>", {0.9F, -0.33F, 0.05F, 0.011F}, {0.875F, -0.375F, 0, 0}},
        Worked{"hbfp", "bfp<8>", {1, 0}, {0.9921875F, 0}},
        Worked{"accuracy-boosters", "bfp<6>", kBlock, {7, 1.25F, -0.5F, 0.25F}},
        Worked{"lightnorm-max", "bfp<5,sign=out>", kBlock, {7, 1.25F, -0.25F, 0}},
        Worked{"lightnorm", "bfp<5,sign=out>", kBlock, {7, 1.25F, -0.375F, 0.1875F}},
        Worked{"lightnorm-max", "bfp<5,sign=out>", kGroup, {13, -2.5F, 1.5F, 0}},
        Worked{"lightnorm", "bfp<5,sign=out>", kGroup, {13, -2.625F, 1.5F, 0.25F}},
        Worked{"ocp", "mx<int8,block=16,rule=rceil>", kBlock, {7, 1.3125F, -0.375F, 0.25F}},
        Worked{"ocp", "mx<e2m1,rule=ceil>", kBlock, {6, 1.5F, -0.5F, 0}},
        Worked{"ocp", "mx<e2m3,rule=even>", kBlock, {7, 1.25F, -0.375F, 0.25F}},
        Worked{"ocp", "mx<e4m3>", kBlock, {7, 1.25F, -0.40625F, 0.234375F}},
        Worked{"ocp", "mx<int8>", {1, 1.5F / 64}, {1, 2.0F / 64}},
        // The tie between two and three steps: even with OCP, away with microxcaling.
        Worked{"ocp", "mx<int8>", {1, 2.5F / 64}, {1, 2.0F / 64}},
        Worked{"microxcaling", "mx<int8>", {1, 2.5F / 64}, {1, 3.0F / 64}},
        Worked{"qpytorch", "bfp<8>", {64, 2.5F, -2.5F}, {64, 3, -2}},
        Worked{"qpytorch", "fixed<4,4>", {0.09375F}, {0.125F}},
        Worked{"qnn", "fixed<2,2>", {0.3F, 1, -1}, {0.25F, 0.875F, -1}},
        Worked{"qnn", "binary<scale=max>", {0.3F, -2, 0}, {2, -2, 2}},
        Worked{"banner", "affine<2>", {-1, 0.2F, 2}, {-1, 0, 2}},
        Worked{"smartdeal", "pow2<4>", {5, 0.1F}, {4, 0.125F}},
        Worked{"eie", "codebook<1>", {0, 1, 10, 11}, {0.5F, 0.5F, 10.5F, 10.5F}},
        Worked{"comet", "bounded<0.25>", {0.3F, -1.2F}, {0.5F, -1}}));

TEST(Adopting, GivesTheNamedFormatsOfTheSystemThatTheyComeFrom) {
    EXPECT_EQ(formatAs("hbfp", "bfp<8,block=16>"), "hbfp8");
    EXPECT_EQ(formatAs("msfp", "hbfp4"), "msfp12");
    EXPECT_EQ(formatAs("flexblock", "bfp<9>"), "fb16");
    EXPECT_EQ(formatAs("fast", "msfp13"), "fast4");
    EXPECT_EQ(formatAs("lightnorm", "bfp<6>"), "lightnorm_a_exempt");
    EXPECT_EQ(formatAs("lightnorm-max", "bfp<5>", TensorUse::Gradient), "lightnorm_b");
    EXPECT_EQ(formatAs("lightnorm", "float<6,3>"), "fp10_b");
    EXPECT_EQ(formatAs("micro-exponents", "smx<4,block=32,sub=4>"), "smx6");
    EXPECT_EQ(formatAs("ocp", "mx<e2m1,block=64,scale=6>"), "mxfp4_e2m1");
    EXPECT_EQ(formatAs("fp8-toolkit", "float<4,3,subnormals=off>"), "fp8_e4m3");
    EXPECT_EQ(formatAs("fp8-toolkit", "float<5,2,variant=fn>"), "fp8_e5m2");
    EXPECT_EQ(formatAs("banner", "affine<8,block=32>"), "int8");
    EXPECT_EQ(formatAs("eie", "codebook<4,block=64>"), "eie4");
}

TEST(Adopting, KeepsWidthsAndTheExtentsThatTheSystemLeavesOpen) {
    EXPECT_EQ(formatAs("accuracy-boosters", "bfp<6,block=8>"),
              "bfp<6,block=8,rule=ceil,eps=1e-08>");
    EXPECT_EQ(formatAs("accuracy-boosters", "hbfp4"), "bfp<4,block=32,rule=ceil,eps=1e-08>");
    EXPECT_EQ(formatAs("hbfp", "bfp<8,block=64x64>"),
              "bfp<8,exp=10,block=64x64,rule=ceil,eps=1e-08>");
    EXPECT_EQ(formatAs("microxcaling", "mx<e3m4,block=64,rule=ceil>"), "mx<e3m4,block=64>");
    EXPECT_EQ(formatAs("microxcaling", "mx<e2m1,block=16,scale=6>"), "mx<e2m1,block=16,scale=6>");
    EXPECT_EQ(formatAs("flexblock", "bfp<6,sign=out,block=1x8x3x3>"),
              "bfp<6,sign=out,block=1x8x3x3>");
    EXPECT_EQ(formatAs("qpytorch", "bfp<8,block=slice>"), "bfp<8,block=slice>");
    EXPECT_EQ(formatAs("qpytorch", "bfp<8,block=16,clamp=off,bias=3>"), "bfp<8,block=tensor>");
    EXPECT_EQ(formatAs("gupta", "fixed<3,9,symmetric=on,clamp=off>"), "fixed<3,9>");
    EXPECT_EQ(formatAs("comet", "bounded<0.5,kind=relative,bits=8,block=64>"),
              "bounded<0.5,kind=relative,bits=8,block=64>");
}

TEST(Adopting, RoundsGradientsAsTheSystemDoes) {
    constexpr auto kOperand = TensorUse::Operand;
    constexpr auto kGradient = TensorUse::Gradient;
    EXPECT_EQ(roundingAs("fast", "fast4", kOperand), "toward_zero");
    EXPECT_EQ(roundingAs("fast", "fast4", kGradient), "stochastic<8>");
    EXPECT_EQ(roundingAs("fp8-toolkit", "fp8_e5m2", kOperand), "nearest_even");
    EXPECT_EQ(roundingAs("fp8-toolkit", "fp8_e5m2", kGradient), "stochastic<8>");
    EXPECT_EQ(roundingAs("banner", "int8", kOperand), "nearest_even");
    EXPECT_EQ(roundingAs("banner", "int8", kGradient), "stochastic");
    for (const char* id : {"hbfp", "accuracy-boosters"}) {
        EXPECT_EQ(roundingAs(id, "hbfp8", kOperand), "stochastic");
        EXPECT_EQ(roundingAs(id, "hbfp8", kGradient), "stochastic");
    }
    EXPECT_EQ(roundingAs("gupta", "fixed<4,12>", kOperand), "stochastic");
    EXPECT_EQ(roundingAs("ocp", "mxint8", kGradient), "nearest_even");
    EXPECT_EQ(roundingAs("microxcaling", "mxint8", kGradient), "nearest_away");
}

TEST(Adopting, KeepsTheUsersRoundingWhereTheSystemStatesNone) {
    const TensorFormat start{parseFormat("smx9").value(), Rounding::Stochastic, 12};
    EXPECT_EQ(adopt(convention("micro-exponents"), start).value(), start);
}

TEST(Adopting, TwiceIsAsOnce) {
    for (const auto& one : conventions()) {
        for (const auto& named : namedFormats()) {
            for (const auto use : {TensorUse::Operand, TensorUse::Gradient}) {
                if (const auto once = adopt(one, {named.format}, use); once) {
                    EXPECT_EQ(adopt(one, *once, use).value(), *once)
                        << named.name << " as " << one.id;
                    EXPECT_TRUE(validate(once->format));
                }
            }
        }
    }
}

TEST(Adopting, RefusesAKindThatTheSystemDoesNotSpeakOf) {
    const auto refused = adopted("hbfp", "mxfp4_e2m1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(
        refused.error().text(),
        AllOf(HasSubstr("convention hbfp"), HasSubstr("HBFP"), HasSubstr("mxfp4_e2m1"),
              HasSubstr("start from a format such as hbfp8"), HasSubstr("microxcaling, ocp")));
    EXPECT_FALSE(adopted("ocp", "fp32"));
}

TEST(Adopting, RefusesWidthsThatTheSystemDoesNotDefine) {
    EXPECT_THAT(formatAs("ocp", "mx<e3m4>"), AllOf(HasSubstr("e3m4"), HasSubstr("e5m2, e4m3")));
    EXPECT_THAT(formatAs("ocp", "mx<int4>"), HasSubstr("int4"));
    EXPECT_THAT(formatAs("fp8-toolkit", "bf16"), HasSubstr("e8m7"));
    EXPECT_THAT(formatAs("fast", "bfp<4>"), HasSubstr("3 without the sign"));
    EXPECT_THAT(formatAs("qnn", "binary<scale=mean>"), HasSubstr("XNOR-Net"));
}

TEST(ConventionTable, IsFoundByIdInAnyCase) {
    EXPECT_EQ(convention("HBFP").id, "hbfp");
    const auto unknown = findConvention("hbfp8");
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message, AllOf(HasSubstr("\"hbfp8\""), HasSubstr("flexblock")));
}

TEST(ConventionTable, ExplainsEachOnOneScreen) {
    std::vector<std::string_view> ids;
    for (const auto& one : conventions()) {
        SCOPED_TRACE(one.id);
        EXPECT_EQ(std::count(ids.begin(), ids.end(), one.id), 0);
        ids.push_back(one.id);
        EXPECT_FALSE(one.source.empty());
        EXPECT_FALSE(one.rules.empty());
        std::istringstream text{std::string(one.explanation)};
        int lines = 0;
        for (std::string line; std::getline(text, line); ++lines) {
            EXPECT_LE(line.size(), 90U) << line;
            EXPECT_FALSE(line.empty());
        }
        EXPECT_GE(lines, 8);
        EXPECT_LE(lines, 15);
    }
}

TEST(ConventionTable, NamesOnlyParametersThatTheKindHas) {
    for (const auto& one : conventions()) {
        for (const auto& rule : one.rules) {
            const auto& family = familyOf(rule.pattern);
            EXPECT_TRUE(validate(rule.pattern)) << one.id;
            for (const auto& ids : {rule.keeps, rule.derives}) {
                for (const auto id : ids) {
                    EXPECT_TRUE(std::any_of(family.parameters.begin(), family.parameters.end(),
                                            [&](const auto& p) { return p.spec.id == id; }))
                        << one.id << " " << id;
                }
            }
        }
    }
}

std::string factOf(std::string_view id, const char* format, std::string_view what) {
    const auto& one = convention(id);
    const auto* rule = ruleFor(one, parseFormat(format).value());
    if (rule == nullptr) {
        return "no rule";
    }
    for (const auto& fact : conventionFacts(*rule)) {
        if (fact.what == what) {
            return fact.value;
        }
    }
    return "absent";
}

TEST(ConventionFacts, SayWhatIsFixedAndWhatIsTheUsers) {
    EXPECT_EQ(factOf("hbfp", "hbfp8", "Rounding"), "stochastic");
    EXPECT_EQ(factOf("hbfp", "hbfp8", "Rounding of gradients"), "absent");
    EXPECT_EQ(factOf("hbfp", "hbfp8", "Mantissa bits"), "yours");
    EXPECT_EQ(factOf("hbfp", "hbfp8", "Exponent bits"), "10 bits");
    EXPECT_EQ(factOf("hbfp", "hbfp8", "Exponent rule"), "ceil");
    EXPECT_EQ(factOf("hbfp", "hbfp8", "Epsilon"), "1e-08");
    EXPECT_EQ(factOf("hbfp", "hbfp8", "Block shape"), "24x24, or your tile");
    EXPECT_EQ(factOf("msfp", "msfp12", "Epsilon"), "absent");
    EXPECT_EQ(factOf("msfp", "msfp12", "Sign"), "out");
    EXPECT_EQ(factOf("fast", "fast4", "Rounding of gradients"), "stochastic<8>");
    EXPECT_EQ(factOf("lightnorm", "lightnorm_a", "Exponent bits"), "follows from the widths");
    EXPECT_EQ(factOf("micro-exponents", "smx9", "Rounding"), "not stated: yours");
}

}  // namespace
}  // namespace mantissa::numerics
