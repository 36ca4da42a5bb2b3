// SPDX-License-Identifier: GPL-3.0-or-later
// Our own parts inside QCustomPlot: tick labels, point labels, rings and the export's margin mask.
// Private to ui/charts: the only headers that include qcustomplot.h are this and chart_scene.h.
#pragma once

#include <optional>
#include <vector>

#include <qcustomplot.h>

#include "ui/charts/chart_model.h"
#include "ui/charts/chart_theme.h"

namespace mantissa::ui {

/// Enough digits to tell neighbouring ticks apart, and one suffix (k, M, G) for the whole axis.
class LinearTicker final : public QCPAxisTicker {
public:
    explicit LinearTicker(bool whole) : m_whole(whole) {}

protected:
    int getSubTickCount(double tickStep) override;
    double getTickStep(const QCPRange& range) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar,
                         int precision) override;

private:
    bool m_whole;
    double m_step = 1;
    double m_largest = 1;
};

/// Decades; linear ticks where less than one and a half decades are visible.
class LogTicker final : public QCPAxisTickerLog {
protected:
    int getSubTickCount(double tickStep) override;
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar,
                         int precision) override;

private:
    double m_step = 0;      ///< of the linear ticks; 0: decades
    bool m_powers = false;  ///< no suffixes
};

/// Names of categories at 0, 1, ...; leaves names out where they would overlap.
class CategoryTicker final : public QCPAxisTicker {
public:
    CategoryTicker(QCPAxis& axis, std::vector<QString> names)
        : m_axis(axis), m_names(std::move(names)) {}
    double widestLabel() const;  ///< in px, as shown
    /// Of the axis, in px: as many names as there are lines for.
    void setHeight(double height) { m_height = height; }

protected:
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override;
    int getSubTickCount(double tickStep) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar,
                         int precision) override;

private:
    /// Cut where it would leave the bars no room.
    QString shown(const QString& name) const;

    QCPAxis& m_axis;
    double m_height = 0;
    std::vector<QString> m_names;
};

/// The ticks of series of that style: all of one in one call, since there may be thousands.
class TickMarks final : public QCPLayerable {
public:
    static constexpr double kHalfHeight = 1.0 / 3;  ///< in units of y

    TickMarks(QCustomPlot& plot, const ChartModel& model);
    void setTheme(const ChartTheme& theme) { m_theme = theme; }

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    QRect clipRect() const override;
    void draw(QCPPainter* painter) override;

private:
    const ChartModel& m_model;
    ChartTheme m_theme;
};

/// Writes the labels of series with drawLabels, each where it covers neither point nor label.
class PointLabels final : public QCPLayerable {
public:
    PointLabels(QCustomPlot& plot, const ChartModel& model);
    void setTheme(const ChartTheme& theme) { m_theme = theme; }

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    QRect clipRect() const override;
    void draw(QCPPainter* painter) override;

private:
    const ChartModel& m_model;
    ChartTheme m_theme;
};

/// Rings around the selected points and the one under the mouse, on a layer of its own.
class PointRings final : public QCPLayerable {
public:
    PointRings(QCustomPlot& plot, const ChartModel& model);
    void setTheme(const ChartTheme& theme) { m_theme = theme; }
    /// In data coordinates; returns whether it changed.
    bool setHovered(const std::optional<QPointF>& point);

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    QRect clipRect() const override;
    void draw(QCPPainter* painter) override;

private:
    const ChartModel& m_model;
    ChartTheme m_theme;
    std::optional<QPointF> m_hovered;
};

/// Covers what the data layer painted outside the axes: Qt 6.4 writes no clip paths into SVG.
class MarginMask final : public QCPLayerable {
public:
    MarginMask(QCustomPlot& plot, QSize size, const QColor& background);

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    void draw(QCPPainter* painter) override;

private:
    QSize m_size;
    QColor m_background;
};

}  // namespace mantissa::ui
