// SPDX-License-Identifier: GPL-3.0-or-later
// The registry of formats, roundings and conventions as tables, text and JSON.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "app/engine/table.h"
#include "core/numerics/convention.h"

namespace mantissa::cli {

app::Table namedFormatTable();
app::Table kindTable();
/// What can be set of a kind; the parts of a block as the one option that the spelling has.
app::Table parameterTable(const numerics::FormatFamily& family);
app::Table roundingTable();
app::Table conventionTable();
/// What a system says of a kind: two columns, as conventionFacts() gives them.
app::Table factTable(const numerics::ConventionRule& rule);
/// The systems that speak of a format, with what adopting them makes of it.
app::Table adoptionTable(const numerics::Format& format);

/// "sign 1 + magnitude 7 + exponent 8 / 16 elements = 8.5 bits".
std::string storageFormula(const numerics::Format& format);

std::string formatsText();
nlohmann::json formatsJson();

/// One format: figures, drawing, parameters, conventions.
std::string formatDetailText(const numerics::Format& format);
nlohmann::json formatDetailJson(const numerics::Format& format);

/// One convention: system, source, what it fixes, explanation.
std::string conventionText(const numerics::Convention& convention);
nlohmann::json conventionJson(const numerics::Convention& convention);

}  // namespace mantissa::cli
