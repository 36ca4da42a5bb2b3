// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/comparison.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

ComparedPoint point(const design::DesignPoint& design) {
    return {design, std::nullopt, estimate(design).value()};
}

std::vector<ComparedPoint> twoDesigns() {
    const design::DesignPoint base;
    auto hardware = base.hardware();
    hardware.lanes *= 2;
    std::vector points{point(base), point(base.withHardware(hardware))};
    points[0].run = MeasuredRun{"done", 3, 0.875, 0.5};
    return points;
}

const ComparisonRow& rowOf(const std::vector<ComparisonRow>& rows, const std::string& path) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.path == path; });
    if (found == rows.end()) {
        throw std::runtime_error("no row " + path);
    }
    return *found;
}

TEST(CompareDesigns, MarksExactlyWhatDiffers) {
    std::vector<std::string> differing;
    for (const auto& row : compareDesigns(twoDesigns())) {
        if (row.differs() && row.source == FigureSource::Setting) {
            differing.push_back(row.path);
        }
    }
    EXPECT_THAT(differing, testing::ElementsAre("/hardware/lanes"));
}

TEST(CompareDesigns, GivesDeltasAgainstTheFirstDesign) {
    const auto designs = twoDesigns();
    const auto rows = compareDesigns(designs);
    const auto& area = rowOf(rows, "/results/area_um2").cells;
    EXPECT_EQ(area[0].delta, 0);
    const double ratio = designs[1].hardware->area_um2 / designs[0].hardware->area_um2;
    ASSERT_TRUE(area[1].delta);
    EXPECT_NEAR(*area[1].delta, 100 * (ratio - 1), 1e-9);
    EXPECT_EQ(rowOf(rows, "/hardware/lanes").cells[1].delta, 100);
}

TEST(CompareDesigns, ExplainsTotalsByComponentAndTrafficByTensor) {
    const auto designs = twoDesigns();
    const auto rows = compareDesigns(designs);
    for (const std::string figure : {"area_um2", "energy_pj", "dram_bits"}) {
        for (std::size_t column = 0; column < designs.size(); ++column) {
            double sum = 0;
            for (const auto& row : rows) {
                if (row.path.rfind("/results/" + figure + "/", 0) == 0) {
                    sum += row.cells[column].number.value();
                }
            }
            const double total = rowOf(rows, "/results/" + figure).cells[column].number.value();
            EXPECT_NEAR(sum / total, 1, 1e-9) << figure;
        }
    }
    EXPECT_GT(rowOf(rows, "/results/area_um2/PE array").cells[1].delta.value(), 0);
    EXPECT_FALSE(rowOf(rows, "/results/dram_bits/Master weights and moments").differs());
}

TEST(CompareDesigns, ComparesSharesInPoints) {
    auto designs = twoDesigns();
    designs[1].run = MeasuredRun{"done", 3, 0.855, 0.5};
    const auto rows = compareDesigns(designs);
    const auto& accuracy = rowOf(rows, "/results/test_accuracy");
    EXPECT_EQ(accuracy.deltaUnit(), DeltaUnit::Points);
    ASSERT_TRUE(accuracy.cells[1].delta);
    EXPECT_NEAR(*accuracy.cells[1].delta, -2, 1e-9);
}

TEST(CompareDesigns, SaysWhatEachTensorLost) {
    auto designs = twoDesigns();
    designs[0].run->watched = true;
    designs[0].run->losses = {{"conv1", "weight@forward", 40},
                              {"conv1", "weight@input_gradient", 38},
                              {"fc1", "weight@forward", 30},
                              {"bn1", "normalisation@forward", 20}};
    designs[1].run = MeasuredRun{"done", 3, 0.855, 0.5, true, {{"fc1", "weight@forward", 24}}};
    const auto rows = compareDesigns(designs);
    const auto& weight = rowOf(rows, "/results/sqnr_db/weight");
    EXPECT_EQ(weight.label, "SQNR: weight");
    EXPECT_EQ(weight.cells[0].number, 36);
    EXPECT_EQ(weight.cells[1].delta, -12);
    EXPECT_EQ(rowOf(rows, "/results/sqnr_db/normalisation").cells[1].text, "not rounded");
    const auto& layer = rowOf(rows, "/results/sqnr_db/fc1/weight@forward");
    EXPECT_EQ(layer.label, "SQNR: fc1, weight, forward");
    EXPECT_EQ(layer.cells[1].delta, -6);
}

TEST(CompareDesigns, SaysWhatWasRoundedWithoutLoss) {
    auto designs = twoDesigns();
    designs[0].run->watched = true;
    designs[0].run->losses = {{"conv1", "weight@forward", std::numeric_limits<double>::infinity()}};
    const auto rows = compareDesigns(designs);
    const auto& weight = rowOf(rows, "/results/sqnr_db/weight");
    EXPECT_EQ(weight.cells[0].text, "exact");
    EXPECT_TRUE(weight.cells[1].absent());  // not run
}

