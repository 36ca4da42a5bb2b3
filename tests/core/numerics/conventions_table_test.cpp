// SPDX-License-Identifier: GPL-3.0-or-later
// Worked blocks of every published convention, by hand from each system's rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

using Values = std::vector<float>;
using ::testing::ElementsAreArray;

Values quantised(const Values& in, const char* format, Rounding rounding) {
    const auto parsed = parseFormat(format);
    EXPECT_TRUE(parsed) << parsed.error().text();
    Values out(in.size());
    quantiseRef(in, out, {static_cast<std::int64_t>(in.size())}, 0, {parsed.value(), rounding}, {});
    for (float& x : out) {
        x = x == 0 ? 0.0F : x;  // the sign of zero is not asserted
    }
    return out;
}

struct Block {
    const char* format;
    Rounding rounding;
    Values in, out;
};

class WorkedBlock : public testing::TestWithParam<Block> {};

TEST_P(WorkedBlock, IsQuantisedAsTheSystemDoes) {
    EXPECT_THAT(quantised(GetParam().in, GetParam().format, GetParam().rounding),
                ElementsAreArray(GetParam().out));
}

const Values kBlock{7, 1.3F, -0.4F, 0.24F};
const Values kGroup{13, -2.625F, 1.5F, 0.296875F};
constexpr auto kCut = Rounding::TowardZero;
constexpr auto kEven = Rounding::NearestEven;

INSTANTIATE_TEST_SUITE_P(
    Conventions, WorkedBlock,
    testing::Values(
        Block{"msfp12", kCut, kBlock, {7, 1, 0, 0}},
        Block{"msfp16", kCut, kBlock, {7, 1.25F, -0.375F, 0.1875F}},
        Block{"bfp<4,sign=out,block=16>", kCut, kBlock, {7, 1, 0, 0}},
        Block{"bfp<8,sign=out,block=16>", kCut, kBlock, {7, 1.28125F, -0.375F, 0.21875F}},
        Block{"fast2", kCut, kBlock, {6, 0, 0, 0}}, Block{"fast4", kCut, kBlock, {7, 1, 0, 0}},
        Block{"hbfp4", kEven, kBlock, {7, 1, 0, 0}},
        Block{"hbfp6", kEven, kBlock, {7, 1.25F, -0.5F, 0.25F}},
        Block{"hbfp8", kEven, kBlock, {7, 1.3125F, -0.375F, 0.25F}},
        Block{"lightnorm_a", kCut, kBlock, {7, 1.25F, -0.25F, 0}},
        Block{"lightnorm_a_exempt", kCut, kBlock, {7, 1.25F, -0.375F, 0.1875F}},
        Block{"mxint8", kEven, kBlock, {7, 1.3125F, -0.375F, 0.25F}},
        Block{"mxfp4_e2m1", kEven, kBlock, {6, 1.5F, -0.5F, 0}},
        Block{"mxfp6_e2m3", kEven, kBlock, {7, 1.25F, -0.375F, 0.25F}},
        Block{"mxfp6_e3m2", kEven, kBlock, {7, 1.25F, -0.375F, 0.25F}},
        Block{"mxfp8_e4m3", kEven, kBlock, {7, 1.25F, -0.40625F, 0.234375F}},
        Block{"mxfp4_e2m1", kEven, {3, 1.3F, -0.4F, 0.24F}, {3, 1.5F, -0.5F, 0.25F}},
        Block{"mxfp8_e4m3", kEven, {1.9F, 1}, {1.75F, 1}},
        Block{"mxint8", kEven, {1.99F, 1}, {1.984375F, 1}},
        // LightNorm's worked group, five and four mantissa bits.
        Block{"lightnorm_a", kCut, kGroup, {13, -2.5F, 1.5F, 0}},
        Block{"lightnorm_a_exempt", kCut, kGroup, {13, -2.625F, 1.5F, 0.25F}},
        Block{"bfp<4,sign=out,block=16>", kCut, kGroup, {13, -2, 1, 0}},
        Block{"bfp<4,sign=out,block=16,rule=exempt>", kCut, kGroup, {13, -2.5F, 1.5F, 0.25F}},
        // Two at the largest exponent: both untouched, the others aligned to it.
        Block{"bfp<3,sign=out,block=16,rule=exempt>", kCut, {13, 9.75F, 1.5F}, {13, 9.75F, 0}},
        // Rules of the scale: an OCP scale saturates, the next power of two does not.
        Block{"mx<e2m1,rule=ceil>", kEven, kBlock, {8, 1, 0, 0}},
        Block{"mx<e2m1,rule=rceil>", kEven, kBlock, {8, 1, 0, 0}},
        Block{"mx<e2m1,rule=even>", kEven, kBlock, {8, 1, 0, 0}},
        Block{"mx<e2m1,rule=rceil>", kEven, {6, 1}, {6, 1}},
        Block{"bfp<3,sign=out,block=4,rule=rceil>", kEven, {7.5F, 1}, {8, 0}},
        Block{"bfp<3,sign=out,block=4,rule=floor>", kEven, {7.5F, 1}, {7, 1}},
        Block{"bfp<3,sign=out,block=4,clamp=off>", kEven, {7.5F, 1}, {8, 1}},
        Block{"bfp<2,sign=out,block=4,lead=out>", kEven, {7.5F, 1}, {7, 1}},
        // Micro-exponents: the second pair halves its step.
        Block{"smx<3,block=4,sub=2>", kEven, {7, 1.3F, 1.3F, 0.6F}, {7, 1, 1.5F, 0.5F}},
        // Moons et al.: b = 4.
        Block{"fixed<1,3>", kEven, {0.3F, 1, -1}, {0.25F, 0.875F, -1}},
        Block{"affine<2>", kEven, {-1, 0.2F, 2}, {-1, 0, 2}},
        Block{"pow2<4,top=0>", kEven, {0.7F, 0.8F, -3, 0.007F}, {0.5F, 1, -1, 0}},
        Block{"pow2<4,top=0,distance=log>", kEven, {0.7F, 0.71F}, {0.5F, 1}},
        Block{"pow2<4>", kEven, {5, 0.1F}, {4, 0.125F}},
        Block{"binary", kEven, {0.3F, -2, 0}, {1, -1, 1}},
        Block{"binary<scale=mean>", kEven, {1, -3}, {2, -2}},
        Block{"ternary", kEven, {1, -3, 2, 0.5F}, {0, -2.5F, 2.5F, 0}},
        Block{"codebook<1>", kEven, {0, 1, 10, 11}, {0.5F, 0.5F, 10.5F, 10.5F}},
        Block{"bounded<0.25>", kEven, {0.3F, -1.2F}, {0.5F, -1}},
        Block{"bounded<0.2,kind=relative>", kEven, {0, 5, 10}, {0, 4, 8}}));

