// SPDX-License-Identifier: GPL-3.0-or-later
// Every layer kind's gradients against central finite differences of the loss.
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/nn/network.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

struct GradientCase {
    std::string name;
    NetworkSpec network;
    friend std::ostream& operator<<(std::ostream& out, const GradientCase& c) {
        return out << c.name;
    }
};

/// A 1 x 1 convolution in front, so that the layers under test have an input gradient to prove.
NetworkSpec behindConvolution(const std::vector<LayerParams>& layers) {
    NetworkSpec network{.input = {2, 6, 5}, .classes = 3, .layers = {}};
    network.layers.push_back({"front", Conv2d{.outChannels = 3, .kernel = 1, .padding = 0}, {}});
    for (const auto& layer : layers) {
        network.layers.push_back({"layer" + std::to_string(network.layers.size()), layer, {}});
    }
    network.layers.push_back({"flatten", Flatten{}, {}});
    network.layers.push_back({"scores", Linear{.outFeatures = 3}, {}});
    return network;
}

/// Two branches behind a common layer, joined by `join`; the stem is read three times with Add.
NetworkSpec branched(const LayerParams& join) {
    NetworkSpec network{.input = {2, 6, 5}, .classes = 3, .layers = {}};
    const Conv2d conv{.outChannels = 3};
    network.layers = {{"stem", conv, {}},
                      {"left", conv, {"stem"}},
                      {"left_bn", BatchNorm{}, {}},
                      {"right", conv, {"stem"}},
                      {"join", join, {"left_bn", "right", "stem"}},
                      {"tanh", Tanh{}, {}},
                      {"pool", GlobalAvgPool{}, {}},
                      {"scores", Linear{.outFeatures = 3}, {}}};
    return network;
}

/// An identity shortcut around two convolutions, and a pooled one around the next.
NetworkSpec residual() {
    NetworkSpec network{.input = {2, 6, 5}, .classes = 3, .layers = {}};
    network.layers = {{"stem", Conv2d{.outChannels = 3}, {}},
                      {"a1", Conv2d{.outChannels = 3}, {}},
                      {"a1tanh", Tanh{}, {}},
                      {"a2", Conv2d{.outChannels = 3}, {}},
                      {"a", Add{}, {"a2", "stem"}},
                      {"atanh", Tanh{}, {}},
                      {"b1", Conv2d{.outChannels = 6, .stride = 2}, {}},
                      {"shortcut", Shortcut{.outChannels = 6, .stride = 2}, {"atanh"}},
                      {"b", Add{}, {"b1", "shortcut"}},
                      {"flatten", Flatten{}, {}},
                      {"scores", Linear{.outFeatures = 3}, {}}};
    return network;
}

/// The same layer twice into one sum.
NetworkSpec doubled() {
    NetworkSpec network{.input = {2, 6, 5}, .classes = 3, .layers = {}};
    network.layers = {{"stem", Conv2d{.outChannels = 3}, {}},
                      {"twice", Add{}, {"stem", "stem"}},
                      {"flatten", Flatten{}, {}},
                      {"scores", Linear{.outFeatures = 3}, {}}};
    return network;
}

