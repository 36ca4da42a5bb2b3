// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/k_winners.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/k_winners.cpp"
#include <hwy/foreach_target.h>
// This needs the target that foreach_target.h has set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using FloatTag = hn::CappedTag<float, static_cast<std::size_t>(kWinnerColumns)>;
using KeyTag = hn::RebindToSigned<FloatTag>;
using Key = hn::Vec<KeyTag>;
constexpr std::size_t kWidth = hn::MaxLanes(FloatTag());

/// Integers in the order of the numbers; +0 for -0, and NaN above all.
HWY_INLINE Key keyOf(hn::Vec<FloatTag> x) {
    const FloatTag d;
    const KeyTag k;
    const Key bits = hn::BitCast(k, hn::Add(x, hn::Zero(d)));
    const Key magnitude = hn::Set(k, std::numeric_limits<std::int32_t>::max());
    const Key ordered = hn::Xor(bits, hn::And(hn::ShiftRight<31>(bits), magnitude));
    return hn::IfThenElse(hn::RebindMask(k, hn::IsNaN(x)), magnitude, ordered);
}

HWY_INLINE bool isWhole(const Columns& columns) {
    return columns.columnStride == 1 && columns.count == kWinnerColumns;
}

/// A row of all columns, where it lies or copied to `row`; columns beyond `count` are zero.
HWY_INLINE const float* rowOf(const Columns& columns, const float* x, std::int64_t element,
                              float* row) {
    const float* from = x + element * columns.elementStride;
    if (isWhole(columns)) {
        return from;
    }
    std::fill_n(row, kWinnerColumns, 0.0F);
    for (std::int64_t c = 0; c < columns.count; ++c) {
        row[c] = from[c * columns.columnStride];
    }
    return row;
}

void makeKeys(const Columns& columns, const float* x, std::int32_t* keys) {
    const FloatTag d;
    const KeyTag k;
    alignas(64) float row[kWinnerColumns];
    for (std::int64_t i = 0; i < columns.elements; ++i, keys += kWinnerColumns) {
        const float* from = rowOf(columns, x, i, row);
        for (std::size_t c = 0; c < kWinnerColumns; c += kWidth) {
            hn::StoreU(keyOf(hn::LoadU(d, from + c)), k, keys + c);
        }
    }
}

/// How many keys of each column `wins` picks.
template <typename Wins>
HWY_INLINE Key countIf(const std::int32_t* keys, std::int64_t elements, const Wins& wins) {
    const KeyTag k;
    Key count = hn::Zero(k);
    for (std::int64_t i = 0; i < elements; ++i) {
        const auto mask = wins(hn::LoadU(k, keys + i * kWinnerColumns));
        count = hn::Sub(count, hn::VecFromMask(k, mask));  // a mask is -1
    }
    return count;
}

/// The smallest winning key of each column, bit by bit.
HWY_INLINE Key thresholdByBits(const std::int32_t* keys, std::int64_t elements, Key winners) {
    const KeyTag k;
    Key threshold = hn::Set(k, std::numeric_limits<std::int32_t>::min());
    for (std::uint32_t bit = 0x80000000U; bit != 0; bit >>= 1U) {
        // The sign bit is set in the smallest key: taking it away is the first step up.
        const Key higher = hn::Xor(threshold, hn::Set(k, static_cast<std::int32_t>(bit)));
        const Key count =
            countIf(keys, elements, [&](Key key) HWY_ATTR { return hn::Not(hn::Gt(higher, key)); });
        threshold = hn::IfThenElse(hn::Gt(winners, count), threshold, higher);
    }
    return threshold;
}

/// The same of few keys, by the place of each.
HWY_INLINE Key thresholdByPlace(const std::int32_t* keys, std::int64_t elements, Key winners) {
    const KeyTag k;
    Key threshold = hn::Zero(k);
    for (std::int64_t i = 0; i < elements; ++i) {
        const Key key = hn::LoadU(k, keys + i * kWinnerColumns);
        const auto isHigher = [&](Key other) HWY_ATTR { return hn::Gt(other, key); };
        const auto isNotLower = [&](Key other) HWY_ATTR { return hn::Not(hn::Gt(key, other)); };
        const Key place =
            hn::Add(countIf(keys, i, isNotLower),
                    countIf(keys + (i + 1) * kWinnerColumns, elements - i - 1, isHigher));
        const auto isLast = hn::Eq(hn::Add(place, hn::Set(k, 1)), winners);
        threshold = hn::IfThenElse(isLast, key, threshold);
    }
    return threshold;
}

