// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/precision_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QResizeEvent>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/common/error_label.h"
#include "ui/common/fit_table.h"
#include "ui/common/table_copy.h"
#include "ui/common/teardown.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"
#include "ui/precision/accuracy_line.h"
#include "ui/precision/convention_menu.h"
#include "ui/precision/format_editor.h"
#include "ui/precision/format_text.h"
#include "ui/precision/kept_button.h"
#include "ui/precision/matrix_delegate.h"
#include "ui/precision/role_matrix_model.h"
#include "ui/precision/statistics_model.h"
#include "ui/precision/sums_line.h"

namespace mantissa::ui {
namespace {

constexpr int kTightSpacing = 4;  // px: the whole panel fits a dock of the default window

QLabel* makeHeading(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::RichText);
    label->setWordWrap(true);
    return label;
}

numerics::TensorUse useOf(design::Role role) {
    return role == design::Role::Error || role == design::Role::WeightGradient
               ? numerics::TensorUse::Gradient
               : numerics::TensorUse::Operand;
}

/// The formats as they stand without what this very scope says for this key.
design::ResolvedFormat inheritedFormat(const design::PrecisionPlan& plan,
                                       const RoleMatrixModel::Shown& shown,
                                       const design::RoleKey& key) {
    return design::withoutFormat(plan, shown.scope, key).resolve(shown.site(), key.role, key.pass);
}

}  // namespace

struct PrecisionPanel::Impl {
    PrecisionPanel* panel;
    design::DesignPoint design;
    design::DesignPoint baseline;
    design::PlanScope scope;
    std::vector<design::PlanScope> scopes;  ///< by index in the combo box; separators are empty
    QComboBox* scopeBox = nullptr;
    SumsLine* sums = nullptr;
    KeptButton* kept = nullptr;
    FitTable* matrix = nullptr;
    RoleMatrixModel* model = nullptr;
    QLabel* legend = nullptr;
    QLabel* heading = nullptr;
    QPushButton* inherit = nullptr;
    FormatEditor* editor = nullptr;
    ErrorLabel* error = nullptr;
    AccuracyLine* accuracy = nullptr;
    QLabel* statisticsHeading = nullptr;
    FitTable* statistics = nullptr;
    StatisticsModel* statisticsModel = nullptr;
    QGridLayout* grid = nullptr;
    QCheckBox* stored = nullptr;
    QWidget* matrixPart = nullptr;
    QWidget* editorPart = nullptr;
    QWidget* statisticsPart = nullptr;
    bool wide = false;

    explicit Impl(PrecisionPanel* owner) : panel(owner) {}
    void build();
    void buildMatrix();
    void buildSums();
    void showSums();
    void buildEditor();
    void buildStatistics();
    void arrange(bool sideBySide);
    void fillScopes();
    void setScope(const design::PlanScope& next);
    int scopeRow(const design::PlanScope& wanted) const;
    RoleMatrixModel::Shown shownScope() const;
    std::vector<design::RoleKey> selectedKeys() const;
    design::RoleKey currentKey() const;
    void showMatrix();
    void showStored(bool shown);
    void showEditor();
    void apply(const FormatChange& change, quint64 gesture);
    void revert();
    QString parameterPath(const QString& id) const;
};

void PrecisionPanel::Impl::build() {
    auto* outer = new QVBoxLayout(panel);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(panel);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    outer->addWidget(scroll);
    auto* page = new QWidget(scroll);
    grid = new QGridLayout(page);
    grid->setContentsMargins(kTightSpacing, kTightSpacing, kTightSpacing, kTightSpacing);
    grid->setVerticalSpacing(kTightSpacing);
    buildMatrix();
    buildEditor();
    buildStatistics();
    for (QWidget* part : {matrixPart, editorPart, statisticsPart}) {
        part->layout()->setContentsMargins(0, 0, 0, 0);
        part->layout()->setSpacing(kTightSpacing);
        part->setParent(page);
    }
    arrange(false);
    scroll->setWidget(page);
}