std::vector<GradientCase> cases() {
    using K = BatchNormKind;
    using C = RangeConstant;
    const Conv2d grouped{.outChannels = 6, .kernel = 3, .groups = 3};
    const Conv2d depthwise{.outChannels = 3, .kernel = 3, .groups = 3};
    const BatchNorm wideLightNorm{.kind = K::LightNorm,
                                  .chunks = 4,
                                  .constant = C::Paper,
                                  .forwardElement = NormElement::Binary32,
                                  .backwardElement = NormElement::Binary32};
    return {
        {"ConvolutionDilated",
         behindConvolution({Conv2d{.outChannels = 4, .kernel = 3, .padding = 2, .dilation = 2}})},
        {"ConvolutionDilatedStride2",
         behindConvolution(
             {Conv2d{.outChannels = 2, .kernel = 2, .stride = 2, .padding = 1, .dilation = 3}})},
        {"ConvolutionGroups", behindConvolution({grouped})},
        {"ConvolutionDepthwise", behindConvolution({depthwise})},
        {"ConvolutionDepthwiseStride2",
         behindConvolution({Conv2d{.outChannels = 3, .kernel = 3, .stride = 2, .groups = 3}})},
        {"ConvolutionDepthwiseDilated", behindConvolution({Conv2d{.outChannels = 3,
                                                                  .kernel = 3,
                                                                  .padding = 2,
                                                                  .dilation = 2,
                                                                  .groups = 3,
                                                                  .bias = false}})},
        {"Relu6", behindConvolution({Relu6{}})},
        {"LeakyRelu", behindConvolution({LeakyRelu{.slope = 0.2}})},
        {"Gelu", behindConvolution({Gelu{}})},
        {"Silu", behindConvolution({Silu{}})},
        {"HardSwish", behindConvolution({HardSwish{}})},
        {"Sigmoid", behindConvolution({Sigmoid{}})},
        {"SigmoidThenRelu", behindConvolution({Sigmoid{}, Relu{}})},
        {"Tanh", behindConvolution({Tanh{}})},
        {"Softmax", behindConvolution({Softmax{}})},
        {"SoftmaxFlat", behindConvolution({Flatten{}, Linear{.outFeatures = 7}, Softmax{}})},
        {"Dropout", behindConvolution({Dropout{.probability = 0.3}})},
        {"KWinners", behindConvolution({KWinners{.share = 0.6}})},
        {"KWinnersFlat",
         behindConvolution({Flatten{}, Linear{.outFeatures = 7}, KWinners{.share = 0.4}})},
        {"MaxPoolPadded", behindConvolution({MaxPool2d{.kernel = 3, .stride = 2, .padding = 1}})},
        {"MaxPoolThenRelu", behindConvolution({MaxPool2d{}, Relu{}})},
        {"Shortcut", behindConvolution({Shortcut{.outChannels = 6, .stride = 2}})},
        {"Add", branched(Add{})},
        {"Concat", branched(Concat{})},
        {"Residual", residual()},
        {"AddOfOneLayerTwice", doubled()},
        {"BatchNormOnePass", behindConvolution({BatchNorm{.kind = K::OnePass}})},
        {"BatchNormLightNormWide", behindConvolution({wideLightNorm})},
        {"BatchNormLightNormWideFlat",
         behindConvolution({Flatten{}, Linear{.outFeatures = 7}, wideLightNorm})},
        {"Convolution", behindConvolution({Conv2d{.outChannels = 4, .kernel = 3}})},
        {"ConvolutionStride2",
         behindConvolution({Conv2d{.outChannels = 4, .kernel = 3, .stride = 2}})},
        {"ConvolutionStride3Padding2",
         behindConvolution({Conv2d{.outChannels = 2, .kernel = 2, .stride = 3, .padding = 2}})},
        {"ConvolutionWithoutBias",
         behindConvolution({Conv2d{.outChannels = 4, .kernel = 5, .padding = 0, .bias = false}})},
        {"Linear", behindConvolution({Flatten{}, Linear{.outFeatures = 7}})},
        {"LinearWithoutBias",
         behindConvolution({Flatten{}, Linear{.outFeatures = 7, .bias = false}})},
        {"Relu", behindConvolution({Relu{}})},
        {"MaxPool", behindConvolution({MaxPool2d{}})},
        {"MaxPoolOverlapping", behindConvolution({MaxPool2d{.kernel = 3, .stride = 1}})},
        {"AvgPool", behindConvolution({AvgPool2d{}})},
        {"AvgPoolOverlapping", behindConvolution({AvgPool2d{.kernel = 3, .stride = 2}})},
        {"AvgPoolPadded", behindConvolution({AvgPool2d{.kernel = 3, .stride = 2, .padding = 1}})},
        {"AvgPoolOfTheImageAlone",
         behindConvolution(
             {AvgPool2d{.kernel = 3, .stride = 2, .padding = 1, .countPadding = false}})},
        {"BatchNorm", behindConvolution({BatchNorm{}})},
        {"BatchNormRange", behindConvolution({BatchNorm{.kind = K::Range}})},
        {"BatchNormRangePaper",
         behindConvolution({BatchNorm{.kind = K::Range, .chunks = 7, .constant = C::Paper}})},
        {"BatchNormFlat", behindConvolution({Flatten{}, Linear{.outFeatures = 7}, BatchNorm{}})},
        {"BatchNormFlatRange",
         behindConvolution({Flatten{}, Linear{.outFeatures = 7}, BatchNorm{.kind = K::Range}})},
    };
}

class NetworkGradient : public ::testing::TestWithParam<GradientCase> {};

TEST_P(NetworkGradient, MatchesCentralDifferences) {
    constexpr int kBatch = 5;
    ThreadTeam team(1);
    const NetworkSpec& spec = GetParam().network;
    auto network =
        Network::make(spec, std::vector<LayerPrecision>(spec.layers.size()), kBatch, team);
    ASSERT_TRUE(network) << network.error().text();
    network->initialise(5);
    const auto images = randomValues(kBatch * elementCount(spec.input), 9);
    const std::vector<Label> labels{0, 2, 1, 1, 0};
    const auto meanLoss = [&] { return network->trainStep(images, labels, {}).lossSum / kBatch; };
    meanLoss();
    std::vector<std::vector<float>> gradients;
    for (const auto& parameter : network->parameters()) {
        gradients.emplace_back(parameter.gradient.begin(), parameter.gradient.end());
    }
    std::size_t at = 0;
    for (const auto& parameter : network->parameters()) {
        const auto& gradient = gradients[at++];
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            constexpr float kStep = 2e-3F;
            const float value = parameter.value[i];
            parameter.value[i] = value + kStep;
            const double above = meanLoss();
            parameter.value[i] = value - kStep;
            const double below = meanLoss();
            parameter.value[i] = value;
            const double expected = (above - below) / (2 * static_cast<double>(kStep));
            EXPECT_NEAR(static_cast<double>(gradient[i]), expected,
                        1e-3 + 0.01 * std::fabs(expected))
                << parameter.name << " [" << i << "]";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, NetworkGradient, ::testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace mantissa::nn
