// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/operand_loss.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace mantissa::train {
namespace {

constexpr double kExact = std::numeric_limits<double>::infinity();

TEST(OperandLosses, AreMeansOfTheStepsThatLostAnything) {
    const std::vector<Observation> seen{{0, "conv1", "weight@forward", "sqnr_db", 40},
                                        {0, "conv1", "weight@forward", "zero", 1},
                                        {0, "fc1", "error@input_gradient", "sqnr_db", 8},
                                        {9, "conv1", "weight@forward", "sqnr_db", 30},
                                        {9, "fc1", "error@input_gradient", "sqnr_db", kExact}};
    const auto losses = operandLosses(seen);
    ASSERT_EQ(losses.size(), 2U);
    EXPECT_EQ(losses[0].layer, "conv1");
    EXPECT_EQ(losses[0].operand, "weight@forward");
    EXPECT_EQ(losses[0].sqnrDb, 35);
    EXPECT_EQ(losses[1].sqnrDb, 8);
}

TEST(OperandLosses, AreInfiniteWhereNothingWasLost) {
    const auto losses =
        operandLosses(std::vector<Observation>{{0, "fc1", "weight@forward", "sqnr_db", kExact}});
    ASSERT_EQ(losses.size(), 1U);
    EXPECT_TRUE(std::isinf(losses[0].sqnrDb));
}

TEST(OperandLosses, AreMinusInfinityWhereAStepMadeANumberNaN) {
    const auto losses =
        operandLosses(std::vector<Observation>{{0, "fc1", "weight@forward", "sqnr_db", 40},
                                               {9, "fc1", "weight@forward", "sqnr_db", -kExact},
                                               {9, "fc1", "weight@forward", "sqnr_db", kExact}});
    ASSERT_EQ(losses.size(), 1U);
    EXPECT_EQ(losses[0].sqnrDb, -kExact);
}

}  // namespace
}  // namespace mantissa::train
