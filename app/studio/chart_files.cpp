// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/chart_files.h"

#include <QDir>
#include <QObject>
#include <QSaveFile>
#include <array>

namespace mantissa::app {

Result<void> writeFile(const QString& file, const QByteArray& bytes) {
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit()) {
        return fail(ErrorCode::Io,
                    QObject::tr("cannot write: %1").arg(out.errorString()).toStdString(),
                    file.toStdString(),
                    QObject::tr("choose another folder or free some space").toStdString());
    }
    return {};
}

Result<void> writeChart(const ui::Chart& chart, ui::ChartFormat format, const QString& file) {
    const QByteArray bytes = chart.exported(format);
    if (bytes.isEmpty()) {
        return fail(ErrorCode::InvalidInput, QObject::tr("the chart is empty").toStdString(),
                    chart.title().toStdString(),
                    QObject::tr("run a design or choose points first").toStdString());
    }
    return writeFile(file, bytes);
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

QByteArray csvOf(const std::vector<std::vector<QString>>& rows) {
    QString text;
    for (const auto& row : rows) {
        bool first = true;
        for (QString cell : row) {
            if (!first) {
                text += QLatin1Char(',');
            }
            first = false;
            if (cell.contains(QLatin1Char(',')) || cell.contains(QLatin1Char('"')) ||
                cell.contains(QLatin1Char('\n'))) {
                cell.replace(QLatin1String("\""), QLatin1String("\"\""));
                cell = QLatin1Char('"') + cell + QLatin1Char('"');
            }
            text += cell;
        }
        text += QLatin1String("\r\n");
    }
    return text.toUtf8();
}

}  // namespace mantissa::app
