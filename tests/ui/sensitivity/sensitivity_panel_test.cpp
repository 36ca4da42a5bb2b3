// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sensitivity/sensitivity_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTest>

#include "ui/common/error_label.h"
#include "ui/common/table_copy.h"

namespace {

using namespace mantissa;
using namespace mantissa::ui;

study::Sensitivity someResult() {
    study::Sensitivity result{.accuracy = 0.9, .changedEpoch = 3, .cases = {}};
    numerics::BlockFloat four;
    four.mantissaBits = 4;
    result.cases.push_back({"conv1", design::Role::Weight, {four, {}}, 27.5, 0.875, 0.03125});
    result.cases.push_back({"fc1", design::Role::Error, {four, {}}, 27.5, std::nullopt, 1});
    return result;
}

class SensitivityPanelTest : public QObject {
    Q_OBJECT

private slots:
    void analyseAsksForTheDesignOnSoManyImages() {
        SensitivityPanel panel;
        panel.setDesign(design::DesignPoint());
        design::DesignPoint asked;
        QObject::connect(&panel, &SensitivityPanel::analysisRequested,
                         [&](const design::DesignPoint& design) { asked = design; });
        panel.findChild<QSpinBox*>()->setValue(2000);
        QTest::mouseClick(panel.findChild<QPushButton*>(QStringLiteral("analyse")), Qt::LeftButton);
        QCOMPARE(asked.recipe().trainImages, 2000);
    }

    void rowsStandAsRankedAndSayWhatDiverged() {
        SensitivityPanel panel;
        panel.setResult(design::DesignPoint().withName("LeNet"), someResult());
        const QString table = tableTsv(*panel.findChild<QTableView*>());
        QVERIFY2(
            table.contains(QStringLiteral("conv1\tweight\tbfp<4,block=16>\t27.5\t0.875\t3.125\t")),
            qPrintable(table));
        QVERIFY2(table.contains(QStringLiteral("fc1\terror\tbfp<4,block=16>\t27.5\t-1\tinf\tinf")),
                 qPrintable(table));
        const auto summary = panel.findChild<QLabel*>(QStringLiteral("summary"))->text();
        QVERIFY2(summary.contains(QStringLiteral("90.0")), qPrintable(summary));
        QVERIFY(summary.contains(QStringLiteral("measured")));
    }

    void aRowIsTakenOverIntoThePlan() {
        SensitivityPanel panel;
        panel.setDesign(design::DesignPoint());
        panel.setResult(design::DesignPoint(), someResult());
        DesignEdit edit;
        QObject::connect(&panel, &SensitivityPanel::editRequested,
                         [&](const DesignEdit& asked) { edit = asked; });
        auto* table = panel.findChild<QTableView*>();
        emit table->activated(table->model()->index(0, 0));
        const auto format = edit.after.precision().resolve(
            {"conv1", "conv2d"}, design::Role::Weight, design::Pass::InputGradient);
        QCOMPARE(std::get<numerics::BlockFloat>(format.format.format).mantissaBits, 4);
        QVERIFY(edit.text.contains(QStringLiteral("conv1 weight")));
    }

    void aRowOfALayerThatIsGoneIsToldInPlace() {
        SensitivityPanel panel;
        nn::NetworkSpec network;
        network.layers = {{"flatten", nn::Flatten{}, {}}, {"out", nn::Linear{10, true}, {}}};
        panel.setDesign(design::DesignPoint().withNetwork(network));
        panel.setResult(design::DesignPoint(), someResult());
        auto* table = panel.findChild<QTableView*>();
        emit table->activated(table->model()->index(0, 0));
        QVERIFY(panel.findChild<ErrorLabel*>()->text().contains(QStringLiteral("conv1")));
    }
};

}  // namespace

QTEST_MAIN(SensitivityPanelTest)
#include "sensitivity_panel_test.moc"
