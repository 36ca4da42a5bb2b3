// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTreeView>
#include <algorithm>
#include <cmath>
#include <memory>

#include "tests/ui/accessible.h"
#include "ui/charts/chart.h"
#include "ui/common/bit_width_control.h"
#include "ui/common/error_label.h"
#include "ui/common/table_copy.h"
#include "ui/hardware/breakdown_bars.h"
#include "ui/hardware/breakdown_model.h"
#include "ui/hardware/figure_card.h"
#include "ui/hardware/hardware_panel.h"
#include "ui/hardware/layer_bars.h"
#include "ui/hardware/layer_cost_model.h"
#include "ui/hardware/roofline_chart.h"
#include "ui/hardware/waterfall_bars.h"

namespace mantissa::ui {
namespace {

/// Two components, one with parts; two layers whose energies order otherwise as text: 9 and 10 pJ.
hw::HardwareReport sampleReport(double scale = 1) {
    hw::HardwareReport report;
    report.area_um2 = 3e6 * scale;
    report.energy_pj = 19 * scale;
    report.cycles = 5e5;
    report.clockMhz = 500;
    report.dramBits = 1e6;
    report.images = 128;
    hw::BreakdownNode multipliers{"Multipliers", 2e6 * scale, 10 * scale, 256, {}, {}, {}};
    multipliers.areaSource = {hw::SourceKind::Synthesis, "256 units of a fitted law"};
    const hw::BreakdownNode array{"PE array", 2e6 * scale, 10 * scale, 0, {}, {}, {multipliers}};
    const hw::BreakdownNode buffers{"Buffers", 1e6 * scale, 9 * scale, 0, {}, {}, {}};
    report.breakdown = {"Accelerator", 3e6 * scale, 19 * scale, 0, {}, {}, {array, buffers}};
    for (const double energy : {10.0, 9.0}) {
        hw::LayerCost layer;
        layer.layer = energy > 9 ? "conv1" : "conv2";
        layer.kind = "conv2d";
        layer.phases[0].computeEnergy_pj = energy * scale;
        layer.phases[0].cycles = 100 * energy;
        report.layers.push_back(layer);
    }
    return report;
}

HardwareFigures::Reports twice(const hw::HardwareReport& report) {
    return std::make_shared<const hw::BothReports>(hw::BothReports{report, report});
}

/// The same under both calibrations.
HardwareFigures figures(const hw::HardwareReport& report) {
    return {{}, {}, twice(report), {}};
}
HardwareFigures figures(const hw::HardwareReport& report, const hw::HardwareReport& baseline) {
    return {{}, {}, twice(report), twice(baseline)};
}

HardwareFigures figuresOf(const design::DesignPoint& design) {
    const auto both = std::make_shared<const hw::BothReports>(hw::estimateBoth(design).value());
    return {design.hardware(), {}, both, both};
}

/// Also on the pages that nobody looks at.
void show(HardwarePanel& panel, const HardwareFigures& figures) {
    panel.setFigures(figures);
    panel.charts();
}

double rowSum(const StackedBars& bars, std::size_t row) {
    double sum = 0;
    for (const auto& component : bars.components) {
        sum += std::isnan(component.values[row]) ? 0 : component.values[row];
    }
    return sum;
}

QStringList layerNames(const QTableView& view) {
    QStringList names;
    for (int row = 0; row < view.model()->rowCount(); ++row) {
        names.append(view.model()->index(row, 0).data().toString());
    }
    return names;
}

/// The table of the sample's layers, in a window that keys reach; null: it did not become active.
QTableView* activeLayers(HardwarePanel& panel) {
    show(panel, figures(sampleReport()));
    panel.findChild<QTabWidget*>()->setCurrentIndex(1);
    panel.show();
    panel.activateWindow();
    return QTest::qWaitForWindowActive(&panel)
               ? panel.findChild<QTableView*>(QStringLiteral("layers"))
               : nullptr;
}

}  // namespace

class UiHardwareTests : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void breakdownModelKeepsItsPromises() {
        BreakdownModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(model.setBreakdown(sampleReport().breakdown));
        const auto root = model.index(0, 0);
        QCOMPARE(model.rowCount(root), 2);
        QCOMPARE(model.rowCount(model.index(0, 0, root)), 1);
        QVERIFY(!model.setBreakdown(sampleReport(2).breakdown));
        QCOMPARE(root.siblingAtColumn(BreakdownModel::Area).data(kRawRole).toDouble(), 6e6);
        auto other = sampleReport().breakdown;
        other.children.pop_back();
        QVERIFY(model.setBreakdown(other));
    }

