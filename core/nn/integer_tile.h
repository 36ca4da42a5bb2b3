// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of integer_products.h. Internal to nn.
#pragma once

#include <cstdint>

#include "core/numerics/accumulator.h"

namespace mantissa::nn {

/// Rows and columns of a tile, and products of each that are packed at a time.
inline constexpr std::int64_t kIntegerLines = 64;
inline constexpr std::int64_t kIntegerDepth = 128;
/// Rows are multiplied so many at a time.
inline constexpr std::int64_t kIntegerRowsAtOnce = 4;

/// Integer sums of a tile, and products to be added to them: code k of a line stands at
/// [k * kIntegerLines + line], zeros where there is none.
struct IntegerTile {
    const std::int32_t* rows = nullptr;
    const std::int32_t* columns = nullptr;
    std::int64_t depth = 0;
    std::int64_t rowCount = 0;  ///< rounded up to kIntegerRowsAtOnce
    /// Sum (row, column) at [row * kIntegerLines + column]. Of the 64-bit integers only the lower
    /// halves, side by side, where `narrow`.
    std::int64_t* sums = nullptr;
    bool narrow = false;
    bool saturates = false;  ///< after every addition; otherwise bits above are cut in the end
    int bits = 0;            ///< of the accumulator
    void clear() const;
};

/// Sets what the accumulator says of a tile whose sums need so many bits not to overflow.
void chooseIntegers(const numerics::IntegerAccumulator& accumulator, int needed, IntegerTile& tile);

/// The lower `bits` bits in two's complement.
inline std::int64_t cutInteger(std::int64_t sum, int bits) {
    const auto above = static_cast<unsigned>(64 - bits);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << above) >> above;
}

/// Adds `depth` products to each sum.
void addIntegerProducts(const IntegerTile& tile);

/// What the tile's integers are added to; scales are powers of two or NaN.
struct IntegerLink {
    const float* rowScales = nullptr;
    const float* columnScales = nullptr;
    float* partial = nullptr;  ///< as IntegerTile::sums
    const numerics::PartialSum& between;
};
/// partial = partial + float(integer) scale scale, each sum rounded once, and the integers begin
/// anew.
void joinIntegers(const IntegerTile& tile, const IntegerLink& link);

}  // namespace mantissa::nn
