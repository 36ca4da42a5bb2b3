// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "core/data/dataset_registry.h"
#include "core/design/design_point.h"
#include "core/design/json_parts.h"
#include "core/design/suggest.h"
#include "core/nn/block_accumulate.h"

namespace mantissa::design {
namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestDataset = 4096;  ///< a path may be long
constexpr std::size_t kLongestNote = 100'000;

/// Whether the bytes are UTF-8, as JSON demands; the JSON library knows.
bool isUtf8(const std::string& text) {
    try {
        (void)nlohmann::json(text).dump();
        return true;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

Result<void> checkText(const std::string& text, std::size_t longest, const char* where) {
    if (text.size() > longest) {
        return fail(ErrorCode::InvalidInput,
                    "text has " + std::to_string(text.size()) + " bytes, at most " +
                        std::to_string(longest) + " are possible",
                    where);
    }
    if (!isUtf8(text)) {
        return fail(ErrorCode::InvalidInput, "text is not UTF-8", where);
    }
    return {};
}

Result<void> checkDataset(const std::string& dataset) {
    if (dataset.empty()) {
        return fail(ErrorCode::InvalidInput, "the data set has no name", "/dataset",
                    "for example \"fashion-mnist\"");
    }
    return checkText(dataset, kLongestDataset, "/dataset").and_then([&] {
        return data::checkDatasetName(dataset).map_error([](Error error) {
            error.where = "/dataset";
            return error;
        });
    });
}

template <typename S>
Result<void> checkParams(std::span<const Param<S>> params, const S& values,
                         const std::string& pointer) {
    for (const auto& param : params) {
        const auto where = pointer + "/" + std::string(param.spec.id);
        if (auto legal = checkParam(param.spec, param.get(values), where); !legal) {
            return legal;
        }
    }
    return {};
}

std::string layerPointer(std::size_t index) {
    return "/network/layers/" + std::to_string(index);
}

/// nn names a layer in its errors; a design points at it.
Error pointed(Error error, const nn::NetworkSpec& network) {
    if (const auto index = network.indexOf(error.where); index) {
        error.message = "layer " + error.where + ": " + error.message;
        error.where = layerPointer(*index);
    } else {
        error.where = error.where == "input" ? "/network/input" : "/network";
    }
    return error;
}

Result<void> checkNetworkOf(const nn::NetworkSpec& network) {
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& kind = nn::kindOf(network.layers[i].params);
        for (const auto& param : kind.parameters) {
            const auto where = layerPointer(i) + "/" + std::string(param.spec.id);
            auto legal = checkParam(param.spec, param.get(network.layers[i].params), where);
            if (!legal) {
                return legal;
            }
        }
        if (*network.indexOf(network.layers[i].name) != i) {
            return fail(ErrorCode::InvalidInput,
                        "two layers are called \"" + network.layers[i].name + "\"",
                        layerPointer(i) + "/name", "rename one of them");
        }
    }
    if (auto shapes = nn::checkNetwork(network); !shapes) {
        return tl::unexpected(pointed(shapes.error(), network));
    }
    return {};
}

Result<void> checkFormats(const RoleFormats& formats, const std::string& pointer) {
    for (const auto& [key, format] : formats) {
        const auto where = pointer + "/" + roleKeyText(key);
        const auto passes = passesOf(key.role);
        if (key.pass && std::find(passes.begin(), passes.end(), *key.pass) == passes.end()) {
            return fail(ErrorCode::InvalidInput,
                        "the " + std::string(passText(*key.pass)) + " pass does not use the " +
                            std::string(roleText(key.role)),
                        where, "leave \"@" + std::string(passText(*key.pass)) + "\" out");
        }
        if (auto legal = numerics::validate(format.format); !legal) {
            auto error = legal.error();
            error.where = where + "/format";
            return tl::unexpected(std::move(error));
        }
    }
    return {};
}

/// The scope exists and has what its formats are for: elsewhere they would silently have no effect.
Result<void> checkScope(const nn::LayerKindInfo* kind, const std::string& name, const char* what,
                        std::span<const std::string> known, const RoleFormats& formats,
                        const std::string& where) {
    if (kind == nullptr) {
        return fail(ErrorCode::InvalidInput,
                    "there is no " + std::string(what) + " \"" + name + "\"", where,
                    suggestion(name, known));
    }
    if (!hasFormats(*kind)) {
        return fail(ErrorCode::InvalidInput,
                    std::string(kind->label) +
                        " neither multiplies matrices nor normalises, so a format here would have "
                        "no effect",
                    where, "remove the entry");
    }
    for (const auto& [key, format] : formats) {
        if (!hasRole(kind->id, key.role)) {
            return fail(ErrorCode::InvalidInput,
                        std::string(kind->label) + " has no " + std::string(roleText(key.role)) +
                            ", so a format here would have no effect",
                        where + "/" + roleKeyText(key),
                        kind->hasGemm ? "say \"normalisation\" for the network, for batch_norm or "
                                        "for one of its layers"
                                      : "a plan says \"normalisation\" here");
        }
    }
    return checkFormats(formats, where);
}

Error lightNormHasItsOwn(const std::string& whose, const std::string& where) {
    return {ErrorCode::InvalidInput,
            "LightNorm's formats are parameters of " + whose +
                ", so a format here would have no effect",
            where, "remove the entry, or choose another statistic"};
}

Result<void> checkKinds(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    std::vector<std::string> known;
    for (const auto& kind : nn::layerKinds()) {
        known.emplace_back(kind.id);
    }
    for (const auto& [id, formats] : plan.kinds) {
        const auto where = "/precision/kinds/" + escapedToken(id);
        const auto found = std::find(known.begin(), known.end(), id);
        const auto* kind = found == known.end()
                               ? nullptr
                               : &nn::layerKinds()[static_cast<std::size_t>(found - known.begin())];
        if (auto scope = checkScope(kind, id, "layer kind", known, formats, where); !scope) {
            return scope;
        }
        if (!hasFormats(*kind, network)) {
            return tl::unexpected(lightNormHasItsOwn("its layers", where));
        }
    }
    return {};
}

Result<void> checkLayers(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    std::vector<std::string> known;
    for (const auto& layer : network.layers) {
        known.push_back(layer.name);
    }
    for (const auto& [name, formats] : plan.layers) {
        const auto where = "/precision/layers/" + escapedToken(name);
        const auto index = network.indexOf(name);
        const auto* kind = index ? &nn::kindOf(network.layers[*index].params) : nullptr;
        if (auto scope = checkScope(kind, name, "layer", known, formats, where); !scope) {
            return scope;
        }
        if (!hasFormats(network.layers[*index])) {
            return tl::unexpected(lightNormHasItsOwn("the layer \"" + name + "\"", where));
        }
    }
    return {};
}

Result<void> checkAccumulatorAt(const numerics::Accumulator& accumulator, std::string where) {
    return numerics::validate(accumulator)
        .and_then([&] { return nn::checkAccumulator(accumulator); })
        .map_error([&](Error error) {
            error.where = std::move(where);
            return error;
        });
}

/// Accumulators of kinds or of layers; `kindOf(name)` is what is called so, or null.
template <typename KindOf>
Result<void> checkAccumulators(const PrecisionPlan& plan, const Accumulators& accumulators,
                               const char* what, std::span<const std::string> known,
                               const KindOf& kindOf) {
    for (const auto& [name, accumulator] : accumulators) {
        const std::string scope = "/precision/" + std::string(what) + "s/" + escapedToken(name);
        const std::string where = scope + "/" + std::string(kAccumulatorKey);
        const nn::LayerKindInfo* kind = kindOf(name);
        if (kind == nullptr) {
            return fail(ErrorCode::InvalidInput,
                        "there is no " + std::string(what) + " \"" + name + "\"", scope,
                        suggestion(name, known));
        }
        if (!kind->hasGemm) {
            return fail(ErrorCode::InvalidInput,
                        std::string(kind->label) +
                            " multiplies no matrices, so an accumulator here would have no effect",
                        where, "remove the entry");
        }
        if (plan.compute != nn::ComputeMode::BitTrue) {
            return fail(
                ErrorCode::InvalidInput,
                "accumulators are of bit-true sums, and \"compute\" is " + computeText(plan), where,
                "set \"compute\" to bit_true, or remove the entry");
        }
        if (auto legal = checkAccumulatorAt(accumulator, where); !legal) {
            return legal;
        }
    }
    return {};
}

/// Depthwise filters have no reduction over channels to sum as integers.
Result<void> checkDepthwise(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    if (plan.layerAccumulators.empty()) {
        return {};  // shapes of a large network take longer than an estimate
    }
    const auto shapes = nn::inferShapes(network);
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        const auto& layer = network.layers[i];
        if (shapes[i] && nn::isDepthwise(layer.params, shapes[i]->input) &&
            plan.layerAccumulators.contains(layer.name)) {
            return fail(
                ErrorCode::InvalidInput,
                "depthwise filters add their products one by one in FP32, so an accumulator "
                "here would have no effect",
                "/precision/layers/" + escapedToken(layer.name) + "/" +
                    std::string(kAccumulatorKey),
                "remove the entry");
        }
    }
    return {};
}

Result<void> checkCompute(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    std::vector<std::string> kinds;
    for (const auto& kind : nn::layerKinds()) {
        kinds.emplace_back(kind.id);
    }
    std::vector<std::string> layers;
    for (const auto& layer : network.layers) {
        layers.push_back(layer.name);
    }
    const auto kindCalled = [&](const std::string& name) {
        const auto found = std::find(kinds.begin(), kinds.end(), name);
        return found == kinds.end()
                   ? nullptr
                   : &nn::layerKinds()[static_cast<std::size_t>(found - kinds.begin())];
    };
    const auto kindOfLayer = [&](const std::string& name) {
        const auto index = network.indexOf(name);
        return index ? &nn::kindOf(network.layers[*index].params) : nullptr;
    };
    if (plan.compute == nn::ComputeMode::BitTrue) {
        if (auto legal = checkAccumulatorAt(plan.accumulator, "/precision/compute"); !legal) {
            return legal;
        }
    }
    return checkAccumulators(plan, plan.kindAccumulators, "kind", kinds, kindCalled)
        .and_then([&] {
            return checkAccumulators(plan, plan.layerAccumulators, "layer", layers, kindOfLayer);
        })
        .and_then([&] { return checkDepthwise(plan, network); });
}

Result<void> checkPlan(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    return numerics::validate(plan.kept.format.format)
        .map_error([](Error error) {
            error.where = "/precision/keep";
            return error;
        })
        .and_then([&] { return checkFormats(plan.network, "/precision/network"); })
        .and_then([&] { return checkKinds(plan, network); })
        .and_then([&] { return checkLayers(plan, network); })
        .and_then([&] { return checkCompute(plan, network); });
}

Result<void> checkControl(const train::PrecisionControl& control) {
    return checkParams(train::controlParams(), control, "/control").and_then([&]() -> Result<void> {
        if (control.low > control.high) {
            return fail(ErrorCode::InvalidInput, "the low threshold is above the high one",
                        "/control/low", "must be at most \"high\"");
        }
        const bool rises = control.narrowBits <= control.middleBits &&
                           control.middleBits <= control.wideBits &&
                           control.fastNarrowBits <= control.fastWideBits;
        if (!rises) {
            return fail(ErrorCode::InvalidInput, "a narrow width is above a wide one", "/control",
                        "widths must rise from narrow to wide");
        }
        return {};
    });
}

/// A part that two designs may share: the same object, or an equal one.
template <typename T>
bool same(const T& a, const T& b) {
    return &a == &b || a == b;
}

using Check = Result<void> (*)(const DesignPoint&);

/// A part of a design: whether two designs have it alike, and what makes it valid.
struct CheckedPart {
    bool (*isSame)(const DesignPoint&, const DesignPoint&);
    Check check;
};

/// Whether all the parts that `Members` read are alike.
template <auto... Members>
bool alike(const DesignPoint& a, const DesignPoint& b) {
    return (same((a.*Members)(), (b.*Members)()) && ...);
}

constexpr CheckedPart kParts[] = {
    {alike<&DesignPoint::name>,
     [](const DesignPoint& d) { return checkText(d.name(), kLongestName, "/name"); }},
    {alike<&DesignPoint::note>,
     [](const DesignPoint& d) { return checkText(d.note(), kLongestNote, "/note"); }},
    {alike<&DesignPoint::network>,
     [](const DesignPoint& d) { return checkNetworkOf(d.network()); }},
    {alike<&DesignPoint::dataset>, [](const DesignPoint& d) { return checkDataset(d.dataset()); }},
    {alike<&DesignPoint::recipe>,
     [](const DesignPoint& d) {
         return checkParams(train::recipeParams(), d.recipe(), "/recipe");
     }},
    {alike<&DesignPoint::precision, &DesignPoint::network>,
     [](const DesignPoint& d) { return checkPlan(d.precision(), d.network()); }},
    {alike<&DesignPoint::control>, [](const DesignPoint& d) { return checkControl(d.control()); }},
    {alike<&DesignPoint::hardware>,
     [](const DesignPoint& d) { return checkParams(hardwareParams(), d.hardware(), "/hardware"); }},
};

}  // namespace

Result<void> validate(const DesignPoint& design) {
    for (const auto& part : kParts) {
        if (auto legal = part.check(design); !legal) {
            return legal;
        }
    }
    return {};
}

Result<void> validateChanges(const DesignPoint& design, const DesignPoint& valid) {
    for (const auto& part : kParts) {
        if (part.isSame(design, valid)) {
            continue;
        }
        if (auto legal = part.check(design); !legal) {
            return legal;
        }
    }
    return {};
}

}  // namespace mantissa::design
