// SPDX-License-Identifier: GPL-3.0-or-later
// Charts as files, written atomically.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include "core/error.h"
#include "ui/charts/chart.h"

namespace mantissa::app {

/// Whole or not at all; an empty chart is an error.
Result<void> writeChart(const ui::Chart& chart, ui::ChartFormat format, const QString& file);

/// "learning-curves.svg" from the chart's title.
QString chartFileName(const ui::Chart& chart, ui::ChartFormat format);

/// Each chart that shows something, as SVG, PDF, PNG and CSV; returns how many files were written.
Result<int> writeAllCharts(const QList<ui::Chart*>& charts, const QString& folder);

}  // namespace mantissa::app
