// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/block_measures.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace mantissa::train {
namespace {

/// FlexBlock's: the sign is extra, the magnitude has `bits` with its leading one, truncated.
numerics::TensorFormat flexBlock(int bits, std::int64_t block) {
    numerics::BlockFloat format{.mantissaBits = bits, .signCounted = false};
    format.block.size = block;
    return {format, numerics::Rounding::TowardZero};
}

double errorOf(const std::vector<float>& values, int bits, std::int64_t block) {
    ThreadTeam team;
    const Shape shape{1, static_cast<std::int64_t>(values.size())};
    return zeroSettingError({values, shape, 1}, flexBlock(bits, block), {}, team);
}

// Exponents {3, 1, 0, -2} with 4 bits: only the last needs more than 4 positions (3 - -2 + 1 = 6).
TEST(ZeroSettingError, CountsWhatTheSharedExponentZeroes) {
    EXPECT_EQ(errorOf({8, 2, 1, 0.25F}, 4, 4), 0.25);
    EXPECT_EQ(errorOf({8, 2, 1, 0.25F}, 6, 4), 0);
    EXPECT_EQ(errorOf({8, 2, 1, 0.25F}, 1, 4), 0.75);
}

TEST(ZeroSettingError, CountsTrueZerosButNotThoseOfAnAllZeroBlock) {
    EXPECT_EQ(errorOf({8, 0, 0, 0}, 4, 4), 0.75);
    EXPECT_EQ(errorOf({8, 0, 0, 0, 0, 0, 0, 0}, 4, 4), 0.375);
    EXPECT_EQ(errorOf({0, 0, 0, 0}, 4, 4), 0);
    EXPECT_EQ(errorOf({}, 4, 4), 0);
}

// A step of 1/4 leaves nothing of 0.1; all numbers of the tensor share it.
TEST(ZeroSettingError, OfFixedPointIsThatOfItsStep) {
    ThreadTeam team;
    const std::vector<float> values{8, 0.1F, 0.5F, 0};
    const Shape shape{4, 1};
    const numerics::TensorFormat format{numerics::FixedPoint{.integerBits = 5, .fractionBits = 2}};
    EXPECT_EQ(zeroSettingError({values, shape, 1}, format, {}, team), 0.5);
}

// Narrow (2 bits, step 4 at 8): {8, 4, 0}; wide (4 bits, step 1): {8, 5, 3}.
TEST(RelativeImprovement, IsWhatTheWiderFormatChanges) {
    ThreadTeam team;
    const Shape shape{1, 3};
    const std::vector<float> values{8, 5, 3};
    EXPECT_DOUBLE_EQ(relativeImprovement({values, shape, 1}, flexBlock(2, 4), flexBlock(4, 4),
                                         ImprovementBase::Sum, {}, team),
                     4.0 / 12);
    const std::vector<float> mixed{8, -5, 3};
    EXPECT_DOUBLE_EQ(relativeImprovement({mixed, shape, 1}, flexBlock(2, 4), flexBlock(4, 4),
                                         ImprovementBase::Sum, {}, team),
                     4.0 / 4);
    EXPECT_DOUBLE_EQ(relativeImprovement({mixed, shape, 1}, flexBlock(2, 4), flexBlock(4, 4),
                                         ImprovementBase::Magnitudes, {}, team),
                     4.0 / 12);
}

TEST(RelativeImprovement, IsInfiniteWhereTheBaseVanishesAndZeroWhereNothingChanges) {
    ThreadTeam team;
    const Shape shape{1, 4};
    const std::vector<float> balanced{8, -8, 3, 1};
    EXPECT_EQ(relativeImprovement({balanced, shape, 1}, flexBlock(2, 4), flexBlock(4, 4),
                                  ImprovementBase::Sum, {}, team),
              std::numeric_limits<double>::infinity());
    const std::vector<float> exact{8, -8, 0, 0};
    EXPECT_EQ(relativeImprovement({exact, shape, 1}, flexBlock(2, 4), flexBlock(4, 4),
                                  ImprovementBase::Sum, {}, team),
              0);
}

}  // namespace
}  // namespace mantissa::train
