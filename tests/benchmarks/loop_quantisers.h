// SPDX-License-Identifier: GPL-3.0-or-later
// One element after the other on one thread, as QPyTorch's extension for processors does it: the
// operations of its loops (Zhang et al., arXiv 1910.04540), written anew to be timed against.
#pragma once

#include <cstdint>
#include <span>

namespace mantissa {

/// Significands of `width` bits, the sign included, under the exponent of each `block` elements.
void loopBlockFloat(std::span<const float> in, std::span<float> out, int width, std::int64_t block,
                    bool stochastic);

/// Minifloats with subnormals, saturating.
void loopMinifloat(std::span<const float> in, std::span<float> out, int exponentBits,
                   int mantissaBits, bool stochastic);

}  // namespace mantissa
