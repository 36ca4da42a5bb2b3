// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a format computes exactly, or as a published tool's code does.
#pragma once

#include <array>
#include <string_view>

namespace mantissa::numerics {

enum class Arithmetic {
    Exact,
    Released,  ///< as the released code of the system that has the format, with its flaws
};

inline constexpr std::array<std::string_view, 2> kArithmetics{"exact", "released"};

}  // namespace mantissa::numerics
