// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QAction>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "tests/ui/accessible.h"
#include "ui/common/error_label.h"
#include "ui/common/number_box.h"
#include "ui/common/table_copy.h"
#include "ui/network/layer_table_model.h"
#include "ui/network/network_edits.h"
#include "ui/network/network_panel.h"

namespace mantissa::ui {
namespace {

using design::DesignPoint;

DesignPoint designWithOverride(const char* layer) {
    const DesignPoint design;
    numerics::TensorFormat format;
    format.format = numerics::BlockFloat{};
    auto plan =
        design::withFormat(design.precision(), {{}, layer}, {design::Role::Weight, {}}, format);
    plan.compute = nn::ComputeMode::BitTrue;
    return design.withPrecision(design::withAccumulator(std::move(plan), {{}, layer},
                                                        numerics::IntegerAccumulator{.bits = 18}));
}

QStringList namesOf(const DesignPoint& design) {
    QStringList names;
    for (const auto& layer : design.network().layers) {
        names.append(QString::fromStdString(layer.name));
    }
    return names;
}

/// A panel whose requests are granted at once, as the document does.
struct Bench {
    NetworkPanel panel;
    DesignPoint design;
    std::vector<DesignEdit> edits;

    explicit Bench(DesignPoint start = {}) : design(std::move(start)) {
        panel.setDesign(design);
        QObject::connect(&panel, &NetworkPanel::editRequested, &panel, [this](const DesignEdit& e) {
            edits.push_back(e);
            design = e.after;
            panel.setDesign(design);
        });
        panel.resize(500, 600);
        panel.show();
        panel.activateWindow();
        QVERIFY2(QTest::qWaitForWindowActive(&panel), "the test needs an active window");
    }
    QTableView* table() { return panel.findChild<QTableView*>(); }
    QMenu* menu(const char* button) {
        return panel.findChild<QToolButton*>(QLatin1String(button))->menu();
    }
    NumberBox* box(const char* name) {
        for (auto* one : panel.findChildren<NumberBox*>(QLatin1String(name))) {
            if (one->isVisible()) {
                return one;
            }
        }
        return nullptr;
    }
};

}  // namespace

class UiNetworkTests : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void modelKeepsItsPromisesThroughEveryEdit() {
        LayerTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        DesignPoint design;
        const auto show = [&](const DesignPoint& next) {
            design = next;
            model.setNetwork(design.network());
            QStringList shown;
            for (int row = 0; row < model.rowCount(); ++row) {
                shown.append(model.index(row, 0).data().toString());
            }
            QCOMPARE(shown, namesOf(design));
        };
        show(design);
        show(withLayerAdded(design, 2, nn::layerKinds()[0]));
        show(withLayerMoved(design, 0, 5));
        show(withLayerMoved(design, 7, 1));
        show(withLayerRenamed(design, 3, "other"));
        show(withLayerRemoved(design, 0));
        show(withLayerDuplicated(design, 4));
        for (const auto& one : nn::networkTemplates()) {
            show(withTemplate(design, one));
        }
    }

    void aJoinStartsFromTwoLayersOfOneShape() {
        const DesignPoint lenet;
        const int after = static_cast<int>(*lenet.network().indexOf("relu2")) + 1;
        for (const auto& kind : nn::layerKinds()) {
            if (kind.id == "add") {
                const auto design = withLayerAdded(lenet, after, kind);
                const auto& join = design.network().layers[static_cast<std::size_t>(after)];
                QCOMPARE(join.inputs, (std::vector<std::string>{"relu2", "bn2"}));
                QVERIFY(nn::checkNetwork(design.network()).has_value());
            }
        }
    }

    void namedInputsAreReadFromText() {
        const auto inputsOf = [](std::string_view text) {
            return withLayerInputs(DesignPoint(), 3, text).network().layers[3].inputs;
        };
        QCOMPARE(inputsOf(" conv1,relu1  "), (std::vector<std::string>{"conv1", "relu1"}));
        QVERIFY(inputsOf(" , ").empty());
    }

    void gettingTheFocusChoosesNoLayer() {
        Bench bench;
        QSignalSpy chosen(&bench.panel, &NetworkPanel::layerSelected);
        bench.table()->setFocus();
        bench.table()->setCurrentIndex({});
        bench.table()->selectionModel()->setCurrentIndex(bench.table()->model()->index(0, 0),
                                                         QItemSelectionModel::NoUpdate);
        QVERIFY(bench.panel.selectedLayer().isEmpty());
        QCOMPARE(chosen.count(), 0);
        bench.table()->selectRow(0);
        QCOMPARE(bench.panel.selectedLayer(), QStringLiteral("conv1"));
        QCOMPARE(chosen.count(), 1);
    }

