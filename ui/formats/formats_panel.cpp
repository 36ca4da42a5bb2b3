// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/formats/formats_panel.h"

#include <QComboBox>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/charts/chart.h"
#include "ui/charts/chart_theme.h"
#include "ui/common/bit_width_control.h"
#include "ui/common/error_label.h"
#include "ui/common/table_copy.h"
#include "ui/common/teardown.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"
#include "ui/formats/convention_page.h"
#include "ui/formats/format_study_model.h"
#include "ui/precision/format_editor.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

constexpr int kTightSpacing = 4;  // px

constexpr ParamSpec kBlockExponent{
    .id = "block_exponent",
    .label = "Block exponent",
    .help =
        "Values of block formats are drawn for a block whose largest magnitude lies just below "
        "2 to the power of one more than this.",
    .minimum = -40,
    .maximum = 40,
    .defaultValue = 0};
constexpr ParamSpec kDataScale{
    .id = "data_scale",
    .label = "Data scale, log2",
    .help =
        "The distributions are multiplied by 2 to this power: Gaussian data have that standard "
        "deviation, Laplace data that mean magnitude, log-normal data that median magnitude.",
    .minimum = -40,
    .maximum = 40,
    .defaultValue = 0};

std::vector<numerics::TensorFormat> firstFormats() {
    std::vector<numerics::TensorFormat> formats;
    for (const char* name : {"fp8_e4m3", "fp6_e3m2", "mxfp4_e2m1", "msfp14"}) {
        formats.push_back({numerics::parseFormat(name).value()});
    }
    return formats;
}

QLabel* addBuddy(QBoxLayout* layout, const QString& text, QWidget* buddy) {
    auto* label = new QLabel(text, buddy->parentWidget());
    label->setBuddy(buddy);
    layout->addWidget(label);
    return label;
}

}  // namespace

struct FormatsPanel::Impl {
    FormatsPanel* panel;
    std::vector<numerics::TensorFormat> formats = firstFormats();
    std::vector<TensorChoice> tensors;  ///< by index in the combo box
    QStringList layers;
    QString file;
    QListWidget* list = nullptr;
    QPushButton* remove = nullptr;
    QLineEdit* spelling = nullptr;
    ErrorLabel* spellingError = nullptr;
    FormatEditor* editor = nullptr;
    BitWidthControl* blockExponent = nullptr;
    BitWidthControl* dataScale = nullptr;
    QComboBox* tensor = nullptr;
    ErrorLabel* error = nullptr;
    Chart* values = nullptr;
    Chart* bits = nullptr;
    Chart* errors = nullptr;
    QTableView* table = nullptr;
    FormatStudyModel* model = nullptr;
    ConventionPage* convention = nullptr;

    explicit Impl(FormatsPanel* owner) : panel(owner) {}
    void build();
    QWidget* buildChoice();
    void buildList(QVBoxLayout* column);
    void buildFormat(QVBoxLayout* column);
    BitWidthControl* addSlider(const ParamSpec& spec, const QString& label, QBoxLayout* line);
    QWidget* buildValues();
    QWidget* buildErrors();
    QWidget* buildResults();
    QWidget* buildTable();
    int current() const { return std::max(0, list->currentRow()); }
    void fillList(int row);
    void showCurrent();
    void setCurrent(const numerics::TensorFormat& format);
    void apply(const FormatChange& change, numerics::TensorUse use);
    void readSpelling();
    void add();
    void removeCurrent();
    void fillTensors(const TensorChoice& chosen);
    TensorChoice chosenTensor() const;
};

void FormatsPanel::Impl::build() {
    auto* outer = new QVBoxLayout(panel);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* splitter = new QSplitter(Qt::Horizontal, panel);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildChoice());
    splitter->addWidget(buildResults());
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 5);
    outer->addWidget(splitter);
}

QWidget* FormatsPanel::Impl::buildChoice() {
    auto* scroll = new QScrollArea(panel);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget(scroll);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(kTightSpacing, kTightSpacing, kTightSpacing, kTightSpacing);
    column->setSpacing(kTightSpacing);
    buildList(column);
    buildFormat(column);
    column->addStretch(1);
    scroll->setWidget(page);
    scroll->setMinimumWidth(page->minimumSizeHint().width() + 20);
    return scroll;
}

