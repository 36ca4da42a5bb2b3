// SPDX-License-Identifier: GPL-3.0-or-later
// The whole path through the real window: slider, run, cancel, compare, export, undo, save, reopen.
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QStandardPaths>
#include <QSvgRenderer>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <memory>

#include "app/studio/main_window.h"
#include "core/atomic_file.h"
#include "core/data/npy.h"
#include "core/store/store.h"
#include "tests/support/tiny_dataset.h"
#include "ui/charts/chart.h"
#include "ui/common/bit_width_control.h"
#include "ui/common/error_label.h"
#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"
#include "ui/compare/compare_panel.h"
#include "ui/formats/formats_panel.h"
#include "ui/hardware/figure_card.h"
#include "ui/hardware/hardware_panel.h"
#include "ui/precision/precision_panel.h"
#include "ui/reproduce/reproduce_panel.h"
#include "ui/run/run_panel.h"
#include "ui/sensitivity/sensitivity_panel.h"

namespace mantissa::app {

class WindowTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();

    void opensOnTheExampleWithItsBaselineToCompare();
    void draggingTheMantissaSliderFollowsInTheHardwareAndUndoesInOneStep();
    void aLibertyFileRepricesTheHardware();
    void storedDesignsAreThereForTheWaterfall();
    void statisticsFollowTheDrag();
    void aRunTrainsAndAppearsInTheComparison();
    void trainedWeightsAreMeasuredUnderFormatsBeingDragged();
    void aCancelledRunStopsAtOnceAndKeepsItsCurve();
    void comparesTwoPointsAndExportsTheCharts();
    void theFormatsPageAnswersInTheBackground();
    void theFormatsPageTakesOperandsAndFiles();
    void theFormatsPageIsExported();
    void sensitivityRanksOperandsAndARowIsTakenOver();
    void aPublishedSystemIsModelledOpenedAndReproduced();
    void savesAndReopensTheDesign();
    void editingAfterARunMarksItsCurvesStale();
    void everyDockComesBackWithTheDefaultLayout();
    void fitsTheScreenOfALaptop();
    void formatsNeedNoScrollingSidewaysInAWideWindow();
    void closingDuringARunStopsIt();
    void theWindowWorksWithoutADatabase();
    void aModifiedWindowMayVanishDuringARun();
    void aSecondWindowOnTheSameDatabaseKeepsTheNamesThatAreThere();
    void aHugeNetworkIsRefusedByThePreviewNotComputed();

private:
    std::unique_ptr<MainWindow> makeWindow(bool withStore = true);
    void openTinyDesign(int epochs, int trainImages = 256) const;
    QSlider* mantissaSlider() const;
    ui::Chart* chartTitled(const QString& part) const;
    store::DesignRow stored(const design::DesignPoint& design) const;
    bool isIdle() const { return !m_window->studio().runs().isBusy(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<MainWindow> m_window;
};

void WindowTest::initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QApplication::setOrganizationName(QStringLiteral("mantissa-tests"));
    QApplication::setApplicationName(QStringLiteral("window-test"));
}

std::unique_ptr<MainWindow> WindowTest::makeWindow(bool withStore) {
    StudioOptions options;
    options.databaseFile = m_folder->filePath(QStringLiteral("points.db")).toStdString();
    options.datasetFolder = m_folder->path().toStdString();
    options.threads = 1;
    options.reproduction.images = 64;
    options.reproduction.epochs = 1;
    options.reproduction.seeds = 1;
    std::shared_ptr<store::Store> store;
    if (withStore) {
        auto opened = store::Store::open(options.databaseFile, store::Access::ReadWrite);
        if (!opened) {
            qFatal("%s", opened.error().text().c_str());
        }
        store = std::make_shared<store::Store>(std::move(*opened));
    }
    auto window = std::make_unique<MainWindow>(store, options);
    window->setAskBeforeClosing(false);
    window->openExample();
    window->show();
    return window;
}

void WindowTest::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder->path());
    QSettings().clear();
    test::writeTinyFashionMnist(m_folder->path().toStdString(), 512, 64);
    m_window = makeWindow();
}

void WindowTest::cleanup() {
    m_window->close();
    m_window.reset();
    m_folder.reset();
}

void WindowTest::openTinyDesign(int epochs, int trainImages) const {
    auto& document = m_window->studio().document();
    auto recipe = document.design().recipe();
    recipe.epochs = epochs;
    recipe.batch = 32;
    recipe.trainImages = trainImages;
    document.open(document.design().withRecipe(recipe), {});
}

