// SPDX-License-Identifier: GPL-3.0-or-later
// Whether what was obtained agrees with what was claimed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/engine/reproduce/measure.h"

namespace mantissa::app {

enum class Verdict {
    Agrees,
    Differs,
    NotClaimed,     ///< a figure of ours without one to hold it against
    NotComparable,  ///< nothing is obtained, or not what was claimed
    NotRun
};
std::string_view verdictText(Verdict verdict);  ///< "agrees", "not comparable"

struct Judgement {
    Verdict verdict = Verdict::NotRun;
    std::string text;  ///< for people: "agrees within 0.1 %", "differs by +12 %", with the spread
};

/// `obtained` is empty where the trainings that it needs are not there.
Judgement judge(const systems::Claim& claim, const std::optional<Figure>& obtained);

/// "0.52 ± 0.11 points", "21.32 ×", "8.873 × (Horowitz 18.94 ×)".
std::string figureText(const Figure& figure, const std::string& unit);

}  // namespace mantissa::app
