// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/integer_blocks.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mantissa::numerics {
namespace {

constexpr std::int64_t kWhole = std::numeric_limits<std::int64_t>::max();

std::int64_t extentBehind(const Shape& shape, int axis) {
    std::int64_t extent = 1;
    for (auto d = static_cast<std::size_t>(axis) + 1; d < shape.size(); ++d) {
        extent *= shape[d];
    }
    return extent;
}

std::int64_t runAlong(const BlockShape& block, const Shape& shape, int axis) {
    switch (block.kind) {
        case BlockShape::Kind::Vector:
            return block.size;
        case BlockShape::Kind::Slice:
            return 1;
        case BlockShape::Kind::Tile: {
            // Columns are all dimensions behind the first, flattened.
            const std::int64_t behind = extentBehind(shape, axis);
            if (axis == 0) {
                return block.rows;
            }
            return axis == 1 && block.columns % behind == 0 ? block.columns / behind : 1;
        }
        case BlockShape::Kind::Tensor:
            return kWhole;
        case BlockShape::Kind::Box:
            break;
    }
    const auto d = static_cast<std::size_t>(axis);
    return d < block.box.size() ? std::max<std::int64_t>(block.box[d], 1) : 1;
}

int bitsOf(double largestCode) {
    return std::ilogb(largestCode) + 1;
}

std::int64_t largestCodeOf(const Minifloat& element) {
    return std::llround(
        std::ldexp(largestOf(element), element.mantissaBits - lowestExponent(element)));
}

/// Exponents of eight bits would make integers of hundreds of bits.
bool isShort(const Minifloat& element) {
    return element.exponentBits <= 4;
}

struct Visitor {
    const Shape& shape;
    int axis;

    std::optional<IntegerBlocks> operator()(const BlockFloat& f) const {
        if (f.rule == SharedExponentRule::Exempt) {
            return std::nullopt;
        }
        return IntegerBlocks{f.magnitudeBits() + (f.clamp ? 0 : 1), runAlong(f.block, shape, axis)};
    }
    std::optional<IntegerBlocks> operator()(const Microscaled& f) const {
        const Minifloat element = elementOf(f);
        if (!isShort(element)) {
            return std::nullopt;
        }
        return IntegerBlocks{bitsOf(static_cast<double>(largestCodeOf(element))),
                             runAlong(f.block, shape, axis)};
    }
    std::optional<IntegerBlocks> operator()(const FixedPoint& f) const {
        return f.clamp ? std::optional(IntegerBlocks{bitsOf(-lowestCode(f)), kWhole})
                       : std::nullopt;
    }
    std::optional<IntegerBlocks> operator()(const Minifloat& f) const {
        if (!isShort(f)) {
            return std::nullopt;
        }
        return IntegerBlocks{bitsOf(static_cast<double>(largestCodeOf(f))), kWhole};
    }
    template <typename Other>
    std::optional<IntegerBlocks> operator()(const Other&) const {
        return std::nullopt;
    }
};

}  // namespace

std::optional<IntegerBlocks> integerBlocks(const Format& format, const Shape& shape, int axis) {
    return std::visit(Visitor{shape, axis}, format);
}

}  // namespace mantissa::numerics
