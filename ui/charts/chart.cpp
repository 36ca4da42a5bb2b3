// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart.h"

#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <array>
#include <cmath>

#include "ui/charts/axis_limits_dialog.h"
#include "ui/charts/chart_impl.h"

namespace mantissa::ui {
Chart::Impl::Impl(Chart& owner) : chart(owner) {
    plot = new QCustomPlot;
    plot->setAttribute(Qt::WA_NoMousePropagation, false);  // the menu is the chart's
    plot->setMinimumSize(160, 110);
    plot->setMouseTracking(true);
    plot->setFocusPolicy(Qt::NoFocus);
    emptyLabel = new QLabel;
    emptyLabel->setAlignment(Qt::AlignCenter);
    emptyLabel->setWordWrap(true);
    emptyLabel->setMargin(24);
    emptyLabel->setAutoFillBackground(true);
    emptyLabel->setBackgroundRole(QPalette::Base);
    emptyLabel->setForegroundRole(QPalette::PlaceholderText);
    noteLabel = new QLabel;
    noteLabel->setWordWrap(true);
    noteLabel->setMargin(3);
    noteLabel->hide();
    stack = new QStackedWidget;
    stack->addWidget(emptyLabel);
    stack->addWidget(plot);
    auto* layout = new QVBoxLayout(&chart);
    layout->setContentsMargins(2, 2, 2, 2);
    layout->setSpacing(0);
    layout->addWidget(stack, 1);
    layout->addWidget(noteLabel);
    scene.emplace(*plot, model);
    connectPlot();
}

void Chart::Impl::connectPlot() {
    plot->setInteractions(QCP::iRangeDrag);
    plot->axisRect()->setRangeDrag(Qt::Horizontal | Qt::Vertical);
    connect(plot, &QCustomPlot::mousePress, &chart, [this](QMouseEvent* e) { press(e); });
    connect(plot, &QCustomPlot::mouseMove, &chart, [this](QMouseEvent* e) { move(e); });
    connect(plot, &QCustomPlot::mouseRelease, &chart, [this](QMouseEvent* e) { release(e); });
    connect(plot, &QCustomPlot::mouseWheel, &chart, [this](QWheelEvent* e) { wheel(e); });
    connect(plot, &QCustomPlot::mouseDoubleClick, &chart, [this] { chart.fit(); });
    connect(plot, &QCustomPlot::beforeReplot, &chart, [this] { fitLayout(); });
    connect(plot->selectionRect(), &QCPSelectionRect::accepted, &chart,
            [this](const QRect& rect) { zoomRectangle(rect); });
}

void Chart::Impl::rebuild() {
    model.summarise();
    hovered.reset();
    scene->setHovered(std::nullopt);
    rebuildNeeded = true;
    scheduleRefresh();
}

void Chart::Impl::scheduleRefresh() {
    if (refreshQueued) {
        return;
    }
    refreshQueued = true;
    QMetaObject::invokeMethod(
        &chart, [this] { refresh(); }, Qt::QueuedConnection);
}

void Chart::Impl::refresh() {
    refreshQueued = false;
    if (rebuildNeeded) {
        scene->build(themeOf(chart.palette(), chart.font()));
        layoutStale = true;
        rebuildNeeded = false;
    } else {
        scene->updateMarkers();
    }
    if (!zoomed) {
        scene->setRanges(model.fittedX(), model.fittedY());
    }
    describe();
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void Chart::Impl::fitLayout() {
    if (layoutStale || plot->size() != layoutSize) {
        layoutSize = plot->size();
        layoutStale = false;
        scene->fitTo(layoutSize);
    }
}

void Chart::Impl::describe() {
    stack->setCurrentWidget(model.empty() ? static_cast<QWidget*>(emptyLabel) : plot);
    const QString note = model.fullNote();
    noteLabel->setText(note);
    noteLabel->setVisible(!note.isEmpty());
    const QString text = model.empty() ? emptyLabel->text() : model.summaryText();
    if (chart.accessibleDescription() != text) {
        chart.setAccessibleDescription(text);
    }
}

void Chart::Impl::restyle() {
    scene->restyle(themeOf(chart.palette(), chart.font()));
    layoutStale = true;
    plot->replot(QCustomPlot::rpQueuedReplot);
    chart.update();
}

void Chart::Impl::followScreen() {
    const auto apply = [this] {
        if (plot->bufferDevicePixelRatio() != chart.devicePixelRatioF()) {
            plot->setBufferDevicePixelRatio(chart.devicePixelRatioF());
            plot->replot(QCustomPlot::rpQueuedReplot);
        }
    };
    QWindow* current = chart.window()->windowHandle();
    if (current != nullptr && current != window) {
        if (window) {
            disconnect(window, nullptr, &chart, nullptr);
        }
        window = current;
        connect(current, &QWindow::screenChanged, &chart, apply);
    }
    apply();
}

void Chart::Impl::fillMenu(QMenu& menu) {
    const bool full = !model.empty();
    menu.addAction(tr("&Fit\t0"), &chart, &Chart::fit)->setEnabled(full);
    const auto addLog = [&](const QString& text, bool& flag, bool named) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(flag && !named);
        action->setEnabled(full && !named);
        connect(action, &QAction::toggled, &chart, [this, &flag](bool on) {
            flag = on;
            zoomed = false;
            rebuild();
        });
    };
    addLog(tr("Logarithmic &x Axis"), model.xAxis.logarithmic, model.bars.has_value());
    addLog(tr("Logarithmic &y Axis"), model.yAxis.logarithmic, model.hasRows());
    menu.addAction(tr("Axis &Limits…"), &chart, [this] { askLimits(); })->setEnabled(full);
    menu.addSeparator();
    menu.addAction(tr("&Copy Image"), &chart, &Chart::copyImageRequested)->setEnabled(full);
    menu.addAction(tr("Copy &Data"), &chart, &Chart::copyDataRequested)->setEnabled(full);
    menu.addSeparator();
    const std::array<std::pair<ChartFormat, QString>, 4> formats{
        {{ChartFormat::Png, tr("Export as &PNG…")},
         {ChartFormat::Svg, tr("Export as &SVG…")},
         {ChartFormat::Pdf, tr("Export as P&DF…")},
         {ChartFormat::Csv, tr("Export Data as CS&V…")}}};
    for (const auto& [format, text] : formats) {
        menu.addAction(text, &chart, [this, f = format] { emit chart.exportRequested(f); })
            ->setEnabled(full);
    }
}

void Chart::Impl::askLimits() {
    const auto titled = [](const QString& fallback, const AxisText& axis) {
        return axis.label.isEmpty() ? fallback : axisTitle(axis);
    };
    auto* dialog =
        new AxisLimitsDialog({titled(tr("x"), model.xAxis), chart.xRange(), model.logX()},
                             {titled(tr("y"), model.yAxis), chart.yRange(), model.logY()}, &chart);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &AxisLimitsDialog::limitsChosen, &chart, &Chart::zoomTo);
    dialog->open();
}

