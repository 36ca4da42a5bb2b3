// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/roofline_chart.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

#include "ui/common/number_text.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::RooflinePage)
};

const QString& operations() {
    static const QString kUnit = QStringLiteral("op/s");
    return kUnit;
}

/// From a little left of the points to a little right, with the ridge between.
Series roof(const hw::Roofline& roofline) {
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
        line.y.push_back(std::min(roofline.peak, intensity * roofline.bandwidth));
    }
    return line;
}

void addPoint(Series& series, const hw::RooflinePoint& point) {
    series.x.push_back(point.intensity);
    series.y.push_back(point.reached);
    series.labels.push_back(toQt(point.layer));
    series.keys.push_back(toQt(point.layer));
    series.details.push_back(
        Text::tr("%1 of its roof of %2\nwaits for: %3\n%4 multiply-adds, %5 of DRAM, %6 cycles")
            .arg(percentText(point.roof > 0 ? point.reached / point.roof : 0),
                 siText(point.roof, operations()), choiceText(hw::boundText(point.cost->bound)),
                 countText(point.cost->macs), bitsText(point.cost->dramBits),
                 cyclesText(point.cost->cycles)));
}

}  // namespace

RooflineChart rooflineChart(const hw::HardwareReport& report) {
    const auto roofline = hw::rooflineOf(report);
    RooflineChart chart;
    chart.x = {Text::tr("Operations a byte of DRAM"), QStringLiteral("op/B"), true};
    chart.y = {Text::tr("Reached"), operations(), true};
    if (roofline.points.empty()) {
        return chart;
    }
    chart.series.push_back(roof(roofline));
    std::array<Series, hw::kStepPhases> passes;
    for (const auto& point : roofline.points) {
        addPoint(passes[static_cast<std::size_t>(point.phase)], point);
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
    chart.note = Text::tr(
                     "Peak %1 of all multipliers in their widest mode, DRAM %2, ridge at %3 "
                     "op/B. A multiply-add is two operations; what multiplies no matrices "
                     "has no point.")
                     .arg(siText(roofline.peak, operations()),
                          siText(roofline.bandwidth, QStringLiteral("B/s")),
                          significantText(roofline.ridge()));
    return chart;
}

}  // namespace mantissa::ui
