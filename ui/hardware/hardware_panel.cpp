// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/hardware_panel.h"

#include <QListWidget>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "ui/charts/chart.h"
#include "ui/common/error_label.h"
#include "ui/common/number_text.h"
#include "ui/common/teardown.h"
#include "ui/common/text.h"
#include "ui/hardware/breakdown_page.h"
#include "ui/hardware/figure_card.h"
#include "ui/hardware/layer_page.h"
#include "ui/hardware/roofline_page.h"
#include "ui/hardware/setup_page.h"

namespace mantissa::ui {
namespace {

using FigureOf = double (*)(const hw::HardwareReport&);

double areaOf(const hw::HardwareReport& report) {
    return report.area_um2;
}

double energyOf(const hw::HardwareReport& report) {
    return report.energy_pj;
}

double powerOf(const hw::HardwareReport& report) {
    return report.averagePowerMw();
}

double timeOf(const hw::HardwareReport& report) {
    return report.milliseconds();
}

double trafficOf(const hw::HardwareReport& report) {
    return report.dramBits;
}

/// Ratio of one figure to the baseline's, in words for a card.
QString ratioToBaseline(const HardwareFigures& figures, FigureOf figure) {
    const auto calibration = figures.hardware.calibration;
    const QString ratio = figures.baseline ? ratioText(figure(figures.design->under(calibration)),
                                                       figure(figures.baseline->under(calibration)))
                                           : QString();
    return ratio.isEmpty() ? QString() : HardwarePanel::tr("%1 of baseline").arg(ratio);
}

/// "modelled", and the ratio under the other calibration or else what there is to say.
QString cardNote(const HardwareFigures& figures, FigureOf figure, const QString& otherwise = {}) {
    if (figures.baseline && figures.baseline != figures.design) {
        const auto other = hw::otherThan(figures.hardware.calibration);
        return HardwarePanel::tr("modelled · %1 %2")
            .arg(ratioText(figure(figures.design->under(other)),
                           figure(figures.baseline->under(other))),
                 toQt(hw::calibrationText(other)));
    }
    return otherwise.isEmpty() ? HardwarePanel::tr("modelled") : otherwise;
}

}  // namespace

struct HardwarePanel::Impl {
    HardwarePanel* panel;
    ErrorLabel* error = nullptr;
    ErrorLabel* warnings = nullptr;  ///< the first one; all stand in the list
    QListWidget* warningList = nullptr;
    std::vector<std::string> shownWarnings;
    CardRow* cards = nullptr;
    FigureCard* area = nullptr;
    FigureCard* energy = nullptr;
    FigureCard* time = nullptr;
    FigureCard* power = nullptr;
    FigureCard* traffic = nullptr;
    QTabWidget* tabs = nullptr;
    BreakdownPage* breakdown = nullptr;
    LayerPage* layers = nullptr;
    RooflinePage* roofline = nullptr;
    WaterfallPage* waterfall = nullptr;
    SetupPage* setup = nullptr;

