// SPDX-License-Identifier: GPL-3.0-or-later
// What a format does to a tensor, as the published precision controllers measure it.
#pragma once

#include <span>

#include "core/numerics/format.h"
#include "core/numerics/random_key.h"
#include "core/shape.h"
#include "core/thread_team.h"

namespace mantissa::train {

/// A tensor with the axis its blocks run along.
struct BlockedTensor {
    std::span<const float> values;
    const Shape& shape;
    int axis = 1;
};

/// nn::zeroSettingError() of what the format makes of the tensor, which is one block where its
/// numbers share nothing.
double zeroSettingError(const BlockedTensor& tensor, const numerics::TensorFormat& format,
                        const numerics::RandomKey& key, ThreadTeam& team);

/// What the denominator of relativeImprovement() is.
enum class ImprovementBase {
    Sum,         ///< |sum of BFP narrow(X)|, as notes on FAST write it
    Magnitudes,  ///< sum of |BFP narrow(X)|, which does not vanish where signs cancel
};

/// FAST's r(X) = sum of |wide(X) - narrow(X)| over the base (Zhang, McDanel and Kung, HPCA 2022);
/// Inf where the base is 0 and the sum is not, 0 where both are.
double relativeImprovement(const BlockedTensor& tensor, const numerics::TensorFormat& narrow,
                           const numerics::TensorFormat& wide, ImprovementBase base,
                           const numerics::RandomKey& key, ThreadTeam& team);

}  // namespace mantissa::train
