// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/accuracy_preview.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/data/dataset_registry.h"
#include "core/train/trainer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_dataset.h"

namespace mantissa::study {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kAll = 1 << 20;

/// A small network with a skip, trained for an epoch.
class AccuracyPreviewOf : public testing::Test {
protected:
    void SetUp() override {
        test::writeTinyFashionMnist(m_folder / "data", 256, 300);
        nn::NetworkSpec network;
        network.layers = {
            {"conv1", nn::Conv2d{4, 3, 1, 1}, {}}, {"relu1", nn::Relu{}, {}},
            {"pool1", nn::MaxPool2d{4, 4}, {}},    {"conv2", nn::Conv2d{4, 3, 1, 1}, {}},
            {"bn2", nn::BatchNorm{}, {}},          {"add", nn::Add{}, {"bn2", "pool1"}},
            {"flatten", nn::Flatten{}, {}},        {"out", nn::Linear{10, true}, {}}};
        train::Recipe recipe;
        recipe.epochs = 1;
        m_design = m_design.withNetwork(network).withPrecision(
            planWith({}, "bfp<8,block=16>", numerics::Rounding::Stochastic));
        m_dataset = *data::loadDataset(m_design.dataset(), m_folder / "data", {});
        trainWith(recipe);
    }

    void trainWith(const train::Recipe& recipe) {
        m_design = m_design.withRecipe(recipe);
        const auto& network = m_design.network();
        train::TrainObserver observer;
        observer.onCheckpoint = [this](const train::Checkpoint& checkpoint) {
            m_state = checkpoint.state;
        };
        const train::TrainSpec spec{
            .network = network,
            .precision = design::resolvePrecision(m_design.precision(), network),
            .recipe = recipe};
        m_accuracy = train::train(spec, *m_dataset, {}, observer)->epochs.back().testAccuracy;
    }

    static design::PrecisionPlan planWith(design::PrecisionPlan plan, const char* format,
                                          numerics::Rounding rounding,
                                          const std::string& layer = {}) {
        const numerics::TensorFormat with{*numerics::parseFormat(format), rounding};
        const design::PlanScope scope{.kind = {}, .layer = layer};
        for (const auto role : {design::Role::Weight, design::Role::Activation}) {
            plan = design::withFormat(std::move(plan), scope, {role, std::nullopt}, with);
        }
        return plan;
    }
    design::DesignPoint withLayer(const std::string& layer, const char* format) const {
        return m_design.withPrecision(
            planWith(m_design.precision(), format, numerics::Rounding::Stochastic, layer));
    }

    AccuracyPreview fresh() const { return *AccuracyPreview::make(m_design, m_state, m_dataset); }

    static Preview evaluate(AccuracyPreview& preview, const design::DesignPoint& design,
                            std::int64_t images = kAll) {
        const auto seen = preview.evaluate(design, images, 1);
        EXPECT_TRUE(seen) << seen.error().text();
        return seen.value_or(Preview{});
    }

