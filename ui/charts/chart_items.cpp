// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_items.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mantissa::ui {
namespace {

struct Suffix {
    double scale;
    const char16_t* text;
};

Suffix suffixFor(double largest) {
    static constexpr std::array<Suffix, 4> kSuffixes{
        {{1e12, u"T"}, {1e9, u"G"}, {1e6, u"M"}, {1e3, u"k"}}};
    if (largest >= 1e15 || largest < 1e5) {
        return {1, u""};
    }
    for (const auto& suffix : kSuffixes) {
        if (largest >= suffix.scale) {
            return suffix;
        }
    }
    return {1, u""};
}

QString tickText(double tick, double step, double largest, const QLocale& locale) {
    const Suffix suffix = suffixFor(largest);
    const double value = tick / suffix.scale;
    if (std::abs(tick) < step * 1e-6) {
        return locale.toString(0);
    }
    const double scaledLargest = largest / suffix.scale;
    if (scaledLargest >= 1e6 || scaledLargest < 1e-3) {
        const double ratio = std::max(std::abs(tick) / step, 1.0);
        return locale.toString(value, 'g', 1 + static_cast<int>(std::ceil(std::log10(ratio))));
    }
    // A step such as 2.5 needs one digit more than its magnitude says.
    double scaled = step / suffix.scale;
    int decimals = 0;
    while (decimals < 12 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled) {
        scaled *= 10;
        ++decimals;
    }
    return locale.toString(value, 'f', decimals) + QString::fromUtf16(suffix.text);
}

/// Beyond this ratio of a logarithmic axis' ends, powers of ten read better than k, M and G.
constexpr double kManyDecades = 1e13;

template <typename Visit>
void forEachDrawn(const ChartModel& model, Visit visit) {
    for (std::size_t s = 0; s < model.series.size(); ++s) {
        const Series& series = model.series[s];
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
            if (model.fate(series.x[i], series.y[i]) == PointFate::Drawn) {
                visit(series, i);
            }
        }
    }
}

QPointF pixelOf(const QCustomPlot& plot, double x, double y) {
    return {plot.xAxis->coordToPixel(x), plot.yAxis->coordToPixel(y)};
}

QCPAxisRect* axisRectOf(const QCustomPlot& plot) {
    return plot.xAxis->axisRect();
}

}  // namespace

double LinearTicker::getTickStep(const QCPRange& range) {
    const double step = QCPAxisTicker::getTickStep(range);
    m_step = m_whole ? std::max(1.0, std::round(step)) : step;
    m_largest = std::max(std::abs(range.lower), std::abs(range.upper));
    return m_step;
}

int LinearTicker::getSubTickCount(double tickStep) {
    return m_whole && tickStep <= 1 ? 0 : QCPAxisTicker::getSubTickCount(tickStep);
}

QString LinearTicker::getTickLabel(double tick, const QLocale& locale, QChar, int) {
    return tickText(tick, m_step, m_largest, locale);
}

QVector<double> LogTicker::createTickVector(double tickStep, const QCPRange& range) {
    if (range.lower > 0 && range.upper / range.lower < 30) {
        m_step = QCPAxisTicker::getTickStep(range);
        return QCPAxisTicker::createTickVector(m_step, range);
    }
    m_step = 0;
    m_powers = range.upper > kManyDecades * range.lower;
    return QCPAxisTickerLog::createTickVector(tickStep, range);
}

int LogTicker::getSubTickCount(double tickStep) {
    return m_step > 0 ? 4 : QCPAxisTickerLog::getSubTickCount(tickStep);
}

QString LogTicker::getTickLabel(double tick, const QLocale& locale, QChar, int) {
    const double magnitude = std::abs(tick);
    if (m_step > 0) {
        return tickText(tick, m_step, magnitude, locale);
    }
    const Suffix suffix = m_powers ? Suffix{1, u""} : suffixFor(magnitude);
    return locale.toString(tick / suffix.scale, 'g', 6) + QString::fromUtf16(suffix.text);
}

