// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace mantissa::ui {
namespace {

constexpr std::size_t kManyPoints = 3000;  // beyond: thin lines, crosses instead of discs
constexpr int kLegendColumnLimit = 4;      // more series than these go to the right, if it is wide

QCPScatterStyle marker(int index, const QColor& colour, std::size_t points) {
    static constexpr std::array<QCPScatterStyle::ScatterShape, 8> kShapes{
        QCPScatterStyle::ssDisc,
        QCPScatterStyle::ssSquare,
        QCPScatterStyle::ssTriangle,
        QCPScatterStyle::ssDiamond,
        QCPScatterStyle::ssTriangleInverted,
        QCPScatterStyle::ssCross,
        QCPScatterStyle::ssPlus,
        QCPScatterStyle::ssStar};
    if (points > kManyPoints) {
        return {QCPScatterStyle::ssCross, QPen(colour, 1), Qt::NoBrush, 5};
    }
    // Where the colours repeat, the shapes are shifted by one, so that the pair is new.
    const auto number = static_cast<std::size_t>(std::max(index, 0));
    const std::size_t slot = (number + number / kShapes.size()) % kShapes.size();
    const double size = kShapes[slot] == QCPScatterStyle::ssDisc ? 6.5 : 7.5;
    return {kShapes[slot], QPen(colour, 1.3), QBrush(colour), size};
}

double orGap(PointFate fate, double y) {
    return fate == PointFate::Drawn ? y : std::numeric_limits<double>::quiet_NaN();
}

template <typename Plottable>
void fill(Plottable& plottable, const ChartModel& model, const Series& series, bool sorted) {
    const std::size_t points = std::min(series.x.size(), series.y.size());
    QVector<double> keys;
    QVector<double> values;
    keys.reserve(static_cast<qsizetype>(points));
    values.reserve(static_cast<qsizetype>(points));
    for (std::size_t i = 0; i < points; ++i) {
        const auto fate = model.fate(series.x[i], series.y[i]);
        if (std::isfinite(series.x[i]) && !(model.logX() && series.x[i] <= 0)) {
            keys.append(series.x[i]);
            values.append(orGap(fate, series.y[i]));
        }
    }
    if constexpr (std::is_same_v<Plottable, QCPGraph>) {
        plottable.addData(keys, values, sorted);
    } else {
        plottable.addData(keys, values);
    }
}

QString legendName(const QString& name) {
    return name.size() > 30 ? name.left(29) + QChar(0x2026) : name;
}

void styleAxis(QCPAxis& axis, const ChartTheme& theme) {
    axis.setBasePen(QPen(theme.axis, 1));
    axis.setTickPen(QPen(theme.axis, 1));
    axis.setSubTickPen(QPen(theme.axis, 1));
    axis.setTickLabelColor(theme.text);
    axis.setLabelColor(theme.text);
    axis.setTickLabelFont(theme.font);
    axis.setLabelFont(theme.font);
    axis.setTickLengthIn(0);
    axis.setTickLengthOut(4);
    axis.setSubTickLengthIn(0);
    axis.setSubTickLengthOut(2);
    axis.grid()->setPen(QPen(theme.grid, 1));
    axis.grid()->setZeroLinePen(Qt::NoPen);
    axis.grid()->setSubGridVisible(false);
}

void scaleAxis(QCPAxis& axis, bool logarithmic, bool whole) {
    axis.setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (logarithmic) {
        axis.setTicker(QSharedPointer<LogTicker>::create());
    } else {
        axis.setTicker(QSharedPointer<LinearTicker>::create(whole));
    }
}

}  // namespace

ChartScene::ChartScene(QCustomPlot& plot, const ChartModel& model)
    : m_plot(plot),
      m_model(model),
      m_axes(plot.axisRect()),
      m_ticks(new TickMarks(plot, model)),
      m_labels(new PointLabels(plot, model)),
      m_rings(new PointRings(plot, model)) {
    plot.setAutoAddPlottableToLegend(false);
    plot.setNoAntialiasingOnDrag(true);
    plot.setPlottingHints(QCP::phCacheLabels | QCP::phFastPolylines);
    plot.plotLayout()->setRowSpacing(0);
    plot.plotLayout()->setColumnSpacing(0);
    m_axes->setMinimumMargins(QMargins(8, 8, 14, 8));
    plot.legend->setVisible(false);
}