    void theReadsFieldEditsTheSelectedLayer() {
        Bench bench;
        bench.table()->selectRow(2);
        auto* reads = bench.panel.findChild<QLineEdit*>(QStringLiteral("reads"));
        QVERIFY(reads->text().isEmpty());
        reads->setFocus();
        QTest::keyClicks(reads, QStringLiteral("conv1"));
        QTest::keyClick(reads, Qt::Key_Return);
        QCOMPARE(bench.edits.size(), std::size_t{1});
        QCOMPARE(bench.design.network().layers[2].inputs, (std::vector<std::string>{"conv1"}));
        bench.table()->selectRow(1);
        QVERIFY(reads->text().isEmpty());
    }

    void aTemplateTakesTheDesignsImagesWhereTheyFit() {
        for (const auto& one : nn::networkTemplates()) {
            const auto design = withTemplate(DesignPoint(), one);
            QVERIFY(nn::checkNetwork(design.network()).has_value());
            QCOMPARE(design.network().input, (Shape{1, 28, 28}));
            QCOMPARE(design.network().classes, 10);
        }
    }

    void renamingMovesTheFormatsOfTheLayer() {
        const auto before = designWithOverride("conv2");
        const int row = static_cast<int>(*before.network().indexOf("conv2"));
        const auto after = withLayerRenamed(before, row, "stem");
        QVERIFY(!after.precision().layers.contains("conv2"));
        QCOMPARE(after.precision().layers.at("stem"), before.precision().layers.at("conv2"));
        QVERIFY(after.precision().layerAccumulators.contains("stem"));
        QVERIFY(design::validate(after).has_value());
    }

    void removingDropsTheFormatsOfTheLayer() {
        const auto before = designWithOverride("conv2");
        const int row = static_cast<int>(*before.network().indexOf("conv2"));
        QVERIFY(withLayerRemoved(before, row).precision().layers.empty());
        QVERIFY(withLayerRemoved(before, row).precision().layerAccumulators.empty());
    }

    void duplicateTakesTheFormatsAlong() {
        const auto before = designWithOverride("conv2");
        const int row = static_cast<int>(*before.network().indexOf("conv2"));
        const auto after = withLayerDuplicated(before, row);
        const auto& copy = after.network().layers[static_cast<std::size_t>(row) + 1];
        QCOMPARE(after.precision().layers.at(copy.name), before.precision().layers.at("conv2"));
        QVERIFY(after.precision().layerAccumulators.contains(copy.name));
    }

    void edgesFollowRenameAndRemoval() {
        const DesignPoint start;
        auto network = start.network();
        network.layers[2].inputs = {network.layers[1].name};
        const auto design = start.withNetwork(network);
        QCOMPARE(withLayerRenamed(design, 1, "x").network().layers[2].inputs.front(),
                 std::string("x"));
        QCOMPARE(withLayerRemoved(design, 1).network().layers[1].inputs.front(),
                 network.layers[0].name);
    }

    void namesAreCheckedForLettersAndUniqueness() {
        const DesignPoint design;
        QVERIFY(checkLayerName(design.network(), 0, "stem.1").has_value());
        QVERIFY(checkLayerName(design.network(), 0, design.network().layers[0].name).has_value());
        for (const auto& wrong : {std::string(), std::string("a b"), std::string("input"),
                                  design.network().layers[1].name}) {
            QVERIFY2(!checkLayerName(design.network(), 0, wrong).has_value(), wrong.c_str());
        }
    }

    void addInsertsAfterTheSelectionAndSelectsIt() {
        Bench bench;
        bench.panel.selectLayer(QStringLiteral("conv1"));
        bench.menu("addLayer")->findChild<QAction*>(QStringLiteral("relu"))->trigger();
        QCOMPARE(bench.edits.size(), 1U);
        const auto names = namesOf(bench.design);
        QCOMPARE(bench.panel.selectedLayer(), names[1]);
        QCOMPARE(names.count(names[1]), 1);
        QVERIFY(bench.edits[0].text.contains(names[1]));
        QVERIFY(bench.edits[0].gesture != 0);
    }

    void deleteKeyRemovesTheSelectedLayer() {
        Bench bench;
        bench.panel.selectLayer(QStringLiteral("relu1"));
        bench.table()->setFocus();
        QTest::keyClick(bench.table(), Qt::Key_Delete);
        QVERIFY(!namesOf(bench.design).contains(QStringLiteral("relu1")));
        QVERIFY2(!bench.panel.selectedLayer().isEmpty(), "a neighbour is selected");
    }

