// SPDX-License-Identifier: GPL-3.0-or-later
// A layer that two others read. No kind joins two inputs yet, so a checked network has no use for
// it: the executor is given a second, open branch whose gradient the test sets.
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "core/nn/executor.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

constexpr int kBatch = 3;

/// input -> flatten -> stem -> {side, relu}; relu -> scores.
NetworkSpec branched() {
    return {.input = {1, 2, 2},
            .classes = 3,
            .layers = {{"flatten", Flatten{}, {}},
                       {"stem", Linear{.outFeatures = 4}, {}},
                       {"side", Linear{.outFeatures = 5}, {}},
                       {"relu", Relu{}, {"stem"}},
                       {"scores", Linear{.outFeatures = 3}, {}}}};
}

/// The gradient that reaches the stem, with `side` as the open branch's own.
std::vector<float> stemGradient(const std::vector<float>& side, float scoresScale) {
    ThreadTeam team(2);
    Executor executor;
    executor.spec = branched();
    for (auto& shapes : inferShapes(executor.spec)) {
        executor.shapes.push_back(*shapes);
    }
    executor.team = &team;
    executor.build(std::vector<LayerPrecision>(5), kBatch);
    for (std::size_t i = 0; i < executor.nodes.size(); ++i) {
        executor.nodes[i].layer->initialise(3, static_cast<std::uint32_t>(i), team);
    }
    const auto images = randomValues(kBatch * 4, 1);
    const std::vector<std::uint8_t> labels{0, 1, 2};
    const StepContext context = executor.contextFor(kBatch, true, {});
    Node& scores = executor.nodes[4];
    executor.forward(images, labels, context, {scores.gradient, kBatch * 3});
    for (std::size_t i = 0; i < kBatch * 3; ++i) {
        scores.gradient[i] *= scoresScale;
    }
    executor.nodes[2].gradientMemory.copyFrom(side);
    executor.backward(context);
    const auto gradient = executor.nodes[1].gradientMemory.values();
    return {gradient.begin(), gradient.end()};
}

TEST(FanOut, GradientsOfAllReadersAddUp) {
    const auto side = randomValues(kBatch * 5, 2);
    const std::vector<float> nothing(kBatch * 5);
    const auto both = stemGradient(side, 1);
    const auto sideAlone = stemGradient(side, 0);
    const auto mainAlone = stemGradient(nothing, 1);
    ASSERT_EQ(both.size(), kBatch * 4U);
    for (std::size_t i = 0; i < both.size(); ++i) {
        EXPECT_FLOAT_EQ(both[i], sideAlone[i] + mainAlone[i]) << i;
    }
    EXPECT_NE(sideAlone, std::vector<float>(kBatch * 4));
    EXPECT_NE(mainAlone, std::vector<float>(kBatch * 4));
}

}  // namespace
}  // namespace mantissa::nn