QVector<double> CategoryTicker::createTickVector(double, const QCPRange& range) {
    const double needed = QFontMetricsF(m_axis.tickLabelFont()).height();
    const double each = std::max(m_height, needed) / std::max(range.size(), 1e-9);
    const int stride = std::max(1, static_cast<int>(std::ceil(needed / std::max(each, 1e-9))));
    QVector<double> ticks;
    for (int i = 0; i < static_cast<int>(m_names.size()); i += stride) {
        if (range.contains(i)) {
            ticks.append(i);
        }
    }
    return ticks;
}

int CategoryTicker::getSubTickCount(double) {
    return 0;
}

QString CategoryTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
    const auto index = static_cast<std::size_t>(std::max(0.0, std::round(tick)));
    if (index >= m_names.size()) {
        return {};
    }
    return shown(m_names[index]);
}

QString CategoryTicker::shown(const QString& name) const {
    constexpr double kMostOfWidth = 0.4;
    constexpr qsizetype kMostLetters = 28;
    const QFontMetricsF metrics(m_axis.tickLabelFont());
    const double room = kMostOfWidth * m_axis.parentPlot()->viewport().width();
    const QString text =
        name.size() > kMostLetters ? name.left(kMostLetters - 1) + QChar(0x2026) : name;
    return metrics.elidedText(text, Qt::ElideRight, std::max(room, metrics.averageCharWidth() * 8));
}

double CategoryTicker::widestLabel() const {
    const QFontMetricsF metrics(m_axis.tickLabelFont());
    double widest = 0;
    for (const QString& name : m_names) {
        widest = std::max(widest, metrics.horizontalAdvance(shown(name)));
    }
    return widest;
}

TickMarks::TickMarks(QCustomPlot& plot, const ChartModel& model)
    : QCPLayerable(&plot, QStringLiteral("main")), m_model(model) {}

void TickMarks::applyDefaultAntialiasingHint(QCPPainter* painter) const {
    painter->setAntialiasing(false);  // one pixel wide each, and crisp
}

QRect TickMarks::clipRect() const {
    return axisRectOf(*mParentPlot)->rect();
}

void TickMarks::draw(QCPPainter* painter) {
    const QRectF area = axisRectOf(*mParentPlot)->rect();
    for (std::size_t s = 0; s < m_model.series.size(); ++s) {
        const Series& series = m_model.series[s];
        if (series.style != SeriesStyle::Ticks) {
            continue;
        }
        QVector<QLineF> lines;
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
            if (m_model.fate(series.x[i], series.y[i]) != PointFate::Drawn) {
                continue;
            }
            const QPointF from = pixelOf(*mParentPlot, series.x[i], series.y[i] - kHalfHeight);
            const QPointF to = pixelOf(*mParentPlot, series.x[i], series.y[i] + kHalfHeight);
            if (from.x() >= area.left() && from.x() <= area.right()) {
                lines.append(QLineF(from, to));
            }
        }
        const int index = series.colour >= 0 ? series.colour : static_cast<int>(s);
        painter->setPen(QPen(seriesColour(index, m_theme), 1));
        painter->drawLines(lines);
    }
}

PointLabels::PointLabels(QCustomPlot& plot, const ChartModel& model)
    : QCPLayerable(&plot, QStringLiteral("main")), m_model(model) {}

void PointLabels::applyDefaultAntialiasingHint(QCPPainter* painter) const {
    painter->setAntialiasing(true);
}

QRect PointLabels::clipRect() const {
    return axisRectOf(*mParentPlot)->rect();
}