    void altArrowsMoveTheLayerAndKeepItSelected() {
        Bench bench;
        bench.panel.selectLayer(QStringLiteral("relu1"));
        bench.table()->setFocus();
        const auto before = namesOf(bench.design).indexOf(QStringLiteral("relu1"));
        QTest::keyClick(bench.table(), Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(namesOf(bench.design).indexOf(QStringLiteral("relu1")), before - 1);
        QCOMPARE(bench.panel.selectedLayer(), QStringLiteral("relu1"));
        QTest::keyClick(bench.table(), Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(namesOf(bench.design).indexOf(QStringLiteral("relu1")), before);
    }

    void droppingARowAsksForTheMove() {
        LayerTableModel model;
        model.setNetwork(DesignPoint().network());
        QSignalSpy spy(&model, &LayerTableModel::moveRequested);
        const std::unique_ptr<QMimeData> data(model.mimeData({model.index(1, 0)}));
        model.dropMimeData(data.get(), Qt::MoveAction, 4, 0, {});
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toInt(), 1);
        QCOMPARE(spy[0][1].toInt(), 3);
    }

    void inlineRenameRefusesATakenName() {
        Bench bench;
        auto* model = bench.table()->model();
        model->setData(model->index(0, 0), QStringLiteral("relu1"), Qt::EditRole);
        QVERIFY(bench.edits.empty());
        QVERIFY(bench.panel.findChild<ErrorLabel*>()->text().contains(QStringLiteral("relu1")));
        model->setData(model->index(0, 0), QStringLiteral("stem"), Qt::EditRole);
        QCOMPARE(bench.edits.size(), 1U);
        QCOMPARE(namesOf(bench.design).front(), QStringLiteral("stem"));
    }

    void typingAParameterIsOneEdit() {
        Bench bench;
        bench.panel.selectLayer(QStringLiteral("conv2"));
        auto* kernel = bench.box("kernel");
        QVERIFY(kernel != nullptr);
        kernel->setFocus();
        kernel->selectAll();
        QTest::keyClicks(kernel, QStringLiteral("3"));
        QTest::keyClick(kernel, Qt::Key_Return);
        QCOMPARE(bench.edits.size(), 1U);
        const auto row = *bench.design.network().indexOf("conv2");
        QCOMPARE(std::get<nn::Conv2d>(bench.design.network().layers[row].params).kernel, 3);
        QVERIFY(bench.edits[0].text.contains(QStringLiteral("conv2")));
        QVERIFY2(kernel->hasFocus(), "the answer leaves the focus alone");
    }

    void wrongShapeIsMarkedInTextIconAndMessage() {
        Bench bench;
        bench.panel.selectLayer(QStringLiteral("conv2"));
        auto* kernel = bench.box("kernel");
        kernel->setFocus();
        kernel->selectAll();
        QTest::keyClicks(kernel, QStringLiteral("31"));
        QTest::keyClick(kernel, Qt::Key_Return);
        const int row = bench.table()->currentIndex().row();
        auto* model = bench.table()->model();
        QCOMPARE(model->index(row, LayerTableModel::Output).data().toString(),
                 QStringLiteral("wrong shape"));
        QVERIFY(!model->index(row, 0).data(Qt::DecorationRole).isNull());
        QVERIFY(model->index(row, 0).data(Qt::ForegroundRole).isValid());
        auto* message = bench.panel.findChild<ErrorLabel*>();
        QVERIFY(message->isVisible());
        QVERIFY(message->text().contains(QStringLiteral("31")));
    }

    void undoFromOutsideShowsTheOldDesign() {
        Bench bench;
        const auto before = bench.design;
        bench.panel.selectLayer(QStringLiteral("conv2"));
        bench.menu("addLayer")->findChild<QAction*>(QStringLiteral("relu"))->trigger();
        bench.panel.setDesign(before);
        QCOMPARE(bench.table()->model()->rowCount(),
                 static_cast<int>(before.network().layers.size()));
    }

    void templateReplacesTheLayers() {
        Bench bench;
        bench.menu("templates")->findChild<QAction*>(QStringLiteral("mlp"))->trigger();
        QVERIFY(!bench.design.network().indexOf("conv1"));
        QVERIFY(nn::checkNetwork(bench.design.network()).has_value());
    }

    void selectionIsToldOnce() {
        Bench bench;
        QSignalSpy spy(&bench.panel, &NetworkPanel::layerSelected);
        bench.panel.selectLayer(QStringLiteral("fc1"));
        bench.panel.selectLayer(QStringLiteral("fc1"));
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toString(), QStringLiteral("fc1"));
    }

    void countsAreNumbers() {
        LayerTableModel model;
        model.setNetwork(DesignPoint().network());
        const auto row = static_cast<int>(*DesignPoint().network().indexOf("fc1"));
        QCOMPARE(model.index(row, LayerTableModel::Parameters).data(kRawRole).toDouble(),
                 400.0 * 120 + 120);
    }

    void everyControlHasAName() {
        Bench bench;
        bench.panel.selectLayer(QStringLiteral("conv2"));
        QCOMPARE(test::unnamedControls(bench.panel).join(QLatin1String(" ")), QString());
    }
};

}  // namespace mantissa::ui

QTEST_MAIN(mantissa::ui::UiNetworkTests)
#include "ui_network_tests.moc"
