// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/network_edits.h"

#include <algorithm>
#include <utility>

#include "core/nn/graph.h"

namespace mantissa::ui {
namespace {

using design::DesignPoint;
using nn::LayerSpec;
using nn::NetworkSpec;

auto at(NetworkSpec& network, int row) {
    return network.layers.begin() + row;
}

const LayerSpec& layerAt(const DesignPoint& design, int row) {
    return design.network().layers[static_cast<std::size_t>(row)];
}

/// Calls `edit(map)` on everything that a plan says by layer.
template <typename Edit>
DesignPoint withOverridesEdited(const DesignPoint& design, const Edit& edit) {
    auto plan = design.precision();
    edit(plan.layers);
    edit(plan.layerAccumulators);
    return plan == design.precision() ? design : design.withPrecision(std::move(plan));
}

/// Moves what is said for one layer to another name; an empty `to` drops it.
DesignPoint withOverridesMoved(const DesignPoint& design, const std::string& from,
                               const std::string& to) {
    return withOverridesEdited(design, [&](auto& byLayer) {
        auto node = byLayer.extract(from);
        if (!node.empty() && !to.empty()) {
            node.key() = to;
            byLayer.insert(std::move(node));
        }
    });
}

/// What a join before layer `row` reads at first: the layer before it and the nearest one behind
/// that with an output of the same shape.
std::vector<std::string> joinedInputs(const NetworkSpec& network, int row) {
    const auto shapes = nn::inferShapes(network);
    const auto last = static_cast<std::size_t>(row) - 1;
    if (row < 1 || !shapes[last]) {
        return {std::string(nn::kNetworkInput), std::string(nn::kNetworkInput)};
    }
    std::string other = network.layers[last].name;
    for (std::size_t i = last; i-- > 0;) {
        if (shapes[i] && shapes[i]->output == shapes[last]->output) {
            other = network.layers[i].name;
            break;
        }
    }
    return {network.layers[last].name, other};
}

/// The template for the design's images and classes, or as published where it does not fit them.
NetworkSpec fittedTemplate(const DesignPoint& design, const nn::NetworkTemplate& source) {
    auto network = source.generate(design.network().input, design.network().classes);
    return nn::checkNetwork(network) ? network : source.make();
}

}  // namespace

std::string uniqueLayerName(const NetworkSpec& network, std::string_view stem) {
    for (int number = 1;; ++number) {
        std::string name = std::string(stem) + std::to_string(number);
        if (!network.indexOf(name)) {
            return name;
        }
    }
}

std::string layerNameStem(std::string_view kind) {
    for (const auto& info : nn::layerKinds()) {
        if (info.id == kind) {
            return std::string(info.stem);
        }
    }
    return std::string(kind);
}

Result<void> checkLayerName(const NetworkSpec& network, int row, const std::string& name) {
    constexpr std::string_view kLegal =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    const std::string where = network.layers[static_cast<std::size_t>(row)].name;
    if (name.empty() || name.find_first_not_of(kLegal) != std::string::npos) {
        return fail(ErrorCode::InvalidInput,
                    "a layer's name is made of letters, digits and _ . -, got \"" + name + "\"",
                    where);
    }
    if (name == nn::kNetworkInput) {
        return fail(ErrorCode::InvalidInput, "\"" + name + "\" is the name of the network's input",
                    where, "choose another name");
    }
    const auto owner = network.indexOf(name);
    if (owner && *owner != static_cast<std::size_t>(row)) {
        return fail(ErrorCode::InvalidInput, "there is already a layer called \"" + name + "\"",
                    where, "choose another name");
    }
    return {};
}

DesignPoint withLayerAdded(const DesignPoint& design, int row, const nn::LayerKindInfo& kind) {
    NetworkSpec network = design.network();
    LayerSpec layer{uniqueLayerName(network, layerNameStem(kind.id)), kind.example, {}};
    if (kind.joins) {
        layer.inputs = joinedInputs(network, row);
    }
    network.layers.insert(at(network, row), std::move(layer));
    return design.withNetwork(std::move(network));
}

DesignPoint withLayerDuplicated(const DesignPoint& design, int row) {
    NetworkSpec network = design.network();
    LayerSpec copy = layerAt(design, row);
    const std::string original = copy.name;
    copy.name = uniqueLayerName(network, layerNameStem(nn::kindOf(copy.params).id));
    if (!nn::kindOf(copy.params).joins) {
        copy.inputs.clear();  // reads the layer it is a copy of
    }
    const std::string name = copy.name;
    network.layers.insert(at(network, row + 1), std::move(copy));
    return withOverridesEdited(design.withNetwork(std::move(network)), [&](auto& byLayer) {
        if (const auto said = byLayer.find(original); said != byLayer.end()) {
            byLayer[name] = said->second;
        }
    });
}

DesignPoint withLayerRemoved(const DesignPoint& design, int row) {
    NetworkSpec network = design.network();
    const LayerSpec removed = layerAt(design, row);
    // Its readers read its first input instead.
    const std::string source = !removed.inputs.empty() ? removed.inputs.front()
                               : row > 0               ? layerAt(design, row - 1).name
                                                       : std::string(nn::kNetworkInput);
    network.layers.erase(at(network, row));
    const bool follows = row < static_cast<int>(network.layers.size());
    if (follows && !removed.inputs.empty() && at(network, row)->inputs.empty()) {
        at(network, row)->inputs = {source};  // it read the removed layer by its place
    }
    for (auto& layer : network.layers) {
        std::replace(layer.inputs.begin(), layer.inputs.end(), removed.name, source);
    }
    return withOverridesMoved(design.withNetwork(std::move(network)), removed.name, {});
}

DesignPoint withLayerMoved(const DesignPoint& design, int from, int to) {
    NetworkSpec network = design.network();
    LayerSpec layer = layerAt(design, from);
    network.layers.erase(at(network, from));
    network.layers.insert(at(network, to), std::move(layer));
    return design.withNetwork(std::move(network));
}

DesignPoint withLayerRenamed(const DesignPoint& design, int row, const std::string& name) {
    NetworkSpec network = design.network();
    const std::string before = layerAt(design, row).name;
    at(network, row)->name = name;
    for (auto& layer : network.layers) {
        std::replace(layer.inputs.begin(), layer.inputs.end(), before, name);
    }
    return withOverridesMoved(design.withNetwork(std::move(network)), before, name);
}

DesignPoint withLayerParams(const DesignPoint& design, int row, const nn::LayerParams& params) {
    NetworkSpec network = design.network();
    at(network, row)->params = params;
    return design.withNetwork(std::move(network));
}

DesignPoint withLayerInputs(const DesignPoint& design, int row, std::string_view text) {
    constexpr std::string_view kApart = ", \t";
    NetworkSpec network = design.network();
    auto& inputs = at(network, row)->inputs;
    inputs.clear();
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(kApart), text.size()));
        if (text.empty()) {
            break;
        }
        const auto length = std::min(text.find_first_of(kApart), text.size());
        inputs.emplace_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return design.withNetwork(std::move(network));
}

DesignPoint withTemplate(const DesignPoint& design, const nn::NetworkTemplate& networkTemplate) {
    NetworkSpec network = fittedTemplate(design, networkTemplate);
    const auto sameKind = [&](const std::string& layer) {
        const auto before = design.network().indexOf(layer);
        const auto after = network.indexOf(layer);
        return before && after &&
               design.network().layers[*before].params.index() ==
                   network.layers[*after].params.index();
    };
    return withOverridesEdited(
               design,
               [&](auto& byLayer) {
                   std::erase_if(byLayer, [&](const auto& said) { return !sameKind(said.first); });
               })
        .withNetwork(network);
}

}  // namespace mantissa::ui