void FormatsPanel::Impl::buildList(QVBoxLayout* column) {
    list = new QListWidget(panel);
    list->setObjectName(QStringLiteral("formats"));
    list->setAccessibleName(tr("Formats to compare"));
    list->setTabKeyNavigation(false);
    const int swatch = list->fontMetrics().ascent();
    list->setIconSize({swatch, swatch});
    list->setFixedHeight(list->fontMetrics().height() * 7);
    auto* buttons = new QHBoxLayout;
    addBuddy(buttons, tr("&Formats"), list);
    buttons->addStretch(1);
    auto* more = new QPushButton(tr("&Add"), panel);
    more->setObjectName(QStringLiteral("add"));
    more->setToolTip(tr("Adds a copy of the selected format, to be changed"));
    remove = new QPushButton(tr("Re&move"), panel);
    remove->setObjectName(QStringLiteral("remove"));
    remove->setToolTip(tr("Takes the selected format off the list"));
    buttons->addWidget(more);
    buttons->addWidget(remove);
    column->addLayout(buttons);
    column->addWidget(list);
    connect(list, &QListWidget::currentRowChanged, panel, [this](int row) {
        if (row >= 0) {
            editor->endGesture();
            showCurrent();
        }
    });
    connect(more, &QPushButton::clicked, panel, [this] { add(); });
    connect(remove, &QPushButton::clicked, panel, [this] { removeCurrent(); });
}

void FormatsPanel::Impl::buildFormat(QVBoxLayout* column) {
    spelling = new QLineEdit(panel);
    spelling->setObjectName(QStringLiteral("spelling"));
    spelling->setAccessibleName(tr("Spelling of the format"));
    spelling->setToolTip(
        tr("Any format as text: a name such as fp8_e4m3 or msfp12, or a family with its "
           "parameters such as float<4,3,variant=fn> or bfp<8,block=16>"));
    auto* line = new QHBoxLayout;
    addBuddy(line, tr("&Spelling"), spelling);
    line->addWidget(spelling, 1);
    column->addLayout(line);
    spellingError = new ErrorLabel(panel);
    spellingError->setObjectName(QStringLiteral("spellingError"));
    column->addWidget(spellingError);
    editor = new FormatEditor(panel);
    column->addWidget(editor);
    connect(spelling, &QLineEdit::editingFinished, panel, [this] { readSpelling(); });
    connect(editor, &FormatEditor::changed, panel,
            [this](const FormatChange& change) { apply(change, numerics::TensorUse::Operand); });
}

BitWidthControl* FormatsPanel::Impl::addSlider(const ParamSpec& spec, const QString& label,
                                               QBoxLayout* line) {
    auto* control = new BitWidthControl(spec, panel);
    control->setObjectName(toQt(spec.id));
    control->setToolTip(toQt(spec.help));
    addBuddy(line, label, control)->setToolTip(toQt(spec.help));
    line->addWidget(control, 1);
    connect(control, &BitWidthControl::edited, panel, [this] { panel->request(); });
    return control;
}

QWidget* FormatsPanel::Impl::buildResults() {
    auto* results = new QWidget(panel);
    auto* column = new QVBoxLayout(results);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kTightSpacing);
    error = new ErrorLabel(results);
    error->setObjectName(QStringLiteral("studyError"));
    column->addWidget(error);
    auto* tabs = new QTabWidget(results);
    tabs->setDocumentMode(true);
    column->addWidget(tabs, 1);
    tabs->addTab(buildValues(), tr("&Values"));
    bits = new Chart(tabs);
    bits->setTitle(tr("Bits by block size"));
    bits->setEmptyText(tr("Asking the emulator…"));
    tabs->addTab(bits, tr("B&its"));
    tabs->addTab(buildErrors(), tr("Err&or"));
    tabs->addTab(buildTable(), tr("Tab&le"));
    convention = new ConventionPage(tabs);
    tabs->addTab(convention, tr("Con&ventions"));
    connect(convention, &ConventionPage::adoptRequested, panel,
            [this](const FormatChange& change, numerics::TensorUse use) { apply(change, use); });
    return results;
}

QWidget* FormatsPanel::Impl::buildValues() {
    auto* page = new QWidget(panel);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(kTightSpacing, kTightSpacing, kTightSpacing, kTightSpacing);
    auto* line = new QHBoxLayout;
    blockExponent = addSlider(kBlockExponent, tr("&Block exponent"), line);
    column->addLayout(line);
    values = new Chart(page);
    values->setTitle(tr("Values of formats"));
    values->setEmptyText(tr("Asking the emulator…"));
    column->addWidget(values, 1);
    return page;
}

