// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/formats/formats_panel.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSlider>
#include <QTableView>
#include <QTest>
#include <QTextBrowser>
#include <algorithm>
#include <cmath>
#include <map>

#include "tests/ui/accessible.h"
#include "ui/charts/chart.h"
#include "ui/common/bit_width_control.h"
#include "ui/common/error_label.h"
#include "ui/common/table_copy.h"
#include "ui/formats/format_study_model.h"

namespace mantissa::ui {
namespace {

/// A page whose questions are answered at once, as the app does in the background.
struct Bench {
    FormatsPanel panel;
    std::vector<FormatsRequest> requests;

    Bench() {
        QObject::connect(&panel, &FormatsPanel::studyRequested, &panel,
                         [this](const FormatsRequest& request) { answer(request); });
        panel.resize(1100, 500);
        panel.show();
        panel.request();
    }
    void answer(const FormatsRequest& request) {
        requests.push_back(request);
        static std::map<double, std::vector<numerics::StudyTensor>> known;
        auto& tensors = known[request.dataScale];
        if (tensors.empty()) {
            tensors = numerics::distributionTensors(request.dataScale, 1);
        }
        FormatStudies studies{request.study, {}, {}};
        for (const auto& tensor : tensors) {
            studies.sources.push_back(
                {QString::fromStdString(tensor.name), QString::fromStdString(tensor.origin)});
        }
        studies.studies = numerics::studyFormats(request.study, tensors, {}).value();
        panel.setStudies(studies);
    }
    template <typename Widget>
    Widget* find(const char* name) {
        return panel.findChild<Widget*>(QLatin1String(name));
    }
    void spell(const char* text) {
        auto* line = find<QLineEdit>("spelling");
        line->selectAll();
        QTest::keyClicks(line, QString::fromLatin1(text));
        QTest::keyClick(line, Qt::Key_Return);
    }
    void select(int row) { find<QListWidget>("formats")->setCurrentRow(row); }
    QAbstractItemModel* table() { return find<QTableView>("studies")->model(); }
    QString cell(int row, int column) { return table()->index(row, column).data().toString(); }
};

}  // namespace

class FormatsPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void modelKeepsItsPromises() {
        FormatStudyModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        FormatStudies shown;
        shown.request.formats = {{numerics::parseFormat("fp8_e4m3").value()}};
        shown.studies = numerics::studyFormats(shown.request, {}, {}).value();
        model.setStudies(shown);
        QCOMPARE(model.index(0, FormatStudyModel::Values).data(kRawRole).toDouble(), 126.0);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setStudies(shown);
        QCOMPARE(resets.count(), 0);
        shown.sources = {{QStringLiteral("Log-normal"), QStringLiteral("made up")}};
        shown.studies[0].errors.resize(1);
        model.setStudies(shown);
        QCOMPARE(resets.count(), 1);
        QCOMPARE(model.headerData(FormatStudyModel::FirstSource, Qt::Horizontal, kRawNameRole),
                 QVariant(QStringLiteral("sqnr_db_log_normal")));
    }

    void showsWhatItAskedFor() {
        Bench bench;
        QCOMPARE(bench.requests.size(), std::size_t(1));
        QCOMPARE(bench.table()->rowCount(), int(bench.panel.formats().size()));
        for (const auto* chart : bench.panel.charts()) {
            QVERIFY2(!chart->isEmpty(), qPrintable(chart->title()));
        }
        QVERIFY(bench.panel.charts()[2]->note().contains(QStringLiteral("seed 1")));
    }

    void aTypedSpellingBecomesTheSelectedFormat() {
        Bench bench;
        bench.select(1);
        bench.spell("FLOAT < 2, 3, variant = all >");
        QCOMPARE(QString::fromStdString(numerics::formatText(bench.panel.formats()[1].format)),
                 QStringLiteral("fp6_e2m3"));
        QCOMPARE(bench.find<QLineEdit>("spelling")->text(), QStringLiteral("fp6_e2m3"));
        QCOMPARE(bench.requests.size(), std::size_t(2));
        QCOMPARE(bench.cell(1, FormatStudyModel::Spelling), QStringLiteral("fp6_e2m3"));
        QCOMPARE(bench.table()->index(1, FormatStudyModel::Largest).data(kRawRole).toDouble(), 7.5);
    }

