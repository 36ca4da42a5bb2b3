// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/layer_precision.h"

#include <array>

#include "core/numerics/registry.h"

namespace mantissa::nn {
namespace {

constexpr std::array<ComputeModeInfo, 3> kComputeModes{{
    {ComputeMode::Fast, "fast", "FP32, product by product",
     "Products of the quantised operands are added one by one in FP32."},
    {ComputeMode::BitTrue, "bit_true", "Bit-true: integers in a block",
     "Where both operands of a pass are integers of up to 15 bits and a sign with a power of two a "
     "block, products are summed as integers inside the block and in FP32, or the accumulator "
     "that is named, from block to block, as hardware does; other passes add product by product."},
    {ComputeMode::Approximate, "approximate", "Approximate multiplier",
     "Every product of two operands is what an emulated multiplier makes of it: a published one, "
     "or your own table of mantissa products. Products are added one by one in FP32."},
}};

}  // namespace

std::span<const ComputeModeInfo> computeModes() {
    return kComputeModes;
}

const ComputeModeInfo& infoOf(ComputeMode mode) {
    return kComputeModes[static_cast<std::size_t>(mode)];
}

OperandBlocks operandBlocks(const numerics::Format& format, const Shape& shape, std::int64_t groups,
                            GemmPass pass, GemmTensor tensor) {
    OperandBlocks blocks{shape, blockAxis(pass, tensor)};
    const bool isWeight = tensor == GemmTensor::Weight;
    const bool reducesChannels = isWeight ? blocks.axis == 0 : blocks.axis == 1;
    if (groups == 1 || !numerics::sharesAlongAxis(format) || tensor == GemmTensor::WeightGradient ||
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
