// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_panel.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <cmath>

#include "ui/charts/chart.h"
#include "ui/common/error_label.h"
#include "ui/common/param_form.h"

Q_DECLARE_METATYPE(mantissa::ui::RunState)

namespace {

using namespace mantissa;
using namespace mantissa::ui;

QString shownError(const RunPanel& panel) {
    QStringList texts;
    for (const auto* label : panel.findChildren<ErrorLabel*>()) {
        if (label->isVisibleTo(&panel)) {
            texts << label->text();
        }
    }
    return texts.join(QLatin1Char('\n'));
}

QString textOf(const RunPanel& panel, const char* name) {
    return panel.findChild<QLabel*>(QLatin1String(name))->text();
}

class RunPanelTest : public QObject {
    Q_OBJECT

private slots:
    void buttonsFollowTheState_data() {
        QTest::addColumn<RunState>("state");
        QTest::addColumn<bool>("run");
        QTest::addColumn<bool>("cancel");
        QTest::newRow("idle") << RunState::Idle << true << false;
        QTest::newRow("queued") << RunState::Queued << false << true;
        QTest::newRow("running") << RunState::Running << false << true;
        QTest::newRow("cancelling") << RunState::Cancelling << false << false;
        QTest::newRow("done") << RunState::Done << true << false;
        QTest::newRow("cancelled") << RunState::Cancelled << true << false;
        QTest::newRow("diverged") << RunState::Diverged << true << false;
        QTest::newRow("failed") << RunState::Failed << true << false;
    }
    void buttonsFollowTheState() {
        QFETCH(RunState, state);
        RunPanel panel;
        panel.setState(state, QStringLiteral("why"));
        QTEST(panel.findChild<QPushButton*>(QStringLiteral("run"))->isEnabled(), "run");
        QTEST(panel.findChild<QPushButton*>(QStringLiteral("cancel"))->isEnabled(), "cancel");
    }

    void buttonsAsk() {
        RunPanel panel;
        QSignalSpy run(&panel, &RunPanel::runRequested);
        QSignalSpy cancel(&panel, &RunPanel::cancelRequested);
        panel.findChild<QPushButton*>(QStringLiteral("run"))->click();
        panel.setState(RunState::Running, {});
        panel.findChild<QPushButton*>(QStringLiteral("cancel"))->click();
        QCOMPARE(run.size(), 1);
        QCOMPARE(cancel.size(), 1);
    }

    void divergenceSaysWhyAndWhatToDo() {
        RunPanel panel;
        panel.setState(RunState::Diverged, QStringLiteral("NaN in fc1 at step 12"));
        QVERIFY(shownError(panel).contains(QStringLiteral("NaN in fc1 at step 12")));
        QVERIFY(shownError(panel).contains(QStringLiteral("Lower the learning rate")));
        panel.setState(RunState::Running, {});
        QCOMPARE(shownError(panel), QString());
    }

    void progressShowsPhaseCountSpeedAndTimeLeft() {
        RunPanel panel;
        panel.setState(RunState::Running, {});
        panel.setProgress(QStringLiteral("epoch 1"), 50, 200, QStringLiteral("about 4 min"),
                          QStringLiteral("12 steps/s"));
        const auto* bar = panel.findChild<QProgressBar*>();
        QCOMPARE(4 * bar->value(), bar->maximum());
        QCOMPARE(textOf(panel, "phase"),
                 QStringLiteral("epoch 1 · 50 of 200 · 12 steps/s · about 4 min"));
    }

    void theFigureIsTheLastMeasuredTestAccuracy() {
        RunPanel panel;
        QVERIFY(textOf(panel, "caption").contains(QStringLiteral("not run")));
        panel.beginCurves(design::DesignPoint(), 300);
        panel.appendCurves({}, {{.epoch = 1, .step = 100, .testAccuracy = 0.8},
                                {.epoch = 2, .step = 200, .testAccuracy = 0.8944}});
        QCOMPARE(textOf(panel, "figure"), QStringLiteral("89.4 %"));
        QCOMPARE(textOf(panel, "caption"), QStringLiteral("test accuracy, measured, epoch 2 of 3"));
        panel.beginCurves(design::DesignPoint(), 300);
        QVERIFY(textOf(panel, "caption").contains(QStringLiteral("not run")));
    }

