// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/verdict.h"

#include <gtest/gtest.h>

namespace mantissa::app {
namespace {

systems::Claim claimOf(std::optional<double> value, const systems::Agreement& agrees) {
    systems::Claim claim;
    claim.value = value;
    claim.measure.kind = "bits";
    claim.agrees = agrees;
    claim.why = "Another node.";
    return claim;
}

Figure modelled(double value) {
    return {.value = value, .remark = {}};
}

TEST(Judge, AgreesWithinTheToleranceAndSaysWhatToKeepInMind) {
    const auto claim = claimOf(20, {.withinPercent = 5});
    EXPECT_EQ(judge(claim, modelled(20.5)).verdict, Verdict::Agrees);
    EXPECT_EQ(judge(claim, modelled(20.5)).text, "agrees within 2.5 %: Another node.");
    EXPECT_EQ(judge(claim, modelled(19)).verdict, Verdict::Agrees);
    EXPECT_EQ(judge(claim, modelled(20)).text, "agrees within 0.00 %: Another node.");
}

TEST(Judge, DiffersBeyondItAndSaysWhy) {
    const auto claim = claimOf(20, {.withinPercent = 5});
    EXPECT_EQ(judge(claim, modelled(30)).verdict, Verdict::Differs);
    EXPECT_EQ(judge(claim, modelled(30)).text, "differs by +50 %: Another node.");
    EXPECT_EQ(judge(claim, modelled(10)).text, "differs by -50 %: Another node.");
}

TEST(Judge, CountsDeviationsOfNegativeValuesUpwards) {
    const auto claim = claimOf(-4, {.withinPercent = 5});
    EXPECT_EQ(judge(claim, modelled(-3)).text, "differs by +25 %: Another node.");
    EXPECT_EQ(judge(claim, modelled(-4.1)).verdict, Verdict::Agrees);
}

TEST(Judge, HoldsBounds) {
    const auto atLeast = claimOf({}, {.atLeast = -1});
    EXPECT_EQ(judge(atLeast, modelled(-1)).verdict, Verdict::Agrees);
    EXPECT_EQ(judge(atLeast, modelled(-1)).text, "agrees (at least -1): Another node.");
    EXPECT_EQ(judge(atLeast, modelled(-1.5)).verdict, Verdict::Differs);
    const auto between = claimOf({}, {.atLeast = 1.5, .atMost = 5.3});
    EXPECT_EQ(judge(between, modelled(2)).text, "agrees (1.5 to 5.3): Another node.");
    EXPECT_EQ(judge(between, modelled(6)).text, "differs (not 1.5 to 5.3): Another node.");
    EXPECT_EQ(judge(claimOf({}, {.atMost = -5}), modelled(-7)).verdict, Verdict::Agrees);
}

TEST(Judge, SaysWhereTheSpreadOfTheSeedsCoversTheDifference) {
    const auto claim = claimOf({}, {.atLeast = -1});
    EXPECT_EQ(judge(claim, Figure{.value = -1.2, .spread = 0.3, .seeds = 3, .remark = {}}).text,
              "differs (not at least -1), by less than the spread: Another node.");
    EXPECT_EQ(judge(claim, Figure{.value = -1.4, .spread = 0.3, .seeds = 3, .remark = {}}).text,
              "differs (not at least -1): Another node.");
    EXPECT_EQ(judge(claim, Figure{.value = -0.9, .spread = 0.3, .seeds = 3, .remark = {}}).text,
              "agrees (at least -1), by less than the spread: Another node.");
}

TEST(Judge, SaysThatASingleSeedHasNoSpread) {
    const auto claim = claimOf({}, {.atLeast = -1});
    EXPECT_EQ(judge(claim, Figure{.value = 10, .spread = 0, .seeds = 1, .remark = {}}).text,
              "agrees (at least -1), one seed: Another node.");
}

TEST(Judge, SaysWhereTheOtherCalibrationDecidesOtherwise) {
    const auto claim = claimOf(20, {.withinPercent = 5});
    EXPECT_EQ(judge(claim, Figure{.value = 20, .remark = {}, .horowitz = 20.5}).text,
              "agrees within 0.00 %: Another node.");
    const auto apart = judge(claim, Figure{.value = 20, .remark = {}, .horowitz = 30});
    EXPECT_EQ(apart.verdict, Verdict::Agrees);
    EXPECT_EQ(apart.text, "agrees within 0.00 %; by Horowitz differs by +50 %: Another node.");
    EXPECT_EQ(judge(claim, Figure{.value = 30, .remark = {}, .horowitz = 20}).text,
              "differs by +50 %; by Horowitz agrees within 0.00 %: Another node.");
}

TEST(FigureText, ShowsBothCalibrations) {
    EXPECT_EQ(figureText({.value = 8.8731, .remark = {}, .horowitz = 18.94}, "×"),
              "8.873 × (Horowitz 18.94 ×)");
}

TEST(Judge, ComparesNothingWithoutATolerance) {
    EXPECT_EQ(judge(claimOf(3, {}), modelled(3)).verdict, Verdict::NotComparable);
    EXPECT_EQ(judge(claimOf(3, {}), modelled(3)).text, "not compared: Another node.");
    EXPECT_EQ(judge(claimOf({}, {}), modelled(3)).verdict, Verdict::NotClaimed);
}

TEST(Judge, TellsWhatCannotBeObtainedFromWhatWasNotRun) {
    auto claim = claimOf(3, {});
    EXPECT_EQ(judge(claim, std::nullopt).verdict, Verdict::NotRun);
    claim.measure.kind.clear();
    EXPECT_EQ(judge(claim, std::nullopt).verdict, Verdict::NotComparable);
    EXPECT_EQ(judge(claim, std::nullopt).text, "not modelled: Another node.");
}

TEST(FigureText, HasSpreadSignAndRemark) {
    EXPECT_EQ(figureText(modelled(21.3247), "×"), "21.32 ×");
    EXPECT_EQ(figureText({0.256, 0.1, 3, {}}, "points"), "+0.26 ± 0.10 points");
    EXPECT_EQ(figureText({-70, 0, 1, "1 of 1 seeds diverged"}, "points"),
              "-70.00 points (1 of 1 seeds diverged)");
}

}  // namespace
}  // namespace mantissa::app
