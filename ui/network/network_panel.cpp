// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/network_panel.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpressionValidator>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <numeric>

#include "core/nn/graph.h"
#include "ui/common/error_label.h"
#include "ui/common/number_text.h"
#include "ui/common/param_form.h"
#include "ui/common/table_copy.h"
#include "ui/common/teardown.h"
#include "ui/common/text.h"
#include "ui/network/layer_table_model.h"
#include "ui/network/network_edits.h"

namespace mantissa::ui {
namespace {

using LayerForm = ParamForm<nn::LayerParams>;

/// Lets only the letters of a layer name into the inline editor.
class NameDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override {
        auto* editor = QStyledItemDelegate::createEditor(parent, option, index);
        if (auto* line = qobject_cast<QLineEdit*>(editor)) {
            static const QRegularExpression kName(QStringLiteral("[A-Za-z0-9_.-]+"));
            line->setValidator(new QRegularExpressionValidator(kName, line));
            line->setAccessibleName(NetworkPanel::tr("Layer name"));
        }
        return editor;
    }
};

QString withShortcut(const QString& tip, const QAction& action) {
    return action.shortcut().isEmpty()
               ? tip
               : NetworkPanel::tr("%1 (%2)").arg(
                     tip, action.shortcut().toString(QKeySequence::NativeText));
}

}  // namespace

struct NetworkPanel::Impl {
    NetworkPanel* panel;
    design::DesignPoint design;
    LayerTableModel* model = nullptr;
    QTableView* table = nullptr;
    QMenu* addMenu = nullptr;
    QAction* duplicate = nullptr;
    QAction* remove = nullptr;
    QAction* up = nullptr;
    QAction* down = nullptr;
    QLabel* settingsTitle = nullptr;
    QLineEdit* reads = nullptr;  ///< names of the layers that the selected one reads
    QVBoxLayout* forms = nullptr;
    std::vector<LayerForm*> formOfKind;  ///< by index in layerKinds(), made when first needed
    ErrorLabel* error = nullptr;
    QLabel* totals = nullptr;
    QString shownLayer;     ///< whose settings the form shows
    QString pendingSelect;  ///< the layer that the edit under way brings
    QString refused;        ///< why the last edit was not asked for
    bool updating = false;

    explicit Impl(NetworkPanel* owner) : panel(owner) {}
    void build();
    QLayout* buildButtons();
    void buildTable();
    QLayout* buildReads();
    void fillMenus(QMenu* templates);
    QAction* addAction(const QString& text, const QString& tip, const QKeySequence& key);
    QToolButton* button(QAction* action) const;
    /// Of the chosen layer; -1: none. A table that gets the focus makes its first row the current
    /// one: that chooses no layer.
    int row() const {
        const auto current = table->currentIndex();
        return table->selectionModel()->isSelected(current) ? current.row() : -1;
    }
    void request(const design::DesignPoint& after, const QString& text, const QString& parameter,
                 quint64 gesture = 0);
    void add(const nn::LayerKindInfo& kind);
    void duplicateRow();
    void removeRow();
    void move(int from, int to);
    void rename(int at, const QString& name);
    void setParameter(const LayerForm& form, int index, double value, quint64 gesture);
    void setInputs();
    void selectionChanged();
    void showSettings();
    void showErrors();
    void showTotals();
    void updateActions();
    LayerForm* formFor(const nn::LayerParams& params);
};

void NetworkPanel::Impl::build() {
    auto* column = new QVBoxLayout(panel);
    buildTable();
    column->addLayout(buildButtons());
    column->addWidget(table, 1);
    error = new ErrorLabel(panel);
    column->addWidget(error);
    totals = new QLabel(panel);
    totals->setAlignment(Qt::AlignRight);
    totals->setWordWrap(true);
    column->addWidget(totals);
    settingsTitle = new QLabel(panel);
    settingsTitle->setTextFormat(Qt::RichText);
    column->addWidget(settingsTitle);
    column->addLayout(buildReads());
    forms = new QVBoxLayout;
    column->addLayout(forms);
    formOfKind.resize(nn::layerKinds().size(), nullptr);
}

QLayout* NetworkPanel::Impl::buildReads() {
    reads = new QLineEdit(panel);
    reads->setObjectName(QStringLiteral("reads"));
    reads->setPlaceholderText(tr("the layer before"));
    reads->setToolTip(
        tr("Names of the layers it reads, apart by commas; \"%1\" is the network's input")
            .arg(toQt(nn::kNetworkInput)));
    auto* label = new QLabel(tr("&Reads"), panel);
    label->setBuddy(reads);
    QObject::connect(reads, &QLineEdit::editingFinished, panel, [this] { setInputs(); });
    auto* line = new QHBoxLayout;
    line->addWidget(label);
    line->addWidget(reads, 1);
    return line;
}

