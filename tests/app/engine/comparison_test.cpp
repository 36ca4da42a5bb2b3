// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mantissa::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<ComparedDesign> twoDesigns() {
    const auto base = design::DesignPoint().withName("base");
    auto hardware = base.hardware();
    hardware.lanes *= 2;
    store::RunRow run;
    run.status = store::StoredStatus::Done;
    run.emulation = design::kEmulation;
    run.epochsDone = 3;
    run.testAccuracy = 0.875;
    run.testLoss = 0.5;
    return {*comparedDesign(base, run, nullptr),
            *comparedDesign(base.withName("wide").withHardware(hardware), std::nullopt, nullptr)};
}

TEST(Comparison, leavesEqualSettingsOutOnRequest) {
    const auto designs = twoDesigns();
    const auto all = comparisonTable(designs, false, true).rows.size();
    const auto some = comparisonTable(designs, true, true).rows.size();
    EXPECT_EQ(all - some, design::fields(designs[0].point.design).size() - 1);
}

TEST(Comparison, saysWhereNothingWasMeasured) {
    EXPECT_THAT(comparisonText(twoDesigns(), TableFormat::Text, false), HasSubstr("not run"));
}

TEST(Comparison, isOneDocumentInJson) {
    const auto json = nlohmann::json::parse(comparisonText(twoDesigns(), TableFormat::Json, false));
    EXPECT_EQ(json["designs"].size(), 2U);
    EXPECT_EQ(json["designs"][1]["name"], "wide");
    for (const auto& row : json["rows"]) {
        EXPECT_EQ(row["values"].size(), 2U);
        if (row["path"] == "/results/test_accuracy") {
            EXPECT_TRUE(row["values"][1].is_null());
            EXPECT_EQ(row["source"], "measured");
        }
    }
}

TEST(Comparison, saysUnitsInTextAndExactNumbersInCsv) {
    const auto designs = twoDesigns();
    EXPECT_THAT(comparisonText(designs, TableFormat::Markdown, true), HasSubstr("mm²"));
    const std::string csv = comparisonText(designs, TableFormat::Csv, true);
    EXPECT_THAT(csv, HasSubstr("/results/area_um2"));
    EXPECT_THAT(csv, Not(HasSubstr("mm²")));
}

}  // namespace
}  // namespace mantissa::app
