// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/nn/batch_norm.h"

namespace mantissa::nn {
namespace {

std::size_t index(std::int64_t value) {
    return static_cast<std::size_t>(value);
}

/// Adds gamma C / (K s) B to the smallest of each chunk and takes it from the largest: how the
/// range depends on the samples.
void addRangeGradient(const BatchNorm& norm, std::span<const double> x, double gamma,
                      BatchNormRef& r) {
    const RangeChunks chunks(static_cast<std::int64_t>(x.size()), norm.chunks);
    const double pull =
        gamma * r.scaleFactor / (static_cast<double>(chunks.count) * r.scale) * r.dGamma;
    for (std::int64_t k = 0; k < chunks.count; ++k) {
        const auto first = x.begin() + chunks.first(k);
        const auto last = x.begin() + chunks.first(k + 1);
        r.dx[index(std::max_element(first, last) - x.begin())] -= pull;
        r.dx[index(std::min_element(first, last) - x.begin())] += pull;
    }
}

double rangeOf(const BatchNorm& norm, std::span<const double> x) {
    const RangeChunks chunks(static_cast<std::int64_t>(x.size()), norm.chunks);
    double range = 0;
    for (std::int64_t k = 0; k < chunks.count; ++k) {
        const auto [low, high] =
            std::minmax_element(x.begin() + chunks.first(k), x.begin() + chunks.first(k + 1));
        range += *high - *low;
    }
    return range / static_cast<double>(chunks.count);
}

}  // namespace

BatchNormRef batchNormRef(const BatchNorm& norm, std::span<const double> x,
                          std::span<const double> dy, double gamma, double beta) {
    BatchNormRef r;
    const auto count = static_cast<double>(x.size());
    for (const double value : x) {
        r.mean += value / count;
    }
    if (norm.kind == BatchNormKind::Range) {
        r.scaleFactor =
            RangeChunks(static_cast<std::int64_t>(x.size()), norm.chunks).scale(norm.constant);
        r.scale = r.scaleFactor * rangeOf(norm, x) + norm.epsilon;
    } else {
        double variance = 0;
        for (const double value : x) {
            variance += (value - r.mean) * (value - r.mean) / count;
        }
        r.scale = std::sqrt(variance + norm.epsilon);
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        r.normalised.push_back((x[i] - r.mean) / r.scale);
        r.y.push_back(gamma * r.normalised[i] + beta);
        r.dBeta += dy[i];
        r.dGamma += dy[i] * r.normalised[i];
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double through =
            norm.kind == BatchNormKind::Range ? 0 : r.normalised[i] * r.dGamma / count;
        r.dx.push_back(gamma / r.scale * (dy[i] - r.dBeta / count - through));
    }
    if (norm.kind == BatchNormKind::Range) {
        addRangeGradient(norm, x, gamma, r);
    }
    return r;
}

}  // namespace mantissa::nn
