// SPDX-License-Identifier: GPL-3.0-or-later
// Weights that the network sees other than the optimiser keeps them: pruned, shared, decomposed,
// overlaid.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/nn/network.h"
#include "core/shape.h"
#include "core/train/recipe.h"

namespace mantissa::train {

/// Of one weight tensor. What it decides holds for an epoch and follows from the kept weights
/// alone, so that a checkpoint needs nothing but those.
class WeightTransform {
public:
    WeightTransform() = default;
    WeightTransform(const WeightTransform&) = delete;
    WeightTransform& operator=(const WeightTransform&) = delete;
    virtual ~WeightTransform() = default;

    /// Which weights are left out, which share a value, in which basis they stand.
    virtual void decide(std::span<const float> kept) = 0;
    /// The weights that forward and backward pass see.
    virtual void apply(std::span<const float> kept, std::span<float> seen) const = 0;
    /// In place: from the gradient of the seen weights to that of the kept ones.
    virtual void pullBack(std::span<float> gradient) const = 0;
};

/// How a stored weight tensor is coded: what whoever reads it has to undo. All 0: as it is.
struct WeightCode {
    int runBits = 0;          ///< zeros before an entry, counted
    int indexBits = 0;        ///< an entry's index into a table of values
    int ownerBits = 0;        ///< which of the overlaid kernels an entry belongs to
    int terms = 0;            ///< shifted numbers of a basis whose sum a weight is
    int coefficientBits = 0;  ///< of each shift, with its sign and a code for zero
    int basisBits = 0;
    double density = 1;  ///< share of the weights that are such sums, or entries; the others are 0
    bool operator==(const WeightCode&) const = default;
};

/// What a weight takes where all are stored: bits of its own, and its share of what its block has
/// in common. Blocks are those of the dense tensor, whatever is left out of it.
struct NumberBits {
    double own = 32;
    double shared = 0;
};

/// One kind. The table has one entry a kind, in the order of WeightTransformKind; nothing else
/// tells them apart.
struct WeightTransformInfo {
    std::string_view id;                           ///< in JSON: "power_basis"
    std::string_view help;                         ///< with its source
    std::span<const std::string_view> parameters;  ///< of the recipe that not every kind reads
    /// For a weight O x ... ; null: no transform.
    std::unique_ptr<WeightTransform> (*make)(const Recipe& recipe, const Shape& weight);
    /// Bits of a stored weight tensor; null: all its numbers are stored.
    double (*storedBits)(const Recipe& recipe, const Shape& weight, const NumberBits& bits);
    /// How they are coded; null: they are not.
    WeightCode (*code)(const Recipe& recipe, const Shape& weight) = nullptr;
    /// Neighbouring kernels whose non-zeros never meet, so that they overlay; null: they meet.
    std::int64_t (*overlaidKernels)(const Recipe& recipe) = nullptr;
};
std::span<const WeightTransformInfo> weightTransformKinds();
const WeightTransformInfo& infoOf(WeightTransformKind kind);

/// The transforms of a network's weights: those of the layers that multiply matrices. Without one
/// every function does nothing.
class WeightTransforms {
public:
    /// The recipe's dense epochs end before the last one, whose weights are what the run is for.
    WeightTransforms(const Recipe& recipe, const nn::NetworkSpec& network);

    /// At the start of `epoch`, the first being 0. `parameters` hold the kept weights.
    void startEpoch(int epoch, std::span<const nn::Parameter> parameters);
    /// Puts the seen weights in the place of the kept ones.
    void enter(std::span<const nn::Parameter> parameters);
    /// Puts the kept weights back and pulls their gradients back.
    void leave(std::span<const nn::Parameter> parameters);
    /// At the end of an epoch: the seen weights are kept from now on. They are what a test set is
    /// measured with and a checkpoint holds, and what the next epoch begins with.
    void endEpoch(std::span<const nn::Parameter> parameters);

private:
    struct Weight {
        std::string name;  ///< of the parameter
        std::unique_ptr<WeightTransform> transform;
        std::vector<float> kept;  ///< while the network has the seen ones
    };
    template <typename Task>
    void forEach(std::span<const nn::Parameter> parameters, const Task& task);

    std::vector<Weight> m_weights;
    int m_denseEpochs;
    bool m_active = false;
};

}  // namespace mantissa::train
