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

std::vector<GradientCase> cases() {
    using K = BatchNormKind;
    using C = RangeConstant;
    return {
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
    ThreadTeam team(2);
    const NetworkSpec& spec = GetParam().network;
    auto network =
        Network::make(spec, std::vector<LayerPrecision>(spec.layers.size()), kBatch, team);
    ASSERT_TRUE(network) << network.error().text();
    network->initialise(5);
    const auto images = randomValues(kBatch * elementCount(spec.input), 9);
    const std::vector<std::uint8_t> labels{0, 2, 1, 1, 0};
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
