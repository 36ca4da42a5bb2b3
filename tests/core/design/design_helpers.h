// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of core/design share.
#pragma once

#include <string>
#include <string_view>

#include <gmock/gmock.h>

#include "core/design/design_json.h"

namespace mantissa::design {

/// "bfp<8,block=16>", with its rounding.
inline numerics::TensorFormat format(
    std::string_view text, numerics::Rounding rounding = numerics::Rounding::NearestEven) {
    return {numerics::parseFormat(text).value(), rounding};
}

inline DesignPoint withEntry(const DesignPoint& design, const PlanScope& scope, const RoleKey& key,
                             const numerics::TensorFormat& value) {
    return design.withPrecision(withFormat(design.precision(), scope, key, value));
}

/// The default design's file with one piece of text replaced by another.
inline std::string defaultJsonWith(const std::string& from, const std::string& to) {
    auto text = toJson(DesignPoint());
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The error of text that must not be read.
inline Error readError(std::string_view text) {
    auto design = fromJson(text);
    EXPECT_FALSE(design) << text;
    return design ? Error{} : design.error();
}

}  // namespace mantissa::design
