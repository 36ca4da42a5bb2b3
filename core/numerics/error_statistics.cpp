// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/numerics/lane_sums.h"
#include "core/numerics/panels.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Adds to lanes of type T, the type that errors are taken in.
template <typename T>
void addElements(std::span<const float> original, std::span<const float> quantised,
                 std::array<T, kSumLanes>& signal, std::array<T, kSumLanes>& noise,
                 LaneSums& sums) {
    for (std::size_t i = 0; i < original.size(); ++i) {
        if (!std::isfinite(original[i])) {
            continue;
        }
        const T x = original[i];
        const T error = static_cast<T>(quantised[i]) - x;
        const std::size_t lane = i % kSumLanes;
        signal[lane] = std::fma(x, x, signal[lane]);
        noise[lane] = std::fma(error, error, noise[lane]);
        sums.maxAbsError = std::max(sums.maxAbsError, static_cast<double>(std::fabs(error)));
        sums.flushed += original[i] != 0 && quantised[i] == 0 ? 1 : 0;
    }
}

std::int64_t countClipped(std::span<const float> original, const Shape& shape, int axis,
                          const Format& format) {
    // What an element could have become does not depend on the rounding.
    std::vector<float> scratch(original.size());
    std::vector<float> limits(original.size());
    familyOf(format).quantise(
        format,
        {original, scratch, shape, axis, Rounding::TowardZero, kFullRandomBits, {}, limits});
    std::int64_t clipped = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
        const float magnitude = std::fabs(original[i]);
        clipped += std::isfinite(magnitude) && magnitude > limits[i] ? 1 : 0;
    }
    return clipped;
}

}  // namespace

double ErrorStatistics::sqnrDb() const {
    return noisePower > 0 ? 10 * std::log10(signalPower / noisePower)
                          : std::numeric_limits<double>::infinity();
}

double ErrorStatistics::clippedShare() const {
    return share(clipped, count);
}

double ErrorStatistics::flushedShare() const {
    return share(flushed, count);
}

void ErrorStatistics::add(const ErrorStatistics& other) {
    count += other.count;
    clipped += other.clipped;
    flushed += other.flushed;
    signalPower += other.signalPower;
    noisePower += other.noisePower;
    maxAbsError = std::max(maxAbsError, other.maxAbsError);
}

void addRun(LaneSums& sums, std::span<const float> original, std::span<const float> quantised) {
    float largest = 0;
    for (const float x : original) {
        largest = std::isfinite(x) ? std::max(largest, std::fabs(x)) : largest;
    }
    if (sumsNarrow(std::bit_cast<std::int32_t>(largest))) {
        std::array<float, kSumLanes> signal{};
        std::array<float, kSumLanes> noise{};
        addElements(original, quantised, signal, noise, sums);
        for (std::size_t lane = 0; lane < kSumLanes; ++lane) {
            sums.signal[lane] += static_cast<double>(signal[lane]);
            sums.noise[lane] += static_cast<double>(noise[lane]);
        }
    } else {
        addElements(original, quantised, sums.signal, sums.noise, sums);
    }
}

void addPanel(ErrorStatistics& statistics, const LaneSums& sums, std::int64_t count,
              std::int64_t clipped) {
    const auto total = [](const auto& lanes) {
        return std::accumulate(lanes.begin(), lanes.end(), 0.0);
    };
    statistics.add({.count = count,
                    .clipped = clipped,
                    .flushed = sums.flushed,
                    .signalPower = total(sums.signal),
                    .noisePower = total(sums.noise),
                    .maxAbsError = sums.maxAbsError});
}

ErrorStatistics errorStatistics(std::span<const float> original, std::span<const float> quantised,
                                const Shape& shape, int axis, const Format& format) {
    assert(original.size() == static_cast<std::size_t>(elementCount(shape)) &&
           quantised.size() == original.size());
    ErrorStatistics total;
    if (original.empty()) {
        return total;
    }
    const CutTensor cut = cutTensor(format, shape, axis);
    for (std::int64_t task = 0; task < cut.tasks; ++task) {
        ErrorStatistics statistics;
        forEachPanel(cut, task, [&](const PanelPlace& place) {
            LaneSums sums;
            for (std::int64_t row = 0; row < place.rows; ++row) {
                for (std::int64_t column = 0; column < place.columns; column += kSumRun) {
                    const auto at =
                        static_cast<std::size_t>(place.start + row * place.stride + column);
                    const auto count =
                        static_cast<std::size_t>(std::min(kSumRun, place.columns - column));
                    addRun(sums, original.subspan(at, count), quantised.subspan(at, count));
                }
            }
            addPanel(statistics, sums, place.rows * place.columns, 0);
        });
        total.add(statistics);
    }
    total.clipped = countClipped(original, shape, axis, format);
    return total;
}

}  // namespace mantissa::numerics