TEST(FixedPointFormat, RangeAndStepAreGuptas) {
    for (const auto& [text, step, largest, lowest] :
         std::vector<std::tuple<const char*, double, float, float>>{
             {"fixed<2,14>", 6.103515625e-5, 1.99993896484375F, -2},
             {"fixed<4,12>", 2.44140625e-4, 7.999755859375F, -8},
             {"fixed<8,8>", 0.00390625, 127.99609375F, -128}}) {
        EXPECT_EQ(rangeOf(parseFormat(text).value()).smallestStep, step);
        EXPECT_THAT(quantised({1e6F, -1e6F}, text, kEven), testing::ElementsAre(largest, lowest));
    }
}

TEST(FixedPointFormat, GuptasTieGoesDown) {
    EXPECT_THAT(quantised({0.5F, -0.5F, 1.5F, 0.75F}, "fixed<4,0>", Rounding::NearestDown),
                testing::ElementsAre(0, -1, 1, 1));
}

TEST(StorageOfSystems, IsWhatTheirSourcesState) {
    const auto bits = [](const std::string& text) {
        return nominalStorageBits(parseFormat(text).value());
    };
    // Memory densities against FP32 of MSFP16 to MSFP11.
    const std::array densities{3.8, 4.3, 4.9, 5.8, 7.1, 9.1};
    for (int i = 0; i < 6; ++i) {
        const double density = 32 / bits("msfp" + std::to_string(16 - i));
        EXPECT_EQ(std::round(density * 10) / 10, densities.at(static_cast<std::size_t>(i)));
    }
    for (const char* name : {"mxfp8_e5m2", "mxfp8_e4m3", "mxint8"}) {
        EXPECT_EQ(bits(name), 8.25);
    }
    EXPECT_EQ(bits("mxfp6_e3m2"), 6.25);
    EXPECT_EQ(bits("mxfp6_e2m3"), 6.25);
    EXPECT_EQ(bits("mxfp4_e2m1"), 4.25);
    EXPECT_EQ(bits("smx9"), 9);
    EXPECT_EQ(bits("smx6"), 6);
    EXPECT_EQ(bits("smx4"), 4);
    EXPECT_EQ(bits("fast2"), 3.25);
    EXPECT_EQ(bits("fast4"), 6.25);
    EXPECT_EQ(bits("bfp<2,sign=out,exp=3,chunk=2,block=16>"), 3.1875);
    // LightNorm, FP10-A and FP10-B in groups of 4 to 64.
    const std::array groupsA{7.25, 6.625, 6.3125, 6.15625, 6.078125};
    const std::array groupsB{6.5, 5.75, 5.375, 5.1875, 5.09375};
    for (std::size_t i = 0; i < groupsA.size(); ++i) {
        const auto group = std::to_string(4 << i);
        EXPECT_EQ(bits("bfp<5,exp=5,sign=out,first_exp=5,first_man=4,block=" + group + ">"),
                  groupsA.at(i));
        EXPECT_EQ(bits("bfp<4,exp=6,sign=out,first_exp=6,first_man=3,block=" + group + ">"),
                  groupsB.at(i));
    }
    EXPECT_NEAR(bits("fb12"), 5.04, 0.005);
    EXPECT_NEAR(bits("fb16"), 9.07, 0.005);
    EXPECT_NEAR(bits("fb24"), 17.15, 0.005);
}

}  // namespace
}  // namespace mantissa::numerics
