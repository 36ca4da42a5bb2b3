// SPDX-License-Identifier: GPL-3.0-or-later
// Quantise-dequantise: binary32 in, the nearest values of a format out, in binary32.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/numerics/format.h"
#include "core/numerics/random_key.h"
#include "core/shape.h"
#include "core/thread_team.h"

namespace mantissa::numerics {

/// The error that quantising a tensor makes.
struct ErrorStatistics {
    std::int64_t count = 0;
    std::int64_t clipped = 0;  ///< finite magnitudes above what the format or the block can hold
    std::int64_t flushed = 0;  ///< non-zero inputs that became zero
    double signalPower = 0;    ///< sum of x^2 over finite inputs
    double noisePower = 0;   ///< sum of (q - x)^2 over finite inputs; +Inf if one became NaN or Inf
    double maxAbsError = 0;  ///< likewise

    double sqnrDb() const;  ///< 10 log10(signal/noise); +Inf where there is no noise, -Inf above
    double clippedShare() const;
    double flushedShare() const;
    void add(const ErrorStatistics& other);
};

/// The norm: scalar, obvious, in double precision where binary32 could round. `out` may alias `in`.
/// Sizes equal elementCount(shape); `axis` in [0, rank) is the block axis (ignored by formats
/// without). NaN stays NaN. Inf stays Inf in floating point and block floating point, whose blocks
/// take the largest finite magnitude for their exponent; it becomes the largest value of formats
/// without Inf (fixed, affine, pow2, binary, ternary, codebook, bounded); under microscaling either
/// makes its whole block NaN. A result has the sign of its input, on zero too, except that two's
/// complement and unsigned codes have one zero, +0. A shared exponent that its field cannot say is
/// clamped: too small a maximum keeps the smallest step, too large magnitudes clamp.
void quantiseRef(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
                 const TensorFormat& format, const RandomKey& key);

/// The same bytes, fast: dispatched to the best instruction set, over the team's threads.
void quantise(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
              const TensorFormat& format, const RandomKey& key, ThreadTeam& team);

/// quantise(), and what became of each element: the bytes of errorStatistics(), whatever the team.
/// Beyond the caches hardly slower than quantise() alone.
ErrorStatistics quantiseWithStatistics(std::span<const float> in, std::span<float> out,
                                       const Shape& shape, int axis, const TensorFormat& format,
                                       const RandomKey& key, ThreadTeam& team);

/// What became of each element, in scalar arithmetic; `quantised` is what quantiseRef() makes of
/// `original`. Sums are taken in the order that LaneSums says.
ErrorStatistics errorStatistics(std::span<const float> original, std::span<const float> quantised,
                                const Shape& shape, int axis, const TensorFormat& format,
                                const RandomKey& key);

/// Name of the instruction set that quantise() runs on here: "AVX3", "AVX2", "scalar".
std::string_view activePath();

}  // namespace mantissa::numerics
