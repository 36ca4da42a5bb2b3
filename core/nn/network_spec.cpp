// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/network_spec.h"

#include <algorithm>
#include <set>

#include "core/label.h"
#include "core/nn/graph.h"
#include "core/nn/layer_kind.h"

namespace mantissa::nn {
namespace {

// Bounds that keep a typing error from asking for more memory than a desktop has.
constexpr std::int64_t kMaxImageExtent = 4096;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 27;

/// A layer's input shape, or unknown where the layer it reads could not be built.
using KnownShape = std::optional<Shape>;

Result<void> checkName(const LayerSpec& layer) {
    constexpr std::string_view kLegal =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (layer.name.empty() || layer.name.find_first_not_of(kLegal) != std::string::npos) {
        return wrongLayer(layer,
                          "layer name \"" + layer.name + "\" is not made of A-Z a-z 0-9 _ . -",
                          "rename the layer");
    }
    if (layer.name == kNetworkInput) {
        return wrongLayer(layer, "\"input\" is the name of the network's input",
                          "rename the layer");
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

Result<LayerShapes> inferLayer(const LayerSpec& layer, std::vector<Shape> inputs) {
    auto shapes = entryOf(layer.params).infer(layer, inputs);
    if (!shapes) {
        return shapes;
    }
    shapes->input = inputs.front();
    shapes->inputs = std::move(inputs);
    const std::int64_t largest = std::max(elementCount(shapes->output), shapes->parameters);
    if (largest > kMaxElements) {
        return wrongLayer(layer,
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
    const auto declared = entryOf(layer.params).declaredOutput;
    return declared != nullptr ? KnownShape(declared(layer.params)) : std::nullopt;
}

/// The indices of the layers that layer `i` reads: as many as its kind takes.
Result<std::vector<int>> legalInputs(const NetworkSpec& network, std::size_t i) {
    auto inputs = resolveInputs(network, i);
    const auto& layer = network.layers[i];
    const auto& kind = kindOf(layer.params);
    if (!inputs || (kind.joins ? inputs->size() > 1 : inputs->size() == 1)) {
        return inputs;
    }
    return wrongLayer(
        layer,
        std::string(kind.id) +
            (kind.joins ? " takes two or more inputs, got " : " takes one input, got ") +
            std::to_string(inputs->size()),
        kind.joins ? "name the layers that it joins" : "leave one of them");
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
            return wrongLayer(network.layers[i], "no later layer reads this layer",
                              "connect it or remove it");
        }
    }
    return {};
}

Result<void> checkOutput(const NetworkSpec& network, const Shape& output) {
    if (network.classes < 2 || static_cast<std::size_t>(network.classes) > kMostClasses) {
        return fail(ErrorCode::InvalidInput, "classes is " + std::to_string(network.classes) +
                                                 ", must be from 2 to " +
                                                 std::to_string(kMostClasses));
    }
    if (output == Shape{network.classes}) {
        return {};
    }
    return wrongLayer(
        network.layers.back(),
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
            return wrongLayer(spec, "there is no layer \"" + name + "\" to read",
                              "connect it to a layer before it");
        }
        if (*index >= layer) {
            return wrongLayer(spec, "reads \"" + name + "\", which does not come before it",
                              "layers read earlier layers only: reorder them");
        }
        sources.push_back(static_cast<int>(*index));
    }
    return sources;
}

namespace {

Result<void> checkLayer(const NetworkSpec& network, std::size_t i) {
    const auto& layer = network.layers[i];
    if (auto named = checkName(layer); !named) {
        return named;
    }
    if (*network.indexOf(layer.name) != i) {
        return wrongLayer(layer, "two layers are called \"" + layer.name + "\"",
                          "rename one of them");
    }
    return checkParameters(layer);
}

/// The shapes that layer `i` reads, from those known of the layers before it.
Result<std::vector<Shape>> inputShapes(const NetworkSpec& network, std::size_t i,
                                       const std::vector<KnownShape>& outputs) {
    const auto sources = legalInputs(network, i);
    if (!sources) {
        return tl::unexpected(sources.error());
    }
    std::vector<Shape> shapes;
    for (const int source : *sources) {
        if (source == kFromNetworkInput) {
            if (auto valid = checkInput(network); !valid) {
                return tl::unexpected(valid.error());
            }
            shapes.push_back(network.input);
            continue;
        }
        const auto& output = outputs[static_cast<std::size_t>(source)];
        if (!output) {
            return wrongLayer(network.layers[i], "its input is unknown",
                              "correct layer " +
                                  network.layers[static_cast<std::size_t>(source)].name + " first");
        }
        shapes.push_back(*output);
    }
    return shapes;
}

}  // namespace

std::vector<Result<LayerShapes>> inferShapes(const NetworkSpec& network) {
    std::vector<Result<LayerShapes>> results;
    std::vector<KnownShape> outputs;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        results.push_back(checkLayer(network, i)
                              .and_then([&] { return inputShapes(network, i, outputs); })
                              .and_then([&](std::vector<Shape> inputs) {
                                  return inferLayer(layer, std::move(inputs));
                              }));
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
