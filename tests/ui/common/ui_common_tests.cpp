// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QSignalSpy>
#include <QSlider>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>
#include <array>
#include <cmath>
#include <limits>

#include "tests/ui/accessible.h"
#include "ui/common/bit_width_control.h"
#include "ui/common/design_edit.h"
#include "ui/common/error_label.h"
#include "ui/common/job_progress.h"
#include "ui/common/number_box.h"
#include "ui/common/number_text.h"
#include "ui/common/param_form.h"
#include "ui/common/table_copy.h"
#include "ui/common/theme.h"

namespace mantissa::ui {
namespace {

constexpr ParamSpec kBits{.id = "bits",
                          .label = "Mantissa bits",
                          .help = "Bits of the significand.",
                          .minimum = 1,
                          .maximum = 24,
                          .defaultValue = 8};
constexpr ParamSpec kBlock{.id = "size",
                           .label = "Block size",
                           .minimum = 1,
                           .maximum = 1024,
                           .defaultValue = 16,
                           .powersOfTwo = true};

struct Sample {
    double rate = 0.1;
    double count = 3;
    double mode = 0;
    double on = 1;
};
constexpr std::array<std::string_view, 3> kModes{"first", "second_one", "third"};
constexpr std::array<Param<Sample>, 4> kSampleParams{{
    {{.id = "rate",
      .label = "Rate",
      .unit = "1/s",
      .help = "How fast.",
      .kind = ParamKind::Real,
      .minimum = 1e-8,
      .maximum = 10,
      .defaultValue = 0.1},
     [](const Sample& s) { return s.rate; },
     [](Sample& s, double v) { s.rate = v; }},
    {{.id = "count", .label = "Count", .minimum = 1, .maximum = 500, .defaultValue = 3},
     [](const Sample& s) { return s.count; },
     [](Sample& s, double v) { s.count = v; }},
    {{.id = "mode", .label = "Mode", .kind = ParamKind::Choice, .maximum = 2, .choices = kModes},
     [](const Sample& s) { return s.mode; },
     [](Sample& s, double v) { s.mode = v; }},
    {{.id = "on", .label = "On", .kind = ParamKind::Boolean, .maximum = 1, .defaultValue = 1},
     [](const Sample& s) { return s.on; },
     [](Sample& s, double v) { s.on = v; }},
}};

QString plain(QString text) {
    return text.replace(QChar(0x00A0), QLatin1Char(' '));
}

/// Drags the handle of a slider from its place by `pixels` in small moves.
void drag(QSlider* slider, int pixels) {
    const double share = (slider->value() - slider->minimum()) /
                         static_cast<double>(slider->maximum() - slider->minimum());
    const QPoint start(static_cast<int>(8 + share * (slider->width() - 16)), slider->height() / 3);
    QTest::mousePress(slider, Qt::LeftButton, {}, start);
    for (int moved = 0; std::abs(moved) < std::abs(pixels); moved += pixels > 0 ? 5 : -5) {
        QTest::mouseMove(slider, start + QPoint(moved, 0));
    }
    QTest::mouseRelease(slider, Qt::LeftButton, {}, start + QPoint(pixels, 0));
}

}  // namespace

class UiCommonTests : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void gesturesNeverRepeat() {
        const auto first = nextGesture();
        QVERIFY(first > 0);
        QVERIFY(nextGesture() != first);
    }

