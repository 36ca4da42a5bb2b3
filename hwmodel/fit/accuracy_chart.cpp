// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "hwmodel/fit/accuracy.h"

namespace mantissa::hw::fit {
namespace {

constexpr double kWidth = 760;
constexpr double kPanelHeight = 250;
constexpr double kLeft = 62;
constexpr double kRight = 20;
constexpr double kTop = 34;
constexpr double kBottom = 40;
constexpr double kLeastGates = 20;
constexpr double kMostGates = 100000;
constexpr double kLargestError = 40;  ///< per cent; what lies beyond is drawn at the border

struct Panel {
    const char* title;
    double Verdict::*error;
    double mean_percent;   ///< the goal, a band
    double worst_percent;  ///< 0: none
};

std::string formatted(const char* pattern, double a, double b = 0, double c = 0, double d = 0) {
    char text[256];
    std::snprintf(text, sizeof text, pattern, a, b, c, d);
    return text;
}

double xOf(double gates) {
    const double t = std::log(gates / kLeastGates) / std::log(kMostGates / kLeastGates);
    return kLeft + t * (kWidth - kLeft - kRight);
}

double yOf(double top, double error) {
    const double bounded = std::clamp(error, -kLargestError, kLargestError);
    const double height = kPanelHeight - kTop - kBottom;
    return top + kTop + height * (0.5 - 0.5 * bounded / kLargestError);
}

std::string band(double top, double error, const char* colour) {
    const double y = yOf(top, error);
    return formatted("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" ", kLeft, y,
                     kWidth - kLeft - kRight, yOf(top, -error) - y) +
           "fill=\"" + colour + "\"/>\n";
}

std::string label(double x, double y, const char* anchor, const std::string& text) {
    return formatted("<text x=\"%.1f\" y=\"%.1f\" ", x, y) + "text-anchor=\"" + anchor + "\">" +
           text + "</text>\n";
}

std::string axes(double top) {
    std::string text;
    for (int error = -40; error <= 40; error += 20) {
        const double y = yOf(top, error);
        text += formatted("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" ", kLeft, y,
                          kWidth - kRight, y) +
                "stroke=\"#b8b8b8\" stroke-width=\"0.6\"/>\n";
        text += label(kLeft - 6, y + 4, "end", formatted("%+.0f %%", error));
    }
    for (double gates = 100; gates <= kMostGates; gates *= 10) {
        text += label(xOf(gates), top + kPanelHeight - kBottom + 16, "middle",
                      formatted("%.0f", gates));
    }
    return text;
}

/// Circles for laws, squares for composites, diamonds for what was synthesised apart.
std::string mark(const Verdict& verdict, double x, double y) {
    switch (verdict.how) {
        case HeldOut::LeftOut:
            return formatted("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" ", x, y) +
                   "fill=\"#3b6ea5\" fill-opacity=\"0.75\"/>\n";
        case HeldOut::SizeLeftOut:
            return {};
        case HeldOut::Composite:
            return formatted("<rect x=\"%.1f\" y=\"%.1f\" width=\"5.6\" height=\"5.6\" ", x - 2.8,
                             y - 2.8) +
                   "fill=\"#c26a1f\" fill-opacity=\"0.85\"/>\n";
        case HeldOut::Separate:
            break;
    }
    return formatted("<path d=\"M%.1f %.1fl3.6 3.6l-3.6 3.6l-3.6 -3.6z\" ", x, y - 3.6) +
           "fill=\"#3f8f4f\" fill-opacity=\"0.85\"/>\n";
}

std::string drawn(const Panel& panel, double top, const std::vector<Verdict>& verdicts) {
    std::string text;
    if (panel.worst_percent > 0) {
        text += band(top, panel.worst_percent, "#eef2f7");
    }
    text += band(top, panel.mean_percent, "#d9e3ef");
    text += axes(top);
    text += label(kLeft, top + 20, "start", panel.title);
    for (const auto& verdict : verdicts) {
        const double error = verdict.*panel.error;
        if (!std::isnan(error) && verdict.nand2 >= kLeastGates) {
            text += mark(verdict, xOf(verdict.nand2), yOf(top, error));
        }
    }
    return text;
}

}  // namespace

std::string accuracyChart(const std::vector<Verdict>& verdicts) {
    constexpr Panel kPanels[] = {
        {"Area, model against synthesis (bands: 8 and 20 %)", &Verdict::areaError_percent, 8, 20},
        {"Delay (band: 15 %)", &Verdict::delayError_percent, 15, 0},
        {"Energy (band: 30 %)", &Verdict::energyError_percent, 30, 0}};
    const double height = 3 * kPanelHeight + 24;
    std::string text = formatted(
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f "
                           "%.0f\" font-family=\"sans-serif\" font-size=\"11\">\n",
                           kWidth, height) +
                       "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
    double top = 0;
    for (const auto& panel : kPanels) {
        text += drawn(panel, top, verdicts);
        top += kPanelHeight;
    }
    text +=
        label(kLeft, top + 2, "start",
              "Size in NAND2 equivalents. Circles: laws, each unit left out of its fit. Squares: "
              "composites of NanGate45.");
    text += label(kLeft, top + 16, "start", "Diamonds: units synthesised apart, in OSU018.");
    return text + "</svg>\n";
}

}  // namespace mantissa::hw::fit
