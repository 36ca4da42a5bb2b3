// SPDX-License-Identifier: GPL-3.0-or-later
// How the values of a tensor are spread: exponents, zeros, channels that are all zero.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/numerics/block_grid.h"
#include "core/thread_team.h"

namespace mantissa::nn {

struct TensorProfile {
    /// Of a magnitude below the smallest normal number, 2^-126, and the largest of all.
    static constexpr int kLowestExponent = -127, kHighestExponent = 127;
    static constexpr std::size_t kExponents = kHighestExponent - kLowestExponent + 1;

    std::int64_t count = 0;
    std::int64_t zeros = 0;
    std::int64_t notFinite = 0;
    /// Of the others, by floor(log2 |x|), from kLowestExponent on.
    std::array<std::int64_t, kExponents> exponents{};
    std::int64_t channels = 0;
    std::int64_t deadChannels = 0;  ///< all zero; empty ones too

    double share(std::int64_t elements) const;
    double deadShare() const;
    /// The smallest exponent such that at most `share` of the finite non-zero elements have a
    /// smaller one; kLowestExponent where there are none.
    int exponentAbove(double share) const;
};

/// A tensor as outer x channels x inner.
struct ChannelView {
    std::span<const float> values;
    std::int64_t channels = 1;
    std::int64_t inner = 1;
};

/// Fills in the channels alone: stops at the first element of each that is not zero.
void findDeadChannels(const ChannelView& tensor, TensorProfile& profile, ThreadTeam& team);
/// Fills in all but the channels; looks at every element.
void countExponents(std::span<const float> values, TensorProfile& profile, ThreadTeam& team);

/// Zero-setting error: the share of all elements that become zero although their block is not all
/// zero; true zeros in such a block count (FlexBlock's simulator BFPSim: Emax - e + 1 > m).
/// `quantised` is what the format made of `values`; 0 for an empty tensor.
double zeroSettingError(std::span<const float> values, std::span<const float> quantised,
                        const numerics::BlockGrid& grid, ThreadTeam& team);

}  // namespace mantissa::nn