    void onlyRowsThatAreWrittenOtherwiseAreDrawnAgain() {
        BreakdownModel model;
        model.setBreakdown(sampleReport().breakdown);
        QSignalSpy spy(&model, &QAbstractItemModel::dataChanged);
        model.setBreakdown(sampleReport().breakdown);
        QCOMPARE(spy.count(), 0);
        auto changed = sampleReport().breakdown;
        changed.children[1].area_um2 *= 2;  // no part of another's
        model.setBreakdown(changed);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toModelIndex().data().toString(), QStringLiteral("Buffers"));
    }

    void sharesAreOfTheWhole() {
        BreakdownModel model;
        model.setBreakdown(sampleReport().breakdown);
        const auto buffers = model.index(1, 0, model.index(0, 0));
        QCOMPARE(buffers.siblingAtColumn(BreakdownModel::AreaShare).data(kRawRole).toDouble(),
                 1.0 / 3);
        QCOMPARE(buffers.siblingAtColumn(BreakdownModel::EnergyShare).data(kRawRole).toDouble(),
                 9.0 / 19);
    }

    void everyFigureTellsItsSource() {
        BreakdownModel model;
        model.setBreakdown(sampleReport().breakdown);
        const auto array = model.index(0, 0, model.index(0, 0));
        const auto tip = model.index(0, 0, array).data(Qt::ToolTipRole).toString();
        QVERIFY(tip.contains(QStringLiteral("256 units of a fitted law")));
        QVERIFY(!array.data(Qt::ToolTipRole).toString().isEmpty());
        QVERIFY2(Qt::mightBeRichText(tip), "plain tool tips do not wrap");
    }

    void layerModelKeepsItsPromises() {
        LayerCostModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setLayers(sampleReport().layers);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setLayers(sampleReport(3).layers);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(model.index(0, LayerCostModel::Energy).data(kRawRole).toDouble(), 30.0);
        // Cycles are the same as before.
        QSignalSpy spy(&model, &QAbstractItemModel::dataChanged);
        model.setLayers(sampleReport(2).layers);
        QCOMPARE(spy.count(), 2);
        QCOMPARE(spy[0][0].toModelIndex().column(), int(LayerCostModel::Energy));
        QCOMPARE(spy[1][1].toModelIndex().column(), int(LayerCostModel::Compute));
        model.setPhase(hw::StepPhase::Update);
        QCOMPARE(model.index(0, LayerCostModel::Energy).data(kRawRole).toDouble(), 0.0);
        model.setLayers({});
        QCOMPARE(model.rowCount(), 0);
    }

    void layersSortByNumberNotByText() {
        HardwarePanel panel;
        show(panel, figures(sampleReport()));
        auto* view = panel.findChild<QTableView*>(QStringLiteral("layers"));
        view->sortByColumn(LayerCostModel::Energy, Qt::AscendingOrder);
        QCOMPARE(layerNames(*view), QStringList({"conv2", "conv1"}));
        view->sortByColumn(LayerCostModel::Energy, Qt::DescendingOrder);
        QCOMPARE(layerNames(*view), QStringList({"conv1", "conv2"}));
    }

    void copyGivesTheRawFigures() {
        HardwarePanel panel;
        auto* view = activeLayers(panel);
        QVERIFY(view != nullptr);
        view->setFocus();
        view->selectRow(0);
        QTest::keySequence(view, QKeySequence::Copy);
        const auto lines = QApplication::clipboard()->text().split(u'\n');
        QVERIFY(lines[0].contains(QStringLiteral("energy_pj")));
        QVERIFY(lines[1].startsWith(QStringLiteral("conv1\tConvolution\t1000\t")));
    }

    void aTableThatGetsTheFocusChoosesNoLayer() {
        HardwarePanel panel;
        auto* view = activeLayers(panel);
        QVERIFY(view != nullptr);
        QSignalSpy spy(&panel, &HardwarePanel::layerSelected);
        view->setFocus(Qt::TabFocusReason);
        QCOMPARE(spy.count(), 0);
        view->selectRow(1);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toString(), QStringLiteral("conv2"));
    }

    void cardsShowTheRatioToTheBaseline() {
        HardwarePanel panel;
        show(panel, figures(sampleReport(0.25), sampleReport()));
        const auto cards = panel.findChildren<FigureCard*>();
        QCOMPARE(cards.size(), 5);
        QCOMPARE(cards[0]->value(), QStringLiteral("0.750\u00A0mm²"));
        QCOMPARE(cards[0]->ratio(), QStringLiteral("0.250× of baseline"));
        show(panel, figures(sampleReport()));
        QVERIFY(cards[0]->ratio().isEmpty());
        for (const auto* card : cards) {
            QVERIFY2(card->accessibleName().contains(QStringLiteral("modelled")),
                     qPrintable(card->accessibleName()));
        }
    }

    void cardsShowTheRatioUnderBothCalibrations() {
        HardwarePanel panel;
        auto both = figures(sampleReport(0.25), sampleReport());
        both.design = std::make_shared<const hw::BothReports>(
            hw::BothReports{sampleReport(0.25), sampleReport(0.5)});
        show(panel, both);
        const auto cards = panel.findChildren<FigureCard*>();
        QCOMPARE(cards[0]->ratio(), QStringLiteral("0.250× of baseline"));
        QVERIFY2(cards[0]->accessibleName().contains(QStringLiteral("0.500× Horowitz")),
                 qPrintable(cards[0]->accessibleName()));
        both.hardware.calibration = design::Calibration::Horowitz;
        show(panel, both);
        QCOMPARE(cards[0]->ratio(), QStringLiteral("0.500× of baseline"));
        QVERIFY(cards[1]->accessibleName().contains(QStringLiteral("0.250× synthesis")));
    }

    void newReportKeepsWhatIsExpandedAndSelected() {
        HardwarePanel panel;
        show(panel, figures(sampleReport()));
        auto* tree = panel.findChild<QTreeView*>(QStringLiteral("breakdown"));
        const auto array = tree->model()->index(0, 0, tree->model()->index(0, 0));
        tree->expand(array);
        tree->setCurrentIndex(array);
        show(panel, figures(sampleReport(2), sampleReport()));
        QVERIFY(tree->isExpanded(tree->model()->index(0, 0, tree->model()->index(0, 0))));
        QCOMPARE(tree->currentIndex().data().toString(), QStringLiteral("PE array"));
    }

    void barsStandAgainstTheBaseline() {
        const auto whole = sampleReport();
        const auto bars = breakdownBars(sampleReport(0.5), &whole);
        QCOMPARE(bars.bars.categories.size(), 8U);
        QCOMPARE(rowSum(bars.bars, 0), 50.0);
        QCOMPARE(rowSum(bars.bars, 2), 100.0);
        QCOMPARE(breakdownBars(sampleReport(), nullptr).bars.categories.size(), 4U);
    }

    void partsStandBelowTheirComponent() {
        const auto bars = breakdownBars(sampleReport(), nullptr).bars;
        // The array is all multipliers: both begin at zero and are as long.
        QCOMPARE(bars.components[0].name, QStringLiteral("PE array"));
        QCOMPARE(bars.components[1].name, QStringLiteral("Multipliers"));
        QCOMPARE(bars.components[0].values[0], bars.components[1].values[1]);
        QVERIFY(std::isnan(bars.components[1].values[0]));
        QCOMPARE(bars.components[1].colour, bars.components[0].colour);
        QVERIFY(!bars.components[1].inLegend);
        QVERIFY(bars.components[1].details[1].contains(QStringLiteral("fitted law")));
    }

    void layersStackWhatTheyCost() {
        const auto report = sampleReport();
        const auto energy = layerBars(report, LayerFigure::Energy, std::nullopt);
        QCOMPARE(energy.bars.categories, std::vector<QString>({"conv1", "conv2"}));
        QCOMPARE(energy.bars.components[0].values, std::vector<double>({10, 9}));
        const auto time = layerBars(report, LayerFigure::Time, std::nullopt);
        QCOMPARE(time.bars.components.size(), std::size_t{hw::kStepPhases});
        QCOMPARE(time.bars.components[0].values[0], 1000 / 500e3);  // cycles at 500 MHz, in ms
        const auto update = layerBars(report, LayerFigure::Energy, hw::StepPhase::Update);
        QVERIFY(update.bars.categories.empty());
    }

    void rooflineHasEveryLayerAndPass() {
        const auto report = hw::estimate(design::DesignPoint()).value();
        const auto chart = rooflineChart(report);
        std::size_t points = 0;
        for (std::size_t i = 1; i < chart.series.size(); ++i) {
            points += chart.series[i].x.size();
            QCOMPARE(chart.series[i].keys.size(), chart.series[i].x.size());
        }
        std::size_t passes = 0;
        for (const auto& layer : report.layers) {
            passes += static_cast<std::size_t>(
                std::count_if(layer.phases.begin(), layer.phases.end(),
                              [](const auto& phase) { return phase.macs > 0; }));
        }
        QCOMPARE(points, passes);
        QVERIFY(passes >= 3 * 3);
        QVERIFY(chart.x.logarithmic && chart.y.logarithmic);
        QVERIFY(chart.series[1].details[0].contains(QStringLiteral("waits for")));
    }

    void aPointOfTheRooflineTellsItsLayer() {
        HardwarePanel panel;
        show(panel, figuresOf({}));
        QSignalSpy spy(&panel, &HardwarePanel::layerSelected);
        auto* chart = panel.charts()[2];
        emit chart->pointClicked(QStringLiteral("conv2"));
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toString(), QStringLiteral("conv2"));
    }

    void waterfallLeadsFromOneTotalToTheOther() {
        const auto bars = waterfallBars({{QStringLiteral("From"), 10, true, {}},
                                         {QStringLiteral("a"), -4, false, {}},
                                         {QStringLiteral("b"), 1, false, {}},
                                         {QStringLiteral("To"), 7, true, {}}});
        QVERIFY(bars.components[0].spacer);
        QCOMPARE(bars.components[0].values, std::vector<double>({0, 6, 6, 0}));
        QCOMPARE(bars.components[2].values[1], 4.0);  // saves
        QCOMPARE(bars.components[3].values[2], 1.0);  // adds
        QCOMPARE(bars.components[1].values[3], 7.0);
    }

    void waterfallComparesAnyTwoDesignsUnderBothCalibrations() {
        HardwarePanel panel;
        const design::DesignPoint design;
        auto hardware = design.hardware();
        hardware.rows = hardware.columns = 32;
        const NamedDesign large{QStringLiteral("large"), QStringLiteral("h1"),
                                design.withHardware(hardware)};
        show(panel, figuresOf(design));
        panel.setOthers({large});
        auto* to = panel.findChild<QComboBox*>(QStringLiteral("to"));
        panel.findChild<QComboBox*>(QStringLiteral("quantity"))->setCurrentIndex(0);
        to->setCurrentIndex(to->findText(QStringLiteral("large")));
        const auto* chart = panel.charts()[3];
        QVERIFY2(chart->dataTsv().contains(QStringLiteral("PE array")), "what changes has a row");
        QVERIFY(chart->note().contains(QStringLiteral("synthesis")));
        QVERIFY(chart->note().contains(QStringLiteral("Horowitz")));
        // The choice survives a new list that still has it.
        panel.setOthers({{QStringLiteral("other"), QStringLiteral("h0"), design}, large});
        QCOMPARE(to->currentText(), QStringLiteral("large"));
    }

    void waterfallOfNormalisationEndsAtLightNorm() {
        HardwarePanel panel;
        panel.findChild<QComboBox*>(QStringLiteral("subject"))->setCurrentIndex(1);
        const auto lines = panel.charts()[3]->dataTsv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 1 + 5);  // header, start, three steps, end
        QVERIFY2(lines[1].startsWith(QStringLiteral("conventional")), qPrintable(lines[1]));
        QVERIFY2(lines.last().startsWith(QStringLiteral("LightNorm")), qPrintable(lines.last()));
    }

    void aWrongStoredDesignLeavesNoWaterfall() {
        HardwarePanel panel;
        const design::DesignPoint design;
        auto hardware = design.hardware();
        hardware.voltage_v = 0.1;
        show(panel, figuresOf(design));
        QVERIFY(!panel.charts()[3]->isEmpty());
        panel.setOthers(
            {{QStringLiteral("wrong"), QStringLiteral("h1"), design.withHardware(hardware)}});
        auto* to = panel.findChild<QComboBox*>(QStringLiteral("to"));
        to->setCurrentIndex(to->findText(QStringLiteral("wrong")));
        QVERIFY(panel.charts()[3]->isEmpty());
        to->setCurrentIndex(0);
        QVERIFY(!panel.charts()[3]->isEmpty());
    }

    void otherCellsPriceTheWaterfallsStoredDesignsAnew() {
        HardwarePanel panel;
        const design::DesignPoint design;
        show(panel, figuresOf(design));
        panel.setOthers({{QStringLiteral("stored"), QStringLiteral("h1"), design}});
        auto* to = panel.findChild<QComboBox*>(QStringLiteral("to"));
        to->setCurrentIndex(to->findText(QStringLiteral("stored")));
        panel.findChild<QComboBox*>(QStringLiteral("quantity"))->setCurrentIndex(0);
        const QString same = panel.charts()[3]->note();
        QVERIFY2(same.contains(QStringLiteral("1.00× (synthesis)")), qPrintable(same));
        auto other = figuresOf(design);
        other.prices.library.nand2_um2 *= 2;
        show(panel, other);
        const auto* chart = panel.charts()[3];
        QVERIFY2(!chart->note().contains(QStringLiteral("1.00× (synthesis)")),
                 qPrintable(chart->note()));
    }

    void cellsOfTheUsersOwnAskForANewReport() {
        HardwarePanel panel;
        QSignalSpy spy(&panel, &HardwarePanel::libraryChanged);
        auto* nand = panel.findChild<QDoubleSpinBox*>(QStringLiteral("nand2_um2"));
        QCOMPARE(nand->value(), hw::nangate45().nand2_um2);
        nand->setValue(0.4);
        QCOMPARE(spy.count(), 1);
        const auto library = spy[0][0].value<hw::Library>();
        QCOMPARE(library.nand2_um2, 0.4);
        QCOMPARE(library.flipFlop_nand2, hw::nangate45().flipFlop_nand2);
        auto* cells = panel.findChild<QComboBox*>(QStringLiteral("cells"));
        QVERIFY(cells->currentText().startsWith(QStringLiteral("own cells")));
        cells->setCurrentIndex(0);
        QCOMPARE(nand->value(), hw::nangate45().nand2_um2);
        QCOMPARE(cells->count(), static_cast<int>(hw::libraries().size()));
    }

    void memorySaysTheRangeOfItsKind() {
        HardwarePanel panel;
        const design::DesignPoint design;
        auto hardware = design.hardware();
        hardware.dram = design::DramKind::Hbm2;
        panel.setDesign(design.withHardware(hardware));
        const auto text = panel.findChild<QLabel*>(QStringLiteral("memoryNote"))->text();
        QVERIFY2(text.contains(QStringLiteral("4.75")) && text.contains(QStringLiteral("7.00")),
                 qPrintable(text));
    }

    void breakdownSortsByItsFigures() {
        HardwarePanel panel;
        show(panel, figures(sampleReport()));
        auto* tree = panel.findChild<QTreeView*>(QStringLiteral("breakdown"));
        const auto first = [&] {
            return tree->model()->index(0, 0, tree->model()->index(0, 0)).data().toString();
        };
        tree->sortByColumn(BreakdownModel::Area, Qt::AscendingOrder);
        QCOMPARE(first(), QStringLiteral("Buffers"));
        tree->sortByColumn(BreakdownModel::Area, Qt::DescendingOrder);
        QCOMPARE(first(), QStringLiteral("PE array"));
    }

    void everyFigureSaysItsUnitAndFormula() {
        HardwarePanel panel;
        show(panel, figures(sampleReport()));
        for (const auto* card : panel.findChildren<FigureCard*>()) {
            QVERIFY2(card->toolTip().contains(QStringLiteral("<b>")), qPrintable(card->toolTip()));
            QVERIFY2(card->toolTip().contains(u'×') || card->toolTip().contains(u'÷'),
                     qPrintable(card->toolTip()));
        }
        const auto* layers = panel.findChild<QTableView*>(QStringLiteral("layers"))->model();
        const auto tip = layers->index(0, LayerCostModel::Energy).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("pJ</b>")), qPrintable(tip));
        QVERIFY(tip.contains(QStringLiteral("compute + SRAM + DRAM")));
    }

    void warningsAreListed() {
        HardwarePanel panel;
        auto report = sampleReport();
        report.warnings = {"first limit", "second limit"};
        show(panel, figures(report));
        auto* label = panel.findChild<ErrorLabel*>(QStringLiteral("warnings"));
        QVERIFY(label->text().contains(QStringLiteral("first limit")));
        QVERIFY(panel.findChild<QTabWidget*>()->tabText(5).contains(QStringLiteral("2")));
        show(panel, figures(sampleReport()));
        QVERIFY(label->isHidden());
    }

    void errorGreysTheFiguresOfTheEarlierDesign() {
        HardwarePanel panel;
        show(panel, figures(sampleReport()));
        panel.setError({ErrorCode::InvalidInput, "no such layer", "conv9", ""});
        QVERIFY(!panel.findChildren<FigureCard*>()[0]->isEnabled());
        show(panel, figures(sampleReport()));
        QVERIFY(panel.findChildren<FigureCard*>()[0]->isEnabled());
    }

    void configurationSliderAsksForAnEdit() {
        HardwarePanel panel;
        design::DesignPoint design;
        panel.setDesign(design);
        std::vector<DesignEdit> edits;
        connect(&panel, &HardwarePanel::editRequested, &panel, [&](const DesignEdit& edit) {
            edits.push_back(edit);
            panel.setDesign(edit.after);
        });
        auto* rows = panel.findChild<BitWidthControl*>(QStringLiteral("rows"));
        QVERIFY(rows != nullptr);
        rows->slider()->setValue(rows->slider()->value() + 1);
        QCOMPARE(edits.size(), 1U);
        QCOMPARE(edits[0].after.hardware().rows, 32);
        QCOMPARE(edits[0].text, QStringLiteral("Set array rows to 32"));
        QVERIFY(edits[0].gesture != 0);
    }

    void choosingALayerTellsItsName() {
        HardwarePanel panel;
        show(panel, figures(sampleReport()));
        QSignalSpy spy(&panel, &HardwarePanel::layerSelected);
        panel.findChild<QTableView*>(QStringLiteral("layers"))->selectRow(1);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toString(), QStringLiteral("conv2"));
    }

    void modelledDesignFillsThePanel() {
        HardwarePanel panel;
        show(panel, figuresOf({}));
        QCOMPARE(panel.findChildren<FigureCard*>()[0]->ratio(),
                 QStringLiteral("1.00× of baseline"));
        QVERIFY(!panel.charts().front()->isEmpty());
    }

    void everyCardIsInsideAtEveryWidth() {
        HardwarePanel panel;
        show(panel, figures(sampleReport(), sampleReport()));
        panel.show();
        for (const int width : {380, 420, 640, 1000}) {
            panel.resize(width, 900);
            QCoreApplication::processEvents();
            for (const auto* card : panel.findChildren<FigureCard*>()) {
                QVERIFY2(card->parentWidget()->rect().contains(card->geometry()),
                         qPrintable(card->accessibleName()));
            }
        }
    }

    void everyControlHasAName() {
        HardwarePanel panel;
        QCOMPARE(test::unnamedControls(panel).join(QLatin1String(" ")), QString());
    }
};

}  // namespace mantissa::ui

QTEST_MAIN(mantissa::ui::UiHardwareTests)
#include "ui_hardware_tests.moc"
