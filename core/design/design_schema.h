// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON Schema of design files, for editors and other programs.
#pragma once

#include <string>

namespace mantissa::design {

/// JSON Schema, draft 7, made from the parameter tables; resources/schema holds it as a file. What
/// it cannot say (shapes that fit, names that exist, formats that parse) fromJson checks.
std::string designSchemaJson();

}  // namespace mantissa::design
