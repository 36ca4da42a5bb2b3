// SPDX-License-Identifier: GPL-3.0-or-later
// Counts the calls of operator new of this test program.
#pragma once

#include <cstdint>

namespace mantissa::nn {

std::int64_t allocationCount();

}  // namespace mantissa::nn
