// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keyboard over a chart: zoom, pan, tips, the point under the pointer.
#include <QApplication>
#include <QKeyEvent>
#include <QToolTip>
#include <cmath>

#include "ui/charts/chart_impl.h"

namespace mantissa::ui {
namespace {

constexpr double kHitRadius = 8;  // px
constexpr double kZoomStep = 0.85;
constexpr double kPanShare = 0.1;

QString tipLine(const QString& name, const QString& value, const QString& unit) {
    const QString text =
        QStringLiteral("%1: <b>%2</b>%3%4")
            .arg(name.toHtmlEscaped(), value.toHtmlEscaped(),
                 unit.isEmpty() ? QString() : QStringLiteral(" "), unit.toHtmlEscaped());
    return QStringLiteral("<br>") + text;
}

}  // namespace

void Chart::Impl::userZoomed() {
    zoomed = true;
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void Chart::Impl::press(QMouseEvent* event) {
    chart.setFocus(Qt::MouseFocusReason);
    pressedAt = event->pos();
    dragging = false;
    const bool rectangle = event->button() == Qt::LeftButton &&
                           event->modifiers().testFlag(Qt::ControlModifier) &&
                           plot->axisRect()->rect().contains(event->pos());
    plot->setSelectionRectMode(rectangle ? QCP::srmCustom : QCP::srmNone);
}

void Chart::Impl::move(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) {
        const int distance = (event->pos() - pressedAt).manhattanLength();
        if (!dragging && distance >= QApplication::startDragDistance()) {
            dragging = true;
            zoomed = zoomed || plot->axisRect()->rect().contains(pressedAt);
        }
        return;
    }
    const auto hit = scene->hit(event->position(), kHitRadius);
    if (hit == hovered) {
        return;
    }
    hovered = hit;
    scene->setHovered(hit);
    if (hit) {
        QToolTip::showText(event->globalPosition().toPoint(), tip(*hit), plot);
        plot->setCursor(keyOf(*hit).isEmpty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
    } else {
        QToolTip::hideText();
        plot->unsetCursor();
    }
}

void Chart::Impl::release(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || dragging) {
        dragging = false;
        return;
    }
    const auto hit = scene->hit(event->position(), kHitRadius);
    if (hit && !keyOf(*hit).isEmpty()) {
        emit chart.pointClicked(keyOf(*hit));
    }
}

void Chart::Impl::wheel(QWheelEvent* event) {
    if (model.empty() || event->angleDelta().y() == 0) {
        return;
    }
    const double factor = std::pow(kZoomStep, event->angleDelta().y() / 120.0);
    zoomBy(factor, event->position());
    event->accept();
}

void Chart::Impl::zoomBy(double factor, const std::optional<QPointF>& centre) {
    const QRect axes = plot->axisRect()->rect();
    const QPointF at = centre.value_or(QRectF(axes).center());
    const bool overX = at.y() > axes.bottom();
    const bool overY = at.x() < axes.left();
    if (!overY) {
        plot->xAxis->scaleRange(factor, plot->xAxis->pixelToCoord(at.x()));
    }
    if (!overX && !(model.bars && !overY)) {
        plot->yAxis->scaleRange(factor, plot->yAxis->pixelToCoord(at.y()));
    }
    userZoomed();
}

void Chart::Impl::pan(double x, double y) {
    const QRect axes = plot->axisRect()->rect();
    const auto shift = [](QCPAxis* axis, double first, double second) {
        axis->setRange(axis->pixelToCoord(first), axis->pixelToCoord(second));
    };
    const double dx = x * kPanShare * axes.width();
    const double dy = y * kPanShare * axes.height();
    shift(plot->xAxis, axes.left() + dx, axes.left() + axes.width() + dx);
    shift(plot->yAxis, axes.top() + axes.height() - dy, axes.top() - dy);
    userZoomed();
}

void Chart::Impl::zoomRectangle(const QRect& rect) {
    plot->setSelectionRectMode(QCP::srmNone);
    const QRect inside = rect.normalized() & plot->axisRect()->rect();
    if (inside.width() < 5 || inside.height() < 5) {
        return;
    }
    plot->xAxis->setRange(plot->xAxis->pixelToCoord(inside.left()),
                          plot->xAxis->pixelToCoord(inside.right()));
    plot->yAxis->setRange(plot->yAxis->pixelToCoord(inside.bottom()),
                          plot->yAxis->pixelToCoord(inside.top()));
    userZoomed();
}

QString Chart::Impl::tip(const ChartHit& hit) const {
    if (model.bars) {
        const auto& component = model.bars->components[hit.series];
        QString text = QStringLiteral("<b>%1</b> · %2")
                           .arg(model.bars->categories[hit.point].toHtmlEscaped(),
                                component.name.toHtmlEscaped());
        if (hit.point < component.details.size()) {
            QString detail = component.details[hit.point].toHtmlEscaped();
            return text + QStringLiteral("<br>") +
                   detail.replace(QLatin1Char('\n'), QStringLiteral("<br>"));
        }
        return text +
               tipLine(model.xAxis.label, readable(component.values[hit.point]), model.xAxis.unit);
    }
    const Series& series = model.series[hit.series];
    QString text = QStringLiteral("<b>%1</b>").arg(series.name.toHtmlEscaped());
    for (const auto* const lines : {&series.labels, &series.details}) {
        if (hit.point < lines->size() && (*lines)[hit.point] != series.name) {
            QString line = (*lines)[hit.point].toHtmlEscaped();
            text +=
                QStringLiteral("<br>") + line.replace(QLatin1Char('\n'), QStringLiteral("<br>"));
        }
    }
    return text + tipLine(model.xAxis.label, readable(series.x[hit.point]), model.xAxis.unit) +
           (model.hasRows()
                ? tipLine(model.yAxis.label, model.rowAt(series.y[hit.point]), {})
                : tipLine(model.yAxis.label, readable(series.y[hit.point]), model.yAxis.unit));
}

QString Chart::Impl::keyOf(const ChartHit& hit) const {
    if (model.bars) {
        return model.bars->categories[hit.point];
    }
    const auto& keys = model.series[hit.series].keys;
    return hit.point < keys.size() ? keys[hit.point] : QString();
}

void Chart::keyPressEvent(QKeyEvent* event) {
    if (isEmpty() || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) != 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return m_impl->zoomBy(kZoomStep, std::nullopt);
        case Qt::Key_Minus:
            return m_impl->zoomBy(1 / kZoomStep, std::nullopt);
        case Qt::Key_Left:
            return m_impl->pan(-1, 0);
        case Qt::Key_Right:
            return m_impl->pan(1, 0);
        case Qt::Key_Up:
            return m_impl->pan(0, 1);
        case Qt::Key_Down:
            return m_impl->pan(0, -1);
        case Qt::Key_0:
            return fit();
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace mantissa::ui