int ChartScene::colourIndex(std::size_t series) const {
    const int fixed = m_model.series[series].colour;
    return fixed >= 0 ? fixed : static_cast<int>(series);
}

void ChartScene::build(const ChartTheme& theme) {
    m_plot.legend->clearItems();
    m_plot.clearPlottables();
    m_plottables.clear();
    updateAxes();
    if (m_model.bars) {
        addBars();
    } else {
        for (std::size_t i = 0; i < m_model.series.size(); ++i) {
            addSeries(i);
        }
    }
    restyle(theme);
}

void ChartScene::addSeries(std::size_t index) {
    const Series& series = m_model.series[index];
    const bool sorted = m_model.summaries[index].sortedByX;
    QCPAbstractPlottable* plottable = nullptr;
    const bool single = series.style == SeriesStyle::Points || series.style == SeriesStyle::Ticks;
    if (sorted || single) {
        auto* graph = new QCPGraph(m_plot.xAxis, m_plot.yAxis);
        graph->setLineStyle(single ? QCPGraph::lsNone : QCPGraph::lsLine);
        graph->setAdaptiveSampling(series.style == SeriesStyle::Line);
        fill(*graph, m_model, series, sorted);
        plottable = graph;
    } else {
        auto* curve = new QCPCurve(m_plot.xAxis, m_plot.yAxis);
        fill(*curve, m_model, series, sorted);
        plottable = curve;
    }
    plottable->setSelectable(QCP::stNone);
    plottable->setName(legendName(series.name));
    m_plottables.push_back(plottable);
    // Ticks stand in named rows.
    if (!series.name.isEmpty() && series.style != SeriesStyle::Ticks) {
        plottable->addToLegend(m_plot.legend);
    }
}

void ChartScene::addBars() {
    QCPBars* below = nullptr;
    for (const auto& component : m_model.bars->components) {
        auto* bars = new QCPBars(m_plot.yAxis, m_plot.xAxis);
        bars->setName(legendName(component.name));
        bars->setWidth(0.68);
        bars->setStackingGap(0);
        bars->setSelectable(QCP::stNone);
        for (std::size_t i = 0; i < m_model.bars->categories.size(); ++i) {
            const double value = i < component.values.size() ? component.values[i] : 0;
            bars->addData(static_cast<double>(i), std::isfinite(value) ? value : 0);
        }
        if (below != nullptr) {
            bars->moveAbove(below);
        }
        below = bars;
        m_plottables.push_back(bars);
        if (component.inLegend && !component.spacer) {
            bars->addToLegend(m_plot.legend);
        }
    }
}

void ChartScene::updateAxes() {
    const bool rows = m_model.hasRows();
    scaleAxis(*m_plot.xAxis, m_model.logX(), m_model.xAxis.whole);
    scaleAxis(*m_plot.yAxis, m_model.logY(), m_model.yAxis.whole);
    m_plot.yAxis->setRangeReversed(rows);
    if (rows) {
        m_plot.yAxis->setTicker(
            QSharedPointer<CategoryTicker>::create(*m_plot.yAxis, m_model.rows()));
    }
    m_plot.xAxis->setLabel(axisTitle(m_model.xAxis));
    m_plot.yAxis->setLabel(axisTitle(m_model.yAxis));
    m_plot.yAxis->grid()->setVisible(!rows);
}

void ChartScene::restyle(const ChartTheme& theme) {
    m_theme = theme;
    m_ticks->setTheme(theme);
    m_labels->setTheme(theme);
    m_rings->setTheme(theme);
    m_plot.setBackground(QBrush(theme.background));
    for (QCPAxis* axis : {m_plot.xAxis, m_plot.yAxis}) {
        styleAxis(*axis, theme);
    }
    m_plot.legend->setBorderPen(Qt::NoPen);
    m_plot.legend->setBrush(Qt::NoBrush);
    m_plot.legend->setFont(theme.font);
    m_plot.legend->setTextColor(theme.text);
    m_plot.legend->setIconSize(22, 12);
    for (int i = 0; i < m_plot.legend->itemCount(); ++i) {
        if (QCPAbstractLegendItem* item = m_plot.legend->item(i)) {
            // QCustomPlot clips a pixel higher than the item stands: letters below the line.
            item->setMargins(QMargins(0, 0, 0, 1));
            item->setFont(theme.font);
            item->setTextColor(theme.text);
        }
    }
    QColor veil = theme.highlight;
    veil.setAlpha(50);
    m_plot.selectionRect()->setPen(QPen(theme.highlight, 1));
    m_plot.selectionRect()->setBrush(veil);
    if (m_model.bars) {
        paintBars();
    }
    updateMarkers();
}

