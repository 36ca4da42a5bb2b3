// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/fitted_laws.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "mantissa_hardware_data.h"
#include <nlohmann/json.hpp>

namespace mantissa::hw {
namespace {

using nlohmann::json;

std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

LawFit readFit(const json& from) {
    LawFit fit;
    const auto& coefficients = from.at("coefficients");
    fit.terms = coefficients.size();
    for (std::size_t i = 0; i < fit.terms; ++i) {
        fit.coefficients.at(i) = coefficients.at(i).get<double>();
    }
    fit.points = from.at("points").get<int>();
    fit.meanError_percent = from.at("mean_error_percent").get<double>();
    fit.maxError_percent = from.at("max_error_percent").get<double>();
    fit.worst = from.at("worst").get<std::string>();
    fit.leftOutMean_percent = from.at("left_out_mean_percent").get<double>();
    fit.leftOutMax_percent = from.at("left_out_max_percent").get<double>();
    return fit;
}

/// "8.59 [(a - 1)(b - 1)] + 6.33 [min(a, b)] - 13.3".
std::string formulaOf(const LawTerms& terms, const LawFit& fit) {
    std::string text;
    for (std::size_t i = 0; i < fit.terms; ++i) {
        const double c = fit.coefficients[i];
        const std::string sign = c < 0 ? "- " : "+ ";
        text += (i == 0 ? (c < 0 ? "-" : "") : " " + sign) + numberText(std::abs(c));
        if (terms.names[i] != "1") {
            text += " [" + std::string(terms.names[i]) + "]";
        }
    }
    return text;
}

/// Written once, since every estimate says it.
std::string errorsText(const LawFit& fit) {
    char text[128];
    std::snprintf(text, sizeof text,
                  "; error mean %.1f %%, max %.1f %%, of a unit left out %.1f %%",
                  fit.meanError_percent, fit.maxError_percent, fit.leftOutMean_percent);
    return text;
}

std::string rangeOf(const LawShape& shape, const FittedLaw& fitted) {
    std::string text;
    for (std::size_t i = 0; i < kMostWidths && !shape.widths[i].empty(); ++i) {
        text += (i == 0 ? "" : ", ") + std::string(shape.widths[i]) + " " +
                numberText(fitted.low[i]) + " to " + numberText(fitted.high[i]);
    }
    return text;
}

struct Laws {
    std::array<FittedLaw, kLaws> laws;
    std::array<SwitchingFit, kActivities> switching;
    ArrivalFit arrival;
};

void readLaw(const json& from, const LawShape& shape, FittedLaw& fitted) {
    fitted.gates = readFit(from.at("gates"));
    if (shape.delay.count() > 0) {
        fitted.delay = readFit(from.at("delay"));
    }
    if (fitted.gates.terms != shape.gates.count() || fitted.delay.terms != shape.delay.count()) {
        throw std::runtime_error("laws.json is older than the terms of " +
                                 std::string(shape.module));
    }
    for (std::size_t i = 0; i < from.at("range").size(); ++i) {
        fitted.low.at(i) = from.at("range").at(i).at(0).get<double>();
        fitted.high.at(i) = from.at("range").at(i).at(1).get<double>();
    }
    fitted.text = formulaOf(shape.gates, fitted.gates) + " NAND2 (" + rangeOf(shape, fitted) +
                  "); NanGate45 45 nm, nominal flow, " + std::string(shape.module);
    fitted.text += errorsText(fitted.gates);
    fitted.law = {fitted.text, SourceKind::Synthesis};
    if (fitted.delay.terms > 0) {
        fitted.delayText = formulaOf(shape.delay, fitted.delay) + " ps (" + rangeOf(shape, fitted) +
                           "); NanGate45 typical corner, abc's timing without wires, " +
                           std::string(shape.module) + errorsText(fitted.delay);
        fitted.delayLaw = {fitted.delayText, SourceKind::Synthesis};
    }
}

/// In place, since each law refers to its own text.
void readLaws(Laws& all) {
    const auto document = json::parse(data::kLaws);
    for (const auto& shape : lawShapes()) {
        readLaw(document.at("laws").at(std::string(shape.module)), shape,
                all.laws[static_cast<std::size_t>(shape.id)]);
    }
    for (std::size_t i = 0; i < kActivities; ++i) {
        auto& switching = all.switching[i];
        const std::string name(activityText(static_cast<Activity>(i)));
        switching.fit = readFit(document.at("switching").at(name));
        switching.base_fj = switching.fit.coefficients[0];
        switching.deeper_fj = switching.fit.coefficients[1];
        switching.text = numberText(switching.base_fj) + " + " + numberText(switching.deeper_fj) +
                         " ln(1 + min(depth, period)) fJ a NAND2, depth in ns; units " + name +
                         "; gate-level toggles with glitches, operands as in neural networks, "
                         "NanGate45 1.1 V";
        switching.text += errorsText(switching.fit);
        switching.law = {switching.text, SourceKind::Synthesis};
    }
    all.arrival.fit = readFit(document.at("arrival"));
    all.arrival.perNs_fj = all.arrival.fit.coefficients[0];
}

const Laws& laws() {
    static Laws all;
    static const bool read = (readLaws(all), true);
    static_cast<void>(read);
    return all;
}

double sumOf(const LawTerms& terms, const LawFit& fit, const LawWidths& widths) {
    std::array<double, kMostTerms> values{};
    terms.fill(widths, values.data());
    double sum = 0;
    for (std::size_t i = 0; i < fit.terms; ++i) {
        sum += fit.coefficients[i] * values[i];
    }
    return sum;
}

constexpr double kLeastDelay_ps = 40;  ///< one gate

}  // namespace

const FittedLaw& fittedLaw(LawId law) {
    return laws().laws[static_cast<std::size_t>(law)];
}

double gatesOf(LawId law, const LawWidths& widths) {
    const auto& shape = shapeOf(law);
    const auto& fitted = fittedLaw(law);
    const bool single = shape.widths[1].empty();
    if (single && widths[0] < fitted.low[0]) {
        const double share = widths[0] / fitted.low[0];
        return share * sumOf(shape.gates, fitted.gates, {fitted.low[0]});
    }
    return std::max(1.0, sumOf(shape.gates, fitted.gates, widths));
}

double delayOf(LawId law, const LawWidths& widths) {
    const auto& shape = shapeOf(law);
    if (shape.delay.count() == 0) {
        return 0;
    }
    return std::max(kLeastDelay_ps, sumOf(shape.delay, fittedLaw(law).delay, widths));
}

bool inFittedRange(LawId law, const LawWidths& widths) {
    const auto& fitted = fittedLaw(law);
    for (std::size_t i = 0; i < kMostWidths; ++i) {
        if (!shapeOf(law).widths[i].empty() &&
            (widths[i] < fitted.low[i] || widths[i] > fitted.high[i])) {
            return false;
        }
    }
    return true;
}

const SwitchingFit& switchingOf(Activity activity) {
    return laws().switching[static_cast<std::size_t>(activity)];
}

const ArrivalFit& arrivalGlitches() {
    return laws().arrival;
}

}  // namespace mantissa::hw
