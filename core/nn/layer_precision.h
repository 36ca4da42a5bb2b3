// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of one layer's operands, resolved: what the three GEMM passes of a layer are given.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/numerics/accumulator.h"
#include "core/numerics/format.h"
#include "core/numerics/multiplier.h"
#include "core/shape.h"

namespace mantissa::nn {

enum class GemmPass { Forward, InputGradient, WeightGradient };
inline constexpr std::size_t kGemmPasses = 3;
/// The stash is the activation as it is kept from the forward to the backward pass; normalisation
/// are the tensors and statistics inside batch normalisation, whose backward pass goes with the
/// input gradient; the last three are what the optimiser keeps of a weight. No product reads these
/// five.
enum class GemmTensor {
    Weight,
    Activation,
    Error,
    WeightGradient,
    Stash,
    Normalisation,
    MasterWeight,
    Momentum,
    SecondMoment
};

/// The axis along which a tensor's blocks run in a pass. Each GEMM reduces along another axis, and
/// blocks run along the reduction axis of the GEMM that uses them: forward along input channels or
/// features, input gradient along output channels or features, weight gradient along the batch
/// (microxcaling's convention for convolution and linear layers). The weight gradient itself is a
/// result; it takes the axis of the weight that it updates, as forward sees it. Weights are
/// O x I x ..., activations and errors N x C x ... .
constexpr int blockAxis(GemmPass pass, GemmTensor tensor) {
    switch (pass) {
        case GemmPass::Forward:
            return 1;
        case GemmPass::InputGradient:
            return tensor == GemmTensor::Weight ? 0 : 1;
        case GemmPass::WeightGradient:
            return tensor == GemmTensor::WeightGradient ? 1 : 0;
    }
    return 1;
}

/// How a tensor's elements are laid out in blocks: the shape it is seen in, and the block axis.
struct OperandBlocks {
    Shape shape;
    int axis = 1;
};

/// A tensor of a layer with `groups` groups, as a pass sees it in `format`. Groups do not add up
/// with each other, so blocks that run along a reduction axis end with their group: activations and
/// errors are seen as N groups x C/groups x ..., the weight of the input gradient as
/// groups x O/groups x .... `shape` is the tensor's own.
OperandBlocks operandBlocks(const numerics::Format& format, const Shape& shape, std::int64_t groups,
                            GemmPass pass, GemmTensor tensor);

/// The accumulator of bit-true sums unless another is chosen: FP32 from block to block.
inline constexpr numerics::Accumulator kBlockSums =
    numerics::FloatAccumulator{{}, numerics::RoundingPoint::EveryBlock};

/// How products are summed.
enum class ComputeMode {
    Fast,     ///< each is added in FP32, by a fused multiply-add
    BitTrue,  ///< as hardware does: integers inside a block, an accumulator from block to block
    /// Each is what an emulated multiplier makes of its operands, added in FP32.
    Approximate
};

struct ComputeModeInfo {
    ComputeMode mode;
    std::string_view id;     ///< "fast", "bit_true", "approximate"
    std::string_view label;  ///< for people
    std::string_view help;
};
std::span<const ComputeModeInfo> computeModes();
const ComputeModeInfo& infoOf(ComputeMode mode);

/// The comments give blockAxis() of each.
struct LayerPrecision {
    numerics::TensorFormat weightForward;             ///< W, blocks along axis 1
    numerics::TensorFormat activationForward;         ///< X, axis 1
    numerics::TensorFormat weightInputGradient;       ///< W, axis 0
    numerics::TensorFormat errorInputGradient;        ///< dY, axis 1
    numerics::TensorFormat activationWeightGradient;  ///< X, axis 0
    numerics::TensorFormat errorWeightGradient;       ///< dY, axis 0
    numerics::TensorFormat weightGradient;            ///< dW, the result; axis 1
    /// X between its two passes, axis 1; FP32: it is kept as the weight gradient reads it.
    numerics::TensorFormat stash = {};
    numerics::TensorFormat normForward = {};  ///< of batch normalisation: x, y, mean, scale; axis 1
    numerics::TensorFormat normBackward = {};  ///< of batch normalisation: dy and dx, axis 1
    ComputeMode compute = ComputeMode::Fast;
    numerics::Multiplier multiplier = numerics::ApproximateMultiplier{};  ///< if Approximate
    numerics::Accumulator accumulator = kBlockSums;                       ///< if BitTrue
    bool fixed = false;  ///< no control changes these formats during a run
    bool operator==(const LayerPrecision&) const = default;
};

}  // namespace mantissa::nn
