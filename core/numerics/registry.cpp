// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/registry.h"

#include <array>

#include "core/numerics/block_grid.h"
#include "core/numerics/formats/family_parts.h"

namespace mantissa::numerics {

std::span<const FormatFamily> formatFamilies() {
    static const std::array<FormatFamily, std::variant_size_v<Format>> kFamilies{
        fp32Family(),          minifloatFamily(),  blockFloatFamily(),    microscaledFamily(),
        microExponentFamily(), fixedPointFamily(), affineIntegerFamily(), powerOfTwoFamily(),
        binaryFamily(),        ternaryFamily(),    codebookFamily(),      errorBoundedFamily()};
    return kFamilies;
}

const FormatFamily& familyOf(const Format& format) {
    return formatFamilies()[format.index()];
}

std::int64_t storageBits(const Format& format, const Shape& shape, int axis) {
    const auto& family = familyOf(format);
    const auto layout = family.storage(format);
    auto bits = layout.elementBits * elementCount(shape);
    if (family.block == nullptr) {
        return bits;
    }
    bits += layout.blockBits * blockCount(blockGrid(family.block(format), shape, axis));
    if (layout.subBlockBits > 0) {
        const BlockShape sub{.kind = BlockShape::Kind::Vector, .size = layout.subBlockSize};
        bits += layout.subBlockBits * blockCount(blockGrid(sub, shape, axis));
    }
    return bits;
}

int elementBits(const Format& format) {
    return familyOf(format).storage(format).elementBits;
}

double storageBitsPerElement(const Format& format, const Shape& shape, int axis) {
    const auto elements = elementCount(shape);
    return elements == 0 ? nominalStorageBits(format)
                         : static_cast<double>(storageBits(format, shape, axis)) /
                               static_cast<double>(elements);
}

double nominalStorageBits(const Format& format) {
    const auto& family = familyOf(format);
    const auto layout = family.storage(format);
    double bits = layout.elementBits;
    if (family.block == nullptr) {
        return bits;
    }
    if (const auto size = family.block(format).fullSize(); size > 0) {
        bits += static_cast<double>(layout.blockBits) / static_cast<double>(size);
    }
    return bits +
           static_cast<double>(layout.subBlockBits) / static_cast<double>(layout.subBlockSize);
}

FormatRange rangeOf(const Format& format) {
    return familyOf(format).range(format);
}

bool followsAxis(const Format& format) {
    const auto& family = familyOf(format);
    return family.block != nullptr && family.block(format).followsAxis();
}

bool sharesAlongAxis(const Format& format) {
    const auto& family = familyOf(format);
    return family.block != nullptr && family.block(format).kind == BlockShape::Kind::Vector;
}

}  // namespace mantissa::numerics
