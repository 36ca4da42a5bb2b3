// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/integer_tile.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/nn/block_accumulate.h"

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/integer_tile.cpp"
#include <hwy/foreach_target.h>
// This needs the target that foreach_target.h has set.
#include "core/nn/tile_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// The lanes of a vector of `T` that a tile's columns are a multiple of.
template <typename T>
using LaneTag = hn::CappedTag<T, 16>;

/// Columns' codes in lanes of the sums' width.
template <typename T, typename D>
HWY_INLINE auto loadCodes(D d, const std::int32_t* codes) {
    if constexpr (sizeof(T) == sizeof(std::int32_t)) {
        return hn::LoadU(d, codes);
    } else {
        return hn::PromoteTo(d, hn::LoadU(hn::Rebind<std::int32_t, D>(), codes));
    }
}

template <typename T, bool Saturates>
void addProductsOf(const IntegerTile& tile) {
    const LaneTag<T> d;
    using V = hn::Vec<decltype(d)>;
    constexpr std::size_t kRows = kIntegerRowsAtOnce;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto highest = hn::Set(d, static_cast<T>((std::int64_t{1} << (tile.bits - 1)) - 1));
    const auto lowest = hn::Set(d, static_cast<T>(-(std::int64_t{1} << (tile.bits - 1))));
    T* const sums = reinterpret_cast<T*>(tile.sums);
    for (std::int64_t row = 0; row < tile.rowCount; row += kIntegerRowsAtOnce) {
        for (std::int64_t column = 0; column < kIntegerLines; column += lanes) {
            T* const at = sums + row * kIntegerLines + column;
            V sum[kRows];
            MANTISSA_UNROLL
            for (std::size_t r = 0; r < kRows; ++r) {
                sum[r] = hn::LoadU(d, at + r * kIntegerLines);
            }
            const std::int32_t* rows = tile.rows + row;
            const std::int32_t* columns = tile.columns + column;
            for (std::int64_t k = 0; k < tile.depth; ++k) {
                const V codes = loadCodes<T>(d, columns);
                MANTISSA_UNROLL
                for (std::size_t r = 0; r < kRows; ++r) {
                    sum[r] = hn::Add(sum[r], hn::Mul(codes, hn::Set(d, T{rows[r]})));
                    if constexpr (Saturates) {
                        sum[r] = hn::Min(hn::Max(sum[r], lowest), highest);
                    }
                }
                rows += kIntegerLines;
                columns += kIntegerLines;
            }
            MANTISSA_UNROLL
            for (std::size_t r = 0; r < kRows; ++r) {
                hn::StoreU(sum[r], d, at + r * kIntegerLines);
            }
        }
    }
}

void addProducts(const IntegerTile& tile) {
    if (tile.narrow) {
        (tile.saturates ? addProductsOf<std::int32_t, true>
                        : addProductsOf<std::int32_t, false>)(tile);
    } else {
        (tile.saturates ? addProductsOf<std::int64_t, true>
                        : addProductsOf<std::int64_t, false>)(tile);
    }
}

#if MANTISSA_VECTOR_FMA

/// Integers in two's complement of `bits` bits as binary32, each rounded once.
HWY_INLINE hn::Vec<FloatTag> floatsOf(const std::int32_t* sums, int bits) {
    const auto above = 32 - HWY_MIN(bits, 32);
    const auto integer = hn::LoadU(hn::RebindToSigned<FloatTag>(), sums);
    return hn::ConvertTo(FloatTag(), hn::ShiftRightSame(hn::ShiftLeftSame(integer, above), above));
}
HWY_INLINE hn::Vec<FloatTag> floatsOf(const std::int64_t* sums, int bits) {
    const hn::Half<FloatTag> half;
    const hn::Rebind<double, decltype(half)> f64;
    const hn::RebindToSigned<decltype(f64)> i64;
    const auto floats = [&](const std::int64_t* from) {
        const auto above = 64 - bits;
        const auto integer = hn::LoadU(i64, from);
        // 53 bits at most: binary64 holds them.
        return hn::DemoteTo(
            half, hn::ConvertTo(f64, hn::ShiftRightSame(hn::ShiftLeftSame(integer, above), above)));
    };
    return hn::Combine(FloatTag(), floats(sums + kLanes / 2), floats(sums));
}

