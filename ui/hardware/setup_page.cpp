// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/setup_page.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "hwmodel/memory.h"
#include "hwmodel/transfer.h"
#include "ui/common/number_box.h"
#include "ui/common/number_text.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"

namespace mantissa::ui {
namespace {

constexpr ParamSpec kNand2{.id = "nand2_um2",
                           .label = "NAND2",
                           .unit = "µm²",
                           .help =
                               "Area of the smallest two-input NAND gate: what gate "
                               "equivalents are multiplied with.",
                           .kind = ParamKind::Real,
                           .minimum = 0.001,
                           .maximum = 1000,
                           .defaultValue = 0.798};
constexpr ParamSpec kFlipFlop{.id = "flip_flop_nand2",
                              .label = "Flip-flop",
                              .unit = "NAND2",
                              .help = "Area of a plain flip-flop in NAND2 equivalents.",
                              .kind = ParamKind::Real,
                              .minimum = 1,
                              .maximum = 30,
                              .defaultValue = 5.666};

QLabel* makeNote(QWidget* parent) {
    auto* note = new QLabel(parent);
    note->setWordWrap(true);
    note->setForegroundRole(QPalette::PlaceholderText);
    note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    note->setFocusPolicy(Qt::NoFocus);
    return note;
}

}  // namespace

SetupPage::SetupPage(QWidget* parent) : QScrollArea(parent), m_library(hw::nangate45()) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    m_form = new Form(design::hardwareParams(), ParamFormStyle::Sliders, page);
    auto* technology = m_form->takeOut(
        indicesOf({"technology", "calibration", "clock_mhz", "node_nm", "voltage_v"}));
    auto* memory = m_form->takeOut(indicesOf(
        {"weight_buffer_kib", "activation_buffer_kib", "error_buffer_kib", "dram",
         "dram_bandwidth_gbps", "dram_energy_pj", "weight_density", "stash_compression"}));
    auto* technologyRows = new QWidget(page);
    auto* rows = new QVBoxLayout(technologyRows);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(technology);
    addCells(*static_cast<QFormLayout*>(technology->layout()));
    m_technology = makeNote(technologyRows);
    rows->addWidget(m_technology);
    auto* memoryRows = new QWidget(page);
    auto* lines = new QVBoxLayout(memoryRows);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->addWidget(memory);
    m_memoryNote = makeNote(memoryRows);
    m_memoryNote->setObjectName(QStringLiteral("memoryNote"));
    lines->addWidget(m_memoryNote);
    column->addWidget(makeGroup(tr("Technology"), technologyRows));
    column->addWidget(makeGroup(tr("Memory"), memoryRows));
    column->addWidget(makeGroup(tr("Array"), m_form));
    column->addStretch(1);
    page->setMaximumWidth(fontMetrics().averageCharWidth() * 84);
    setWidget(page);
    connect(m_form, &ParamFormBase::valueEdited, this,
            [this](int index, double value, quint64 gesture) { configure(index, value, gesture); });
    setLibrary(m_library);
    showMemory();
}

std::vector<int> SetupPage::indicesOf(std::initializer_list<std::string_view> ids) const {
    std::vector<int> indices;
    for (const auto id : ids) {
        for (int i = 0; i < m_form->count(); ++i) {
            if (m_form->spec(i).id == id) {
                indices.push_back(i);
            }
        }
    }
    return indices;
}

QWidget* SetupPage::makeGroup(const QString& title, QWidget* content) {
    auto* group = new QWidget(this);
    auto* column = new QVBoxLayout(group);
    column->setContentsMargins(0, 0, 0, fontMetrics().height() / 2);
    auto* heading = new QLabel(title, group);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    column->addWidget(heading);
    column->addWidget(content);
    return group;
}

