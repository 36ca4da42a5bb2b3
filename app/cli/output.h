// SPDX-License-Identifier: GPL-3.0-or-later
// The program's two streams: results on standard output, everything else on standard error.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace mantissa::cli {

/// Writes all of `text` to standard output. A reader that has gone away is no failure of ours;
/// a full disk is, and is reported.
bool writeOutput(std::string_view text);

/// "error: where: what (hint)" on standard error and, with `json`, the same as a JSON document on
/// standard output.
void reportError(const Error& error, bool json);

/// {"error": {"code", "message", "where", "hint"}} and a newline.
std::string errorDocument(const Error& error);

/// 2 for what the user can correct in arguments or input files, else 1.
int exitStatus(const Error& error);

}  // namespace mantissa::cli