QWidget* FormatsPanel::Impl::buildErrors() {
    auto* page = new QWidget(panel);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(kTightSpacing, kTightSpacing, kTightSpacing, kTightSpacing);
    auto* line = new QHBoxLayout;
    dataScale = addSlider(kDataScale, tr("&Data scale 2^"), line);
    tensor = new QComboBox(panel);
    tensor->setObjectName(QStringLiteral("tensor"));
    tensor->setAccessibleName(tr("Tensor of your own"));
    tensor->setToolTip(
        tr("A tensor besides the distributions: an operand of the design's network at its initial "
           "weights, or a file"));
    tensor->setFocusPolicy(Qt::StrongFocus);
    tensor->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    tensor->setMinimumContentsLength(16);
    tensor->setMaxVisibleItems(24);
    ignoreWheelUnlessFocused(tensor);
    auto* open = new QPushButton(tr("O&pen .npy…"), panel);
    open->setObjectName(QStringLiteral("openTensor"));
    open->setToolTip(tr("A NumPy file of floating-point values; blocks run along its last axis"));
    addBuddy(line, tr("Te&nsor"), tensor);
    line->addWidget(tensor);
    line->addWidget(open);
    column->addLayout(line);
    errors = new Chart(page);
    errors->setTitle(tr("Error of formats"));
    errors->setEmptyText(tr("Asking the emulator…"));
    column->addWidget(errors, 1);
    fillTensors({});
    connect(tensor, &QComboBox::activated, panel, [this] { panel->request(); });
    connect(open, &QPushButton::clicked, panel, &FormatsPanel::tensorFileRequested);
    return page;
}

QWidget* FormatsPanel::Impl::buildTable() {
    auto* page = new QWidget(panel);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(kTightSpacing, kTightSpacing, kTightSpacing, kTightSpacing);
    table = new QTableView(page);
    table->setObjectName(QStringLiteral("studies"));
    table->setAccessibleName(tr("Formats in figures"));
    setTableLook(table);
    installCopy(table);
    model = new FormatStudyModel(panel);
    table->setModel(model);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    column->addWidget(table, 1);
    auto* line = new QHBoxLayout;
    auto* copyAll = new QPushButton(tr("&Copy"), page);
    copyAll->setToolTip(tr("The selected rows, or all, as text that a spreadsheet reads"));
    auto* save = new QPushButton(tr("&Export CSV…"), page);
    save->setObjectName(QStringLiteral("exportTable"));
    line->addStretch(1);
    line->addWidget(copyAll);
    line->addWidget(save);
    column->addLayout(line);
    connect(copyAll, &QPushButton::clicked, panel, [this] { copyTable(*table); });
    connect(save, &QPushButton::clicked, panel, &FormatsPanel::tableExportRequested);
    return page;
}

void FormatsPanel::Impl::fillList(int row) {
    const QSignalBlocker blocker(list);
    list->clear();
    const ChartTheme theme = themeOf(panel->palette(), panel->font());
    for (std::size_t i = 0; i < formats.size(); ++i) {
        list->addItem(studyName(formats[i]));
        // The swatch of the charts' series.
        list->item(static_cast<int>(i))
            ->setData(Qt::DecorationRole, seriesColour(static_cast<int>(i), theme));
    }
    list->setCurrentRow(std::clamp(row, 0, list->count() - 1));
    remove->setEnabled(formats.size() > 1);
    const bool blocks = std::any_of(formats.begin(), formats.end(), [](const auto& format) {
        return numerics::hasBlockScale(format.format);
    });
    blockExponent->setEnabled(blocks);
}

void FormatsPanel::Impl::showCurrent() {
    const auto& format = formats[static_cast<std::size_t>(current())];
    spellingError->setError(std::nullopt);
    spelling->setText(QString::fromStdString(numerics::formatText(format.format)));
    spelling->setCursorPosition(0);
    editor->setFormat(format, format);
    convention->setFormat(format);
}

void FormatsPanel::Impl::setCurrent(const numerics::TensorFormat& format) {
    formats[static_cast<std::size_t>(current())] = format;
    fillList(current());
    showCurrent();
    panel->request();
}

void FormatsPanel::Impl::apply(const FormatChange& change, numerics::TensorUse use) {
    const auto after = applied(change, formats[static_cast<std::size_t>(current())], use);
    if (after) {
        setCurrent(*after);
        return;
    }
    editor->endGesture();
    showCurrent();  // the control goes back to the value that stays in force
    spellingError->setError(after.error());
}

