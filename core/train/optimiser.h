// SPDX-License-Identifier: GPL-3.0-or-later
// From gradients to weights: the optimisers, their state, and the formats that state is kept in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/nn/network.h"
#include "core/nn/tensor.h"
#include "core/numerics/format.h"
#include "core/numerics/random_key.h"
#include "core/shape.h"
#include "core/thread_team.h"
#include "core/train/recipe.h"

namespace mantissa::train {

/// The numbers of one step.
struct StepFactors {
    float learningRate = 0;
    float momentum = 0;  ///< beta 1 of Adam
    float beta2 = 0;
    float epsilon = 0;
    float weightDecay = 0;
    float gradientFactor = 1;  ///< on every gradient: what undoes loss scaling, times clipping
    /// 1 / (1 - beta1^t) and 1 / sqrt(1 - beta2^t) at the t-th update (Kingma and Ba, ICLR 2015,
    /// algorithm 1).
    float firstCorrection = 1;
    float secondCorrection = 1;
};

inline constexpr std::size_t kMostStates = 2;  ///< tensors an optimiser keeps beside a weight

/// A part of one parameter, with what belongs to it.
struct UpdateSpan {
    float* value = nullptr;
    const float* gradient = nullptr;
    std::array<float*, kMostStates> state{};
    std::size_t count = 0;
};

/// One kind of optimiser. The table in optimiser.cpp has one entry a kind, in the order of
/// OptimiserKind; nothing else tells them apart.
struct OptimiserInfo {
    std::string_view id;                           ///< in JSON: "adamw"
    std::string_view help;                         ///< with its source
    std::span<const std::string_view> parameters;  ///< of the recipe that not every kind reads
    std::size_t states;                            ///< tensors kept beside a weight
    /// Updates values and state. `factors.weightDecay` is 0 for what does not decay.
    void (*update)(const StepFactors& factors, const UpdateSpan& span);
    /// The same with Nesterov's momentum; null: it has none.
    void (*nesterov)(const StepFactors& factors, const UpdateSpan& span);
};
std::span<const OptimiserInfo> optimiserKinds();

/// The formats of what the optimiser keeps of a layer's parameters; FP32 is exact. The roles'
/// default rounding is that of the format; stochastic rounding is keyed by step and tensor.
struct StatePrecision {
    numerics::TensorFormat master;        ///< the weight that is updated
    numerics::TensorFormat momentum;      ///< of SGD; Adam's first moment
    numerics::TensorFormat secondMoment;  ///< of Adam
    bool operator==(const StatePrecision&) const = default;
};

/// A parameter as the optimiser sees it.
struct OptimisedParameter {
    nn::Parameter parameter;
    Shape shape;  ///< of its blocks; axis 1 (axis 0 of rank 1) is the block axis
    StatePrecision precision;
};

/// Something that a step left without a finite value.
struct NonFinite {
    std::string parameter;  ///< "conv1.weight"
    bool inGradient = false;
};

/// Parameters without gradient (running statistics) are left alone; weight decay is of parameters
/// that decay. Same bytes for any team.
class Optimiser {
public:
    using States = std::array<nn::Tensor, kMostStates>;

    /// The spans in `parameters` must outlive it. State starts at zero.
    Optimiser(OptimiserKind kind, std::vector<OptimisedParameter> parameters);

    /// Points it to the same parameters at another place: those of a network made anew.
    void rebind(std::span<const nn::Parameter> parameters);

    /// Rounds the weights to their master format, as the first step finds them.
    void roundMaster(const numerics::RandomKey& key, ThreadTeam& team);

    /// The norm of all gradients together, as they stand, in binary64; Inf or NaN where one is.
    /// Where the team was stopped it has no meaning.
    double gradientNorm(ThreadTeam& team);

    /// One update, its number counted from 1 on. `key` seeds stochastic rounding, its tensor member
    /// is ignored. Returns the first parameter whose gradient holds NaN or Inf, or else whose
    /// updated value does. Where the team was stopped, nothing is returned and some parameters may
    /// be updated and others not: network and state are then worthless.
    std::optional<NonFinite> step(const Recipe& recipe, double learningRate, float gradientFactor,
                                  const numerics::RandomKey& key, ThreadTeam& team);

    /// The first parameter whose gradient is not finite, from the last gradientNorm().
    std::string firstWithoutFiniteGradient() const;

    // What a checkpoint keeps beside the weights.
    std::int64_t updates() const { return m_updates; }
    void setUpdates(std::int64_t updates) { m_updates = updates; }
    /// One entry a parameter; empty tensors where nothing is kept.
    std::span<States> states() { return m_states; }
    std::span<const States> states() const { return m_states; }

private:
    struct Piece {  // what one thread updates at a time
        std::size_t parameter = 0;
        std::size_t first = 0;
        std::size_t count = 0;
    };
    struct Seen {
        std::uint32_t gradient = 0;  ///< largest magnitude, as the bits of a binary32 without sign
        std::uint32_t value = 0;
        double squares = 0;
    };
    template <typename Task>
    void forEachPiece(ThreadTeam& team, const Task& task);
    void updatePiece(const Recipe& recipe, const StepFactors& factors, std::size_t index);
    void roundState(const numerics::RandomKey& key, ThreadTeam& team);
    std::optional<NonFinite> firstNonFinite() const;

    const OptimiserInfo* m_info;
    std::vector<OptimisedParameter> m_parameters;
    std::vector<States> m_states;
    std::vector<Piece> m_pieces;
    std::vector<Seen> m_seen;  // one a piece
    std::int64_t m_updates = 0;
    bool m_parallel = false;
};

/// Each parameter of a network with its shape and the formats of its layer; `precision` has one
/// entry a layer, or is empty: all FP32.
std::vector<OptimisedParameter> optimisedParameters(std::span<const nn::Parameter> parameters,
                                                    const nn::NetworkSpec& network,
                                                    std::span<const StatePrecision> precision);

}  // namespace mantissa::train