void PrecisionPanel::Impl::buildMatrix() {
    matrixPart = new QWidget(panel);
    auto* column = new QVBoxLayout(matrixPart);
    auto* line = new QHBoxLayout;
    auto* label = new QLabel(tr("&Scope"), matrixPart);
    scopeBox = new QComboBox(matrixPart);
    scopeBox->setAccessibleName(tr("Scope of the formats"));
    scopeBox->setToolTip(
        tr("Formats go from the network to a kind of layer to a layer; "
           "the nearest one that is set counts"));
    scopeBox->setObjectName(QStringLiteral("scope"));
    scopeBox->setFocusPolicy(Qt::StrongFocus);
    scopeBox->setMaxVisibleItems(24);
    letShrink(scopeBox);
    ignoreWheelUnlessFocused(scopeBox);
    label->setBuddy(scopeBox);
    legend = new QLabel(tr("● set here &nbsp; <i>inherited</i> &nbsp; ▲ not as the baseline"),
                        matrixPart);
    legend->setForegroundRole(QPalette::PlaceholderText);
    line->addWidget(label);
    line->addWidget(scopeBox, 1);
    line->addWidget(legend);
    column->addLayout(line);
    matrix = new FitTable(matrixPart);
    matrix->setObjectName(QStringLiteral("matrix"));
    matrix->setAccessibleName(tr("Formats by tensor and pass"));
    model = new RoleMatrixModel(panel);
    matrix->setItemDelegate(new MatrixDelegate(matrix));
    matrix->setTabKeyNavigation(false);
    QFont small = matrix->font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    matrix->verticalHeader()->setFont(small);
    matrix->horizontalHeader()->setFont(small);
    matrix->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    matrix->horizontalHeader()->setHighlightSections(false);
    matrix->verticalHeader()->setHighlightSections(false);
    matrix->verticalHeader()->setDefaultSectionSize(matrix->fontMetrics().lineSpacing() * 9 / 4);
    matrix->setCornerButtonEnabled(false);
    matrix->setModel(model);
    column->addWidget(matrix);
    buildSums();
    column->addWidget(sums);
    QObject::connect(scopeBox, &QComboBox::currentIndexChanged, panel,
                     [this](int row) { setScope(scopes[static_cast<std::size_t>(row)]); });
    const auto selected = [this] {
        editor->endGesture();
        error->setError(std::nullopt);
        showEditor();
    };
    QObject::connect(matrix->selectionModel(), &QItemSelectionModel::selectionChanged, panel,
                     selected);
    QObject::connect(matrix->selectionModel(), &QItemSelectionModel::currentChanged, panel,
                     selected);
}

void PrecisionPanel::Impl::buildSums() {
    sums = new SumsLine(matrixPart);
    stored = new QCheckBox(tr("Stored &copies"), matrixPart);
    stored->setObjectName(QStringLiteral("stored"));
    stored->setToolTip(tr(
        "Also the formats of what is kept: the stash (activations, from the forward to the "
        "backward pass; FP32: as the weight gradient reads them), normalisation, master weights, "
        "momentum, second moment"));
    QObject::connect(stored, &QCheckBox::toggled, panel, [this](bool shown) { showStored(shown); });
    showStored(false);
    kept = new KeptButton(matrixPart);
    QObject::connect(kept, &KeptButton::edited, panel, [this] {
        auto plan = design.precision();
        plan.kept = kept->kept();
        const auto path = QStringLiteral("/precision/keep");
        emit panel->editRequested(
            {design.withPrecision(std::move(plan)), tr("Change kept layers"), path, nextGesture()});
    });
    sums->addWidget(kept);
    sums->addWidget(stored);
    QObject::connect(
        sums, &SumsLine::edited, panel,
        [this](const design::PrecisionPlan& plan, const QString& path, const QString& text) {
            error->setError(std::nullopt);
            emit panel->editRequested({design.withPrecision(plan), text, path, nextGesture()});
            showSums();  // also where the document did not follow
        });
    QObject::connect(sums, &SumsLine::refused, panel, [this](const Error& refusal) {
        error->setError(refusal);
        showSums();  // the box goes back to the value that stays in force
    });
}

void PrecisionPanel::Impl::showSums() {
    sums->show(design.precision(), scope, shownScope().kind);
}

