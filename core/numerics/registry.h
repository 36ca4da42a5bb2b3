// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of number formats that the emulator, the hardware model, the screens, the command
// line and the tests iterate over.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/numerics/format.h"
#include "core/param_spec.h"
#include "core/shape.h"

namespace mantissa::numerics {

/// A kind of format: one alternative of the Format variant.
struct FormatFamily {
    std::string_view id;       ///< "fp32", "float", "bfp"
    std::string_view label;    ///< "Block floating point"
    std::string_view grammar;  ///< the generic spelling with its options
    std::string_view help;
    std::span<const Param<Format>> parameters;  ///< legal only for a Format of this family
    Format example;  ///< a sensible starting point when a user picks the kind
};

/// One entry for each alternative of Format, in the variant's order.
std::span<const FormatFamily> formatFamilies();
const FormatFamily& familyOf(const Format& format);

/// A published or customary format with a name of its own.
struct NamedFormat {
    std::string_view name;   ///< lower case, e.g. "fp8_e4m3"
    std::string_view label;  ///< e.g. "FP8 E4M3"
    std::string_view
        source;  ///< paper or specification, with its confidence where it is not primary
    Format format;
};
std::span<const NamedFormat> namedFormats();

/// Bits an element as stored: sign, private bits, and the shared exponents spread over the elements
/// of `shape` when blocks run along `axis` (ragged and short blocks counted as they are). Fp32: 32.
double storageBitsPerElement(const Format& format, const Shape& shape, int axis);
/// The same for full blocks: the figure the literature quotes.
double nominalStorageBits(const Format& format);

struct FormatRange {
    double largest = 0;  ///< largest finite magnitude; BFP: at the largest shared exponent
    double smallestNormal =
        0;  ///< BFP: the smallest non-zero step's leading one; equal to smallestStep
    double smallestStep = 0;  ///< smallest non-zero magnitude
};
FormatRange rangeOf(const Format& format);

}  // namespace mantissa::numerics
