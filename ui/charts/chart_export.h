// SPDX-License-Identifier: GPL-3.0-or-later
// A chart as the bytes of a file: always light, whatever the screen shows.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QSize>
#include <QString>

#include "ui/charts/chart_model.h"

namespace mantissa::ui {

struct ExportView {
    ChartRange x;
    ChartRange y;
    QSize size;  ///< px at 96 dpi
};

QByteArray exportChart(const ChartModel& model, const ExportView& view, ChartFormat format);
QImage chartImage(const ChartModel& model, const ExportView& view);  ///< twice the size in px
QString chartTsv(const ChartModel& model);

/// "Training loss; design abc...; Mantissa 0.1.0".
QString originText(const ChartModel& model);

}  // namespace mantissa::ui
