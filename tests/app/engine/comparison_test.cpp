// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/comparison.h"

#include <algorithm>

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
    run.epochsDone = 3;
    run.testAccuracy = 0.875;
    run.testLoss = 0.5;
    return {*comparedDesign(base, run),
            *comparedDesign(base.withName("wide").withHardware(hardware), std::nullopt)};
}

const ComparisonRow& rowOf(const std::vector<ComparisonRow>& rows, const std::string& path) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.path == path; });
    if (found == rows.end()) {
        throw std::runtime_error("no row " + path);
    }
    return *found;
}

TEST(Comparison, marksExactlyWhatDiffers) {
    const auto rows = compareDesigns(twoDesigns());
    std::vector<std::string> differing;
    for (const auto& row : rows) {
        if (row.differs && row.source == FigureSource::Setting) {
            differing.push_back(row.path);
        }
    }
    EXPECT_THAT(differing, testing::ElementsAre("/hardware/lanes"));
}

TEST(Comparison, givesDeltasAgainstTheFirstDesign) {
    const auto designs = twoDesigns();
    const auto rows = compareDesigns(designs);
    const auto& area = rowOf(rows, "/results/area_um2");
    EXPECT_EQ(area.deltas[0], 0);
    const double expected = 100 * (designs[1].hardware.area_um2 / designs[0].hardware.area_um2 - 1);
    ASSERT_TRUE(area.deltas[1]);
    EXPECT_NEAR(*area.deltas[1], expected, 1e-9);
    EXPECT_GT(*area.deltas[1], 0);
}

TEST(Comparison, neverGuessesAnAccuracy) {
    const auto rows = compareDesigns(twoDesigns());
    const auto& accuracy = rowOf(rows, "/results/test_accuracy");
    EXPECT_EQ(accuracy.values[0].number, 0.875);
    EXPECT_FALSE(accuracy.values[1].number);
    EXPECT_FALSE(accuracy.deltas[1]);
    EXPECT_TRUE(accuracy.deltaInPoints);
    EXPECT_THAT(comparisonText(twoDesigns(), TableFormat::Text, false), HasSubstr("not run"));
}

TEST(Comparison, leavesEqualSettingsOutOnRequest) {
    const auto designs = twoDesigns();
    const auto all = comparisonTable(designs, false, true).rows.size();
    const auto some = comparisonTable(designs, true, true).rows.size();
    EXPECT_EQ(all - some, design::fields(designs[0].design).size() - 1);
}

TEST(Comparison, hasARowForASettingOnlyOneDesignHas) {
    const auto base = design::DesignPoint();
    auto network = base.network();
    network.layers.erase(network.layers.begin() + 1);  // batch normalisation after the first layer
    const std::vector designs{*comparedDesign(base.withNetwork(network), std::nullopt),
                              *comparedDesign(base, std::nullopt)};
    const auto rows = compareDesigns(designs);
    EXPECT_GE(rows.size(), design::fields(base).size());
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](const auto& row) {
        return row.values[0].text.empty() && !row.values[1].text.empty();
    }));
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
