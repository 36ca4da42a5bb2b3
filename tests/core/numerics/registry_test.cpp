// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/registry.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace mantissa::numerics {
namespace {

Format format(const char* text) {
    return parseFormat(text).value();
}

TEST(Registry, EveryNamedFormatIsLegalAndHasASource) {
    std::set<std::string_view> names;
    for (const auto& named : namedFormats()) {
        EXPECT_TRUE(validate(named.format)) << named.name;
        EXPECT_FALSE(named.label.empty()) << named.name;
        EXPECT_FALSE(named.source.empty()) << named.name;
        EXPECT_TRUE(names.insert(named.name).second) << named.name << " twice";
    }
}

TEST(Registry, FamiliesFollowTheVariantAndTheirExamplesAreLegal) {
    ASSERT_EQ(formatFamilies().size(), std::variant_size_v<Format>);
    for (std::size_t i = 0; i < formatFamilies().size(); ++i) {
        const auto& family = formatFamilies()[i];
        EXPECT_EQ(family.example.index(), i) << family.id;
        EXPECT_TRUE(validate(family.example)) << family.id;
        EXPECT_EQ(&familyOf(family.example), &family);
    }
}

TEST(Registry, ParametersReadBackWhatTheyWrite) {
    for (const auto& family : formatFamilies()) {
        for (const auto& parameter : family.parameters) {
            for (const double value :
                 {parameter.spec.minimum, parameter.spec.maximum, parameter.spec.defaultValue}) {
                Format changed = family.example;
                const auto last = static_cast<double>(parameter.spec.choices.size()) - 1;
                const double legal =
                    parameter.spec.kind == ParamKind::Choice ? std::min(value, last) : value;
                parameter.set(changed, legal);
                EXPECT_EQ(parameter.get(changed), legal) << family.id << "." << parameter.spec.id;
            }
        }
    }
}

TEST(Registry, ADefaultBiasFollowsTheExponentBits) {
    Format changed = format("float<4,3>");
    const auto& parameters = familyOf(changed).parameters;
    parameters[2].set(changed, 7);  // what it is already
    parameters[0].set(changed, 5);
    EXPECT_EQ(parameters[2].get(changed), 15);
}

TEST(Storage, OfFullBlocksIsWhatTheLiteratureQuotes) {
    EXPECT_EQ(nominalStorageBits(Fp32{}), 32);
    EXPECT_EQ(nominalStorageBits(format("bf16")), 16);
    EXPECT_EQ(nominalStorageBits(format("tf32")), 19);
    EXPECT_EQ(nominalStorageBits(format("fp8_e4m3")), 8);
    EXPECT_EQ(nominalStorageBits(format("fp10_b")), 10);
    // MSFP16 and MSFP12: 1 + m + 8/16 (facts of Darvish Rouhani et al., table 1: 32/8.5, 32/4.5)
    EXPECT_EQ(nominalStorageBits(format("bfp<7,sign=out,block=16>")), 8.5);
    EXPECT_EQ(nominalStorageBits(format("bfp<3,sign=out,block=16>")), 4.5);
    EXPECT_EQ(nominalStorageBits(format("bfp<8,block=16>")), 8.5);
    // HBFP, 24 x 24 tile, 10-bit exponent: m + 10/576
    for (const int bits : {4, 6, 8, 12, 16}) {
        const auto name = "hbfp" + std::to_string(bits);
        EXPECT_DOUBLE_EQ(nominalStorageBits(format(name.c_str())), bits + 10.0 / 576);
    }
}

TEST(Storage, CountsRaggedBlocksAsTheyAre) {
    const auto vector = format("bfp<8,block=16>");
    EXPECT_DOUBLE_EQ(storageBitsPerElement(vector, {4, 32}, 1), 8.5);
    EXPECT_DOUBLE_EQ(storageBitsPerElement(vector, {4, 17}, 1), 8 + 8.0 * 2 / 17);
    EXPECT_DOUBLE_EQ(storageBitsPerElement(vector, {17, 4}, 0), 8 + 8.0 * 2 / 17);
    EXPECT_DOUBLE_EQ(storageBitsPerElement(vector, {5, 3, 7, 7}, 1), 8 + 8.0 / 3);
    EXPECT_DOUBLE_EQ(storageBitsPerElement(format("hbfp8"), {25, 48}, 0), 8 + 10.0 * 4 / (25 * 48));
    EXPECT_DOUBLE_EQ(storageBitsPerElement(format("hbfp8"), {16, 8, 3, 3}, 1),
                     8 + 10.0 * 3 / (16 * 72));
    EXPECT_DOUBLE_EQ(storageBitsPerElement(format("bfp<8,block=slice>"), {4, 10}, 0), 8.8);
    EXPECT_DOUBLE_EQ(storageBitsPerElement(format("bfp<8,block=tensor>"), {4, 10}, 0), 8.2);
    EXPECT_EQ(storageBitsPerElement(format("fp8_e5m2"), {3, 3}, 0), 8);
    EXPECT_EQ(storageBitsPerElement(vector, {0, 3}, 0), 8.5);
}

struct Range {
    const char* name;
    double largest, smallestNormal, smallestStep;
};

class RangeOf : public testing::TestWithParam<Range> {};

TEST_P(RangeOf, IsWhatTheFormatCanSay) {
    const auto range = rangeOf(format(GetParam().name));
    EXPECT_EQ(range.largest, GetParam().largest);
    EXPECT_EQ(range.smallestNormal, GetParam().smallestNormal);
    EXPECT_EQ(range.smallestStep, GetParam().smallestStep);
}

// FP8: Intel FP8 Emulation Toolkit, README; FP6, FP4: microxcaling formats.py; FP10: clamps of the
// LightNorm simulator, no subnormals.
INSTANTIATE_TEST_SUITE_P(
    Registry, RangeOf,
    testing::Values(Range{"fp32", 0x1.fffffep127, 0x1p-126, 0x1p-149},
                    Range{"fp16", 65504, 0x1p-14, 0x1p-24},
                    Range{"fp8_e5m2", 57344, 0x1p-14, 0x1p-16},
                    Range{"fp8_e4m3", 448, 0x1p-6, 0x1p-9}, Range{"fp8_e3m4", 30, 0.25, 0x1p-6},
                    Range{"fp6_e3m2", 28, 0.25, 0.0625}, Range{"fp6_e2m3", 7.5, 1, 0.125},
                    Range{"fp4_e2m1", 6, 1, 0.5}, Range{"fp10_a", 63488, 0x1p-14, 0x1p-14},
                    Range{"fp10_b", 4026531840, 0x1p-30, 0x1p-30},
                    Range{"float<2,0,variant=fn>", 2, 1, 1},
                    Range{"bfp<8,exp=4,block=16>", 127 * 0x1p2, 0x1p-13, 0x1p-13}));

// Where an exponent's bits say more than blocks of binary32 numbers, or of the minifloat that their
// elements are rounded to first, can need. HBFP's epsilon keeps E at -26 and above.
INSTANTIATE_TEST_SUITE_P(
    WithinBinary32, RangeOf,
    testing::Values(Range{"msfp12", 7 * 0x1p125, 0x1p-129, 0x1p-129},
                    Range{"hbfp8", 127 * 0x1p121, 0x1p-33, 0x1p-33},
                    Range{"bfp<8,exp=10,block=16>", 127 * 0x1p121, 0x1p-149, 0x1p-149},
                    Range{"lightnorm_a", 63488, 0x1p-19, 0x1p-19},
                    Range{"lightnorm_b_exempt", 4026531840, 0x1p-34, 0x1p-34},
                    Range{"bfp<8,block=16,rule=exempt>", 0x1.fffffep127, 0x1p-133, 0x1p-133},
                    Range{"smx4", 3 * 0x1p126, 0x1p-128, 0x1p-128}));

}  // namespace
}  // namespace mantissa::numerics
