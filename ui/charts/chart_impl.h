// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart consists of, shared by the files that implement it: drawing and input.
#pragma once

#include <QPointer>
#include <QWindow>
#include <optional>

#include "ui/charts/chart.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_scene.h"

class QLabel;
class QMenu;
class QMouseEvent;
class QStackedWidget;
class QWheelEvent;

namespace mantissa::ui {

struct Chart::Impl {
    explicit Impl(Chart& owner);

    Chart& chart;
    ChartModel model;
    QStackedWidget* stack = nullptr;
    QCustomPlot* plot = nullptr;
    QLabel* emptyLabel = nullptr;
    QLabel* noteLabel = nullptr;
    std::optional<ChartScene> scene;
    bool zoomed = false;
    bool refreshQueued = false;
    bool rebuildNeeded = true;
    QSize layoutSize;
    bool layoutStale = true;
    QPoint pressedAt;
    bool dragging = false;
    std::optional<ChartHit> hovered;
    QPointer<QWindow> window;

    void connectPlot();
    void rebuild();
    void scheduleRefresh();
    void refresh();
    void fitLayout();
    void describe();
    void restyle();
    void followScreen();

    void press(QMouseEvent* event);
    void move(QMouseEvent* event);
    void release(QMouseEvent* event);
    void wheel(QWheelEvent* event);
    void zoomRectangle(const QRect& rect);
    void zoomBy(double factor, const std::optional<QPointF>& centre);
    void pan(double x, double y);
    void userZoomed();

    QString tip(const ChartHit& hit) const;
    QString keyOf(const ChartHit& hit) const;
    void fillMenu(QMenu& menu);
    void askLimits();
    ExportView exportView(const QSize& size) const;
};

}  // namespace mantissa::ui