void ChartScene::paintBars() {
    const auto& components = m_model.bars->components;
    // The model may be ahead of what was built from it.
    for (std::size_t i = 0; i < std::min(m_plottables.size(), components.size()); ++i) {
        const auto& component = components[i];
        if (component.spacer) {
            m_plottables[i]->setBrush(Qt::NoBrush);
            m_plottables[i]->setPen(Qt::NoPen);
            continue;
        }
        const int index = component.colour >= 0 ? component.colour : static_cast<int>(i);
        // Beyond the eighth component the colours repeat, so the fill changes.
        const Qt::BrushStyle fill = index < 8 ? Qt::SolidPattern : Qt::Dense3Pattern;
        const QColor colour = shaded(seriesColour(index, m_theme), component.shade, m_theme);
        m_plottables[i]->setBrush(QBrush(colour, fill));
        // Chosen colours tell neighbours apart; a rim would swallow what is thin.
        m_plottables[i]->setPen(component.colour >= 0 ? QPen(Qt::NoPen)
                                                      : QPen(m_theme.background, 1));
    }
}

void ChartScene::updateMarkers() {
    if (m_model.bars) {
        return;
    }
    std::size_t points = 0;
    int prominent = 0;
    for (std::size_t i = 0; i < m_model.series.size(); ++i) {
        points += m_model.summaries[i].drawn;
        prominent += m_model.series[i].faint ? 0 : 1;
    }
    for (std::size_t i = 0; i < m_plottables.size(); ++i) {
        const Series& series = m_model.series[i];
        const int index = colourIndex(i);
        const QColor base = seriesColour(index, m_theme);
        const QColor colour = series.faint ? faint(base, m_theme) : base;
        const bool thin = series.faint || points > 10 * kManyPoints;
        m_plottables[i]->setPen(QPen(colour, thin ? 1.0 : 1.8));
        const std::size_t drawn = m_model.summaries[i].drawn;
        QCPScatterStyle style = marker(index, colour, drawn);
        int skip = 0;
        if (series.style == SeriesStyle::Line) {
            // A few markers tell lines apart without colour; a lone point needs one to be seen.
            const bool some = !series.faint && prominent > 1;
            if (!some && drawn > 1) {
                style = QCPScatterStyle(QCPScatterStyle::ssNone);
            }
            skip = static_cast<int>(drawn / 6);
        } else if (series.style == SeriesStyle::Ticks) {
            style = QCPScatterStyle(QCPScatterStyle::ssNone);  // drawn by TickMarks
        } else if (series.faint) {
            style.setSize(4);
        }
        if (auto* graph = qobject_cast<QCPGraph*>(m_plottables[i])) {
            graph->setScatterStyle(style);
            graph->setScatterSkip(skip);
        } else if (auto* curve = qobject_cast<QCPCurve*>(m_plottables[i])) {
            curve->setScatterStyle(style);
            curve->setScatterSkip(skip);
        }
    }
}

void ChartScene::append(std::size_t series, double x, double y) {
    if (!std::isfinite(x) || (m_model.logX() && x <= 0)) {
        return;
    }
    const double drawn = orGap(m_model.fate(x, y), y);
    if (auto* graph = qobject_cast<QCPGraph*>(m_plottables[series])) {
        graph->addData(x, drawn);
    } else if (auto* curve = qobject_cast<QCPCurve*>(m_plottables[series])) {
        curve->addData(x, drawn);
    }
}

void ChartScene::setRanges(const ChartRange& x, const ChartRange& y) {
    m_plot.xAxis->setRange(x.lower, x.upper);
    m_plot.yAxis->setRange(y.lower, y.upper);
}

