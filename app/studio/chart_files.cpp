// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/chart_files.h"

#include <QDir>
#include <QObject>
#include <array>
#include <string_view>

#include "core/atomic_file.h"

namespace mantissa::app {

Result<void> writeChart(const ui::Chart& chart, ui::ChartFormat format, const QString& file) {
    const QByteArray bytes = chart.isEmpty() ? QByteArray() : chart.exported(format);
    if (bytes.isEmpty()) {
        return fail(ErrorCode::InvalidInput, QObject::tr("the chart is empty").toStdString(),
                    chart.title().toStdString(),
                    QObject::tr("run a design or choose points first").toStdString());
    }
    return writeFileAtomically(
        file.toStdString(),
        std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

QString chartFileName(const ui::Chart& chart, ui::ChartFormat format) {
    QString name;
    for (const QChar c : chart.title().toLower()) {
        if (c.isLetterOrNumber()) {
            name += c;
        } else if (!name.isEmpty() && !name.endsWith(QLatin1Char('-'))) {
            name += QLatin1Char('-');
        }
    }
    while (name.endsWith(QLatin1Char('-'))) {
        name.chop(1);
    }
    return (name.isEmpty() ? QStringLiteral("chart") : name) + QLatin1Char('.') +
           ui::chartFormatSuffix(format);
}

Result<int> writeAllCharts(const QList<ui::Chart*>& charts, const QString& folder) {
    constexpr std::array kFormats{ui::ChartFormat::Svg, ui::ChartFormat::Pdf, ui::ChartFormat::Png,
                                  ui::ChartFormat::Csv};
    int written = 0;
    for (const auto* chart : charts) {
        if (chart->isEmpty()) {
            continue;
        }
        for (const auto format : kFormats) {
            const QString file = QDir(folder).filePath(chartFileName(*chart, format));
            if (const auto result = writeChart(*chart, format, file); !result) {
                return tl::unexpected(result.error());
            }
            ++written;
        }
    }
    return written;
}

}  // namespace mantissa::app
