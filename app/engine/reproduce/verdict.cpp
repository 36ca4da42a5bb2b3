// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/verdict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "app/engine/units.h"

namespace mantissa::app {
namespace {

constexpr double kPercent = 100;

std::string withUnit(const std::string& number, const std::string& unit) {
    return unit.empty() ? number : number + " " + unit;
}

std::string shortText(double value) {
    constexpr int kDigits = 4;
    return significantText(value, kDigits);
}

Judgement againstValue(double obtained, double claimed, double withinPercent) {
    const double off = kPercent * (obtained / claimed - 1) * (claimed < 0 ? -1 : 1);
    const int decimals = std::abs(off) < 1 ? 2 : std::abs(off) < 10 ? 1 : 0;
    // Not by `off`: 19 is within 5 % of 20, 100 (19 / 20 - 1) is not quite -5.
    if (std::abs(obtained - claimed) * kPercent <= withinPercent * std::abs(claimed)) {
        return {Verdict::Agrees, "agrees within " + fixedText(std::abs(off), decimals) + " %"};
    }
    return {Verdict::Differs,
            "differs by " + std::string(off > 0 ? "+" : "") + fixedText(off, decimals) + " %"};
}

/// How far a figure lies outside of the bounds; 0: inside.
double beyond(double value, const systems::Agreement& agrees) {
    return agrees.atLeast && value < *agrees.atLeast ? *agrees.atLeast - value
           : agrees.atMost && value > *agrees.atMost ? value - *agrees.atMost
                                                     : 0;
}

std::string boundsText(const systems::Agreement& agrees) {
    if (agrees.atLeast && agrees.atMost) {
        return shortText(*agrees.atLeast) + " to " + shortText(*agrees.atMost);
    }
    return agrees.atLeast ? "at least " + shortText(*agrees.atLeast)
                          : "at most " + shortText(*agrees.atMost);
}

/// From a figure inside of the bounds to the nearer one.
double within(double value, const systems::Agreement& agrees) {
    constexpr double kFar = std::numeric_limits<double>::infinity();
    return std::min(agrees.atLeast ? value - *agrees.atLeast : kFar,
                    agrees.atMost ? *agrees.atMost - value : kFar);
}

Judgement againstBounds(const Figure& obtained, const systems::Agreement& agrees) {
    const double off = beyond(obtained.value, agrees);
    const double margin = off > 0 ? off : within(obtained.value, agrees);
    const std::string how = obtained.seeds == 1 ? ", one seed"
                            : obtained.seeds > 1 && margin < obtained.spread
                                ? ", by less than the spread"
                                : "";
    return off > 0 ? Judgement{Verdict::Differs, "differs (not " + boundsText(agrees) + ")" + how}
                   : Judgement{Verdict::Agrees, "agrees (" + boundsText(agrees) + ")" + how};
}

Judgement against(const systems::Claim& claim, const Figure& obtained) {
    return claim.agrees.withinPercent
               ? againstValue(obtained.value, *claim.value, *claim.agrees.withinPercent)
               : againstBounds(obtained, claim.agrees);
}

Judgement withReason(Judgement judgement, const std::string& why) {
    if (!why.empty()) {
        judgement.text += ": " + why;
    }
    return judgement;
}

}  // namespace

std::string_view verdictText(Verdict verdict) {
    constexpr std::array<std::string_view, 5> kTexts{"agrees", "differs", "not claimed",
                                                     "not comparable", "not run"};
    return kTexts.at(static_cast<std::size_t>(verdict));
}

Judgement judge(const systems::Claim& claim, const std::optional<Figure>& obtained) {
    if (claim.measure.kind.empty()) {
        return withReason({Verdict::NotComparable, "not modelled"}, claim.why);
    }
    if (!obtained) {
        return {Verdict::NotRun, "not run"};
    }
    if (!claim.agrees.withinPercent && !claim.agrees.said()) {
        return claim.value ? withReason({Verdict::NotComparable, "not compared"}, claim.why)
                           : Judgement{Verdict::NotClaimed, "no figure claimed"};
    }
    auto judgement = against(claim, *obtained);
    if (obtained->horowitz) {
        const auto other = against(claim, {.value = *obtained->horowitz, .remark = {}});
        if (other.verdict != judgement.verdict) {
            judgement.text += "; by Horowitz " + other.text;
        }
    }
    return withReason(judgement, claim.why);
}

std::string figureText(const Figure& figure, const std::string& unit) {
    if (figure.seeds == 0) {
        const auto text = withUnit(shortText(figure.value), unit);
        return figure.horowitz
                   ? text + " (Horowitz " + withUnit(shortText(*figure.horowitz), unit) + ")"
                   : text;
    }
    const auto* const sign = figure.value > 0 && unit == "points" ? "+" : "";
    auto text = sign + fixedText(figure.value, 2);
    if (figure.seeds > 1) {
        text += " ± " + fixedText(figure.spread, 2);
    }
    text = withUnit(text, unit);
    return figure.remark.empty() ? text : text + " (" + figure.remark + ")";
}

}  // namespace mantissa::app