ExportView Chart::Impl::exportView(const QSize& size) const {
    // Before the first refresh the plot's axes do not know the data yet.
    if (!zoomed) {
        return {model.fittedX(), model.fittedY(), size};
    }
    return {chart.xRange(), chart.yRange(), size};
}

QString chartFormatSuffix(ChartFormat format) {
    switch (format) {
        case ChartFormat::Png:
            return QStringLiteral("png");
        case ChartFormat::Svg:
            return QStringLiteral("svg");
        case ChartFormat::Pdf:
            return QStringLiteral("pdf");
        case ChartFormat::Csv:
            return QStringLiteral("csv");
    }
    return {};
}

Chart::Chart(QWidget* parent) : QWidget(parent), m_impl(std::make_unique<Impl>(*this)) {
    setFocusPolicy(Qt::StrongFocus);
    m_impl->restyle();
    m_impl->describe();
}

Chart::~Chart() = default;

void Chart::setTitle(const QString& title) {
    m_impl->model.title = title;
    setAccessibleName(title);
}

QString Chart::title() const {
    return m_impl->model.title;
}

void Chart::setAxes(const AxisText& x, const AxisText& y) {
    m_impl->model.xAxis = x;
    m_impl->model.yAxis = y;
    m_impl->rebuild();
}

void Chart::setSeries(std::vector<Series> series) {
    m_impl->model.bars.reset();
    m_impl->model.series = std::move(series);
    m_impl->rebuild();
}

