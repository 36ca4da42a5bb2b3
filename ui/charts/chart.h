// SPDX-License-Identifier: GPL-3.0-or-later
// The one wrapper around QCustomPlot: theme, interaction, tool-tips, data access and export.
#pragma once

#include <QByteArray>
#include <QColor>
#include <QImage>
#include <QPointF>
#include <QString>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

namespace mantissa::ui {

enum class SeriesStyle {
    Line,
    Points,
    LineAndPoints,
    Ticks,  ///< a thin vertical tick at each point, two thirds of a unit of y high
};

/// A named series; NaN is a gap, Inf is dropped and counted in the chart's note. Rising x makes a
/// function's graph; any other order is joined as it comes.
struct Series {
    QString name = {};
    std::vector<double> x = {};
    std::vector<double> y = {};
    SeriesStyle style = SeriesStyle::Line;
    std::vector<QString> labels = {};   ///< one a point, shown in the tool-tip; may be empty
    std::vector<QString> details = {};  ///< one a point, for tool-tip and table alone; may be empty
    std::vector<QString> keys = {};     ///< one a point, given back by pointClicked; may be empty
    int colour = -1;                    ///< index into the palette; -1: by order
    bool faint = false;                 ///< thin and pale: raw data behind a smoothed curve
    bool drawLabels = false;            ///< write the labels beside the points, where there is room
};

/// Horizontal stacked bars: one bar a category, one segment a component.
struct StackedBars {
    std::vector<QString> categories;
    struct Component {
        QString name;
        std::vector<double> values;    ///< one a category; NaN: has no segment there
        std::vector<QString> details;  ///< tool-tip a category: value, unit, formula, source
        int colour = -1;               ///< index into the palette; -1: by order
        int shade = 0;                 ///< parts of one whole: its colour, so many steps paler
        bool inLegend = true;
        bool spacer = false;  ///< takes room and is not drawn: what follows starts behind it
    };
    std::vector<Component> components;
};

struct AxisText {
    QString label = {};  ///< quantity
    QString unit = {};   ///< "" where there is none
    bool logarithmic = false;
    bool whole = false;  ///< counts: ticks at whole numbers only
    /// Of a y axis: rows with these names at 0, 1, ... from the top, instead of numbers.
    std::vector<QString> categories = {};
};

struct ChartRange {
    double lower = 0;
    double upper = 1;
    bool operator==(const ChartRange&) const = default;
};

enum class ChartFormat { Png, Svg, Pdf, Csv };
QString chartFormatSuffix(ChartFormat format);  ///< "png", ...

/// What every exported file says about its origin.
struct ChartOrigin {
    QString designHash;  ///< full hashes, comma separated where there are several
    QString version;     ///< of the program
};

/// Wheel zooms at the cursor (over an axis: that axis alone), drag pans, Ctrl+drag zooms into a
/// rectangle, double-click fits, the nearest point has a tool-tip with units. Keys: + and - zoom,
/// arrows pan, 0 fits. Follows the palette on screen; exports are always light.
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
    /// Draws a ring around the points that have one of these keys.
    void setSelectedKeys(const std::vector<QString>& keys);
    bool isEmpty() const;
    void fit();

    ChartRange xRange() const;
    ChartRange yRange() const;
    /// Shows these ranges until fit(), as if the user had zoomed; wrong ranges are ignored.
    void zoomTo(const ChartRange& x, const ChartRange& y);
    /// Where a value is drawn, in this widget's coordinates.
    QPointF positionOf(double x, double y) const;
    QString summary() const;  ///< what a screen reader says of the chart
    QString note() const;     ///< as shown: with the count of values that were left out

    /// Bytes of the file; sizes in px at 96 dpi. PNG: 2x, 300 dpi. Empty on failure. Title, hashes
    /// and version are in the PNG's text chunks, the SVG's <desc>, the PDF's title and the last two
    /// columns of the CSV, whose first row is the header (UTF-8, comma, LF, point as decimal mark;
    /// all points, zoomed or not).
    QByteArray exported(ChartFormat format, const QSize& size = {900, 560}) const;
    QImage image() const;     ///< for the clipboard, 2x
    QString dataTsv() const;  ///< what is drawn, for the clipboard

signals:
    void pointClicked(const QString& key);  ///< of a point with a key; of a bar: its category
    void exportRequested(mantissa::ui::ChartFormat format);  ///< from the context menu
    void copyImageRequested();
    void copyDataRequested();

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
