// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of weight transforms, each in a file of its own. Internal to core/train.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/train/weight_transform.h"

namespace mantissa::train {

/// Bits of EIE's run of zeros before a weight that is kept (Han et al., ISCA 2016, section III).
inline constexpr int kRunBits = 4;
/// Entries that a tensor of so many weights is stored in where a share of `density` at random
/// places is kept: a run of more than 15 zeros takes an entry of its own.
double indexedEntries(double weights, double density);

/// The largest magnitudes of a tensor, all in one rank; of equal ones the first.
class MagnitudeMask {
public:
    /// Keeps `density` of them, rounded up.
    void decide(std::span<const float> kept, double density);
    bool keeps(std::size_t index) const { return m_keeps[index] != 0; }

private:
    std::vector<std::uint8_t> m_keeps;
};

/// The nearest of 0 and +-2^0 ... +-2^-(2^(bits - 1) - 2): a sign, and a code for the exponent or
/// zero. What is not zero does not become zero.
double nearestPower(double value, int bits);

using MadeTransform = std::unique_ptr<WeightTransform>;

MadeTransform makePruned(const Recipe& recipe, const Shape& weight);
double prunedBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits);
WeightCode prunedCode(const Recipe& recipe, const Shape& weight);
MadeTransform makeShared(const Recipe& recipe, const Shape& weight);
double sharedBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits);
WeightCode sharedCode(const Recipe& recipe, const Shape& weight);
MadeTransform makePrunedShared(const Recipe& recipe, const Shape& weight);
double prunedSharedBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits);
WeightCode prunedSharedCode(const Recipe& recipe, const Shape& weight);
MadeTransform makePowerBasis(const Recipe& recipe, const Shape& weight);
double powerBasisBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits);
WeightCode powerBasisCode(const Recipe& recipe, const Shape& weight);
MadeTransform makeComplementary(const Recipe& recipe, const Shape& weight);
double complementaryBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits);
WeightCode complementaryCode(const Recipe& recipe, const Shape& weight);
/// Kernels that share one dense kernel.
std::int64_t overlaidKernels(const Recipe& recipe);

}  // namespace mantissa::train
