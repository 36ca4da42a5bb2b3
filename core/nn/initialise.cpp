// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/initialise.h"

#include <algorithm>
#include <cmath>

#include <Random123/philox.h>

#include "core/nn/portable_math.h"
#include "core/nn/ranges.h"

namespace mantissa::nn {

void fillHeNormal(std::span<float> weights, std::int64_t fanIn, std::uint64_t seed,
                  std::uint32_t stream, ThreadTeam& team) {
    const double deviation = std::sqrt(2.0 / static_cast<double>(fanIn));
    const r123::Philox4x32::key_type key{
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
    const r123::Philox4x32 philox;
    const auto count = static_cast<std::int64_t>(weights.size());
    constexpr std::int64_t kBlock = 4;  // numbers of one call of the generator
    const auto fillBlock = [&](std::int64_t block) {
        const auto counter = static_cast<std::uint64_t>(block);
        const auto random = philox({{static_cast<std::uint32_t>(counter),
                                     static_cast<std::uint32_t>(counter >> 32U), stream, 0}},
                                   key);
        const std::int64_t first = block * kBlock;
        for (std::int64_t i = first; i < std::min(first + kBlock, count); ++i) {
            const double uniform = (random[static_cast<std::size_t>(i - first)] + 0.5) * 0x1p-32;
            weights[static_cast<std::size_t>(i)] =
                static_cast<float>(deviation * normalQuantile(uniform));
        }
    };
    forEachRange(
        team, (count + kBlock - 1) / kBlock,
        [&](std::int64_t first, std::int64_t blocks) {
            for (std::int64_t block = first; block < first + blocks; ++block) {
                fillBlock(block);
            }
        },
        kBlock);
}

}  // namespace mantissa::nn
