// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/hardware_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListWidget>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/charts/chart.h"
#include "ui/common/error_label.h"
#include "ui/common/number_text.h"
#include "ui/common/param_form.h"
#include "ui/common/table_copy.h"
#include "ui/common/teardown.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"
#include "ui/hardware/breakdown_bars.h"
#include "ui/hardware/breakdown_model.h"
#include "ui/hardware/figure_card.h"
#include "ui/hardware/layer_cost_model.h"

namespace mantissa::ui {
namespace {

constexpr int kWarningTab = 3;

using HardwareForm = ParamForm<design::HardwareConfig>;

/// Ratio of one figure to the baseline's, in words for a card.
QString ratioToBaseline(double value, const std::optional<hw::HardwareReport>& baseline,
                        double (*figure)(const hw::HardwareReport&)) {
    if (!baseline) {
        return {};
    }
    const QString ratio = ratioText(value, figure(*baseline));
    return ratio.isEmpty() ? QString() : HardwarePanel::tr("%1 of baseline").arg(ratio);
}

}  // namespace

struct HardwarePanel::Impl {
    HardwarePanel* panel;
    design::DesignPoint design;
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
    Chart* chart = nullptr;
    QTreeView* tree = nullptr;
    BreakdownModel* breakdown = nullptr;
    QComboBox* phase = nullptr;
    QTableView* layers = nullptr;
    LayerCostModel* layerModel = nullptr;
    QSortFilterProxyModel* sorted = nullptr;
    HardwareForm* form = nullptr;
    QLabel* technology = nullptr;

