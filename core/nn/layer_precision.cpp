// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/layer_precision.h"

#include "core/numerics/registry.h"

namespace mantissa::nn {

OperandBlocks operandBlocks(const numerics::Format& format, const Shape& shape, std::int64_t groups,
                            GemmPass pass, GemmTensor tensor) {
    OperandBlocks blocks{shape, blockAxis(pass, tensor)};
    const bool isWeight = tensor == GemmTensor::Weight;
    const bool reducesChannels = isWeight ? blocks.axis == 0 : blocks.axis == 1;
    if (groups == 1 || !numerics::followsAxis(format) || tensor == GemmTensor::WeightGradient ||
        !reducesChannels) {
        return blocks;
    }
    auto& extents = blocks.shape;
    if (isWeight) {
        extents[0] /= groups;
        extents.insert(extents.begin(), groups);
    } else {
        extents[0] *= groups;
        extents[1] /= groups;
    }
    blocks.axis = 1;
    return blocks;
}

}  // namespace mantissa::nn
