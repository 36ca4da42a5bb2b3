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

/// The squares of a run by lane, in type T; its errors are differences in T.
template <typename T>
struct RunSums {
    std::array<T, kSumLanes> signal{};
    std::array<T, kSumLanes> noise{};
    T maxAbsError = 0;
    std::int64_t flushed = 0;
};

template <typename T>
RunSums<T> sumsOf(std::span<const float> original, std::span<const float> quantised) {
    RunSums<T> sums;
    for (std::size_t i = 0; i < original.size(); ++i) {
        if (!std::isfinite(original[i])) {
            continue;
        }
        const T x = original[i];
        const T error = std::isfinite(quantised[i]) ? static_cast<T>(quantised[i]) - x
                                                    : std::numeric_limits<T>::infinity();
        const std::size_t lane = i % kSumLanes;
        sums.signal[lane] = std::fma(x, x, sums.signal[lane]);
        sums.noise[lane] = std::fma(error, error, sums.noise[lane]);
        sums.maxAbsError = std::max(sums.maxAbsError, std::fabs(error));
        sums.flushed += original[i] != 0 && quantised[i] == 0 ? 1 : 0;
    }
    return sums;
}

template <typename T, typename Lane>
void addTo(LaneSums& sums, std::array<Lane, kSumLanes>& signal, std::array<Lane, kSumLanes>& noise,
           const RunSums<T>& run) {
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) {
        signal[lane] += run.signal[lane];
        noise[lane] += run.noise[lane];
    }
    sums.maxAbsError = std::max(sums.maxAbsError, static_cast<double>(run.maxAbsError));
    sums.flushed += run.flushed;
}

/// As LaneSums says.
bool isNarrow(const RunSums<float>& run, std::span<const float> original,
              std::span<const float> quantised) {
    bool some = false;
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) {
        const float sum = run.signal[lane] + run.noise[lane];
        if (!(sum <= kNarrowMost)) {
            return false;
        }
        some = some || sum >= kNarrowLeast;
    }
    const auto zero = [](float x) { return x == 0; };
    return some || (std::all_of(original.begin(), original.end(), zero) &&
                    std::all_of(quantised.begin(), quantised.end(), zero));
}

void endRun(LaneSums& sums) {
    if (++sums.runs == kRunsAtOnce) {
        joinNarrow(sums);
    }
}

std::int64_t countClipped(std::span<const float> original, std::span<const float> limits) {
    std::int64_t clipped = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
        const float magnitude = std::fabs(original[i]);
        clipped += std::isfinite(magnitude) && magnitude > limits[i] ? 1 : 0;
    }
    return clipped;
}

/// The statistics of one task of `cut`; `limits` as in ScalarJob.
ErrorStatistics taskStatistics(std::span<const float> original, std::span<const float> quantised,
                               std::span<const float> limits, const CutTensor& cut,
                               std::int64_t task) {
    ErrorStatistics statistics;
    forEachPanel(cut, task, [&](const PanelPlace& place) {
        LaneSums sums;
        for (std::int64_t column = 0; column < place.columns; column += kChunk) {
            const auto count = static_cast<std::size_t>(std::min(kChunk, place.columns - column));
            for (std::int64_t row = 0; row < place.rows(); ++row) {
                const auto at = static_cast<std::size_t>(place.rowStart(row) + column);
                const auto run = original.subspan(at, count);
                addRun(sums, run, quantised.subspan(at, count));
                sums.clipped += countClipped(run, limits.subspan(at, count));
            }
        }
        addPanel(statistics, sums, place.rows() * place.columns);
    });
    return statistics;
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
    const bool finite =
        std::all_of(original.begin(), original.end(), [](float x) { return std::isfinite(x); });
    const auto run = sumsOf<float>(original, quantised);
    if (!finite || !isNarrow(run, original, quantised)) {
        addWide(sums, original, quantised);
        return;
    }
    addTo(sums, sums.narrowSignal, sums.narrowNoise, run);
    endRun(sums);
}

void addWide(LaneSums& sums, std::span<const float> original, std::span<const float> quantised) {
    addTo(sums, sums.signal, sums.noise, sumsOf<double>(original, quantised));
    endRun(sums);
}

void joinNarrow(LaneSums& sums) {
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) {
        sums.signal[lane] += static_cast<double>(sums.narrowSignal[lane]);
        sums.noise[lane] += static_cast<double>(sums.narrowNoise[lane]);
    }
    sums.narrowSignal.fill(0);
    sums.narrowNoise.fill(0);
    sums.runs = 0;
}

void addPanel(ErrorStatistics& statistics, LaneSums& sums, std::int64_t count) {
    joinNarrow(sums);
    const auto total = [](const auto& lanes) {
        return std::accumulate(lanes.begin(), lanes.end(), 0.0);
    };
    statistics.add({.count = count,
                    .clipped = sums.clipped,
                    .flushed = sums.flushed,
                    .signalPower = total(sums.signal),
                    .noisePower = total(sums.noise),
                    .maxAbsError = sums.maxAbsError});
}

ErrorStatistics statisticsOf(std::span<const float> original, std::span<const float> quantised,
                             std::span<const float> limits, const CutTensor& cut,
                             ThreadTeam& team) {
    std::vector<ErrorStatistics> tasks(static_cast<std::size_t>(cut.tasks));
    team.run(cut.tasks, [&](std::int64_t task, int) {
        tasks[static_cast<std::size_t>(task)] =
            taskStatistics(original, quantised, limits, cut, task);
    });
    ErrorStatistics total;
    for (const auto& task : tasks) {
        total.add(task);
    }
    return total;
}

ErrorStatistics errorStatistics(std::span<const float> original, std::span<const float> quantised,
                                const Shape& shape, int axis, const TensorFormat& format,
                                const RandomKey& key) {
    assert(original.size() == static_cast<std::size_t>(elementCount(shape)) &&
           quantised.size() == original.size());
    if (original.empty()) {
        return {};
    }
    std::vector<float> scratch(original.size());
    std::vector<float> limits(original.size());
    familyOf(format.format)
        .quantise(format.format, {original, scratch, shape, axis, format.rounding,
                                  format.randomBits, key, limits});
    ThreadTeam alone;
    return statisticsOf(original, quantised, limits, cutTensor(format.format, shape, axis), alone);
}

}  // namespace mantissa::numerics
