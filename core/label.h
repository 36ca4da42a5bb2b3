// SPDX-License-Identifier: GPL-3.0-or-later
// The class of an image.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mantissa {

using Label = std::uint16_t;  ///< from 0

/// Of a data set and of a network: every number that a label may be.
inline constexpr std::size_t kMostClasses = 65536;

}  // namespace mantissa
