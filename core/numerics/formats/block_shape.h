// SPDX-License-Identifier: GPL-3.0-or-later
// Which elements of a tensor share an exponent, a scale or a codebook.
#pragma once

#include <array>
#include <cstdint>

namespace mantissa::numerics {

struct BlockShape {
    enum class Kind {
        Vector,  ///< `size` consecutive elements along the block axis, ragged at the end
        Tile,    ///< rows x columns of the matrix view [extent 0, product of the rest]
        Slice,   ///< all elements with one index along the block axis
        Tensor,  ///< the whole tensor
        Box,     ///< `box` elements along the first dimensions, e.g. 1x24x3x3 of NCHW
    };
    static constexpr int kMaxRank = 5;

    Kind kind = Kind::Vector;
    std::int64_t size = 16;     ///< Vector
    std::int64_t rows = 24;     ///< Tile
    std::int64_t columns = 24;  ///< Tile
    /// Box: extents from dimension 0 on; zeros behind the last. A tensor of lower rank leaves the
    /// surplus extents out, one of higher rank has boxes of one element along the surplus.
    std::array<std::int64_t, kMaxRank> box{1, 24, 3, 3, 0};
    bool operator==(const BlockShape&) const = default;

    /// Whether the choice of the block axis changes which elements share.
    bool followsAxis() const { return kind == Kind::Vector || kind == Kind::Slice; }
    /// Elements of a full block; 0 where the tensor's own size decides (Slice, Tensor).
    std::int64_t fullSize() const {
        switch (kind) {
            case Kind::Vector:
                return size;
            case Kind::Tile:
                return rows * columns;
            case Kind::Box: {
                std::int64_t product = 1;
                for (const auto extent : box) {
                    product *= extent > 0 ? extent : 1;
                }
                return product;
            }
            case Kind::Slice:
            case Kind::Tensor:
                break;
        }
        return 0;
    }
};

}  // namespace mantissa::numerics
