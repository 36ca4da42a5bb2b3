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

/// Elements that kernels take at once where they can, and that one call of the generator serves.
inline constexpr std::int64_t kChunk = 64;
inline constexpr std::size_t kSumLanes = 16;
/// Runs whose binary32 sums are added up before they join the others.
inline constexpr int kRunsAtOnce = 16;

/// The sums of one panel (panels.h). Its runs are up to kChunk columns of one row: strips of so
/// many columns are taken in order, and the rows of each. Column c of a run adds to lane
/// c mod kSumLanes, each square with a fused multiply-add, and the run's lanes add to the panel's.
/// A run is narrow, and summed in binary32, its errors too being binary32 differences, if all
/// originals are finite, no lane's signal plus noise is above kNarrowMost, and one at least is
/// kNarrowLeast, or all numbers are zero. Binary32 sums join the others after every kRunsAtOnce
/// runs, of whatever kind, and after the last. Other runs are summed in double. At last lanes are
/// added in order, panels in their task's order and tasks in the tensor's. Originals that are not
/// finite add nothing.
struct LaneSums {
    alignas(64) std::array<double, kSumLanes> signal{};
    alignas(64) std::array<double, kSumLanes> noise{};
    alignas(64) std::array<float, kSumLanes> narrowSignal{};
    alignas(64) std::array<float, kSumLanes> narrowNoise{};
    int runs = 0;  ///< since binary32 sums joined the others
    double maxAbsError = 0;
    std::int64_t flushed = 0;
    std::int64_t clipped = 0;
};

/// No sum of narrow runs overflows, and what underflows in them is 100 dB below their signal.
inline constexpr float kNarrowLeast = 0x1p-90F;
inline constexpr float kNarrowMost = 0x1p120F;

/// One run, in scalar arithmetic; what clipped is counted elsewhere.
void addRun(LaneSums& sums, std::span<const float> original, std::span<const float> quantised);

/// A run that is not narrow, which addRun() treats so.
void addWide(LaneSums& sums, std::span<const float> original, std::span<const float> quantised);

/// Lets binary32 sums join the others.
void joinNarrow(LaneSums& sums);

/// Adds a panel's sums to its task's.
void addPanel(ErrorStatistics& statistics, LaneSums& sums, std::int64_t count);

struct CutTensor;

/// The statistics of a whole tensor, in scalar arithmetic over the team's threads; `limits` as in
/// ScalarJob.
ErrorStatistics statisticsOf(std::span<const float> original, std::span<const float> quantised,
                             std::span<const float> limits, const CutTensor& cut, ThreadTeam& team);

}  // namespace mantissa::numerics
