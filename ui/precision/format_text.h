// SPDX-License-Identifier: GPL-3.0-or-later
// Formats and roles in few words, for cells, and in full, for tool tips and undo texts.
#pragma once

#include <QString>

#include "core/design/precision_plan.h"
#include "core/numerics/registry.h"

namespace mantissa::ui {

/// The entry of the registry that this format is, or nullptr.
const numerics::NamedFormat* namedFormat(const numerics::Format& format);

QString shortFormatText(const numerics::Format& format);  ///< "bfp8·16", "bfp8·24²", "E5M4"
QString shortRoundingText(const numerics::TensorFormat& format);  ///< "NE", "SR8"
QString roundingLabel(numerics::Rounding rounding);               ///< "to nearest, ties to even"
QString roleLabel(design::Role role);                             ///< "Weight gradient"
QString passLabel(design::Pass pass);                             ///< "Input gradient"
QString roleKeyLabel(const design::RoleKey& key);                 ///< "weight, forward"
QString scopeLabel(const design::PlanScope& scope);  ///< "conv2", "all convolution layers"
/// Where a resolved format was said, seen from a layer of `kind`.
QString sourceLabel(const design::ResolvedFormat& resolved, const design::PlanScope& scope,
                    const std::string& kind);
/// The rounding in full, with its random bits: "stochastic (SR), 8 random bits".
QString roundingSentence(const numerics::TensorFormat& format);
/// A magnitude of a range: "448"; of a relative one "255 (of the block's scale)".
QString magnitudeOfText(const numerics::FormatRange& range, double value);
/// "8.5 bit per element · largest 448 · smallest step 0.00195".
QString capabilityText(const numerics::Format& format);

/// Whether a parameter of the family says anything for this format: the size of a vector block
/// matters to vector blocks alone.
bool parameterMatters(const numerics::Format& format, std::string_view parameter);
/// Whether one of the family's parameters is among the few that are set all the time: what the
/// spelling gives without a name, widths, scales and blocks.
bool isMainParameter(const numerics::FormatFamily& family, int parameter);
/// Whether a parameter that is not has another value than formats have unless told otherwise.
bool hasUnusualParameter(const numerics::Format& format);

/// "HBFP8, area model", "int<18>".
QString accumulatorLabel(const numerics::Accumulator& accumulator);
/// How products are made and summed: "Bit-true, added in HBFP8, area model", "Approximate: ...".
QString computeLabel(const design::PrecisionPlan& plan);

}  // namespace mantissa::ui