QSlider* WindowTest::mantissaSlider() const {
    for (auto* control :
         m_window->panels().precision->findChildren<ui::BitWidthControl*>(QStringLiteral("man"))) {
        if (control->isVisible()) {
            return control->slider();
        }
    }
    return nullptr;
}

ui::Chart* WindowTest::chartTitled(const QString& part) const {
    const auto charts = m_window->panels().charts();
    const auto found = std::find_if(charts.begin(), charts.end(), [&](const auto* chart) {
        return chart->title().contains(part, Qt::CaseInsensitive);
    });
    return found == charts.end() ? nullptr : *found;
}

store::DesignRow WindowTest::stored(const design::DesignPoint& design) const {
    const auto reader = store::Store::open(
        m_folder->filePath(QStringLiteral("points.db")).toStdString(), store::Access::ReadOnly);
    auto row = reader.value().findDesign(design::designHash(design));
    return row.value_or(store::DesignRow{});
}

void WindowTest::opensOnTheExampleWithItsBaselineToCompare() {
    const auto& design = m_window->studio().document().design();
    QVERIFY(design::resolvePrecision(design.precision(), design.network()).front() !=
            nn::LayerPrecision{});
    // The table is filled from the database, the baseline's column first.
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->panels().compare->table().empty(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(
        m_window->panels().compare->chosen(),
        (std::vector<QString>{QString::fromStdString(design::designHash(design.withPrecision({}))),
                              QString::fromStdString(design::designHash(design))}),
        30000);
    QVERIFY(!m_window->studio().document().isModified());
}

void WindowTest::draggingTheMantissaSliderFollowsInTheHardwareAndUndoesInOneStep() {
    auto& document = m_window->studio().document();
    const auto before = document.design();
    const double energyBefore = hw::estimate(before)->energy_pj;
    const auto* card = m_window->panels().hardware->findChildren<ui::FigureCard*>().at(1);
    const auto isShown = [&](const design::DesignPoint& design) {
        return card->value() == ui::energyText(hw::estimate(design)->energy_pj);
    };
    QTRY_VERIFY_WITH_TIMEOUT(isShown(before), 10000);
    auto* slider = mantissaSlider();
    QVERIFY(slider != nullptr);
    slider->setSliderDown(true);
    for (int i = 0; i < 4; ++i) {
        slider->setSliderPosition(slider->sliderPosition() - 1);
    }
    slider->setSliderDown(false);
    QVERIFY(document.design() != before);
    QVERIFY(hw::estimate(document.design())->energy_pj < energyBefore);
    QTRY_VERIFY_WITH_TIMEOUT(isShown(document.design()), 10000);
    QCOMPARE(document.undoStack()->count(), 1);
    document.undoStack()->undo();
    QVERIFY(document.design() == before);
    QTRY_VERIFY_WITH_TIMEOUT(isShown(before), 10000);
    QVERIFY(!document.isModified());
}

void WindowTest::aLibertyFileRepricesTheHardware() {
    const auto* area = m_window->panels().hardware->findChild<ui::FigureCard*>();
    QTRY_VERIFY_WITH_TIMEOUT(area->value().contains(QStringLiteral("mm²")), 10000);
    const QString before = area->value();
    QFile file(m_folder->filePath(QStringLiteral("mine.lib")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(
        "library (mine) { cell (N) { area : 2; pin (A) { direction : input; } pin (B) { direction "
        ": input; } pin (Y) { direction : output; function : \"!(A&B)\"; } } cell (D) { area : 10; "
        "ff (I, J) { next_state : \"D\"; clocked_on : \"C\"; } } }");
    file.close();
    m_window->studio().useLiberty(file.fileName().toStdString());
    QTRY_VERIFY_WITH_TIMEOUT(area->value() != before, 10000);
    const auto* nand =
        m_window->panels().hardware->findChild<QDoubleSpinBox*>(QStringLiteral("nand2_um2"));
    QCOMPARE(nand->value(), 2.0);
    // A file that is none changes nothing and says why.
    const QString priced = area->value();
    QSignalSpy problems(&m_window->studio(), &Studio::problem);
    m_window->studio().useLiberty(m_folder->filePath(QStringLiteral("none.lib")).toStdString());
    QTRY_COMPARE_WITH_TIMEOUT(problems.count(), 1, 10000);
    QVERIFY(problems[0][0].value<Error>().text().find("none.lib") != std::string::npos);
    QCOMPARE(area->value(), priced);
}

void WindowTest::storedDesignsAreThereForTheWaterfall() {
    const auto* from = m_window->panels().hardware->findChild<QComboBox*>(QStringLiteral("from"));
    // The baseline, this design, and the two that a new database holds.
    QTRY_COMPARE_WITH_TIMEOUT(from->count(), 4, 30000);
}

void WindowTest::statisticsFollowTheDrag() {
    auto* panel = m_window->panels().precision;
    panel->setScopeLayer(QStringLiteral("conv2"));
    auto* view = panel->findChild<QTableView*>(QStringLiteral("statistics"));
    QVERIFY(view != nullptr);
    const auto snapshot = [view] {
        QStringList cells;
        for (int row = 0; row < view->model()->rowCount(); ++row) {
            for (int column = 0; column < view->model()->columnCount(); ++column) {
                cells << view->model()->index(row, column).data().toString();
            }
        }
        return cells;
    };
    QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() > 0, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(snapshot().join(QString()).contains(QStringLiteral("dB")), 30000);
    const QStringList before = snapshot();
    auto* slider = mantissaSlider();
    QVERIFY(slider != nullptr);
    slider->setValue(slider->value() - 3);
    QTRY_VERIFY_WITH_TIMEOUT(snapshot() != before, 30000);
}

void WindowTest::aRunTrainsAndAppearsInTheComparison() {
    openTinyDesign(2);
    const auto design = m_window->studio().document().design();
    auto* button = m_window->panels().run->findChild<QPushButton*>(QStringLiteral("run"));
    QVERIFY(button != nullptr);
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(m_window->studio().runs().isBusy());
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(), 60000);
    const auto row = stored(design);
    QVERIFY(row.latestRun.has_value());
    QCOMPARE(row.latestRun->status, store::StoredStatus::Done);
    QCOMPARE(row.latestRun->epochsDone, 2);
    QVERIFY(row.latestRun->testAccuracy.has_value());
    const QString hash = QString::fromStdString(design::designHash(design));
    const auto isChosen = [&] {
        const auto chosen = m_window->panels().compare->chosen();
        return std::count(chosen.begin(), chosen.end(), hash) == 1;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isChosen(), 30000);
    QVERIFY(!chartTitled(QStringLiteral("loss"))->isEmpty());
}

void WindowTest::trainedWeightsAreMeasuredUnderFormatsBeingDragged() {
    openTinyDesign(1);
    const auto* accuracy =
        m_window->panels().precision->findChild<QLabel*>(QStringLiteral("accuracy"));
    QVERIFY2(!accuracy->isVisible(), "nothing has been trained");
    m_window->studio().run();
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(), 60000);
    const auto shown = [&](const QString& part) {
        return accuracy->isEnabled() && accuracy->text().contains(part);
    };
    QTRY_VERIFY2_WITH_TIMEOUT(shown(QStringLiteral("all 64 test images")),
                              qPrintable(accuracy->text()), 20000);
    QVERIFY2(shown(QStringLiteral("±0 points")), qPrintable(accuracy->text()));
    QVERIFY2(shown(QString::fromStdString(m_window->studio().document().design().name())),
             qPrintable(accuracy->text()));

    auto* slider = mantissaSlider();
    slider->setSliderDown(true);
    slider->setSliderPosition(slider->sliderPosition() - 1);
    slider->setSliderDown(false);
    QVERIFY2(!accuracy->isEnabled(), "what is shown was of other formats");
    QTRY_VERIFY2_WITH_TIMEOUT(shown(QStringLiteral("all 64 test images")),
                              qPrintable(accuracy->text()), 20000);
}

void WindowTest::aCancelledRunStopsAtOnceAndKeepsItsCurve() {
    openTinyDesign(500);
    const auto design = m_window->studio().document().design();
    m_window->studio().run();
    QTRY_VERIFY_WITH_TIMEOUT(!chartTitled(QStringLiteral("loss"))->isEmpty(), 30000);
    auto* cancel = m_window->panels().run->findChild<QPushButton*>(QStringLiteral("cancel"));
    QVERIFY(cancel->isEnabled());
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(), 10000);
    QVERIFY(!chartTitled(QStringLiteral("loss"))->isEmpty());
    const auto reader = store::Store::open(
        m_folder->filePath(QStringLiteral("points.db")).toStdString(), store::Access::ReadOnly);
    const auto runs = reader->runs(design::designHash(design));
    QCOMPARE(runs->size(), std::size_t{1});
    QCOMPARE(runs->front().status, store::StoredStatus::Cancelled);
    QVERIFY(!reader->curves(runs->front().id)->steps.empty());
}

