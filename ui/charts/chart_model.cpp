// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_model.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::Chart)
};

QString exactNumber(double value) {
    if (!std::isfinite(value)) {
        return {};
    }
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

ChartRange padded(Extent extent, bool logarithmic, double share) {
    if (!extent.valid()) {
        return logarithmic ? ChartRange{1, 10} : ChartRange{0, 1};
    }
    if (logarithmic) {
        const double decades = std::max(std::log10(extent.upper / extent.lower), 0.1);
        const double factor = std::pow(10, decades * share);
        return {extent.lower / factor, extent.upper * factor};
    }
    double span = extent.upper - extent.lower;
    // Below this span neighbouring ticks could not be told apart in double precision.
    const double least = 1e-9 * std::max(std::abs(extent.lower), std::abs(extent.upper));
    if (span <= least) {
        span = extent.upper != 0 ? std::abs(extent.upper) : 1;
        return {extent.lower - span * 0.5, extent.upper + span * 0.5};
    }
    return {extent.lower - span * share, extent.upper + span * share};
}

Extent barExtent(const StackedBars& bars) {
    Extent extent;
    extent.include(0.0);
    for (std::size_t category = 0; category < bars.categories.size(); ++category) {
        double positive = 0;
        double negative = 0;
        for (const auto& component : bars.components) {
            const double value =
                category < component.values.size() ? component.values[category] : 0;
            if (std::isfinite(value)) {
                (value < 0 ? negative : positive) += value;
            }
        }
        extent.include(positive);
        extent.include(negative);
    }
    return extent;
}

bool anyText(const std::vector<Series>& series, std::vector<QString> Series::*member) {
    return std::any_of(series.begin(), series.end(),
                       [member](const Series& s) { return !(s.*member).empty(); });
}

QString textAt(const std::vector<QString>& texts, std::size_t index) {
    return index < texts.size() ? texts[index] : QString();
}

std::vector<QStringList> seriesTable(const ChartModel& model) {
    const bool labels = anyText(model.series, &Series::labels);
    const bool details = anyText(model.series, &Series::details);
    const bool keys = anyText(model.series, &Series::keys);
    QStringList header{Text::tr("Series"), axisTitle(model.xAxis), axisTitle(model.yAxis)};
    if (labels) {
        header << Text::tr("Label");
    }
    if (details) {
        header << Text::tr("Detail");
    }
    if (keys) {
        header << Text::tr("Key");
    }
    std::vector<QStringList> rows{header};
    for (const auto& series : model.series) {
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
            const auto fate = model.fate(series.x[i], series.y[i]);
            const QString y = model.hasRows() ? model.rowAt(series.y[i]) : exactNumber(series.y[i]);
            QStringList row{series.name, exactNumber(series.x[i]),
                            fate == PointFate::Drawn ? y : QString()};
            if (labels) {
                row << textAt(series.labels, i);
            }
            if (details) {
                row << textAt(series.details, i);
            }
            if (keys) {
                row << textAt(series.keys, i);
            }
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

std::vector<QStringList> barTable(const ChartModel& model) {
    const StackedBars& bars = *model.bars;
    const bool details =
        std::any_of(bars.components.begin(), bars.components.end(),
                    [](const StackedBars::Component& c) { return !c.details.empty(); });
    QStringList header{model.yAxis.label.isEmpty() ? Text::tr("Category") : axisTitle(model.yAxis),
                       Text::tr("Component"), axisTitle(model.xAxis)};
    if (details) {
        header << Text::tr("Detail");
    }
    std::vector<QStringList> rows{header};
    for (std::size_t category = 0; category < bars.categories.size(); ++category) {
        for (const auto& component : bars.components) {
            const bool known = category < component.values.size();
            if (component.spacer || (known && std::isnan(component.values[category]))) {
                continue;
            }
            QStringList row{bars.categories[category], component.name,
                            known ? exactNumber(component.values[category]) : QString()};
            if (details) {
                row << textAt(component.details, category);
            }
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

}  // namespace

void Extent::include(double value) {
    lower = std::min(lower, value);
    upper = std::max(upper, value);
}

void Extent::include(const Extent& other) {
    if (other.valid()) {
        include(other.lower);
        include(other.upper);
    }
}

PointFate ChartModel::fate(double x, double y) const {
    if (std::isinf(x) || std::isinf(y)) {
        return PointFate::Infinite;
    }
    if (std::isnan(x) || std::isnan(y)) {
        return PointFate::Gap;
    }
    if ((logX() && x <= 0) || (logY() && y <= 0)) {
        return PointFate::NonPositive;
    }
    return PointFate::Drawn;
}

void ChartModel::account(std::size_t index, double x, double y) {
    SeriesSummary& summary = summaries[index];
    if (std::isfinite(x)) {
        summary.sortedByX = summary.sortedByX && x >= summary.lastX;
        summary.lastX = x;
    }
    switch (fate(x, y)) {
        case PointFate::Drawn:
            summary.x.include(x);
            summary.y.include(y);
            summary.lastY = y;
            ++summary.drawn;
            break;
        case PointFate::Infinite:
            ++summary.infinite;
            break;
        case PointFate::NonPositive:
            ++summary.nonPositive;
            break;
        case PointFate::Gap:
            break;
    }
}

void ChartModel::summarise() {
    summaries.assign(series.size(), {});
    for (std::size_t i = 0; i < series.size(); ++i) {
        const std::size_t points = std::min(series[i].x.size(), series[i].y.size());
        for (std::size_t p = 0; p < points; ++p) {
            account(i, series[i].x[p], series[i].y[p]);
        }
    }
}

void ChartModel::append(std::size_t index, double x, double y) {
    series[index].x.push_back(x);
    series[index].y.push_back(y);
    account(index, x, y);
}

bool ChartModel::empty() const {
    if (bars) {
        return bars->categories.empty() || bars->components.empty();
    }
    return std::none_of(summaries.begin(), summaries.end(),
                        [](const SeriesSummary& s) { return s.drawn > 0; });
}

ChartRange ChartModel::fittedX() const {
    if (bars) {
        const ChartRange range = padded(barExtent(*bars), false, 0.04);
        const bool negative = barExtent(*bars).lower < 0;
        return {negative ? range.lower : 0, range.upper};
    }
    Extent extent;
    for (const auto& summary : summaries) {
        extent.include(summary.x);
    }
    const bool hinted = xHint && (!logX() || xHint->lower > 0);
    if (hinted &&
        (!extent.valid() || (extent.lower >= xHint->lower && extent.upper <= xHint->upper))) {
        return *xHint;
    }
    if (hinted) {
        extent.include(xHint->lower);
        extent.include(xHint->upper);
    }
    return padded(extent, logX(), 0.04);
}

QString ChartModel::rowAt(double y) const {
    const double row = std::round(y);
    return row >= 0 && row < static_cast<double>(rows().size())
               ? rows()[static_cast<std::size_t>(row)]
               : QString();
}

ChartRange ChartModel::fittedY() const {
    if (hasRows()) {
        return {-0.6, static_cast<double>(rows().size()) - 0.4};
    }
    Extent extent;
    for (const auto& summary : summaries) {
        extent.include(summary.y);
    }
    ChartRange range = padded(extent, logY(), 0.06);
    // A range that comes near zero starts there: the eye compares heights against the axis.
    if (!logY() && extent.valid() && extent.lower >= 0 && extent.lower < 0.3 * extent.upper) {
        range.lower = extent.lower > 0 ? 0 : -0.02 * extent.upper;
    }
    return range;
}

QString ChartModel::fullNote() const {
    std::size_t infinite = 0;
    std::size_t nonPositive = 0;
    for (const auto& summary : summaries) {
        infinite += summary.infinite;
        nonPositive += summary.nonPositive;
    }
    QStringList parts;
    if (!note.isEmpty()) {
        parts << note;
    }
    if (infinite > 0) {
        parts << (infinite == 1 ? Text::tr("1 infinite value left out")
                                : Text::tr("%1 infinite values left out").arg(infinite));
    }
    if (nonPositive > 0) {
        parts << (nonPositive == 1
                      ? Text::tr("1 value of zero or below left out (logarithmic axis)")
                      : Text::tr("%1 values of zero or below left out (logarithmic axis)")
                            .arg(nonPositive));
    }
    return parts.join(QStringLiteral(" · "));
}

QString ChartModel::summaryText() const {
    if (empty()) {
        return Text::tr("Chart without data.");
    }
    QStringList parts;
    if (bars) {
        parts << Text::tr("Stacked bars of %1, %2 categories.")
                     .arg(axisTitle(xAxis))
                     .arg(bars->categories.size());
        // Nobody listens to a hundred rows, and each costs a drag time.
        constexpr std::size_t kMostRows = 12;
        const std::size_t rows = std::min(bars->categories.size(), kMostRows);
        for (std::size_t c = 0; c < rows; ++c) {
            double total = 0;
            for (const auto& component : bars->components) {
                const bool counts = !component.spacer && c < component.values.size() &&
                                    std::isfinite(component.values[c]);
                total += counts ? component.values[c] : 0;
            }
            parts << QStringLiteral("%1: %2 %3.")
                         .arg(bars->categories[c], readable(total), xAxis.unit);
        }
        if (rows < bars->categories.size()) {
            parts << Text::tr("And %1 more.").arg(bars->categories.size() - rows);
        }
        return parts.join(QLatin1Char(' '));
    }
    parts << (hasRows() ? Text::tr("%1 in %2 rows, %3 series.")
                              .arg(axisTitle(xAxis))
                              .arg(rows().size())
                              .arg(series.size())
                        : Text::tr("%1 against %2, %3 series.")
                              .arg(axisTitle(yAxis), axisTitle(xAxis))
                              .arg(series.size()));
    for (std::size_t i = 0; i < series.size() && i < summaries.size(); ++i) {
        const SeriesSummary& s = summaries[i];
        const Extent& extent = hasRows() ? s.x : s.y;
        parts << (s.drawn == 0
                      ? Text::tr("%1: no points.").arg(series[i].name)
                      : Text::tr("%1: %2 points from %3 to %4%5.")
                            .arg(series[i].name)
                            .arg(s.drawn)
                            .arg(readable(extent.lower), readable(extent.upper),
                                 hasRows() ? QString()
                                           : Text::tr(", last %1").arg(readable(s.lastY))));
    }
    return parts.join(QLatin1Char(' '));
}

QString axisTitle(const AxisText& axis) {
    return axis.unit.isEmpty() ? axis.label : QStringLiteral("%1 [%2]").arg(axis.label, axis.unit);
}

QString readable(double value) {
    const QLocale locale;
    const double magnitude = std::abs(value);
    if (value == std::floor(value) && magnitude < 1e12) {
        return locale.toString(value, 'f', 0);
    }
    if (magnitude >= 1e-3 && magnitude < 1e9) {
        const int whole = std::max(0, static_cast<int>(std::floor(std::log10(magnitude))) + 1);
        QString text = locale.toString(value, 'f', std::max(0, 5 - whole));
        const QString point = locale.decimalPoint();
        if (text.contains(point)) {
            while (text.endsWith(locale.zeroDigit())) {
                text.chop(1);
            }
            if (text.endsWith(point)) {
                text.chop(1);
            }
        }
        return text;
    }
    return locale.toString(value, 'g', 5);
}

std::vector<QStringList> dataTable(const ChartModel& model) {
    return model.bars ? barTable(model) : seriesTable(model);
}

}  // namespace mantissa::ui
