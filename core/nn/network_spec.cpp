// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/network_spec.h"

#include <algorithm>
#include <set>

#include "core/nn/graph.h"

namespace mantissa::nn {
namespace {

// Bounds that keep a typing error from asking for more memory than a desktop has.
constexpr std::int64_t kMaxImageExtent = 4096;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 27;

/// A layer's input shape, or unknown where the layer it reads could not be built.
using KnownShape = std::optional<Shape>;

tl::unexpected<Error> wrong(const LayerSpec& layer, std::string message, std::string hint = {}) {
    return fail(ErrorCode::InvalidInput, std::move(message), layer.name, std::move(hint));
}

Result<void> checkName(const LayerSpec& layer) {
    constexpr std::string_view kLegal =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (layer.name.empty() || layer.name.find_first_not_of(kLegal) != std::string::npos) {
        return wrong(layer, "layer name \"" + layer.name + "\" is not made of A-Z a-z 0-9 _ . -",
                     "rename the layer");
    }
    if (layer.name == kNetworkInput) {
        return wrong(layer, "\"input\" is the name of the network's input", "rename the layer");
    }
    return {};
}

Result<void> checkParameters(const LayerSpec& layer) {
    for (const auto& param : kindOf(layer.params).parameters) {
        if (auto legal = checkParam(param.spec, param.get(layer.params), layer.name); !legal) {
            return legal;
        }
    }
    return {};
}

/// The output extent of a window that slides over `extent` pixels; the error says by how much the
/// window is too large.
Result<std::int64_t> slide(const LayerSpec& layer, const Shape& input, std::int64_t extent,
                           std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
    const std::int64_t room = extent + 2 * padding;
    if (kernel > room) {
        return wrong(layer,
                     "a window of " + std::to_string(kernel) + " pixels does not fit into " +
                         std::to_string(room) + " (input " + shapeText(input) + ", padding " +
                         std::to_string(padding) + ")",
                     "use a kernel of at most " + std::to_string(room) +
                         ", more padding, or less pooling before this layer");
    }
    return (room - kernel) / stride + 1;
}

Result<void> checkIsImage(const LayerSpec& layer, const Shape& input) {
    if (input.size() == 3) {
        return {};
    }
    return wrong(layer,
                 std::string(kindOf(layer.params).id) +
                     " needs an image of channels x height x width, got " + shapeText(input) +
                     " features",
                 "move it before the Flatten layer");
}

/// Output and weight shapes and counts of one layer kind on a known input.
struct ShapeOf {
    const LayerSpec& layer;
    const Shape& input;

    Result<LayerShapes> operator()(const Conv2d& conv) const {
        if (auto image = checkIsImage(layer, input); !image) {
            return tl::unexpected(image.error());
        }
        const auto height = slide(layer, input, input[1], conv.kernel, conv.stride, conv.padding);
        const auto width = slide(layer, input, input[2], conv.kernel, conv.stride, conv.padding);
        if (!height || !width) {
            return tl::unexpected(height ? width.error() : height.error());
        }
        LayerShapes shapes;
        shapes.output = {conv.outChannels, *height, *width};
        shapes.weight = {conv.outChannels, input[0], conv.kernel, conv.kernel};
        shapes.parameters = elementCount(shapes.weight) + (conv.bias ? conv.outChannels : 0);
        shapes.macsPerImage = elementCount(shapes.weight) * *height * *width;
        return shapes;
    }

    Result<LayerShapes> operator()(const Linear& linear) const {
        if (input.size() != 1) {
            return wrong(layer, "linear needs a flat input, got " + shapeText(input),
                         "add a Flatten layer before it");
        }
        LayerShapes shapes;
        shapes.output = {linear.outFeatures};
        shapes.weight = {linear.outFeatures, input[0]};
        shapes.macsPerImage = elementCount(shapes.weight);
        shapes.parameters = shapes.macsPerImage + (linear.bias ? linear.outFeatures : 0);
        return shapes;
    }

