// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/roofline_chart.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

#include "ui/common/number_text.h"
#include "ui/common/text.h"
#include "ui/hardware/chart_units.h"

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::RooflinePage)
};

/// From a little left of the points to a little right, with the ridge between.
Series roof(const hw::Roofline& roofline, const AxisUnit& rate) {
    double least = roofline.ridge();
    double most = roofline.ridge();
    for (const auto& point : roofline.points) {
        if (point.intensity > 0) {
            least = std::min(least, point.intensity);
            most = std::max(most, point.intensity);
        }
    }
    Series line;
    line.name = Text::tr("roof");
    line.colour = 6;  // grey
    for (const double intensity : {least / 2, roofline.ridge(), most * 2}) {
        line.x.push_back(intensity);
        line.y.push_back(rate.factor * std::min(roofline.peak, intensity * roofline.bandwidth));
    }
    return line;
}

QString rateText(double operations, const AxisUnit& rate) {
    return significantText(operations * rate.factor) + QChar(0x00A0) + rate.unit;
}

/// Tool-tips say a rate in the unit of the axis, beside the figure that is read off it.
void addPoint(Series& series, const hw::RooflinePoint& point, const AxisUnit& rate) {
    series.x.push_back(point.intensity);
    series.y.push_back(rate.factor * point.reached);
    series.labels.push_back(toQt(point.layer));
    series.keys.push_back(toQt(point.layer));
    series.details.push_back(
        Text::tr("%1 of its roof of %2\nwaits for: %3\n%4 multiply-adds, %5 of DRAM, %6 cycles")
            .arg(percentText(point.roof > 0 ? point.reached / point.roof : 0),
                 rateText(point.roof, rate), choiceText(hw::boundText(point.cost->bound)),
                 siText(point.cost->macs, QString()), dataText(point.cost->dramBits),
                 cyclesText(point.cost->cycles)));
}

}  // namespace

RooflineChart rooflineChart(const hw::HardwareReport& report) {
    const auto roofline = hw::rooflineOf(report);
    RooflineChart chart;
    chart.x = {Text::tr("Operations a byte of DRAM"), QStringLiteral("op/B"), true};
    const AxisUnit rate = rateUnit(roofline.peak);
    chart.y = {Text::tr("Reached"), rate.unit, true};
    if (roofline.points.empty()) {
        return chart;
    }
    chart.series.push_back(roof(roofline, rate));
    std::array<Series, hw::kStepPhases> passes;
    for (const auto& point : roofline.points) {
        addPoint(passes[static_cast<std::size_t>(point.phase)], point, rate);
    }
    for (int i = 0; i < hw::kStepPhases; ++i) {
        auto& series = passes[static_cast<std::size_t>(i)];
        if (!series.x.empty()) {
            series.name = choiceText(hw::phaseText(static_cast<hw::StepPhase>(i)));
            series.style = SeriesStyle::Points;
            series.colour = i;
            chart.series.push_back(std::move(series));
        }
    }
    chart.note =
        Text::tr(
            "Peak %1 of all multipliers in their widest mode, DRAM %2, ridge at %3 "
            "op/B. A multiply-add is two operations; what multiplies no matrices "
            "has no point.")
            .arg(rateText(roofline.peak, rate), siText(roofline.bandwidth, QStringLiteral("B/s")),
                 significantText(roofline.ridge()));
    return chart;
}

}  // namespace mantissa::ui
