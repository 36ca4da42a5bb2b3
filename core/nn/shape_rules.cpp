// SPDX-License-Identifier: GPL-3.0-or-later
// What the shape inference of several layer kinds shares.
#include <algorithm>
#include <utility>

#include "core/nn/layer_kind.h"

namespace mantissa::nn {

tl::unexpected<Error> wrongLayer(const LayerSpec& layer, std::string message, std::string hint) {
    return fail(ErrorCode::InvalidInput, std::move(message), layer.name, std::move(hint));
}

Result<void> checkIsImage(const LayerSpec& layer, const Shape& input) {
    if (input.size() == 3) {
        return {};
    }
    return wrongLayer(layer,
                      std::string(kindOf(layer.params).id) +
                          " needs an image of channels x height x width, got " + shapeText(input) +
                          " features",
                      "move it before the Flatten layer");
}

Result<Shape> slide(const LayerSpec& layer, const Shape& input, const Window& window,
                    std::int64_t channels) {
    if (auto image = checkIsImage(layer, input); !image) {
        return tl::unexpected(image.error());
    }
    const std::int64_t room = std::min(input[1], input[2]) + 2 * window.padding;
    if (window.extent() > room) {
        const std::int64_t largest = (room - 1) / window.dilation + 1;
        return wrongLayer(layer,
                          "a window of " + std::to_string(window.extent()) +
                              " pixels does not fit into " + std::to_string(room) + " (input " +
                              shapeText(input) + ", padding " + std::to_string(window.padding) +
                              ")",
                          "use a kernel of at most " + std::to_string(largest) +
                              ", more padding, or less pooling before this layer");
    }
    const auto windows = [&](std::int64_t extent) {
        return (extent + 2 * window.padding - window.extent()) / window.stride + 1;
    };
    return Shape{channels, windows(input[1]), windows(input[2])};
}

Result<LayerShapes> inferSame(const LayerSpec& /*layer*/, std::span<const Shape> inputs) {
    LayerShapes shapes;
    shapes.output = inputs.front();
    return shapes;
}

}  // namespace mantissa::nn
