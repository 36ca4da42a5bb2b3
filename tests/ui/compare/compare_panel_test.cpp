// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/compare_panel.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "ui/charts/chart.h"
#include "ui/common/number_text.h"
#include "ui/compare/compare_table.h"
#include "ui/compare/design_list_model.h"

namespace {

using namespace mantissa;
using namespace mantissa::ui;

ComparePoint point(const QString& hash, double accuracy, double area_mm2) {
    ComparePoint p;
    p.hash = hash;
    p.name = QStringLiteral("design ") + hash;
    p.status = QStringLiteral("done");
    p.epochs = 2;
    p.testAccuracy = accuracy;
    p.hardware = hw::HardwareReport{};
    p.hardware->area_um2 = area_mm2 * 1e6;
    p.hardware->energy_pj = area_mm2 * 1e8;
    p.hardware->cycles = 1000;
    p.hardware->clockMhz = 500;
    p.epochCurve = {{.epoch = 1, .step = 10, .testAccuracy = accuracy / 2},
                    {.epoch = 2, .step = 20, .testAccuracy = accuracy}};
    p.steps = {{.step = 0, .loss = 2, .accuracy = 0.1}, {.step = 1, .loss = 1, .accuracy = 0.2}};
    return p;
}

const CompareRow& rowNamed(const std::vector<CompareRow>& rows, const QString& label) {
    for (const auto& row : rows) {
        if (row.label == label) {
            return row;
        }
    }
    qFatal("no row %s", qPrintable(label));
}

std::vector<ComparePoint> three() {
    return {point(QStringLiteral("aaa"), 0.90, 1.0), point(QStringLiteral("bbb"), 0.88, 0.5),
            point(QStringLiteral("ccc"), 0.80, 10.0)};
}

QStringList namesShown(const QTableView& view) {
    QStringList names;
    for (int row = 0; row < view.model()->rowCount(); ++row) {
        names << view.model()->index(row, DesignListModel::Name).data().toString();
    }
    return names;
}

class ComparePanelTest : public QObject {
    Q_OBJECT

private slots:
    void deltasAreAgainstTheBaseline() {
        auto points = three();
        const auto rows = compareRows(points);
        const auto& area = rowNamed(rows, QStringLiteral("Area"));
        QCOMPARE(area.source, QStringLiteral("modelled"));
        QCOMPARE(area.cells[0].delta, QString());
        QCOMPARE(area.cells[1].delta, QStringLiteral("−50.0 %"));
        QCOMPARE(area.cells[2].delta, QStringLiteral("+900.0 %"));
        const auto& accuracy = rowNamed(rows, QStringLiteral("Test accuracy"));
        QCOMPARE(accuracy.source, QStringLiteral("measured (emulation)"));
        QCOMPARE(cellText(accuracy.cells[1]), QStringLiteral("≠ 88.00 % (−2.00 pp)"));
        QVERIFY(!rowNamed(rows, QStringLiteral("Cycles a training step")).differs());
    }

    void absentFiguresAreNotGuessed() {
        auto points = three();
        points[1].testAccuracy.reset();
        points[1].hardware.reset();
        const auto rows = compareRows(points);
        QCOMPARE(rowNamed(rows, QStringLiteral("Test accuracy")).cells[1].value,
                 QStringLiteral("not run"));
        QCOMPARE(rowNamed(rows, QStringLiteral("Test accuracy")).cells[1].delta, QString());
        QCOMPARE(rowNamed(rows, QStringLiteral("Area")).cells[1].value,
                 QStringLiteral("not estimated"));
    }

    void tensorsShowTheirBitsAndLosses() {
        auto points = three();
        points[0].watched = true;
        points[1].watched = true;
        points[1].losses = {{"conv1", "weight@forward", 40}, {"fc1", "weight@forward", 30}};
        const auto rows = compareRows(points);
        const auto& weight = rowNamed(rows, QStringLiteral("SQNR: weight"));
        QCOMPARE(weight.source, QStringLiteral("measured (emulation)"));
        QCOMPARE(weight.cells[0].value, QStringLiteral("not rounded"));
        QCOMPARE(weight.cells[1].value, decibelText(35));
        QCOMPARE(weight.cells[2].value, QStringLiteral("not run"));
        QCOMPARE(rowNamed(rows, QStringLiteral("SQNR: fc1, weight, forward")).cells[1].value,
                 decibelText(30));
        QCOMPARE(rowNamed(rows, QStringLiteral("Bits an element: weight")).cells[0].value,
                 bitsPerElementText(32));
        std::swap(points[0], points[1]);
        points[1].losses = {{"conv1", "weight@forward", 43}, {"fc1", "weight@forward", 33}};
        QCOMPARE(rowNamed(compareRows(points), QStringLiteral("SQNR: weight")).cells[1].delta,
                 QStringLiteral("+3.0 dB"));
    }