    void unitsMoveWithTheMagnitude_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("picojoule") << energyText(1.234) << "1.23 pJ";
        QTest::newRow("nanojoule") << energyText(1234) << "1.23 nJ";
        QTest::newRow("exactly one prefix") << energyText(1000) << "1.00 nJ";
        QTest::newRow("rounds into the next prefix") << energyText(999.9) << "1.00 nJ";
        QTest::newRow("microjoule") << energyText(4.56e6) << "4.56 µJ";
        QTest::newRow("small area") << areaText(820) << "820 µm²";
        QTest::newRow("large area") << areaText(1.24e6) << "1.24 mm²";
        QTest::newRow("milliseconds") << timeText(4.5) << "4.50 ms";
        QTest::newRow("microseconds") << timeText(0.0123) << "12.3 µs";
        QTest::newRow("power") << powerText(812) << "812 mW";
        QTest::newRow("cycles") << cyclesText(1.234e6) << "1.23 M";
        QTest::newRow("no traffic") << dataText(0) << "0 B";
        QTest::newRow("bits are shown as bytes") << dataText(54e6) << "6.75 MB";
        QTest::newRow("percent") << percentText(0.1234) << "12.3 %";
        QTest::newRow("tiny percent is not zero") << percentText(1e-6) << "<0.1 %";
        QTest::newRow("decibel") << decibelText(31.24) << "31.2 dB";
        QTest::newRow("no noise") << decibelText(std::numeric_limits<double>::infinity())
                                  << "exact";
        QTest::newRow("ratio") << ratioText(23, 100) << "0.230×";
        QTest::newRow("no baseline") << ratioText(23, 0) << "";
        QTest::newRow("not a number") << siText(std::nan(""), QStringLiteral("J")) << "NaN J";
    }
    void unitsMoveWithTheMagnitude() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(plain(text), expected);
    }

    void oneDragIsOneGesture() {
        BitWidthControl control(kBits);
        control.resize(400, 40);
        control.show();
        QSignalSpy spy(&control, &BitWidthControl::edited);
        drag(control.slider(), 90);
        QVERIFY2(spy.count() > 1, "a drag shows its effect on the way");
        for (const auto& edit : spy) {
            QCOMPARE(edit.at(1), spy.first().at(1));
        }
        const auto first = spy.first().at(1);
        spy.clear();
        drag(control.slider(), -60);
        QVERIFY(!spy.isEmpty());
        QVERIFY2(spy.first().at(1) != first, "the next drag is another undo step");
    }

    void sliderAndBoxShowTheSameValue() {
        BitWidthControl control(kBits);
        control.slider()->setValue(5);
        QCOMPARE(control.box()->value(), 5.0);
        control.box()->setValue(11);
        QCOMPARE(control.slider()->value(), 11);
        QCOMPARE(control.value(), 11.0);
    }

    void keysOfOneRunShareAGesture() {
        BitWidthControl control(kBits);
        control.show();
        control.slider()->setFocus();
        QSignalSpy spy(&control, &BitWidthControl::edited);
        QTest::keyClick(control.slider(), Qt::Key_Right);
        QTest::keyClick(control.slider(), Qt::Key_Right);
        QCOMPARE(spy.count(), 2);
        QCOMPARE(spy.last().at(0).toDouble(), 10.0);
        QCOMPARE(spy.first().at(1), spy.last().at(1));
    }

    void pageKeysAreCoarse() {
        BitWidthControl control(kBits);
        control.show();
        QTest::keyClick(control.slider(), Qt::Key_PageUp);
        QCOMPARE(control.value(), 10.0);
        QTest::keyClick(control.box(), Qt::Key_PageUp);
        QCOMPARE(control.value(), 12.0);
        QTest::keyClick(control.box(), Qt::Key_Down);
        QCOMPARE(control.value(), 11.0);
    }

    void sliderOfABlockSizeStepsThroughPowersOfTwo() {
        BitWidthControl control(kBlock);
        control.show();
        QTest::keyClick(control.slider(), Qt::Key_Right);
        QCOMPARE(control.value(), 32.0);
        QTest::keyClick(control.box(), Qt::Key_Down);
        QTest::keyClick(control.box(), Qt::Key_Down);
        QCOMPARE(control.value(), 8.0);
        control.setValue(24);
        QTest::keyClick(control.box(), Qt::Key_Up);
        QCOMPARE(control.value(), 32.0);
    }

    void aZeroThatMeansSomethingElseStandsBeforeThePowersOfTwo() {
        BitWidthControl control({.id = "buffer",
                                 .label = "Buffer",
                                 .unit = "KiB",
                                 .minimum = 0,
                                 .maximum = 512,
                                 .defaultValue = 2,
                                 .powersOfTwo = true,
                                 .zeroText = "sized",
                                 .leastAmount = 1});
        control.show();
        QTest::keyClick(control.slider(), Qt::Key_Left);
        QCOMPARE(control.value(), 1.0);
        QTest::keyClick(control.slider(), Qt::Key_Left);
        QCOMPARE(control.value(), 0.0);
        QCOMPARE(control.box()->text(), QStringLiteral("sized"));
        QTest::keyClick(control.slider(), Qt::Key_Right);
        QCOMPARE(control.value(), 1.0);
        QTest::keyClick(control.box(), Qt::Key_Down);
        QCOMPARE(control.value(), 0.0);
        QTest::keyClick(control.box(), Qt::Key_Up);
        QCOMPARE(control.value(), 1.0);
    }

    void typedValueCountsWhenFinished() {
        BitWidthControl control(kBits);
        control.show();
        control.box()->setFocus();
        control.box()->selectAll();
        QSignalSpy spy(&control, &BitWidthControl::edited);
        QTest::keyClicks(control.box(), QStringLiteral("12"));
        QCOMPARE(spy.count(), 0);
        QTest::keyClick(control.box(), Qt::Key_Return);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy.first().at(0).toDouble(), 12.0);
    }

    void valueOutOfRangeCannotBeTyped() {
        BitWidthControl control(kBits);
        control.show();
        control.box()->setFocus();
        control.box()->selectAll();
        QTest::keyClicks(control.box(), QStringLiteral("99"));
        QTest::keyClick(control.box(), Qt::Key_Return);
        QCOMPARE(control.value(), 8.0);
        QCOMPARE(control.box()->value(), 8.0);
    }

    void doubleClickOnTheSliderResets() {
        BitWidthControl control(kBits);
        control.show();
        control.setValue(3);
        control.setReset(6, QStringLiteral("Reset to inherited (6)"));
        QSignalSpy spy(&control, &BitWidthControl::edited);
        QTest::mouseDClick(control.slider(), Qt::LeftButton);
        QCOMPARE(control.value(), 6.0);
        QCOMPARE(spy.last().at(0).toDouble(), 6.0);
    }

    void valueFromOutsideIsSilentAndEndsTheGesture() {
        BitWidthControl control(kBits);
        control.show();
        QSignalSpy spy(&control, &BitWidthControl::edited);
        QTest::keyClick(control.slider(), Qt::Key_Right);
        control.setValue(8);  // undo
        QCOMPARE(spy.count(), 1);
        QTest::keyClick(control.slider(), Qt::Key_Right);
        QVERIFY(spy.first().at(1) != spy.last().at(1));
    }

    void wheelOverAnUnfocusedControlScrollsThePage() {
        BitWidthControl control(kBits);
        control.show();
        control.slider()->clearFocus();
        QWheelEvent wheel(QPointF(5, 5), control.slider()->mapToGlobal(QPointF(5, 5)), {}, {0, 120},
                          Qt::NoButton, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(control.slider(), &wheel);
        QCOMPARE(control.value(), 8.0);
        QVERIFY(!wheel.isAccepted());
    }

    void formShowsAndSetsEveryKindOfParameter() {
        ParamForm<Sample> form{kSampleParams};
        form.setValues({2.5, 7, 1, 0});
        QCOMPARE(qobject_cast<NumberBox*>(form.editor(0))->text(), QStringLiteral("2.5 1/s"));
        QCOMPARE(qobject_cast<NumberBox*>(form.editor(1))->value(), 7.0);
        QCOMPARE(qobject_cast<QComboBox*>(form.editor(2))->currentText(),
                 QStringLiteral("second one"));
        QVERIFY(!qobject_cast<QCheckBox*>(form.editor(3))->isChecked());
        QSignalSpy spy(&form, &ParamFormBase::valueEdited);
        qobject_cast<QComboBox*>(form.editor(2))->setCurrentIndex(2);
        QCOMPARE(spy.last().at(0).toInt(), 2);
        QCOMPARE(form.withValue({}, 2, spy.last().at(1).toDouble()).mode, 2.0);
        qobject_cast<QCheckBox*>(form.editor(3))->click();
        QCOMPARE(spy.last().at(1).toDouble(), 1.0);
        QVERIFY2(spy.first().at(2) != spy.last().at(2), "each choice is an undo step of its own");
    }

    void realsAreShownInTheirShortestSpelling() {
        ParamForm<Sample> form{kSampleParams};
        form.setValues({1e-8, 3, 0, 1});
        QCOMPARE(qobject_cast<NumberBox*>(form.editor(0))->text(), QStringLiteral("1e-08 1/s"));
        auto* box = qobject_cast<NumberBox*>(form.editor(0));
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, QStringLiteral("3e-5"));
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(form.value(0), 3e-5);
        QTest::keyClick(box, Qt::Key_Up);
        QCOMPARE(form.value(0), 3.1e-5);
    }

    void formNeverEmitsForValuesOfTheModel() {
        ParamForm<Sample> form{kSampleParams, ParamFormStyle::Sliders};
        QSignalSpy spy(&form, &ParamFormBase::valueEdited);
        form.setValues({5, 9, 2, 0});
        form.setValues({6, 10, 1, 1});
        QCOMPARE(spy.count(), 0);
    }

    void aZeroThatMeansSomethingElseIsAWord() {
        NumberBox box({.id = "images",
                       .label = "Images",
                       .unit = "images",
                       .minimum = 0,
                       .maximum = 1000,
                       .zeroText = "all"});
        QCOMPARE(box.text(), QStringLiteral("all"));
        box.selectAll();
        QTest::keyClicks(&box, QStringLiteral("64"));
        QTest::keyClick(&box, Qt::Key_Return);
        QCOMPARE(box.text(), QStringLiteral("64 images"));
        QCOMPARE(box.value(), 64.0);
        box.selectAll();
        QTest::keyClicks(&box, QStringLiteral("all"));
        QTest::keyClick(&box, Qt::Key_Return);
        QCOMPARE(box.value(), 0.0);
        QCOMPARE(box.text(), QStringLiteral("all"));
        box.selectAll();
        QTest::keyClicks(&box, QStringLiteral("0"));
        QTest::keyClick(&box, Qt::Key_Return);
        QCOMPARE(box.value(), 0.0);
    }

    void aNumberThatIsNotAllowedIsRefusedWithTheRange() {
        NumberBox box({.id = "size",
                       .label = "Size",
                       .unit = "KiB",
                       .minimum = 1,
                       .maximum = 512,
                       .defaultValue = 64});
        box.show();
        for (const char* text : {"0", "-5", "1e99", ""}) {
            QToolTip::hideText();
            box.selectAll();
            QTest::keyClick(&box, Qt::Key_Delete);
            QTest::keyClicks(&box, QLatin1String(text));
            QTest::keyClick(&box, Qt::Key_Return);
            QCOMPARE(box.value(), 64.0);
            QVERIFY2(QToolTip::text().contains(QLatin1String(text)), text);
            QVERIFY2(QToolTip::text().contains(QStringLiteral("1 to 512 KiB")), text);
        }
    }

    void formControlsAreNamed() {
        ParamForm<Sample> form{kSampleParams, ParamFormStyle::Sliders};
        QCOMPARE(test::unnamedControls(form).join(QLatin1String(" ")), QString());
    }

    void errorLabelSaysWhatWhereAndWhatToDo() {
        ErrorLabel label;
        QVERIFY(label.isHidden());
        label.setError(Error{ErrorCode::InvalidInput, "kernel is 9", "conv1", "use 5"});
        QVERIFY(!label.isHidden());
        for (const auto* part : {"kernel is 9", "conv1", "use 5"}) {
            QVERIFY2(label.text().contains(QLatin1String(part)), part);
        }
        QCOMPARE(label.accessibleName(), label.text());
        label.setError(std::nullopt);
        QVERIFY(label.isHidden());
    }

    void copiedTableHasRawFiguresAndUnits() {
        QStandardItemModel model(2, 2);
        model.setHeaderData(1, Qt::Horizontal, QStringLiteral("Energy"));
        model.setHeaderData(0, Qt::Horizontal, QStringLiteral("Layer"));
        model.setHeaderData(1, Qt::Horizontal, QStringLiteral("energy_pj"), kRawNameRole);
        model.setData(model.index(0, 0), QStringLiteral("conv1"));
        model.setData(model.index(1, 0), QStringLiteral("fc"));
        model.setData(model.index(0, 1), 1234.5, kRawRole);
        model.setData(model.index(1, 1), 2.0, kRawRole);
        QTableView view;
        view.setModel(&model);
        setTableLook(&view);
        installCopy(&view);
        view.show();
        view.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        view.setFocus();
        view.selectRow(0);
        QTest::keySequence(&view, QKeySequence::Copy);
        QCOMPARE(QApplication::clipboard()->text(),
                 QStringLiteral("Layer\tenergy_pj\nconv1\t1234.5\n"));
        view.clearSelection();
        QCOMPARE(tableTsv(view).count(QLatin1Char('\n')), 3);
    }

    void aTableBecomesCsvWithWhatQuotesAreFor() {
        QStandardItemModel model(1, 2);
        model.setHeaderData(0, Qt::Horizontal, QStringLiteral("format"), kRawNameRole);
        model.setHeaderData(1, Qt::Horizontal, QStringLiteral("bits"), kRawNameRole);
        model.setData(model.index(0, 0), QStringLiteral("bfp<8,block=\"16\">"));
        model.setData(model.index(0, 1), 8.5, kRawRole);
        QTableView view;
        view.setModel(&model);
        QCOMPARE(tableCsv(view, {{QStringLiteral("version"), QStringLiteral("1.2")}}),
                 QByteArray("format,bits,version\n\"bfp<8,block=\"\"16\"\">\",8.5,1.2\n"));
    }

    void aJobShowsItsProgressOnlyWhileItRuns() {
        JobProgress progress(QStringLiteral("Progress of the job"), Qt::Vertical);
        QVERIFY(progress.isHidden());
        progress.setBusy(true);
        const auto* bar = progress.findChild<QProgressBar*>();
        QVERIFY(!progress.isHidden());
        QCOMPARE(bar->maximum(), 0);  // the length is not known yet
        progress.setProgress(3, 4, {QStringLiteral("sorting"), {}, QStringLiteral("1 s left")});
        QCOMPARE(4 * bar->value(), 3 * bar->maximum());
        QCOMPARE(progress.findChild<QLabel*>()->text(), QStringLiteral("sorting · 1 s left"));
        progress.setBusy(false);
        QVERIFY(progress.isHidden());
        QCOMPARE(progress.findChild<QLabel*>()->text(), QString());
    }

    void errorColourReadsOnLightAndDarkGround() {
        for (const QColor& ground : {QColor(Qt::white), QColor(32, 32, 32)}) {
            QPalette palette(ground);
            palette.setColor(QPalette::Window, ground);
            const int contrast = std::abs(errorColour(palette).lightness() - ground.lightness());
            QVERIFY2(contrast > 80, qPrintable(ground.name()));
        }
    }
};

}  // namespace mantissa::ui

QTEST_MAIN(mantissa::ui::UiCommonTests)
#include "ui_common_tests.moc"
