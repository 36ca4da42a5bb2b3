// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "core/nn/network_spec.h"

namespace mantissa::nn {
namespace {

/// Convolution, optional normalisation, ReLU and pooling, numbered as LeNet-5's stages are.
void addConvolutionStage(NetworkSpec& network, char number, const Conv2d& convolution,
                         bool batchNorm) {
    network.layers.push_back({std::string("conv") + number, convolution, {}});
    if (batchNorm) {
        network.layers.push_back({std::string("bn") + number, BatchNorm{}, {}});
    }
    network.layers.push_back({std::string("relu") + number, Relu{}, {}});
    network.layers.push_back({std::string("pool") + number, MaxPool2d{}, {}});
}

/// LeNet-5 (LeCun et al., 1998) in today's form: ReLU and max pooling, 28 x 28 images padded by 2.
NetworkSpec lenet5(bool batchNorm) {
    NetworkSpec network;
    addConvolutionStage(network, '1', {.outChannels = 6, .kernel = 5, .padding = 2}, batchNorm);
    addConvolutionStage(network, '2', {.outChannels = 16, .kernel = 5, .padding = 0}, batchNorm);
    network.layers.push_back({"flatten", Flatten{}, {}});
    network.layers.push_back({"fc1", Linear{.outFeatures = 120}, {}});
    network.layers.push_back({"relu3", Relu{}, {}});
    network.layers.push_back({"fc2", Linear{.outFeatures = 84}, {}});
    network.layers.push_back({"relu4", Relu{}, {}});
    network.layers.push_back({"fc3", Linear{.outFeatures = 10}, {}});
    return network;
}

NetworkSpec multilayerPerceptron() {
    NetworkSpec network;
    network.layers = {
        {"flatten", Flatten{}, {}}, {"fc1", Linear{.outFeatures = 1024}, {}},
        {"relu1", Relu{}, {}},      {"fc2", Linear{.outFeatures = 1024}, {}},
        {"relu2", Relu{}, {}},      {"fc3", Linear{.outFeatures = 10}, {}},
    };
    return network;
}

constexpr std::array<NetworkTemplate, 3> kTemplates{{
    {"lenet5_bn", "LeNet-5 with batch normalisation", [] { return lenet5(true); }},
    {"lenet5", "LeNet-5", [] { return lenet5(false); }},
    {"mlp", "Multilayer perceptron 784-1024-1024-10", multilayerPerceptron},
}};

}  // namespace

std::span<const NetworkTemplate> networkTemplates() {
    return kTemplates;
}

}  // namespace mantissa::nn