    explicit Impl(HardwarePanel* owner) : panel(owner) {}
    void build();
    void buildCards(QVBoxLayout* column);
    QWidget* buildBreakdown();
    QWidget* buildLayers();
    QWidget* buildConfiguration();
    void showCards(const hw::HardwareReport& report,
                   const std::optional<hw::HardwareReport>& baseline);
    void showWarnings(const std::vector<std::string>& texts);
    void setUsable(bool usable);
    void configure(int index, double value, quint64 gesture);
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
    tabs->addTab(buildBreakdown(), tr("&Breakdown"));
    tabs->addTab(buildLayers(), tr("&Layers"));
    tabs->addTab(buildConfiguration(), tr("Set&up"));
    warningList = new QListWidget(panel);
    warningList->setWordWrap(true);
    warningList->setAlternatingRowColors(true);
    warningList->setAccessibleName(tr("Warnings"));
    tabs->addTab(warningList, tr("&Warnings"));
    tabs->setAccessibleName(tr("Hardware details"));
    column->addWidget(tabs, 1);
}

void HardwarePanel::Impl::buildCards(QVBoxLayout* column) {
    cards = new CardRow(panel);
    const auto card = [this](const QString& title, const QString& help) {
        auto* made = new FigureCard(title, cards);
        made->setToolTip(help);
        cards->addCard(made);
        return made;
    };
    area = card(tr("Area"), tr("Processing elements, buffers and vector units; DRAM not counted"));
    energy = card(tr("Energy per step"),
                  tr("One training step of one batch: forward, both gradients, normalisation, "
                     "update"));
    time = card(tr("Time per step"), tr("Cycles at the configured clock"));
    power = card(tr("Dynamic power"), tr("Energy over time; without leakage"));
    traffic = card(tr("DRAM traffic"), tr("Read and written in one training step"));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    cards->setSizePolicy(policy);
    column->addWidget(cards);
}

QWidget* HardwarePanel::Impl::buildBreakdown() {
    auto* splitter = new QSplitter(Qt::Vertical, panel);
    splitter->setChildrenCollapsible(false);
    chart = new Chart(splitter);
    chart->setTitle(tr("Area and energy by component"));
    chart->setEmptyText(tr("No estimate yet"));
    chart->setMinimumHeight(panel->fontMetrics().height() * 14);
    tree = new QTreeView(splitter);
    tree->setObjectName(QStringLiteral("breakdown"));
    tree->setAccessibleName(tr("Area and energy by component"));
    breakdown = new BreakdownModel(panel);
    tree->setModel(breakdown);
    tree->setAlternatingRowColors(true);
    tree->setUniformRowHeights(true);
    tree->setAllColumnsShowFocus(true);
    tree->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    const int letter = tree->fontMetrics().averageCharWidth();
    tree->setIndentation(letter * 2);
    auto* header = tree->header();
    header->setStretchLastSection(true);
    const int widths[] = {25, 15, 11, 13, 12};
    for (int i = 0; i < BreakdownModel::Source; ++i) {
        header->resizeSection(i, widths[i] * letter);
    }
    installCopy(tree);
    splitter->setStretchFactor(1, 1);
    return splitter;
}

QWidget* HardwarePanel::Impl::buildLayers() {
    auto* page = new QWidget(panel);
    auto* column = new QVBoxLayout(page);
    auto* line = new QHBoxLayout;
    auto* label = new QLabel(tr("&Phase"), page);
    phase = new QComboBox(page);
    phase->setObjectName(QStringLiteral("phase"));
    phase->setAccessibleName(tr("Phase of the training step"));
    phase->addItem(tr("Whole step"));
    for (int i = 0; i < hw::kStepPhases; ++i) {
        phase->addItem(choiceText(hw::phaseText(static_cast<hw::StepPhase>(i))));
    }
    phase->setFocusPolicy(Qt::StrongFocus);
    ignoreWheelUnlessFocused(phase);
    label->setBuddy(phase);
    line->addWidget(label);
    line->addWidget(phase);
    line->addStretch(1);
    column->addLayout(line);
    layerModel = new LayerCostModel(panel);
    sorted = new QSortFilterProxyModel(panel);
    sorted->setSourceModel(layerModel);
    sorted->setSortRole(kRawRole);
    layers = new QTableView(page);
    layers->setObjectName(QStringLiteral("layers"));
    layers->setAccessibleName(tr("Cost per layer"));
    setTableLook(layers);
    installCopy(layers);
    layers->setModel(sorted);
    layers->setSortingEnabled(true);
    layers->horizontalHeader()->setSortIndicatorClearable(true);
    layers->sortByColumn(-1, Qt::AscendingOrder);  // the network's order
    const int letter = layers->fontMetrics().averageCharWidth();
    const int widths[] = {10, 16, 11, 12, 11, 11, 11, 11, 12, 11};
    for (int i = 0; i < LayerCostModel::ColumnCount; ++i) {
        layers->horizontalHeader()->resizeSection(i, widths[i] * letter);
    }
    column->addWidget(layers, 1);
    QObject::connect(phase, &QComboBox::currentIndexChanged, panel, [this](int index) {
        layerModel->setPhase(index == 0 ? std::nullopt
                                        : std::optional(static_cast<hw::StepPhase>(index - 1)));
    });
    QObject::connect(
        layers->selectionModel(), &QItemSelectionModel::currentRowChanged, panel,
        [this](const QModelIndex& current, const QModelIndex& /*previous*/) {
            if (current.isValid()) {
                emit panel->layerSelected(layerModel->layerAt(sorted->mapToSource(current).row()));
            }
        });
    return page;
}

QWidget* HardwarePanel::Impl::buildConfiguration() {
    auto* scroll = new QScrollArea(panel);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget(scroll);
    auto* column = new QVBoxLayout(page);
    form = new HardwareForm(design::hardwareParams(), ParamFormStyle::Sliders, page);
    form->setMaximumWidth(form->fontMetrics().averageCharWidth() * 80);
    column->addWidget(form);
    technology = new QLabel(page);
    technology->setWordWrap(true);
    technology->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(technology);
    column->addStretch(1);
    scroll->setWidget(page);
    QObject::connect(
        form, &ParamFormBase::valueEdited, panel,
        [this](int index, double value, quint64 gesture) { configure(index, value, gesture); });
    return scroll;
}

void HardwarePanel::Impl::configure(int index, double value, quint64 gesture) {
    const ParamSpec& spec = form->spec(index);
    emit panel->editRequested(
        {design.withHardware(form->withValue(design.hardware(), index, value)),
         tr("Set %1 to %2").arg(toQt(spec.label).toLower(), choiceText(paramText(spec, value))),
         QStringLiteral("/hardware#") + toQt(spec.id), gesture});
}

void HardwarePanel::Impl::showCards(const hw::HardwareReport& report,
                                    const std::optional<hw::HardwareReport>& baseline) {
    using Report = hw::HardwareReport;
    area->setFigure(areaText(report.area_um2),
                    ratioToBaseline(report.area_um2, baseline,
                                    [](const Report& other) { return other.area_um2; }),
                    tr("modelled"));
    const double perImage =
        report.images > 0 ? report.energy_pj / static_cast<double>(report.images) : 0;
    energy->setFigure(energyText(report.energy_pj),
                      ratioToBaseline(report.energy_pj, baseline,
                                      [](const Report& other) { return other.energy_pj; }),
                      tr("modelled · %1/image").arg(energyText(perImage)));
    time->setFigure(timeText(report.milliseconds()),
                    ratioToBaseline(report.milliseconds(), baseline,
                                    [](const Report& other) { return other.milliseconds(); }),
                    tr("modelled · %1 cycles").arg(cyclesText(report.cycles)));
    power->setFigure(powerText(report.averagePowerMw()),
                     ratioToBaseline(report.averagePowerMw(), baseline,
                                     [](const Report& other) { return other.averagePowerMw(); }),
                     tr("modelled"));
    traffic->setFigure(bitsText(report.dramBits),
                       ratioToBaseline(report.dramBits, baseline,
                                       [](const Report& other) { return other.dramBits; }),
                       tr("modelled · per step"));
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
    tabs->setTabText(kWarningTab,
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
    tabs->widget(0)->setEnabled(usable);
    tabs->widget(1)->setEnabled(usable);
}

HardwarePanel::HardwarePanel(QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(this)) {
    m_impl->build();
    setDesign(m_impl->design);
}

HardwarePanel::~HardwarePanel() {
    disconnectChildren(*this);
}

void HardwarePanel::setDesign(const design::DesignPoint& design) {
    m_impl->design = design;
    m_impl->form->setValues(design.hardware());
}

void HardwarePanel::setReport(const hw::HardwareReport& report,
                              const std::optional<hw::HardwareReport>& baseline) {
    Impl& impl = *m_impl;
    impl.setUsable(true);
    impl.error->setError(std::nullopt);
    impl.showCards(report, baseline);
    impl.showWarnings(report.warnings);
    const BreakdownBars bars = breakdownBars(report, baseline);
    impl.chart->setAxes({bars.axis, QStringLiteral("%"), false}, {});
    impl.chart->setBars(bars.bars);
    if (impl.breakdown->setBreakdown(report.breakdown)) {
        impl.tree->expandToDepth(0);
    }
    impl.layerModel->setLayers(report.layers);
    impl.technology->setText(QString::fromStdString(report.technology));
}

void HardwarePanel::setError(const Error& error) {
    m_impl->error->setError(error);
    m_impl->showWarnings({});
    m_impl->setUsable(false);  // the figures still shown belong to an earlier design
}

std::vector<Chart*> HardwarePanel::charts() const {
    return {m_impl->chart};
}

}  // namespace mantissa::ui
