// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/network.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/nn/allocation_counter.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

using numerics::BlockFloat;
using numerics::BlockShape;
using numerics::Format;
using numerics::Minifloat;
using numerics::Rounding;

constexpr int kBatch = 10;

LayerPrecision everywhere(const Format& format, Rounding rounding = Rounding::NearestEven) {
    const numerics::TensorFormat f{format, rounding};
    return {f, f, f, f, f, f, f};
}

struct Step {
    std::vector<float> gradients, logits;
    StepResult result;
};

NetworkSpec specOf(std::string_view id) {
    for (const auto& entry : networkTemplates()) {
        if (entry.id == id) {
            return entry.make();
        }
    }
    return {};
}

Network networkOf(const NetworkSpec& spec, const LayerPrecision& precision, ThreadTeam& team,
                  int batch = kBatch, const NetworkOptions& options = {}) {
    auto network = Network::make(spec, std::vector<LayerPrecision>(spec.layers.size(), precision),
                                 batch, team, options);
    network->initialise(7);
    return std::move(*network);
}

std::vector<Label> labelsOf(std::size_t count) {
    std::vector<Label> labels(count);
    for (std::size_t i = 0; i < count; ++i) {
        labels[i] = static_cast<Label>(i * 7 % 10);
    }
    return labels;
}

Step stepOf(Network& network, std::size_t images, std::uint64_t step = 0) {
    const auto labels = labelsOf(images);
    const auto pictures = randomValues(static_cast<std::int64_t>(images) * 784, 3, 0, 1);
    Step out;
    out.result = network.trainStep(pictures, labels, {.seed = 11, .step = step, .tensor = 0});
    for (const auto& parameter : network.parameters()) {
        out.gradients.insert(out.gradients.end(), parameter.gradient.begin(),
                             parameter.gradient.end());
    }
    out.logits.assign(network.logits().begin(), network.logits().end());
    return out;
}

