// SPDX-License-Identifier: GPL-3.0-or-later
// The cells that hardware is priced with, as `unit` and `hw` let a user choose them.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "hwmodel/library.h"

namespace mantissa::cli {

struct LibraryOptions {
    std::string library = "nangate45";
    std::string liberty;   ///< a file in its place
    double node_nm = 0;    ///< to scale to; 0: as it is
    double voltage_v = 0;  ///< at that node; 0: as it is
};
void addLibraryOptions(CLI::App& command, LibraryOptions& options);

/// Reads the liberty file where one is named.
Result<hw::Library> chosenLibrary(const LibraryOptions& options);

}  // namespace mantissa::cli