void ChartScene::addHeading(const QString& title, const QString& note) {
    QFont bold = m_theme.font;
    bold.setBold(true);
    bold.setPixelSize(15);
    if (!title.isEmpty()) {
        m_title = new QCPTextElement(&m_plot, title, bold);
        m_title->setTextColor(m_theme.text);
        m_title->setMargins(QMargins(4, 8, 4, 4));
    }
    if (!note.isEmpty()) {
        m_note = new QCPTextElement(&m_plot, note, m_theme.font);
        m_note->setTextColor(m_theme.axis);
        m_note->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
        m_note->setMargins(QMargins(12, 0, 4, 6));
    }
}

void ChartScene::fitTo(const QSize& size) {
    QCPLegend* legend = m_plot.legend;
    // The grid counts its empty cells as items too.
    int items = 0;
    int widest = 1;
    for (int i = 0; i < legend->itemCount(); ++i) {
        if (const QCPAbstractLegendItem* item = legend->item(i)) {
            widest = std::max(widest, item->minimumOuterSizeHint().width());
            ++items;
        }
    }
    legend->setVisible(items > 1);
    constexpr int kSpacing = 10;
    const int columns =
        std::clamp((size.width() - 40) / (widest + kSpacing), 1, std::max(items, 1));
    const bool right = items > kLegendColumnLimit && widest < size.width() / 3;
    legend->setColumnSpacing(kSpacing);
    legend->setRowSpacing(2);
    legend->setMargins(right ? QMargins(0, 10, 8, 1) : QMargins(14, 6, 8, 1));
    legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, false);
    legend->setWrap(right ? 1 : columns);
    legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, true);
    legend->simplify();
    legend->setSizeConstraintRect(QCPLayoutElement::scrOuterRect);
    legend->setMaximumSize(legend->minimumOuterSizeHint());
    arrange(items > 1, right);
    // As many ticks as there is room for labels.
    int labels = 0;
    if (auto* names = dynamic_cast<CategoryTicker*>(m_plot.yAxis->ticker().data())) {
        labels = static_cast<int>(names->widestLabel());
        names->setHeight(size.height() - heightBesideAxes(items > 1 && !right));
    }
    const int width = size.width() - (right ? widest : 0) - labels - 60;
    m_plot.xAxis->ticker()->setTickCount(std::clamp(width / 60, 2, 8));
    m_plot.yAxis->ticker()->setTickCount(std::clamp((size.height() - 60) / 40, 2, 8));
}

/// What title, legend, note and the x axis' texts take of the height.
double ChartScene::heightBesideAxes(bool legendAbove) const {
    constexpr double kAxisLines = 3;
    double height = kAxisLines * QFontMetricsF(m_theme.font).height();
    height += legendAbove ? m_plot.legend->minimumOuterSizeHint().height() : 0;
    for (const QCPLayoutElement* text :
         std::initializer_list<const QCPLayoutElement*>{m_title, m_note}) {
        height += text != nullptr ? text->minimumOuterSizeHint().height() : 0;
    }
    return height;
}

QCPLayoutGrid* ChartScene::legendStrip(int fillerRow, int fillerColumn) {
    // The filler takes the room that the legend does not need: a cell's limits bind its column.
    m_legendStrip = new QCPLayoutGrid;
    m_legendStrip->setRowSpacing(0);
    m_legendStrip->setColumnSpacing(0);
    m_legendStrip->addElement(0, 0, m_plot.legend);
    m_legendStrip->addElement(fillerRow, fillerColumn, new QCPLayoutElement(&m_plot));
    return m_legendStrip;
}

void ChartScene::arrange(bool legendShown, bool legendRight) {
    QCPLayoutGrid* grid = m_plot.plotLayout();
    QCPLegend* legend = m_plot.legend;
    if (legend->layout() != nullptr) {
        legend->layout()->take(legend);
    }
    if (m_legendStrip != nullptr) {
        grid->remove(m_legendStrip);
        m_legendStrip = nullptr;
    }
    for (QCPLayoutElement* element :
         std::initializer_list<QCPLayoutElement*>{m_title, m_axes, m_note}) {
        if (element != nullptr && element->layout() != nullptr) {
            element->layout()->take(element);
        }
    }
    grid->simplify();
    int row = 0;
    if (m_title != nullptr) {
        grid->addElement(row++, 0, m_title);
    }
    if (legendShown && !legendRight) {
        grid->addElement(row++, 0, legendStrip(0, 1));
    }
    if (legendShown && legendRight) {
        grid->addElement(row, 1, legendStrip(1, 0));
    }
    grid->addElement(row++, 0, m_axes);
    if (m_note != nullptr) {
        grid->addElement(row, 0, m_note);
    }
    if (!legendShown) {
        m_axes->insetLayout()->addElement(legend, Qt::AlignTop | Qt::AlignRight);
    }
}