void NetworkPanel::Impl::buildTable() {
    table = new QTableView(panel);
    model = new LayerTableModel(panel);
    table->setModel(model);
    table->setAccessibleName(tr("Layers"));
    setTableLook(table);
    installCopy(table);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setItemDelegateForColumn(LayerTableModel::Name, new NameDelegate(table));
    table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    table->setDragDropMode(QAbstractItemView::InternalMove);
    table->setDragDropOverwriteMode(false);
    auto* header = table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(LayerTableModel::Settings, QHeaderView::Stretch);
    header->setMinimumSectionSize(table->fontMetrics().averageCharWidth() * 8);
    QObject::connect(table->selectionModel(), &QItemSelectionModel::selectionChanged, panel,
                     [this] { selectionChanged(); });
    QObject::connect(model, &LayerTableModel::renameRequested, panel,
                     [this](int at, const QString& name) { rename(at, name); });
    QObject::connect(model, &LayerTableModel::moveRequested, panel,
                     [this](int from, int to) { move(from, to); });
}

QAction* NetworkPanel::Impl::addAction(const QString& text, const QString& tip,
                                       const QKeySequence& key) {
    auto* action = new QAction(text, panel);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetShortcut);
    action->setToolTip(withShortcut(tip, *action));
    table->addAction(action);
    return action;
}

QToolButton* NetworkPanel::Impl::button(QAction* action) const {
    auto* tool = new QToolButton(panel);
    tool->setDefaultAction(action);
    tool->setToolButtonStyle(Qt::ToolButtonTextOnly);
    tool->setAccessibleName(action->text().remove(QLatin1Char('&')));
    tool->setFocusPolicy(Qt::StrongFocus);
    return tool;
}

QLayout* NetworkPanel::Impl::buildButtons() {
    const auto menuButton = [this](const QString& text, const QString& tip) {
        auto* tool = new QToolButton(panel);
        tool->setText(text);
        tool->setToolTip(tip);
        tool->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        tool->setPopupMode(QToolButton::InstantPopup);
        tool->setFocusPolicy(Qt::StrongFocus);
        tool->setMenu(new QMenu(tool));
        return tool;
    };
    auto* addButton = menuButton(tr("&Add"), tr("Insert a layer after the selected one"));
    addButton->setObjectName(QStringLiteral("addLayer"));
    addMenu = addButton->menu();
    auto* templates = menuButton(tr("&Template"), tr("Replace all layers by a ready-made network"));
    templates->setObjectName(QStringLiteral("templates"));
    fillMenus(templates->menu());
    duplicate = addAction(tr("D&uplicate"), tr("Insert a copy with the same formats"),
                          QKeySequence(Qt::CTRL | Qt::Key_D));
    remove = addAction(tr("&Remove"), tr("Remove the selected layer"), QKeySequence::Delete);
    up = addAction(tr("Move up"), tr("Move the selected layer up"),
                   QKeySequence(Qt::ALT | Qt::Key_Up));
    down = addAction(tr("Move down"), tr("Move the selected layer down"),
                     QKeySequence(Qt::ALT | Qt::Key_Down));
    QObject::connect(duplicate, &QAction::triggered, panel, [this] { duplicateRow(); });
    QObject::connect(remove, &QAction::triggered, panel, [this] { removeRow(); });
    QObject::connect(up, &QAction::triggered, panel, [this] { move(row(), row() - 1); });
    QObject::connect(down, &QAction::triggered, panel, [this] { move(row(), row() + 1); });
    auto* line = new QHBoxLayout;
    line->addWidget(addButton);
    line->addWidget(button(duplicate));
    line->addWidget(button(remove));
    const auto arrow = [this](QAction* action, Qt::ArrowType type) {
        auto* tool = button(action);
        tool->setToolButtonStyle(Qt::ToolButtonIconOnly);
        tool->setArrowType(type);
        return tool;
    };
    line->addWidget(arrow(up, Qt::UpArrow));
    line->addWidget(arrow(down, Qt::DownArrow));
    line->addStretch(1);
    line->addWidget(templates);
    return line;
}

void NetworkPanel::Impl::fillMenus(QMenu* templates) {
    addMenu->setToolTipsVisible(true);
    for (const auto& kind : nn::layerKinds()) {
        auto* action = addMenu->addAction(toQt(kind.label), panel, [this, &kind] { add(kind); });
        action->setObjectName(toQt(kind.id));
        action->setToolTip(toQt(kind.help));
    }
    for (const auto& one : nn::networkTemplates()) {
        auto* action = templates->addAction(toQt(one.label), panel, [this, &one] {
            request(withTemplate(design, one), tr("Start from template %1").arg(toQt(one.label)),
                    QStringLiteral("/network"));
        });
        action->setObjectName(toQt(one.id));
    }
}

