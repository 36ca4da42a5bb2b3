// SPDX-License-Identifier: GPL-3.0-or-later
// How a GEMM is cut so that its operands pass through the buffers: a small search for the cut and
// the order of loops that move the fewest bits to and from DRAM.
#pragma once

#include "hwmodel/workload.h"

namespace mantissa::hw {

/// Capacities in bits.
struct TileBuffers {
    double a = 0;
    double b = 0;
    double sums = 0;  ///< for partial sums that wait for the rest of their reduction; 0: none
    /// Half of a buffer is filled while the other half is used. An operand that is there as a whole
    /// may take all of it.
    bool doubleBuffered = true;
};

/// Smallest useful extents: what the arrays take at once.
struct TileGrain {
    double rows = 1;
    double columns = 1;
    double reduction = 1;
    bool operator==(const TileGrain&) const = default;
};

/// Which operand stays on chip while the innermost loop runs.
enum class TileOrder {
    SumsStay,  ///< reduction innermost
    AStays,    ///< columns innermost
    BStays,    ///< rows innermost
};

struct Tiling {
    double rows = 0;  ///< of one tile
    double columns = 0;
    double reduction = 0;
    TileOrder order = TileOrder::SumsStay;
    double readsOfA = 1;  ///< times that operand A is read from DRAM
    double readsOfB = 1;
    /// Times that each partial sum is written and read again: in its buffer, and where that is too
    /// small in DRAM.
    double bufferedSums = 0;
    double spilledSums = 0;
    double dramBits = 0;  ///< of operands and spilled sums
};
Tiling tilingOf(const Gemm& gemm, const TileBuffers& buffers, const TileGrain& grain);

}  // namespace mantissa::hw
