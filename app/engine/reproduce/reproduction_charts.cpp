// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/reproduction_charts.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/engine/units.h"

namespace mantissa::app {
namespace {

constexpr double kLabels = 430;  ///< width of the labels at the left
constexpr double kAxis = 330;
constexpr double kFigures = 230;  ///< and of the figures at the right
constexpr double kRow = 16;
constexpr double kTop = 40;
constexpr double kBottom = 14;

// As in the drawings of the dataflows; sign, word and place say the same as the colour.
constexpr std::string_view kAgrees = "#3f8f4f";
constexpr std::string_view kDiffers = "#c26a1f";
constexpr std::string_view kOther = "#6f7f92";

struct Row {
    std::string label;
    std::string figure;
    double value = 0;
    double spread = 0;
    Verdict verdict = Verdict::NotClaimed;
};

/// Where values lie; ends clip.
struct Axis {
    double least = 0;
    double most = 1;
    bool logarithmic = false;
    std::vector<double> ticks;

    double at(double value) const {
        const auto place = [this](double v) { return logarithmic ? std::log(v) : v; };
        const double bounded = std::clamp(value, least, most);
        return kLabels + kAxis * (place(bounded) - place(least)) / (place(most) - place(least));
    }
    bool clips(double value) const { return value < least || value > most; }
};

std::string number(double value) {
    return fixedText(value, 1);
}

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
    return result;
}

std::string word(double x, double y, std::string_view anchor, const std::string& text) {
    return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" +
           std::string(anchor) + "\">" + escaped(text) + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, std::string_view look) {
    return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
           "\" y2=\"" + number(y2) + "\" " + std::string(look) + "/>\n";
}

std::string_view colourOf(Verdict verdict) {
    return verdict == Verdict::Agrees ? kAgrees : verdict == Verdict::Differs ? kDiffers : kOther;
}

/// A dot; diamonds differ; an arrow where the value lies beyond the axis.
std::string mark(const Row& row, const Axis& axis, double y) {
    const double x = axis.at(row.value);
    const std::string fill = " fill=\"" + std::string(colourOf(row.verdict)) + "\"/>\n";
    if (axis.clips(row.value)) {
        const std::string wing = row.value < axis.least ? "7 -4v8z" : "-7 -4v8z";
        return "<path d=\"M" + number(x) + " " + number(y) + "l" + wing + "\"" + fill;
    }
    if (row.verdict == Verdict::Differs) {
        return "<path d=\"M" + number(x) + " " + number(y - 4.5) +
               "l4.5 4.5l-4.5 4.5l-4.5 -4.5z\"" + fill;
    }
    return "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"3.5\"" + fill;
}

std::string drawn(const std::string& title, const std::vector<Row>& rows, const Axis& axis,
                  double zero, std::string_view unit) {
    const double width = kLabels + kAxis + kFigures;
    const double height = kTop + kRow * static_cast<double>(rows.size()) + kBottom;
    std::string text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) +
                       " " + number(height) + "\" font-family=\"sans-serif\" font-size=\"11\">\n" +
                       "<title>" + escaped(title) + "</title>\n" +
                       "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" +
                       word(8, 16, "start", title);
    for (const double tick : axis.ticks) {
        const bool isZero = tick == zero;  // the same constant
        text += line(axis.at(tick), kTop - 6, axis.at(tick), height - kBottom,
                     isZero ? "stroke=\"#404040\"" : "stroke=\"#c8c8c8\" stroke-width=\"0.6\"");
        text +=
            word(axis.at(tick), kTop - 10, "middle", significantText(tick, 3) + std::string(unit));
    }
    double y = kTop + kRow / 2;
    for (const auto& row : rows) {
        text += word(kLabels - 10, y + 4, "end", row.label);
        if (row.spread > 0 && !axis.clips(row.value)) {
            text +=
                line(axis.at(row.value - row.spread), y, axis.at(row.value + row.spread), y,
                     "stroke=\"" + std::string(colourOf(row.verdict)) + "\" stroke-width=\"1.4\"");
        }
        text += mark(row, axis, y);
        text += word(kLabels + kAxis + 10, y + 4, "start", row.figure);
        y += kRow;
    }
    return text + "</svg>\n";
}

/// What a claim says, as much as fits: its first words, up to a remark or a second half.
std::string shortened(const std::string& text) {
    constexpr std::size_t kMost = 46;
    auto end = std::min({text.find("; "), text.find(": "), text.find(" ("), text.size()});
    if (end > kMost) {
        end = text.rfind(' ', kMost);
        return text.substr(0, end) + " …";
    }
    return text.substr(0, end);
}

const systems::Preset* presetOf(const ReproducedClaim& row) {
    const auto found = row.claim->measure.texts.find("preset");
    return found == row.claim->measure.texts.end() ? nullptr
                                                   : row.system->findPreset(found->second);
}

}  // namespace

std::string accuracyChart(const Reproduction& reproduction) {
    std::vector<Row> rows;
    for (const auto& one : reproduction.claims) {
        const auto& measure = one.claim->measure;
        const auto* const preset = presetOf(one);
        if (measure.kind == "accuracy_gap" && !measure.texts.contains("against") && one.obtained &&
            preset != nullptr) {
            const std::string label = one.system->title + ": " + preset->title;
            const bool twice = std::any_of(rows.begin(), rows.end(),
                                           [&](const Row& row) { return row.label == label; });
            if (!twice) {
                rows.push_back({label, figureText(*one.obtained, one.claim->unit),
                                one.obtained->value, one.obtained->spread, one.judgement.verdict});
            }
        }
    }
    constexpr double kLeast = -12;
    constexpr double kMost = 3;
    return drawn("Test accuracy against FP32, points (" + scaleText(reproduction.scale) + ")", rows,
                 {kLeast, kMost, false, {-12, -9, -6, -3, -1, 0, 3}}, 0, "");
}

std::string ratioChart(const Reproduction& reproduction) {
    std::vector<Row> rows;
    for (const auto& one : reproduction.claims) {
        const auto claimed = one.claim->value;
        if (claimed && one.obtained && one.obtained->seeds == 0 &&
            one.obtained->value / *claimed > 0) {
            rows.push_back(
                {one.system->title + ": " + shortened(one.claim->text),
                 figureText(*one.obtained, one.claim->unit) + " of " + significantText(*claimed, 5),
                 one.obtained->value / *claimed, 0, one.judgement.verdict});
        }
    }
    constexpr double kMost = 4;
    return drawn("Modelled over claimed; dots agree, diamonds differ, grey is not compared", rows,
                 {1 / kMost, kMost, true, {0.25, 0.5, 1, 2, 4}}, 1, " ×");
}

}  // namespace mantissa::app
