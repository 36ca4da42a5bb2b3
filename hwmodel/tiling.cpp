// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/tiling.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw {
namespace {

constexpr double kSumBits = 32;
constexpr int kMostReductionCuts = 10;  ///< halvings that the search tries

double parts(double whole, double part) {
    return std::ceil(whole / part);
}

/// The largest multiple of `grain` elements that fits, at least one grain, at most the whole.
double fitting(double room, double grain, double whole) {
    return std::min(whole, std::max(grain, std::floor(room / grain) * grain));
}

struct Search {
    const Gemm& gemm;
    const TileBuffers& buffers;
    const TileGrain& grain;
    double usable;  ///< share of a buffer
    Tiling best;
    bool found = false;

    double results() const { return gemm.rows * gemm.columns; }

    /// Fills in what an order of loops moves, and keeps it if it is the least so far.
    void offer(Tiling tiling) {
        const double m = parts(gemm.rows, tiling.rows);
        const double n = parts(gemm.columns, tiling.columns);
        const double k = parts(gemm.reduction(), tiling.reduction);
        double waiting = 0;  // partial sums that have to wait at once
        switch (tiling.order) {
            case TileOrder::SumsStay:
                // for m, for n, for k: A's tile changes with k, unless there is one.
                tiling.readsOfA = k == 1 ? 1.0 : n;
                tiling.readsOfB = n == 1 && k == 1 ? 1.0 : m;
                break;
            case TileOrder::AStays:
                // for k, for m, for n.
                tiling.readsOfB = n == 1 ? 1.0 : m;
                waiting = k > 1 ? results() : 0.0;
                break;
            case TileOrder::BStays:
                // for k, for n, for m.
                tiling.readsOfA = m == 1 ? 1.0 : n;
                waiting = k > 1 ? results() : 0.0;
                break;
        }
        const bool fits = waiting * kSumBits <= buffers.sums;
        (fits ? tiling.bufferedSums : tiling.spilledSums) = waiting > 0 ? k - 1 : 0.0;
        if (tiling.order == TileOrder::SumsStay && k > 1) {
            // A tile's sums stay on chip from one part of the reduction to the next.
            const double tile = tiling.rows * tiling.columns * kSumBits;
            (tile <= buffers.sums ? tiling.bufferedSums : tiling.spilledSums) = k - 1;
        }
        tiling.dramBits = gemm.a.dramBits() * tiling.readsOfA +
                          gemm.b.dramBits() * tiling.readsOfB +
                          2 * kSumBits * results() * tiling.spilledSums;
        const auto sums = [](const Tiling& each) { return each.bufferedSums; };
        if (!found || tiling.dramBits < best.dramBits ||
            (tiling.dramBits == best.dramBits && sums(tiling) < sums(best))) {
            best = tiling;
            found = true;
        }
    }

    void offerOrders(const Tiling& tiling) {
        for (const auto order : {TileOrder::SumsStay, TileOrder::AStays, TileOrder::BStays}) {
            auto ordered = tiling;
            ordered.order = order;
            offer(ordered);
        }
    }

    /// Rows or columns that fit with so much of the reduction; the whole where the operand stays.
    double room(const StoredTensor& operand, double capacity, double whole,
                double reduction) const {
        if (operand.bits <= capacity) {
            return whole;
        }
        const double bitsOfIndex = operand.bits / whole * reduction / gemm.reduction();
        return usable * capacity / bitsOfIndex;
    }

    void run() {
        double reduction = gemm.reduction();
        for (int cut = 0; cut <= kMostReductionCuts; ++cut) {
            const double next = std::ceil(reduction / 2 / grain.reduction) * grain.reduction;
            const bool last = cut == kMostReductionCuts || next >= reduction;
            const double rows = room(gemm.a, buffers.a, gemm.rows, reduction);
            const double columns = room(gemm.b, buffers.b, gemm.columns, reduction);
            const bool fits = rows >= std::min(grain.rows, gemm.rows) &&
                              columns >= std::min(grain.columns, gemm.columns);
            if (fits || last) {
                offerTiles({.rows = fitting(rows, grain.rows, gemm.rows),
                            .columns = fitting(columns, grain.columns, gemm.columns),
                            .reduction = reduction});
            }
            if (last || (rows >= gemm.rows && columns >= gemm.columns)) {
                break;
            }
            reduction = next;
        }
    }

    void offerTiles(const Tiling& tiling) {
        offerOrders(tiling);
        if (tiling.reduction >= gemm.reduction() || buffers.sums <= 0) {
            return;
        }
        // So few rows or columns that a tile's sums stay on chip.
        const double sums = buffers.sums / kSumBits;
        auto narrow = tiling;
        narrow.rows = std::min(tiling.rows, fitting(sums / tiling.columns, grain.rows, gemm.rows));
        offer(narrow);
        narrow = tiling;
        narrow.columns =
            std::min(tiling.columns, fitting(sums / tiling.rows, grain.columns, gemm.columns));
        offer(narrow);
    }
};

}  // namespace

Tiling tilingOf(const Gemm& gemm, const TileBuffers& buffers, const TileGrain& grain) {
    if (gemm.a.bits <= buffers.a && gemm.b.bits <= buffers.b) {
        return {.rows = gemm.rows,
                .columns = gemm.columns,
                .reduction = gemm.reduction(),
                .dramBits = gemm.a.dramBits() + gemm.b.dramBits()};
    }
    Search search{gemm, buffers, grain, buffers.doubleBuffered ? 0.5 : 1.0, {}};
    search.run();
    return search.best;
}

}  // namespace mantissa::hw