void Chart::setBars(const StackedBars& bars) {
    m_impl->model.series.clear();
    m_impl->model.bars = bars;
    m_impl->rebuild();
}

void Chart::appendPoint(int series, double x, double y) {
    ChartModel& model = m_impl->model;
    if (series < 0 || static_cast<std::size_t>(series) >= model.series.size()) {
        return;
    }
    const auto index = static_cast<std::size_t>(series);
    const bool sorted = model.summaries[index].sortedByX;
    model.append(index, x, y);
    if (sorted != model.summaries[index].sortedByX) {
        m_impl->rebuildNeeded = true;  // a curve now, no longer a function's graph
    } else if (!m_impl->rebuildNeeded) {
        m_impl->scene->append(index, x, y);
    }
    m_impl->scheduleRefresh();
}

void Chart::setXRangeHint(double lower, double upper) {
    m_impl->model.xHint = lower < upper ? std::optional(ChartRange{lower, upper}) : std::nullopt;
    m_impl->scheduleRefresh();
}

void Chart::setNote(const QString& note) {
    m_impl->model.note = note;
    m_impl->describe();
}

void Chart::setEmptyText(const QString& text) {
    m_impl->emptyLabel->setText(text);
    m_impl->describe();
}

void Chart::setOrigin(const ChartOrigin& origin) {
    m_impl->model.origin = origin;
}

void Chart::setSelectedKeys(const std::vector<QString>& keys) {
    std::set<QString> selected(keys.begin(), keys.end());
    if (selected != m_impl->model.selectedKeys) {
        m_impl->model.selectedKeys = std::move(selected);
        m_impl->scheduleRefresh();
    }
}

bool Chart::isEmpty() const {
    return m_impl->model.empty();
}

void Chart::fit() {
    m_impl->zoomed = false;
    m_impl->scheduleRefresh();
}

ChartRange Chart::xRange() const {
    if (!m_impl->zoomed) {
        return m_impl->model.fittedX();
    }
    return {m_impl->plot->xAxis->range().lower, m_impl->plot->xAxis->range().upper};
}

ChartRange Chart::yRange() const {
    if (!m_impl->zoomed) {
        return m_impl->model.fittedY();
    }
    return {m_impl->plot->yAxis->range().lower, m_impl->plot->yAxis->range().upper};
}

void Chart::zoomTo(const ChartRange& x, const ChartRange& y) {
    const auto right = [](const ChartRange& range, bool logarithmic) {
        return std::isfinite(range.lower) && std::isfinite(range.upper) &&
               range.lower < range.upper && (!logarithmic || range.lower > 0);
    };
    if (right(x, m_impl->model.logX()) && right(y, m_impl->model.logY())) {
        m_impl->scene->setRanges(x, y);
        m_impl->userZoomed();
    }
}

QPointF Chart::positionOf(double x, double y) const {
    const QPointF inPlot(m_impl->plot->xAxis->coordToPixel(x),
                         m_impl->plot->yAxis->coordToPixel(y));
    return inPlot + m_impl->plot->mapTo(this, QPoint(0, 0));
}

QString Chart::summary() const {
    return m_impl->model.summaryText();
}

QString Chart::note() const {
    return m_impl->model.fullNote();
}

QByteArray Chart::exported(ChartFormat format, const QSize& size) const {
    return exportChart(m_impl->model, m_impl->exportView(size), format);
}

QImage Chart::image() const {
    const QSize shown = m_impl->plot->size();
    const QSize size = isVisible() && shown.width() > 200 ? shown : QSize(900, 560);
    return chartImage(m_impl->model, m_impl->exportView(size));
}

QString Chart::dataTsv() const {
    return chartTsv(m_impl->model);
}

void Chart::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange ||
        event->type() == QEvent::FontChange) {
        m_impl->restyle();
    }
}

void Chart::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_impl->followScreen();
}

void Chart::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_impl->fillMenu(*menu);
    menu->popup(event->globalPos());
    event->accept();
}

void Chart::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void Chart::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void Chart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().brush(QPalette::Active, QPalette::Base));
    const bool focused = hasFocus();
    painter.setPen(
        QPen(focused ? palette().color(QPalette::Highlight) : themeOf(palette(), font()).grid,
             focused ? 2 : 1));
    const double inset = focused ? 1.0 : 0.5;
    painter.drawRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset));
}

}  // namespace mantissa::ui
