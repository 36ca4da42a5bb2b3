// SPDX-License-Identifier: GPL-3.0-or-later
// Which format each tensor role has, by inheritance: network default, layer kind, skip list, layer,
// pass.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/design/kept_layers.h"
#include "core/error.h"
#include "core/nn/layer_precision.h"
#include "core/nn/network_spec.h"
#include "core/numerics/format.h"
#include "core/train/optimiser.h"

namespace mantissa::design {

using Role = nn::GemmTensor;
using Pass = nn::GemmPass;

/// "weight", "activation", "error", "weight_gradient", "stash", "normalisation", "master_weight",
/// "momentum", "second_moment"
std::string_view roleText(Role role);
std::string_view passText(Pass pass);  ///< "forward", "input_gradient", "weight_gradient"
/// Those of the GEMM passes.
std::span<const Role> allRoles();
/// What no product reads. The stash: the activation from the forward to the backward pass, where it
/// is another than the weight gradient's. Normalisation: tensors and statistics of batch
/// normalisation, LightNorm apart, which has parameters for them. What the optimiser keeps of a
/// layer's parameters: the weight that it updates, SGD's momentum or Adam's first moment, and
/// Adam's second moment.
std::span<const Role> storedRoles();
/// Whether layers of a kind have such a tensor. The empty kind, the network default, has all.
bool hasRole(std::string_view kind, Role role);
/// Whether a plan says formats for such layers: those with products, and batch normalisation.
bool hasFormats(const nn::LayerKindInfo& kind);
/// Whether a plan may name the layer: it has such a format, and LightNorm's parameters do not say
/// it.
bool hasFormats(const nn::LayerSpec& layer);
/// Whether a plan may name a kind of layers: not batch normalisation where all of it is LightNorm.
bool hasFormats(const nn::LayerKindInfo& kind, const nn::NetworkSpec& network);
/// The passes that use a role as an operand: weight {forward, input gradient}, activation {forward,
/// weight gradient}, error {input gradient, weight gradient}, normalisation {forward, input
/// gradient}; the weight gradient is a result: none.
std::span<const Pass> passesOf(Role role);

/// A role, for all passes or for one.
struct RoleKey {
    Role role = Role::Weight;
    std::optional<Pass> pass;
    auto operator<=>(const RoleKey&) const = default;  // NOLINT(modernize-use-nullptr) false alarm
};
/// "weight", or "error@weight_gradient".
std::string roleKeyText(const RoleKey& key);

using RoleFormats = std::map<RoleKey, numerics::TensorFormat>;

/// Where a resolved format was said.
enum class PlanLevel { BuiltIn, Network, Kind, Kept, Layer };

struct ResolvedFormat {
    numerics::TensorFormat format;
    PlanLevel level = PlanLevel::BuiltIn;
    bool passSpecific = false;  ///< said for this pass alone
};

/// A layer as a plan sees it, or a scope: the layer is empty for a kind, both are for the network.
struct PlanSite {
    std::string_view layer;
    std::string_view kind;
    bool kept = false;  ///< on the plan's skip list
};

struct ResolvedAccumulator {
    numerics::Accumulator accumulator = nn::kBlockSums;
    PlanLevel level = PlanLevel::Network;
};

using Accumulators = std::map<std::string, numerics::Accumulator, std::less<>>;

/// Sparse: only what is said is stored. What nobody says is FP32.
/// Within one level a pass-specific entry wins; a nearer level wins over a farther one.
struct PrecisionPlan {
    RoleFormats network;
    std::map<std::string, RoleFormats, std::less<>> kinds;   ///< by layer kind id
    std::map<std::string, RoleFormats, std::less<>> layers;  ///< by layer name
    KeptLayers kept;  ///< of the operands of the passes and the weight gradient
    nn::ComputeMode compute = nn::ComputeMode::Fast;                      ///< of the whole network
    numerics::Multiplier multiplier = numerics::ApproximateMultiplier{};  ///< if Approximate
    // If BitTrue:
    numerics::Accumulator accumulator = nn::kBlockSums;  ///< of layers that nothing below names
    Accumulators kindAccumulators, layerAccumulators;    ///< by layer kind id, by layer name
    bool operator==(const PrecisionPlan&) const = default;

    /// `pass` absent: the format said for all passes.
    ResolvedFormat resolve(const PlanSite& site, Role role, std::optional<Pass> pass) const;
    /// Kept layers sum as others do.
    ResolvedAccumulator resolveAccumulator(const PlanSite& site) const;
};

/// How a document says how products are made and summed: "fast", "bit_true", with another
/// accumulator than FP32 between blocks "bit_true<ACCUMULATOR>" as accumulatorText() spells it, or
/// the approximate multiplier's name as multiplierText().
std::string computeText(const PrecisionPlan& plan);
/// Every such text with a published accumulator or multiplier.
std::vector<std::string> computeTexts();
/// Reads it back into the plan; the error lists what is allowed, and no file is opened.
/// Accumulators of kinds and layers stay as long as sums are bit-true.
Result<void> setCompute(PrecisionPlan& plan, std::string_view text);

/// Where an edit goes. An empty scope is the network default.
struct PlanScope {
    std::string kind;   ///< a layer kind id, or empty
    std::string layer;  ///< a layer name (wins over kind), or empty
    bool operator==(const PlanScope&) const = default;
};
PrecisionPlan withFormat(PrecisionPlan plan, const PlanScope& scope, const RoleKey& key,
                         const numerics::TensorFormat& format);
/// Takes the entry away, so that the value is inherited again.
PrecisionPlan withoutFormat(PrecisionPlan plan, const PlanScope& scope, const RoleKey& key);

/// The same for the accumulator of bit-true sums. The network's cannot be taken away: it becomes
/// nn::kBlockSums.
PrecisionPlan withAccumulator(PrecisionPlan plan, const PlanScope& scope,
                              const numerics::Accumulator& accumulator);
PrecisionPlan withoutAccumulator(PrecisionPlan plan, const PlanScope& scope);

/// One entry a layer, in the network's order. `network` must outlive the sites.
std::vector<PlanSite> planSites(const PrecisionPlan& plan, const nn::NetworkSpec& network);
/// Of one layer.
PlanSite planSite(const PrecisionPlan& plan, const nn::NetworkSpec& network, std::size_t layer);

/// One entry a layer, in the network's order: what nn::Network and hw::estimate are given.
std::vector<nn::LayerPrecision> resolvePrecision(const PrecisionPlan& plan,
                                                 const nn::NetworkSpec& network);
/// The same for storedRoles(): what the optimiser is given.
std::vector<train::StatePrecision> resolveStates(const PrecisionPlan& plan,
                                                 const nn::NetworkSpec& network);

}  // namespace mantissa::design