    void settingsShowWhatDiffers() {
        auto points = three();
        auto recipe = points[1].design.recipe();
        recipe.batch = 2 * recipe.batch;
        recipe.seedInit = 99;
        points[1].design = points[1].design.withRecipe(recipe);
        auto plan = design::PrecisionPlan();
        plan.network[{design::Role::Weight, std::nullopt}] = {numerics::BlockFloat{},
                                                              numerics::Rounding::NearestEven};
        points[2].design = points[2].design.withPrecision(plan);
        const auto rows = compareRows(points);
        QCOMPARE(rowNamed(rows, QStringLiteral("Batch size")).cells[1].delta,
                 QStringLiteral("+100.0 %"));
        const auto& seed = rowNamed(rows, QStringLiteral("Seed of the weights")).cells[1];
        QVERIFY(seed.differs);
        QCOMPARE(seed.delta, QString());
        const auto& weight = rowNamed(rows, QStringLiteral("Default weight"));
        QCOMPARE(weight.cells[0].value, QStringLiteral("inherited"));
        QVERIFY(weight.cells[2].differs);
        QVERIFY(!weight.cells[1].differs);
    }

    void modelsKeepTheirPromises() {
        DesignListModel list;
        DesignListProxy proxy(&list);
        QAbstractItemModelTester listTester(&list);
        QAbstractItemModelTester proxyTester(&proxy);
        std::vector<DesignRow> rows;
        for (const auto& p : three()) {
            rows.push_back(designRow(p));
        }
        list.setRows(rows);
        rows.insert(rows.begin(), designRow(point(QStringLiteral("new"), 0.7, 3)));
        QSignalSpy inserted(&list, &QAbstractItemModel::rowsInserted);
        list.setRows(rows);
        QCOMPARE(inserted.size(), 1);
        proxy.setWords(QStringLiteral("design bb"));
        QCOMPARE(proxy.rowCount(), 1);
        list.setRows({});
        CompareTableModel compare;
        DiffOnlyProxy diff(&compare);
        QAbstractItemModelTester compareTester(&compare);
        QAbstractItemModelTester diffTester(&diff);
        compare.setPoints(three());
        diff.setDiffOnly(true);
        QVERIFY(diff.rowCount() > 0);
        QVERIFY(diff.rowCount() < compare.rowCount());
    }

    void figuresSortAsNumbersAndAbsentOnesLast() {
        auto points = three();
        points[0].hardware.reset();
        ComparePanel panel;
        panel.setPoints(points);
        auto* view = panel.findChild<QTableView*>(QStringLiteral("designs"));
        view->sortByColumn(DesignListModel::Area, Qt::AscendingOrder);
        QCOMPARE(namesShown(*view),
                 (QStringList{QStringLiteral("design bbb"), QStringLiteral("design ccc"),
                              QStringLiteral("design aaa")}));
        view->sortByColumn(DesignListModel::Area, Qt::DescendingOrder);
        QCOMPARE(namesShown(*view),
                 (QStringList{QStringLiteral("design ccc"), QStringLiteral("design bbb"),
                              QStringLiteral("design aaa")}));
    }

    void theFilterKeepsMatchingDesigns() {
        ComparePanel panel;
        panel.setPoints(three());
        panel.findChild<QLineEdit*>(QStringLiteral("filter"))->setText(QStringLiteral("BBB done"));
        QCOMPARE(namesShown(*panel.findChild<QTableView*>(QStringLiteral("designs"))),
                 QStringList{QStringLiteral("design bbb")});
    }

    void tickingChoosesInOrderAndBaselineMovesToTheFront() {
        ComparePanel panel;
        panel.setPoints(three());
        QSignalSpy spy(&panel, &ComparePanel::chosenChanged);
        auto* view = panel.findChild<QTableView*>(QStringLiteral("designs"));
        view->sortByColumn(DesignListModel::Name, Qt::AscendingOrder);
        for (const int row : {2, 0}) {
            view->model()->setData(view->model()->index(row, 0), Qt::Checked, Qt::CheckStateRole);
        }
        QCOMPARE(spy.size(), 2);
        QCOMPARE(panel.chosen(),
                 (std::vector<QString>{QStringLiteral("ccc"), QStringLiteral("aaa")}));
        view->setCurrentIndex(view->model()->index(0, 0));
        panel.findChild<QPushButton*>(QStringLiteral("baseline"))->click();
        QCOMPARE(panel.chosen(),
                 (std::vector<QString>{QStringLiteral("aaa"), QStringLiteral("ccc")}));
    }

    void theChoiceOutlivesNewPointsAndForgetsRemovedOnes() {
        ComparePanel panel;
        panel.setPoints(three());
        panel.choose({QStringLiteral("bbb"), QStringLiteral("aaa")});
        auto points = three();
        points.insert(points.begin(), point(QStringLiteral("ddd"), 0.5, 2));
        panel.setPoints(points);
        QCOMPARE(panel.chosen(),
                 (std::vector<QString>{QStringLiteral("bbb"), QStringLiteral("aaa")}));
        points.erase(points.begin() + 2);
        QSignalSpy spy(&panel, &ComparePanel::chosenChanged);
        panel.setPoints(points);
        QCOMPARE(panel.chosen(), std::vector<QString>{QStringLiteral("aaa")});
        QCOMPARE(spy.size(), 1);
    }