void WindowTest::comparesTwoPointsAndExportsTheCharts() {
    openTinyDesign(1);
    m_window->studio().runBaseline();
    m_window->studio().run();
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(), 60000);
    auto* compare = m_window->panels().compare;
    const auto& document = m_window->studio().document();
    const std::vector<QString> both{QString::fromStdString(design::designHash(document.baseline())),
                                    QString::fromStdString(design::designHash(document.design()))};
    compare->choose(both);
    const auto names = [compare] {
        const auto table = compare->table();
        return table.empty() ? std::vector<QString>{} : table.front();
    };
    const auto shows = [&names](const design::DesignPoint& design) {
        const auto header = names();
        return std::any_of(header.begin(), header.end(), [&](const QString& text) {
            return text.contains(QString::fromStdString(design.name()));
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(shows(document.baseline()) && shows(document.design()), 30000);
    auto* chart = chartTitled(QStringLiteral("accuracy against energy"));
    QVERIFY(chart != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(!chart->isEmpty(), 30000);
    for (const auto format :
         {ui::ChartFormat::Svg, ui::ChartFormat::Pdf, ui::ChartFormat::Png, ui::ChartFormat::Csv}) {
        const QString file =
            m_folder->filePath(QStringLiteral("chart.") + ui::chartFormatSuffix(format));
        m_window->exportChart(chart, format, file);
        QVERIFY2(QFileInfo(file).size() > 50, qPrintable(file));
    }
    QVERIFY(QSvgRenderer(m_folder->filePath(QStringLiteral("chart.svg"))).isValid());
    QVERIFY(!QImage(m_folder->filePath(QStringLiteral("chart.png"))).isNull());
    QFile svg(m_folder->filePath(QStringLiteral("chart.svg")));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    QVERIFY(svg.readAll().contains(both[1].toUtf8()));
}

void WindowTest::theFormatsPageAnswersInTheBackground() {
    auto* page = m_window->panels().formats;
    const auto* table = page->findChild<QTableView*>(QStringLiteral("studies"));
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), int(page->formats().size()), 30000);
    // Of a drag's many requests the last one is what stays.
    auto* slider = page->findChild<ui::BitWidthControl*>(QStringLiteral("data_scale"))->slider();
    for (int exponent = 0; exponent <= 10; ++exponent) {
        slider->setValue(exponent);
    }
    QTRY_VERIFY_WITH_TIMEOUT(
        page->charts()[2]->note().contains(QStringLiteral("standard deviation 1024,")), 30000);
    for (const auto* chart : page->charts()) {
        QVERIFY2(!chart->isEmpty(), qPrintable(chart->title()));
    }
}

void WindowTest::theFormatsPageTakesOperandsAndFiles() {
    auto* page = m_window->panels().formats;
    auto* tensor = page->findChild<QComboBox*>(QStringLiteral("tensor"));
    const auto note = [page] { return page->charts()[2]->note(); };
    tensor->setCurrentIndex(tensor->findText(QStringLiteral("conv2: error")));
    emit tensor->activated(tensor->currentIndex());
    QTRY_VERIFY_WITH_TIMEOUT(
        note().contains(QStringLiteral("conv2 error: conv2 at initial weights")), 30000);

    const std::vector<float> values{1, -2, 0.5F, 3};
    const std::string header = data::npyHeader({2, 2});
    const QString file = m_folder->filePath(QStringLiteral("mine.npy"));
    QVERIFY(writeFileAtomically(
        file.toStdString(), {std::as_bytes(std::span(header)), std::as_bytes(std::span(values))}));
    page->setTensorFile(file);
    QTRY_VERIFY_WITH_TIMEOUT(note().contains(QStringLiteral("mine: mine.npy, 2 x 2 values")),
                             30000);

    page->setTensorFile(m_folder->filePath(QStringLiteral("absent.npy")));
    auto* error = page->findChild<ui::ErrorLabel*>(QStringLiteral("studyError"));
    QTRY_VERIFY_WITH_TIMEOUT(error->text().contains(QStringLiteral("absent.npy")), 30000);
}

void WindowTest::theFormatsPageIsExported() {
    auto* page = m_window->panels().formats;
    QTRY_VERIFY_WITH_TIMEOUT(!page->charts()[0]->isEmpty(), 30000);
    const QString table = m_folder->filePath(QStringLiteral("formats.csv"));
    m_window->exportFormats(table);
    QFile written(table);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray text = written.readAll();
    QVERIFY(text.startsWith("format,spelling,"));
    QVERIFY(text.contains("fp8_e4m3"));
    QVERIFY(text.contains("seed 1"));
    for (auto* chart : page->charts()) {
        const QString svg = m_folder->filePath(QStringLiteral("page.svg"));
        m_window->exportChart(chart, ui::ChartFormat::Svg, svg);
        QVERIFY2(QSvgRenderer(svg).isValid(), qPrintable(chart->title()));
    }
}

void WindowTest::savesAndReopensTheDesign() {
    auto& document = m_window->studio().document();
    auto* slider = mantissaSlider();
    slider->setValue(slider->value() - 2);
    QVERIFY(m_window->isWindowModified());
    const QString file = m_folder->filePath(QStringLiteral("mine.json"));
    QVERIFY(m_window->saveFile(file));
    QVERIFY(!m_window->isWindowModified());
    const auto saved = document.design();
    slider->setValue(slider->value() - 1);
    QVERIFY(document.design() != saved);
    QVERIFY(m_window->openFile(file));
    QVERIFY(document.design() == saved);
    QVERIFY(m_window->windowTitle().contains(QStringLiteral("mine.json")));
}

void WindowTest::editingAfterARunMarksItsCurvesStale() {
    openTinyDesign(1);
    m_window->studio().run();
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(), 60000);
    auto* panel = m_window->panels().run;
    const auto saysStale = [panel] {
        for (const auto* label : panel->findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(QStringLiteral("Changed since"))) {
                return true;
            }
        }
        return false;
    };
    QVERIFY(!saysStale());
    auto* slider = mantissaSlider();
    slider->setValue(slider->value() - 1);
    QTRY_VERIFY_WITH_TIMEOUT(saysStale(), 30000);
    m_window->studio().document().undoStack()->undo();
    QTRY_VERIFY_WITH_TIMEOUT(!saysStale(), 30000);
}

