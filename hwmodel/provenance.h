// SPDX-License-Identifier: GPL-3.0-or-later
// Where a number comes from: carried beside every figure the model gives, written when it is read.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace mantissa::hw {

enum class SourceKind {
    Synthesis,   ///< our own synthesis, or a law fitted on it
    Published,   ///< a paper's or vendor's figure
    Recomputed,  ///< a public tool run by us, e.g. CACTI 7
    Derived,     ///< computed from the above by a stated formula
    Assumption,  ///< an editable default that no source backs
};
std::string_view sourceKindText(SourceKind kind);

/// A fitted or tabulated relation. Laws are constants with static life time.
struct Law {
    std::string_view formula;  ///< with node and conditions
    SourceKind kind = SourceKind::Synthesis;
    double meanError_percent = 0;  ///< against the figures it was fitted on; 0 where it has none
    double maxError_percent = 0;
};

/// What an instance of a unit is: a text of static life time in which each # stands for a number,
/// and | for the plural's s of the number before it: "# x # bit significands, # stage|".
struct UnitDetail {
    std::string_view pattern;
    std::array<int, 4> numbers{};
    bool operator==(const UnitDetail&) const = default;
    std::string text() const;
};
inline constexpr std::size_t kMostDetails = 8;

/// Plain data, so that an estimate builds no texts.
struct Provenance {
    SourceKind kind = SourceKind::Derived;
    std::string_view said;     ///< of static life time, where no law stands behind the figure
    const Law* law = nullptr;  ///< formula, table, node and conditions
    std::array<UnitDetail, kMostDetails> details{};  ///< of the units that it is the price of
    bool empty() const { return said.empty() && law == nullptr; }
    /// In one line: the units, the formula, its mean and largest error where it has them.
    std::string text() const;
};
Provenance provenanceOf(const Law& law);

}  // namespace mantissa::hw
