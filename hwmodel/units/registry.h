// SPDX-License-Identifier: GPL-3.0-or-later
// Every arithmetic unit that the model knows, by name.
#pragma once

#include "hwmodel/synthesis_table.h"
#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {

/// All kinds, grouped: integers, floats, blocks, special, coders, memory,
/// processing elements, normalisation.
std::span<const UnitKind* const> unitKinds();
/// By id; null: none has it.
const UnitKind* findUnitKind(std::string_view id);

/// The values of a kind, defaults where `given` says nothing. Spellings are parameter ids, or RTL
/// names; choices by their spelling. Errors name the parameter, its range and what is known.
Result<std::vector<int>> unitValues(const UnitKind& kind,
                                    std::span<const std::pair<std::string, std::string>> given);

/// A parameter's value in a synthesised unit: its default where the RTL was left at its own.
int parameterOf(const SynthesisedUnit& unit, const UnitParam& parameter);

struct UnitReport {
    const UnitKind* kind = nullptr;
    std::vector<int> values;
    Technology technology;
    UnitCost cost;
    std::vector<UnitPart> parts;
    std::vector<UnitPort> ports;
    int cycles = 1;
    /// Fitted kinds: whether every width lies in the range of the law.
    bool inRange = true;
    std::string beyond;  ///< what the figures do not know of these values, see UnitKind
    /// The same configuration as synthesised (NanGate45, nominal flow), if it was.
    std::optional<SynthesisedUnit> synthesised;
};
/// `values` as unitValues gives them.
UnitReport describeUnit(const UnitKind& kind, std::vector<int> values,
                        const Technology& technology);

/// "k times smaller" under both calibrations: b over a.
struct Ratios {
    double area = 0;
    double energy = 0;
};
struct BothRatios {
    Ratios synthesis;
    Ratios horowitz;
};
BothRatios compareUnits(const UnitReport& a, const UnitReport& b);

}  // namespace mantissa::hw