void PointLabels::draw(QCPPainter* painter) {
    const QRectF area = axisRectOf(*mParentPlot)->rect();
    std::vector<QRectF> taken;
    forEachDrawn(m_model, [&](const Series& series, std::size_t i) {
        if (series.drawLabels) {
            const QPointF p = pixelOf(*mParentPlot, series.x[i], series.y[i]);
            taken.emplace_back(p.x() - 5, p.y() - 5, 10, 10);
        }
    });
    painter->setFont(m_theme.font);
    painter->setPen(m_theme.text);
    QColor veil = m_theme.background;
    veil.setAlpha(190);
    const QFontMetricsF metrics(m_theme.font);
    forEachDrawn(m_model, [&](const Series& series, std::size_t i) {
        if (!series.drawLabels || i >= series.labels.size() || series.labels[i].isEmpty()) {
            return;
        }
        const QPointF p = pixelOf(*mParentPlot, series.x[i], series.y[i]);
        if (!area.contains(p)) {
            return;
        }
        const QString text = metrics.elidedText(series.labels[i], Qt::ElideRight, 160);
        const QSizeF size(metrics.horizontalAdvance(text) + 2, metrics.height());
        const std::array<QPointF, 4> corners{
            QPointF(p.x() + 8, p.y() - size.height() / 2),
            QPointF(p.x() - 8 - size.width(), p.y() - size.height() / 2),
            QPointF(p.x() - size.width() / 2, p.y() - 8 - size.height()),
            QPointF(p.x() - size.width() / 2, p.y() + 8)};
        for (const QPointF& corner : corners) {
            const QRectF box(corner, size);
            const bool free = area.contains(box) &&
                              std::none_of(taken.begin(), taken.end(), [&box](const QRectF& other) {
                                  return other.intersects(box);
                              });
            if (free) {
                painter->fillRect(box, veil);  // readable over the points of a crowd
                painter->drawText(box, Qt::AlignCenter | Qt::TextSingleLine, text);
                taken.push_back(box);
                break;
            }
        }
    });
}

PointRings::PointRings(QCustomPlot& plot, const ChartModel& model)
    : QCPLayerable(&plot, QStringLiteral("overlay")), m_model(model) {}

bool PointRings::setHovered(const std::optional<QPointF>& point) {
    const bool changed = m_hovered != point;
    m_hovered = point;
    return changed;
}

void PointRings::applyDefaultAntialiasingHint(QCPPainter* painter) const {
    painter->setAntialiasing(true);
}

QRect PointRings::clipRect() const {
    return axisRectOf(*mParentPlot)->rect();
}

void PointRings::draw(QCPPainter* painter) {
    painter->setBrush(Qt::NoBrush);
    if (!m_model.selectedKeys.empty()) {
        painter->setPen(QPen(m_theme.highlight, 2));
        forEachDrawn(m_model, [&](const Series& series, std::size_t i) {
            if (i < series.keys.size() && m_model.selectedKeys.count(series.keys[i]) > 0) {
                painter->drawEllipse(pixelOf(*mParentPlot, series.x[i], series.y[i]), 8, 8);
            }
        });
    }
    if (m_hovered) {
        painter->setPen(QPen(m_theme.text, 1.5));
        painter->drawEllipse(pixelOf(*mParentPlot, m_hovered->x(), m_hovered->y()), 6, 6);
    }
}

MarginMask::MarginMask(QCustomPlot& plot, QSize size, const QColor& background)
    : QCPLayerable(&plot), m_size(size), m_background(background) {
    plot.addLayer(QStringLiteral("mask"), plot.layer(QStringLiteral("main")),
                  QCustomPlot::limAbove);
    setLayer(QStringLiteral("mask"));
}

void MarginMask::applyDefaultAntialiasingHint(QCPPainter* painter) const {
    painter->setAntialiasing(false);
}

void MarginMask::draw(QCPPainter* painter) {
    const QRect axes = axisRectOf(*mParentPlot)->rect();
    // Wide enough for what a zoomed line leaves outside the picture as well.
    constexpr int kBeyond = 20000;
    const QRect whole = QRect(QPoint(0, 0), m_size).adjusted(-kBeyond, -kBeyond, kBeyond, kBeyond);
    const std::array<QRect, 4> strips{
        QRect(QPoint(whole.left(), whole.top()), QPoint(whole.right(), axes.top() - 1)),
        QRect(QPoint(whole.left(), axes.bottom() + 1), QPoint(whole.right(), whole.bottom())),
        QRect(QPoint(whole.left(), axes.top()), QPoint(axes.left() - 1, axes.bottom())),
        QRect(QPoint(axes.right() + 1, axes.top()), QPoint(whole.right(), axes.bottom()))};
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_background);
    for (const QRect& strip : strips) {
        painter->drawRect(strip);
    }
}

}  // namespace mantissa::ui
