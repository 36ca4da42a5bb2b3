// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/system.h"

#include <algorithm>
#include <array>

namespace mantissa::systems {
namespace {

// In the order of Confidence.
constexpr std::array kConfidences{
    ConfidenceInfo{Confidence::Primary, "primary", "primary source"},
    ConfidenceInfo{Confidence::Abstract, "abstract", "abstract-level claim"},
    ConfidenceInfo{Confidence::Secondary, "secondary", "reported second-hand"},
    ConfidenceInfo{Confidence::Recomputed, "recomputed", "recomputed"},
    ConfidenceInfo{Confidence::Derived, "derived", "derived"}};

}  // namespace

std::span<const ConfidenceInfo> confidences() {
    return kConfidences;
}

const ConfidenceInfo& infoOf(Confidence confidence) {
    return kConfidences.at(static_cast<std::size_t>(confidence));
}

const Preset* System::findPreset(std::string_view preset) const {
    const auto found = std::find_if(presets.begin(), presets.end(),
                                    [&](const Preset& one) { return one.id == preset; });
    return found == presets.end() ? nullptr : &*found;
}

}  // namespace mantissa::systems
