// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix, its scopes, sums and statistics.
#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QHash>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/ui/accessible.h"
#include "tests/ui/precision/precision_bench.h"
#include "ui/common/table_copy.h"
#include "ui/precision/accuracy_line.h"
#include "ui/precision/format_text.h"
#include "ui/precision/role_matrix_model.h"
#include "ui/precision/statistics_model.h"

namespace mantissa::ui {

class UiPrecisionTests : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void matrixModelKeepsItsPromises() {
        RoleMatrixModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show({}, {}, {});
        QCOMPARE(model.rowCount(), 9);
        QVERIFY(model.index(8, 0).flags().testFlag(Qt::ItemIsEnabled));
        QVERIFY(!model.index(8, 1).flags().testFlag(Qt::ItemIsEnabled));
        QVERIFY(!model.index(3, 1).flags().testFlag(Qt::ItemIsEnabled));
        QVERIFY(model.index(3, 0).flags().testFlag(Qt::ItemIsEnabled));
    }

    void aScopeHasTheTensorsOfItsLayers() {
        RoleMatrixModel model;
        const auto enabled = [&](design::Role role, std::optional<design::Pass> pass) {
            return model.indexOf({role, pass}).flags().testFlag(Qt::ItemIsEnabled);
        };
        using design::Pass;
        using design::Role;
        model.show({}, {}, {{"batch_norm", {}}, "batch_norm"});
        QVERIFY(enabled(Role::Normalisation, Pass::InputGradient));
        QVERIFY(!enabled(Role::Normalisation, Pass::WeightGradient));
        QVERIFY(!enabled(Role::Weight, std::nullopt));
        model.show({}, {}, {{"conv2d", {}}, "conv2d"});
        QVERIFY(!enabled(Role::Normalisation, std::nullopt));
        QVERIFY(enabled(Role::Stash, std::nullopt));
    }

