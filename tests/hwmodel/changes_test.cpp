// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/changes.h"

#include <numeric>

#include <gtest/gtest.h>

#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

HardwareReport wide() {
    return report(design::DesignPoint());
}

HardwareReport narrow() {
    return report(designIn("bfp<8,block=16>"));
}

TEST(Changes, AddUpToTheDifferenceOfTheTotals) {
    const auto from = wide();
    const auto to = narrow();
    for (int i = 0; i < kReportFigures; ++i) {
        const auto figure = static_cast<ReportFigure>(i);
        double before = 0;
        double after = 0;
        for (const auto& change : changesBetween(from, to, figure)) {
            before += change.from;
            after += change.to;
        }
        EXPECT_NEAR(before, totalOf(from, figure), 1e-9 * before) << reportFigureText(figure);
        EXPECT_NEAR(after, totalOf(to, figure), 1e-9 * after) << reportFigureText(figure);
    }
}

TEST(Changes, HaveAComponentThatOneSideLacks) {
    // Only blocks need converters.
    for (const auto& change : changesBetween(wide(), narrow(), ReportFigure::Area)) {
        if (change.name == "Converters") {
            EXPECT_EQ(change.from, 0);
            EXPECT_GT(change.to, 0);
            return;
        }
    }
    FAIL() << "no converters";
}

TEST(Changes, OfADesignToItselfAreNone) {
    const auto report = narrow();
    for (int i = 0; i < kReportFigures; ++i) {
        for (const auto& change : changesBetween(report, report, static_cast<ReportFigure>(i))) {
            EXPECT_EQ(change.difference(), 0) << change.name;
        }
    }
}

TEST(CyclesByPhase, AddUpToTheStep) {
    const auto report = narrow();
    const auto cycles = cyclesByPhase(report);
    EXPECT_NEAR(std::accumulate(cycles.begin(), cycles.end(), 0.0), report.cycles,
                1e-9 * report.cycles);
}

}  // namespace
}  // namespace mantissa::hw
