// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart.h"

#include <QBuffer>
#include <QContextMenuEvent>
#include <QImageReader>
#include <QMenu>
#include <QPainter>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTest>
#include <QToolTip>
#include <cmath>
#include <limits>

#include "ui/charts/chart_theme.h"

namespace {

using namespace mantissa::ui;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Series line(std::vector<double> x, std::vector<double> y) {
    return {.name = QStringLiteral("loss"), .x = std::move(x), .y = std::move(y)};
}

QStringList csvRows(const Chart& chart) {
    return QString::fromUtf8(chart.exported(ChartFormat::Csv))
        .split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

QAction* menuAction(Chart& chart, const QString& text) {
    const QPoint middle = chart.rect().center();
    QWidget* const target = chart.childAt(middle) != nullptr ? chart.childAt(middle) : &chart;
    QContextMenuEvent event(QContextMenuEvent::Mouse, target->mapFrom(&chart, middle),
                            chart.mapToGlobal(middle));
    QCoreApplication::sendEvent(target, &event);
    const auto menus = chart.findChildren<QMenu*>();
    for (QMenu* menu : menus) {
        for (QAction* action : menu->actions()) {
            if (action->text().remove(QLatin1Char('&')).startsWith(text)) {
                return action;
            }
        }
    }
    return nullptr;
}

class ChartTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Chart> m_chart;

    void show() {
        m_chart->resize(600, 360);
        m_chart->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
    }
    QWidget* plot() { return m_chart->childAt(m_chart->rect().center()); }
    QPoint inPlot(double x, double y) {
        return plot()->mapFrom(m_chart.get(), m_chart->positionOf(x, y).toPoint());
    }

private slots:
    void init() {
        m_chart = std::make_unique<Chart>();
        m_chart->setTitle(QStringLiteral("Training loss"));
        m_chart->setAxes({QStringLiteral("Step")},
                         {QStringLiteral("Energy"), QStringLiteral("µJ")});
        m_chart->setOrigin({QStringLiteral("abcdefghijklmnopqrstuvwxyz"), QStringLiteral("1.2.3")});
    }
    void cleanup() { m_chart.reset(); }

    void everySeriesStandsOutOnLightAndDark() {
        QPalette dark;
        dark.setColor(QPalette::Base, QColor(30, 30, 30));
        dark.setColor(QPalette::Text, Qt::white);
        for (const ChartTheme& theme : {lightTheme(), themeOf(dark, QFont())}) {
            for (int i = 0; i < 8; ++i) {
                const QColor colour = seriesColour(i, theme);
                QVERIFY2(std::abs(colour.lightness() - theme.background.lightness()) > 40,
                         qPrintable(colour.name()));
                QVERIFY(colour != theme.text);
            }
        }
    }

    void ticksStandInNamedRows() {
        m_chart->setAxes({.label = QStringLiteral("Magnitude"), .logarithmic = true},
                         {.label = QStringLiteral("Format"),
                          .categories = {QStringLiteral("FP8"), QStringLiteral("FP4")}});
        m_chart->setSeries({{.name = QStringLiteral("FP8"),
                             .x = {0.01, 1, 100},
                             .y = {0, 0, 0},
                             .style = SeriesStyle::Ticks},
                            {.name = QStringLiteral("FP4"),
                             .x = {1, 0},
                             .y = {1, 1},
                             .style = SeriesStyle::Ticks}});
        show();
        const QStringList rows = csvRows(*m_chart);
        QCOMPARE(rows.size(), 6);
        QVERIFY2(rows[1].startsWith(QStringLiteral("FP8,0.01,FP8")), qPrintable(rows[1]));
        QVERIFY(m_chart->note().contains(QStringLiteral("1 value of zero")));
        QVERIFY(m_chart->summary().contains(QStringLiteral("3 points from 0.01 to 100")));
        // Coloured at the values and nowhere between, in the upper row for the first format.
        const QImage image = m_chart->grab().toImage();
        const double ratio = image.devicePixelRatio();
        const auto coloured = [&](double x, double y) {
            const QPointF at = m_chart->positionOf(x, y) * ratio;
            for (int dx = -1; dx <= 1; ++dx) {
                const QColor pixel = image.pixelColor(qRound(at.x()) + dx, qRound(at.y()));
                if (pixel.saturation() > 60) {
                    return true;
                }
            }
            return false;
        };
        QVERIFY(coloured(1, 0) && coloured(1, 1) && coloured(100, 0));
        QVERIFY(!coloured(100, 1) && !coloured(10, 0) && !coloured(1, 0.5));
        QVERIFY(m_chart->positionOf(1, 0).y() < m_chart->positionOf(1, 1).y());
    }

    void anEmptyChartSaysWhatToDo() {
        m_chart->setEmptyText(QStringLiteral("Press Run"));
        QVERIFY(m_chart->isEmpty());
        QCOMPARE(m_chart->accessibleDescription(), QStringLiteral("Press Run"));
        m_chart->setSeries({line({1, 2}, {3, 4})});
        QVERIFY(!m_chart->isEmpty());
    }

    void infiniteValuesAreLeftOutAndCounted() {
        m_chart->setSeries({line({1, 2, 3, 4}, {5, kInf, -kInf, 7})});
        QVERIFY2(m_chart->note().contains(QStringLiteral("2 infinite values")),
                 qPrintable(m_chart->note()));
        QVERIFY(m_chart->yRange().upper < 10);
        QVERIFY(m_chart->yRange().lower > 0);
    }

    void aGapIsNoDataAndNoNote() {
        m_chart->setSeries({line({1, 2, 3}, {5, kNan, 7})});
        QVERIFY(m_chart->note().isEmpty());
        QCOMPARE(csvRows(*m_chart).at(2),
                 QStringLiteral("loss,2,,abcdefghijklmnopqrstuvwxyz,1.2.3"));
    }

    void aLogarithmicAxisLeavesOutWhatIsNotPositive() {
        m_chart->setAxes({QStringLiteral("Step")}, {QStringLiteral("Loss"), {}, true});
        m_chart->setSeries({line({1, 2, 3, 4}, {10, 0, -5, 1000})});
        QVERIFY2(m_chart->note().startsWith(QStringLiteral("2 values of zero or below")),
                 qPrintable(m_chart->note()));
        QVERIFY(m_chart->yRange().lower > 0);
        QVERIFY(m_chart->yRange().upper >= 1000);
    }

    void aNoteStandsBeforeTheCounts() {
        m_chart->setSeries({line({1, 2}, {5, kInf})});
        m_chart->setNote(QStringLiteral("stale"));
        QCOMPARE(m_chart->note(), QStringLiteral("stale · 1 infinite value left out"));
    }

    void fitShowsAllDataAndTheHint() {
        m_chart->setSeries({line({10, 20}, {1, 2})});
        m_chart->setXRangeHint(0, 100);
        QCOMPARE(m_chart->xRange(), (ChartRange{0, 100}));
        m_chart->appendPoint(0, 150, 3);
        QVERIFY(m_chart->xRange().upper >= 150);
    }

    void theUsersZoomSurvivesNewData() {
        m_chart->setSeries({line({0, 10}, {0, 10})});
        show();
        m_chart->zoomTo({2, 4}, {3, 5});
        m_chart->appendPoint(0, 20, 20);
        m_chart->setSeries({line({0, 50}, {0, 50})});
        QCoreApplication::processEvents();
        QCOMPARE(m_chart->xRange(), (ChartRange{2, 4}));
        m_chart->fit();
        QVERIFY(m_chart->xRange().upper >= 50);
    }

    void wrongLimitsAreIgnored() {
        m_chart->setSeries({line({0, 10}, {0, 10})});
        const ChartRange before = m_chart->xRange();
        m_chart->zoomTo({4, 2}, {3, 5});
        m_chart->zoomTo({0, kInf}, {3, 5});
        QCOMPARE(m_chart->xRange(), before);
    }

    void keysZoomPanAndFit() {
        m_chart->setSeries({line({0, 100}, {0, 10})});
        show();
        const ChartRange whole = m_chart->xRange();
        QTest::keyClick(m_chart.get(), Qt::Key_Plus);
        const ChartRange zoomed = m_chart->xRange();
        QVERIFY(zoomed.upper - zoomed.lower < whole.upper - whole.lower);
        QTest::keyClick(m_chart.get(), Qt::Key_Right);
        QVERIFY(m_chart->xRange().lower > zoomed.lower);
        QTest::keyClick(m_chart.get(), Qt::Key_0);
        QCOMPARE(m_chart->xRange(), whole);
    }

    void theWheelZoomsAtTheCursor() {
        m_chart->setSeries({line({0, 100}, {0, 10})});
        show();
        const QPoint at = inPlot(25, 5);
        QWheelEvent wheel(at, plot()->mapToGlobal(at), {}, QPoint(0, 240), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(plot(), &wheel);
        QVERIFY(m_chart->xRange().upper < 100);
        QVERIFY(qAbs(m_chart->positionOf(25, 5).x() - plot()->mapTo(m_chart.get(), at).x()) < 2);
    }

    void aClickedPointGivesItsKey() {
        Series points = line({1, 2, 3}, {1, 2, 1});
        points.style = SeriesStyle::Points;
        points.keys = {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")};
        m_chart->setSeries({points});
        show();
        QSignalSpy spy(m_chart.get(), &Chart::pointClicked);
        QTest::mouseClick(plot(), Qt::LeftButton, {}, inPlot(2, 2) + QPoint(3, 3));
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.at(0).at(0).toString(), QStringLiteral("b"));
        QTest::mouseClick(plot(), Qt::LeftButton, {}, inPlot(2, 2) + QPoint(20, 20));
        QCOMPARE(spy.size(), 1);
    }

    void aClickedBarGivesItsCategory() {
        m_chart->setAxes({QStringLiteral("Energy"), QStringLiteral("µJ")}, {});
        m_chart->setBars(
            {{QStringLiteral("conv1"), QStringLiteral("fc1")},
             {{QStringLiteral("SRAM"), {4, 10}, {}}, {QStringLiteral("DRAM"), {6, 2}, {}}}});
        show();
        QSignalSpy spy(m_chart.get(), &Chart::pointClicked);
        QTest::mouseClick(plot(), Qt::LeftButton, {}, inPlot(7, 0));
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.at(0).at(0).toString(), QStringLiteral("conv1"));
    }

    void theToolTipHasUnits() {
        m_chart->setSeries({line({1, 2, 3}, {1, 2.5, 1})});
        show();
        QTest::mouseMove(plot(), inPlot(2, 2.5));
        QTRY_VERIFY2(QToolTip::text().contains(QStringLiteral("<b>2.5</b> µJ")),
                     qPrintable(QToolTip::text()));
        QToolTip::hideText();
    }

    void theMenuAsksForExportsAndSwitchesTheScale() {
        m_chart->setSeries({line({1, 2, 3}, {1, 10, 100})});
        show();
        QSignalSpy spy(m_chart.get(), &Chart::exportRequested);
        QAction* svg = menuAction(*m_chart, QStringLiteral("Export as SVG"));
        QVERIFY(svg != nullptr);
        svg->trigger();
        QCOMPARE(spy.at(0).at(0).value<ChartFormat>(), ChartFormat::Svg);
        const double linear = m_chart->yRange().lower;
        QAction* logarithmic = menuAction(*m_chart, QStringLiteral("Logarithmic y"));
        QVERIFY(logarithmic != nullptr);
        logarithmic->trigger();
        QVERIFY(m_chart->yRange().lower > 0);
        QVERIFY(linear <= 0 || m_chart->yRange().lower != linear);
    }

    void aPngHasTwiceTheSizeAndSaysWhereItComesFrom() {
        m_chart->setSeries({line({1, 2, 3}, {1, 2, 3})});
        QByteArray bytes = m_chart->exported(ChartFormat::Png, {300, 200});
        QBuffer buffer(&bytes);
        QImageReader reader(&buffer, "png");
        const QImage image = reader.read();
        QCOMPARE(image.size(), QSize(600, 400));
        QCOMPARE(image.dotsPerMeterX(), 11811);
        QCOMPARE(image.text(QStringLiteral("Design")),
                 QStringLiteral("abcdefghijklmnopqrstuvwxyz"));
        QVERIFY(image.text(QStringLiteral("Software")).contains(QStringLiteral("1.2.3")));
    }

    void exportsAreLightOnADarkScreen() {
        QPalette dark;
        dark.setColor(QPalette::Base, Qt::black);
        dark.setColor(QPalette::Text, Qt::white);
        m_chart->setPalette(dark);
        m_chart->setSeries({line({1, 2, 3}, {1, 2, 3})});
        show();
        const QImage file = QImage::fromData(m_chart->exported(ChartFormat::Png), "png");
        QCOMPARE(file.pixelColor(2, 2), QColor(Qt::white));
        QCOMPARE(m_chart->grab().toImage().pixelColor(8, 8), QColor(Qt::black));
    }

    void aZoomedSvgLeavesItsMarginsClean() {
        m_chart->setSeries({line({0, 1, 2, 3, 4, 5}, {0, 100, -100, 100, -100, 0})});
        m_chart->zoomTo({1.9, 3.1}, {-1, 1});
        const QByteArray bytes = m_chart->exported(ChartFormat::Svg, {400, 300});
        QVERIFY(bytes.contains("<desc>"));
        QVERIFY(bytes.contains("abcdefghijklmnopqrstuvwxyz"));
        QSvgRenderer renderer(bytes);
        QVERIFY(renderer.isValid());
        QImage image(400, 300, QImage::Format_RGB32);
        image.fill(Qt::red);
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        // The margin right of the axes and the strip below the title hold nothing else.
        for (int y = 40; y < 240; ++y) {
            QCOMPARE(image.pixelColor(397, y), QColor(Qt::white));
        }
        for (int x = 60; x < 380; ++x) {
            QCOMPARE(image.pixelColor(x, 298), QColor(Qt::white));
            QCOMPARE(image.pixelColor(x, 1), QColor(Qt::white));
        }
        // And the line is there.
        bool blue = false;
        for (int x = 60; x < 380 && !blue; ++x) {
            blue = image.pixelColor(x, 150).blue() > image.pixelColor(x, 150).red() + 80;
        }
        QVERIFY(blue);
    }

    void aPdfIsAPdfOfOnePage() {
        m_chart->setSeries({line({1, 2, 3}, {1, 2, 3})});
        const QByteArray bytes = m_chart->exported(ChartFormat::Pdf, {400, 300});
        QVERIFY(bytes.startsWith("%PDF"));
        QVERIFY(bytes.contains("/MediaBox [0 0 300"));
        QVERIFY(bytes.contains("/Count 1"));
    }

    void aCsvReadsBackToTheSameNumbers() {
        const std::vector<double> y{1.0 / 3, 1e-300, 12345678.9};
        m_chart->setSeries({line({0.1, 2, 3e9}, y)});
        const QStringList rows = csvRows(*m_chart);
        QCOMPARE(rows.at(0), QStringLiteral("Series,Step,Energy [µJ],Design,Version"));
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(rows.at(i + 1).split(QLatin1Char(',')).at(2).toDouble(),
                     y[static_cast<std::size_t>(i)]);
        }
        QVERIFY(m_chart->dataTsv().startsWith(QStringLiteral("Series\tStep\tEnergy [µJ]\n")));
    }

