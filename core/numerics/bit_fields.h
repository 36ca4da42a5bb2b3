// SPDX-License-Identifier: GPL-3.0-or-later
// What the bits of a format mean, for drawing them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/numerics/registry.h"

namespace mantissa::numerics {

enum class BitRole { Sign, Exponent, Significand, Code, Shared };

struct BitField {
    std::string label;  ///< "sign", "exponent", "fraction", "magnitude", "index"
    std::int64_t bits = 1;
    BitRole role = BitRole::Code;
};

/// Bits that several elements have in common.
struct SharedBits {
    BitField field;
    std::string sharedBy;  ///< "16 elements", "a tile of 24x24", "the tensor"
};

struct BitFields {
    std::vector<BitField> element;   ///< most significant first; their sum is the layout's
    std::vector<SharedBits> shared;  ///< blocks first, then sub-blocks
};

/// The same bits as FormatFamily::storage counts.
BitFields bitFieldsOf(const Format& format);

/// "16 elements", "a tile of 24x24", "a box of 1x24x3x3", "a slice", "the tensor".
std::string sharersText(const BlockShape& block);

}  // namespace mantissa::numerics