    void aWrongSpellingSaysWhatIsWrongAndChangesNothing() {
        Bench bench;
        const auto before = bench.panel.formats();
        bench.spell("float<4,99>");
        auto* error = bench.find<ErrorLabel>("spellingError");
        QVERIFY(error->isVisible());
        QVERIFY2(error->text().contains(QStringLiteral("99")), qPrintable(error->text()));
        QVERIFY(bench.panel.formats() == before);
        QCOMPARE(bench.requests.size(), std::size_t(1));
        QCOMPARE(bench.find<QLineEdit>("spelling")->text(), QStringLiteral("float<4,99>"));
        bench.spell("fp16");
        QVERIFY(!error->isVisible());
    }

    void theEditorChangesTheSelectedFormatAlone() {
        Bench bench;
        const auto before = bench.panel.formats();
        bench.select(0);  // FP8 E4M3
        BitWidthControl* mantissa = nullptr;
        for (auto* one : bench.panel.findChildren<BitWidthControl*>(QStringLiteral("man"))) {
            mantissa = one->isVisible() ? one : mantissa;
        }
        QVERIFY(mantissa != nullptr);
        mantissa->slider()->setValue(2);
        const auto after = bench.panel.formats();
        QCOMPARE(std::get<numerics::Minifloat>(after[0].format).mantissaBits, 2);
        QVERIFY(after[1] == before[1] && after[2] == before[2]);
    }

    void addsAndRemovesFormats() {
        Bench bench;
        const auto count = bench.panel.formats().size();
        bench.select(0);
        QTest::mouseClick(bench.find<QPushButton>("add"), Qt::LeftButton);
        bench.spell("msfp12");
        QCOMPARE(bench.panel.formats().size(), count + 1);
        QCOMPARE(bench.cell(1, FormatStudyModel::Name), QStringLiteral("MSFP12"));
        auto* remove = bench.find<QPushButton>("remove");
        while (bench.panel.formats().size() > 1) {
            QTest::mouseClick(remove, Qt::LeftButton);
        }
        QVERIFY(!remove->isEnabled());
        QCOMPARE(bench.table()->rowCount(), 1);
    }

    void theBlockExponentMovesBlockFormatsAlone() {
        Bench bench;
        bench.panel.setFormats({{numerics::parseFormat("fp4_e2m1").value()},
                                {numerics::parseFormat("mxfp4_e2m1").value()}});
        const auto valuesOf = [&](int row) {
            const QString data = bench.panel.charts()[0]->dataTsv();
            QStringList rows = data.split(QLatin1Char('\n'));
            const QString name = bench.cell(row, FormatStudyModel::Name);
            return rows.filter(QRegularExpression(QStringLiteral("^") + name));
        };
        const auto plain = valuesOf(0);
        const auto blocks = valuesOf(1);
        QCOMPARE(blocks.size(), 7);
        QVERIFY(blocks.last().contains(QStringLiteral("\t1.5\t")));
        bench.find<BitWidthControl>("block_exponent")->slider()->setValue(2);
        QCOMPARE(valuesOf(0), plain);
        QVERIFY(valuesOf(1).last().contains(QStringLiteral("\t6\t")));
        QVERIFY(bench.panel.charts()[0]->note().contains(QStringLiteral("2^3")));
        bench.panel.setFormats({{numerics::parseFormat("fp16").value()}});
        QVERIFY(!bench.find<BitWidthControl>("block_exponent")->isEnabled());
    }

    void theDataScaleReachesTheRequest() {
        Bench bench;
        bench.find<BitWidthControl>("data_scale")->slider()->setValue(-3);
        QCOMPARE(bench.requests.back().dataScale, 0.125);
        QVERIFY(bench.panel.charts()[2]->note().contains(QStringLiteral("0.125")));
    }

    void largeFormatsAreThinnedAndSaySo() {
        Bench bench;
        bench.panel.setFormats({{numerics::Fp32{}}});
        const QString note = bench.panel.charts()[0]->note();
        QVERIFY2(note.contains(QStringLiteral("only some drawn of FP32 (2.14")), qPrintable(note));
        QCOMPARE(bench.cell(0, FormatStudyModel::FirstSource), QStringLiteral("exact"));
    }

