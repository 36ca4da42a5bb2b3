// SPDX-License-Identifier: GPL-3.0-or-later
// Where a number comes from: carried beside every figure the model gives.
#pragma once

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

struct Provenance {
    SourceKind kind = SourceKind::Derived;
    std::string text;  ///< formula, table, node and conditions, in one line
};

}  // namespace mantissa::hw
