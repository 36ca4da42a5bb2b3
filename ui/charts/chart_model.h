// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart shows, as plain data: cleaning, extents, the table of what is drawn, the summary.
#pragma once

#include <QString>
#include <QStringList>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "ui/charts/chart.h"

namespace mantissa::ui {

/// The smallest interval that holds what was included; invalid while nothing was.
struct Extent {
    double lower = std::numeric_limits<double>::infinity();
    double upper = -std::numeric_limits<double>::infinity();
    bool valid() const { return lower <= upper; }
    void include(double value);
    void include(const Extent& other);
};

enum class PointFate {
    Drawn,
    Gap,          ///< NaN: breaks the line
    Infinite,     ///< dropped and counted
    NonPositive,  ///< has no place on a logarithmic axis; dropped and counted
};

/// Counts and extents of one series, kept up to date as points come in.
struct SeriesSummary {
    Extent x;
    Extent y;
    std::size_t drawn = 0;
    std::size_t infinite = 0;
    std::size_t nonPositive = 0;
    bool sortedByX = true;
    double lastX = -std::numeric_limits<double>::infinity();
    double lastY = std::numeric_limits<double>::quiet_NaN();
};

struct ChartModel {
    QString title;
    AxisText xAxis;
    AxisText yAxis;
    std::vector<Series> series;
    std::vector<SeriesSummary> summaries;  ///< one a series, see summarise()
    std::optional<StackedBars> bars;
    std::optional<ChartRange> xHint;
    QString note;
    ChartOrigin origin;
    std::set<QString> selectedKeys;

    PointFate fate(double x, double y) const;
    void summarise();  ///< after series or axis scales changed
    /// Adds a point to a series that exists.
    void append(std::size_t index, double x, double y);
    bool empty() const;
    bool logX() const { return xAxis.logarithmic && !bars; }
    bool logY() const { return yAxis.logarithmic && !hasRows(); }
    /// Names of the rows that the y axis has instead of numbers; empty: it has numbers.
    const std::vector<QString>& rows() const { return bars ? bars->categories : yAxis.categories; }
    bool hasRows() const { return bars || !yAxis.categories.empty(); }
    /// The row that a point is drawn in or near.
    QString rowAt(double y) const;

    /// The axis ranges that show everything with a margin; a default where there is nothing.
    ChartRange fittedX() const;
    ChartRange fittedY() const;

    /// The note with what was left out: "2 infinite values left out".
    QString fullNote() const;
    /// For screen readers: kind, axes, series with extents and last value.
    QString summaryText() const;

private:
    void account(std::size_t index, double x, double y);
};

/// "Area [mm²]"; the label alone where there is no unit.
QString axisTitle(const AxisText& axis);

/// A number as people read it: enough digits, SI-like grouping of the locale, no trailing zeros.
QString readable(double value);

/// What is drawn as rows of cells, header first; numbers in the shortest form that reads back to
/// the same double, dropped values as empty cells. Lines and points: series, x, y, then label and
/// key where there are any. Bars: category, component, value, then detail where there is any.
std::vector<QStringList> dataTable(const ChartModel& model);

}  // namespace mantissa::ui
