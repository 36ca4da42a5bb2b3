// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of number formats that the emulator, the hardware model, the screens, the command
// line and the tests iterate over.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/numerics/format_family.h"

namespace mantissa::numerics {

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

/// The family's spelling even where the format has a name: "bfp<8,exp=10,block=24x24,...>".
std::string genericText(const Format& format);

/// Which of the family's parameters, behind the positional ones, differ from the usual value that
/// follows from those before them; without those that have no effect.
std::vector<bool> unusualParameters(const Format& format);

/// "16", "24x24", "1x24x3x3", "slice", "tensor": what the spelling says after "block=".
std::string blockText(const BlockShape& block);

/// Bits of a tensor as stored, the size that pack() gives it: sign and private bits of each
/// element, and what blocks share (exponents, scales, offsets, codebooks) when they run along
/// `axis`, ragged and short ones counted as they are.
std::int64_t storageBits(const Format& format, const Shape& shape, int axis);
/// Those that each element has of its own.
int elementBits(const Format& format);
/// storageBits() spread over the elements; nominalStorageBits() where there are none. Fp32: 32.
double storageBitsPerElement(const Format& format, const Shape& shape, int axis);
/// The same for full blocks: the figure the literature quotes. A block as large as the tensor makes
/// it shares nothing that counts.
double nominalStorageBits(const Format& format);

FormatRange rangeOf(const Format& format);

/// Whether elements share something, and with whom depends on the block axis.
bool followsAxis(const Format& format);
/// Whether those that share are neighbours along the block axis, of one index in every other
/// dimension; of slices they are not.
bool sharesAlongAxis(const Format& format);

}  // namespace mantissa::numerics
