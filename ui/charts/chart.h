// SPDX-License-Identifier: GPL-3.0-or-later
// The one wrapper around QCustomPlot: theme, interaction, tool-tips, data access and export.
#pragma once

#include <QByteArray>
#include <QColor>
#include <QImage>
#include <QString>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

namespace mantissa::ui {

enum class SeriesStyle { Line, Points, LineAndPoints };

/// A named series; NaN is a gap, Inf is dropped and counted in the chart's note.
struct Series {
    QString name;
    std::vector<double> x;
    std::vector<double> y;
    SeriesStyle style = SeriesStyle::Line;
    std::vector<QString> labels;  ///< one a point, shown in the tool-tip; may be empty
    std::vector<QString> keys;    ///< one a point, given back by pointClicked; may be empty
    int colour = -1;              ///< index into the palette; -1: by order
};

/// Horizontal stacked bars: one bar a category, one segment a component.
struct StackedBars {
    std::vector<QString> categories;
    struct Component {
        QString name;
        std::vector<double> values;    ///< one a category
        std::vector<QString> details;  ///< tool-tip a category: value, unit, formula, source
    };
    std::vector<Component> components;
};

struct AxisText {
    QString label;  ///< quantity
    QString unit;   ///< "" where there is none
    bool logarithmic = false;
};

enum class ChartFormat { Png, Svg, Pdf, Csv };
QString chartFormatSuffix(ChartFormat format);  ///< "png", ...

/// What every exported file says about its origin.
struct ChartOrigin {
    QString designHash;  ///< full hashes, comma separated where there are several
    QString version;     ///< of the program
};

/// Wheel zooms at the cursor, drag pans, double-click fits, the nearest point has a tool-tip with
/// units. Follows the palette on screen; exports are always light.
class Chart : public QWidget {
    Q_OBJECT

public:
    explicit Chart(QWidget* parent = nullptr);
    ~Chart() override;

    void setTitle(const QString& title);  ///< accessible name, file name and heading of exports
    QString title() const;
    void setAxes(const AxisText& x, const AxisText& y);
    void setSeries(std::vector<Series> series);  ///< keeps the zoom where the user has zoomed
    void setBars(const StackedBars& bars);       ///< replaces series; y are categories
    void appendPoint(int series, double x, double y);
    void setXRangeHint(double lower, double upper);  ///< what "fit" shows at least
    void setNote(const QString& note);               ///< small text below, e.g. "stale: ..."
    void setEmptyText(const QString& text);          ///< shown instead of empty axes: what to do
    void setOrigin(const ChartOrigin& origin);
    bool isEmpty() const;
    void fit();

    /// Bytes of the file; sizes in px at 96 dpi. PNG: 2x, 300 dpi. Empty on failure.
    QByteArray exported(ChartFormat format, const QSize& size = {900, 560}) const;
    QImage image() const;     ///< for the clipboard, 2x
    QString dataTsv() const;  ///< what is drawn, for the clipboard

signals:
    void pointClicked(const QString& key);
    void exportRequested(mantissa::ui::ChartFormat format);  ///< from the context menu
    void copyImageRequested();
    void copyDataRequested();

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
