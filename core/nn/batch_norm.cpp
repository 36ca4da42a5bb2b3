// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/batch_norm.h"

#include <algorithm>
#include <cmath>

#include "core/nn/portable_math.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

/// 0.5 * 0.35 * (1 + sqrt(pi ln 4)), the factor of the released RangeBN module.
double releasedFactor() {
    constexpr double kPi = 3.14159265358979323846;
    return 0.5 * 0.35 * (1 + std::sqrt(kPi * portableLog(4.0)));
}

std::int64_t firstEqual(const float* x, std::int64_t count, float value) {
    const float* found = std::find(x, x + count, value);
    return found == x + count ? 0 : found - x;  // not found: NaN, which training reports
}

/// The mean distance of the chunks' extremes.
double meanRange(const RangeChunks& chunks, const ChannelRuns& runs, const float* x,
                 const ChunkExtremes& extremes) {
    double range = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(chunks.count); ++k) {
        range += static_cast<double>(x[offsetOf(runs, extremes.largest[k])]) -
                 static_cast<double>(x[offsetOf(runs, extremes.smallest[k])]);
    }
    return range / static_cast<double>(chunks.count);
}

/// E[x^2] - E[x]^2 in binary32, whose cancellation is what the kind is there to show; never
/// negative.
double onePassVariance(double mean, double meanSquare) {
    const auto narrow = static_cast<float>(mean);
    const float variance = static_cast<float>(meanSquare) - narrow * narrow;
    return static_cast<double>(variance > 0 || std::isnan(variance) ? variance : 0.0F);
}

/// Calls body(runs, offset) for pieces of a channel, which is whole but where a stop would wait.
template <typename Body>
void inPieces(const ChannelRuns& runs, const ThreadTeam& team, const Body& body) {
    constexpr std::int64_t kSamples = std::int64_t{1} << 22;
    const std::int64_t piece = std::max<std::int64_t>(1, kSamples / runs.length);
    for (std::int64_t first = 0; first < runs.runs && !team.stopped(); first += piece) {
        body(ChannelRuns{std::min(piece, runs.runs - first), runs.length, runs.stride},
             first * runs.stride);
    }
}

double sumOfSquares(const ChannelRuns& runs, const float* x, float centre, const ThreadTeam& team) {
    double sum = 0;
    inPieces(runs, team, [&](const ChannelRuns& piece, std::int64_t at) {
        sum += sumOfSquares(piece, x + at, centre);
    });
    return sum;
}

}  // namespace

ChannelMap mapOf(const ChannelStatistics& statistics, const NormAffine& affine) {
    return {static_cast<float>(statistics.mean),
            static_cast<float>(static_cast<double>(affine.gamma) / statistics.scale), affine.beta,
            affine.rectifier};
}

RangeChunks::RangeChunks(std::int64_t sampleCount, int wanted)
    : samples(sampleCount), count(std::clamp<std::int64_t>(sampleCount / 2, 1, wanted)) {}

double RangeChunks::scale(RangeConstant constant) const {
    const double length = std::max(2.0, static_cast<double>(samples) / static_cast<double>(count));
    const double factor = constant == RangeConstant::Paper ? 1.0 : releasedFactor();
    return factor / std::sqrt(2 * portableLog(length));
}

void findExtremes(const RangeChunks& chunks, const ChannelRuns& runs, const float* x,
                  ChunkExtremes& extremes, const ThreadTeam& team) {
    for (std::int64_t k = 0; k < chunks.count; ++k) {
        const std::int64_t end = chunks.first(k + 1);
        std::int64_t low = chunks.first(k);
        std::int64_t high = low;
        for (std::int64_t i = low; i < end && !team.stopped();) {
            const std::int64_t count = std::min(end - i, runs.length - i % runs.length);
            const float* run = x + offsetOf(runs, i);
            const Extremes piece = extremesOf(run, count);
            if (piece.minimum < x[offsetOf(runs, low)]) {
                low = i + firstEqual(run, count, piece.minimum);
            }
            if (piece.maximum > x[offsetOf(runs, high)]) {
                high = i + firstEqual(run, count, piece.maximum);
            }
            i += count;
        }
        extremes.smallest[static_cast<std::size_t>(k)] = low;
        extremes.largest[static_cast<std::size_t>(k)] = high;
    }
}

ChannelStatistics channelStatistics(const BatchNorm& norm, const ChannelRuns& runs, const float* x,
                                    ChunkExtremes& extremes, const ThreadTeam& team) {
    ChannelStatistics statistics;
    const auto samples = static_cast<double>(runs.samples());
    double sum = 0;
    inPieces(runs, team,
             [&](const ChannelRuns& piece, std::int64_t at) { sum += sumOf(piece, x + at); });
    statistics.mean = sum / samples;
    if (norm.kind == BatchNormKind::Range) {
        const RangeChunks chunks(runs.samples(), norm.chunks);
        findExtremes(chunks, runs, x, extremes, team);
        statistics.scale =
            chunks.scale(norm.constant) * meanRange(chunks, runs, x, extremes) + norm.epsilon;
        return statistics;
    }
    statistics.variance =
        norm.kind == BatchNormKind::OnePass
            ? onePassVariance(statistics.mean, sumOfSquares(runs, x, 0.0F, team) / samples)
            : sumOfSquares(runs, x, static_cast<float>(statistics.mean), team) / samples;
    statistics.scale = std::sqrt(statistics.variance + norm.epsilon);
    return statistics;
}

void normaliseChannel(const ChannelRuns& runs, const ChannelStatistics& statistics,
                      const NormAffine& affine, const float* x, float* y, const ThreadTeam& team) {
    inPieces(runs, team, [&](const ChannelRuns& piece, std::int64_t at) {
        mapChannel(piece, mapOf(statistics, affine), x + at, y + at);
    });
}

AffineGradient normaliseChannelBackward(const BatchNorm& norm, const ChannelRuns& runs,
                                        const ChannelStatistics& statistics,
                                        const ChunkExtremes& extremes, const NormAffine& affine,
                                        const float* x, const float* dy, float* dx,
                                        const ThreadTeam& team) {
    const ChannelMap map = mapOf(statistics, affine);
    GradientSums sums;
    inPieces(runs, team, [&](const ChannelRuns& piece, std::int64_t at) {
        const GradientSums more = sumGradients(piece, map, x + at, dy + at);
        sums.gradient += more.gradient;
        sums.product += more.product;
    });
    const AffineGradient gradient{sums.product / statistics.scale, sums.gradient};
    if (dx == nullptr) {
        return gradient;
    }
    const auto samples = static_cast<double>(runs.samples());
    const double slope = static_cast<double>(affine.gamma) / statistics.scale;
    const bool range = norm.kind == BatchNormKind::Range;
    const double pull = range ? 0 : slope * gradient.gamma / (samples * statistics.scale);
    inPieces(runs, team, [&](const ChannelRuns& piece, std::int64_t at) {
        centreGradients(piece, map, x + at, dy + at, static_cast<float>(gradient.beta / samples),
                        static_cast<float>(pull), dx + at);
    });
    if (range) {
        const RangeChunks chunks(runs.samples(), norm.chunks);
        const auto share = static_cast<float>(slope * chunks.scale(norm.constant) /
                                              static_cast<double>(chunks.count) * gradient.gamma);
        for (std::size_t k = 0; k < static_cast<std::size_t>(chunks.count); ++k) {
            dx[offsetOf(runs, extremes.largest[k])] -= share;
            dx[offsetOf(runs, extremes.smallest[k])] += share;
        }
    }
    return gradient;
}

}  // namespace mantissa::nn