void SetupPage::addCells(QFormLayout& form) {
    QWidget* box = form.parentWidget();
    m_cells = new QComboBox(box);
    m_cells->setObjectName(QStringLiteral("cells"));
    m_cells->setAccessibleName(tr("Standard cells"));
    m_cells->setToolTip(
        tr("The library that gate equivalents become area, energy and delay in. It "
           "prices what this window shows; designs and stored results keep "
           "NanGate45."));
    m_cells->setFocusPolicy(Qt::StrongFocus);
    letShrink(m_cells);
    ignoreWheelUnlessFocused(m_cells);
    for (const auto& library : hw::libraries()) {
        m_cells->addItem(toQt(library.label));
    }
    auto* liberty = new QPushButton(tr("Li&berty file…"), box);
    liberty->setToolTip(
        tr("Takes NAND2 and flip-flop from a liberty file of yours: its smallest "
           "NAND of two inputs and its smallest plain flip-flop."));
    liberty->setObjectName(QStringLiteral("liberty"));
    auto* line = new QHBoxLayout;
    line->addWidget(m_cells, 1);
    line->addWidget(liberty);
    auto* label = new QLabel(tr("&Cells"), box);
    label->setBuddy(m_cells);
    form.addRow(label, line);
    const auto addNumber = [&](const ParamSpec& spec) {
        auto* number = new NumberBox(spec, box);
        number->setObjectName(toQt(spec.id));
        number->setAccessibleName(toQt(spec.label));
        number->setToolTip(toQt(spec.help) + u'\n' + QString::fromStdString(rangeText(spec)));
        auto* name = new QLabel(toQt(spec.label), box);
        name->setBuddy(number);
        form.addRow(name, number);
        connect(number, &QDoubleSpinBox::valueChanged, this, [this] { editCells(); });
        return number;
    };
    m_nand2 = addNumber(kNand2);
    m_flipFlop = addNumber(kFlipFlop);
    m_cellNote = makeNote(box);
    m_cellNote->setObjectName(QStringLiteral("cellNote"));
    form.addRow(m_cellNote);
    connect(m_cells, &QComboBox::currentIndexChanged, this, &SetupPage::chooseLibrary);
    connect(liberty, &QPushButton::clicked, this, &SetupPage::libertyRequested);
}

void SetupPage::setDesign(const design::DesignPoint& design) {
    const auto& before = m_design.hardware();
    const bool memory = before.dram != design.hardware().dram ||
                        before.dramEnergy_pj != design.hardware().dramEnergy_pj ||
                        before.dramBandwidthGbps != design.hardware().dramBandwidthGbps;
    m_design = design;
    m_form->setValues(design.hardware());
    if (memory) {
        showMemory();
    }
}

void SetupPage::setLibrary(const hw::Library& library) {
    m_library = library;
    const auto known = hw::libraries();
    const auto found = std::find(known.begin(), known.end(), library);
    const int others = static_cast<int>(known.size());
    const QSignalBlocker blockCells(m_cells);
    const QSignalBlocker blockNand2(m_nand2);
    const QSignalBlocker blockFlipFlop(m_flipFlop);
    while (m_cells->count() > others) {
        m_cells->removeItem(others);
    }
    if (found == known.end()) {
        m_cells->addItem(toQt(library.label));
    }
    m_cells->setCurrentIndex(found == known.end() ? others
                                                  : static_cast<int>(found - known.begin()));
    m_nand2->setValue(library.nand2_um2);
    m_flipFlop->setValue(library.flipFlop_nand2);
    hw::Technology technology;
    technology.library = library;
    const auto carried = hw::transferText(technology);
    m_cellNote->setText(toQt(carried.empty() ? library.source : carried));
}

void SetupPage::setTechnologyText(const QString& text) {
    m_technology->setText(text.isEmpty() ? QString() : tr("Priced as %1").arg(text));
}

void SetupPage::configure(int index, double value, quint64 gesture) {
    const ParamSpec& spec = m_form->spec(index);
    emit editRequested(
        {m_design.withHardware(m_form->withValue(m_design.hardware(), index, value)),
         tr("Set %1 to %2").arg(toQt(spec.label).toLower(), choiceText(paramText(spec, value))),
         QStringLiteral("/hardware#") + toQt(spec.id), gesture});
}

void SetupPage::chooseLibrary(int index) {
    const auto known = hw::libraries();
    if (index >= 0 && static_cast<std::size_t>(index) < known.size()) {
        setLibrary(known[static_cast<std::size_t>(index)]);
        emit libraryChanged(m_library);
    }
}

/// Typed sizes make a library of the user's own out of the chosen one.
void SetupPage::editCells() {
    hw::Library edited = m_library;
    edited.nand2_um2 = m_nand2->value();
    edited.flipFlop_nand2 = m_flipFlop->value();
    if (edited == m_library) {
        return;
    }
    if (m_library.id != "custom") {
        edited.id = "custom";
        edited.label = "own cells, as " + m_library.label;
        edited.source = "NAND2 and flip-flop as entered, all else of " + m_library.label;
    }
    setLibrary(edited);
    emit libraryChanged(m_library);
}

void SetupPage::showMemory() {
    const auto& hardware = m_design.hardware();
    const auto memory = hw::dram(hardware.dram, hardware.dramEnergy_pj);
    const auto own = hw::dram(hardware.dram);
    m_memoryNote->setText(
        tr("%1 pJ a bit; its kind's own %2, published figures span %3 to %4. One channel or stack "
           "peaks at %5 GB/s.\nSource: %6")
            .arg(significantText(memory.energyPerBit_pj), significantText(own.energyPerBit_pj),
                 significantText(own.lowest_pj), significantText(own.highest_pj),
                 significantText(own.peak_gbps), toQt(hw::provenanceOf(*own.law).text())));
}

}  // namespace mantissa::ui
