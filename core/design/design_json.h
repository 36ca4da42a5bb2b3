// SPDX-License-Identifier: GPL-3.0-or-later
// Design points as JSON, schema 1.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/design/design_point.h"
#include "core/error.h"

namespace mantissa::design {

inline constexpr int kDesignSchema = 1;

/// Pretty, for files and people: name and note included, defaults written out, LF endings.
std::string toJson(const DesignPoint& design);
/// Canonical: sorted keys, no white space, defaults written out, name and note left out.
std::string toCanonicalJson(const DesignPoint& design);

/// Missing keys take defaults; unknown keys, wrong types and values out of range are errors that
/// carry the JSON pointer and the allowed range. The network is checked as validate() does.
Result<DesignPoint> fromJson(std::string_view text, std::string_view sourceName = {});

Result<DesignPoint> readDesignFile(const std::filesystem::path& file);
/// Atomic: a temporary file in the same folder, synced, renamed.
Result<void> writeDesignFile(const DesignPoint& design, const std::filesystem::path& file);

}  // namespace mantissa::design
