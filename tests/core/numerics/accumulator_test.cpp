// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/accumulator.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mantissa::numerics {
namespace {

using ::testing::HasSubstr;

Accumulator accumulator(const char* text) {
    return parseAccumulator(text).value();
}

std::string errorOf(std::string_view text) {
    const auto read = parseAccumulator(text);
    return read ? "" : read.error().text();
}

TEST(Accumulator, EveryNamedOneIsLegalReadsBackAndHasASource) {
    std::set<std::string_view> names;
    for (const auto& named : namedAccumulators()) {
        EXPECT_TRUE(validate(named.accumulator)) << named.name;
        EXPECT_FALSE(named.label.empty()) << named.name;
        EXPECT_FALSE(named.source.empty()) << named.name;
        EXPECT_EQ(accumulatorText(named.accumulator), named.name);
        EXPECT_EQ(parseAccumulator(named.name), named.accumulator);
        EXPECT_TRUE(names.insert(named.name).second) << named.name << " twice";
    }
}

TEST(Accumulator, FamiliesFollowTheVariant) {
    ASSERT_EQ(accumulatorFamilies().size(), std::variant_size_v<Accumulator>);
    for (std::size_t i = 0; i < accumulatorFamilies().size(); ++i) {
        const auto& family = accumulatorFamilies()[i];
        EXPECT_EQ(family.defaults.index(), i);
        EXPECT_TRUE(validate(family.defaults)) << family.id;
        EXPECT_EQ(&familyOf(family.defaults), &family);
    }
}

TEST(Accumulator, ParametersReadBackWhatTheyWriteAndExplainThemselves) {
    for (const auto& family : accumulatorFamilies()) {
        for (const auto& parameter : family.parameters) {
            const auto& spec = parameter.spec;
            EXPECT_EQ(parameter.get(family.defaults), spec.defaultValue) << spec.id;
            EXPECT_FALSE(spec.help.empty()) << spec.id;
            EXPECT_FALSE(spec.label.empty()) << spec.id;
            for (int value = static_cast<int>(spec.minimum); value <= spec.maximum; ++value) {
                Accumulator changed = family.defaults;
                parameter.set(changed, value);
                EXPECT_EQ(parameter.get(changed), value) << family.id << "." << spec.id;
                EXPECT_TRUE(validate(changed)) << family.id << "." << spec.id;
                EXPECT_EQ(parseAccumulator(accumulatorText(changed)), changed)
                    << accumulatorText(changed);
            }
        }
    }
}

TEST(Accumulator, ReadsTheGenericSpelling) {
    EXPECT_EQ(accumulator("fp<8,12,after=block>"),
              (Accumulator{FloatAccumulator{{.exponentBits = 8, .mantissaBits = 12},
                                            RoundingPoint::EveryBlock}}));
    EXPECT_EQ(accumulator("FP < 5, 12, rounding = stochastic >"),
              (Accumulator{FloatAccumulator{
                  {.exponentBits = 5, .mantissaBits = 12, .rounding = Rounding::Stochastic}}}));
    EXPECT_EQ(accumulator("int<24,overflow=wrap>"),
              (Accumulator{IntegerAccumulator{.bits = 24, .overflow = IntegerOverflow::Wrap}}));
    EXPECT_EQ(accumulator("int<24,man=7,exp=6>"),
              (Accumulator{
                  IntegerAccumulator{.bits = 24, .sum = {.exponentBits = 6, .mantissaBits = 7}}}));
}

TEST(Accumulator, IsSpelledByItsNameAndWithoutDefaults) {
    EXPECT_EQ(accumulatorText(accumulator("fp<8,23,after=add>")), "fp32");
    EXPECT_EQ(accumulatorText(accumulator("fp<8,12,rounding=nearest_even,after=block>")),
              "fp<8,12,after=block>");
    EXPECT_EQ(accumulatorText(accumulator("int<24,saturate=on,overflow=saturate,man=7>")),
              "int<24,man=7,saturate=on>");
    EXPECT_EQ(
        accumulatorText(accumulator("fp<5,12,rounding=toward_zero,subnormals=off,saturate=on>")),
        "fp10_a+8");
}

TEST(Accumulator, HasTheWidthsOfThePublishedOnes) {
    const auto widths = [](const char* name) {
        const PartialSum sum = std::get<FloatAccumulator>(accumulator(name)).sum;
        return std::pair(sum.exponentBits, sum.mantissaBits);
    };
    EXPECT_EQ(widths("fp10_a+8"), std::pair(5, 12));
    EXPECT_EQ(widths("fp10_b+8"), std::pair(6, 11));
    EXPECT_EQ(widths("fp8+8"), std::pair(5, 10));
    EXPECT_EQ(widths("fp8_143+8"), std::pair(4, 11));
    EXPECT_EQ(widths("fp16+8"), std::pair(5, 18));
    EXPECT_EQ(std::get<IntegerAccumulator>(accumulator("hbfp4")).bits, 13);
    EXPECT_EQ(std::get<IntegerAccumulator>(accumulator("hbfp8")).bits, 21);
    EXPECT_EQ(std::get<IntegerAccumulator>(accumulator("bdr25")).bits, 25);
}

TEST(Accumulator, ExplainsWhatItCannotRead) {
    EXPECT_THAT(errorOf("fp16"), testing::AllOf(HasSubstr("accumulator \"fp16\""),
                                                HasSubstr("fp10_a+8"), HasSubstr("fp<...>")));
    EXPECT_THAT(errorOf("fp<8>"), HasSubstr("man is missing, must be an integer from 1 to 23"));
    EXPECT_THAT(errorOf("fp<9,12>"), HasSubstr("exp is \"9\", must be an integer from 2 to 8"));
    EXPECT_THAT(errorOf("fp<8,x>"), HasSubstr("man is \"x\", must be"));
    EXPECT_THAT(errorOf("fp<8,12.5>"), HasSubstr("man is \"12.5\", must be an integer"));
    EXPECT_THAT(errorOf("fp<8,12,after=row>"), HasSubstr("after is \"row\", must be add or block"));
    EXPECT_THAT(errorOf("fp<8,12,rounding=nearest_up>"),
                HasSubstr("nearest_even, toward_zero or stochastic"));
    EXPECT_THAT(errorOf("fp<8,12,overflow=wrap>"), HasSubstr("KEY=VALUE with a key of after"));
    EXPECT_THAT(errorOf("fp<8,12,block>"), HasSubstr("argument 3 is \"block\""));
    EXPECT_THAT(errorOf("fp<exp=8,man=12>"), HasSubstr("argument 1 is \"exp=8\", must be exp"));
    EXPECT_THAT(errorOf("fp<8,12,after=add,after=add>"), HasSubstr("after is given twice"));
    EXPECT_THAT(errorOf("int<24"), HasSubstr("must end with \">\""));
    EXPECT_THAT(errorOf("int<1>"), HasSubstr("bits is \"1\", must be an integer from 2 to 53"));
    EXPECT_THAT(errorOf("int<>"), HasSubstr("bits is \"\""));
    EXPECT_THAT(errorOf(""), HasSubstr("unknown accumulator"));
}

TEST(Accumulator, ValidateNamesParameterAndRange) {
    const auto wide = validate(IntegerAccumulator{.bits = 64});
    ASSERT_FALSE(wide);
    EXPECT_EQ(wide.error().text(), "int: bits is 64, must be an integer from 2 to 53 bits");
    EXPECT_FALSE(validate(FloatAccumulator{{.exponentBits = 9}}));
    EXPECT_FALSE(validate(FloatAccumulator{{.mantissaBits = 0}}));
    const auto rounding = validate(FloatAccumulator{{.rounding = Rounding::NearestAway}});
    ASSERT_FALSE(rounding);
    EXPECT_THAT(rounding.error().message, HasSubstr("nearest_even, toward_zero, stochastic"));
}

}  // namespace
}  // namespace mantissa::numerics
