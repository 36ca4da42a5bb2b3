// SPDX-License-Identifier: GPL-3.0-or-later
// What a network alone says of a training step: extents, who reads whose result. Formats, batch and
// accelerator come later, so that it is worked out once a network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/nn/network_spec.h"

namespace mantissa::hw {

/// What kind of work a layer is.
enum class LayerRole {
    Gemm,    ///< multiplies matrices
    Norm,    ///< batch normalisation
    Join,    ///< element-wise on several inputs, which do not arrive together
    Stream,  ///< element-wise on one input: works on results on their way to memory
};

/// The extents that set a layer's GEMMs, of one image. A linear layer is a 1 x 1 convolution of one
/// pixel.
struct GemmExtents {
    std::int64_t inChannels = 1;
    std::int64_t inPixels = 1;
    std::int64_t outChannels = 1;
    std::int64_t outPixels = 1;
    std::int64_t kernelTaps = 1;
    std::int64_t gradientTaps = 1;  ///< kernel positions that reach one input pixel: ceil(k/s)^2
    std::int64_t groups = 1;        ///< a product reduces along the channels of one
    bool isDepthwise() const { return groups > 1 && groups == inChannels && groups == outChannels; }
    bool operator==(const GemmExtents&) const = default;
};

/// Who reads a result, and as which of its inputs.
struct Reader {
    std::size_t layer = 0;
    std::size_t input = 0;
};

/// A layer of the network with its place in the step.
struct LayerOutline {
    std::string name;
    std::string kind;  ///< "conv2d"
    LayerRole role = LayerRole::Stream;
    nn::LayerShapes shapes;
    GemmExtents extents;       ///< Gemm
    std::size_t gemm = 0;      ///< Gemm: the same for layers of the same extents and shapes
    nn::BatchNorm norm;        ///< Norm
    nn::VectorWork work;       ///< Join and Stream, of one image
    double inputElements = 0;  ///< of all inputs, of one image
    double outputElements = 0;
    /// Of each input the nearest layer before it that does not stream; the network's input is left
    /// out.
    std::vector<std::size_t> producers;
    /// Layers that read its result, through those that stream.
    std::vector<Reader> consumers;
    bool feedsLoss = false;
    bool trainsBefore = false;  ///< a layer before it has parameters, so it needs an input gradient
    bool streams() const { return role == LayerRole::Stream; }
};

struct NetworkOutline {
    nn::NetworkSpec network;
    std::vector<LayerOutline> layers;  ///< in the network's order
};

/// Fails where nn::checkNetwork does.
Result<NetworkOutline> outlineOf(const nn::NetworkSpec& network);

}  // namespace mantissa::hw
