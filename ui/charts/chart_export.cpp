// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_export.h"

#include <QBuffer>
#include <QImageWriter>
#include <QMarginsF>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>

#include "ui/charts/chart_scene.h"

namespace mantissa::ui {
namespace {

constexpr double kPixelsPerInch = 96;
constexpr int kPngDotsPerMetre = 11811;  // 300 dpi
constexpr int kPngScale = 2;

/// A plot of its own, so that an export never touches what is on the screen.
class ExportPlot {
public:
    ExportPlot(const ChartModel& model, const ExportView& view)
        : m_model(model), m_size(view.size), m_scene(m_plot, m_model) {
        m_model.selectedKeys.clear();
        m_scene.build(lightTheme());
        m_scene.setRanges(view.x, view.y);
        m_scene.addHeading(m_model.title, m_model.fullNote());
        m_scene.fitTo(m_size);
    }

    QCustomPlot& plot() { return m_plot; }

    /// Paints with vector primitives only.
    void paintVectors(QPaintDevice* device) {
        QCPPainter painter(device);
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        painter.fillRect(QRect(QPoint(0, 0), m_size), lightTheme().background);
        m_plot.toPainter(&painter, m_size.width(), m_size.height());
    }

private:
    ChartModel m_model;
    QSize m_size;
    QCustomPlot m_plot;
    ChartScene m_scene;
};

QByteArray png(const ChartModel& model, const ExportView& view) {
    QImage image = chartImage(model, view);
    image.setDotsPerMeterX(kPngDotsPerMetre);
    image.setDotsPerMeterY(kPngDotsPerMetre);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QImageWriter writer(&buffer, "png");
    writer.setText(QStringLiteral("Title"), model.title);
    writer.setText(QStringLiteral("Description"), originText(model));
    writer.setText(QStringLiteral("Software"), QStringLiteral("Mantissa ") + model.origin.version);
    writer.setText(QStringLiteral("Design"), model.origin.designHash);
    return writer.write(image) ? bytes : QByteArray();
}

QByteArray svg(const ChartModel& model, const ExportView& view) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(view.size);
    generator.setViewBox(QRect(QPoint(0, 0), view.size));
    generator.setResolution(static_cast<int>(kPixelsPerInch));
    generator.setTitle(model.title);
    generator.setDescription(originText(model));
    ExportPlot plot(model, view);
    new MarginMask(plot.plot(), view.size, lightTheme().background);  // the plot owns it
    plot.paintVectors(&generator);
    return bytes;
}

QByteArray pdf(const ChartModel& model, const ExportView& view) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QSizeF(view.size) * (72.0 / kPixelsPerInch), QPageSize::Point,
                                 QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setResolution(static_cast<int>(kPixelsPerInch));
    writer.setTitle(originText(model));
    writer.setCreator(QStringLiteral("Mantissa ") + model.origin.version);
    ExportPlot(model, view).paintVectors(&writer);
    buffer.close();
    return bytes;
}

QString csvCell(const QString& text) {
    const bool quoted = text.contains(QLatin1Char(',')) || text.contains(QLatin1Char('"')) ||
                        text.contains(QLatin1Char('\n'));
    if (!quoted) {
        return text;
    }
    QString escaped = text;
    escaped.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + escaped + QLatin1Char('"');
}

QByteArray csv(const ChartModel& model) {
    QString text;
    bool header = true;
    for (QStringList row : dataTable(model)) {
        row << (header ? QStringLiteral("Design") : model.origin.designHash)
            << (header ? QStringLiteral("Version") : model.origin.version);
        header = false;
        for (QString& cell : row) {
            cell = csvCell(cell);
        }
        text += row.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return text.toUtf8();
}

}  // namespace

QString originText(const ChartModel& model) {
    QStringList parts;
    if (!model.title.isEmpty()) {
        parts << model.title;
    }
    if (!model.origin.designHash.isEmpty()) {
        parts << QStringLiteral("design ") + model.origin.designHash;
    }
    parts << (QStringLiteral("Mantissa ") + model.origin.version).trimmed();
    return parts.join(QStringLiteral("; "));
}

QImage chartImage(const ChartModel& model, const ExportView& view) {
    return ExportPlot(model, view)
        .plot()
        .toPixmap(view.size.width(), view.size.height(), kPngScale)
        .toImage();
}

QString chartTsv(const ChartModel& model) {
    QString text;
    for (QStringList row : dataTable(model)) {
        for (QString& cell : row) {
            cell.replace(QLatin1Char('\t'), QLatin1Char(' '));
            cell.replace(QLatin1Char('\n'), QLatin1Char(' '));
        }
        text += row.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return text;
}

QByteArray exportChart(const ChartModel& model, const ExportView& view, ChartFormat format) {
    if (view.size.isEmpty()) {
        return {};
    }
    switch (format) {
        case ChartFormat::Png:
            return png(model, view);
        case ChartFormat::Svg:
            return svg(model, view);
        case ChartFormat::Pdf:
            return pdf(model, view);
        case ChartFormat::Csv:
            return csv(model);
    }
    return {};
}

}  // namespace mantissa::ui