void WindowTest::sensitivityRanksOperandsAndARowIsTakenOver() {
    openTinyDesign(1);
    auto* page = m_window->panels().sensitivity;
    page->findChild<QSpinBox*>()->setValue(64);
    auto* table = page->findChild<QTableView*>();
    auto* analyse = page->findChild<QPushButton*>(QStringLiteral("analyse"));
    QTest::mouseClick(analyse, Qt::LeftButton);
    QVERIFY(!analyse->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 50, 120000);
    QVERIFY(analyse->isEnabled());
    auto& document = m_window->studio().document();
    const auto before = design::designHash(document.design());
    emit table->activated(table->model()->index(0, 0));
    QVERIFY(design::designHash(document.design()) != before);
    document.undoStack()->undo();
    QCOMPARE(design::designHash(document.design()), before);
}

void WindowTest::aPublishedSystemIsModelledOpenedAndReproduced() {
    auto* page = m_window->panels().reproduce;
    auto* list = page->findChild<QListWidget*>();
    const auto found = list->findItems(QStringLiteral("Restructured"), Qt::MatchStartsWith);
    QCOMPARE(found.size(), 1);
    list->setCurrentItem(found.front());
    m_window->findChild<QDockWidget*>(QStringLiteral("reproduce"))->raise();
    auto* claims = page->findChild<QTableView*>(QStringLiteral("claims"));
    QTRY_VERIFY_WITH_TIMEOUT(ui::tableTsv(*claims).contains(QStringLiteral("not run")), 30000);
    QVERIFY(ui::tableTsv(*claims).contains(QStringLiteral(" %\tno figure claimed")));

    page->findChild<QPushButton*>(QStringLiteral("openPreset"))->click();
    const auto design = m_window->studio().document().design();
    QCOMPARE(QString::fromStdString(design.name()),
             QStringLiteral("Restructured batch normalisation: one pass"));
    QCOMPARE(design.recipe().trainImages, 64);

    auto* reproduce = page->findChild<QPushButton*>(QStringLiteral("reproduce"));
    reproduce->click();
    QVERIFY(!reproduce->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(reproduce->isEnabled(), 120000);
    QVERIFY2(page->findChild<ui::ErrorLabel*>()->text().isEmpty(),
             qPrintable(page->findChild<ui::ErrorLabel*>()->text()));
    QVERIFY(!ui::tableTsv(*claims).contains(QStringLiteral("not run")));
    QVERIFY(ui::tableTsv(*claims).contains(QStringLiteral(" points\t")));
    QVERIFY(stored(design).latestRun.has_value());
}

void WindowTest::everyDockComesBackWithTheDefaultLayout() {
    for (auto* dock : m_window->panels().docks) {
        dock->setFloating(true);
        dock->hide();
    }
    m_window->restoreDefaultLayout();
    for (auto* dock : m_window->panels().docks) {
        if (dock != m_window->panels().history) {
            QVERIFY2(dock->isVisible() && !dock->isFloating(), qPrintable(dock->objectName()));
        }
    }
}

void WindowTest::fitsTheScreenOfALaptop() {
    const QSize least = m_window->minimumSizeHint();
    QVERIFY2(least.width() <= 1366, qPrintable(QString::number(least.width())));
    QVERIFY2(least.height() <= 900, qPrintable(QString::number(least.height())));
}

void WindowTest::formatsNeedNoScrollingSidewaysInAWideWindow() {
    m_window->resize(1520, 930);
    auto* panel = m_window->findChild<ui::PrecisionPanel*>();
    for (auto* area : panel->findChildren<QScrollArea*>()) {
        QTRY_VERIFY2_WITH_TIMEOUT(
            area->horizontalScrollBar()->maximum() == 0,
            qPrintable(QString::number(area->widget()->minimumSizeHint().width())), 5000);
    }
}

void WindowTest::closingDuringARunStopsIt() {
    openTinyDesign(500);
    const auto design = m_window->studio().document().design();
    m_window->studio().run();
    QTRY_VERIFY_WITH_TIMEOUT(!chartTitled(QStringLiteral("loss"))->isEmpty(), 30000);
    QVERIFY(m_window->close());
    const auto reader = store::Store::open(
        m_folder->filePath(QStringLiteral("points.db")).toStdString(), store::Access::ReadOnly);
    const auto runs = reader->runs(design::designHash(design));
    QCOMPARE(runs->front().status, store::StoredStatus::Cancelled);
}

void WindowTest::theWindowWorksWithoutADatabase() {
    m_window = makeWindow(false);
    openTinyDesign(1);
    m_window->studio().run();
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(), 60000);
    QVERIFY(!chartTitled(QStringLiteral("loss"))->isEmpty());
}

