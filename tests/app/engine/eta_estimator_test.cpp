// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/eta_estimator.h"

#include <gtest/gtest.h>

namespace mantissa::app {
namespace {

TEST(EtaEstimator, saysNothingBeforeThreeSecondsAndTwoPercent) {
    EtaEstimator eta;
    eta.update(0, 100, 0);
    EXPECT_EQ(eta.text(), "estimating");
    eta.update(50, 100, 2.9);
    EXPECT_EQ(eta.text(), "estimating");
    EtaEstimator slow;
    slow.update(0, 1000, 0);
    slow.update(19, 1000, 60);
    EXPECT_EQ(slow.text(), "estimating");
    slow.update(20, 1000, 63);
    EXPECT_EQ(slow.text(), "about 51 min");
}

TEST(EtaEstimator, followsASteadyRate) {
    EtaEstimator eta;
    for (int second = 0; second <= 10; ++second) {
        eta.update(second * 10, 1000, second);
    }
    EXPECT_EQ(eta.text(), "about 90 s");
}

TEST(EtaEstimator, forgetsAnOldRate) {
    EtaEstimator eta;
    eta.update(0, 10000, 0);
    eta.update(10, 10000, 10);
    for (int second = 11; second <= 200; ++second) {
        eta.update(10 + (second - 10) * 10, 10000, second);
    }
    EXPECT_EQ(eta.text(), "about 14 min");  // 8090 units at 10 a second
}

TEST(EtaEstimator, isNotMisledByAPauseBetweenTwoUnits) {
    EtaEstimator eta;
    for (int second = 0; second <= 40; ++second) {
        eta.update(second * 10, 1000, second);
    }
    eta.update(401, 1000, 60);
    EXPECT_EQ(eta.text(), "about 3 min");  // 60 s of work and a pause for every 100 units
}

TEST(EtaEstimator, judgesAResumedJobByWhatItDoesItself) {
    EtaEstimator eta;
    eta.update(900, 1000, 0);
    EXPECT_EQ(eta.text(), "estimating");
    eta.update(904, 1000, 4);
    EXPECT_EQ(eta.text(), "about 96 s");
}

TEST(EtaEstimator, beginsAnewWithAPhase) {
    EtaEstimator eta;
    for (int second = 0; second <= 10; ++second) {
        eta.update(1000 * second, 60000, second);  // reading images
    }
    eta.update(0, 800, 11);  // training
    EXPECT_EQ(eta.text(), "estimating");
    eta.update(25, 800, 16);
    EXPECT_EQ(eta.text(), "about 3 min");
}

TEST(EtaEstimator, copesWithAnUnknownTotal) {
    EtaEstimator eta;
    eta.update(0, 0, 0);
    eta.update(10, 0, 10);
    EXPECT_EQ(eta.text(), "estimating");
}

}  // namespace
}  // namespace mantissa::app
