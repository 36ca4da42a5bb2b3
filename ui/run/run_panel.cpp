// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_panel.h"

#include <QFrame>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QResizeEvent>
#include <QScrollArea>
#include <QSplitter>
#include <QStyle>
#include <QTabWidget>
#include <QVBoxLayout>
#include <optional>

#include "ui/charts/chart.h"
#include "ui/common/error_label.h"
#include "ui/common/job_progress.h"
#include "ui/common/param_form.h"
#include "ui/common/teardown.h"
#include "ui/common/text.h"
#include "ui/run/dataset_box.h"
#include "ui/run/event_chart.h"
#include "ui/run/observation_page.h"
#include "ui/run/run_charts.h"

namespace mantissa::ui {
namespace {

bool isActive(RunState state) {
    return state == RunState::Queued || state == RunState::Running || state == RunState::Cancelling;
}

QString stateText(RunState state) {
    switch (state) {
        case RunState::Idle:
            return RunPanel::tr("Ready");
        case RunState::Queued:
            return RunPanel::tr("Queued");
        case RunState::Running:
            return RunPanel::tr("Running");
        case RunState::Cancelling:
            return RunPanel::tr("Cancelling");
        case RunState::Done:
            return RunPanel::tr("Done");
        case RunState::Cancelled:
            return RunPanel::tr("Cancelled");
        case RunState::Diverged:
            return RunPanel::tr("Diverged");
        case RunState::Failed:
            return RunPanel::tr("Failed");
    }
    return {};
}

std::optional<Error> problemOf(RunState state, const QString& message) {
    if (state == RunState::Diverged) {
        return Error{ErrorCode::Diverged,
                     RunPanel::tr("Training diverged: %1").arg(message).toStdString(),
                     {},
                     RunPanel::tr("Lower the learning rate, or give errors and weight gradients "
                                  "more bits or exponent range; then run again.")
                         .toStdString()};
    }
    if (state == RunState::Failed) {
        return Error{ErrorCode::Internal,
                     RunPanel::tr("The run failed: %1").arg(message).toStdString(),
                     {},
                     RunPanel::tr("Correct what the message names, then run again.").toStdString()};
    }
    return std::nullopt;
}

QFont scaledFont(const QFont& font, double factor, bool bold) {
    QFont scaled = font;
    if (font.pointSizeF() > 0) {
        scaled.setPointSizeF(font.pointSizeF() * factor);
    } else {
        scaled.setPixelSize(static_cast<int>(font.pixelSize() * factor));
    }
    scaled.setBold(bold);
    return scaled;
}

}  // namespace

struct RunPanel::Impl {
    explicit Impl(RunPanel& owner);

    RunPanel& panel;
    design::DesignPoint design;
    RunState state = RunState::Idle;
    int epochsPlanned = 0;  ///< of the run that the curves show

    QPushButton* run = nullptr;
    QPushButton* cancel = nullptr;
    QLabel* stateLabel = nullptr;
    JobProgress* progress = nullptr;
    QLabel* figure = nullptr;
    QLabel* caption = nullptr;
    ErrorLabel* problem = nullptr;
    ErrorLabel* staleLabel = nullptr;
    DatasetBox* dataset = nullptr;
    ParamForm<train::Recipe>* recipe = nullptr;
    ParamForm<train::PrecisionControl>* control = nullptr;
    QSplitter* splitter = nullptr;
    Chart* loss = nullptr;
    Chart* accuracy = nullptr;
    Chart* changes = nullptr;
    RunCurves* curves = nullptr;
    std::optional<EventChart> events;
    ObservationPage* observations = nullptr;