void WindowTest::aModifiedWindowMayVanishDuringARun() {
    openTinyDesign(500);
    auto* slider = mantissaSlider();
    slider->setValue(slider->value() - 1);
    QVERIFY(m_window->isWindowModified());
    m_window->studio().run();
    QTRY_VERIFY_WITH_TIMEOUT(!chartTitled(QStringLiteral("loss"))->isEmpty(), 30000);
    m_window.reset();
    m_window = makeWindow();
    QVERIFY(isIdle());
}

void WindowTest::aSecondWindowOnTheSameDatabaseKeepsTheNamesThatAreThere() {
    auto& document = m_window->studio().document();
    const auto baseline = document.baseline().withName("my reference");
    document.open(baseline, {});
    QCOMPARE(document.baseline().name(), std::string("my reference"));
    m_window->studio().keepPoint();
    QTRY_COMPARE_WITH_TIMEOUT(stored(baseline).design.name(), std::string("my reference"), 30000);
}

void WindowTest::aHugeNetworkIsRefusedByThePreviewNotComputed() {
    auto& document = m_window->studio().document();
    auto network = document.design().network();
    for (const auto* layer : {"conv1", "conv2"}) {
        std::get<nn::Conv2d>(network.layers[*network.indexOf(layer)].params).outChannels = 2048;
    }
    QSignalSpy problem(&m_window->studio(), &Studio::problem);
    document.open(document.design().withNetwork(network), {});
    QTRY_VERIFY_WITH_TIMEOUT(problem.count() > 0, 30000);
    const auto message = qvariant_cast<Error>(problem.front().front()).message;
    QVERIFY2(message.find("too large") != std::string::npos, message.c_str());
}

}  // namespace mantissa::app

QTEST_MAIN(mantissa::app::WindowTest)
#include "window_test.moc"
