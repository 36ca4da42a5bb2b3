// SPDX-License-Identifier: GPL-3.0-or-later
// Codes that several kinds of formats share: whole numbers of steps, minifloats. Internal to
// numerics.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/numerics/bit_stream.h"
#include "core/numerics/formats/block_codes.h"
#include "core/numerics/formats/minifloat.h"

namespace mantissa::numerics {

/// What is said of a number that is not finite where codes are.
inline constexpr const char* kNoSpecials = "NaN and infinities have no code";
inline constexpr const char* kOneZero = "-0 has no code, zero is +0";
inline constexpr const char* kBeyondBinary32 = "its number is too large for binary32";
inline constexpr const char* kBelowBinary32 = "its number is too fine for binary32";

/// `code` steps of 2^step in binary32, rounded where that is too coarse for the step.
inline float steppedValue(double code, int step) {
    return static_cast<float>(std::ldexp(code, step));
}

/// The code c <= `largest` whose steppedValue is |x|; of several, the nearest to it.
std::optional<std::uint32_t> steppedCode(float x, int step, double largest);

/// The largest finite magnitude, and where it stands.
struct LargestOf {
    float magnitude = 0;
    std::size_t position = 0;
};
LargestOf largestIn(std::span<const float> block);

std::string offGrid(int step);
std::string tooLarge(double largest);

/// The field `value` in two's complement of `width` bits, and back.
inline std::uint32_t twosComplement(std::int64_t value) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) & 0xFFFFFFFFU);
}
inline std::int64_t fromTwosComplement(std::uint32_t field, int width) {
    const std::int64_t value = field;
    const std::int64_t codes = std::int64_t{1} << static_cast<unsigned>(width);
    return 2 * value >= codes ? value - codes : value;
}

/// The code of a number of the format; nothing where it has none.
std::optional<std::uint32_t> minifloatCode(double x, const Minifloat& format);
/// The number of a code; nothing for a subnormal of a format without.
std::optional<double> minifloatValue(std::uint32_t code, const Minifloat& format);

/// The distinct numbers of a block in ascending order, -0 before +0.
std::vector<float> distinct(std::span<const float> block);

}  // namespace mantissa::numerics
