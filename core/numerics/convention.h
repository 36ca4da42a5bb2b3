// SPDX-License-Identifier: GPL-3.0-or-later
// How published systems use a format: a switch that keeps the user's widths and sets the rest.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {

/// What a tensor is for; some systems round gradients otherwise than what they multiply forward.
enum class TensorUse {
    Operand,   ///< weights, activations, statistics
    Gradient,  ///< errors and weight gradients
};

/// What a system says of one kind of format.
struct ConventionRule {
    /// The kind, and everything the system fixes; parameters in `keeps` only have an example here.
    Format pattern = {};
    /// Ids of the parameters that the system leaves to the user.
    std::span<const std::string_view> keeps = {};
    /// Ids of those it derives from the widths and the use; `follow` sets them.
    std::span<const std::string_view> derives = {};
    /// Kinds of block whose extents it leaves to the user; a block of another kind becomes the
    /// pattern's.
    std::span<const BlockShape::Kind> keepsBlocks = {};
    /// Rounding of operands and of gradients; absent: the system does not say, the user's stays.
    std::optional<RoundingChoice> operands = {};
    std::optional<RoundingChoice> gradients = {};
    /// Sets `derives`, or refuses widths that the system does not define. Null: nothing to do.
    Result<void> (*follow)(const Format& start, TensorUse use, Format& adopted) = nullptr;
};

/// A published system or tool.
struct Convention {
    std::string_view id;      ///< as the command line names it: "microxcaling", "hbfp"
    std::string_view label;   ///< "HBFP"
    std::string_view system;  ///< what it is, in one line
    std::string_view source;  ///< what the rules were read from, and with what confidence
    /// Eight to fifteen lines of plain text: what it does otherwise than the others, and its traps.
    std::string_view explanation;
    std::span<const ConventionRule> rules = {};  ///< one a kind of format
};

std::span<const Convention> conventions();

/// By id, in any letter case; the error lists the ids.
Result<const Convention*> findConvention(std::string_view id);

/// The system's rule for the kind of `format`; null where it has none.
const ConventionRule* ruleFor(const Convention& convention, const Format& format);

/// `start` under the system's rules: the widths and extents that the system leaves open stay,
/// everything else of format and rounding becomes the system's. Significands of block floating
/// point keep their bits without the sign, whether or not the system's names count it. Adopting
/// twice changes nothing. Errors: the system does not speak of the kind of format, or does not
/// define such widths; the hint says what to start from.
Result<TensorFormat> adopt(const Convention& convention, const TensorFormat& start,
                           TensorUse use = TensorUse::Operand);

/// A line of what a rule fixes: {"Shared exponent", "floor"}.
struct ConventionFact {
    std::string what;
    std::string value;
};

/// Rounding, then every parameter of the kind that has an effect: its value where the system
/// fixes it, "yours" where it leaves it open, "follows from the widths" where it derives it.
std::vector<ConventionFact> conventionFacts(const ConventionRule& rule);

}  // namespace mantissa::numerics
