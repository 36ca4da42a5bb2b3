// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/precision_plan.h"

#include <algorithm>
#include <array>

#include "core/numerics/spelling.h"

namespace mantissa::design {
namespace {

constexpr std::array kRoles{Role::Weight, Role::Activation, Role::Error, Role::WeightGradient};
constexpr std::array kStoredRoles{Role::Stash, Role::Normalisation, Role::MasterWeight,
                                  Role::Momentum, Role::SecondMoment};
constexpr std::array kNormPasses{Pass::Forward, Pass::InputGradient};
constexpr std::array kWeightPasses{Pass::Forward, Pass::InputGradient};
constexpr std::array kActivationPasses{Pass::Forward, Pass::WeightGradient};
constexpr std::array kErrorPasses{Pass::InputGradient, Pass::WeightGradient};

constexpr std::string_view kAccumulatorPrefix = "bit_true<";

/// What one level says, the entry for the pass before the entry for all passes.
std::optional<ResolvedFormat> saidBy(const RoleFormats& formats, PlanLevel level, Role role,
                                     std::optional<Pass> pass) {
    if (pass) {
        if (const auto found = formats.find({role, pass}); found != formats.end()) {
            return ResolvedFormat{found->second, level, true};
        }
    }
    if (const auto found = formats.find({role, std::nullopt}); found != formats.end()) {
        return ResolvedFormat{found->second, level, false};
    }
    return std::nullopt;
}

std::optional<ResolvedFormat> saidBy(const std::map<std::string, RoleFormats, std::less<>>& scopes,
                                     std::string_view name, PlanLevel level, Role role,
                                     std::optional<Pass> pass) {
    const auto found = scopes.find(name);
    return found == scopes.end() ? std::nullopt : saidBy(found->second, level, role, pass);
}

/// Calls `edit` on the entries of a scope and drops a kind or layer that says nothing any more, so
/// that plans which mean the same compare equal.
template <typename Edit>
PrecisionPlan edited(PrecisionPlan plan, const PlanScope& scope, const Edit& edit) {
    if (scope.layer.empty() && scope.kind.empty()) {
        edit(plan.network);
        return plan;
    }
    auto& scopes = scope.layer.empty() ? plan.kinds : plan.layers;
    const auto& name = scope.layer.empty() ? scope.kind : scope.layer;
    auto& formats = scopes[name];
    edit(formats);
    if (formats.empty()) {
        scopes.erase(name);
    }
    return plan;
}

void setMode(PrecisionPlan& plan, nn::ComputeMode mode) {
    plan.compute = mode;
    if (mode != nn::ComputeMode::BitTrue) {
        plan.kindAccumulators.clear();
        plan.layerAccumulators.clear();
    }
}

}  // namespace

std::string_view roleText(Role role) {
    switch (role) {
        case Role::Weight:
            return "weight";
        case Role::Activation:
            return "activation";
        case Role::Error:
            return "error";
        case Role::Stash:
            return "stash";
        case Role::Normalisation:
            return "normalisation";
        case Role::MasterWeight:
            return "master_weight";
        case Role::Momentum:
            return "momentum";
        case Role::SecondMoment:
            return "second_moment";
        case Role::WeightGradient:
            break;
    }
    return "weight_gradient";
}

std::string_view passText(Pass pass) {
    switch (pass) {
        case Pass::Forward:
            return "forward";
        case Pass::InputGradient:
            return "input_gradient";
        case Pass::WeightGradient:
            break;
    }
    return "weight_gradient";
}

std::span<const Role> allRoles() {
    return kRoles;
}

std::span<const Role> storedRoles() {
    return kStoredRoles;
}

std::span<const Pass> passesOf(Role role) {
    switch (role) {
        case Role::Weight:
            return kWeightPasses;
        case Role::Activation:
            return kActivationPasses;
        case Role::Error:
            return kErrorPasses;
        case Role::Normalisation:
            return kNormPasses;
        case Role::WeightGradient:
        case Role::Stash:
        case Role::MasterWeight:
        case Role::Momentum:
        case Role::SecondMoment:
            break;
    }
    return {};
}

bool hasRole(std::string_view kind, Role role) {
    const bool normalises = kind == nn::kindOf(nn::BatchNorm{}).id;
    return kind.empty() || normalises == (role == Role::Normalisation);
}

bool hasFormats(const nn::LayerKindInfo& kind) {
    return kind.hasGemm || hasRole(kind.id, Role::Normalisation);
}

bool hasFormats(const nn::LayerSpec& layer) {
    const auto* norm = std::get_if<nn::BatchNorm>(&layer.params);
    return hasFormats(nn::kindOf(layer.params)) &&
           (norm == nullptr || norm->kind != nn::BatchNormKind::LightNorm);
}

bool hasFormats(const nn::LayerKindInfo& kind, const nn::NetworkSpec& network) {
    const auto ofKind = [&](const nn::LayerSpec& layer) {
        return nn::kindOf(layer.params).id == kind.id;
    };
    const auto& layers = network.layers;
    return hasFormats(kind) &&
           (std::none_of(layers.begin(), layers.end(), ofKind) ||
            std::any_of(layers.begin(), layers.end(), [&](const nn::LayerSpec& layer) {
                return ofKind(layer) && hasFormats(layer);
            }));
}

std::string roleKeyText(const RoleKey& key) {
    std::string text(roleText(key.role));
    if (key.pass) {
        text += "@" + std::string(passText(*key.pass));
    }
    return text;
}

ResolvedFormat PrecisionPlan::resolve(const PlanSite& site, Role role,
                                      std::optional<Pass> pass) const {
    if (auto said = saidBy(layers, site.layer, PlanLevel::Layer, role, pass)) {
        return *said;
    }
    if (site.kept && role == Role::Stash) {
        return {{}, PlanLevel::Kept, false};  // as its weight gradient reads it
    }
    if (site.kept &&
        std::find(kStoredRoles.begin(), kStoredRoles.end(), role) == kStoredRoles.end()) {
        return {kept.format, PlanLevel::Kept, false};
    }
    if (auto said = saidBy(kinds, site.kind, PlanLevel::Kind, role, pass)) {
        return *said;
    }
    return saidBy(network, PlanLevel::Network, role, pass).value_or(ResolvedFormat{});
}

ResolvedAccumulator PrecisionPlan::resolveAccumulator(const PlanSite& site) const {
    if (const auto found = layerAccumulators.find(site.layer); found != layerAccumulators.end()) {
        return {found->second, PlanLevel::Layer};
    }
    if (const auto found = kindAccumulators.find(site.kind); found != kindAccumulators.end()) {
        return {found->second, PlanLevel::Kind};
    }
    return {accumulator, PlanLevel::Network};
}

PrecisionPlan withAccumulator(PrecisionPlan plan, const PlanScope& scope,
                              const numerics::Accumulator& accumulator) {
    if (!scope.layer.empty()) {
        plan.layerAccumulators.insert_or_assign(scope.layer, accumulator);
    } else if (!scope.kind.empty()) {
        plan.kindAccumulators.insert_or_assign(scope.kind, accumulator);
    } else {
        plan.accumulator = accumulator;
    }
    return plan;
}

PrecisionPlan withoutAccumulator(PrecisionPlan plan, const PlanScope& scope) {
    if (!scope.layer.empty()) {
        plan.layerAccumulators.erase(scope.layer);
    } else if (!scope.kind.empty()) {
        plan.kindAccumulators.erase(scope.kind);
    } else {
        plan.accumulator = nn::kBlockSums;
    }
    return plan;
}

PrecisionPlan withFormat(PrecisionPlan plan, const PlanScope& scope, const RoleKey& key,
                         const numerics::TensorFormat& format) {
    return edited(std::move(plan), scope,
                  [&](RoleFormats& formats) { formats.insert_or_assign(key, format); });
}

PrecisionPlan withoutFormat(PrecisionPlan plan, const PlanScope& scope, const RoleKey& key) {
    return edited(std::move(plan), scope, [&](RoleFormats& formats) { formats.erase(key); });
}

std::vector<PlanSite> planSites(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    const auto kept = keptLayers(plan.kept, network);
    std::vector<PlanSite> sites;
    sites.reserve(kept.size());
    for (const auto& layer : network.layers) {
        sites.push_back({layer.name, nn::kindOf(layer.params).id, kept[sites.size()]});
    }
    return sites;
}

PlanSite planSite(const PrecisionPlan& plan, const nn::NetworkSpec& network, std::size_t layer) {
    return planSites(plan, network)[layer];
}

std::vector<nn::LayerPrecision> resolvePrecision(const PrecisionPlan& plan,
                                                 const nn::NetworkSpec& network) {
    std::vector<nn::LayerPrecision> resolved;
    resolved.reserve(network.layers.size());
    for (const auto& site : planSites(plan, network)) {
        const auto of = [&](Role role, std::optional<Pass> pass) {
            return plan.resolve(site, role, pass).format;
        };
        resolved.push_back({
            .weightForward = of(Role::Weight, Pass::Forward),
            .activationForward = of(Role::Activation, Pass::Forward),
            .weightInputGradient = of(Role::Weight, Pass::InputGradient),
            .errorInputGradient = of(Role::Error, Pass::InputGradient),
            .activationWeightGradient = of(Role::Activation, Pass::WeightGradient),
            .errorWeightGradient = of(Role::Error, Pass::WeightGradient),
            .weightGradient = of(Role::WeightGradient, std::nullopt),
            .stash = of(Role::Stash, std::nullopt),
            .normForward = of(Role::Normalisation, Pass::Forward),
            .normBackward = of(Role::Normalisation, Pass::InputGradient),
            .compute = plan.compute,
            .multiplier = plan.multiplier,
            .accumulator = plan.resolveAccumulator(site).accumulator,
            .fixed = site.kept,
        });
    }
    return resolved;
}

std::vector<train::StatePrecision> resolveStates(const PrecisionPlan& plan,
                                                 const nn::NetworkSpec& network) {
    std::vector<train::StatePrecision> resolved;
    resolved.reserve(network.layers.size());
    for (const auto& site : planSites(plan, network)) {
        const auto of = [&](Role role) { return plan.resolve(site, role, std::nullopt).format; };
        resolved.push_back({of(Role::MasterWeight), of(Role::Momentum), of(Role::SecondMoment)});
    }
    return resolved;
}

std::string computeText(const PrecisionPlan& plan) {
    if (plan.compute == nn::ComputeMode::Approximate) {
        return numerics::multiplierText(plan.multiplier);
    }
    std::string id(nn::infoOf(plan.compute).id);
    if (plan.compute == nn::ComputeMode::BitTrue && plan.accumulator != nn::kBlockSums) {
        return id + "<" + numerics::accumulatorText(plan.accumulator) + ">";
    }
    return id;
}

std::vector<std::string> computeTexts() {
    std::vector<std::string> texts;
    for (const auto& info : nn::computeModes()) {
        if (info.mode != nn::ComputeMode::Approximate) {
            texts.emplace_back(info.id);
        }
    }
    for (const auto& named : numerics::namedAccumulators()) {
        if (named.accumulator != numerics::Accumulator(numerics::FloatAccumulator{})) {  // fast
            texts.push_back(std::string(kAccumulatorPrefix) + std::string(named.name) + ">");
        }
    }
    for (const auto& named : numerics::namedMultipliers()) {
        if (!std::holds_alternative<numerics::ExactMultiplier>(named.multiplier)) {
            texts.push_back(named.name);
        }
    }
    return texts;
}

Result<void> setCompute(PrecisionPlan& plan, std::string_view text) {
    const auto canonical = numerics::lowered(text);
    for (const auto& info : nn::computeModes()) {
        if (info.id == canonical && info.mode != nn::ComputeMode::Approximate) {
            plan.accumulator = nn::kBlockSums;
            setMode(plan, info.mode);
            return {};
        }
    }
    if (canonical.starts_with(kAccumulatorPrefix) && canonical.ends_with('>')) {
        auto spelling = std::string_view(canonical).substr(kAccumulatorPrefix.size());
        spelling.remove_suffix(1);
        const auto accumulator = numerics::parseAccumulator(spelling);
        if (!accumulator) {
            return tl::unexpected(accumulator.error());
        }
        plan.compute = nn::ComputeMode::BitTrue;
        plan.accumulator = *accumulator;
        return {};
    }
    const auto multiplier = numerics::parseMultiplier(text);
    if (!multiplier || std::holds_alternative<numerics::ExactMultiplier>(*multiplier)) {
        return fail(ErrorCode::InvalidInput,
                    "must be one of fast, bit_true, bit_true<ACCUMULATOR> (bit_true<fp<8,12>>), "
                    "acc_M, mit_M and mbm_M with M from 1 to 7 or 23, and lut<FILE>",
                    "compute", "for example mit_7 or lut<MBM_7.bin>");
    }
    plan.accumulator = nn::kBlockSums;
    plan.multiplier = *multiplier;
    setMode(plan, nn::ComputeMode::Approximate);
    return {};
}

}  // namespace mantissa::design
