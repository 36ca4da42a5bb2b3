// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation of one channel: the fast kernels, and the formulas as a reference.
//
// x^ = (x - mu) / s, y = gamma x^ + beta. Conventional and one-pass: s = sqrt(var + epsilon). Range
// (Banner et al., NeurIPS 2018): s = C(n) (mean of the chunks' maxima - mean of their minima) +
// epsilon with C(n) = f / sqrt(2 ln n), n samples a chunk.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/nn/channel_ops.h"
#include "core/nn/network_spec.h"
#include "core/thread_team.h"

namespace mantissa::nn {

/// The chunks of the range statistic over `samples` in memory order. Chunk k is
/// [floor(k S / K), floor((k + 1) S / K)): equal where K divides S, else some are longer by one.
/// Few samples reduce K so that every chunk has two.
struct RangeChunks {
    std::int64_t samples = 0;
    std::int64_t count = 1;  ///< K

    RangeChunks(std::int64_t sampleCount, int wanted);
    std::int64_t first(std::int64_t chunk) const { return chunk * samples / count; }
    /// C(n) with n = samples / count, the mean length of a chunk, at least 2.
    double scale(RangeConstant constant) const;
};

/// What the forward pass of a channel leaves for the backward pass and the running statistics.
struct ChannelStatistics {
    double mean = 0;
    double scale = 1;     ///< s
    double variance = 0;  ///< Conventional, one-pass: biased
};

/// Where the largest and smallest of each chunk stand (sample indices); the first wins a tie.
struct ChunkExtremes {
    std::vector<std::int64_t> largest, smallest;
};

void findExtremes(const RangeChunks& chunks, const ChannelRuns& runs, const float* x,
                  ChunkExtremes& extremes, const ThreadTeam& team);

// Each of these runs in one task of `team` and ends early, its result unfinished, once the team is
// stopped: the channel of a large batch takes seconds.

ChannelStatistics channelStatistics(const BatchNorm& norm, const ChannelRuns& runs, const float* x,
                                    ChunkExtremes& extremes, const ThreadTeam& team);

/// What follows the normalisation: y = rectified gamma x^ + beta.
struct NormAffine {
    float gamma = 1, beta = 0;
    Rectifier rectifier = Rectifier::None;
};
/// What a channel's numbers go through, once its statistics are known.
ChannelMap mapOf(const ChannelStatistics& statistics, const NormAffine& affine);
void normaliseChannel(const ChannelRuns& runs, const ChannelStatistics& statistics,
                      const NormAffine& affine, const float* x, float* y, const ThreadTeam& team);
struct AffineGradient {
    double gamma = 0, beta = 0;
};
/// The exact gradient, through the statistics and the rectifier. `dx` may be null, or dy.
AffineGradient normaliseChannelBackward(const BatchNorm& norm, const ChannelRuns& runs,
                                        const ChannelStatistics& statistics,
                                        const ChunkExtremes& extremes, const NormAffine& affine,
                                        const float* x, const float* dy, float* dx,
                                        const ThreadTeam& team);

/// The norm of the functions above, for one channel in double precision.
struct BatchNormRef {
    std::vector<double> normalised, y, dx;
    double scaleFactor = 0;  ///< C(n); range kind only
    double mean = 0, scale = 0, dGamma = 0, dBeta = 0;
};
BatchNormRef batchNormRef(const BatchNorm& norm, std::span<const double> x,
                          std::span<const double> dy, double gamma, double beta);

}  // namespace mantissa::nn
