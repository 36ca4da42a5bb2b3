// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_accumulate.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/nn/block_kernels.h"
#include "core/numerics/dot.h"

namespace mantissa::nn {
namespace {

const numerics::PartialSum& sumOf(const numerics::Accumulator& accumulator) {
    return std::visit([](const auto& a) -> const numerics::PartialSum& { return a.sum; },
                      accumulator);
}

/// One segment of a product, alone and in FP32.
BlockProduct segmentOf(const BlockProduct& x, std::int64_t segment, std::int64_t column) {
    BlockProduct one = x;
    one.between = nullptr;
    one.accumulate = false;
    one.segments = 1;
    one.rowQuads += segment * x.quads * kBlockRows;
    one.rowScales += segment * kBlockRows;
    one.rowStarts += segment * kBlockRows;
    one.quadPlaces += segment;
    one.scalePlaces += segment;
    one.firstColumn += column;
    return one;
}

}  // namespace

float addTerm(float sum, float term, const numerics::PartialSum& between) {
    return numerics::addRounded(sum, static_cast<double>(term), between);
}

Result<void> checkAccumulator(const numerics::Accumulator& accumulator) {
    if (sumOf(accumulator).rounding == numerics::Rounding::Stochastic) {
        return fail(ErrorCode::Unsupported,
                    "training does not round partial sums stochastically: the accumulator is " +
                        numerics::accumulatorText(accumulator),
                    "compute", "choose rounding=nearest_even or rounding=toward_zero");
    }
    return {};
}

std::optional<numerics::PartialSum> partialSumOf(const numerics::Accumulator& accumulator) {
    if (sumOf(accumulator) == numerics::PartialSum{} && !roundsEveryProduct(accumulator)) {
        return std::nullopt;
    }
    return sumOf(accumulator);
}

bool roundsEveryProduct(const numerics::Accumulator& accumulator) {
    const auto* sum = std::get_if<numerics::FloatAccumulator>(&accumulator);
    return sum != nullptr && sum->after == numerics::RoundingPoint::EveryAdd;
}

int sumBits(int magnitudeBitsA, int magnitudeBitsB, std::int64_t length) {
    return magnitudeBitsA + magnitudeBitsB +
           static_cast<int>(std::bit_width(static_cast<std::uint64_t>(length - 1))) + 1;
}

void multiplyAndRound(const BlockProduct& product) {
    constexpr std::int64_t kColumns = 48;
    std::array<float, static_cast<std::size_t>(kBlockRows * kColumns)> terms;
    for (std::int64_t column = 0; column < product.columns; column += kColumns) {
        const std::int64_t columns = std::min(kColumns, product.columns - column);
        for (std::int64_t r = 0; r < product.rows && !product.accumulate; ++r) {
            std::fill_n(product.c + r * product.cRow + column, columns, 0.0F);
        }
        for (std::int64_t s = 0; s < product.segments; ++s) {
            BlockProduct one = segmentOf(product, s, column);
            one.columns = columns;
            one.c = terms.data();
            one.cRow = kColumns;
            multiplyBlocks(one);
            for (std::int64_t i = 0; i < product.rows * columns; ++i) {
                float& c = product.c[i / columns * product.cRow + column + i % columns];
                const float term =
                    terms[static_cast<std::size_t>(i / columns * kColumns + i % columns)];
                c = addTerm(c, term, *product.between);
            }
        }
    }
}

}  // namespace mantissa::nn
