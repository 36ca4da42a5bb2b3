// SPDX-License-Identifier: GPL-3.0-or-later
// How error statistics are added up, so that every path and any number of threads gives the same
// bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/numerics/quantise.h"

namespace mantissa::numerics {

inline constexpr std::size_t kSumLanes = 16;
inline constexpr std::int64_t kSumRun = 256;

/// The sums of one panel (panels.h), whose rows are taken in order and in runs of kSumRun columns.
/// Column c adds to lane c mod kSumLanes, each square with a fused multiply-add. Where
/// sumsNarrow(), a run's lanes are summed in binary32 from zero, its errors too being
/// binary32 differences, and then added to these lanes; other runs add to them in double. At last
/// lanes are added in order, panels in their task's order and tasks in the tensor's. Originals
/// that are not finite add nothing.
struct LaneSums {
    alignas(64) std::array<double, kSumLanes> signal{};
    alignas(64) std::array<double, kSumLanes> noise{};
    double maxAbsError = 0;
    std::int64_t flushed = 0;
};

/// Whether binary32 sums the squares of a run without harm: with a largest finite magnitude (its
/// binary32 bits) of 0 or from 2^-40 to 2^60 no sum overflows, and what underflows is 200 dB below
/// the signal.
inline bool sumsNarrow(std::int32_t largestBits) {
    constexpr std::int32_t kLowest = (127 - 40) << 23;
    constexpr std::int32_t kHighest = (127 + 60) << 23;
    return largestBits == 0 || (largestBits >= kLowest && largestBits <= kHighest);
}

/// One row of a panel, its quantised values apart from where they shall go.
struct MeasuredRow {
    const float* original = nullptr;
    const float* quantised = nullptr;
    float* out = nullptr;
    std::int64_t count = 0;
    bool stream = false;
};

/// Up to kSumRun elements, in scalar arithmetic.
void addRun(LaneSums& sums, std::span<const float> original, std::span<const float> quantised);

/// Adds a panel's sums to its task's, `clipped` having been counted elsewhere.
void addPanel(ErrorStatistics& statistics, const LaneSums& sums, std::int64_t count,
              std::int64_t clipped);

}  // namespace mantissa::numerics
