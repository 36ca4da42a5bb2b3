// SPDX-License-Identifier: GPL-3.0-or-later
// The library's UTF-8 text as Qt's.
#pragma once

#include <QString>
#include <string_view>

namespace mantissa::ui {

inline QString toQt(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// A JSON spelling as people read it: "nearest even" for "nearest_even".
inline QString choiceText(std::string_view choice) {
    return toQt(choice).replace(QLatin1Char('_'), QLatin1Char(' '));
}

}  // namespace mantissa::ui