bool sameBytes(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

struct FormatCase {
    const char* name;
    LayerPrecision precision;
};
std::vector<FormatCase> formats() {
    return {{"fp32", {}},
            {"bfp8", everywhere(BlockFloat{})},
            {"bfp8 stochastic", everywhere(BlockFloat{}, Rounding::Stochastic)},
            {"fp8", everywhere(Minifloat{})}};
}

TEST(Network, GivesTheSameBytesForEveryTeam) {
    for (const auto& [name, precision] : formats()) {
        std::vector<Step> steps;
        for (const int threads : {1, 2, 3}) {
            ThreadTeam team(threads);
            Network network = networkOf(specOf("lenet5_bn"), precision, team);
            steps.push_back(stepOf(network, kBatch));
        }
        for (const auto& step : steps) {
            EXPECT_TRUE(sameBytes(step.gradients, steps[0].gradients)) << name;
            EXPECT_TRUE(sameBytes(step.logits, steps[0].logits)) << name;
            EXPECT_EQ(step.result.lossSum, steps[0].result.lossSum) << name;
        }
    }
}

TEST(Network, AStepAllocatesNothing) {
    ThreadTeam team(2);
    for (const auto& [name, precision] : formats()) {
        Network network = networkOf(specOf("lenet5_bn"), precision, team);
        const auto labels = labelsOf(kBatch);
        const auto pictures = randomValues(kBatch * 784, 3, 0, 1);
        const auto before = allocationCount();
        network.trainStep(pictures, labels, {});
        network.evaluate(pictures, labels, {});
        EXPECT_EQ(allocationCount(), before) << name;
    }
}

TEST(Network, ALastBatchMayBeSmaller) {
    ThreadTeam team(2);
    Network large = networkOf(specOf("lenet5_bn"), {}, team, 16);
    Network exact = networkOf(specOf("lenet5_bn"), {}, team, 3);
    stepOf(large, 16);  // leaves values of 16 images in every buffer
    const Step small = stepOf(large, 3);
    const Step expected = stepOf(exact, 3);
    EXPECT_TRUE(sameBytes(small.gradients, expected.gradients));
    EXPECT_EQ(small.logits.size(), 30U);
    EXPECT_EQ(small.result.images, 3);
}

TEST(Network, ABatchOfOneImageStaysFinite) {
    ThreadTeam team(1);
    NetworkSpec spec = specOf("mlp");
    spec.layers.insert(spec.layers.begin() + 2,
                       {"bn", BatchNorm{.kind = BatchNormKind::Range}, {}});
    Network network = networkOf(spec, {}, team, 1);
    for (const float gradient : stepOf(network, 1).gradients) {
        ASSERT_TRUE(std::isfinite(gradient));
    }
}

TEST(Network, StochasticRoundingFollowsTheStepAndNothingElse) {
    ThreadTeam team(2);
    const auto precision = everywhere(BlockFloat{.mantissaBits = 4}, Rounding::Stochastic);
    Network network = networkOf(specOf("lenet5"), precision, team);
    const Step first = stepOf(network, kBatch, 1);
    const Step other = stepOf(network, kBatch, 2);
    const Step again = stepOf(network, kBatch, 1);
    EXPECT_TRUE(sameBytes(first.gradients, again.gradients));
    EXPECT_FALSE(sameBytes(first.gradients, other.gradients));
}

TEST(Network, AStepThatIsStoppedSaysSoAndLeavesTheWeights) {
    std::stop_source stop;
    ThreadTeam team(2, stop.get_token());
    Network network = networkOf(specOf("lenet5"), {}, team);
    const auto weights = [&] {
        std::vector<float> all;
        for (const auto& parameter : network.parameters()) {
            all.insert(all.end(), parameter.value.begin(), parameter.value.end());
        }
        return all;
    };
    const auto before = weights();
    const auto pictures = randomValues(kBatch * 784, 3, 0, 1);
    const auto labels = labelsOf(kBatch);
    EXPECT_FALSE(network.trainStep(pictures, labels, {}).cancelled);
    EXPECT_FALSE(network.evaluate(pictures, labels, {}).cancelled);
    stop.request_stop();
    EXPECT_TRUE(network.trainStep(pictures, labels, {}).cancelled);
    EXPECT_TRUE(network.evaluate(pictures, labels, {}).cancelled);
    EXPECT_TRUE(sameBytes(weights(), before));
}

TEST(Network, LearnsItsBatch) {
    ThreadTeam team(2);
    for (const auto& [name, precision] : formats()) {
        Network network = networkOf(specOf("lenet5_bn"), precision, team);
        const double before = stepOf(network, kBatch).result.lossSum;
        for (std::uint64_t step = 0; step < 30; ++step) {
            stepOf(network, kBatch, step);
            for (const auto& parameter : network.parameters()) {
                for (std::size_t i = 0; i < parameter.gradient.size(); ++i) {
                    parameter.value[i] -= 0.05F * parameter.gradient[i];
                }
            }
        }
        EXPECT_LT(stepOf(network, kBatch).result.lossSum, 0.5 * before) << name;
    }
}

TEST(Network, EvaluationUsesRunningStatisticsAndLeavesThemAlone) {
    ThreadTeam team(1);
    Network network = networkOf(specOf("lenet5_bn"), {}, team);
    for (std::uint64_t step = 0; step < 200; ++step) {
        stepOf(network, kBatch, step);
    }
    const auto pictures = randomValues(kBatch * 784, 3, 0, 1);
    const auto labels = labelsOf(kBatch);
    std::vector<std::vector<float>> before;
    for (const auto& parameter : network.parameters()) {
        before.emplace_back(parameter.value.begin(), parameter.value.end());
    }
    const double trained = stepOf(network, kBatch).result.lossSum;
    const double evaluated = network.evaluate(pictures, labels, {}).lossSum;
    EXPECT_NEAR(evaluated, trained, 0.05 * trained);  // unbiased against biased variance
    const StepResult alone =
        network.evaluate(std::span(pictures).first(784), std::span(labels).first(1), {});
    EXPECT_EQ(alone.images, 1);
    EXPECT_TRUE(std::isfinite(alone.lossSum));
}

struct Evaluated {
    std::vector<float> logits;
    StepResult result;
};

Evaluated evaluatedFrom(Network& network, const Boundary& start) {
    const auto result = network.evaluateFrom(start, labelsOf(kBatch), {.seed = 3});
    return {{network.logits().begin(), network.logits().end()}, result};
}

/// Every boundary of a network with branches, whose skipped tensors cross several of them.
TEST(Network, EvaluatesFromEveryBoundaryAsFromTheStart) {
    ThreadTeam team(2);
    const auto spec = specOf("resnet20");
    const auto labels = labelsOf(kBatch);
    const auto pictures = randomValues(kBatch * elementCount(spec.input), 5, 0, 1);
    for (const auto& [name, precision] : formats()) {
        for (const bool evaluatesOnly : {false, true}) {
            Network network =
                networkOf(spec, precision, team, kBatch, {.evaluatesOnly = evaluatesOnly});
            std::vector<Boundary> kept;
            for (std::size_t layer = 1; layer < spec.layers.size(); ++layer) {
                kept.push_back({layer, {}});
            }
            const auto whole = network.evaluate(pictures, labels, {.seed = 3}, kept);
            const std::vector<float> logits(network.logits().begin(), network.logits().end());
            for (const auto& start : kept) {
                EXPECT_EQ(static_cast<std::int64_t>(start.values.size()),
                          kBatch * network.boundaryFloats(start.layer));
                const auto again = evaluatedFrom(network, start);
                const auto where = std::string(name) + " from " + spec.layers[start.layer].name;
                EXPECT_TRUE(sameBytes(again.logits, logits)) << where;
                EXPECT_EQ(again.result.lossSum, whole.lossSum) << where;
                EXPECT_EQ(again.result.correct, whole.correct) << where;
            }
        }
    }
}

/// A boundary comes between layers that are computed together elsewhere.
TEST(Network, BoundariesHoldTheSameWhicheverOthersAreKept) {
    ThreadTeam team(2);
    for (const auto* id : {"lenet5", "resnet20", "mobilenet_v2_cifar_half"}) {
        const auto spec = specOf(id);
        const auto labels = labelsOf(kBatch);
        const auto pictures = randomValues(kBatch * elementCount(spec.input), 5, 0, 1);
        Network network = networkOf(spec, {}, team, kBatch, {.evaluatesOnly = true});
        std::vector<Boundary> all;
        for (std::size_t layer = 1; layer < spec.layers.size(); ++layer) {
            all.push_back({layer, {}});
        }
        const auto whole = network.evaluate(pictures, labels, {.seed = 3}, all);
        EXPECT_EQ(network.evaluate(pictures, labels, {.seed = 3}).lossSum, whole.lossSum);
        for (const auto& expected : all) {
            std::vector<Boundary> alone{{expected.layer, {}}};
            const auto result = network.evaluate(pictures, labels, {.seed = 3}, alone);
            const auto where = std::string(id) + " before " + spec.layers[expected.layer].name;
            EXPECT_EQ(result.lossSum, whole.lossSum) << where;
            EXPECT_TRUE(sameBytes(alone.front().values, expected.values)) << where;
        }
    }
}

TEST(Network, WhatABoundaryHoldsDecidesTheResultBehindIt) {
    ThreadTeam team(1);
    const auto spec = specOf("lenet5_bn");
    Network network = networkOf(spec, {}, team);
    std::vector<Boundary> kept;
    for (std::size_t layer = 1; layer < spec.layers.size(); ++layer) {
        kept.push_back({layer, {}});
    }
    network.evaluate(randomValues(kBatch * 784, 5, 0, 1), labelsOf(kBatch), {.seed = 3}, kept);
    for (auto& start : kept) {
        const auto before = evaluatedFrom(network, start);
        for (float& value : start.values) {
            value += 1;
        }
        EXPECT_FALSE(sameBytes(evaluatedFrom(network, start).logits, before.logits))
            << spec.layers[start.layer].name;
    }
}

TEST(Network, ThatEvaluatesOnlyGivesTheSameResultInLessMemory) {
    ThreadTeam team(2);
    for (const auto* id : {"lenet5_bn", "resnet20", "mobilenet_v2_cifar_half"}) {
        const auto spec = specOf(id);
        const auto labels = labelsOf(kBatch);
        const auto pictures = randomValues(kBatch * elementCount(spec.input), 5, 0, 1);
        for (const auto& [name, precision] : formats()) {
            Network trains = networkOf(spec, precision, team);
            Network evaluates = networkOf(spec, precision, team, kBatch, {.evaluatesOnly = true});
            const auto expected = trains.evaluate(pictures, labels, {.seed = 3});
            const auto result = evaluates.evaluate(pictures, labels, {.seed = 3});
            EXPECT_EQ(result.lossSum, expected.lossSum) << id << " " << name;
            EXPECT_TRUE(std::equal(trains.logits().begin(), trains.logits().end(),
                                   evaluates.logits().begin(), evaluates.logits().end()))
                << id << " " << name;
            EXPECT_LT(evaluates.stepBytes(), trains.stepBytes()) << id << " " << name;
        }
    }
}

TEST(Network, QuantisesEveryOperandAndReportsWhatItLost) {
    ThreadTeam team(1);
    Network network = networkOf(specOf("lenet5"), everywhere(BlockFloat{.mantissaBits = 4}), team);
    network.gatherStatistics(true);
    const Step quantised = stepOf(network, kBatch);
    std::set<std::string> seen;
    for (const auto& entry : network.statistics()) {
        seen.insert(entry.layer + ":" + std::string(entry.operand));
        EXPECT_GT(entry.statistics.count, 0);
        EXPECT_GT(entry.statistics.noisePower, 0) << entry.layer << " " << entry.operand;
    }
    EXPECT_EQ(seen.size(), 5U * 7U - 2U);  // the first layer has no input gradient
    EXPECT_EQ(seen.count("conv1:weight@input_gradient"), 0U);
    EXPECT_EQ(seen.count("conv2:error@weight_gradient"), 1U);
    EXPECT_EQ(seen.count("fc3:weight_gradient"), 1U);
    Network exact = networkOf(specOf("lenet5"), {}, team);
    exact.gatherStatistics(true);
    EXPECT_FALSE(sameBytes(stepOf(exact, kBatch).gradients, quantised.gradients));
    EXPECT_TRUE(exact.statistics().empty()) << "FP32 loses nothing";
}

TEST(Network, AStashOfItsOwnChangesNothingButWeightGradientsBehindOtherLayers) {
    ThreadTeam team(2);
    const auto spec = specOf("lenet5");
    for (const auto& [name, precision] : formats()) {
        auto stashed = precision;
        stashed.stash = {BlockFloat{.mantissaBits = 3}, Rounding::NearestEven};
        Network plain = networkOf(spec, precision, team);
        Network other = networkOf(spec, stashed, team);
        EXPECT_TRUE(sameBytes(stepOf(plain, kBatch).logits, stepOf(other, kBatch).logits));
        for (std::size_t i = 0; i < plain.parameters().size(); ++i) {
            const auto& parameter = plain.parameters()[i];
            const auto gradient = other.parameters()[i].gradient;
            const bool same = std::equal(gradient.begin(), gradient.end(),
                                         parameter.gradient.begin(), parameter.gradient.end());
            const bool reads =
                parameter.name.ends_with(".weight") && !parameter.name.starts_with("conv1.");
            EXPECT_EQ(same, !reads) << name << " " << parameter.name;
        }
    }
}

TEST(Network, WeightGradientsAreThoseOfTheStashedActivation) {
    ThreadTeam team(1);
    LayerPrecision precision;
    precision.stash = {BlockFloat{.mantissaBits = 3}, Rounding::NearestEven};
    const NetworkSpec spec{.input = {6, 1, 1},
                           .classes = 3,
                           .layers = {{"flat", Flatten{}, {}},
                                      {"first", Linear{.outFeatures = 4, .bias = false}, {}},
                                      {"last", Linear{.outFeatures = 3, .bias = false}, {}}}};
    Network network = networkOf(spec, precision, team, 2, {.keepsOperands = true});
    const std::vector<Label> labels{0, 2};
    network.trainStep(randomValues(12, 9), labels, {});
    const auto operands = network.operands(2);
    std::vector<float> kept(operands.activation.size());
    numerics::quantiseRef(operands.activation, kept, {2, 4}, 1, precision.stash, {});
    const auto gradient = network.parameters().back().gradient;
    for (std::size_t out = 0; out < 3; ++out) {
        for (std::size_t in = 0; in < 4; ++in) {
            const float sum =
                operands.error[out] * kept[in] + operands.error[3 + out] * kept[4 + in];
            EXPECT_NEAR(gradient[out * 4 + in], sum, 1e-6) << out << " " << in;
        }
    }
}

TEST(Network, WeightGradientsAreValuesOfTheirFormat) {
    ThreadTeam team(1);
    LayerPrecision precision;
    precision.weightGradient = {Minifloat{}, Rounding::NearestEven};
    Network network = networkOf(specOf("lenet5"), precision, team);
    stepOf(network, kBatch);
    const auto gradient = network.parameters()[0].gradient;
    std::vector<float> again(gradient.size());
    numerics::quantiseRef(gradient, again, {6, 1, 5, 5}, 1, precision.weightGradient, {});
    EXPECT_TRUE(std::equal(gradient.begin(), gradient.end(), again.begin()));
}

// The linear layer's three products by hand from the operands that the network hands out.
TEST(Network, QuantisesEachPassAlongItsReductionAxis) {
    ThreadTeam team(1);
    const numerics::TensorFormat bfp{BlockFloat{.mantissaBits = 4, .block = {.size = 4}},
                                     Rounding::NearestEven};
    LayerPrecision precision;
    precision.activationWeightGradient = bfp;
    precision.errorWeightGradient = bfp;
    Network network = networkOf(specOf("lenet5"), precision, team, kBatch, {.keepsOperands = true});
    stepOf(network, kBatch);
    const auto fc2 = *specOf("lenet5").indexOf("fc2");
    const auto operands = network.operands(fc2);
    ASSERT_EQ(operands.weightShape, (Shape{84, 120}));
    ASSERT_EQ(operands.activationShape, (Shape{kBatch, 120}));
    ASSERT_EQ(operands.errorShape, (Shape{kBatch, 84}));
    std::vector<float> x(operands.activation.size());
    std::vector<float> dy(operands.error.size());
    numerics::quantiseRef(operands.activation, x, operands.activationShape, 0, bfp, {});
    numerics::quantiseRef(operands.error, dy, operands.errorShape, 0, bfp, {});
    const auto parameters = network.parameters();
    const auto weight = std::find_if(parameters.begin(), parameters.end(),
                                     [](const auto& p) { return p.name == "fc2.weight"; });
    ASSERT_NE(weight, parameters.end());
    for (std::size_t o = 0; o < 84; ++o) {
        for (std::size_t f = 0; f < 120; ++f) {
            float sum = 0;
            for (std::size_t n = 0; n < kBatch; ++n) {
                sum = std::fma(dy[n * 84 + o], x[n * 120 + f], sum);
            }
            ASSERT_EQ(weight->gradient[o * 120 + f], sum) << o << " " << f;
        }
    }
}

TEST(Network, NamesItsParameters) {
    ThreadTeam team(1);
    Network network = networkOf(specOf("lenet5_bn"), {}, team);
    const auto parameters = network.parameters();
    EXPECT_EQ(parameters[0].name, "conv1.weight");
    EXPECT_TRUE(parameters[0].decays);
    EXPECT_EQ(parameters[1].name, "conv1.bias");
    EXPECT_FALSE(parameters[1].decays);
    EXPECT_EQ(parameters[2].name, "bn1.gamma");
    EXPECT_EQ(parameters[4].name, "bn1.running_mean");
    EXPECT_TRUE(parameters[4].gradient.empty());
}

TEST(Network, InitialisesHeNormalByFanIn) {
    ThreadTeam team(1);
    Network network = networkOf(specOf("mlp"), {}, team);
    const auto weight = network.parameters()[0].value;
    double mean = 0;
    double square = 0;
    for (const float value : weight) {
        mean += static_cast<double>(value);
        square += static_cast<double>(value) * static_cast<double>(value);
    }
    const auto count = static_cast<double>(weight.size());
    EXPECT_NEAR(mean / count, 0, 3e-4);
    EXPECT_NEAR(square / count, 2.0 / 784, 2e-5);
    EXPECT_NE(weight[0], network.parameters()[2].value[0]) << "layers draw different numbers";
}

TEST(NetworkMake, RefusesWhatTheUserCanGetWrong) {
    ThreadTeam team(1);
    const NetworkSpec spec = specOf("lenet5");
    const std::vector<LayerPrecision> precision(spec.layers.size());
    EXPECT_THAT(Network::make(spec, {}, 8, team).error().message, ::testing::HasSubstr("12"));
    EXPECT_THAT(Network::make(spec, precision, 0, team).error().message,
                ::testing::HasSubstr("from 1"));
    NetworkSpec broken = spec;
    broken.classes = 3;
    EXPECT_EQ(Network::make(broken, precision, 8, team).error().where, "fc3");
    NetworkSpec large = spec;
    large.input = {1, 4096, 4096};
    const auto tooLarge = Network::make(large, precision, 60000, team);
    ASSERT_FALSE(tooLarge);
    EXPECT_FALSE(tooLarge.error().hint.empty());
}

}  // namespace
}  // namespace mantissa::nn
