// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/calibrations.h"

#include <gtest/gtest.h>

namespace mantissa::hw {
namespace {

using design::Calibration;

TEST(BothCalibrations, AreWhatEachGivesAloneWhicheverTheDesignNames) {
    for (const auto named : {Calibration::Synthesis, Calibration::Horowitz}) {
        auto hardware = design::DesignPoint().hardware();
        hardware.calibration = named;
        const auto both = estimateBoth(design::DesignPoint().withHardware(hardware)).value();
        for (const auto each : {Calibration::Synthesis, Calibration::Horowitz}) {
            hardware.calibration = each;
            const auto alone = estimate(design::DesignPoint().withHardware(hardware)).value();
            EXPECT_EQ(both.under(each).area_um2, alone.area_um2);
            EXPECT_EQ(both.under(each).energy_pj, alone.energy_pj);
            EXPECT_EQ(both.under(each).technology, alone.technology);
        }
    }
}

TEST(BothCalibrations, RefuseWhatOneRefuses) {
    auto hardware = design::DesignPoint().hardware();
    hardware.rows = 0;
    EXPECT_FALSE(estimateBoth(design::DesignPoint().withHardware(hardware)).has_value());
    EXPECT_FALSE(estimateBoth({}, {.library = nangate45(), .dramEnergyPerBit_pj = -1}).has_value());
}

}  // namespace
}  // namespace mantissa::hw