    void relativeRangesNameTheBlocksScale() {
        Bench bench;
        bench.panel.setFormats({{numerics::parseFormat("int8").value()}});
        QCOMPARE(bench.cell(0, FormatStudyModel::Largest),
                 QStringLiteral("255 (of the block's scale)"));
    }

    void offersOperandsAndKeepsTheChoice() {
        Bench bench;
        auto* tensor = bench.find<QComboBox>("tensor");
        QCOMPARE(tensor->count(), 1);
        bench.panel.setLayers({QStringLiteral("conv1"), QStringLiteral("fc1")});
        QCOMPARE(tensor->count(), 9);
        const auto asked = bench.requests.size();
        tensor->setCurrentIndex(tensor->findText(QStringLiteral("fc1: error")));
        emit tensor->activated(tensor->currentIndex());
        QCOMPARE(bench.requests.size(), asked + 1);
        QCOMPARE(bench.requests.back().tensor.layer, QStringLiteral("fc1"));
        QVERIFY(bench.requests.back().tensor.role == design::Role::Error);
        bench.panel.setTensorFile(QStringLiteral("/data/weights.npy"));
        QVERIFY(bench.requests.back().tensor.kind == TensorChoice::Kind::File);
        QCOMPARE(tensor->currentText(), QStringLiteral("weights.npy"));
        bench.panel.setLayers({QStringLiteral("fc1")});
        QCOMPARE(tensor->currentText(), QStringLiteral("weights.npy"));
    }

    void theTableGoesOutWithItsProvenance() {
        Bench bench;
        const QByteArray csv = bench.panel.tableCsv(QStringLiteral("1.2.3"));
        const auto lines = csv.split('\n');
        QCOMPARE(lines.size(), int(bench.panel.formats().size()) + 2);
        QVERIFY(lines[0].startsWith("format,spelling,bits_per_element,"));
        QVERIFY(lines[0].endsWith(",data,version"));
        QVERIFY(lines[1].contains("seed 1"));
        QVERIFY(lines[1].endsWith(",1.2.3"));
        copyTable(*bench.find<QTableView>("studies"));
        QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("format\tspelling")));
    }

    void adoptingAConventionKeepsTheWidths() {
        Bench bench;
        bench.panel.setFormats({{numerics::parseFormat("bfp<8,block=16>").value()}});
        auto* choice = bench.find<QComboBox>("conventions");
        auto* text = bench.find<QTextBrowser>("explanation");
        auto* adopt = bench.find<QPushButton>("adopt");
        choice->setCurrentIndex(choice->findText(QStringLiteral("HBFP")));
        QVERIFY(text->toPlainText().contains(QStringLiteral("Exponent rule")));
        QVERIFY(text->toPlainText().contains(QStringLiteral("Source:")));
        adopt->click();
        QCOMPARE(bench.cell(0, FormatStudyModel::Spelling), QStringLiteral("hbfp8"));
        bench.spell("fp16");
        QVERIFY(!adopt->isEnabled());  // HBFP says nothing of minifloats
        QVERIFY(text->toPlainText().contains(QStringLiteral("nothing of this kind")));
    }

    void gradientsMayRoundOtherwise() {
        Bench bench;
        bench.panel.setFormats({{numerics::parseFormat("fast4").value()}});
        auto* choice = bench.find<QComboBox>("conventions");
        choice->setCurrentIndex(choice->findText(QStringLiteral("FAST")));
        bench.find<QCheckBox>("gradients")->setChecked(true);
        bench.find<QPushButton>("adopt")->click();
        QCOMPARE(bench.cell(0, FormatStudyModel::Name), QStringLiteral("FAST, 4-bit, SR8"));
    }

    void aFailureIsShownUntilTheNextAnswer() {
        Bench bench;
        bench.panel.setError({ErrorCode::NotFound, "no such file", "weights.npy", {}});
        auto* error = bench.find<ErrorLabel>("studyError");
        QVERIFY(error->isVisible());
        bench.panel.request();
        QVERIFY(!error->isVisible());
    }

    void everyControlHasAName() {
        Bench bench;
        QCOMPARE(test::unnamedControls(bench.panel), QStringList());
    }
};

}  // namespace mantissa::ui

QTEST_MAIN(mantissa::ui::FormatsPanelTest)
#include "formats_panel_test.moc"
