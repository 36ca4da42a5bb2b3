// SPDX-License-Identifier: GPL-3.0-or-later
// Range batch normalisation of one channel whose every result has few bits (LightNorm: Noh et al.,
// ICCD 2022, after the authors' released simulator; the paper itself was not read).
//
// The order in which its hardware adds is not published. Here a sum over N, H and W is a mean of
// means: each image's by truncatedSum, then one after the other; so that partial sums stay within
// five exponent bits.
#pragma once

#include <optional>

#include "core/nn/batch_norm.h"
#include "core/nn/truncated_float.h"
#include "core/numerics/format.h"

namespace mantissa::nn {

/// The types of one pass.
struct LightNormPass {
    TruncatedFloat element;  ///< of values between the steps
    TruncatedFloat sums;
    TruncatedFloat statistics;  ///< of the mean and the reciprocal scale
    /// Of the tensors that enter and leave, blocks along the channels; absent where nothing is
    /// grouped.
    std::optional<numerics::TensorFormat> grouped;
};
LightNormPass lightNormPass(const BatchNorm& norm, NormElement element);

struct LightNormStatistics {
    float mean = 0;
    float range = 0;    ///< C(n) (mean maximum - mean minimum), before epsilon
    float inverse = 1;  ///< 1 / s
};

/// Of the channel's samples, which are grouped already.
LightNormStatistics lightNormStatistics(const BatchNorm& norm, const LightNormPass& pass,
                                        const ChannelRuns& runs, const float* x,
                                        ChunkExtremes& extremes, const ThreadTeam& team);
/// 1 / s of a range; the largest number of the type where s is zero in it.
float lightNormInverse(const BatchNorm& norm, const LightNormPass& pass, float range);

void lightNormForward(const LightNormPass& pass, const ChannelRuns& runs, const float* x,
                      const LightNormStatistics& statistics, float gamma, float beta, float* y,
                      const ThreadTeam& team);

/// What the backward pass of a channel is given: samples and errors, grouped already.
struct LightNormBackward {
    const float* x;
    const float* g;
    const LightNormStatistics& statistics;
    const ChunkExtremes& extremes;
    float gamma;
};
/// The exact gradient in the types of the backward pass. `dx` may be null.
AffineGradient lightNormBackward(const BatchNorm& norm, const LightNormPass& forward,
                                 const LightNormPass& backward, const ChannelRuns& runs,
                                 const LightNormBackward& given, float* dx, const ThreadTeam& team);

}  // namespace mantissa::nn
