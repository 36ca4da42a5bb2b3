// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/pack.h"

#include <limits>
#include <sstream>

#include "core/numerics/block_grid.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

/// Elements that share nothing are worked on in pieces of this size.
constexpr std::int64_t kPiece = 4096;

Result<void> checkTensor(const Shape& shape, int axis, const Format& format) {
    if (auto legal = validate(format); !legal) {
        return legal;
    }
    constexpr std::int64_t kMostElements = std::int64_t{1} << 40;
    std::int64_t count = 1;
    bool fits = true;
    for (const auto extent : shape) {
        fits = fits && extent >= 0 && (extent == 0 || count <= kMostElements / extent);
        count = fits ? count * extent : 0;
    }
    if (!fits) {
        return fail(ErrorCode::InvalidInput, "the shape is " + shapeText(shape) +
                                                 ", must have extents of 0 or more and at most "
                                                 "2^40 elements");
    }
    const int rank = std::max(static_cast<int>(shape.size()), 1);
    if (axis < 0 || axis >= rank) {
        return fail(ErrorCode::InvalidInput, "the block axis is " + std::to_string(axis) +
                                                 ", must be from 0 to " + std::to_string(rank - 1) +
                                                 " for the shape " + shapeText(shape));
    }
    return {};
}

/// Calls `visit(indices)` with the tensor's indices of each block's elements, in the order that
/// they are stored; stops where it returns a fault, and returns that one's index and reason.
template <typename Visit>
Fault forEachStoredBlock(const Format& format, const Shape& shape, int axis, const Visit& visit) {
    const auto& family = familyOf(format);
    const auto grid = family.block == nullptr
                          ? blockGrid({.size = kPiece}, {elementCount(shape)}, 0)
                          : blockGrid(family.block(format), shape, axis);
    std::vector<std::size_t> indices;
    Fault fault;
    forEachBlock(grid, [&](const ViewIndex& origin, const ViewIndex& extents) {
        if (fault) {
            return;
        }
        indices.clear();
        forEachElement(grid, origin, extents,
                       [&](std::int64_t i) { indices.push_back(static_cast<std::size_t>(i)); });
        fault = visit(indices);
        if (fault) {
            fault->position = indices[fault->position];
        }
    });
    return fault;
}

std::string exactText(float value) {
    std::ostringstream text;
    text.precision(std::numeric_limits<float>::max_digits10);
    text << value;
    return text.str();
}

}  // namespace

Result<PackedTensor> pack(std::span<const float> values, const Shape& shape, int axis,
                          const Format& format) {
    if (auto legal = checkTensor(shape, axis, format); !legal) {
        return tl::unexpected<Error>(legal.error());
    }
    if (values.size() != static_cast<std::size_t>(elementCount(shape))) {
        return fail(ErrorCode::InvalidInput,
                    "there are " + std::to_string(values.size()) + " numbers, must be " +
                        std::to_string(elementCount(shape)) + " for the shape " + shapeText(shape));
    }
    BitWriter writer;
    std::vector<float> block;
    const auto fault =
        forEachStoredBlock(format, shape, axis, [&](std::span<const std::size_t> indices) {
            block.clear();
            for (const auto i : indices) {
                block.push_back(values[i]);
            }
            return familyOf(format).pack(format, block, writer);
        });
    if (fault) {
        return fail(ErrorCode::InvalidInput,
                    "element " + std::to_string(fault->position) + " is " +
                        exactText(values[fault->position]) + ", which " + formatText(format) +
                        " cannot store: " + fault->reason,
                    {}, "quantise the tensor to the format first");
    }
    const auto bits = writer.bits();
    return PackedTensor{writer.takeBytes(), bits};
}

Result<std::vector<float>> unpack(const PackedTensor& packed, const Shape& shape, int axis,
                                  const Format& format) {
    if (auto legal = checkTensor(shape, axis, format); !legal) {
        return tl::unexpected<Error>(legal.error());
    }
    const auto bits = storageBits(format, shape, axis);
    const auto bytes = static_cast<std::size_t>((bits + 7) / 8);
    if (packed.bits != bits || packed.bytes.size() != bytes) {
        return fail(ErrorCode::Corrupt, "the packed tensor has " + std::to_string(packed.bits) +
                                            " bits in " + std::to_string(packed.bytes.size()) +
                                            " bytes, must have " + std::to_string(bits) + " in " +
                                            std::to_string(bytes) + " for " + formatText(format) +
                                            " and the shape " + shapeText(shape));
    }
    if (bits % 8 != 0 && packed.bytes.back() >> static_cast<unsigned>(bits % 8) != 0) {
        return fail(ErrorCode::Corrupt, "the packed tensor has ones behind its last bit");
    }
    std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
    BitReader reader(packed.bytes);
    std::vector<float> block;
    const auto fault =
        forEachStoredBlock(format, shape, axis, [&](std::span<const std::size_t> indices) {
            block.resize(indices.size());
            auto inBlock = familyOf(format).unpack(format, reader, block);
            for (std::size_t k = 0; k < indices.size(); ++k) {
                values[indices[k]] = block[k];
            }
            return inBlock;
        });
    if (fault) {
        return fail(ErrorCode::Corrupt, "element " + std::to_string(fault->position) +
                                            " is no number of " + formatText(format) + ": " +
                                            fault->reason);
    }
    return values;
}

}  // namespace mantissa::numerics
