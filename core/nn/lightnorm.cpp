// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/lightnorm.h"

#include <algorithm>
#include <array>

namespace mantissa::nn {
namespace {

struct ElementBits {
    int exponent, fraction;
};

/// In the order of NormElement, without Binary32.
constexpr std::array<ElementBits, 8> kElements{
    {{5, 4}, {6, 3}, {5, 6}, {6, 5}, {6, 8}, {8, 7}, {5, 10}, {5, 2}}};

/// The mean over the runs of sumOf(run) / length, in `type`.
template <typename SumOf>
float meanOverRuns(const TruncatedFloat& type, const ChannelRuns& runs, const ThreadTeam& team,
                   const SumOf& sumOf) {
    const auto length = static_cast<float>(runs.length);
    float total = 0;
    for (std::int64_t run = 0; run < runs.runs && !team.stopped(); ++run) {
        total = truncated(type, total + truncated(type, sumOf(run * runs.stride) / length));
    }
    return truncated(type, total / static_cast<float>(runs.runs));
}

/// The mean of the samples at `places`, in `type`.
float meanOfPlaces(const TruncatedFloat& type, const ChannelRuns& runs, const float* x,
                   const std::vector<std::int64_t>& places, std::int64_t count) {
    float total = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
        total = truncated(type, total + x[offsetOf(runs, places[k])]);
    }
    return truncated(type, total / static_cast<float>(count));
}

}  // namespace

LightNormPass lightNormPass(const BatchNorm& norm, NormElement element) {
    if (element == NormElement::Binary32) {
        return {};
    }
    const ElementBits bits = kElements[static_cast<std::size_t>(element)];
    const auto type = [&](int moreBits) {
        return truncatedFloat(bits.exponent, std::min(23, bits.fraction + moreBits),
                              norm.quirkExponentAnd);
    };
    LightNormPass pass;
    pass.element = type(0);
    if (!norm.quirkStatisticsFp32) {
        pass.sums = type(norm.sumBits);
        pass.statistics = pass.element;
    }
    if (norm.group > 0) {
        const bool fp10 = element == NormElement::S1E5M4 || element == NormElement::S1E6M3;
        const int extra = norm.quirkGroup4Mantissa && norm.group == 4 && fp10 ? 2 : 0;
        numerics::BlockFloat block;
        block.mantissaBits = bits.fraction + 1 + extra;
        block.signCounted = false;
        block.exponentBits = 8;  // the elements' own limits hold, which the first type enforces
        block.block.size = norm.group;
        block.rule = norm.alignment == NormAlignment::Exempt ? numerics::SharedExponentRule::Exempt
                                                             : numerics::SharedExponentRule::Floor;
        pass.grouped = {block, numerics::Rounding::TowardZero};
    }
    return pass;
}

float lightNormInverse(const BatchNorm& norm, const LightNormPass& pass, float range) {
    const float scale = truncated(pass.sums, range + static_cast<float>(norm.epsilon));
    return scale == 0 ? pass.element.largest : truncated(pass.statistics, 1 / scale);
}

LightNormStatistics lightNormStatistics(const BatchNorm& norm, const LightNormPass& pass,
                                        const ChannelRuns& runs, const float* x,
                                        ChunkExtremes& extremes, const ThreadTeam& team) {
    LightNormStatistics statistics;
    const TruncatedFloat& sums = pass.sums;
    statistics.mean =
        truncated(pass.statistics, meanOverRuns(sums, runs, team, [&](std::int64_t at) {
                      return truncatedSum(sums, x + at, runs.length);
                  }));
    const RangeChunks chunks(runs.samples(), norm.chunks);
    findExtremes(chunks, runs, x, extremes, team);
    const float high = meanOfPlaces(sums, runs, x, extremes.largest, chunks.count);
    const float low = meanOfPlaces(sums, runs, x, extremes.smallest, chunks.count);
    const auto constant = static_cast<float>(chunks.scale(norm.constant));
    statistics.range = truncated(sums, constant * truncated(sums, high - low));
    statistics.inverse = lightNormInverse(norm, pass, statistics.range);
    return statistics;
}

void lightNormForward(const LightNormPass& pass, const ChannelRuns& runs, const float* x,
                      const LightNormStatistics& statistics, float gamma, float beta, float* y,
                      const ThreadTeam& team) {
    for (std::int64_t run = 0; run < runs.runs && !team.stopped(); ++run) {
        const std::int64_t at = run * runs.stride;
        truncatedNormalise(pass.element, x + at, statistics.mean, statistics.inverse, gamma, beta,
                           y + at, runs.length);
    }
}

AffineGradient lightNormBackward(const BatchNorm& norm, const LightNormPass& forward,
                                 const LightNormPass& backward, const ChannelRuns& runs,
                                 const LightNormBackward& given, float* dx,
                                 const ThreadTeam& team) {
    const TruncatedFloat& sums = backward.sums;
    const float mean = given.statistics.mean;
    const float inverse = given.statistics.inverse;
    const float meanError = meanOverRuns(sums, runs, team, [&](std::int64_t at) {
        return truncatedSum(sums, given.g + at, runs.length);
    });
    const float meanProduct = meanOverRuns(sums, runs, team, [&](std::int64_t at) {
        return truncatedProducts(sums, forward.element, given.g + at, given.x + at, mean, inverse,
                                 runs.length);
    });
    const auto samples = static_cast<float>(runs.samples());
    const float dGamma = truncated(sums, meanProduct * samples);
    const float dBeta = truncated(sums, meanError * samples);
    if (dx != nullptr) {
        const float centre = truncated(backward.statistics, given.gamma * meanError);
        for (std::int64_t run = 0; run < runs.runs && !team.stopped(); ++run) {
            const std::int64_t at = run * runs.stride;
            truncatedGradient(backward.element, given.g + at, given.gamma, centre, inverse, dx + at,
                              runs.length);
        }
        const RangeChunks chunks(runs.samples(), norm.chunks);
        const auto constant =
            static_cast<float>(chunks.scale(norm.constant) / static_cast<double>(chunks.count));
        const float share =
            truncated(backward.statistics, given.gamma * inverse * constant * dGamma);
        const auto add = [&](std::int64_t sample, float value) {
            float& gradient = dx[offsetOf(runs, sample)];
            gradient = truncated(backward.element, gradient + value);
        };
        for (std::size_t k = 0; k < static_cast<std::size_t>(chunks.count); ++k) {
            add(given.extremes.largest[k], -share);
            add(given.extremes.smallest[k], share);
        }
    }
    return {static_cast<double>(dGamma), static_cast<double>(dBeta)};
}

}  // namespace mantissa::nn