    Result<LayerShapes> operator()(const Relu&) const { return elementwise(0); }
    Result<LayerShapes> operator()(const BatchNorm&) const { return elementwise(2 * input[0]); }
    Result<LayerShapes> operator()(const MaxPool2d& pool) const { return pooled(pool); }
    Result<LayerShapes> operator()(const AvgPool2d& pool) const { return pooled(pool); }

    Result<LayerShapes> operator()(const Flatten&) const {
        LayerShapes shapes;
        shapes.output = {elementCount(input)};
        return shapes;
    }

private:
    LayerShapes elementwise(std::int64_t parameters) const {
        LayerShapes shapes;
        shapes.output = input;
        shapes.parameters = parameters;
        return shapes;
    }

    template <typename Pool>
    Result<LayerShapes> pooled(const Pool& pool) const {
        if (auto image = checkIsImage(layer, input); !image) {
            return tl::unexpected(image.error());
        }
        const auto height = slide(layer, input, input[1], pool.kernel, pool.stride, 0);
        const auto width = slide(layer, input, input[2], pool.kernel, pool.stride, 0);
        if (!height || !width) {
            return tl::unexpected(height ? width.error() : height.error());
        }
        LayerShapes shapes;
        shapes.output = {input[0], *height, *width};
        return shapes;
    }
};

Result<LayerShapes> inferLayer(const LayerSpec& layer, const Shape& input) {
    auto shapes = std::visit(ShapeOf{layer, input}, layer.params);
    if (!shapes) {
        return shapes;
    }
    shapes->input = input;
    const std::int64_t largest = std::max(elementCount(shapes->output), shapes->parameters);
    if (largest > kMaxElements) {
        return wrong(layer,
                     "a tensor of " + std::to_string(largest) + " numbers, at most " +
                         std::to_string(kMaxElements) + " are possible",
                     "use fewer channels or features");
    }
    return shapes;
}

Result<void> checkInput(const NetworkSpec& network) {
    const bool image = network.input.size() == 3 &&
                       std::all_of(network.input.begin(), network.input.end(), [](auto extent) {
                           return extent >= 1 && extent <= kMaxImageExtent;
                       });
    if (!image || elementCount(network.input) > kMaxElements) {
        return fail(ErrorCode::InvalidInput,
                    "input is " + shapeText(network.input) +
                        ", must be channels x height x width of 1 to " +
                        std::to_string(kMaxImageExtent) + " each",
                    std::string(kNetworkInput));
    }
    return {};
}

/// The output that a layer promises whatever its input is.
KnownShape declaredOutput(const LayerSpec& layer) {
    const auto* linear = std::get_if<Linear>(&layer.params);
    return linear != nullptr ? KnownShape(Shape{linear->outFeatures}) : std::nullopt;
}

/// The index of the one layer that layer `i` reads.
Result<int> soleInput(const NetworkSpec& network, std::size_t i) {
    auto inputs = resolveInputs(network, i);
    if (!inputs) {
        return tl::unexpected(inputs.error());
    }
    if (inputs->size() != 1) {
        const auto& layer = network.layers[i];
        return wrong(layer,
                     std::string(kindOf(layer.params).id) + " takes one input, got " +
                         std::to_string(inputs->size()),
                     "leave one of them");
    }
    return inputs->front();
}

Result<void> checkEveryLayerIsRead(const NetworkSpec& network) {
    std::set<int> read{static_cast<int>(network.layers.size()) - 1};
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto inputs = resolveInputs(network, i);
        if (inputs) {
            read.insert(inputs->begin(), inputs->end());
        }
    }
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (!read.contains(static_cast<int>(i))) {
            return wrong(network.layers[i], "no later layer reads this layer",
                         "connect it or remove it");
        }
    }
    return {};
}

