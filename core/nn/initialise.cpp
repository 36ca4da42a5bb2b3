// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/initialise.h"

#include <cmath>

#include <Random123/philox.h>

#include "core/nn/portable_math.h"

namespace mantissa::nn {

void fillHeNormal(std::span<float> weights, std::int64_t fanIn, std::uint64_t seed,
                  std::uint32_t stream) {
    const double deviation = std::sqrt(2.0 / static_cast<double>(fanIn));
    const r123::Philox4x32::key_type key{
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
    r123::Philox4x32 philox;
    for (std::size_t i = 0; i < weights.size(); i += 4) {
        const auto block = i / 4;
        const auto random = philox({{static_cast<std::uint32_t>(block),
                                     static_cast<std::uint32_t>(block >> 32U), stream, 0}},
                                   key);
        for (std::size_t j = 0; j < 4 && i + j < weights.size(); ++j) {
            const double uniform = (random[j] + 0.5) * 0x1p-32;
            weights[i + j] = static_cast<float>(deviation * normalQuantile(uniform));
        }
    }
}

}  // namespace mantissa::nn
