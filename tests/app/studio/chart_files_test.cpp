// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/chart_files.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

namespace mantissa::app {

class ChartFilesTest : public QObject {
    Q_OBJECT

private slots:
    void anUnwritableFolderIsAnErrorThatNamesTheFile();
    void anEmptyChartIsAnError();
    void fileNamesComeFromTitles();
    void allChartsWithDataAreWrittenInEveryFormat();

private:
    static void fillChart(ui::Chart& chart) {
        chart.setTitle(QStringLiteral("Loss"));
        chart.setAxes({QStringLiteral("step"), {}, false}, {QStringLiteral("loss"), {}, false});
        ui::Series series;
        series.name = QStringLiteral("train");
        series.x = {0, 1, 2};
        series.y = {3, 2, 1};
        chart.setSeries({series});
    }
};

void ChartFilesTest::anUnwritableFolderIsAnErrorThatNamesTheFile() {
    ui::Chart chart;
    fillChart(chart);
    const auto written =
        writeChart(chart, ui::ChartFormat::Svg, QStringLiteral("/nowhere/at/all/a.svg"));
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().where, std::string("/nowhere/at/all/a.svg"));
    QVERIFY(!written.error().message.empty());
}

void ChartFilesTest::anEmptyChartIsAnError() {
    const QTemporaryDir folder;
    const ui::Chart chart;
    QVERIFY(!writeChart(chart, ui::ChartFormat::Svg, folder.filePath(QStringLiteral("e.svg"))));
    QVERIFY(QDir(folder.path()).isEmpty());
}

void ChartFilesTest::fileNamesComeFromTitles() {
    ui::Chart chart;
    chart.setTitle(QStringLiteral("Accuracy against energy (pJ)"));
    QCOMPARE(chartFileName(chart, ui::ChartFormat::Pdf),
             QStringLiteral("accuracy-against-energy-pj.pdf"));
}

void ChartFilesTest::allChartsWithDataAreWrittenInEveryFormat() {
    const QTemporaryDir folder;
    ui::Chart full;
    fillChart(full);
    ui::Chart empty;
    empty.setTitle(QStringLiteral("Nothing"));
    const auto written = writeAllCharts({&full, &empty}, folder.path());
    QVERIFY(written.has_value());
    QCOMPARE(*written, 4);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files, QDir::Name),
             (QStringList{QStringLiteral("loss.csv"), QStringLiteral("loss.pdf"),
                          QStringLiteral("loss.png"), QStringLiteral("loss.svg")}));
}

}  // namespace mantissa::app

QTEST_MAIN(mantissa::app::ChartFilesTest)
#include "chart_files_test.moc"