Result<void> checkOutput(const NetworkSpec& network, const Shape& output) {
    if (network.classes >= 2 && network.classes <= kMaxClasses &&
        output == Shape{network.classes}) {
        return {};
    }
    const auto& last = network.layers.back();
    if (network.classes < 2 || network.classes > kMaxClasses) {
        return fail(ErrorCode::InvalidInput, "classes is " + std::to_string(network.classes) +
                                                 ", must be from 2 to " +
                                                 std::to_string(kMaxClasses));
    }
    return wrong(last,
                 "the last layer gives " + shapeText(output) + ", the loss needs " +
                     std::to_string(network.classes) + " class scores",
                 "end with a Linear layer of " + std::to_string(network.classes) + " features");
}

}  // namespace

std::optional<std::size_t> NetworkSpec::indexOf(std::string_view name) const {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].name == name) {
            return i;
        }
    }
    return std::nullopt;
}

Result<std::vector<int>> resolveInputs(const NetworkSpec& network, std::size_t layer) {
    const auto& spec = network.layers[layer];
    if (spec.inputs.empty()) {
        return std::vector<int>{static_cast<int>(layer) - 1};
    }
    std::vector<int> sources;
    for (const auto& name : spec.inputs) {
        if (name == kNetworkInput) {
            sources.push_back(kFromNetworkInput);
            continue;
        }
        const auto index = network.indexOf(name);
        if (!index) {
            return wrong(spec, "there is no layer \"" + name + "\" to read",
                         "connect it to a layer before it");
        }
        if (*index >= layer) {
            return wrong(spec, "reads \"" + name + "\", which does not come before it",
                         "layers read earlier layers only: reorder them");
        }
        sources.push_back(static_cast<int>(*index));
    }
    return sources;
}

std::vector<Result<LayerShapes>> inferShapes(const NetworkSpec& network) {
    std::vector<Result<LayerShapes>> results;
    std::vector<KnownShape> outputs;
    const auto validInput = checkInput(network);
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        const auto infer = [&]() -> Result<LayerShapes> {
            if (auto named = checkName(layer); !named) {
                return tl::unexpected(named.error());
            }
            if (*network.indexOf(layer.name) != i) {
                return wrong(layer, "two layers are called \"" + layer.name + "\"",
                             "rename one of them");
            }
            if (auto legal = checkParameters(layer); !legal) {
                return tl::unexpected(legal.error());
            }
            const auto source = soleInput(network, i);
            if (!source) {
                return tl::unexpected(source.error());
            }
            if (*source == kFromNetworkInput) {
                return validInput ? inferLayer(layer, network.input)
                                  : Result<LayerShapes>(tl::unexpected(validInput.error()));
            }
            const auto& input = outputs[static_cast<std::size_t>(*source)];
            if (!input) {
                return wrong(layer, "its input is unknown",
                             "correct layer " +
                                 network.layers[static_cast<std::size_t>(*source)].name + " first");
            }
            return inferLayer(layer, *input);
        };
        results.push_back(infer());
        outputs.push_back(results.back() ? KnownShape(results.back()->output)
                                         : declaredOutput(layer));
    }
    return results;
}

Result<std::vector<LayerShapes>> checkNetwork(const NetworkSpec& network) {
    if (auto input = checkInput(network); !input) {
        return tl::unexpected(input.error());
    }
    if (network.layers.empty()) {
        return fail(ErrorCode::InvalidInput, "the network has no layers", "network",
                    "add a layer or start from a template");
    }
    std::vector<LayerShapes> shapes;
    for (auto& layer : inferShapes(network)) {
        if (!layer) {
            return tl::unexpected(layer.error());
        }
        shapes.push_back(std::move(*layer));
    }
    if (auto read = checkEveryLayerIsRead(network); !read) {
        return tl::unexpected(read.error());
    }
    if (auto output = checkOutput(network, shapes.back().output); !output) {
        return tl::unexpected(output.error());
    }
    return shapes;
}

}  // namespace mantissa::nn
