// SPDX-License-Identifier: GPL-3.0-or-later
// Designs whose estimates tests compare, and what they ask of a report.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/numerics/registry.h"
#include "hwmodel/estimate.h"

namespace mantissa::hw {

/// Rounded to nearest even.
inline numerics::TensorFormat tensorFormat(const std::string& text) {
    return {numerics::parseFormat(text).value(), numerics::Rounding::NearestEven};
}

/// The default design with every tensor in one format.
inline design::DesignPoint designIn(const numerics::TensorFormat& format) {
    design::PrecisionPlan plan;
    for (const auto role : design::allRoles()) {
        plan = withFormat(plan, {}, {role, std::nullopt}, format);
    }
    return design::DesignPoint().withPrecision(plan);
}

inline design::DesignPoint designIn(const std::string& format) {
    return designIn(tensorFormat(format));
}

/// On a changed accelerator.
inline design::DesignPoint with(const design::DesignPoint& design,
                                const std::function<void(design::HardwareConfig&)>& change) {
    auto hardware = design.hardware();
    change(hardware);
    return design.withHardware(hardware);
}

/// The estimate, which has to be there.
inline HardwareReport report(const design::DesignPoint& design,
                             const EstimateOptions& options = {}) {
    auto result = estimate(design, options);
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text());
    return result.value_or(HardwareReport{});
}

/// The first component or part of that name; null: there is none.
inline const BreakdownNode* find(const BreakdownNode& root, std::string_view name) {
    if (root.name == name) {
        return &root;
    }
    for (const auto& child : root.children) {
        if (const auto* found = find(child, name)) {
            return found;
        }
    }
    return nullptr;
}

/// Zero where there is no such part.
inline double areaOf(const HardwareReport& report, std::string_view name) {
    const auto* node = find(report.breakdown, name);
    return node != nullptr ? node->area_um2 : 0;
}

inline double energyOf(const HardwareReport& report, std::string_view name) {
    const auto* node = find(report.breakdown, name);
    return node != nullptr ? node->energy_pj : 0;
}

/// How many warnings say `text`.
inline long warningsOf(const HardwareReport& report, std::string_view text) {
    return std::count_if(
        report.warnings.begin(), report.warnings.end(),
        [&](const std::string& warning) { return warning.find(text) != std::string::npos; });
}

}  // namespace mantissa::hw
