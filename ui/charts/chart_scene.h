// SPDX-License-Identifier: GPL-3.0-or-later
// Fills a QCustomPlot from a chart's model: on the screen, and anew for every exported file.
#pragma once

#include <optional>
#include <vector>

#include <qcustomplot.h>

#include "ui/charts/chart_items.h"
#include "ui/charts/chart_model.h"
#include "ui/charts/chart_theme.h"

namespace mantissa::ui {

/// What lies under the mouse. For bars `series` is the component and `point` the category.
struct ChartHit {
    std::size_t series = 0;
    std::size_t point = 0;
    bool operator==(const ChartHit&) const = default;
};

class ChartScene {
public:
    /// Both outlive the scene.
    ChartScene(QCustomPlot& plot, const ChartModel& model);

    void build(const ChartTheme& theme);    ///< everything anew; keeps the ranges
    void restyle(const ChartTheme& theme);  ///< colours and fonts alone
    void updateAxes();                      ///< titles and scale types
    void append(std::size_t series, double x, double y);
    void updateMarkers();  ///< after points were added
    void setRanges(const ChartRange& x, const ChartRange& y);
    /// Title above and note below, for files; fitTo puts them in place.
    void addHeading(const QString& title, const QString& note);
    /// Lays out for this size in px: as many ticks as have room, the legend in rows above the axes,
    /// or at the right where there are many series: never over data.
    void fitTo(const QSize& size);

    std::optional<ChartHit> hit(const QPointF& position, double radius) const;
    void setHovered(const std::optional<ChartHit>& hit);
    void redrawRings();

private:
    void addSeries(std::size_t index);
    void addBars();
    void paintBars();
    void arrange(bool legendShown, bool legendRight);
    double heightBesideAxes(bool legendAbove) const;
    QCPLayoutGrid* legendStrip(int fillerRow, int fillerColumn);
    int colourIndex(std::size_t series) const;
    std::optional<ChartHit> barHit(const QPointF& position) const;

    QCustomPlot& m_plot;
    const ChartModel& m_model;
    ChartTheme m_theme;
    std::vector<QCPAbstractPlottable*> m_plottables;  ///< one a series or component
    QCPAxisRect* m_axes;
    TickMarks* m_ticks;  ///< this and the two next are children of the plot
    PointLabels* m_labels;
    PointRings* m_rings;
    QCPLayoutGrid* m_legendStrip = nullptr;
    QCPTextElement* m_title = nullptr;
    QCPTextElement* m_note = nullptr;
};

}  // namespace mantissa::ui
