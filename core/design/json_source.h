// SPDX-License-Identifier: GPL-3.0-or-later
// From text to a JSON value that is safe to walk; private to core/design.
#pragma once

#include <cstddef>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace mantissa::design {

inline constexpr std::size_t kLargestJson = std::size_t{16} << 20U;  ///< bytes

/// Malformed text is an error with line and column; so are a key that appears twice, nesting deeper
/// than a design can be, numbers beyond a double and texts above kLargestJson. Never throws.
Result<nlohmann::json> parseJson(std::string_view text);

}  // namespace mantissa::design