std::optional<ChartHit> ChartScene::barHit(const QPointF& position) const {
    if (!m_axes->rect().contains(position.toPoint())) {
        return std::nullopt;
    }
    const double category = std::round(m_plot.yAxis->pixelToCoord(position.y()));
    const double value = m_plot.xAxis->pixelToCoord(position.x());
    const double offset = std::abs(m_plot.yAxis->pixelToCoord(position.y()) - category);
    if (category < 0 || category >= static_cast<double>(m_model.bars->categories.size()) ||
        offset > 0.34) {
        return std::nullopt;
    }
    const auto point = static_cast<std::size_t>(category);
    double positive = 0;
    double negative = 0;
    for (std::size_t c = 0; c < m_model.bars->components.size(); ++c) {
        const auto& values = m_model.bars->components[c].values;
        const double part =
            point < values.size() && std::isfinite(values[point]) ? values[point] : 0;
        double& start = part < 0 ? negative : positive;
        const double end = start + part;
        const bool drawn = part != 0 && !m_model.bars->components[c].spacer;
        if (drawn && value >= std::min(start, end) && value <= std::max(start, end)) {
            return ChartHit{c, point};
        }
        start = end;
    }
    return std::nullopt;
}

std::optional<ChartHit> ChartScene::hit(const QPointF& position, double radius) const {
    if (m_model.bars) {
        return barHit(position);
    }
    if (!m_axes->rect().adjusted(-4, -4, 4, 4).contains(position.toPoint())) {
        return std::nullopt;
    }
    const double left = m_plot.xAxis->pixelToCoord(position.x() - radius);
    const double right = m_plot.xAxis->pixelToCoord(position.x() + radius);
    double best = radius * radius;
    std::optional<ChartHit> found;
    for (std::size_t s = 0; s < m_model.series.size(); ++s) {
        const Series& series = m_model.series[s];
        std::size_t first = 0;
        if (m_model.summaries[s].sortedByX && !std::isnan(left)) {
            first = static_cast<std::size_t>(
                std::lower_bound(series.x.begin(), series.x.end(), left) - series.x.begin());
        }
        for (std::size_t i = first; i < std::min(series.x.size(), series.y.size()); ++i) {
            if (m_model.summaries[s].sortedByX && series.x[i] > right) {
                break;
            }
            if (!(series.x[i] >= left && series.x[i] <= right) ||
                m_model.fate(series.x[i], series.y[i]) != PointFate::Drawn) {
                continue;
            }
            const double dx = m_plot.xAxis->coordToPixel(series.x[i]) - position.x();
            double dy = m_plot.yAxis->coordToPixel(series.y[i]) - position.y();
            if (series.style == SeriesStyle::Ticks) {
                const double half =
                    std::abs(m_plot.yAxis->coordToPixel(series.y[i] + TickMarks::kHalfHeight) -
                             m_plot.yAxis->coordToPixel(series.y[i]));
                dy = std::max(0.0, std::abs(dy) - half);
            }
            // On a tie the later series wins: it is painted on top.
            if (dx * dx + dy * dy <= best) {
                best = dx * dx + dy * dy;
                found = ChartHit{s, i};
            }
        }
    }
    return found;
}

void ChartScene::setHovered(const std::optional<ChartHit>& hit) {
    std::optional<QPointF> point;
    if (hit && !m_model.bars) {
        const Series& series = m_model.series[hit->series];
        point = QPointF(series.x[hit->point], series.y[hit->point]);
    }
    if (m_rings->setHovered(point)) {
        redrawRings();
    }
}

void ChartScene::redrawRings() {
    m_plot.layer(QStringLiteral("overlay"))->replot();
}

}  // namespace mantissa::ui
