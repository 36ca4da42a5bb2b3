// SPDX-License-Identifier: GPL-3.0-or-later
// --keep: the skip list of a design, for one command.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "core/design/design_point.h"
#include "core/error.h"

namespace mantissa::cli {

void addKeepOption(CLI::App& command, std::string& keep);
/// The design with another skip list, checked; as it is where `keep` is empty.
Result<design::DesignPoint> withKept(const design::DesignPoint& design, const std::string& keep);

}  // namespace mantissa::cli