    test::TemporaryFolder m_folder;
    design::DesignPoint m_design;
    std::shared_ptr<const data::Dataset> m_dataset;
    std::vector<std::byte> m_state;
    double m_accuracy = 0;
};

TEST_F(AccuracyPreviewOf, PrunedWeightsIsThatOfTheirRun) {
    auto recipe = m_design.recipe();
    recipe.weightTransform = train::WeightTransformKind::Pruned;
    trainWith(recipe);
    auto preview = AccuracyPreview::make(m_design, m_state, m_dataset);
    ASSERT_TRUE(preview) << preview.error().text();
    EXPECT_EQ(preview->evaluate(m_design, kAll, 1)->evaluation.accuracy, m_accuracy);
}

TEST_F(AccuracyPreviewOf, AnUnchangedDesignIsAsAccurateAsItsRun) {
    auto preview = fresh();
    const auto seen = evaluate(preview, m_design);
    EXPECT_EQ(seen.images, 300);
    EXPECT_EQ(seen.evaluation.accuracy, m_accuracy);
}

/// Both ways are of the same bytes, so the loss is, too.
TEST_F(AccuracyPreviewOf, WhatIsKeptChangesNoResult) {
    auto preview = fresh();
    const std::array designs{
        withLayer("out", "bfp<3,block=16>"), withLayer("conv2", "bfp<2,block=8>"),
        withLayer("conv1", "bfp<4,block=16>"), m_design, withLayer("out", "fp8_e4m3")};
    for (const auto& design : designs) {
        auto anew = fresh();
        EXPECT_EQ(evaluate(preview, design).evaluation.loss,
                  evaluate(anew, design).evaluation.loss);
    }
}

TEST_F(AccuracyPreviewOf, AccumulatorsAndNormalisationAreNotKept) {
    auto preview = fresh();
    auto plan = m_design.precision();
    plan.compute = nn::ComputeMode::BitTrue;
    const auto bitTrue = m_design.withPrecision(plan);
    const double exact = evaluate(preview, bitTrue).evaluation.loss;
    const auto overflows = m_design.withPrecision(design::withAccumulator(
        plan, {.kind = {}, .layer = "conv2"}, numerics::IntegerAccumulator{.bits = 13}));
    EXPECT_NE(evaluate(preview, overflows).evaluation.loss, exact);
    const auto coarse = m_design.withPrecision(
        design::withFormat(plan, {.kind = {}, .layer = "bn2"}, {design::Role::Normalisation, {}},
                           {*numerics::parseFormat("bfp<3,block=16>"), {}}));
    const double seen = evaluate(preview, coarse).evaluation.loss;
    EXPECT_NE(seen, exact);
    auto anew = fresh();
    EXPECT_EQ(evaluate(anew, coarse).evaluation.loss, seen);
    EXPECT_EQ(evaluate(preview, bitTrue).evaluation.loss, exact);
}

TEST_F(AccuracyPreviewOf, FormatsOfBackwardPassesChangeNothing) {
    auto preview = fresh();
    const auto plan = design::withFormat(m_design.precision(), {}, {design::Role::Error, {}},
                                         {*numerics::parseFormat("bfp<2,block=16>"), {}});
    EXPECT_EQ(evaluate(preview, m_design.withPrecision(plan)).evaluation.accuracy, m_accuracy);
}

TEST_F(AccuracyPreviewOf, FewBitsCostAccuracyOrLoss) {
    auto preview = fresh();
    const double loss = evaluate(preview, m_design).evaluation.loss;
    EXPECT_GT(evaluate(preview, withLayer("out", "bfp<2,block=16>")).evaluation.loss, loss);
}

TEST_F(AccuracyPreviewOf, ImagesAreWholeBatchesOrAllThereAre) {
    auto preview = fresh();
    EXPECT_EQ(evaluate(preview, m_design, 50).images, 64);
    EXPECT_EQ(evaluate(preview, m_design, 128).images, 128);
    EXPECT_EQ(evaluate(preview, m_design, 1000).images, 300);
}

TEST_F(AccuracyPreviewOf, LayersWithoutWeightsMayChange) {
    auto preview = fresh();
    (void)evaluate(preview, m_design, 128);
    auto network = m_design.network();
    network.layers[1].params = nn::LeakyRelu{};
    network.layers.insert(network.layers.begin() + 4, {"relu2", nn::Relu{}, {}});
    const auto changed = m_design.withNetwork(network);
    auto anew = fresh();
    EXPECT_EQ(evaluate(preview, changed).evaluation.loss, evaluate(anew, changed).evaluation.loss);
}

TEST_F(AccuracyPreviewOf, WeightsOfAnotherNetworkAreRefused) {
    auto preview = fresh();
    auto network = m_design.network();
    network.layers[3].params = nn::Conv2d{4, 5, 1, 2};
    const auto done = preview.evaluate(m_design.withNetwork(network), kAll, 1);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().text(), HasSubstr("conv2.weight"));
}

TEST_F(AccuracyPreviewOf, DamagedWeightsAreRefused) {
    m_state[m_state.size() / 2] ^= std::byte{1};
    const auto made = AccuracyPreview::make(m_design, m_state, m_dataset);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::Corrupt);
}

TEST_F(AccuracyPreviewOf, AStoppedPreviewLeavesNothingWrongBehind) {
    auto preview = fresh();
    const auto other = withLayer("conv1", "bfp<3,block=16>");
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = preview.evaluate(other, kAll, 1, stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(evaluate(preview, m_design).evaluation.accuracy, m_accuracy);
}

}  // namespace
}  // namespace mantissa::study
