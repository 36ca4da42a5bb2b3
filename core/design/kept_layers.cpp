// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/kept_layers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <variant>

#include "core/design/suggest.h"
#include "core/nn/graph.h"

namespace mantissa::design {
namespace {

constexpr std::array<KeptKind, 3> kKinds{{{"first", "First layer", &KeptLayers::first},
                                          {"last", "Last layer", &KeptLayers::last},
                                          {"shortcut", "Shortcuts", &KeptLayers::shortcut}}};

/// The layers that each layer reads, by index; kFromNetworkInput for the network's input.
std::vector<std::vector<int>> inputsOf(const nn::NetworkSpec& network) {
    std::unordered_map<std::string_view, int> indices{{nn::kNetworkInput, nn::kFromNetworkInput}};
    std::vector<std::vector<int>> inputs;
    for (const auto& layer : network.layers) {
        const auto index = static_cast<int>(inputs.size());
        auto& own = inputs.emplace_back();
        for (const auto& name : layer.inputs) {
            const auto found = indices.find(name);
            own.push_back(found == indices.end() ? nn::kFromNetworkInput : found->second);
        }
        if (own.empty()) {
            own.push_back(index - 1);  // kFromNetworkInput for the first
        }
        indices.emplace(layer.name, index);
    }
    return inputs;
}

/// What leads to a tensor: the layers from the one that makes it backwards, along first inputs.
/// Ends with the network's input.
std::vector<int> pathTo(int layer, const std::vector<std::vector<int>>& inputs) {
    std::vector<int> path;
    while (layer != nn::kFromNetworkInput) {
        path.push_back(layer);
        layer = inputs[static_cast<std::size_t>(layer)].front();
    }
    path.push_back(layer);
    return path;
}

/// The part of `path` before it meets `other`.
std::span<const int> branchOf(const std::vector<int>& path, const std::vector<int>& other) {
    const auto meeting = std::find_first_of(path.begin(), path.end(), other.begin(), other.end());
    return {path.begin(), meeting};
}

void markShortcuts(const nn::NetworkSpec& network, const std::vector<bool>& hasGemm,
                   std::vector<bool>& marked) {
    const auto inputs = inputsOf(network);
    const auto isGemm = [&](int layer) { return hasGemm[static_cast<std::size_t>(layer)]; };
    for (std::size_t join = 0; join < network.layers.size(); ++join) {
        if (!std::holds_alternative<nn::Add>(network.layers[join].params)) {
            continue;
        }
        std::vector<std::vector<int>> paths;
        for (const int input : inputs[join]) {
            paths.push_back(pathTo(input, inputs));
        }
        for (const auto& path : paths) {
            for (const auto& other : paths) {
                const auto branch = branchOf(path, other);
                const auto longer = branchOf(other, path);
                if (std::count_if(branch.begin(), branch.end(), isGemm) <
                    std::count_if(longer.begin(), longer.end(), isGemm)) {
                    for (const int layer : branch) {
                        const auto at = static_cast<std::size_t>(layer);
                        marked[at] = marked[at] || hasGemm[at];
                    }
                }
            }
        }
    }
}

Error wrong(std::string_view text, std::string message, std::string hint = {}) {
    return {ErrorCode::InvalidInput,
            "\"" + std::string(text) + "\" says no layers to keep: " + std::move(message), "keep",
            hint.empty() ? "for example first,last,shortcut:fp16" : std::move(hint)};
}

Result<void> setKept(KeptLayers& kept, std::string_view text, std::string_view names) {
    const std::vector<std::string> known{"first", "last", "shortcut", "none"};
    while (!names.empty()) {
        const auto end = std::min(names.find(','), names.size());
        const std::string name(names.substr(0, end));
        const auto kind = std::find_if(kKinds.begin(), kKinds.end(),
                                       [&](const auto& each) { return each.id == name; });
        if (kind == kKinds.end()) {
            return tl::unexpected(
                wrong(text, "unknown name \"" + name + "\"", suggestion(name, known)));
        }
        kept.*(kind->member) = true;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return {};
}

}  // namespace

std::span<const KeptKind> keptKinds() {
    return kKinds;
}

std::vector<bool> keptLayers(const KeptLayers& kept, const nn::NetworkSpec& network) {
    std::vector<bool> marked(network.layers.size(), false);
    if (!kept.any()) {
        return marked;
    }
    std::vector<bool> hasGemm;
    for (const auto& layer : network.layers) {
        hasGemm.push_back(nn::kindOf(layer.params).hasGemm);
    }
    if (const auto first = std::find(hasGemm.begin(), hasGemm.end(), true);
        kept.first && first != hasGemm.end()) {
        marked[static_cast<std::size_t>(first - hasGemm.begin())] = true;
    }
    if (const auto last = std::find(hasGemm.rbegin(), hasGemm.rend(), true);
        kept.last && last != hasGemm.rend()) {
        marked[static_cast<std::size_t>(hasGemm.rend() - last) - 1] = true;
    }
    if (kept.shortcut) {
        markShortcuts(network, hasGemm, marked);
    }
    return marked;
}

std::string keptText(const KeptLayers& kept) {
    std::string text;
    for (const auto& kind : kKinds) {
        if (kept.*(kind.member)) {
            text += (text.empty() ? "" : ",") + std::string(kind.id);
        }
    }
    if (text.empty()) {
        return text;
    }
    text += ":" + numerics::formatText(kept.format.format);
    const auto& format = kept.format;
    return format.rounding == numerics::Rounding::NearestEven
               ? text
               : text + ":" + numerics::roundingText(format.rounding, format.randomBits);
}

Result<KeptLayers> parseKept(std::string_view text) {
    KeptLayers kept;
    const auto names = text.substr(0, text.find(':'));
    if (names == "none" && names.size() == text.size()) {
        return kept;
    }
    if (names.empty()) {
        return tl::unexpected(wrong(text, "no name"));
    }
    if (auto set = setKept(kept, text, names); !set) {
        return tl::unexpected(set.error());
    }
    auto rest = text.substr(std::min(names.size() + 1, text.size()));
    if (names.size() == text.size()) {
        return kept;
    }
    const auto format = rest.substr(0, rest.find(':'));
    auto parsed = numerics::parseFormat(format);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    kept.format.format = *std::move(parsed);
    if (format.size() < rest.size()) {
        const auto rounding = numerics::parseRounding(rest.substr(format.size() + 1));
        if (!rounding) {
            return tl::unexpected(rounding.error());
        }
        kept.format.rounding = rounding->rounding;
        kept.format.randomBits = rounding->randomBits;
    }
    return kept;
}

}  // namespace mantissa::design
