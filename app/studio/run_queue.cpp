// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/run_queue.h"

#include <QtConcurrent>
#include <utility>

#include "app/studio/background.h"
#include "app/studio/data_folder.h"

namespace mantissa::app {
namespace {

constexpr int kDrainIntervalMs = 80;

std::shared_ptr<const RunOutcome> runDesign(const design::DesignPoint& design,
                                            const EvaluateOptions& options,
                                            const std::shared_ptr<store::Store>& store,
                                            const std::shared_ptr<LiveBuffer>& live,
                                            const std::stop_token& stop) {
    yieldToTheWindow();
    const JobContext context(stop, [live](const Progress& progress) { live->report(progress); });
    auto outcome = std::make_shared<RunOutcome>(RunOutcome{design, {}, {}});
    const train::TrainObserver observer{
        .onStep = [live](const train::StepMetric& step) { live->append(step); },
        .onEvent = [live](const train::RunEvent& event) { live->append(event); },
        .onObservations = [live](const auto& seen) { live->append(seen); },
        .onEpoch = [live](const train::EpochMetric& epoch) { live->append(epoch); },
        .onCheckpoint =
            [outcome](const train::Checkpoint& checkpoint) {
                outcome->checkpoint = std::make_shared<const train::Checkpoint>(checkpoint);
            }};
    outcome->evaluation = withoutExceptions<Evaluation>(
        "training", [&] { return evaluate(design, options, store.get(), context, observer); });
    return outcome;
}

}  // namespace

void LiveBuffer::append(const train::StepMetric& step) {
    const std::lock_guard lock(m_mutex);
    m_pending.steps.push_back(step);
}

void LiveBuffer::append(const train::EpochMetric& epoch) {
    const std::lock_guard lock(m_mutex);
    m_pending.epochs.push_back(epoch);
}

void LiveBuffer::append(const train::RunEvent& event) {
    const std::lock_guard lock(m_mutex);
    m_pending.events.push_back(event);
}

void LiveBuffer::append(const std::vector<train::Observation>& seen) {
    const std::lock_guard lock(m_mutex);
    m_pending.observations.insert(m_pending.observations.end(), seen.begin(), seen.end());
}

void LiveBuffer::report(const Progress& progress) {
    const std::lock_guard lock(m_mutex);
    m_pending.phase = progress.phase;
    m_pending.done = progress.done;
    m_pending.total = progress.total;
}

LiveBuffer::Snapshot LiveBuffer::drain() {
    const std::lock_guard lock(m_mutex);
    Snapshot snapshot = std::move(m_pending);
    m_pending = {};
    m_pending.phase = snapshot.phase;
    m_pending.done = snapshot.done;
    m_pending.total = snapshot.total;
    return snapshot;
}

RunQueue::RunQueue(std::shared_ptr<store::Store> store, int threads, QObject* parent)
    : QObject(parent), m_store(std::move(store)), m_threads(threads) {
    m_pool.setMaxThreadCount(1);
    m_timer.setInterval(kDrainIntervalMs);
    connect(&m_timer, &QTimer::timeout, this, &RunQueue::drain);
    connect(&m_watcher, &QFutureWatcher<Outcome>::finished, this, &RunQueue::finishCurrent);
}

RunQueue::~RunQueue() {
    m_watcher.disconnect(this);
    m_closed = true;
    m_waiting.clear();
    m_stop.request_stop();
    m_pool.waitForDone();
}

void RunQueue::enqueue(const design::DesignPoint& design) {
    if (m_closed) {
        return;
    }
    m_waiting.push_back(design);
    startNext();
}

void RunQueue::cancel() {
    m_waiting.clear();
    m_stop.request_stop();
}

bool RunQueue::shutDown(int milliseconds) {
    m_closed = true;
    cancel();
    return m_pool.waitForDone(milliseconds);
}

void RunQueue::startNext() {
    if (m_running || m_waiting.empty()) {
        return;
    }
    m_running = true;
    m_firstStepAt.reset();
    const design::DesignPoint design = m_waiting.front();
    m_waiting.pop_front();
    m_stop = std::stop_source();
    m_live = std::make_shared<LiveBuffer>();
    m_eta = EtaEstimator();
    m_startedAt = std::chrono::steady_clock::now();
    EvaluateOptions options;
    options.threads = m_threads;
    options.datasetFolder = dataFolderFor(design, m_datasetFolder);
    emit started(design);
    m_watcher.setFuture(QtConcurrent::run(
        &m_pool, [design, options, store = m_store, live = m_live, stop = m_stop.get_token()] {
            return runDesign(design, options, store, live, stop);
        }));
    m_timer.start();
}

void RunQueue::drain() {
    const LiveBuffer::Snapshot live = m_live->drain();
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> elapsed = now - m_startedAt;
    m_eta.update(live.done, live.total, elapsed.count());
    if (live.done > 0 && !m_firstStepAt) {
        m_firstStepAt = now;  // reading the data is no part of the speed
    }
    const std::chrono::duration<double> training = now - m_firstStepAt.value_or(now);
    emit progressed(
        QString::fromStdString(live.phase), live.done, live.total,
        QString::fromStdString(m_eta.text()),
        training.count() > 0
            ? tr("%1 steps/s").arg(static_cast<double>(live.done) / training.count(), 0, 'f', 0)
            : QString());
    if (!live.steps.empty() || !live.epochs.empty() || !live.events.empty()) {
        emit metrics(live);
    }
}

void RunQueue::finishCurrent() {
    m_timer.stop();
    drain();
    m_running = false;
    emit finished(m_watcher.result());
    startNext();
}

}  // namespace mantissa::app