template <typename T>
void joinInFp32(const IntegerTile& tile, const IntegerLink& link) {
    const FloatTag d;
    const T* const sums = reinterpret_cast<const T*>(tile.sums);
    for (std::int64_t row = 0; row < tile.rowCount; ++row) {
        const auto rowScale = hn::Set(d, link.rowScales[row]);
        for (std::int64_t j = 0; j < kIntegerLines; j += kLanes) {
            const std::int64_t at = row * kIntegerLines + j;
            const auto product =
                hn::Mul(floatsOf(sums + at, tile.bits), hn::LoadU(d, link.columnScales + j));
            hn::StoreU(hn::MulAdd(product, rowScale, hn::LoadU(d, link.partial + at)), d,
                       link.partial + at);
        }
    }
}

#else

template <typename T>
void joinInFp32(const IntegerTile& tile, const IntegerLink& link) {
    const T* const sums = reinterpret_cast<const T*>(tile.sums);
    for (std::int64_t i = 0; i < tile.rowCount * kIntegerLines; ++i) {
        const float product = static_cast<float>(cutInteger(sums[i], tile.bits)) *
                              link.columnScales[i % kIntegerLines];
        link.partial[i] = std::fma(product, link.rowScales[i / kIntegerLines], link.partial[i]);
    }
}

#endif  // MANTISSA_VECTOR_FMA

void joinFp32(const IntegerTile& tile, const IntegerLink& link) {
    (tile.narrow ? joinInFp32<std::int32_t> : joinInFp32<std::int64_t>)(tile, link);
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {
namespace {

HWY_EXPORT(addProducts);
HWY_EXPORT(joinFp32);

template <typename T>
void join(const IntegerTile& tile, const IntegerLink& link) {
    const T* const sums = reinterpret_cast<const T*>(tile.sums);
    for (std::int64_t i = 0; i < tile.rowCount * kIntegerLines; ++i) {
        const float product = static_cast<float>(cutInteger(sums[i], tile.bits)) *
                              link.columnScales[i % kIntegerLines];
        link.partial[i] =
            addTerm(link.partial[i], product * link.rowScales[i / kIntegerLines], link.between);
    }
}

}  // namespace

void IntegerTile::clear() const {
    std::memset(sums, 0, kIntegerLines * kIntegerLines * sizeof(*sums));
}

void chooseIntegers(const numerics::IntegerAccumulator& accumulator, int needed,
                    IntegerTile& tile) {
    const bool overflows = needed > accumulator.bits;
    tile.bits = accumulator.bits;
    tile.saturates = overflows && accumulator.overflow == numerics::IntegerOverflow::Saturate;
    // A product, of 30 bits and a sign, takes a sum at most one bit beyond, until that is judged.
    const int held = overflows ? std::max(accumulator.bits, 31) + (tile.saturates ? 1 : 0) : needed;
    tile.narrow = held <= 32;
}

void addIntegerProducts(const IntegerTile& tile) {
    HWY_DYNAMIC_DISPATCH(addProducts)(tile);
}

void joinIntegers(const IntegerTile& tile, const IntegerLink& link) {
    if (link.between == numerics::PartialSum{}) {
        HWY_DYNAMIC_DISPATCH(joinFp32)(tile, link);
    } else {
        (tile.narrow ? join<std::int32_t> : join<std::int64_t>)(tile, link);
    }
    tile.clear();
}

}  // namespace mantissa::nn
#endif  // HWY_ONCE
