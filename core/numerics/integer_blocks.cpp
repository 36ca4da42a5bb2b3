// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/integer_blocks.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/numerics/block_grid.h"
#include "core/numerics/formats/block_codes.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr std::int64_t kWhole = IntegerBlocks::kWhole;

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

/// log2 of the step of a block with this largest magnitude.
struct StepOf {
    float largest;

    int operator()(const BlockFloat& f) const { return packedStep(f, largest); }
    int operator()(const Microscaled& f) const { return packedStep(f, largest); }
    int operator()(const FixedPoint& f) const { return -f.fractionBits; }
    int operator()(const Minifloat& f) const { return lowestExponent(f) - f.mantissaBits; }
    template <typename Other>
    int operator()(const Other&) const {
        assert(false && "no integers");
        return 0;
    }
};

IntegerNumber numberOf(float value, int step) {
    constexpr int kFinest = -149;
    if (!std::isfinite(value)) {
        return {};
    }
    step = std::max(step, kFinest);
    return {static_cast<std::int16_t>(std::ldexp(static_cast<double>(value), -step)),
            static_cast<std::int16_t>(step)};
}

}  // namespace

void integerNumbers(std::span<const float> values, const Shape& shape, int axis,
                    const Format& format, std::span<IntegerNumber> numbers, ThreadTeam& team) {
    constexpr std::int64_t kTask = 16384;  // elements, or a block
    const auto& family = familyOf(format);
    const auto count = static_cast<std::int64_t>(values.size());
    const auto grid = family.block == nullptr ? blockGrid({.size = kTask}, {count}, 0)
                                              : blockGrid(family.block(format), shape, axis);
    const std::int64_t blocks = count == 0 ? 0 : blockCount(grid);
    const std::int64_t together = std::max<std::int64_t>(1, kTask / Box{{}, grid.box}.count());
    const auto convert = [&](const Box& box) {
        float largest = 0;
        forEachElement(grid, box.origin, box.extents, [&](std::int64_t i) {
            const float magnitude = std::fabs(values[static_cast<std::size_t>(i)]);
            largest = std::isfinite(magnitude) ? std::max(largest, magnitude) : largest;
        });
        const int step = std::visit(StepOf{largest}, format);
        forEachElement(grid, box.origin, box.extents, [&](std::int64_t i) {
            const auto at = static_cast<std::size_t>(i);
            numbers[at] = numberOf(values[at], step);
        });
    };
    team.run((blocks + together - 1) / together, [&](std::int64_t task, int) {
        for (std::int64_t i = task * together; i < std::min((task + 1) * together, blocks); ++i) {
            convert(boxAt(grid, i));
        }
    });
}

std::optional<IntegerBlocks> integerBlocks(const Format& format, const Shape& shape, int axis) {
    return std::visit(Visitor{shape, axis}, format);
}

}  // namespace mantissa::numerics