void PrecisionPanel::Impl::buildEditor() {
    editorPart = new QWidget(panel);
    auto* column = new QVBoxLayout(editorPart);
    auto* line = new QHBoxLayout;
    heading = makeHeading(editorPart);
    inherit = new QPushButton(tr("&Inherit"), editorPart);
    inherit->setObjectName(QStringLiteral("inherit"));
    inherit->setAccessibleName(tr("Inherit"));
    inherit->setToolTip(tr("Take the setting away, so that the value is inherited again"));
    auto* as = new QPushButton(tr("&As"), editorPart);
    as->setObjectName(QStringLiteral("convention"));
    as->setAccessibleName(tr("As a published system does it"));
    as->setToolTip(
        tr("Keeps the widths and sets everything else as a published system does it; what that is "
           "stands on the Formats page"));
    as->setMenu(makeConventionMenu(as, [this](const numerics::Convention& convention) {
        apply(conventionChange(convention), nextGesture());
    }));
    line->addWidget(heading, 1);
    line->addWidget(as);
    line->addWidget(inherit);
    column->addLayout(line);
    editor = new FormatEditor(editorPart);
    column->addWidget(editor);
    error = new ErrorLabel(editorPart);
    column->addWidget(error);
    accuracy = new AccuracyLine(editorPart);
    accuracy->setObjectName(QStringLiteral("accuracy"));
    column->addWidget(accuracy);
    column->addStretch(1);
    QObject::connect(inherit, &QPushButton::clicked, panel, [this] { revert(); });
    QObject::connect(
        editor, &FormatEditor::changed, panel,
        [this](const FormatChange& change, quint64 gesture) { apply(change, gesture); });
}

void PrecisionPanel::Impl::buildStatistics() {
    statisticsPart = new QWidget(panel);
    auto* column = new QVBoxLayout(statisticsPart);
    statisticsHeading = makeHeading(statisticsPart);
    column->addWidget(statisticsHeading);
    statistics = new FitTable(statisticsPart);
    statistics->setObjectName(QStringLiteral("statistics"));
    statistics->setAccessibleName(tr("Quantisation error by tensor"));
    setTableLook(statistics);
    installCopy(statistics);
    statistics->verticalHeader()->setDefaultSectionSize(statistics->fontMetrics().height() + 4);
    auto* header = statistics->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    statisticsModel = new StatisticsModel(panel);
    statistics->setModel(statisticsModel);
    header->setSectionResizeMode(StatisticsModel::RoleName, QHeaderView::Stretch);
    column->addWidget(statistics);
    column->addStretch(1);
}

void PrecisionPanel::Impl::arrange(bool sideBySide) {
    wide = sideBySide;
    for (QWidget* part : {matrixPart, editorPart, statisticsPart}) {
        grid->removeWidget(part);
    }
    grid->addWidget(matrixPart, 0, 0, 1, 2);
    grid->addWidget(editorPart, 1, 0, 1, sideBySide ? 1 : 2);
    if (sideBySide) {
        grid->addWidget(statisticsPart, 1, 1);
    } else {
        grid->addWidget(statisticsPart, 2, 0, 1, 2);
    }
    grid->setColumnStretch(0, 5);
    grid->setColumnStretch(1, 6);  // names of tensors need the room more than sliders
    grid->setRowStretch(sideBySide ? 1 : 2, 1);
    grid->setRowStretch(sideBySide ? 2 : 1, 0);
}

int PrecisionPanel::Impl::scopeRow(const design::PlanScope& wanted) const {
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        const bool separator = i > 0 && scopes[i] == design::PlanScope{};
        if (!separator && scopes[i] == wanted) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

void PrecisionPanel::Impl::fillScopes() {
    std::vector<design::PlanScope> wanted{{}};
    std::vector<QString> texts{tr("Network default")};
    const auto separate = [&] {
        wanted.push_back({});
        texts.emplace_back();
    };
    separate();
    // What has no formats but entries in the plan, as since a change to LightNorm, is a scope too:
    // there they can be removed.
    const auto& plan = design.precision();
    for (const auto& kind : nn::layerKinds()) {
        if (design::hasFormats(kind, design.network()) || plan.kinds.contains(kind.id)) {
            wanted.push_back({std::string(kind.id), {}});
            texts.push_back(tr("All %1 layers").arg(toQt(kind.label).toLower()));
        }
    }
    separate();
    for (const auto& layer : design.network().layers) {
        if (design::hasFormats(layer) || plan.layers.contains(layer.name)) {
            const auto& kind = nn::kindOf(layer.params);
            wanted.push_back({{}, layer.name});
            texts.push_back(tr("%1 (%2)").arg(toQt(layer.name), toQt(kind.label).toLower()));
        }
    }
    if (wanted == scopes) {
        return;
    }
    scopes = wanted;
    const QSignalBlocker blocker(scopeBox);
    scopeBox->clear();
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        if (texts[i].isEmpty()) {
            scopeBox->insertSeparator(static_cast<int>(i));
        } else {
            scopeBox->addItem(texts[i]);
        }
    }
    scopeBox->setCurrentIndex(std::max(0, scopeRow(scope)));
}