    void namesWithCommasAreQuoted() {
        Series series = line({1}, {2});
        series.name = QStringLiteral("a, \"b\"");
        m_chart->setSeries({series});
        QVERIFY(csvRows(*m_chart).at(1).startsWith(QStringLiteral("\"a, \"\"b\"\"\",1,2")));
    }

    void aSpacerTakesRoomAndSaysNothing() {
        StackedBars bars{{QStringLiteral("step")}, {{}, {QStringLiteral("Saves"), {2}, {}}}};
        bars.components[0].values = {5};
        bars.components[0].spacer = true;
        m_chart->setAxes({QStringLiteral("Area"), QStringLiteral("mm²")}, {});
        m_chart->setBars(bars);
        QVERIFY(m_chart->xRange().upper >= 7);
        QVERIFY2(m_chart->summary().contains(QStringLiteral("step: 2 mm²")),
                 qPrintable(m_chart->summary()));
        QCOMPARE(m_chart->dataTsv().count(u'\n'), 2);  // header and one row
    }

    void aComponentWithoutASegmentHasNoRow() {
        m_chart->setBars({{QStringLiteral("whole"), QStringLiteral("parts")},
                          {{QStringLiteral("array"), {5, kNan}, {}},
                           {QStringLiteral("adders"), {kNan, 5}, {}}}});
        const auto lines = m_chart->dataTsv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[1].startsWith(QStringLiteral("whole\tarray")));
        QVERIFY(lines[2].startsWith(QStringLiteral("parts\tadders")));
    }

    void barsExportOneRowAComponent() {
        m_chart->setAxes({QStringLiteral("Energy"), QStringLiteral("µJ")},
                         {QStringLiteral("Layer"), {}});
        m_chart->setBars({{QStringLiteral("conv1")}, {{QStringLiteral("SRAM"), {4.5}, {}}}});
        QCOMPARE(csvRows(*m_chart).at(1),
                 QStringLiteral("conv1,SRAM,4.5,abcdefghijklmnopqrstuvwxyz,1.2.3"));
    }

    void theSummaryNamesExtentsAndLastValue() {
        m_chart->setSeries({line({1, 2, 3}, {5, 1, 2})});
        QVERIFY2(m_chart->summary().contains(QStringLiteral("3 points from 1 to 5, last 2")),
                 qPrintable(m_chart->summary()));
        QCOMPARE(m_chart->accessibleName(), QStringLiteral("Training loss"));
    }

    void pointsInFallingOrderAreAllDrawn() {
        m_chart->setSeries({line({3, 2, 1}, {1, 2, 3})});
        show();
        m_chart->appendPoint(0, 0.5, 4);
        QCoreApplication::processEvents();
        QCOMPARE(csvRows(*m_chart).size(), 5);
        QVERIFY(m_chart->xRange().lower <= 0.5);
    }

    void manyPointsStayInside() {
        Series series{.name = QStringLiteral("many"), .style = SeriesStyle::Points};
        for (int i = 0; i < 20000; ++i) {
            series.x.push_back(i % 141);
            series.y.push_back(i % 97);
        }
        m_chart->setSeries({series});
        show();
        QVERIFY(m_chart->positionOf(0, 0).x() >= 0);
        QVERIFY(m_chart->positionOf(140, 96).x() <= m_chart->width());
    }
};

}  // namespace

QTEST_MAIN(ChartTest)
#include "chart_test.moc"