    void theFigureCountsTheEpochsOfTheRunNotOfTheDesignBeingEdited() {
        RunPanel panel;
        auto recipe = design::DesignPoint().recipe();
        recipe.epochs = 7;
        const auto running = design::DesignPoint().withRecipe(recipe);
        recipe.epochs = 2;
        panel.setDesign(running.withRecipe(recipe));
        panel.beginCurves(running, 300);
        panel.appendCurves({}, {{.epoch = 1, .step = 100, .testAccuracy = 0.8}});
        QCOMPARE(textOf(panel, "caption"), QStringLiteral("test accuracy, measured, epoch 1 of 7"));
    }

    void curvesGrowAndStartAnew() {
        RunPanel panel;
        Chart* loss = panel.charts().at(0);
        QVERIFY(loss->isEmpty());
        panel.beginCurves(design::DesignPoint(), 300);
        std::vector<train::StepMetric> steps;
        for (int i = 0; i < 5; ++i) {
            steps.push_back({.step = i, .loss = 2.0, .accuracy = 0.5});
        }
        steps[2].loss = INFINITY;
        panel.appendCurves(steps, {});
        QCOMPARE(loss->xRange(), (ChartRange{0, 300}));
        QVERIFY(loss->note().contains(QStringLiteral("1 infinite value")));
        // A constant input has itself as its mean, from the first value on.
        QVERIFY(loss->dataTsv().contains(QStringLiteral("Batches, smoothed\t1\t2\n")));
        QVERIFY(panel.charts().at(1)->dataTsv().contains(QStringLiteral("Each batch\t5\t50\n")));
        panel.beginCurves(design::DesignPoint(), 300);
        QVERIFY(loss->isEmpty());
    }

    void changesDuringTheRunAreDrawnOnceThereAreAny() {
        RunPanel panel;
        const Chart* changes = panel.charts().at(3);
        panel.beginCurves(design::DesignPoint(), 300);
        QVERIFY(changes->isEmpty());
        panel.appendEvents({{.step = 100, .subject = "conv1 weight", .value = 4, .text = "r < 0.5"},
                            {.step = 150, .subject = "conv2 weight", .value = 8, .text = ""}});
        panel.appendEvents({{.step = 200, .subject = "conv1 weight", .value = 0, .text = ""}});
        QVERIFY(!changes->isEmpty());
        const QString table = changes->dataTsv();
        QVERIFY2(table.contains(QStringLiteral("100\tconv1 weight\t4\tr < 0.5\n")),
                 qPrintable(table));
        QVERIFY2(table.contains(QStringLiteral("200\tconv1 weight\tplan\t\n")), qPrintable(table));
        panel.beginCurves(design::DesignPoint(), 300);
        QVERIFY(changes->isEmpty());
    }

    void lossesOfFormatsAreDrawnByLayerAndMeasure() {
        RunPanel panel;
        const Chart* chart = panel.charts().at(2);
        panel.beginCurves(design::DesignPoint(), 300);
        QVERIFY(chart->isEmpty());
        panel.appendObservations({{1, "conv1", "weight@forward", "sqnr_db", 40},
                                  {1, "conv1", "weight@forward", "flushed", 0.25},
                                  {1, "conv1", "gradient", "norm", 3},
                                  {1, "fc1", "error@input_gradient", "sqnr_db", 35}});
        panel.appendObservations({{9, "conv1", "weight@forward", "sqnr_db", 41}});
        auto* layer = panel.findChild<QComboBox*>(QStringLiteral("observed_layer"));
        auto* measure = panel.findChild<QComboBox*>(QStringLiteral("measure"));
        QCOMPARE(layer->count(), 2);
        QVERIFY(chart->dataTsv().contains(QStringLiteral("weight, forward\t9\t41\n")));
        measure->setCurrentIndex(2);
        QVERIFY2(chart->dataTsv().contains(QStringLiteral("weight, forward\t1\t25\n")),
                 qPrintable(chart->dataTsv()));
        measure->setCurrentIndex(3);
        QVERIFY(chart->dataTsv().contains(QStringLiteral("\t1\t3\n")));
        measure->setCurrentIndex(0);
        layer->setCurrentIndex(1);
        QVERIFY(chart->dataTsv().contains(QStringLiteral("error, input gradient\t1\t35\n")));
    }