void PrecisionPanel::Impl::setScope(const design::PlanScope& next) {
    if (next == scope) {
        return;
    }
    scope = next;
    const QSignalBlocker blocker(scopeBox);
    scopeBox->setCurrentIndex(scopeRow(scope));
    editor->endGesture();
    error->setError(std::nullopt);
    showMatrix();
    emit panel->scopeChanged();
}

RoleMatrixModel::Shown PrecisionPanel::Impl::shownScope() const {
    const auto index = design.network().indexOf(scope.layer);
    if (scope.layer.empty() || !index) {
        return {scope, scope.kind};
    }
    const auto site = design::planSite(design.precision(), design.network(), *index);
    const auto before = baseline.network().indexOf(scope.layer);
    return {scope, std::string(site.kind), site.kept,
            before && design::planSite(baseline.precision(), baseline.network(), *before).kept};
}

std::vector<design::RoleKey> PrecisionPanel::Impl::selectedKeys() const {
    std::vector<design::RoleKey> keys;
    for (const auto& index : matrix->selectionModel()->selectedIndexes()) {
        if (model->cell(index).applicable) {
            keys.push_back(model->cell(index).key);
        }
    }
    if (keys.empty()) {
        keys.push_back(currentKey());
    }
    return keys;
}

design::RoleKey PrecisionPanel::Impl::currentKey() const {
    const QModelIndex current = matrix->currentIndex();
    return current.isValid() && model->cell(current).applicable ? model->cell(current).key
                                                                : design::RoleKey{};
}

void PrecisionPanel::Impl::showStored(bool shown) {
    for (int row = RoleMatrixModel::kOperandRows; row < RoleMatrixModel::kRows; ++row) {
        matrix->setRowHidden(row, !shown);
    }
    if (!shown && matrix->currentIndex().row() >= RoleMatrixModel::kOperandRows) {
        matrix->setCurrentIndex(model->index(0, 0));
    }
    matrix->updateGeometry();
}

void PrecisionPanel::Impl::showMatrix() {
    model->show(design.precision(), baseline.precision(), shownScope());
    showSums();
    const bool operands = model->cell(model->index(0, 0)).applicable;
    for (int row = RoleMatrixModel::kOperandRows; row < RoleMatrixModel::kRows; ++row) {
        // What is not as in the baseline, or all that the scope has, is never hidden.
        const auto& cell = model->cell(model->index(row, 0));
        if (cell.differs || (cell.applicable && !operands)) {
            stored->setChecked(true);
        }
    }
    if (const auto current = matrix->currentIndex();
        current.isValid() && !model->cell(current).applicable) {
        matrix->setCurrentIndex(
            model->indexOf({operands ? design::Role::Weight : design::Role::Normalisation, {}}));
    }
    showEditor();
}

void PrecisionPanel::Impl::showEditor() {
    const design::RoleKey key = currentKey();
    const auto keys = selectedKeys();
    const auto& cell = model->cell(model->indexOf(key));
    const auto shown = shownScope();
    const auto inherited = inheritedFormat(design.precision(), shown, key);
    editor->setFormat(cell.resolved.format, inherited.format);
    bool overridden = false;
    for (const auto& one : keys) {
        overridden = overridden || model->cell(model->indexOf(one)).overridden;
    }
    inherit->setEnabled(overridden);
    QString title = roleKeyLabel(key);
    if (keys.size() > 1) {
        title += tr(" and %1 more").arg(keys.size() - 1);
    }
    const QString source =
        cell.overridden
            ? tr("set here")
            : tr("inherited from %1").arg(sourceLabel(cell.resolved, scope, shown.kind));
    heading->setText(
        QStringLiteral("<b>%1 · %2</b> · %3")
            .arg(scopeLabel(scope).toHtmlEscaped(), title.toHtmlEscaped(), source.toHtmlEscaped()));
}

QString PrecisionPanel::Impl::parameterPath(const QString& id) const {
    QString path = QStringLiteral("/precision/network");
    if (!scope.layer.empty()) {
        path = QStringLiteral("/precision/layers/") + toQt(scope.layer);
    } else if (!scope.kind.empty()) {
        path = QStringLiteral("/precision/kinds/") + toQt(scope.kind);
    }
    QStringList keys;
    for (const auto& key : selectedKeys()) {
        keys.append(QString::fromStdString(design::roleKeyText(key)));
    }
    return path + QLatin1Char('/') + keys.join(QLatin1Char('+')) + QLatin1Char('#') + id;
}

