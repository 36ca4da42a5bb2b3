// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_tensor.h"

#include "core/numerics/quantise.h"

namespace mantissa::nn {

BlockTensor BlockTensor::image(std::int64_t offset, float* memory) const {
    if (images == nullptr) {
        return from(offset);
    }
    const auto floats = static_cast<std::size_t>(elementCount(images->shape));
    ThreadTeam alone;  // inside a task of the layer's team
    numerics::quantise({data + offset, floats}, {memory, floats}, images->shape, images->axis,
                       images->format, {}, alone);
    return memory;
}

}  // namespace mantissa::nn