    void twoDesignsStandBesideTheirQuantities() {
        ComparePoint first = point(QStringLiteral("aaaa"), 0.9, 1);
        ComparePoint second = point(QStringLiteral("bbbb"), 0.8, 2);
        first.name = second.name = QStringLiteral("A network with a long name, in FP32");
        ComparePanel panel;
        panel.resize(1000, 400);
        panel.show();
        panel.setPoints({first, second});
        panel.setChosen({first, second});
        const auto* table = panel.findChild<QTableView*>(QStringLiteral("compare"));
        constexpr int kLastDesign = 3;
        QVERIFY(table->columnViewportPosition(kLastDesign) + table->columnWidth(kLastDesign) <=
                table->viewport()->width());
    }

    void longNamesKeepTheirEndsAndAreWholeInTheTip() {
        ComparePoint long1 = point(QStringLiteral("aaaa"), 0.9, 1);
        long1.name = QString(200, u'x') + QStringLiteral(" end");
        ComparePanel panel;
        panel.setPoints({long1});
        panel.setChosen({long1});
        auto* list = panel.findChild<QTableView*>(QStringLiteral("designs"));
        auto* table = panel.findChild<QTableView*>(QStringLiteral("compare"));
        QVERIFY(list->columnWidth(0) >= 34 * list->fontMetrics().averageCharWidth());
        QVERIFY(table->columnWidth(2) < 60 * table->fontMetrics().averageCharWidth());
        QCOMPARE(list->textElideMode(), Qt::ElideMiddle);
        QCOMPARE(table->horizontalHeader()->textElideMode(), Qt::ElideMiddle);
        const auto tip = table->model()->headerData(2, Qt::Horizontal, Qt::ToolTipRole);
        QVERIFY(tip.toString().contains(long1.name));
        QVERIFY(list->model()->index(0, 0).data(Qt::ToolTipRole).toString().contains(long1.name));
    }

    void theTableFollowsChoiceAndDiffOnly() {
        ComparePanel panel;
        panel.setPoints(three());
        panel.setChosen({three()[1], three()[0]});
        auto table = panel.table();
        QCOMPARE(table[0][2], QStringLiteral("design bbb (baseline)"));
        QCOMPARE(table[0][3], QStringLiteral("design aaa"));
        const auto whole = table.size();
        panel.findChild<QCheckBox*>(QStringLiteral("diffOnly"))->setChecked(true);
        QVERIFY(panel.table().size() < whole);
        QVERIFY(panel.table().size() > 1);
    }

    void copyingTheListGivesNumbers() {
        ComparePanel panel;
        panel.setPoints({point(QStringLiteral("aaa"), 0.9, 1.5)});
        auto* view = panel.findChild<QTableView*>(QStringLiteral("designs"));
        view->selectAll();
        view->actions().constFirst()->trigger();
        const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'));
        QVERIFY(lines.at(0).startsWith(QStringLiteral("design\ttest_accuracy_percent\tarea_mm2")));
        QCOMPARE(lines.at(1).split(QLatin1Char('\t')).at(2).toDouble(), 1.5);
    }

    void aClickInTheScatterSelectsTheDesign() {
        ComparePanel panel;
        panel.setPoints(three());
        panel.setChosen({three()[0]});
        panel.resize(1000, 500);
        panel.findChild<QTabWidget*>()->setCurrentIndex(2);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        Chart* energy = panel.charts().at(2);
        const QPoint at = energy->positionOf(50, 88).toPoint();
        QWidget* plot = energy->childAt(at);
        QTest::mouseClick(plot, Qt::LeftButton, {}, plot->mapFrom(energy, at));
        auto* view = panel.findChild<QTableView*>(QStringLiteral("designs"));
        QCOMPARE(view->currentIndex().siblingAtColumn(0).data().toString(),
                 QStringLiteral("design bbb"));
        QSignalSpy open(&panel, &ComparePanel::openRequested);
        panel.findChild<QPushButton*>(QStringLiteral("open"))->click();
        QCOMPARE(open.at(0).at(0).toString(), QStringLiteral("bbb"));
    }

    void learningCurvesAreOverlaid() {
        ComparePanel panel;
        panel.setPoints(three());
        panel.setChosen(three());
        const QString data = panel.charts().at(0)->dataTsv();
        QVERIFY(data.contains(QStringLiteral("design aaa\t2\t90\t")));
        QVERIFY(data.contains(QStringLiteral("design ccc\t1\t40\t")));
        QVERIFY(panel.charts().at(1)->dataTsv().contains(QStringLiteral("design bbb\t1\t2\n")));
    }
};

}  // namespace

QTEST_MAIN(ComparePanelTest)
#include "compare_panel_test.moc"
