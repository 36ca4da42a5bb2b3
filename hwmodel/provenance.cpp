// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/provenance.h"

#include <cstdio>

namespace mantissa::hw {
namespace {

std::string lawText(const Law& law) {
    std::string text(law.formula);
    if (law.maxError_percent > 0) {
        char errors[64];
        std::snprintf(errors, sizeof errors, "; error mean %.1f %%, max %.1f %%",
                      law.meanError_percent, law.maxError_percent);
        text += errors;
    }
    return text;
}

}  // namespace

std::string_view sourceKindText(SourceKind kind) {
    switch (kind) {
        case SourceKind::Synthesis:
            return "synthesis";
        case SourceKind::Published:
            return "published";
        case SourceKind::Recomputed:
            return "recomputed";
        case SourceKind::Derived:
            return "derived";
        case SourceKind::Assumption:
            return "assumption";
    }
    return "";
}

std::string UnitDetail::text() const {
    std::string text;
    std::size_t next = 0;
    for (const char c : pattern) {
        if (c == '#') {
            text += std::to_string(numbers.at(next++));
        } else if (c == '|') {
            text += numbers.at(next - 1) == 1 ? "" : "s";
        } else {
            text += c;
        }
    }
    return text;
}

std::string Provenance::text() const {
    std::string text;
    for (const auto& detail : details) {
        if (!detail.pattern.empty()) {
            text += (text.empty() ? "" : "; ") + detail.text();
        }
    }
    const std::string source = law != nullptr ? lawText(*law) : std::string(said);
    return text.empty() ? source : text + ": " + source;
}

Provenance provenanceOf(const Law& law) {
    return {.kind = law.kind, .said = {}, .law = &law};
}

}  // namespace mantissa::hw
