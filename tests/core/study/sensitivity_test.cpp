// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/sensitivity.h"

#include <algorithm>
#include <stop_token>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/data/dataset_registry.h"
#include "core/train/trainer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_dataset.h"

namespace mantissa::study {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class SensitivityOf : public testing::Test {
protected:
    void SetUp() override {
        test::writeTinyFashionMnist(m_folder / "data", 256, 64);
        m_options.datasetFolder = m_folder / "data";
        m_options.widths = {6, 2};
        nn::NetworkSpec network;
        network.layers = {{"flatten", nn::Flatten{}, {}},
                          {"hidden", nn::Linear{16, true}, {}},
                          {"relu", nn::Relu{}, {}},
                          {"out", nn::Linear{10, true}, {}}};
        train::Recipe recipe;
        recipe.epochs = 2;
        m_design = design::DesignPoint().withNetwork(network).withRecipe(recipe);
    }

    design::DesignPoint withWeights(const char* format) const {
        return m_design.withPrecision(design::withFormat(
            {}, {}, {design::Role::Weight, std::nullopt}, {*numerics::parseFormat(format), {}}));
    }

    test::TemporaryFolder m_folder;
    SensitivityOptions m_options;
    design::DesignPoint m_design;
};

TEST_F(SensitivityOf, EachLayerRoleAndWidthStandsAloneByWhatASavedBitCosts) {
    const auto found = analyseSensitivity(m_design, m_options, {});
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_THAT(found->cases, SizeIs(2 * 4 * 2));
    EXPECT_TRUE(std::is_sorted(
        found->cases.begin(), found->cases.end(),
        [](const auto& a, const auto& b) { return a.lostPerSavedBit() < b.lostPerSavedBit(); }));
    for (const auto& one : found->cases) {
        const int bits = std::get<numerics::BlockFloat>(one.format.format).mantissaBits;
        EXPECT_DOUBLE_EQ(one.savedBits, 32 - (bits + 0.5)) << one.layer;
        EXPECT_NEAR(one.lost, found->accuracy - one.accuracy.value_or(found->accuracy - 1), 1e-12);
    }
}

/// Of a training of one epoch all is changed.
TEST_F(SensitivityOf, RowsAreRunsOfTheChangedDesignFromItsLastEpochOn) {
    auto recipe = m_design.recipe();
    recipe.epochs = 1;
    const auto design = m_design.withRecipe(recipe);
    const auto found = analyseSensitivity(design, m_options, {});
    ASSERT_TRUE(found) << found.error().text();
    const auto& row = found->cases.back();
    const auto changed = design.withPrecision(design::withFormat(
        {}, {.kind = {}, .layer = row.layer}, {row.role, std::nullopt}, row.format));
    const auto& network = changed.network();
    const train::TrainSpec spec{.network = network,
                                .precision = design::resolvePrecision(changed.precision(), network),
                                .recipe = changed.recipe()};
    const auto dataset = data::loadDataset(changed.dataset(), m_options.datasetFolder, {});
    ASSERT_TRUE(dataset) << dataset.error().text();
    const auto run = train::train(spec, **dataset, {});
    ASSERT_TRUE(run) << run.error().text();
    EXPECT_EQ(run->epochs.back().testAccuracy, row.accuracy);
}

TEST_F(SensitivityOf, WidthsThatSaveNothingAreLeftOut) {
    const auto found = analyseSensitivity(withWeights("bfp<4,block=16>"), m_options, {});
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(std::count_if(found->cases.begin(), found->cases.end(),
                            [](const auto& one) { return one.role == design::Role::Weight; }),
              2)
        << "2 bits in two layers; 6 bits are more than 4";
}

TEST_F(SensitivityOf, FormatsWithMantissaBitsKeepAllElse) {
    const auto found = analyseSensitivity(withWeights("fp8_e4m3"), m_options, {});
    ASSERT_TRUE(found) << found.error().text();
    int cases = 0;
    for (const auto& one : found->cases) {
        if (one.role == design::Role::Weight) {
            ++cases;
            const auto& narrow = std::get<numerics::Minifloat>(one.format.format);
            EXPECT_EQ(narrow.exponentBits, 4);
            EXPECT_EQ(narrow.mantissaBits, 2);
            EXPECT_DOUBLE_EQ(one.savedBits, 1);
        }
    }
    EXPECT_EQ(cases, 2) << "6 bits are more than 3";
}

TEST_F(SensitivityOf, CancellingKeepsTheRowsThatWereDone) {
    std::stop_source stop;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        const bool ofACase = progress.phase.find("bfp") != std::string_view::npos;
        if (ofACase && progress.done * 18 >= progress.total * 6) {  // of 2 + 16 epochs
            stop.request_stop();
        }
    });
    const auto found = analyseSensitivity(m_design, m_options, context);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_TRUE(found->cancelled);
    EXPECT_THAT(found->cases.size(), testing::AllOf(testing::Ge(3U), testing::Lt(6U)));
}

TEST_F(SensitivityOf, AWidthThatNoFormatHasIsRefused) {
    m_options.widths = {8, 99};
    const auto found = analyseSensitivity(m_design, m_options, {});
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().text(), HasSubstr("widths: 99: "));
}

}  // namespace
}  // namespace mantissa::study