void NetworkPanel::Impl::request(const design::DesignPoint& after, const QString& text,
                                 const QString& parameter, quint64 gesture) {
    refused.clear();
    emit panel->editRequested({after, text, parameter, gesture != 0 ? gesture : nextGesture()});
    pendingSelect.clear();
    showErrors();
}

void NetworkPanel::Impl::add(const nn::LayerKindInfo& kind) {
    const int at = row() >= 0 ? row() + 1 : model->rowCount();
    const auto after = withLayerAdded(design, at, kind);
    pendingSelect = toQt(after.network().layers[static_cast<std::size_t>(at)].name);
    request(after, tr("Add layer %1").arg(pendingSelect), QStringLiteral("/network/layers"));
    table->setFocus();
}

void NetworkPanel::Impl::duplicateRow() {
    if (row() < 0) {
        return;
    }
    const auto after = withLayerDuplicated(design, row());
    pendingSelect = toQt(after.network().layers[static_cast<std::size_t>(row()) + 1].name);
    request(after, tr("Duplicate layer %1").arg(panel->selectedLayer()),
            QStringLiteral("/network/layers"));
}

void NetworkPanel::Impl::removeRow() {
    if (row() < 0) {
        return;
    }
    request(withLayerRemoved(design, row()), tr("Remove layer %1").arg(panel->selectedLayer()),
            QStringLiteral("/network/layers"));
}

void NetworkPanel::Impl::move(int from, int to) {
    if (from < 0 || to < 0 || to >= model->rowCount()) {
        return;
    }
    const QString name = toQt(design.network().layers[static_cast<std::size_t>(from)].name);
    request(withLayerMoved(design, from, to),
            to < from ? tr("Move layer %1 up").arg(name) : tr("Move layer %1 down").arg(name),
            QStringLiteral("/network/layers"));
}

void NetworkPanel::Impl::rename(int at, const QString& name) {
    if (const auto legal = checkLayerName(design.network(), at, name.toStdString()); !legal) {
        refused = QString::fromStdString(legal.error().text());
        showErrors();
        return;
    }
    const QString before = toQt(design.network().layers[static_cast<std::size_t>(at)].name);
    pendingSelect = name;
    request(withLayerRenamed(design, at, name.toStdString()),
            tr("Rename layer %1 to %2").arg(before, name),
            QStringLiteral("/network/layers/%1/name").arg(at));
}

void NetworkPanel::Impl::setParameter(const LayerForm& form, int index, double value,
                                      quint64 gesture) {
    const int at = row();
    if (at < 0) {
        return;
    }
    const auto& layer = design.network().layers[static_cast<std::size_t>(at)];
    const ParamSpec& spec = form.spec(index);
    const auto params = form.withValue(layer.params, index, value);
    request(
        withLayerParams(design, at, params),
        tr("Set %1 of %2 to %3")
            .arg(toQt(spec.label).toLower(), toQt(layer.name), choiceText(paramText(spec, value))),
        QStringLiteral("/network/layers/%1#%2").arg(toQt(layer.name), toQt(spec.id)), gesture);
}

void NetworkPanel::Impl::setInputs() {
    const int at = row();
    if (at < 0 || !reads->isModified()) {
        return;
    }
    reads->setModified(false);
    const QString name = toQt(design.network().layers[static_cast<std::size_t>(at)].name);
    request(withLayerInputs(design, at, reads->text().toStdString()),
            tr("Let %1 read %2")
                .arg(name, reads->text().isEmpty() ? reads->placeholderText() : reads->text()),
            QStringLiteral("/network/layers/%1#inputs").arg(name));
}

LayerForm* NetworkPanel::Impl::formFor(const nn::LayerParams& params) {
    LayerForm*& form = formOfKind[params.index()];
    if (form == nullptr) {
        form = new LayerForm(nn::kindOf(params).parameters, ParamFormStyle::Boxes, panel);
        forms->addWidget(form);
        QObject::connect(form, &ParamFormBase::valueEdited, panel,
                         [this, made = form](int index, double value, quint64 gesture) {
                             setParameter(*made, index, value, gesture);
                         });
    }
    return form;
}

void NetworkPanel::Impl::selectionChanged() {
    if (updating) {
        return;  // setDesign looks at the outcome once, at its end
    }
    const QString before = shownLayer;
    refused.clear();
    showSettings();
    showErrors();
    updateActions();
    if (shownLayer != before) {
        emit panel->layerSelected(shownLayer);
    }
}

