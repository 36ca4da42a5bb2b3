// SPDX-License-Identifier: GPL-3.0-or-later
// Puts networks together layer by layer. Internal to nn.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/nn/network_spec.h"

namespace mantissa::nn {

/// Appends layers; each reads the one before it unless it says otherwise.
class TemplateBuilder {
public:
    TemplateBuilder(const Shape& input, int classes)
        : m_network{input, classes, {}}, m_side(std::min(input[1], input[2])) {}

    /// Returns the layer's name.
    std::string add(std::string name, const LayerParams& params,
                    std::vector<std::string> inputs = {}) {
        m_network.layers.push_back({std::move(name), params, std::move(inputs)});
        return m_network.layers.back().name;
    }

    /// A convolution that pads so that only its stride shrinks the image, or by `padding`.
    std::string convolve(const std::string& name, Conv2d conv, int padding = -1) {
        conv.padding = padding < 0 ? conv.kernel / 2 : padding;
        m_side = (m_side + std::int64_t{2} * conv.padding - conv.kernel) / conv.stride + 1;
        return add(name, conv);
    }
    /// Convolution "conv" without bias, normalisation "bn" and activation "relu", behind `prefix`,
    /// with `suffix`.
    std::string convolveBlock(const std::string& prefix, const std::string& suffix, Conv2d conv,
                              const LayerParams& activation) {
        conv.bias = false;
        convolve(prefix + "conv" + suffix, conv);
        add(prefix + "bn" + suffix, BatchNorm{});
        return add(prefix + "relu" + suffix, activation);
    }

    /// Pooling, left out where the image is smaller than the window.
    template <typename Pool>
    void pool(const std::string& name, const Pool& pool, int padding = 0) {
        if (m_side + std::int64_t{2} * padding >= pool.kernel) {
            m_side = (m_side + std::int64_t{2} * padding - pool.kernel) / pool.stride + 1;
            add(name, pool);
        }
    }

    /// The mean of each channel, and class scores.
    NetworkSpec classify() {
        add("pool", GlobalAvgPool{});
        return score("fc");
    }
    NetworkSpec score(const std::string& name) {
        add(name, Linear{.outFeatures = m_network.classes});
        return std::move(m_network);
    }

    const std::string& last() const { return m_network.layers.back().name; }

private:
    NetworkSpec m_network;
    std::int64_t m_side;  ///< the shorter of height and width
};

NetworkSpec resnet20(const Shape& input, int classes);
NetworkSpec resnet18(const Shape& input, int classes);
NetworkSpec resnet34(const Shape& input, int classes);
NetworkSpec resnet50(const Shape& input, int classes);
NetworkSpec mobilenetV1(const Shape& input, int classes);
NetworkSpec mobilenetV1Cifar(const Shape& input, int classes);
NetworkSpec mobilenetV2(const Shape& input, int classes);
NetworkSpec mobilenetV2Cifar(const Shape& input, int classes);
NetworkSpec mobilenetV2CifarHalf(const Shape& input, int classes);
NetworkSpec densenet40(const Shape& input, int classes);
NetworkSpec densenet121(const Shape& input, int classes);

}  // namespace mantissa::nn
