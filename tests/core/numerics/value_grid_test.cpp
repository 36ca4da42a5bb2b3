// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/value_grid.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

using ::testing::ElementsAre;

ValueGrid gridOf(const char* text, int blockExponent = 0) {
    return valueGrid(parseFormat(text).value(), blockExponent);
}

TEST(ValueGrid, ListsTheValuesOfAMinifloatWithItsSubnormals) {
    const auto grid = gridOf("fp4_e2m1");
    EXPECT_THAT(grid.values, ElementsAre(0, 0.5, 1, 1.5, 2, 3, 4, 6));
    EXPECT_TRUE(grid.complete);
    EXPECT_DOUBLE_EQ(gridOf("fp8_e4m3").values[1], std::ldexp(1.0, -9));
}

TEST(ValueGrid, CountsPositiveValuesExactly) {
    EXPECT_DOUBLE_EQ(gridOf("fp8_e4m3").positiveCount(), 126);
    EXPECT_DOUBLE_EQ(gridOf("fp8_e5m2").positiveCount(), 123);
    EXPECT_DOUBLE_EQ(gridOf("fp16").positiveCount(), 31 * 1024 - 1);
    EXPECT_DOUBLE_EQ(gridOf("bf16").positiveCount(), 255 * 128 - 1);
    EXPECT_DOUBLE_EQ(gridOf("fixed<4,12>").positiveCount(), 32767);
    EXPECT_DOUBLE_EQ(gridOf("fp32").positiveCount(), 255 * std::ldexp(1.0, 23) - 1);
}

TEST(ValueGrid, FlushesWhatAFormatWithoutSubnormalsFlushes) {
    const auto grid = gridOf("fp10_a");
    EXPECT_EQ(grid.values[0], 0);
    EXPECT_DOUBLE_EQ(grid.values[1], std::ldexp(1.0, -14));
    EXPECT_DOUBLE_EQ(grid.positiveCount(), 30 * 16);
}

TEST(ValueGrid, PutsABlockAtItsExponent) {
    EXPECT_THAT(gridOf("bfp<4,block=16>").values,
                ElementsAre(0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75));
    EXPECT_THAT(gridOf("mxfp4_e2m1", 2).values, ElementsAre(0, 0.5, 1, 1.5, 2, 3, 4, 6));
    EXPECT_THAT(gridOf("mxfp4_e2m1", 0).values,
                ElementsAre(0, 0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.5));
}

TEST(ValueGrid, JoinsTheGridsOfEveryMicroExponent) {
    EXPECT_THAT(gridOf("smx4").values, ElementsAre(0, 0.25, 0.5, 0.75, 1, 1.5));
}

TEST(ValueGrid, SaysWhichGridsFollowFromData) {
    const auto codebook = gridOf("eie4");
    EXPECT_TRUE(codebook.fromData);
    EXPECT_LE(codebook.values.size(), 16U);
    EXPECT_GT(codebook.values.size(), 8U);
    EXPECT_EQ(gridOf("ternary").values.size(), 2U);
    EXPECT_FALSE(gridOf("binary").fromData);
    EXPECT_THAT(gridOf("binary").values, ElementsAre(1));
}

TEST(ValueGrid, ThinsLargeFormatsButKeepsOnlyTheirValues) {
    for (const char* text : {"fp32", "bf16", "fp16", "fixed<8,16>"}) {
        const auto grid = gridOf(text);
        EXPECT_FALSE(grid.complete) << text;
        EXPECT_LE(grid.values.size(), 1 + static_cast<std::size_t>(kMostListedValues)) << text;
        EXPECT_GT(grid.values.size(), static_cast<std::size_t>(kMostListedValues) / 8) << text;
        EXPECT_TRUE(std::is_sorted(grid.values.begin(), grid.values.end())) << text;
        std::vector<float> values(grid.values.begin(), grid.values.end());
        std::vector<float> again(values.size());
        quantiseRef(values, again, {static_cast<std::int64_t>(values.size())}, 0,
                    {parseFormat(text).value()}, {});
        EXPECT_EQ(again, values) << text;
    }
}

/// What the emulator makes of blocks under the grid's largest magnitude is on the grid.
TEST(ValueGrid, HoldsWhateverTheEmulatorMakes) {
    constexpr std::int64_t kRows = 64;
    for (const auto& named : namedFormats()) {
        const auto grid = valueGrid(named.format, 3);
        const auto& family = familyOf(named.format);
        const auto block = family.block == nullptr ? BlockShape{} : family.block(named.format);
        const auto* bfp = std::get_if<BlockFloat>(&named.format);
        const bool exempt = bfp != nullptr && bfp->rule == SharedExponentRule::Exempt;
        if (!grid.complete || grid.fromData || exempt || block.kind != BlockShape::Kind::Vector) {
            continue;
        }
        const float largest = std::ldexp(std::nextafter(2.0F, 0.0F), 3);
        std::vector<float> values(static_cast<std::size_t>(kRows * block.size));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto word = randomWord({}, static_cast<std::int64_t>(i));
            values[i] = i % static_cast<std::size_t>(block.size) == 0
                            ? largest
                            : static_cast<float>(std::ldexp(word % 65536, -13 - int(word % 7)));
        }
        quantiseRef(values, values, {kRows, block.size}, 1, {named.format}, {});
        for (const float value : values) {
            EXPECT_TRUE(std::binary_search(grid.values.begin(), grid.values.end(),
                                           static_cast<double>(value)))
                << named.name << ' ' << value;
        }
    }
}

TEST(ValueGrid, IsFiniteForEveryFamilyAndNamedFormat) {
    const auto check = [](const Format& format, std::string_view name) {
        for (const int exponent : {-126, -20, 0, 127}) {
            const auto grid = valueGrid(format, exponent);
            EXPECT_FALSE(grid.values.empty()) << name << ' ' << exponent;
            EXPECT_TRUE(std::is_sorted(grid.values.begin(), grid.values.end())) << name;
            EXPECT_LE(grid.values.size(), 1 + static_cast<std::size_t>(kMostListedValues) * 2);
            for (const double value : grid.values) {
                EXPECT_TRUE(std::isfinite(value) && value >= 0) << name << ' ' << value;
            }
        }
    };
    for (const auto& family : formatFamilies()) {
        check(family.example, family.id);
    }
    for (const auto& named : namedFormats()) {
        check(named.format, named.name);
    }
}

}  // namespace
}  // namespace mantissa::numerics