void NetworkPanel::Impl::showSettings() {
    const QString name = panel->selectedLayer();
    const auto* layer =
        row() >= 0 ? &design.network().layers[static_cast<std::size_t>(row())] : nullptr;
    LayerForm* shown = layer != nullptr ? formFor(layer->params) : nullptr;
    for (LayerForm* form : formOfKind) {
        if (form != nullptr) {
            form->setVisible(form == shown);
        }
    }
    QStringList inputs;
    if (layer != nullptr) {
        for (const auto& input : layer->inputs) {
            inputs.append(toQt(input));
        }
    }
    reads->setText(inputs.join(QStringLiteral(", ")));
    reads->setEnabled(layer != nullptr);
    if (layer == nullptr) {
        settingsTitle->setText(model->rowCount() == 0 ? tr("Add a layer, or start from a template.")
                                                      : tr("Select a layer to edit its settings."));
    } else {
        const auto& kind = nn::kindOf(layer->params);
        settingsTitle->setText(QStringLiteral("<b>%1</b> · %2%3")
                                   .arg(name.toHtmlEscaped(), toQt(kind.label).toHtmlEscaped(),
                                        kind.parameters.empty() ? tr(", no settings") : QString()));
        if (name != shownLayer) {
            shown->endGesture();
        }
        shown->setValues(layer->params);
    }
    shownLayer = name;
}

void NetworkPanel::Impl::showErrors() {
    if (!refused.isEmpty()) {
        error->setWarning(refused);
        return;
    }
    if (row() >= 0 && !model->shapes(row())) {
        error->setError(model->shapes(row()).error());  // what the user is looking at comes first
        return;
    }
    const auto checked = nn::checkNetwork(design.network());
    error->setError(checked ? std::nullopt : std::optional<Error>(checked.error()));
}

void NetworkPanel::Impl::showTotals() {
    qint64 parameters = 0;
    double macs = 0;
    int wrong = 0;
    for (int i = 0; i < model->rowCount(); ++i) {
        if (const auto& shapes = model->shapes(i)) {
            parameters += shapes->parameters;
            macs += static_cast<double>(shapes->macsPerImage);
        } else {
            ++wrong;
        }
    }
    QString text = tr("Layers: %1 · parameters: %2 · MACs per image: %3")
                       .arg(model->rowCount())
                       .arg(integerText(parameters), countText(macs));
    if (wrong > 0) {
        text += tr(" · not counted, since wrong: %1").arg(wrong);
    }
    totals->setText(text);
}

void NetworkPanel::Impl::updateActions() {
    duplicate->setEnabled(row() >= 0);
    remove->setEnabled(row() >= 0);
    up->setEnabled(row() > 0);
    down->setEnabled(row() >= 0 && row() + 1 < model->rowCount());
}

NetworkPanel::NetworkPanel(QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(this)) {
    m_impl->build();
    setDesign(m_impl->design);
}

NetworkPanel::~NetworkPanel() {
    disconnectChildren(*this);
}

void NetworkPanel::setDesign(const design::DesignPoint& design) {
    Impl& impl = *m_impl;
    const QString before = impl.shownLayer;
    const bool sameNetwork =
        &design.network() == &impl.design.network() && impl.model->rowCount() > 0;
    impl.design = design;
    if (sameNetwork && impl.pendingSelect.isEmpty()) {
        return;  // what is dragged is of another panel
    }
    impl.updating = true;
    const int row = impl.row();
    impl.model->setNetwork(design.network());
    if (!impl.pendingSelect.isEmpty()) {
        selectLayer(impl.pendingSelect);
    } else if (impl.row() < 0 && row >= 0 && impl.model->rowCount() > 0) {
        impl.table->setCurrentIndex(
            impl.model->index(std::min(row, impl.model->rowCount() - 1), LayerTableModel::Name));
    }
    impl.updating = false;
    impl.showSettings();
    impl.showErrors();
    impl.showTotals();
    impl.updateActions();
    if (impl.shownLayer != before) {
        emit layerSelected(impl.shownLayer);
    }
}

QString NetworkPanel::selectedLayer() const {
    const int row = m_impl->row();
    return row < 0 ? QString()
                   : toQt(m_impl->model->network().layers[static_cast<std::size_t>(row)].name);
}

void NetworkPanel::selectLayer(const QString& name) {
    const auto row = m_impl->model->network().indexOf(name.toStdString());
    if (row && name != selectedLayer()) {
        m_impl->table->setCurrentIndex(
            m_impl->model->index(static_cast<int>(*row), LayerTableModel::Name));
    }
}

}  // namespace mantissa::ui
