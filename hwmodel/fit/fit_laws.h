// SPDX-License-Identifier: GPL-3.0-or-later
// Fits every law on the synthesis tables and writes resources/hardware/laws.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "hwmodel/fit/least_squares.h"
#include "hwmodel/law_table.h"
#include "hwmodel/synthesis_table.h"

namespace mantissa::hw::fit {

/// The tables in `folder`, by library ("nangate45", ...), NanGate45 first.
struct Tables {
    std::vector<std::pair<std::string, std::vector<SynthesisedUnit>>> libraries;
    const std::vector<SynthesisedUnit>& base() const { return libraries.front().second; }
};
Result<Tables> readTables(const std::filesystem::path& folder);

/// The rows of a law's module that its range admits.
std::vector<SynthesisedUnit> unitsOf(const LawShape& shape,
                                     const std::vector<SynthesisedUnit>& table);
LawWidths widthsOf(const LawShape& shape, const SynthesisedUnit& unit);
std::vector<Point> gatePoints(const LawShape& shape, const std::vector<SynthesisedUnit>& units);
std::vector<Point> delayPoints(const LawShape& shape, const std::vector<SynthesisedUnit>& units);

/// The whole of laws.json.
std::string lawsJson(const Tables& tables);

}  // namespace mantissa::hw::fit
