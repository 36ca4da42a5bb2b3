// SPDX-License-Identifier: GPL-3.0-or-later
// What the registry says of a kind of arithmetic unit: parameters, ports, parts, source.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/param_spec.h"
#include "hwmodel/composition.h"
#include "hwmodel/law_table.h"

namespace mantissa::hw {

/// Integers or indices of choices, in the order of UnitKind::parameters.
using UnitValues = std::span<const int>;

struct UnitParam {
    ParamSpec spec;
    std::string_view rtl = {};  ///< the same parameter of the synthesised module
};

struct UnitPort {
    std::string_view name;
    bool isOutput = false;
    int bits = 1;
};

/// Where a kind's figures come from.
enum class UnitOrigin {
    Fitted,     ///< a law of its own, fitted on synthesised units of the kind
    Composed,   ///< a sum of parts that are fitted
    Published,  ///< scaled from a published circuit
};
std::string_view unitOriginText(UnitOrigin origin);

struct UnitKind {
    std::string_view id;      ///< "fp_adder"
    std::string_view label;   ///< "Float adder"
    std::string_view help;    ///< one sentence
    std::string_view source;  ///< RTL module, paper or reasoning
    std::string_view module;  ///< of the synthesis table; "" where none was synthesised
    UnitOrigin origin = UnitOrigin::Composed;
    std::optional<LawId> law;  ///< Fitted: the law, for its range
    std::span<const UnitParam> parameters;
    void (*compose)(Composition& composition, UnitValues values);
    std::vector<UnitPort> (*ports)(UnitValues values);
    /// Whether values that are legal each by itself are legal together; null: always.
    Result<void> (*check)(UnitValues values) = nullptr;
    /// Clock cycles of one operation; null: one.
    int (*cycles)(UnitValues values) = nullptr;
    /// What its figures do not know of these values, in one sentence; null, or an empty text:
    /// nothing. Fitted kinds say nothing here, their law has its range.
    std::string (*beyond)(const Technology& technology, UnitValues values) = nullptr;
};

// One a file, in the order of the registry.
std::span<const UnitKind> integerUnits();
std::span<const UnitKind> floatUnits();
std::span<const UnitKind> blockUnits();
std::span<const UnitKind> specialUnits();
std::span<const UnitKind> coderUnits();
std::span<const UnitKind> memoryUnits();
std::span<const UnitKind> elementUnits();
std::span<const UnitKind> normUnits();

/// A whole number; `rtl` names it in the synthesised module.
constexpr UnitParam count(std::string_view id, std::string_view label, std::string_view unit,
                          double minimum, double maximum, double defaultValue,
                          std::string_view rtl = {}) {
    return {{.id = id,
             .label = label,
             .unit = unit,
             .kind = ParamKind::Integer,
             .minimum = minimum,
             .maximum = maximum,
             .defaultValue = defaultValue},
            rtl};
}
constexpr UnitParam flag(std::string_view id, std::string_view label, std::string_view rtl) {
    return {{.id = id, .label = label, .kind = ParamKind::Boolean, .maximum = 1}, rtl};
}

/// ceil(log2(n + 1)): bits that hold n.
int bitsToHold(int n);

}  // namespace mantissa::hw