TEST(CompareDesigns, SaysWhatBecameNaNOrInfinite) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    auto designs = twoDesigns();
    designs[0].run->watched = true;
    designs[0].run->losses = {{"conv1", "weight@forward", -kInfinity},
                              {"fc1", "weight@forward", 40},
                              {"fc2", "weight@forward", kInfinity}};
    const auto rows = compareDesigns(designs);
    const std::string lost = "lost (NaN or Inf)";
    EXPECT_EQ(rowOf(rows, "/results/sqnr_db/weight").cells[0].text, lost);
    EXPECT_EQ(rowOf(rows, "/results/sqnr_db/conv1/weight@forward").cells[0].text, lost);
    EXPECT_EQ(rowOf(rows, "/results/sqnr_db/fc1/weight@forward").cells[0].number, 40);
    EXPECT_EQ(rowOf(rows, "/results/sqnr_db/fc2/weight@forward").cells[0].text, "exact");
}

TEST(CompareDesigns, CountsTheBitsOfEachTensor) {
    const design::DesignPoint base;
    auto plan = base.precision();
    numerics::BlockFloat block;
    block.mantissaBits = 7;
    block.signCounted = false;
    block.exponentBits = 8;
    block.block.size = 16;
    plan.network[{design::Role::Weight, std::nullopt}] = {block, numerics::Rounding::NearestEven};
    auto network = base.network();
    for (auto& layer : network.layers) {
        if (auto* norm = std::get_if<nn::BatchNorm>(&layer.params)) {
            norm->kind = nn::BatchNormKind::LightNorm;
            norm->group = 0;
        }
    }
    const auto rows = compareDesigns(std::vector{point(base), point(base.withPrecision(plan)),
                                                 point(base.withNetwork(network))});
    const auto& weight = rowOf(rows, "/results/bits_per_element/weight").cells;
    EXPECT_EQ(weight[0].number, 32);
    EXPECT_NEAR(weight[1].number.value(), 8.5, 0.1);  // 8 + 8 / 16, short blocks more
    EXPECT_FALSE(rowOf(rows, "/results/bits_per_element/error").differs());
    EXPECT_EQ(rowOf(rows, "/results/bits_per_element/normalisation").cells[2].number, 10);
}

TEST(CompareDesigns, CountsTheBitsOfNormalisationByThePlan) {
    const design::DesignPoint base;
    auto plan = base.precision();
    plan.network[{design::Role::Normalisation, design::Pass::Forward}] = {
        numerics::parseFormat("bf16").value(), numerics::Rounding::NearestEven};
    const auto rows = compareDesigns(std::vector{point(base), point(base.withPrecision(plan))});
    const auto& cells = rowOf(rows, "/results/bits_per_element/normalisation").cells;
    EXPECT_EQ(cells[0].number, 32);
    EXPECT_EQ(cells[1].number, 24) << "16 forward, 32 backward";
}

TEST(CompareDesigns, NeverGuesses) {
    auto designs = twoDesigns();
    designs[1].hardware.reset();
    const auto rows = compareDesigns(designs);
    EXPECT_EQ(rowOf(rows, "/results/test_accuracy").cells[0].number, 0.875);
    for (const auto* path : {"/results/test_accuracy", "/results/area_um2", "/results/status"}) {
        EXPECT_TRUE(rowOf(rows, path).cells[1].absent()) << path;
        EXPECT_FALSE(rowOf(rows, path).cells[1].delta) << path;
        EXPECT_TRUE(rowOf(rows, path).differs()) << path;
    }
}

TEST(CompareDesigns, TakesSeedsForNames) {
    const design::DesignPoint base;
    auto recipe = base.recipe();
    recipe.seedInit += 5;
    const std::vector designs{point(base), point(base.withRecipe(recipe))};
    const auto rows = compareDesigns(designs);
    const auto seed = std::find_if(rows.begin(), rows.end(), [](const auto& row) {
        return row.source == FigureSource::Setting && row.differs();
    });
    ASSERT_NE(seed, rows.end());
    EXPECT_FALSE(seed->cells[1].delta);
}

TEST(CompareDesigns, HasARowForASettingOnlyOneDesignHas) {
    const design::DesignPoint base;
    auto network = base.network();
    network.layers.erase(network.layers.begin() + 1);  // batch normalisation after the first layer
    const std::vector designs{point(base.withNetwork(network)), point(base)};
    const auto rows = compareDesigns(designs);
    EXPECT_GE(rows.size(), design::fields(base).size());
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](const auto& row) {
        return row.cells[0].absent() && !row.cells[1].absent();
    }));
}

}  // namespace
}  // namespace mantissa::hw
