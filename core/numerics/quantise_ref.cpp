// SPDX-License-Identifier: GPL-3.0-or-later
#include <cassert>

#include <Random123/philox.h>

#include "core/numerics/block_grid.h"
#include "core/numerics/quantise.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

using Index = std::size_t;

std::uint32_t wordFor(Rounding rounding, const RandomKey& key, std::int64_t index) {
    return rounding == Rounding::Stochastic ? randomWord(key, index) : 0;
}

}  // namespace

std::uint32_t randomWord(const RandomKey& key, std::int64_t index) {
    const auto group = static_cast<std::uint64_t>(index) / 64;
    const auto within = static_cast<std::uint64_t>(index) % 64;
    const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
    const auto high = [](std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32U); };
    const r123::Philox4x32::ctr_type counter{
        {low(16 * group + within % 16), key.tensor, low(key.step), high(key.step)}};
    const r123::Philox4x32::key_type seed{{low(key.seed), high(key.seed)}};
    return r123::Philox4x32{}(counter, seed)[within / 16];
}

void quantiseRef(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
                 const TensorFormat& format, const RandomKey& key) {
    assert(in.size() == static_cast<Index>(elementCount(shape)) && out.size() == in.size());
    const Rounding rounding = format.rounding;
    if (const auto* block = std::get_if<BlockFloat>(&format.format)) {
        const auto grid = blockGrid(block->block, shape, axis);
        const double largestCode = std::ldexp(1.0, block->magnitudeBits()) - 1;
        forEachBlock(grid, [&](const ViewIndex& origin, const ViewIndex& extents) {
            const int step = stepExponent(
                *block, sharedExponent(*block, largestFinite(in, grid, origin, extents)));
            forEachElement(grid, origin, extents, [&](std::int64_t i) {
                const auto at = static_cast<Index>(i);
                out[at] =
                    quantiseInBlock(in[at], step, largestCode, rounding, wordFor(rounding, key, i));
            });
        });
        return;
    }
    const auto* minifloat = std::get_if<Minifloat>(&format.format);
    for (Index i = 0; i < in.size(); ++i) {
        out[i] = minifloat == nullptr
                     ? in[i]
                     : quantiseMinifloat(in[i], *minifloat, rounding,
                                         wordFor(rounding, key, static_cast<std::int64_t>(i)));
    }
}

}  // namespace mantissa::numerics
