// SPDX-License-Identifier: GPL-3.0-or-later
// What the controls below the matrix do to the cells that are chosen in it.
#include <QHash>
#include <QMenu>
#include <QSlider>
#include <QTest>
#include <QToolButton>
#include <cmath>

#include "tests/ui/precision/precision_bench.h"
#include "ui/common/number_box.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {

class UiFormatEditorTests : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void slidersEndWhereTheFormatWouldBeIllegal() {
        Bench bench(withDefault({}, "bfp<4,block=16>"));
        QSlider* slider = bench.slider("man")->slider();
        QCOMPARE(slider->minimum(), 2);
        slider->setValue(1);
        QCOMPARE(slider->value(), 2);
        bench.design = withDefault({}, "fp16");
        bench.panel.setDesign(bench.design, bench.baseline);
        QVERIFY(bench.slider("man")->slider()->minimum() < 2);
    }

    void presetSetsTheFormatOfTheSelectedCell() {
        Bench bench;
        bench.panel.setScopeLayer(QStringLiteral("conv2"));
        bench.choosePreset(QStringLiteral("FP8 E4M3"));
        QCOMPARE(bench.edits.size(), 1U);
        const auto resolved =
            bench.design.precision().resolve({"conv2", "conv2d"}, Role::Weight, std::nullopt);
        QCOMPARE(QString::fromStdString(numerics::formatText(resolved.format.format)),
                 QStringLiteral("fp8_e4m3"));
        QVERIFY(resolved.level == design::PlanLevel::Layer);
        QVERIFY(bench.edits[0].text.contains(QStringLiteral("conv2")));
        QVERIFY(bench.isBold(0, 0));
    }

    void draggingTheMantissaIsOneGesture() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        auto* control = bench.slider("man");
        QVERIFY(control != nullptr);
        QSlider* slider = control->slider();
        const double place = static_cast<double>(slider->value() - slider->minimum()) /
                             (slider->maximum() - slider->minimum());
        const QPoint start(static_cast<int>(8 + (slider->width() - 16) * place),
                           slider->height() / 3);
        QTest::mousePress(slider, Qt::LeftButton, {}, start);
        for (int moved = 0; moved < slider->width() / 3; moved += 4) {
            QTest::mouseMove(slider, start + QPoint(moved, 0));
        }
        QTest::mouseRelease(slider, Qt::LeftButton, {}, start + QPoint(slider->width() / 3, 0));
        QVERIFY2(bench.edits.size() > 2, "the design follows the drag");
        for (const auto& edit : bench.edits) {
            QCOMPARE(edit.gesture, bench.edits.front().gesture);
            QCOMPARE(edit.parameter, QStringLiteral("/precision/network/weight#man"));
        }
        const auto& format = bench.design.precision().network.at(kWeight).format;
        QCOMPARE(std::get<numerics::BlockFloat>(format).mantissaBits,
                 static_cast<int>(control->value()));
        QVERIFY(control->value() > 8);
    }

    void inheritTakesTheSettingAway() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        bench.panel.setScopeLayer(QStringLiteral("conv2"));
        bench.choosePreset(QStringLiteral("BF16"));
        QVERIFY(bench.inherit()->isEnabled());
        QTest::mouseClick(bench.inherit(), Qt::LeftButton);
        QVERIFY(bench.design.precision().layers.empty());
        QVERIFY(!bench.inherit()->isEnabled());
        QVERIFY(bench.model()->index(0, 0).data().toString().startsWith(QStringLiteral("bfp8·16")));
    }

    void severalCellsAreEditedAtOnce() {
        Bench bench;
        bench.matrix()->setCurrentIndex(bench.model()->index(0, 0));
        bench.matrix()->selectionModel()->select(bench.model()->index(1, 0),
                                                 QItemSelectionModel::Select);
        bench.choosePreset(QStringLiteral("HBFP8"));
        QCOMPARE(bench.edits.size(), 1U);
        QCOMPARE(bench.design.precision().network.size(), 2U);
    }

    void parameterOfSeveralCellsKeepsTheirOtherParameters() {
        auto plan = design::withFormat({}, {}, kWeight, formatOf("bfp<8,block=16>"));
        plan = design::withFormat(plan, {}, {Role::Activation, {}}, formatOf("bfp<8,block=64>"));
        Bench bench(DesignPoint().withPrecision(plan));
        bench.matrix()->setCurrentIndex(bench.model()->index(0, 0));
        bench.matrix()->selectionModel()->select(bench.model()->index(1, 0),
                                                 QItemSelectionModel::Select);
        bench.slider("man")->slider()->setValue(6);
        const auto& network = bench.design.precision().network;
        const auto& activation =
            std::get<numerics::BlockFloat>(network.at({Role::Activation, {}}).format);
        QCOMPARE(activation.mantissaBits, 6);
        QCOMPARE(activation.block.size, std::int64_t{64});
        QCOMPARE(std::get<numerics::BlockFloat>(network.at(kWeight).format).block.size,
                 std::int64_t{16});
    }

    void onlyParametersThatMatterAreShown() {
        Bench bench(withDefault({}, "bfp<8,block=24x24>"));
        QVERIFY(bench.slider("size") == nullptr);
        bench.design = withDefault({}, "bfp<8,block=16>");
        bench.panel.setDesign(bench.design, bench.baseline);
        QVERIFY(bench.slider("size") != nullptr);
    }

    void rareParametersAreUnderMoreWhichOpensForThem() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        auto* more = bench.panel.findChild<QToolButton*>(QStringLiteral("more"));
        auto* rule = bench.combo("rule");
        QVERIFY(!more->isChecked());
        QVERIFY(!rule->isVisible());
        more->setFocus();
        QTest::keyClick(more, Qt::Key_Space);
        QVERIFY(rule->isVisible());
        bench.slider("man")->slider()->setValue(5);
        QVERIFY2(rule->isVisible(), "what the user opened stays open");
        QTest::keyClick(more, Qt::Key_Space);
        QVERIFY(!rule->isVisible());
        bench.panel.setDesign(withDefault({}, "bfp<8,block=16,rule=ceil>"), bench.baseline);
        QVERIFY2(rule->isVisible(), "an unusual value is shown");
        QTest::mouseClick(more, Qt::LeftButton);
        QVERIFY2(!rule->isVisible(), "closed by the user");
        bench.panel.setDesign(withDefault({}, "bfp<9,block=16,rule=ceil>"), bench.baseline);
        QVERIFY2(!rule->isVisible(), "and left closed");
    }

    void roundingIsAnEditOfItsOwn() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        auto* rounding = bench.combo("rounding");
        rounding->setCurrentIndex(
            rounding->findText(roundingLabel(numerics::Rounding::Stochastic)));
        QCOMPARE(bench.edits.size(), 1U);
        QVERIFY(bench.design.precision().network.at(kWeight).rounding ==
                numerics::Rounding::Stochastic);
    }

    void randomBitsStandBesideStochasticRoundingAlone() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        auto* bits = bench.panel.findChild<NumberBox*>(QStringLiteral("random_bits"));
        QVERIFY(bits != nullptr && !bits->isVisible());
        auto* rounding = bench.combo("rounding");
        rounding->setCurrentIndex(
            rounding->findText(roundingLabel(numerics::Rounding::Stochastic)));
        QVERIFY(bits->isVisible());
        QCOMPARE(bits->value(), 24.0);
        bits->selectAll();
        QTest::keyClicks(bits, QStringLiteral("8"));
        QTest::keyClick(bits, Qt::Key_Return);
        QCOMPARE(bench.design.precision().network.at(kWeight).randomBits, 8);
        QVERIFY(bench.edits.back().text.contains(QStringLiteral("random bits")));
        const QString cell = bench.model()->index(0, 0).data().toString();
        QVERIFY2(cell.contains(QStringLiteral("SR8")), qPrintable(cell));
    }

    void presetsStandUnderTheNamesOfTheirSystems() {
        Bench bench;
        auto* preset = bench.combo("preset");
        std::size_t formats = 0;
        QString heading;
        QHash<QString, QString> system;
        for (int row = 1; row < preset->count(); ++row) {
            const auto flags = preset->model()->flags(preset->model()->index(row, 0));
            if (flags.testFlag(Qt::ItemIsSelectable)) {
                system[preset->itemText(row)] = heading;
                ++formats;
            } else {
                heading = preset->itemText(row);
            }
        }
        QCOMPARE(formats, numerics::namedFormats().size());
        QCOMPARE(system[QStringLiteral("MSFP12")], QStringLiteral("MSFP"));
        QCOMPARE(system[QStringLiteral("MXFP4 E2M1")], QStringLiteral("Microscaling (OCP)"));
        QCOMPARE(system[QStringLiteral("Ternary")], QStringLiteral("Integers and few values"));
        QVERIFY(!system.values().contains(QString()));
    }

    void boxExtentsAreShownForBoxesAlone() {
        Bench bench(withDefault({}, "bfp<8,block=16>"));
        const auto extent = [&bench](const char* id) {
            for (auto* one : bench.panel.findChildren<NumberBox*>(QLatin1String(id))) {
                if (one->isVisible()) {
                    return one;
                }
            }
            return static_cast<NumberBox*>(nullptr);
        };
        QVERIFY(extent("box1") == nullptr);
        bench.choosePreset(QStringLiteral("FB16"));
        QVERIFY(extent("box1") != nullptr);
        QCOMPARE(extent("box1")->value(), 12.0);
        QVERIFY(bench.slider("size") == nullptr);
    }

    void aConventionIsAdoptedByEachTensorInItsWay() {
        const design::RoleKey errorKey{Role::Error, std::nullopt};
        const auto start = withDefault({}, "bfp<5,block=16>");
        Bench bench(start.withPrecision(
            design::withFormat(start.precision(), {}, errorKey, formatOf("bfp<5,block=16>"))));
        auto* selection = bench.matrix()->selectionModel();
        for (const int row : {0, 2}) {
            selection->select(bench.model()->index(row, 0), QItemSelectionModel::Select);
        }
        auto* menu = bench.panel.findChild<QPushButton*>(QStringLiteral("convention"))->menu();
        for (auto* action : menu->actions()) {
            if (action->text() == QStringLiteral("FAST")) {
                action->trigger();
            }
        }
        QCOMPARE(bench.edits.size(), 1U);
        const auto& network = bench.design.precision().network;
        const auto error = network.at(errorKey);
        QCOMPARE(QString::fromStdString(numerics::formatText(network.at(kWeight).format)),
                 QStringLiteral("fast4"));
        QVERIFY(network.at(kWeight).rounding == numerics::Rounding::TowardZero);
        QVERIFY(error.rounding == numerics::Rounding::Stochastic && error.randomBits == 8);
    }

    void relativeRangesNameTheBlocksScale() {
        QVERIFY(capabilityText(formatOf("int8").format)
                    .contains(QStringLiteral("in units of the block's scale: largest 255")));
        QVERIFY(!capabilityText(formatOf("fp16").format).contains(QStringLiteral("scale")));
    }
};

}  // namespace mantissa::ui

QTEST_MAIN(mantissa::ui::UiFormatEditorTests)
#include "ui_format_editor_tests.moc"