void FormatsPanel::Impl::readSpelling() {
    auto& format = formats[static_cast<std::size_t>(current())];
    if (spelling->text() == QString::fromStdString(numerics::formatText(format.format))) {
        spellingError->setError(std::nullopt);
        return;
    }
    const auto read = numerics::parseFormat(spelling->text().toStdString());
    if (!read) {
        spellingError->setError(read.error());  // the text stays, to be corrected
        return;
    }
    setCurrent({*read, format.rounding, format.randomBits});
}

void FormatsPanel::Impl::add() {
    const int row = current();
    formats.insert(formats.begin() + row + 1, formats[static_cast<std::size_t>(row)]);
    fillList(row + 1);
    showCurrent();
    spelling->selectAll();
    spelling->setFocus();
    panel->request();
}

void FormatsPanel::Impl::removeCurrent() {
    if (formats.size() > 1) {
        formats.erase(formats.begin() + current());
        fillList(current());
        showCurrent();
        panel->request();
    }
}

void FormatsPanel::Impl::fillTensors(const TensorChoice& chosen) {
    const QSignalBlocker blocker(tensor);
    tensor->clear();
    tensors = {{}};
    tensor->addItem(tr("Distributions only"));
    if (!file.isEmpty()) {
        tensors.push_back({TensorChoice::Kind::File, file, {}, {}});
        tensor->addItem(QFileInfo(file).fileName());
        tensor->setItemData(1, file, Qt::ToolTipRole);
    }
    for (const auto& layer : layers) {
        for (const auto role : design::allRoles()) {
            tensors.push_back({TensorChoice::Kind::Operand, {}, layer, role});
            tensor->addItem(tr("%1: %2").arg(layer, roleLabel(role).toLower()));
        }
    }
    const auto found = std::find(tensors.begin(), tensors.end(), chosen);
    tensor->setCurrentIndex(found == tensors.end() ? 0 : static_cast<int>(found - tensors.begin()));
}

TensorChoice FormatsPanel::Impl::chosenTensor() const {
    return tensors[static_cast<std::size_t>(std::max(0, tensor->currentIndex()))];
}

FormatsPanel::FormatsPanel(QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(this)) {
    m_impl->build();
    m_impl->fillList(0);
    m_impl->showCurrent();
}

FormatsPanel::~FormatsPanel() {
    disconnectChildren(*this);
}

void FormatsPanel::setFormats(const std::vector<numerics::TensorFormat>& formats) {
    m_impl->formats = formats.empty() ? firstFormats() : formats;
    m_impl->fillList(0);
    m_impl->showCurrent();
    request();
}

std::vector<numerics::TensorFormat> FormatsPanel::formats() const {
    return m_impl->formats;
}

void FormatsPanel::setLayers(const QStringList& layers) {
    const TensorChoice before = m_impl->chosenTensor();
    if (m_impl->layers != layers) {
        m_impl->layers = layers;
        m_impl->fillTensors(before);
    }
    if (before.kind == TensorChoice::Kind::Operand) {
        request();
    }
}

void FormatsPanel::setTensorFile(const QString& file) {
    m_impl->file = file;
    m_impl->fillTensors({TensorChoice::Kind::File, file, {}, {}});
    request();
}

void FormatsPanel::setStudies(const FormatStudies& studies) {
    m_impl->error->setError(std::nullopt);
    showValues(*m_impl->values, studies);
    showBits(*m_impl->bits, studies);
    showErrors(*m_impl->errors, studies);
    m_impl->model->setStudies(studies);
}

void FormatsPanel::setError(const Error& error) {
    m_impl->error->setError(error);
}

void FormatsPanel::request() {
    FormatsRequest wanted;
    wanted.study.formats = m_impl->formats;
    wanted.study.blockExponent = static_cast<int>(m_impl->blockExponent->value());
    wanted.dataScale = std::exp2(m_impl->dataScale->value());
    wanted.tensor = m_impl->chosenTensor();
    emit studyRequested(wanted);
}

std::vector<Chart*> FormatsPanel::charts() const {
    return {m_impl->values, m_impl->bits, m_impl->errors};
}

void FormatsPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_impl->fillList(m_impl->current());
    }
}

QByteArray FormatsPanel::tableCsv(const QString& version) const {
    return ui::tableCsv(*m_impl->table, {{QStringLiteral("data"), m_impl->errors->note()},
                                         {QStringLiteral("version"), version}});
}

}  // namespace mantissa::ui
