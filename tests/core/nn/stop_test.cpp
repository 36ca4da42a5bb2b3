// SPDX-License-Identifier: GPL-3.0-or-later
// A network whose team is stopped in the middle of its work.
#include <chrono>
#include <cmath>
#include <stop_token>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/nn/network.h"
#include "core/numerics/quantise.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

constexpr int kBatch = 16;
constexpr int kRequests = 60;

/// Every kind of layer, so that a stop can fall into each.
NetworkSpec everyLayer() {
    NetworkSpec spec;
    spec.input = {1, 12, 12};
    spec.classes = 10;
    spec.layers = {{"conv1", Conv2d{.outChannels = 8}, {}},
                   {"bn1", BatchNorm{}, {}},
                   {"relu1", Relu{}, {}},
                   {"pool1", MaxPool2d{}, {}},
                   {"conv2", Conv2d{.outChannels = 8, .stride = 2}, {}},
                   {"bn2", BatchNorm{.kind = BatchNormKind::Range}, {}},
                   {"depthwise", Conv2d{.outChannels = 8, .groups = 8}, {}},
                   {"bn4", BatchNorm{.kind = BatchNormKind::LightNorm}, {}},
                   {"gelu", Gelu{}, {}},
                   {"sum", Add{}, {"gelu", "bn2"}},
                   {"joined", Concat{}, {"sum", "depthwise"}},
                   {"pool2", AvgPool2d{.kernel = 2, .stride = 1}, {}},
                   {"flatten", Flatten{}, {}},
                   {"fc1", Linear{.outFeatures = 64}, {}},
                   {"bn3", BatchNorm{}, {}},
                   {"fc2", Linear{.outFeatures = 10}, {}}};
    return spec;
}

struct Problem {
    NetworkSpec spec = everyLayer();
    std::vector<float> pictures = randomValues(kBatch * elementCount(spec.input), 3, 0, 1);
    std::vector<Label> labels = std::vector<Label>(kBatch, 4);

    Network make(ThreadTeam& team) const {
        const numerics::TensorFormat f{numerics::BlockFloat{}, numerics::Rounding::Stochastic};
        const LayerPrecision precision{f, f, f, f, f, f, f};
        auto network = Network::make(
            spec, std::vector<LayerPrecision>(spec.layers.size(), precision), kBatch, team);
        network->initialise(7);
        network->gatherStatistics(true);
        return std::move(*network);
    }
};

std::vector<float> weightsOf(Network& network) {
    std::vector<float> all;
    for (const auto& parameter : network.parameters()) {
        if (!parameter.gradient.empty()) {
            all.insert(all.end(), parameter.value.begin(), parameter.value.end());
        }
    }
    return all;
}

std::vector<float> gradientsOf(Network& network) {
    std::vector<float> all;
    for (const auto& parameter : network.parameters()) {
        all.insert(all.end(), parameter.gradient.begin(), parameter.gradient.end());
    }
    return all;
}

/// Calls work(team) with a team that is stopped after a time of its own in each round, from before
/// the work's beginning to after its end.
template <typename Work>
void stopAtManyMoments(int threads, const Work& work) {
    for (int request = 0; request < kRequests; ++request) {
        std::stop_source stop;
        ThreadTeam team(threads, stop.get_token());
        std::thread canceller([&] {
            std::this_thread::sleep_for(std::chrono::microseconds(25 * request));
            stop.request_stop();
        });
        work(team);
        canceller.join();
    }
}

TEST(Stop, AStepIsEitherWholeOrSaysThatItIsNot) {
    const Problem problem;
    ThreadTeam reference(1);
    Network whole = problem.make(reference);
    const auto weights = weightsOf(whole);
    const StepResult expected = whole.trainStep(problem.pictures, problem.labels, {});
    const auto gradients = gradientsOf(whole);
    for (const int threads : {1, 2}) {
        stopAtManyMoments(threads, [&](ThreadTeam& team) {
            Network network = problem.make(team);
            if (team.stopped()) {
                return;  // the weights are not all there
            }
            const StepResult result = network.trainStep(problem.pictures, problem.labels, {});
            EXPECT_EQ(weightsOf(network), weights);
            if (!result.cancelled) {
                EXPECT_EQ(result.lossSum, expected.lossSum);
                EXPECT_EQ(gradientsOf(network), gradients);
            }
        });
    }
}

TEST(Stop, AnEvaluationIsEitherWholeOrSaysThatItIsNot) {
    const Problem problem;
    ThreadTeam reference(1);
    const double loss =
        problem.make(reference).evaluate(problem.pictures, problem.labels, {}).lossSum;
    stopAtManyMoments(2, [&](ThreadTeam& team) {
        Network network = problem.make(team);
        const StepResult result = network.evaluate(problem.pictures, problem.labels, {});
        EXPECT_TRUE(result.cancelled || result.lossSum == loss);
    });
}

TEST(Stop, AQuantiserLeavesOutItsBlocks) {
    std::stop_source stop;
    stop.request_stop();
    for (const int threads : {1, 2}) {
        ThreadTeam team(threads, stop.get_token());
        const auto values = randomValues(1'000'000, 5);
        std::vector<float> quantised(values.size(), NAN);
        numerics::quantise(values, quantised, {1'000'000}, 0, {numerics::BlockFloat{}, {}}, {},
                           team);
        EXPECT_TRUE(std::isnan(quantised.front()));
        EXPECT_TRUE(std::isnan(quantised.back()));
    }
}

TEST(Initialise, GivesTheSameWeightsForEveryTeam) {
    NetworkSpec spec;
    spec.input = {1, 5, 5};
    spec.classes = 3;
    // 25 x 2001 weights: more than a task, and no multiple of the four of a random block.
    spec.layers = {{"flatten", Flatten{}, {}},
                   {"fc1", Linear{.outFeatures = 2001}, {}},
                   {"fc2", Linear{.outFeatures = 3}, {}}};
    std::vector<std::vector<float>> weights;
    for (const int threads : {1, 2, 3}) {
        ThreadTeam team(threads);
        auto network = Network::make(spec, std::vector<LayerPrecision>(3), 1, team);
        network->initialise(11);
        weights.push_back(weightsOf(*network));
        EXPECT_EQ(weights.back(), weights.front());
    }
}

}  // namespace
}  // namespace mantissa::nn