void PrecisionPanel::Impl::apply(const FormatChange& change, quint64 gesture) {
    auto plan = design.precision();
    const auto keys = selectedKeys();
    for (const auto& key : keys) {
        const auto after =
            applied(change, model->cell(model->indexOf(key)).resolved.format, useOf(key.role));
        if (!after) {
            error->setError(after.error());
            editor->endGesture();
            showEditor();  // the control goes back to the value that stays in force
            return;
        }
        plan = design::withFormat(std::move(plan), scope, key, *after);
    }
    error->setError(std::nullopt);
    const QString target =
        keys.size() == 1 ? roleKeyLabel(keys.front()) : tr("%1 tensors").arg(keys.size());
    const QString text =
        tr("Set %1 of %2 %3 to %4").arg(change.what, scopeLabel(scope), target, change.value);
    const QString parameter = parameterPath(change.id);
    emit panel->editRequested({design.withPrecision(std::move(plan)), text, parameter, gesture});
    showEditor();  // also where the document did not follow
}

void PrecisionPanel::Impl::revert() {
    auto plan = design.precision();
    const auto keys = selectedKeys();
    for (const auto& key : keys) {
        plan = design::withoutFormat(std::move(plan), scope, key);
    }
    const QString target =
        keys.size() == 1 ? roleKeyLabel(keys.front()) : tr("%1 tensors").arg(keys.size());
    emit panel->editRequested({design.withPrecision(std::move(plan)),
                               tr("Inherit format of %1 %2").arg(scopeLabel(scope), target),
                               parameterPath(QStringLiteral("format")), nextGesture()});
}

PrecisionPanel::PrecisionPanel(QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(this)) {
    m_impl->build();
    setDesign(m_impl->design, m_impl->baseline);
    m_impl->matrix->setCurrentIndex(m_impl->model->index(0, 0));
    setStatistics({}, {});
}

PrecisionPanel::~PrecisionPanel() {
    disconnectChildren(*this);
}

void PrecisionPanel::setDesign(const design::DesignPoint& design,
                               const design::DesignPoint& baseline) {
    Impl& impl = *m_impl;
    design::PlanScope scope = impl.scope;
    if (!scope.layer.empty() && !design.network().indexOf(scope.layer)) {
        // A rename keeps the layer's place: follow it there.
        const auto place = impl.design.network().indexOf(scope.layer);
        const bool renamed =
            place && design.network().layers.size() == impl.design.network().layers.size();
        scope = {{}, renamed ? design.network().layers[*place].name : std::string()};
    }
    impl.design = design;
    impl.baseline = baseline;
    impl.kept->setKept(design.precision().kept);
    impl.fillScopes();
    if (impl.scopeRow(scope) < 0) {
        scope = {};
    }
    if (scope != impl.scope) {
        impl.setScope(scope);
    } else {
        impl.showMatrix();
    }
}

design::PlanScope PrecisionPanel::scope() const {
    return m_impl->scope;
}

void PrecisionPanel::setStatistics(const QString& layer,
                                   const std::vector<RoleStatistics>& statistics) {
    Impl& impl = *m_impl;
    impl.statisticsModel->setRows(statistics);
    impl.statistics->setVisible(!statistics.empty());
    QStringList samples;
    for (const auto& row : statistics) {
        if (!samples.contains(row.sample)) {
            samples.append(row.sample);
        }
    }
    const QString title =
        layer.isEmpty() ? tr("Quantisation error") : tr("Quantisation error · %1").arg(layer);
    const QString source = statistics.empty() ? tr("nothing measured for this scope yet")
                                              : tr("on %1").arg(samples.join(QStringLiteral("; ")));
    impl.statisticsHeading->setText(
        QStringLiteral("<b>%1</b> · %2").arg(title.toHtmlEscaped(), source.toHtmlEscaped()));
}

AccuracyLine& PrecisionPanel::accuracy() {
    return *m_impl->accuracy;
}

void PrecisionPanel::setScopeLayer(const QString& layer) {
    const design::PlanScope wanted{{}, layer.toStdString()};
    if (m_impl->scopeRow(wanted) >= 0) {
        m_impl->setScope(wanted);  // layers without a matrix product have no formats to show
    }
}

void PrecisionPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool sideBySide = event->size().width() > fontMetrics().averageCharWidth() * 127;
    if (sideBySide != m_impl->wide) {
        m_impl->arrange(sideBySide);
    }
}

}  // namespace mantissa::ui
