// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/block_measures.h"

#include <cmath>
#include <limits>
#include <vector>

#include "core/nn/tensor_profile.h"
#include "core/numerics/block_grid.h"
#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"

namespace mantissa::train {
namespace {

std::vector<float> quantised(const BlockedTensor& tensor, const numerics::TensorFormat& format,
                             const numerics::RandomKey& key, ThreadTeam& team) {
    std::vector<float> values(tensor.values.size());
    numerics::quantise(tensor.values, values, tensor.shape, tensor.axis, format, key, team);
    return values;
}

}  // namespace

double zeroSettingError(const BlockedTensor& tensor, const numerics::TensorFormat& format,
                        const numerics::RandomKey& key, ThreadTeam& team) {
    if (tensor.values.empty()) {
        return 0;
    }
    const auto values = quantised(tensor, format, key, team);
    const auto& family = numerics::familyOf(format.format);
    const numerics::BlockShape whole{.kind = numerics::BlockShape::Kind::Tensor};
    const auto grid = numerics::blockGrid(
        family.block != nullptr ? family.block(format.format) : whole, tensor.shape, tensor.axis);
    return nn::zeroSettingError(tensor.values, values, grid, team);
}

double relativeImprovement(const BlockedTensor& tensor, const numerics::TensorFormat& narrow,
                           const numerics::TensorFormat& wide, ImprovementBase base,
                           const numerics::RandomKey& key, ThreadTeam& team) {
    const auto coarse = quantised(tensor, narrow, key, team);
    const auto fine = quantised(tensor, wide, key, team);
    double change = 0;
    double sum = 0;
    for (std::size_t i = 0; i < coarse.size(); ++i) {
        const auto value = static_cast<double>(coarse[i]);
        change += std::abs(static_cast<double>(fine[i]) - value);
        sum += base == ImprovementBase::Sum ? value : std::abs(value);
    }
    if (change == 0) {
        return 0;
    }
    return sum == 0 ? std::numeric_limits<double>::infinity() : change / std::abs(sum);
}

}  // namespace mantissa::train