    QWidget* buildControls();
    QWidget* buildFigure();
    QWidget* buildRecipe();
    QWidget* buildControl();
    QWidget* buildCharts();
    void showState(const QString& message);
    void showFigure(const std::optional<train::EpochMetric>& epoch);
    void showRecipe();
    void editDataset(const QString& name);
    template <typename S>
    void editParam(const ParamForm<S>& form, const char* part, int index, quint64 gesture,
                   const design::DesignPoint& after, double value);
};

RunPanel::Impl::Impl(RunPanel& owner) : panel(owner) {
    auto* column = new QWidget;
    auto* layout = new QVBoxLayout(column);
    layout->addWidget(buildControls());
    problem = new ErrorLabel;
    layout->addWidget(problem);
    layout->addWidget(buildFigure());
    layout->addWidget(buildRecipe());
    layout->addWidget(buildControl());
    layout->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(column);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(column->minimumSizeHint().width() +
                            panel.style()->pixelMetric(QStyle::PM_ScrollBarExtent));
    scroll->setFocusPolicy(Qt::NoFocus);
    splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(scroll);
    splitter->addWidget(buildCharts());
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    auto* outer = new QVBoxLayout(&panel);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(splitter);
    curves = new RunCurves(loss, accuracy, &panel);
    events.emplace(changes);
    showState({});
    showFigure(std::nullopt);
}

QWidget* RunPanel::Impl::buildControls() {
    auto* box = new QWidget;
    run = new QPushButton(tr("&Run"));
    run->setToolTip(tr("Train this design under emulated precision (F5)"));
    cancel = new QPushButton(tr("&Cancel"));
    cancel->setToolTip(tr("Stop the run and keep its curves (Ctrl+.)"));
    connect(run, &QPushButton::clicked, &panel, &RunPanel::runRequested);
    connect(cancel, &QPushButton::clicked, &panel, &RunPanel::cancelRequested);
    run->setObjectName(QStringLiteral("run"));
    cancel->setObjectName(QStringLiteral("cancel"));
    stateLabel = new QLabel;
    stateLabel->setWordWrap(true);
    stateLabel->setObjectName(QStringLiteral("state"));
    progress = new JobProgress(tr("Progress of the run"), Qt::Vertical);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(run);
    buttons->addWidget(cancel);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(buttons);
    layout->addWidget(stateLabel);
    layout->addWidget(progress);
    return box;
}

QWidget* RunPanel::Impl::buildFigure() {
    auto* box = new QWidget;
    figure = new QLabel;
    figure->setFont(scaledFont(panel.font(), 2.4, true));
    figure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    figure->setObjectName(QStringLiteral("figure"));
    caption = new QLabel;
    caption->setWordWrap(true);
    caption->setObjectName(QStringLiteral("caption"));
    staleLabel = new ErrorLabel;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(2);
    layout->addWidget(figure);
    layout->addWidget(caption);
    layout->addWidget(staleLabel);
    return box;
}

QWidget* RunPanel::Impl::buildRecipe() {
    auto* box = new QGroupBox(tr("Recipe"));
    recipe = new ParamForm<train::Recipe>(train::recipeParams());
    dataset = new DatasetBox;
    auto* layout = new QVBoxLayout(box);
    layout->addWidget(dataset);
    layout->addWidget(recipe);
    connect(dataset, &DatasetBox::edited, &panel,
            [this](const QString& name) { editDataset(name); });
    connect(recipe, &ParamFormBase::valueEdited, &panel,
            [this](int index, double value, quint64 gesture) {
                editParam(*recipe, "recipe", index, gesture,
                          design.withRecipe(recipe->withValue(design.recipe(), index, value)),
                          value);
            });
    return box;
}

QWidget* RunPanel::Impl::buildControl() {
    auto* box = new QGroupBox(tr("Precision during the run"));
    control = new ParamForm<train::PrecisionControl>(train::controlParams());
    auto* layout = new QVBoxLayout(box);
    layout->addWidget(control);
    connect(control, &ParamFormBase::valueEdited, &panel,
            [this](int index, double value, quint64 gesture) {
                editParam(*control, "control", index, gesture,
                          design.withControl(control->withValue(design.control(), index, value)),
                          value);
            });
    return box;
}

QWidget* RunPanel::Impl::buildCharts() {
    loss = new Chart;
    accuracy = new Chart;
    changes = new Chart;
    const QString empty = tr("No curve yet.\nPress Run to train this design.");
    loss->setEmptyText(empty);
    accuracy->setEmptyText(empty);
    changes->setEmptyText(
        tr("Nothing changed its format so far.\nPrecision control and loss scaling show here."));
    auto* curvePage = new QSplitter(Qt::Vertical);
    curvePage->addWidget(loss);
    curvePage->addWidget(accuracy);
    curvePage->setChildrenCollapsible(false);
    observations = new ObservationPage;
    auto* pages = new QTabWidget;
    pages->setMinimumWidth(panel.fontMetrics().averageCharWidth() * 36);
    pages->setDocumentMode(true);
    pages->addTab(curvePage, tr("C&urves"));
    pages->addTab(observations, tr("&Losses of formats"));
    pages->addTab(changes, tr("C&hanges"));
    return pages;
}

void RunPanel::Impl::showState(const QString& message) {
    const bool active = isActive(state);
    run->setEnabled(!active);
    cancel->setEnabled(state == RunState::Queued || state == RunState::Running);
    const auto error = problemOf(state, message);
    problem->setError(error);
    const QString name = QStringLiteral("<b>%1</b>").arg(stateText(state).toHtmlEscaped());
    stateLabel->setText(
        message.isEmpty() || error ? name : tr("%1 – %2").arg(name, message.toHtmlEscaped()));
    if (active != progress->isVisibleTo(&panel) || state == RunState::Queued) {
        progress->setBusy(active);
    }
}

void RunPanel::Impl::showFigure(const std::optional<train::EpochMetric>& epoch) {
    if (!epoch) {
        figure->setText(QStringLiteral("–"));
        figure->setAccessibleName(tr("Test accuracy: not run"));
        caption->setText(tr("test accuracy: not run"));
        return;
    }
    const QString value = tr("%1 %").arg(QLocale().toString(100 * epoch->testAccuracy, 'f', 1));
    const QString where = epochsPlanned > 0
                              ? tr("epoch %1 of %2").arg(epoch->epoch).arg(epochsPlanned)
                              : tr("epoch %1").arg(epoch->epoch);
    figure->setText(value);
    caption->setText(tr("test accuracy, measured, %1").arg(where));
    figure->setAccessibleName(value + QLatin1Char(' ') + caption->text());
}

void RunPanel::Impl::showRecipe() {
    dataset->setDataset(design.dataset());
    recipe->setValues(design.recipe());
    for (int i = 0; i < recipe->count(); ++i) {
        recipe->setRowVisible(i, train::recipeParamMatters(design.recipe(), recipe->spec(i).id));
    }
    control->setValues(design.control());
    for (int i = 0; i < control->count(); ++i) {
        control->setRowVisible(i,
                               train::controlParamMatters(design.control(), control->spec(i).id));
    }
}

void RunPanel::Impl::editDataset(const QString& name) {
    DesignEdit edit;
    edit.after = design.withDataset(name.toStdString());
    edit.text = tr("Set data set to %1").arg(name);
    edit.parameter = QStringLiteral("/dataset");
    edit.gesture = nextGesture();
    emit panel.editRequested(edit);
}

template <typename S>
void RunPanel::Impl::editParam(const ParamForm<S>& form, const char* part, int index,
                               quint64 gesture, const design::DesignPoint& after, double value) {
    const ParamSpec& spec = form.spec(index);
    DesignEdit edit;
    edit.after = after;
    edit.text =
        tr("Set %1 to %2")
            .arg(toQt(spec.label).toLower(), QString::fromStdString(paramText(spec, value)));
    edit.parameter = QLatin1Char('/') + QLatin1String(part) + QLatin1Char('/') + toQt(spec.id);
    edit.gesture = gesture;
    emit panel.editRequested(edit);
}

RunPanel::RunPanel(QWidget* parent) : QWidget(parent), m_impl(std::make_unique<Impl>(*this)) {
    setDesign({});
}

RunPanel::~RunPanel() {
    disconnectChildren(*this);
}

void RunPanel::setDesign(const design::DesignPoint& design) {
    m_impl->design = design;
    m_impl->showRecipe();
}

void RunPanel::setState(RunState state, const QString& message) {
    m_impl->state = state;
    m_impl->showState(message);
}

void RunPanel::setProgress(const QString& phase, qint64 done, qint64 total, const QString& eta,
                           const QString& speed) {
    const QString count =
        total > 0 ? tr("%1 of %2").arg(QLocale().toString(done), QLocale().toString(total))
                  : QString();
    m_impl->progress->setProgress(done, total, {phase, count, speed, eta});
}

void RunPanel::beginCurves(const design::DesignPoint& design, qint64 planned) {
    m_impl->epochsPlanned = design.recipe().epochs;
    const QString name = QString::fromStdString(design.name());
    m_impl->curves->begin(name, planned);
    m_impl->events->begin(name, planned);
    m_impl->observations->begin(name, planned);
    m_impl->showFigure(std::nullopt);
}

void RunPanel::appendCurves(const std::vector<train::StepMetric>& steps,
                            const std::vector<train::EpochMetric>& epochs) {
    m_impl->curves->append(steps, epochs);
    if (!epochs.empty()) {
        m_impl->showFigure(epochs.back());
    }
}

void RunPanel::appendEvents(const std::vector<train::RunEvent>& events) {
    m_impl->events->append(events);
}

void RunPanel::appendObservations(const std::vector<train::Observation>& observations) {
    m_impl->observations->append(observations);
}

void RunPanel::setStale(const QString& reason) {
    const bool stale = !reason.isEmpty();
    const QString text = stale ? tr("Stale: %1").arg(reason) : QString();
    m_impl->staleLabel->setWarning(text);
    // Greyed as well as said: the figure belongs to another design.
    const auto role = stale ? QPalette::PlaceholderText : QPalette::WindowText;
    m_impl->figure->setForegroundRole(role);
    m_impl->caption->setForegroundRole(role);
    m_impl->loss->setNote(text);
    m_impl->accuracy->setNote(text);
    m_impl->changes->setNote(text);
    m_impl->observations->chart()->setNote(text);
}

std::vector<Chart*> RunPanel::charts() const {
    return {m_impl->loss, m_impl->accuracy, m_impl->observations->chart(), m_impl->changes};
}

void RunPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int narrow = fontMetrics().averageCharWidth() * 80;
    const auto wanted = event->size().width() < narrow ? Qt::Vertical : Qt::Horizontal;
    if (m_impl->splitter->orientation() != wanted) {
        m_impl->splitter->setOrientation(wanted);
    }
}

}  // namespace mantissa::ui
