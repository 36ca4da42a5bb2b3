// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/formats/format_charts.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/charts/chart.h"
#include "ui/common/number_text.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::FormatsPanel)
};

std::vector<QString> namesOf(const FormatStudies& shown) {
    std::vector<QString> names;
    for (const auto& study : shown.studies) {
        names.push_back(studyName(study.format));
    }
    return names;
}

QString valuesNote(const FormatStudies& shown) {
    QStringList thinned;
    QStringList fromData;
    bool blocks = false;
    for (const auto& study : shown.studies) {
        if (!study.grid.complete) {
            thinned << Text::tr("%1 (%2)").arg(studyName(study.format),
                                               countText(study.grid.positiveCount()));
        }
        if (study.grid.fromData) {
            fromData << studyName(study.format);
        }
        blocks = blocks || numerics::hasBlockScale(study.format.format);
    }
    QStringList parts{Text::tr("Positive values")};
    if (blocks) {
        parts << Text::tr("blocks with their largest magnitude just below 2^%1")
                     .arg(shown.request.blockExponent + 1);
    }
    if (!thinned.isEmpty()) {
        parts << Text::tr("only some drawn of %1").arg(thinned.join(QStringLiteral(", ")));
    }
    if (!fromData.isEmpty()) {
        parts << Text::tr("%1: of a Gaussian block").arg(fromData.join(QStringLiteral(", ")));
    }
    return parts.join(QStringLiteral(" · "));
}

Series levelLine(const numerics::FormatStudy& study, std::int64_t largest) {
    return {.name = studyName(study.format),
            .x = {1, static_cast<double>(largest)},
            .y = {study.bitsPerElement, study.bitsPerElement}};
}

/// The curve with the format's own block among its points, ringed and labelled.
Series bitsCurve(const numerics::FormatStudy& study, const QString& key) {
    Series series{.name = studyName(study.format)};
    series.drawLabels = true;
    auto points = study.bitsByBlock;
    const auto own = numerics::blockElements(study.format.format);
    if (own) {
        std::erase_if(points, [&](const auto& point) { return point.blockSize == *own; });
        points.push_back({*own, study.bitsPerElement});
        std::sort(points.begin(), points.end(),
                  [](const auto& a, const auto& b) { return a.blockSize < b.blockSize; });
    }
    for (const auto& point : points) {
        const bool isOwn = own && point.blockSize == *own;
        series.x.push_back(static_cast<double>(point.blockSize));
        series.y.push_back(point.bits);
        series.keys.push_back(isOwn ? key : QString());
        series.labels.push_back(isOwn ? bitsPerElementText(point.bits) : QString());
    }
    return series;
}

QString bitsNote(const FormatStudies& shown) {
    QStringList whole;
    for (const auto& study : shown.studies) {
        if (!study.bitsByBlock.empty() && !numerics::blockElements(study.format.format)) {
            whole << studyName(study.format);
        }
    }
    QStringList parts{Text::tr("Full blocks, shared bits counted · ring: the format's own block")};
    if (!whole.isEmpty()) {
        parts << Text::tr("%1: the whole tensor or a slice of it")
                     .arg(whole.join(QStringLiteral(", ")));
    }
    return parts.join(QStringLiteral(" · "));
}

QString sourcesNote(const FormatStudies& shown) {
    QStringList parts;
    for (const auto& source : shown.sources) {
        parts << QStringLiteral("%1: %2").arg(source.name, source.origin);
    }
    return parts.join(QStringLiteral(" · "));
}

}  // namespace

QString studyName(const numerics::TensorFormat& format) {
    const QString name = shortFormatText(format.format);
    return format.rounding == numerics::Rounding::NearestEven
               ? name
               : QStringLiteral("%1, %2").arg(name, shortRoundingText(format));
}

void showValues(Chart& chart, const FormatStudies& shown) {
    std::vector<Series> series;
    for (std::size_t i = 0; i < shown.studies.size(); ++i) {
        const auto& study = shown.studies[i];
        Series ticks{.name = studyName(study.format), .style = SeriesStyle::Ticks};
        std::copy_if(study.grid.values.begin(), study.grid.values.end(),
                     std::back_inserter(ticks.x), [](double value) { return value > 0; });
        ticks.y.assign(ticks.x.size(), static_cast<double>(i));
        series.push_back(std::move(ticks));
    }
    chart.setAxes({.label = Text::tr("Magnitude"), .logarithmic = true},
                  {.label = Text::tr("Format"), .categories = namesOf(shown)});
    chart.setSeries(std::move(series));
    chart.setNote(valuesNote(shown));
}

void showBits(Chart& chart, const FormatStudies& shown) {
    std::int64_t largest = shown.request.largestBlock;
    for (const auto& study : shown.studies) {
        largest = std::max(largest, numerics::blockElements(study.format.format).value_or(1));
    }
    std::vector<Series> series;
    std::vector<QString> keys;
    for (std::size_t i = 0; i < shown.studies.size(); ++i) {
        const auto& study = shown.studies[i];
        keys.push_back(QString::number(i));
        series.push_back(study.bitsByBlock.empty() ? levelLine(study, largest)
                                                   : bitsCurve(study, keys.back()));
    }
    chart.setAxes(
        {.label = Text::tr("Block size"), .unit = Text::tr("elements"), .logarithmic = true},
        {.label = Text::tr("Storage"), .unit = Text::tr("bit per element")});
    chart.setSeries(std::move(series));
    chart.setSelectedKeys(keys);
    chart.setNote(bitsNote(shown));
}

void showErrors(Chart& chart, const FormatStudies& shown) {
    std::vector<QString> rows;
    for (const auto& source : shown.sources) {
        rows.push_back(source.name);
    }
    constexpr double kSpread = 0.5;  // of a row, so that equal figures stay apart
    const auto count = static_cast<double>(shown.studies.size());
    std::vector<Series> series;
    for (std::size_t i = 0; i < shown.studies.size(); ++i) {
        const auto& study = shown.studies[i];
        Series points{.name = studyName(study.format), .style = SeriesStyle::Points};
        const double offset = ((static_cast<double>(i) + 0.5) / count - 0.5) * kSpread;
        for (std::size_t s = 0; s < study.errors.size(); ++s) {
            points.x.push_back(study.errors[s].sqnrDb());
            points.y.push_back(static_cast<double>(s) + offset);
        }
        series.push_back(std::move(points));
    }
    chart.setAxes({.label = Text::tr("Signal to quantisation noise"), .unit = QStringLiteral("dB")},
                  {.label = Text::tr("Data"), .categories = rows});
    chart.setSeries(std::move(series));
    chart.setNote(sourcesNote(shown));
}

}  // namespace mantissa::ui
