// SPDX-License-Identifier: GPL-3.0-or-later
// Systems from their JSON files (resources/systems, described by its schema).
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/systems/system.h"

namespace mantissa::systems {

inline constexpr int kSystemSchema = 1;

/// Strict: unknown or missing keys, wrong types, two things of one id, presets based on unknown or
/// later ones, edges between unknown boxes and claims about unknown presets are errors that carry
/// the JSON pointer. `sourceName` is put before it.
Result<System> systemFromJson(std::string_view text, std::string_view sourceName = {});

}  // namespace mantissa::systems
