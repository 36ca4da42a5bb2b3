// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/studio.h"

#include <QDir>
#include <algorithm>
#include <utility>

#include "mantissa_version.h"

#include "hwmodel/liberty.h"
#include "ui/charts/chart.h"
#include "ui/compare/compare_panel.h"
#include "ui/formats/formats_panel.h"
#include "ui/hardware/hardware_panel.h"
#include "ui/network/network_panel.h"
#include "ui/precision/precision_panel.h"
#include "ui/reproduce/reproduce_panel.h"
#include "ui/sensitivity/sensitivity_panel.h"

namespace mantissa::app {
namespace {

QString nameOf(const design::DesignPoint& design) {
    return QString::fromStdString(design.name());
}

QString hashOf(const design::DesignPoint& design) {
    return QString::fromStdString(design::designHash(design));
}

void setOrigin(const std::vector<ui::Chart*>& charts, const QString& hashes) {
    for (auto* chart : charts) {
        chart->setOrigin({hashes, QString::fromLatin1(kVersion)});
    }
}

/// What has changed since a run whose curves are shown; empty where nothing has that trains.
QString staleText(const design::DesignPoint& run, const design::DesignPoint& design) {
    if (design::trainHash(run) == design::trainHash(design)) {
        return {};
    }
    QStringList changes;
    for (const auto& difference : design::diff(run, design)) {
        if (difference.path.starts_with("/hardware") || difference.path == "/name" ||
            difference.path == "/note") {
            continue;
        }
        const auto shown = [](const std::string& value) {
            return QString::fromStdString(value.empty() ? "inherited" : value);
        };
        changes << Studio::tr("%1 %2 → %3")
                       .arg(QString::fromStdString(difference.label), shown(difference.before),
                            shown(difference.after));
    }
    constexpr int kNamed = 2;
    const auto more = changes.size() - kNamed;
    QString text = changes.mid(0, kNamed).join(QStringLiteral("; "));
    if (more > 0) {
        text += Studio::tr("; and %1 more").arg(more);
    }
    return Studio::tr("These curves are of %1. Changed since: %2").arg(nameOf(run), text);
}

}  // namespace

Studio::Studio(const Panels& panels, std::shared_ptr<store::Store> store,
               const StudioOptions& options, QObject* parent)
    : QObject(parent),
      m_panels(panels),
      m_options(options),
      m_store(store ? std::make_unique<StoreService>(store, options.databaseFile) : nullptr),
      m_accuracy(options.threads),
      m_sensitivity(options.threads),
      m_reproduce(store, options.threads, options.reproduction),
      m_runs(store, options.threads) {
    m_runs.setDatasetFolder(options.datasetFolder);
    m_preview.setDatasetFolder(options.datasetFolder);
    m_accuracy.setDatasetFolder(options.datasetFolder);
    m_studies.setDatasetFolder(options.datasetFolder);
    m_sensitivity.setDatasetFolder(options.datasetFolder);
    m_reproduce.setDatasetFolder(options.datasetFolder);
    connectDocument();
    connectRuns();
    connectFormats();
    connectSensitivity();
    connectReproduce();
    if (m_store) {
        connectStore();
        m_store->refresh();
    }
    m_panels.run->setState(ui::RunState::Idle, {});
}

Studio::~Studio() = default;

void Studio::connectDocument() {
    const auto apply = [this](const ui::DesignEdit& edit) { m_document.apply(edit); };
    connect(m_panels.network, &ui::NetworkPanel::editRequested, this, apply);
    connect(m_panels.precision, &ui::PrecisionPanel::editRequested, this, apply);
    connect(m_panels.run, &ui::RunPanel::editRequested, this, apply);
    connect(m_panels.hardware, &ui::HardwarePanel::editRequested, this, apply);
    connectHardware();
    connect(m_panels.sensitivity, &ui::SensitivityPanel::editRequested, this, apply);
    connect(&m_document, &Document::designChanged, this, &Studio::showDesign);

    connect(m_panels.network, &ui::NetworkPanel::layerSelected, this, [this](const QString& name) {
        const auto& network = m_document.design().network();
        const auto index = network.indexOf(name.toStdString());
        if (index && nn::kindOf(network.layers[*index].params).hasGemm) {
            m_panels.precision->setScopeLayer(name);
        }
    });
    connect(m_panels.precision, &ui::PrecisionPanel::scopeChanged, this, &Studio::showStatistics);
    connect(&m_preview, &OperandPreview::ready, m_panels.precision,
            &ui::PrecisionPanel::setStatistics);
    connect(&m_preview, &OperandPreview::failed, this, [this](const Error& error) {
        m_panels.precision->setStatistics({}, {});
        emit problem(error);
    });
    ui::AccuracyLine* line = &m_panels.precision->accuracy();
    connect(&m_accuracy, &AccuracyService::ready, line, &ui::AccuracyLine::setAccuracy);
    connect(&m_accuracy, &AccuracyService::failed, line, &ui::AccuracyLine::setProblem);
}

void Studio::connectRuns() {
    connect(m_panels.run, &ui::RunPanel::runRequested, this, &Studio::run);
    connect(m_panels.run, &ui::RunPanel::cancelRequested, this, &Studio::cancel);
    connect(&m_runs, &RunQueue::started, this, [this](const design::DesignPoint& design) {
        m_shownRun = design;
        m_curvesBegun = false;
        m_panels.run->setState(ui::RunState::Running, tr("Training %1").arg(nameOf(design)));
        setOrigin(m_panels.run->charts(), hashOf(design));
        showStale();
    });
    connect(&m_runs, &RunQueue::progressed, this,
            [this](const QString& phase, qint64 done, qint64 total, const QString& eta,
                   const QString& speed) {
                // The axis needs the number of steps, which is known once the data are read.
                if (!m_curvesBegun && total > 0 && m_shownRun) {
                    m_panels.run->beginCurves(*m_shownRun, total);
                    m_curvesBegun = true;
                }
                m_panels.run->setProgress(phase, done, total, eta, speed);
                if (total > 0) {
                    emit progressChanged(tr("%1 %").arg(done * 100 / total));
                }
            });
    connect(&m_runs, &RunQueue::metrics, this, [this](const LiveBuffer::Snapshot& live) {
        if (m_curvesBegun) {
            m_panels.run->appendCurves(live.steps, live.epochs);
            m_panels.run->appendEvents(live.events);
            m_panels.run->appendObservations(live.observations);
        }
    });
    connect(&m_runs, &RunQueue::finished, this,
            [this](const std::shared_ptr<const RunOutcome>& outcome) { showOutcome(*outcome); });
}

void Studio::connectStore() {
    connect(m_store.get(), &StoreService::failed, this, &Studio::problem);
    connect(m_store.get(), &StoreService::pointsLoaded, this, &Studio::showPoints);
    connect(m_store.get(), &StoreService::exported, this, [this](const QString& file) {
        emit message(tr("Exported %1").arg(QDir::toNativeSeparators(file)));
    });
    connect(m_store.get(), &StoreService::chosenLoaded, this,
            [this](const std::vector<ui::ComparePoint>& points) {
                m_panels.compare->setChosen(points);
                QStringList hashes;
                for (const auto& point : points) {
                    hashes << point.hash;
                }
                setOrigin(m_panels.compare->charts(), hashes.join(QStringLiteral(", ")));
            });
    connect(m_panels.compare, &ui::ComparePanel::chosenChanged, m_store.get(),
            &StoreService::loadChosen);
    connect(
        m_panels.compare, &ui::ComparePanel::removeRequested, this, [this](const QString& hash) {
            m_store->remove(hash);
            emit message(tr("Taken off the list; keeping the same design again brings it back."));
        });
    connect(m_panels.compare, &ui::ComparePanel::openRequested, this, [this](const QString& hash) {
        const auto point = std::find_if(m_points.begin(), m_points.end(),
                                        [&](const auto& p) { return p.hash == hash; });
        if (point != m_points.end()) {
            emit openRequested(point->design);
        }
    });
}

void Studio::connectFormats() {
    auto* page = m_panels.formats;
    connect(page, &ui::FormatsPanel::studyRequested, this,
            [this](const ui::FormatsRequest& request) {
                m_studies.request(request, m_document.design());
                // The figures belong to a design only where one of its operands is among the data.
                const bool operand = request.tensor.kind == ui::TensorChoice::Kind::Operand;
                setOrigin(m_panels.formats->charts(),
                          operand ? hashOf(m_document.design()) : QString());
            });
    connect(&m_studies, &FormatStudyService::ready, page, &ui::FormatsPanel::setStudies);
    connect(&m_studies, &FormatStudyService::failed, page, &ui::FormatsPanel::setError);
    page->request();
}

void Studio::connectHardware() {
    connect(m_panels.hardware, &ui::HardwarePanel::layerSelected, m_panels.network,
            &ui::NetworkPanel::selectLayer);
    connect(m_panels.hardware, &ui::HardwarePanel::libraryChanged, this,
            [this](const hw::Library& library) {
                m_liberty.cancel();
                m_hardware.setLibrary(library);
                showHardware();
            });
    connect(&m_hardware, &HardwareService::ready, this,
            [this](const ui::HardwareFigures& figures, const QString& hash) {
                m_panels.hardware->setFigures(figures);
                m_panels.hardware->setOrigin({hash, QString::fromLatin1(kVersion)});
            });
    connect(&m_hardware, &HardwareService::failed, m_panels.hardware, &ui::HardwarePanel::setError);
}

void Studio::useLiberty(const std::filesystem::path& file) {
    m_liberty.request([this, file](const std::stop_token&) -> LatestJob::Deliver {
        return [this, library = hw::libraryFromLiberty(file)] {
            if (!library) {
                emit problem(library.error());
                return;
            }
            m_hardware.setLibrary(*library);
            m_panels.hardware->setLibrary(*library);
            showHardware();
            emit message(
                tr("Hardware is priced as %1").arg(QString::fromStdString(library->label)));
        };
    });
}

void Studio::connectSensitivity() {
    auto* page = m_panels.sensitivity;
    connect(page, &ui::SensitivityPanel::analysisRequested, this,
            [this, page](const design::DesignPoint& design) {
                page->setProblem({});
                page->setBusy(true);
                m_sensitivity.start(design);
            });
    connect(page, &ui::SensitivityPanel::cancelRequested, this, [this] { m_sensitivity.cancel(); });
    connect(&m_sensitivity, &SensitivityService::progressed, page,
            &ui::SensitivityPanel::setProgress);
    connect(&m_sensitivity, &SensitivityService::ready, this,
            [page](const design::DesignPoint& design, const study::Sensitivity& result) {
                page->setBusy(false);
                page->setResult(design, result);
            });
    connect(&m_sensitivity, &SensitivityService::failed, this, [page](const Error& error) {
        page->setBusy(false);
        page->setProblem(error);
    });
}

void Studio::connectReproduce() {
    auto* page = m_panels.reproduce;
    connect(page, &ui::ReproducePanel::shown, &m_reproduce, &ReproduceService::look);
    connect(page, &ui::ReproducePanel::reproduceRequested, this, [this, page](int system) {
        page->setProblem({});
        page->setBusy(true);
        m_reproduce.reproduce(system);
    });
    connect(page, &ui::ReproducePanel::cancelRequested, this, [this] { m_reproduce.cancel(); });
    connect(page, &ui::ReproducePanel::openRequested, this, &Studio::openRequested);
    connect(&m_reproduce, &ReproduceService::progressed, page, &ui::ReproducePanel::setProgress);
    connect(&m_reproduce, &ReproduceService::found, page, &ui::ReproducePanel::setOutcomes);
    connect(&m_reproduce, &ReproduceService::failed, this,
            [page](const Error& error) { page->setProblem(error); });
    connect(&m_reproduce, &ReproduceService::finished, this, [this, page] {
        page->setBusy(false);
        if (m_store) {
            m_store->refresh();  // what was trained can be compared
        }
    });
    const auto baseline = baselineFor(m_reproduce.scale());
    page->setSystems(m_reproduce.systems(), baseline.value_or(design::DesignPoint()),
                     QString::fromStdString(scaleText(m_reproduce.scale())));
}

void Studio::showPoints(const std::vector<ui::ComparePoint>& points) {
    m_points = points;
    m_pointsKnown = true;
    m_panels.compare->setPoints(points);
    std::vector<ui::NamedDesign> designs;
    for (const auto& point : points) {
        designs.push_back({point.name, point.hash, point.design});
    }
    m_panels.hardware->setOthers(designs);
    if (std::exchange(m_keepIfFirst, false)) {
        if (points.empty()) {
            keepPoint();
        } else {
            chooseWhenLoaded(m_document.design());
        }
    }
    // Those that are not there yet come with the answer to a later request.
    std::vector<QString> present;
    for (const auto& hash : m_toChoose) {
        if (std::any_of(points.begin(), points.end(),
                        [&](const auto& point) { return point.hash == hash; })) {
            present.push_back(hash);
        }
    }
    std::erase_if(m_toChoose, [&](const QString& hash) {
        return std::find(present.begin(), present.end(), hash) != present.end();
    });
    chooseToo(present);
    m_store->loadChosen(m_panels.compare->chosen());
}

void Studio::showDesign() {
    const design::DesignPoint& design = m_document.design();
    m_panels.network->setDesign(design);
    m_panels.precision->setDesign(design, m_document.baseline());
    m_panels.run->setDesign(design);
    m_panels.hardware->setDesign(design);
    m_panels.sensitivity->setDesign(design);
    showLayers();
    showHardware();
    showStatistics();
    showAccuracy();
    showStale();
}

/// Whose operands the formats page can take.
void Studio::showLayers() {
    QStringList layers;
    for (const auto& layer : m_document.design().network().layers) {
        if (nn::kindOf(layer.params).hasGemm) {
            layers << QString::fromStdString(layer.name);
        }
    }
    m_panels.formats->setLayers(layers);
}

void Studio::showHardware() {
    m_hardware.request(m_document.design(), m_document.baseline());
}

bool Studio::isValid(const design::DesignPoint& design) {
    const auto valid =
        m_valid ? design::validateChanges(design, *m_valid) : design::validate(design);
    if (valid) {
        m_valid = design;
    }
    return valid.has_value();
}

void Studio::showStatistics() {
    const design::DesignPoint& design = m_document.design();
    if (!isValid(design)) {
        clearStatistics();
        return;
    }
    const design::PlanScope scope = m_panels.precision->scope();
    // A wider scope is shown on the first layer that it reaches.
    for (const auto& layer : design.network().layers) {
        const auto& kind = nn::kindOf(layer.params);
        const bool reached = scope.layer.empty() ? scope.kind.empty() || scope.kind == kind.id
                                                 : scope.layer == layer.name;
        if (kind.hasGemm && reached) {
            m_preview.request(design, QString::fromStdString(layer.name));
            return;
        }
    }
    clearStatistics();
}

void Studio::clearStatistics() {
    m_preview.cancel();
    m_panels.precision->setStatistics({}, {});
}

void Studio::showAccuracy() {
    const design::DesignPoint& design = m_document.design();
    m_panels.precision->accuracy().setStale();
    if (isValid(design)) {
        m_accuracy.request(design, m_runs.isBusy());
    } else {
        m_accuracy.cancel();
    }
}

void Studio::showStale() {
    if (!m_shownRun) {
        m_stale.cancel();
        m_panels.run->setStale({});
        return;
    }
    m_stale.request([this, run = *m_shownRun,
                     design = m_document.design()](const std::stop_token&) -> LatestJob::Deliver {
        return [this, text = staleText(run, design)] { m_panels.run->setStale(text); };
    });
}

void Studio::showOutcome(const RunOutcome& outcome) {
    emit progressChanged({});
    const QString name = nameOf(outcome.design);
    if (!outcome.evaluation) {
        m_panels.run->setState(ui::RunState::Failed,
                               QString::fromStdString(outcome.evaluation.error().text()));
        emit problem(outcome.evaluation.error());
    } else {
        const train::TrainResult& result = outcome.evaluation->training;
        switch (result.status) {
            case train::RunStatus::Done:
                m_panels.run->setState(
                    ui::RunState::Done,
                    result.epochs.empty()
                        ? name
                        : tr("%1: %2 % test accuracy (measured)")
                              .arg(name)
                              .arg(result.epochs.back().testAccuracy * 100, 0, 'f', 2));
                break;
            case train::RunStatus::Cancelled:
                m_panels.run->setState(ui::RunState::Cancelled,
                                       tr("%1 was cancelled; its curve so far is kept.").arg(name));
                break;
            case train::RunStatus::Diverged:
                m_panels.run->setState(ui::RunState::Diverged,
                                       QString::fromStdString(result.reason));
                break;
        }
        if (outcome.checkpoint && result.status != train::RunStatus::Diverged) {
            m_accuracy.setTrained(outcome.design, outcome.checkpoint);
            showAccuracy();
        }
    }
    if (m_store) {
        chooseWhenLoaded(outcome.design);
        m_store->refresh();
    }
}

/// With its FP32 baseline, which comes first.
void Studio::chooseWhenLoaded(const design::DesignPoint& design) {
    m_toChoose.push_back(hashOf(design.withPrecision({})));
    m_toChoose.push_back(hashOf(design));
}

/// Adds to what is compared; the first chosen point stays the baseline of the table.
void Studio::chooseToo(const std::vector<QString>& hashes) {
    std::vector<QString> chosen = m_panels.compare->chosen();
    for (const auto& hash : hashes) {
        if (std::find(chosen.begin(), chosen.end(), hash) == chosen.end()) {
            chosen.push_back(hash);
        }
    }
    m_panels.compare->choose(chosen);
}

void Studio::keepPoint() {
    if (!m_store) {
        emit message(tr("No database is open: nothing can be kept."));
        return;
    }
    chooseWhenLoaded(m_document.design());
    m_store->keep(m_document.design(), m_document.baseline());
    emit message(tr("Kept %1 and its FP32 baseline").arg(nameOf(m_document.design())));
}

void Studio::keepFirstPoint() {
    if (!m_store) {
        return;
    }
    m_keepIfFirst = true;
    m_store->refresh();
}

void Studio::exportComparison(const QString& file) {
    const auto chosen = m_panels.compare->chosen();
    if (!m_store || chosen.empty()) {
        emit message(tr("Tick designs in the list first: there is nothing to compare."));
        return;
    }
    m_store->exportComparison(chosen, file);
}

void Studio::setDatasetFolder(const std::filesystem::path& folder) {
    m_runs.setDatasetFolder(folder);
    m_preview.setDatasetFolder(folder);
    m_accuracy.setDatasetFolder(folder);
    m_studies.setDatasetFolder(folder);
    m_sensitivity.setDatasetFolder(folder);
    m_reproduce.setDatasetFolder(folder);
    showStatistics();
}

void Studio::run() {
    start(m_document.design());
}

void Studio::runBaseline() {
    start(m_document.baseline());
}

void Studio::start(const design::DesignPoint& design) {
    if (const auto valid = design::validate(design); !valid) {
        m_panels.run->setState(ui::RunState::Failed, QString::fromStdString(valid.error().text()));
        emit problem(valid.error());
        return;
    }
    const bool waits = m_runs.isBusy();
    m_runs.enqueue(design);
    if (m_store) {
        m_store->keep(m_document.design(), m_document.baseline());
    }
    if (waits) {
        emit message(tr("%1 waits for the present run to end").arg(nameOf(design)));
    }
}

void Studio::cancel() {
    if (m_runs.isBusy()) {
        if (m_runs.waiting() > 0) {
            emit message(tr("Waiting runs that will not start: %1").arg(m_runs.waiting()));
        }
        m_panels.run->setState(ui::RunState::Cancelling, tr("Stopping…"));
        m_runs.cancel();
    }
}

bool Studio::shutDown(int milliseconds) {
    m_preview.cancel();
    m_accuracy.cancel();
    m_studies.cancel();
    m_sensitivity.cancel();
    m_reproduce.shutDown();
    m_hardware.cancel();
    m_liberty.cancel();
    m_stale.cancel();
    const bool stopped = m_runs.shutDown(milliseconds);
    m_preview.waitForDone();
    m_accuracy.waitForDone();
    m_studies.waitForDone();
    m_sensitivity.waitForDone();
    m_reproduce.waitForDone();
    m_hardware.waitForDone();
    m_liberty.waitForDone();
    m_stale.waitForDone();
    if (m_store) {
        m_store->waitForDone();
    }
    return stopped;
}

}  // namespace mantissa::app
