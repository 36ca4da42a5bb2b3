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

/// A row of all columns; those beyond `count` are zero.
HWY_INLINE void loadRow(const Columns& columns, const float* x, std::int64_t element, float* row) {
    std::fill_n(row, kWinnerColumns, 0.0F);
    for (std::int64_t c = 0; c < columns.count; ++c) {
        row[c] = x[element * columns.elementStride + c * columns.columnStride];
    }
}

HWY_INLINE bool isWhole(const Columns& columns) {
    return columns.columnStride == 1 && columns.count == kWinnerColumns;
}

void makeKeys(const Columns& columns, const float* x, std::int32_t* keys) {
    const FloatTag d;
    const KeyTag k;
    alignas(64) float row[kWinnerColumns];
    for (std::int64_t i = 0; i < columns.elements; ++i, keys += kWinnerColumns) {
        const float* from = x + i * columns.elementStride;
        if (!isWhole(columns)) {
            loadRow(columns, x, i, row);
            from = row;
        }
        for (std::size_t c = 0; c < kWinnerColumns; c += kWidth) {
            hn::StoreU(keyOf(hn::LoadU(d, from + c)), k, keys + c);
        }
    }
}

/// The smallest winning key of each column, found bit by bit, and how many of its equals win.
struct Threshold {
    Key key;
    Key equals;
};
HWY_INLINE Threshold thresholdOf(const std::int32_t* keys, std::int64_t elements,
                                 std::int64_t winners) {
    const KeyTag k;
    const auto countIf = [&](auto&& wins) HWY_ATTR {
        Key count = hn::Zero(k);
        for (std::int64_t i = 0; i < elements; ++i) {
            const auto mask = wins(hn::LoadU(k, keys + i * kWinnerColumns));
            count = hn::Sub(count, hn::VecFromMask(k, mask));  // a mask is -1
        }
        return count;
    };
    const Key needed = hn::Set(k, static_cast<std::int32_t>(winners));
    Key threshold = hn::Set(k, std::numeric_limits<std::int32_t>::min());
    for (std::uint32_t bit = 0x80000000U; bit != 0; bit >>= 1U) {
        // The sign bit is set in the smallest key: taking it away is the first step up.
        const Key higher = hn::Xor(threshold, hn::Set(k, static_cast<std::int32_t>(bit)));
        const Key count = countIf([&](Key key) HWY_ATTR { return hn::Not(hn::Gt(higher, key)); });
        threshold = hn::IfThenElse(hn::Gt(needed, count), threshold, higher);
    }
    const Key above = countIf([&](Key key) HWY_ATTR { return hn::Gt(key, threshold); });
    return {threshold, hn::Sub(needed, above)};
}

void keepWinners(const Columns& columns, std::int64_t winners, const float* x, const float* from,
                 float* to, float* scratch) {
    const FloatTag d;
    const KeyTag k;
    auto* const keys = reinterpret_cast<std::int32_t*>(scratch);
    makeKeys(columns, x, keys);
    alignas(64) float row[kWinnerColumns];
    for (std::size_t c = 0; c < kWinnerColumns; c += kWidth) {
        auto [threshold, equals] = thresholdOf(keys + c, columns.elements, winners);
        for (std::int64_t i = 0; i < columns.elements; ++i) {
            const Key key = hn::LoadU(k, keys + i * kWinnerColumns + c);
            const auto isEqual = hn::And(hn::Eq(key, threshold), hn::Gt(equals, hn::Zero(k)));
            equals = hn::Add(equals, hn::VecFromMask(k, isEqual));
            const auto wins = hn::Or(hn::Gt(key, threshold), isEqual);
            // The keys are read: their place says from here on who wins.
            hn::StoreU(hn::VecFromMask(k, wins), k, keys + i * kWinnerColumns + c);
        }
    }
    for (std::int64_t i = 0; i < columns.elements; ++i) {
        const bool whole = isWhole(columns);
        const float* values = from + i * columns.elementStride;
        float* result = to + i * columns.elementStride;
        if (!whole) {
            loadRow(columns, from, i, row);
            values = row;
            result = row;
        }
        for (std::size_t c = 0; c < kWinnerColumns; c += kWidth) {
            const auto wins = hn::LoadU(k, keys + i * kWinnerColumns + c);
            const auto value = hn::BitCast(k, hn::LoadU(d, values + c));
            hn::StoreU(hn::BitCast(d, hn::And(value, wins)), d, result + c);
        }
        for (std::int64_t c = 0; c < columns.count && !whole; ++c) {
            to[i * columns.elementStride + c * columns.columnStride] = row[c];
        }
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(keepWinners);

void keepWinners(const Columns& columns, std::int64_t winners, const float* x, const float* from,
                 float* to, float* scratch) {
    HWY_DYNAMIC_DISPATCH(keepWinners)(columns, winners, x, from, to, scratch);
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