void findWinners(const Columns& columns, std::int64_t winners, const float* x, Winners& found,
                 float* scratch) {
    constexpr std::int64_t kFew =
        24;  // comparisons with all others, in place of 32 with one number
    const KeyTag k;
    auto* const keys = reinterpret_cast<std::int32_t*>(scratch);
    makeKeys(columns, x, keys);
    const Key wanted = hn::Set(k, static_cast<std::int32_t>(winners));
    for (std::size_t c = 0; c < kWinnerColumns; c += kWidth) {
        const Key threshold = columns.elements <= kFew
                                  ? thresholdByPlace(keys + c, columns.elements, wanted)
                                  : thresholdByBits(keys + c, columns.elements, wanted);
        const Key above = countIf(keys + c, columns.elements,
                                  [&](Key key) HWY_ATTR { return hn::Gt(key, threshold); });
        hn::StoreU(threshold, k, found.smallest.data() + c);
        hn::StoreU(hn::Sub(wanted, above), k, found.equals.data() + c);
    }
}

void keepWinners(const Columns& columns, const Winners& winners, const float* x, const float* from,
                 float* to) {
    const FloatTag d;
    const KeyTag k;
    alignas(64) float rowOfX[kWinnerColumns];
    alignas(64) float row[kWinnerColumns];
    alignas(64) std::array<std::int32_t, kWinnerColumns> equals = winners.equals;
    for (std::int64_t i = 0; i < columns.elements; ++i) {
        const float* numbers = rowOf(columns, x, i, rowOfX);
        const float* values = rowOf(columns, from, i, row);
        float* const result = isWhole(columns) ? to + i * columns.elementStride : row;
        for (std::size_t c = 0; c < kWinnerColumns; c += kWidth) {
            const Key key = keyOf(hn::LoadU(d, numbers + c));
            const Key smallest = hn::LoadU(k, winners.smallest.data() + c);
            const Key left = hn::LoadU(k, equals.data() + c);
            const auto isEqual = hn::And(hn::Eq(key, smallest), hn::Gt(left, hn::Zero(k)));
            hn::StoreU(hn::Add(left, hn::VecFromMask(k, isEqual)), k, equals.data() + c);
            const auto wins = hn::VecFromMask(k, hn::Or(hn::Gt(key, smallest), isEqual));
            const auto value = hn::BitCast(k, hn::LoadU(d, values + c));
            hn::StoreU(hn::BitCast(d, hn::And(value, wins)), d, result + c);
        }
        for (std::int64_t c = 0; c < columns.count && result == row; ++c) {
            to[i * columns.elementStride + c * columns.columnStride] = row[c];
        }
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(findWinners);
HWY_EXPORT(keepWinners);

void findWinners(const Columns& columns, std::int64_t winners, const float* x, Winners& found,
                 float* scratch) {
    HWY_DYNAMIC_DISPATCH(findWinners)(columns, winners, x, found, scratch);
}

void keepWinners(const Columns& columns, const Winners& winners, const float* x, const float* from,
                 float* to) {
    HWY_DYNAMIC_DISPATCH(keepWinners)(columns, winners, x, from, to);
}

void keepWinnersRef(const Columns& columns, std::int64_t winners, const float* x, const float* from,
                    float* to) {
    const auto n = static_cast<std::size_t>(columns.elements);
    for (std::int64_t c = 0; c < columns.count; ++c) {
        const auto at = [&](std::size_t i) {
            return static_cast<std::int64_t>(i) * columns.elementStride + c * columns.columnStride;
        };
        std::vector<std::size_t> order(n);
        for (std::size_t i = 0; i < n; ++i) {
            order[i] = i;
        }
        std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            const float a = x[at(left)];
            const float b = x[at(right)];
            return std::isnan(a) ? !std::isnan(b) : a > b;
        });
        for (std::size_t place = 0; place < n; ++place) {
            const bool wins = place < static_cast<std::size_t>(winners);
            to[at(order[place])] = wins ? from[at(order[place])] : 0.0F;
        }
    }
}

}  // namespace mantissa::nn
#endif