    void histogramsOfExponentsAreDrawnForOneStep() {
        RunPanel panel;
        const Chart* chart = panel.charts().at(2);
        panel.beginCurves(design::DesignPoint(), 300);
        panel.appendObservations({{0, "conv1", "error", "dead", 0.5},
                                  {0, "conv1", "error", "exponent-7", 0.25},
                                  {0, "conv1", "error", "exponent-6", 0.5}});
        panel.appendObservations({{50, "conv1", "error", "exponent-9", 0.125}});
        auto* measure = panel.findChild<QComboBox*>(QStringLiteral("measure"));
        auto* step = panel.findChild<QSlider*>(QStringLiteral("observed_step"));
        QVERIFY(step->isHidden());
        measure->setCurrentIndex(measure->count() - 1);
        QVERIFY(!step->isHidden());
        QCOMPARE(step->value(), 1);
        QVERIFY2(chart->dataTsv().contains(QStringLiteral("error\t-9\t12.5\n")),
                 qPrintable(chart->dataTsv()));
        step->setValue(0);
        QVERIFY(chart->dataTsv().contains(QStringLiteral("error\t-7\t25\n")));
        QVERIFY(chart->dataTsv().contains(QStringLiteral("error\t-6\t50\n")));
        QVERIFY(!chart->dataTsv().contains(QStringLiteral("\t-9\t")));
        measure->setCurrentIndex(measure->count() - 2);
        QVERIFY(chart->dataTsv().contains(QStringLiteral("error\t0\t50\n")));
    }

    void staleResultsSayWhy() {
        RunPanel panel;
        panel.setStale(QStringLiteral("conv2 weight changed"));
        QVERIFY(shownError(panel).contains(QStringLiteral("Stale: conv2 weight changed")));
        QVERIFY(panel.charts().at(1)->note().contains(QStringLiteral("conv2 weight changed")));
        panel.setStale({});
        QCOMPARE(shownError(panel), QString());
    }

    void anEditedRecipeBecomesARequest() {
        RunPanel panel;
        QSignalSpy spy(&panel, &RunPanel::editRequested);
        auto* form = panel.findChild<ParamFormBase*>();
        for (int i = 0; i < form->count(); ++i) {
            if (form->spec(i).id == "epochs") {
                emit form->valueEdited(i, 7, 42);
            }
        }
        QCOMPARE(spy.size(), 1);
        const auto edit = spy.at(0).at(0).value<DesignEdit>();
        QCOMPARE(edit.after.recipe().epochs, 7);
        QCOMPARE(edit.text, QStringLiteral("Set epochs to 7"));
        QCOMPARE(edit.parameter, QStringLiteral("/recipe/epochs"));
        QCOMPARE(edit.gesture, quint64(42));
    }

    void anEditedControlBecomesARequest() {
        RunPanel panel;
        QSignalSpy spy(&panel, &RunPanel::editRequested);
        auto* form = panel.findChildren<ParamFormBase*>().at(1);
        QCOMPARE(form->spec(0).id, std::string_view("kind"));
        emit form->valueEdited(0, 1, 7);
        const auto edit = spy.at(0).at(0).value<DesignEdit>();
        QCOMPARE(edit.after.control().kind, train::ControlKind::Epochs);
        QCOMPARE(edit.parameter, QStringLiteral("/control/kind"));
    }

    void aDataSetIsChosenOrTyped() {
        RunPanel panel;
        QSignalSpy spy(&panel, &RunPanel::editRequested);
        auto* names = panel.findChild<QComboBox*>(QStringLiteral("dataset"));
        QCOMPARE(names->currentText(), QStringLiteral("fashion-mnist"));
        names->setEditText(QStringLiteral("images:/data/photos.zip"));
        emit names->lineEdit()->editingFinished();
        QCOMPARE(spy.size(), 1);
        const auto edit = spy.at(0).at(0).value<DesignEdit>();
        QCOMPARE(edit.after.dataset(), std::string("images:/data/photos.zip"));
        names->setCurrentIndex(names->findText(QStringLiteral("cifar10")));
        emit names->activated(names->currentIndex());
        QCOMPARE(spy.size(), 2);
        emit names->lineEdit()->editingFinished();  // the loss of focus: nothing new
        QCOMPARE(spy.size(), 2);
    }

    void aDataSetThatIsNoneIsToldInPlace() {
        RunPanel panel;
        QSignalSpy spy(&panel, &RunPanel::editRequested);
        auto* names = panel.findChild<QComboBox*>(QStringLiteral("dataset"));
        names->setEditText(QStringLiteral("cifra10"));
        emit names->lineEdit()->editingFinished();
        QCOMPARE(spy.size(), 0);
        QVERIFY(shownError(panel).contains(QStringLiteral("known: fashion-mnist")));
        panel.setDesign({});
        QCOMPARE(shownError(panel), QString());
        QCOMPARE(names->currentText(), QStringLiteral("fashion-mnist"));
    }
};

}  // namespace

QTEST_MAIN(RunPanelTest)
#include "run_panel_test.moc"
