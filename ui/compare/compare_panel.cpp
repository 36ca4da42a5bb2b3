// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/compare_panel.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/charts/chart.h"
#include "ui/common/table_copy.h"
#include "ui/common/teardown.h"
#include "ui/compare/compare_charts.h"
#include "ui/compare/compare_table.h"
#include "ui/compare/design_list_model.h"

namespace mantissa::ui {

struct ComparePanel::Impl {
    explicit Impl(ComparePanel& owner);

    ComparePanel& panel;
    DesignListModel* list = nullptr;
    DesignListProxy* listProxy = nullptr;
    CompareTableModel* compare = nullptr;
    DiffOnlyProxy* compareProxy = nullptr;
    QTableView* listView = nullptr;
    QTableView* compareView = nullptr;
    QLineEdit* filter = nullptr;
    QLabel* count = nullptr;
    QStackedWidget* compareStack = nullptr;
    QCheckBox* diffOnly = nullptr;
    QPushButton* open = nullptr;
    QPushButton* pin = nullptr;
    QPushButton* remove = nullptr;
    QPushButton* clear = nullptr;
    Chart* accuracy = nullptr;
    Chart* loss = nullptr;
    Chart* energy = nullptr;
    Chart* area = nullptr;
    QString selected;

    QWidget* buildList();
    QWidget* buildButtons();
    QWidget* buildTable();
    QWidget* buildCurves();
    QWidget* buildScatter();
    void connectList();
    void showScatter();
    void showCount();
    void updateButtons();
    void select(const QString& hash);
    void showSelection();
    void fitTable();
    void makeBaseline();
    void chooseByUser(std::vector<QString> hashes);
};

namespace {

constexpr int kNameCharacters = 36;
constexpr int kFigureCharacters = 14;  ///< "30.5 µJ (−57 %)"

QTableView* makeTable(QAbstractItemModel* model, const QString& name) {
    auto* view = new QTableView;
    view->setModel(model);
    setTableLook(view);
    view->setAccessibleName(name);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setTabKeyNavigation(false);
    view->setTextElideMode(Qt::ElideMiddle);  // names of variants differ at their ends
    view->horizontalHeader()->setTextElideMode(Qt::ElideMiddle);
    view->verticalHeader()->hide();
    installCopy(view);
    return view;
}

QSplitter* besides(QWidget* first, QWidget* second) {
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(first);
    splitter->addWidget(second);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

int widthOf(const QWidget& view, int characters) {
    return view.fontMetrics().horizontalAdvance(QLatin1Char('n')) * characters;
}

/// Of a column with the names of designs.
int nameWidth(const QWidget& view) {
    return widthOf(view, kNameCharacters);
}

/// Columns grow with their contents and stay as wide as the user made them.
void widenColumns(QTableView& view, int first) {
    for (int column = first; column < view.model()->columnCount(); ++column) {
        const int before = view.columnWidth(column);
        view.resizeColumnToContents(column);
        if (view.columnWidth(column) < before) {
            view.setColumnWidth(column, before);
        }
    }
}

}  // namespace

ComparePanel::Impl::Impl(ComparePanel& owner) : panel(owner) {
    list = new DesignListModel(&panel);
    listProxy = new DesignListProxy(list);
    compare = new CompareTableModel(&panel);
    compareProxy = new DiffOnlyProxy(compare);
    auto* tabs = new QTabWidget;
    tabs->addTab(buildTable(), tr("&Side by Side"));
    tabs->addTab(buildCurves(), tr("&Learning Curves"));
    tabs->addTab(buildScatter(), tr("Accuracy agai&nst Cost"));
    tabs->setDocumentMode(true);
    QSplitter* splitter = besides(buildList(), tabs);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 5);
    auto* layout = new QVBoxLayout(&panel);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connectList();
    showCount();
    updateButtons();
}

QWidget* ComparePanel::Impl::buildList() {
    auto* box = new QWidget;
    filter = new QLineEdit;
    filter->setPlaceholderText(tr("name, hash or status"));
    filter->setClearButtonEnabled(true);
    filter->setObjectName(QStringLiteral("filter"));
    auto* label = new QLabel(tr("&Filter:"));
    label->setBuddy(filter);
    filter->setAccessibleName(tr("Filter designs"));
    count = new QLabel;
    listView = makeTable(listProxy, tr("Stored designs"));
    listView->setObjectName(QStringLiteral("designs"));
    listView->setSortingEnabled(true);
    listView->sortByColumn(DesignListModel::Created, Qt::DescendingOrder);
    listView->horizontalHeader()->setSectionsMovable(true);
    listView->resizeColumnsToContents();  // of the empty table: the widths of the titles
    listView->setColumnWidth(DesignListModel::Name, nameWidth(*listView) * 3 / 4);  // and accuracy
    auto* top = new QHBoxLayout;
    top->addWidget(label);
    top->addWidget(filter, 1);
    top->addWidget(count);
    auto* layout = new QVBoxLayout(box);
    layout->addLayout(top);
    layout->addWidget(listView, 1);
    layout->addWidget(buildButtons());
    return box;
}

QWidget* ComparePanel::Impl::buildButtons() {
    auto* box = new QWidget;
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    const auto add = [layout](const QString& text, const QString& tip, const char* name) {
        auto* button = new QPushButton(text);
        button->setToolTip(tip);
        button->setObjectName(QLatin1String(name));
        layout->addWidget(button);
        return button;
    };
    open = add(tr("&Open"), tr("Load the selected design into the editor"), "open");
    pin = add(tr("&Baseline"), tr("Compare the others with the selected design"), "baseline");
    clear = add(tr("&Untick All"), tr("Compare none"), "clear");
    layout->addStretch(1);
    remove = add(
        tr("&Delete"),
        tr("Take the selected design off the list; keeping it again brings it back with its runs"),
        "remove");
    return box;
}

QWidget* ComparePanel::Impl::buildTable() {
    auto* box = new QWidget;
    diffOnly = new QCheckBox(tr("Diff&erences only"));
    diffOnly->setObjectName(QStringLiteral("diffOnly"));
    auto* legend = new QLabel(tr("≠ differs from the baseline"));
    compareView = makeTable(compareProxy, tr("Designs side by side"));
    compareView->setObjectName(QStringLiteral("compare"));
    auto* empty = new QLabel(tr("Tick designs in the list to see them side by side."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setForegroundRole(QPalette::PlaceholderText);
    compareStack = new QStackedWidget;
    compareStack->addWidget(empty);
    compareStack->addWidget(compareView);
    auto* top = new QHBoxLayout;
    top->addWidget(diffOnly);
    top->addStretch(1);
    top->addWidget(legend);
    auto* layout = new QVBoxLayout(box);
    layout->addLayout(top);
    layout->addWidget(compareStack, 1);
    connect(diffOnly, &QCheckBox::toggled, compareProxy, &DiffOnlyProxy::setDiffOnly);
    return box;
}

QWidget* ComparePanel::Impl::buildCurves() {
    accuracy = new Chart;
    accuracy->setTitle(tr("Test accuracy of the compared designs"));
    accuracy->setAxes({.label = tr("Epoch"), .whole = true},
                      {tr("Test accuracy"), QStringLiteral("%")});
    loss = new Chart;
    loss->setTitle(tr("Training loss of the compared designs"));
    loss->setAxes({.label = tr("Training step"), .whole = true},
                  {.label = tr("Training loss, smoothed")});
    for (Chart* chart : {accuracy, loss}) {
        chart->setEmptyText(tr("No curves.\nTick designs in the list that have been run."));
    }
    return besides(accuracy, loss);
}

QWidget* ComparePanel::Impl::buildScatter() {
    const AxisText percent{tr("Test accuracy"), QStringLiteral("%")};
    energy = new Chart;
    energy->setTitle(tr("Test accuracy against energy"));
    energy->setAxes({tr("Energy a training step"), QStringLiteral("µJ")}, percent);
    area = new Chart;
    area->setTitle(tr("Test accuracy against area"));
    area->setAxes({tr("Area"), QStringLiteral("mm²")}, percent);
    for (Chart* chart : {energy, area}) {
        chart->setEmptyText(
            tr("No points.\nRun a design: measured accuracy stands against "
               "modelled cost here."));
    }
    return besides(energy, area);
}

void ComparePanel::Impl::connectList() {
    connect(filter, &QLineEdit::textChanged, &panel, [this](const QString& text) {
        listProxy->setWords(text);
        showCount();
    });
    connect(list, &DesignListModel::chosenByUser, &panel, [this] {
        showScatter();
        updateButtons();
        emit panel.chosenChanged(list->chosen());
    });
    connect(listView->selectionModel(), &QItemSelectionModel::currentRowChanged, &panel,
            [this](const QModelIndex& index) {
                selected = index.siblingAtColumn(DesignListModel::Hash).data(kRawRole).toString();
                showSelection();
            });
    connect(listView, &QTableView::doubleClicked, &panel, [this] { open->click(); });
    connect(open, &QPushButton::clicked, &panel, [this] { emit panel.openRequested(selected); });
    connect(remove, &QPushButton::clicked, &panel,
            [this] { emit panel.removeRequested(selected); });
    connect(pin, &QPushButton::clicked, &panel, [this] { makeBaseline(); });
    connect(clear, &QPushButton::clicked, &panel, [this] { chooseByUser({}); });
    for (Chart* chart : {accuracy, energy, area}) {
        connect(chart, &Chart::pointClicked, &panel, [this](const QString& hash) { select(hash); });
    }
}

void ComparePanel::Impl::showScatter() {
    const auto& rows = list->designs();
    energy->setSeries(accuracyAgainst(DesignListModel::Energy, rows, list->chosen()));
    area->setSeries(accuracyAgainst(DesignListModel::Area, rows, list->chosen()));
}

void ComparePanel::Impl::showCount() {
    const int shown = listProxy->rowCount();
    const int all = list->rowCount();
    count->setText(shown == all ? tr("%1 designs").arg(all) : tr("%1 of %2").arg(shown).arg(all));
}

void ComparePanel::Impl::updateButtons() {
    const bool any = list->rowOf(selected) >= 0;
    const auto& chosen = list->chosen();
    open->setEnabled(any);
    remove->setEnabled(any);
    pin->setEnabled(any && (chosen.empty() || chosen.front() != selected));
    clear->setEnabled(!chosen.empty());
}

void ComparePanel::Impl::select(const QString& hash) {
    const int row = list->rowOf(hash);
    if (row < 0) {
        return;
    }
    const QModelIndex index = listProxy->mapFromSource(list->index(row, DesignListModel::Name));
    if (index.isValid()) {
        listView->selectionModel()->setCurrentIndex(
            index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        listView->scrollTo(index);
    } else {
        selected = hash;  // filtered out of the list, but still in the charts
        showSelection();
    }
}

void ComparePanel::Impl::showSelection() {
    updateButtons();
    const std::vector<QString> keys =
        selected.isEmpty() ? std::vector<QString>() : std::vector<QString>{selected};
    for (Chart* chart : {accuracy, energy, area}) {
        chart->setSelectedKeys(keys);
    }
    const auto& chosen = list->chosen();
    const auto found = std::find(chosen.begin(), chosen.end(), selected);
    if (found != chosen.end()) {
        const int column =
            CompareTableModel::FirstDesign + static_cast<int>(found - chosen.begin());
        compareView->scrollTo(compareProxy->index(std::max(0, compareView->rowAt(0)), column));
    }
}

/// As many designs beside their quantities as there is room for: their differences are what the
/// table is for. What does not fit is elided; where the figures come from stands to the right.
void ComparePanel::Impl::fitTable() {
    compareView->resizeColumnsToContents();
    auto* header = compareView->horizontalHeader();
    header->moveSection(header->visualIndex(CompareTableModel::Source), header->count() - 1);
    const int designs = compareProxy->columnCount() - CompareTableModel::FirstDesign;
    const int quantity = std::min(
        {compareView->columnWidth(CompareTableModel::Quantity), nameWidth(panel),
         std::max(widthOf(panel, kFigureCharacters), compareView->viewport()->width() / 3)});
    compareView->setColumnWidth(CompareTableModel::Quantity, quantity);
    const int share = (compareView->viewport()->width() - quantity) / std::max(1, designs);
    const int most = std::clamp(share, widthOf(panel, kFigureCharacters), nameWidth(panel));
    for (int i = CompareTableModel::FirstDesign; i < compareProxy->columnCount(); ++i) {
        compareView->setColumnWidth(i, std::min(compareView->columnWidth(i), most));
    }
}

void ComparePanel::Impl::makeBaseline() {
    std::vector<QString> hashes = list->chosen();
    hashes.erase(std::remove(hashes.begin(), hashes.end(), selected), hashes.end());
    hashes.insert(hashes.begin(), selected);
    chooseByUser(std::move(hashes));
}

void ComparePanel::Impl::chooseByUser(std::vector<QString> hashes) {
    if (hashes != list->chosen()) {
        list->setChosen(std::move(hashes));
        emit list->chosenByUser();
    }
}

ComparePanel::ComparePanel(QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this)) {
    setChosen({});
}

ComparePanel::~ComparePanel() {
    disconnectChildren(*this);
}

void ComparePanel::setPoints(const std::vector<ComparePoint>& points) {
    const QString selected = m_impl->selected;
    std::vector<DesignRow> rows;
    rows.reserve(points.size());
    for (const auto& point : points) {
        rows.push_back(designRow(point));
    }
    m_impl->list->setRows(std::move(rows));
    widenColumns(*m_impl->listView, DesignListModel::Accuracy);
    std::vector<QString> kept = m_impl->list->chosen();
    kept.erase(std::remove_if(kept.begin(), kept.end(),
                              [this](const QString& h) { return m_impl->list->rowOf(h) < 0; }),
               kept.end());
    m_impl->selected = selected;
    m_impl->select(selected);
    m_impl->showCount();
    m_impl->showScatter();
    m_impl->updateButtons();
    m_impl->chooseByUser(std::move(kept));
}

void ComparePanel::setChosen(const std::vector<ComparePoint>& points) {
    std::vector<QString> hashes;
    for (const auto& point : points) {
        hashes.push_back(point.hash);
    }
    m_impl->list->setChosen(hashes);
    m_impl->compare->setPoints(points);
    m_impl->compareStack->setCurrentIndex(points.empty() ? 0 : 1);
    m_impl->fitTable();
    m_impl->accuracy->setSeries(accuracyCurves(points));
    m_impl->loss->setSeries(lossCurves(points));
    m_impl->showScatter();
    m_impl->showSelection();
}

void ComparePanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_impl->fitTable();
}

std::vector<QString> ComparePanel::chosen() const {
    return m_impl->list->chosen();
}

std::vector<Chart*> ComparePanel::charts() const {
    return {m_impl->accuracy, m_impl->loss, m_impl->energy, m_impl->area};
}

std::vector<std::vector<QString>> ComparePanel::table() const {
    const QAbstractItemModel& model = *m_impl->compareProxy;
    std::vector<std::vector<QString>> rows(1);
    for (int column = 0; column < model.columnCount(); ++column) {
        rows[0].push_back(model.headerData(column, Qt::Horizontal).toString());
    }
    for (int row = 0; row < model.rowCount(); ++row) {
        auto& cells = rows.emplace_back();
        for (int column = 0; column < model.columnCount(); ++column) {
            cells.push_back(model.index(row, column).data().toString());
        }
    }
    return rows;
}

void ComparePanel::choose(const std::vector<QString>& hashes) {
    m_impl->chooseByUser(hashes);
}

}  // namespace mantissa::ui
