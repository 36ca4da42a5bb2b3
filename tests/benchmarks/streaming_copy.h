// SPDX-License-Identifier: GPL-3.0-or-later
// A copy that writes past the caches: the most that memory can do.
#pragma once

#include <cstddef>

namespace mantissa {

/// `count` a multiple of 16, `out` 64-byte aligned.
void copyStreaming(const float* in, float* out, std::size_t count);

}  // namespace mantissa
