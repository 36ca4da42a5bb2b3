// SPDX-License-Identifier: GPL-3.0-or-later
// EIE's relative-indexed columns (Han et al., ISCA 2016, section III): runs of zeros and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/error.h"

namespace mantissa::systems {

/// One stored entry: a value after so many zeros. A run too long for its bits is broken by an entry
/// whose value is itself zero.
struct SparseEntry {
    float value = 0;
    int zeros = 0;
    bool operator==(const SparseEntry&) const = default;
};

inline constexpr int kEieRunBits = 4;

/// Zeros behind the last value are not stored. `runBits` in 1..16.
std::vector<SparseEntry> encodeRelative(std::span<const float> column, int runBits = kEieRunBits);
/// A column of `length` again. InvalidInput: the entries reach beyond it.
Result<std::vector<float>> decodeRelative(std::span<const SparseEntry> entries, std::size_t length);

}  // namespace mantissa::systems