    explicit Impl(HardwarePanel* owner) : panel(owner) {}
    void build();
    void buildCards(QVBoxLayout* column);
    void buildPages();
    void connectPages();
    std::array<ChartPage*, 4> pages() const { return {breakdown, layers, roofline, waterfall}; }
    void showCards(const HardwareFigures& figures, const hw::HardwareReport& report);
    void showCardSources(const hw::HardwareReport& report);
    void showWarnings(const std::vector<std::string>& texts);
    void setUsable(bool usable);
};

void HardwarePanel::Impl::build() {
    auto* column = new QVBoxLayout(panel);
    error = new ErrorLabel(panel);
    column->addWidget(error);
    buildCards(column);
    warnings = new ErrorLabel(panel);
    warnings->setObjectName(QStringLiteral("warnings"));
    column->addWidget(warnings);
    tabs = new QTabWidget(panel);
    tabs->setDocumentMode(true);
    tabs->setUsesScrollButtons(true);
    tabs->setAccessibleName(tr("Hardware details"));
    buildPages();
    connectPages();
    column->addWidget(tabs, 1);
}

void HardwarePanel::Impl::buildPages() {
    breakdown = new BreakdownPage(panel);
    layers = new LayerPage(panel);
    roofline = new RooflinePage(panel);
    waterfall = new WaterfallPage(panel);
    setup = new SetupPage(panel);
    warningList = new QListWidget(panel);
    warningList->setWordWrap(true);
    warningList->setAlternatingRowColors(true);
    warningList->setAccessibleName(tr("Warnings"));
    tabs->addTab(breakdown, tr("&Breakdown"));
    tabs->addTab(layers, tr("&Layers"));
    tabs->addTab(roofline, tr("&Roofline"));
    tabs->addTab(waterfall, tr("Water&fall"));
    tabs->addTab(setup, tr("Set&up"));
    tabs->addTab(warningList, tr("&Warnings"));
}

void HardwarePanel::Impl::connectPages() {
    QObject::connect(layers, &LayerPage::layerSelected, panel, [this](const QString& layer) {
        roofline->selectLayer(layer);
        emit panel->layerSelected(layer);
    });
    QObject::connect(roofline, &RooflinePage::layerSelected, panel, &HardwarePanel::layerSelected);
    QObject::connect(setup, &SetupPage::editRequested, panel, &HardwarePanel::editRequested);
    QObject::connect(setup, &SetupPage::libertyRequested, panel, &HardwarePanel::libertyRequested);
    QObject::connect(setup, &SetupPage::libraryChanged, panel, &HardwarePanel::libraryChanged);
}

void HardwarePanel::Impl::buildCards(QVBoxLayout* column) {
    cards = new CardRow(panel);
    const auto card = [this](const QString& title) {
        auto* made = new FigureCard(title, cards);
        cards->addCard(made);
        return made;
    };
    area = card(tr("Area"));
    energy = card(tr("Energy per step"));
    time = card(tr("Time per step"));
    power = card(tr("Power"));
    traffic = card(tr("DRAM traffic"));
    showCardSources({});
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    cards->setSizePolicy(policy);
    column->addWidget(cards);
}

/// What each figure is, how it comes about and what it rests on.
void HardwarePanel::Impl::showCardSources(const hw::HardwareReport& report) {
    const QString prices =
        report.technology.empty()
            ? QString()
            : tr("<p>Priced as %1; source of each unit under Breakdown.</p>")
                  .arg(QString::fromStdString(report.technology).toHtmlEscaped());
    const auto exact = [](double value, const QString& unit) {
        return value > 0
                   ? QStringLiteral("<p><b>%1 %2</b></p>").arg(significantText(value, 6), unit)
                   : QString();
    };
    area->setToolTip(exact(report.area_um2, QStringLiteral("µm²")) +
                     tr("<p>Sum over all units of their number × the area of one: processing "
                        "elements, buffers, vector units. DRAM, clock tree and wiring are not "
                        "counted.</p>") +
                     prices);
    const double images = std::max(1.0, static_cast<double>(report.images));
    energy->setToolTip(exact(report.energy_pj, QStringLiteral("pJ")) +
                       exact(report.energy_pj / images, tr("pJ an image")) +
                       tr("<p>Sum over all units of operations × energy of one, plus bits × energy "
                          "of a bit in buffers and DRAM, plus leakage × time. One training step of "
                          "one batch: forward, "
                          "both gradients, normalisation, update.</p>") +
                       prices);
    time->setToolTip(exact(report.milliseconds(), QStringLiteral("ms")) +
                     tr("<p>Cycles ÷ clock. A phase takes the longest of arrays, vector units and "
                        "DRAM; without double buffering their sum.</p>") +
                     prices);
    power->setToolTip(exact(report.averagePowerMw(), QStringLiteral("mW")) +
                      tr("<p>Energy per step ÷ time per step, of it leakage %1; parts whose "
                         "leakage no source knows are named under Warnings.</p>")
                          .arg(powerText(report.leakage_mw)) +
                      prices);
    traffic->setToolTip(
        exact(report.dramBits, QStringLiteral("bit")) +
        tr("<p>Elements × stored bits an element, scales included; what does not "
           "fit its buffer is read again. Read and written in one step; the stash is what "
           "forward keeps of it for the backward pass.</p>"));
}

void HardwarePanel::Impl::showCards(const HardwareFigures& figures,
                                    const hw::HardwareReport& report) {
    showCardSources(report);
    area->setFigure(areaText(report.area_um2), ratioToBaseline(figures, areaOf),
                    cardNote(figures, areaOf));
    const double perImage =
        report.images > 0 ? report.energy_pj / static_cast<double>(report.images) : 0;
    energy->setFigure(
        energyText(report.energy_pj), ratioToBaseline(figures, energyOf),
        cardNote(figures, energyOf, tr("modelled · %1/image").arg(energyText(perImage))));
    time->setFigure(timeText(report.milliseconds()), ratioToBaseline(figures, timeOf),
                    tr("modelled · %1 cycles").arg(cyclesText(report.cycles)));
    power->setFigure(powerText(report.averagePowerMw()), ratioToBaseline(figures, powerOf),
                     cardNote(figures, powerOf));
    traffic->setFigure(dataText(report.dramBits), ratioToBaseline(figures, trafficOf),
                       tr("modelled · stash %1").arg(dataText(report.stashBits)));
}

void HardwarePanel::Impl::showWarnings(const std::vector<std::string>& texts) {
    if (texts == shownWarnings) {
        return;
    }
    shownWarnings = texts;
    warningList->clear();
    for (const auto& text : texts) {
        warningList->addItem(QString::fromStdString(text));
    }
    tabs->setTabText(tabs->indexOf(warningList),
                     texts.empty() ? tr("&Warnings") : tr("&Warnings (%1)").arg(texts.size()));
    QString summary;
    if (!texts.empty()) {
        summary = QString::fromStdString(texts.front());
        if (texts.size() > 1) {
            summary += tr("; %1 more under Warnings").arg(texts.size() - 1);
        }
    }
    warnings->setWarning(summary);
}

void HardwarePanel::Impl::setUsable(bool usable) {
    cards->setEnabled(usable);
    for (auto* page : pages()) {
        page->setEnabled(usable);
    }
}

HardwarePanel::HardwarePanel(QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(this)) {
    m_impl->build();
    setDesign({});
}

HardwarePanel::~HardwarePanel() {
    disconnectChildren(*this);
}

void HardwarePanel::setDesign(const design::DesignPoint& design) {
    m_impl->setup->setDesign(design);
}

void HardwarePanel::setOthers(const std::vector<NamedDesign>& others) {
    m_impl->waterfall->setOthers(others);
}

void HardwarePanel::setLibrary(const hw::Library& library) {
    m_impl->setup->setLibrary(library);
}

void HardwarePanel::setFigures(const HardwareFigures& figures) {
    Impl& impl = *m_impl;
    const auto calibration = figures.hardware.calibration;
    const auto report = HardwareFigures::under(figures.design, calibration);
    impl.setUsable(true);
    impl.error->setError(std::nullopt);
    impl.showCards(figures, *report);
    impl.showWarnings(report->warnings);
    impl.breakdown->setReports(report, HardwareFigures::under(figures.baseline, calibration));
    impl.layers->setReport(report);
    impl.roofline->setReport(report);
    impl.waterfall->setFigures(figures);
    impl.setup->setTechnologyText(QString::fromStdString(report->technology));
}

void HardwarePanel::setError(const Error& error) {
    m_impl->error->setError(error);
    m_impl->showWarnings({});
    m_impl->setUsable(false);  // the figures still shown belong to an earlier design
}

std::vector<Chart*> HardwarePanel::charts() const {
    std::vector<Chart*> charts;
    for (auto* page : m_impl->pages()) {
        page->bringUpToDate();
        charts.push_back(page->chart());
    }
    return charts;
}

void HardwarePanel::setOrigin(const ChartOrigin& origin) {
    for (auto* page : m_impl->pages()) {
        page->chart()->setOrigin(origin);
    }
}

}  // namespace mantissa::ui
