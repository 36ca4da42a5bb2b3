// SPDX-License-Identifier: GPL-3.0-or-later
// A user's own liberty file: its cells' areas, of which the smallest NAND2 and flip-flop carry the
// model to that process.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hwmodel/library.h"

namespace mantissa::hw {

struct LibertyCell {
    std::string name;
    double area = 0;  ///< in the file's unit, by convention um2
    bool isNand2 = false;
    bool isFlipFlop = false;  ///< a flip-flop without set, reset, scan or enable
};

/// What a liberty file says that the model uses.
struct LibertyFile {
    std::string name;
    double voltage_v = 0;  ///< 0: not said
    std::vector<LibertyCell> cells;
};

/// Reads cell areas and functions from liberty text; everything else is skipped, so that any
/// vendor's additions pass. `where` names the text in errors: unbalanced braces, no cells.
Result<LibertyFile> parseLiberty(std::string_view text, const std::string& where);

/// The library that a liberty file describes: areas of its smallest NAND2 and flip-flop. Energy and
/// delay stay NanGate45's, for liberty tables do not say what a gate of a datapath switches.
Result<Library> libraryFromLiberty(const std::filesystem::path& file);

}  // namespace mantissa::hw
