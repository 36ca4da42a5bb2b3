// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/provenance.h"

namespace mantissa::hw {

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

}  // namespace mantissa::hw
