// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers that a format can say, found by asking the norm, so that a picture of a format
// cannot disagree with its emulation.
#pragma once

#include <vector>

#include "core/numerics/format.h"

namespace mantissa::numerics {

/// How many values lie in [2^exponent, 2^(exponent + 1)).
struct OctaveCount {
    int exponent = 0;
    double count = 0;
};

/// The non-negative values of a format. Of a block format: those that an element can have in a
/// block whose largest magnitude is the binary32 number just below 2^(blockExponent + 1).
struct ValueGrid {
    std::vector<double> values;  ///< rising; with zero where that is a value
    bool complete = true;        ///< off: of crowded octaves only evenly spaced values are listed
    std::vector<OctaveCount> octaves;  ///< of all values but zero, rising, empty ones left out
    /// The values follow from all of a block's data (a codebook, a mean magnitude); listed are
    /// those of a seeded Gaussian block.
    bool fromData = false;

    double positiveCount() const;
};

/// More positive values than this are thinned out, to about as many.
inline constexpr int kMostListedValues = 1024;

/// `format` is valid; `blockExponent` in [-126, 127]. A few milliseconds at most.
ValueGrid valueGrid(const Format& format, int blockExponent);

/// Whether the grid depends on blockExponent.
bool hasBlockScale(const Format& format);

}  // namespace mantissa::numerics