    void onlyCellsThatChangeAreDrawnAgain() {
        RoleMatrixModel model;
        const numerics::TensorFormat format{numerics::parseFormat("bf16").value(),
                                            numerics::Rounding::NearestEven};
        const design::RoleKey key{design::Role::Error, design::Pass::WeightGradient};
        model.show({}, {}, {});
        QSignalSpy spy(&model, &QAbstractItemModel::dataChanged);
        model.show({}, {}, {});
        QCOMPARE(spy.count(), 0);
        model.show(withFormat({}, {}, key, format), {}, {});
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy[0][0].toModelIndex(), model.indexOf(key));
        // In another scope the same formats come from elsewhere.
        model.show(withFormat({}, {}, key, format), {}, {{"conv2d", {}}, "conv2d"});
        QVERIFY(spy.count() > 2);
    }

    void keptLayersAreChosenInAMenuAndShownWhereTheyCount() {
        Bench bench;
        auto* button = bench.panel.findChild<QToolButton*>(QStringLiteral("kept"));
        const auto action = [&](const QString& text) -> QAction* {
            for (auto* one : button->menu()->actions()) {
                if (one->text() == text) {
                    return one;
                }
            }
            return nullptr;
        };
        QVERIFY(!action(QStringLiteral("in BF16"))->isEnabled());
        action(QStringLiteral("First layer"))->trigger();
        action(QStringLiteral("in BF16"))->trigger();
        QCOMPARE(bench.edits.size(), 2U);
        QCOMPARE(bench.edits.back().parameter, QStringLiteral("/precision/keep"));
        QCOMPARE(design::keptText(bench.design.precision().kept), std::string("first:bf16"));
        QVERIFY(button->text().contains(QStringLiteral("first in BF16")));
        bench.panel.setScopeLayer(QStringLiteral("conv1"));
        const auto kept = bench.model()->index(0, 0);
        QVERIFY(kept.data().toString().startsWith(QStringLiteral("BF16")));
        QVERIFY(kept.data(Qt::ToolTipRole).toString().contains(QStringLiteral("the kept layers")));
        QVERIFY(!kept.data(RoleMatrixModel::kOverriddenRole).toBool());
        QVERIFY(kept.data(RoleMatrixModel::kDiffersRole).toBool());
        bench.panel.setScopeLayer(QStringLiteral("conv2"));
        QVERIFY(!bench.model()->index(0, 0).data(RoleMatrixModel::kDiffersRole).toBool());
        action(QStringLiteral("First layer"))->trigger();
        QVERIFY(bench.design.precision() == design::PrecisionPlan{});
    }

    void storedCopiesAreShownOnRequestOrWhereTheyAreSet() {
        PrecisionPanel panel;
        const design::DesignPoint design;
        panel.setDesign(design, design);
        auto* matrix = panel.findChild<QTableView*>(QStringLiteral("matrix"));
        auto* stored = panel.findChild<QCheckBox*>(QStringLiteral("stored"));
        QVERIFY(matrix->isRowHidden(4) && matrix->isRowHidden(8));
        stored->setChecked(true);
        QVERIFY(!matrix->isRowHidden(4));
        stored->setChecked(false);
        const auto plan = design::withFormat({}, {}, {design::Role::MasterWeight, std::nullopt},
                                             {*numerics::parseFormat("fp16"), {}});
        panel.setDesign(design.withPrecision(plan), design);
        QVERIFY(!matrix->isRowHidden(4));
        QVERIFY(matrix->model()->index(6, 0).data().toString().contains(QStringLiteral("16")));
    }

    void statisticsModelKeepsItsPromises() {
        StatisticsModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        RoleStatistics row;
        row.key = kWeight;
        row.statistics.count = 100;
        row.statistics.clipped = 5;
        row.statistics.signalPower = 1000;
        row.statistics.noisePower = 1;
        model.setRows({row});
        QCOMPARE(model.index(0, StatisticsModel::Sqnr).data(kRawRole).toDouble(), 30.0);
        QCOMPARE(model.index(0, StatisticsModel::Clipped).data(kRawRole).toDouble(), 0.05);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        row.statistics.noisePower = 10;
        model.setRows({row});
        QCOMPARE(resets.count(), 0);
        QCOMPARE(model.index(0, StatisticsModel::Sqnr).data(kRawRole).toDouble(), 20.0);
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }

    void onlyLayersThatHaveFormatsAreScopes() {
        Bench bench;
        auto* scope = bench.combo("scope");
        int layers = 0;
        for (int i = 0; i < scope->count(); ++i) {
            QVERIFY(!scope->itemText(i).startsWith(QStringLiteral("relu")));
            layers += scope->itemText(i).contains(u'(') ? 1 : 0;
        }
        QCOMPARE(layers, 7);  // two convolutions, their normalisations, three linear layers
    }

    void lightNormIsAScopeOnlyWhileThePlanHasEntriesForIt() {
        auto network = DesignPoint().network();
        for (auto& layer : network.layers) {
            if (auto* norm = std::get_if<nn::BatchNorm>(&layer.params)) {
                norm->kind = nn::BatchNormKind::LightNorm;
            }
        }
        const auto scopes = [&](const design::PlanScope& said) {
            Bench bench(DesignPoint().withNetwork(network).withPrecision(
                design::withFormat({}, said, kWeight, formatOf("bf16"))));
            return bench.combo("scope")->findText(QStringLiteral("normalisation"),
                                                  Qt::MatchContains) >= 0;
        };
        QVERIFY(!scopes({}));
        QVERIFY(scopes({"batch_norm", {}}));
        QVERIFY(scopes({{}, "bn1"}));
    }

    void inheritedAndOverriddenCellsAreMarked() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        QVERIFY(bench.isBold(0, 0));
        bench.panel.setScopeLayer(QStringLiteral("conv2"));
        QVERIFY(!bench.isBold(0, 0));
        const auto cell = bench.model()->index(0, 0);
        QVERIFY(cell.data(Qt::FontRole).value<QFont>().italic());
        QVERIFY(cell.data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("inherited from network default")));
        QVERIFY(cell.data(RoleMatrixModel::kDiffersRole).toBool());
        QVERIFY(!bench.model()->index(1, 0).data(RoleMatrixModel::kDiffersRole).toBool());
        QVERIFY(!bench.inherit()->isEnabled());
    }

    void passColumnsInheritFromAllPasses() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        const auto forward = bench.model()->index(0, 1);
        QVERIFY(!forward.data(RoleMatrixModel::kOverriddenRole).toBool());
        QVERIFY(forward.data().toString().startsWith(QStringLiteral("bfp8·16")));
    }

    void sumsAreChosenForTheWholeNetworkAndFollowTheDesign() {
        Bench bench;
        auto* compute = bench.combo("compute");
        QCOMPARE(compute->currentText(), QStringLiteral("FP32, product by product"));
        compute->setCurrentIndex(1);
        emit compute->activated(1);
        QCOMPARE(bench.design.precision().compute, nn::ComputeMode::BitTrue);
        bench.panel.setDesign({}, {});
        QCOMPARE(compute->currentIndex(), 0);
    }

    void sumsOfferApproximateMultipliersAndTheDesignsOwnTable() {
        Bench bench;
        auto* compute = bench.combo("compute");
        const int row = compute->findData(QStringLiteral("mit_7"));
        QVERIFY(row > 0);
        QVERIFY(compute->itemText(row).contains(QStringLiteral("Mitchell")));
        compute->setCurrentIndex(row);
        emit compute->activated(row);
        QCOMPARE(design::computeText(bench.design.precision()), std::string("mit_7"));
        design::PrecisionPlan plan;
        QVERIFY(design::setCompute(plan, "lut<mine.bin>").has_value());
        bench.panel.setDesign(bench.design.withPrecision(plan), {});
        QCOMPARE(compute->currentData().toString(), QStringLiteral("lut<mine.bin>"));
    }

    void aScopeHasItsOwnAccumulatorWhereSumsAreBitTrue() {
        Bench bench;
        auto* box = bench.combo("accumulator");
        QVERIFY(!box->isVisible());
        design::PrecisionPlan plan;
        QVERIFY(design::setCompute(plan, "bit_true<hbfp8>").has_value());
        bench.design = bench.design.withPrecision(plan);
        bench.panel.setDesign(bench.design, bench.baseline);
        bench.panel.setScopeLayer(QStringLiteral("conv2"));
        QVERIFY(box->isVisible());
        QCOMPARE(box->currentText(), QStringLiteral("Inherited: HBFP8, area model"));
        box->lineEdit()->setText(QStringLiteral("int<18>"));
        QTest::keyClick(box->lineEdit(), Qt::Key_Return);
        QCOMPARE(bench.edits.back().parameter,
                 QStringLiteral("/precision/layers/conv2/accumulator"));
        QCOMPARE(bench.design.precision().layerAccumulators.size(), std::size_t{1});
        QCOMPARE(box->currentText(), QStringLiteral("int<18>"));
        box->lineEdit()->setText(QStringLiteral("int<1>"));
        QTest::keyClick(box->lineEdit(), Qt::Key_Return);
        QCOMPARE(box->currentText(), QStringLiteral("int<18>"));
        box->setCurrentIndex(0);
        emit box->activated(0);
        QCOMPARE(bench.design.precision(), plan);
    }

    void theErrorTableIsInSightWithoutScrolling() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        std::vector<RoleStatistics> rows;
        for (const auto& key :
             {kWeight, design::RoleKey{Role::Activation, {}}, design::RoleKey{Role::Error, {}}}) {
            for (const auto pass : {Pass::Forward, Pass::InputGradient}) {
                rows.push_back({{key.role, pass}, {}, QStringLiteral("initial weights")});
            }
        }
        rows.push_back({{Role::WeightGradient, {}}, {}, QStringLiteral("initial weights")});
        bench.panel.setStatistics(QStringLiteral("conv1"), rows);
        auto* table = bench.panel.findChild<QTableView*>(QStringLiteral("statistics"));
        for (const QSize size : {QSize(590, 600), QSize(900, 600)}) {
            bench.panel.resize(size);
            QTest::qWait(0);
            QTest::qWait(0);
            const int bottom = table->mapTo(&bench.panel, QPoint(0, table->height())).y();
            QVERIFY2(bottom <= size.height(), qPrintable(QString::number(bottom)));
            QCOMPARE(table->mapTo(&bench.panel, QPoint(0, 0)).x() > size.width() / 3,
                     size.width() == 900);
        }
    }

    void accuracyWithoutRetrainingSaysOnWhatItWasMeasured() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        const auto* label = bench.panel.findChild<QLabel*>(QStringLiteral("accuracy"));
        QVERIFY2(!label->isVisible(), "nothing was measured");
        bench.panel.accuracy().setAccuracy({.accuracy = 0.8125,
                                            .asTrained = 0.875,
                                            .images = 128,
                                            .allImages = false,
                                            .trained = QStringLiteral("A <b> design")});
        for (const char* part :
             {"81.25", "-6.25 points", "first 128 test images", "A &lt;b&gt; design"}) {
            QVERIFY2(label->text().contains(QLatin1String(part)), qPrintable(label->text()));
        }
        bench.panel.accuracy().setStale();
        QVERIFY2(label->isVisible() && !label->isEnabled(), "pale until the next figure comes");
        bench.panel.accuracy().setProblem({ErrorCode::InvalidInput, "other weights", {}, {}});
        QVERIFY(label->text().contains(QStringLiteral("other weights")));
    }

    void scopeFollowsTheChosenLayerAndItsRenaming() {
        Bench bench;
        QSignalSpy spy(&bench.panel, &PrecisionPanel::scopeChanged);
        bench.panel.setScopeLayer(QStringLiteral("conv2"));
        QCOMPARE(spy.count(), 1);
        bench.panel.setScopeLayer(QStringLiteral("relu1"));  // has no formats of its own
        QCOMPARE(bench.panel.scope().layer, std::string("conv2"));
        auto network = bench.design.network();
        network.layers[*network.indexOf("conv2")].name = "stem";
        bench.panel.setDesign(bench.design.withNetwork(network), bench.baseline);
        QCOMPARE(bench.panel.scope().layer, std::string("stem"));
        bench.panel.setScopeLayer({});
        QVERIFY(bench.panel.scope() == design::PlanScope{});
    }

    void shortTextsNameTheFormat() {
        QCOMPARE(shortFormatText(formatOf("bfp<7,block=32>").format), QStringLiteral("bfp7·32"));
        QCOMPARE(shortFormatText(formatOf("hbfp8").format), QStringLiteral("HBFP8"));
        QCOMPARE(shortFormatText(formatOf("float<5,4>").format), QStringLiteral("E5M4"));
        QCOMPARE(shortFormatText(numerics::Fp32{}), QStringLiteral("FP32"));
    }

    void everyControlHasAName() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        QCOMPARE(test::unnamedControls(bench.panel).join(QLatin1String(" ")), QString());
    }
};

}  // namespace mantissa::ui

QTEST_MAIN(mantissa::ui::UiPrecisionTests)
#include "ui_precision_tests.moc"
