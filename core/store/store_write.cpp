// SPDX-License-Identifier: GPL-3.0-or-later
// The store's writing half.
#include <algorithm>
#include <span>

#include "mantissa_version.h"

#include "core/design/design_json.h"
#include "core/store/process_token.h"
#include "core/store/store_impl.h"

namespace mantissa::store {
namespace {

/// A removed design is there again, in either case. The JSON holds the name and the note too.
constexpr std::string_view kInsertOrRename =
    "INSERT INTO design (hash, train_hash, hw_hash, name, note, json, created_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET "
    "name = excluded.name, note = excluded.note, json = excluded.json, deleted_ms = NULL";
constexpr std::string_view kInsertOrKeep =
    "INSERT INTO design (hash, train_hash, hw_hash, name, note, json, created_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET deleted_ms = NULL";

std::string insertDesign(Store::Impl& impl, const design::DesignPoint& design, NamePolicy names) {
    auto hash = designHash(design);
    impl.query(names == NamePolicy::Replace ? kInsertOrRename : kInsertOrKeep)
        .bind(hash, trainHash(design), hwHash(design), design.name(), design.note(), toJson(design),
              nowMs())
        .exec();
    return hash;
}

void insertSteps(Store::Impl& impl, std::int64_t run, const std::vector<train::StepMetric>& steps) {
    for (const auto& step : steps) {
        impl.query("INSERT INTO step_metric (run, step, loss, accuracy) VALUES (?, ?, ?, ?)")
            .bind(run, step.step, step.loss, step.accuracy)
            .exec();
    }
}

/// Replaces the run's checkpoint.
void insertCheckpoint(Store::Impl& impl, std::int64_t run, const train::Checkpoint& checkpoint) {
    impl.query("DELETE FROM checkpoint WHERE run = ?").bind(run).exec();
    impl.query("INSERT INTO checkpoint (run, epoch) VALUES (?, ?)")
        .bind(run, checkpoint.epoch)
        .exec();
    auto left = std::span(checkpoint.state);
    for (std::int64_t part = 0; !left.empty(); ++part) {
        const auto bytes = left.first(std::min(left.size(), kCheckpointPartBytes));
        impl.query("INSERT INTO checkpoint_part (run, part, bytes) VALUES (?, ?, ?)")
            .bind(run, part, bytes)
            .exec();
        left = left.subspan(bytes.size());
    }
}

void insertEvents(Store::Impl& impl, std::int64_t run, const std::vector<train::RunEvent>& events) {
    for (const auto& event : events) {
        impl.query("INSERT INTO run_event (run, step, subject, value, text) VALUES (?, ?, ?, ?, ?)")
            .bind(run, event.step, std::string_view(event.subject), event.value,
                  std::string_view(event.text))
            .exec();
    }
}

void insertRecords(Store::Impl& impl, std::int64_t run, const StepRecords& records) {
    insertSteps(impl, run, records.steps);
    insertEvents(impl, run, records.events);
    for (const auto& seen : records.observations) {
        impl.query(
                "INSERT INTO observation (run, step, layer, operand, measure, value) "
                "VALUES (?, ?, ?, ?, ?, ?)")
            .bind(run, seen.step, std::string_view(seen.layer), std::string_view(seen.operand),
                  std::string_view(seen.measure), seen.value)
            .exec();
    }
}

/// Results belong to a run in progress; anything else is a caller's mistake or a deleted file.
Result<void> needRunning(Store::Impl& impl, std::int64_t run) {
    auto query = impl.query("SELECT status FROM run WHERE id = ?");
    if (!query.bind(run).next()) {
        return fail(ErrorCode::NotFound, "there is no run " + std::to_string(run),
                    impl.file.string());
    }
    if (const auto status = query.text(0); status != statusText(StoredStatus::Running)) {
        return fail(ErrorCode::InvalidInput,
                    "run " + std::to_string(run) + " is " + status + ", not running",
                    impl.file.string());
    }
    return {};
}

}  // namespace

Result<std::string> Store::putDesign(const design::DesignPoint& design, NamePolicy names) {
    return validate(design).and_then([&] {
        return m_impl->writing("cannot store the design", [&]() -> Result<std::string> {
            return insertDesign(*m_impl, design, names);
        });
    });
}

Result<std::int64_t> Store::startRun(const RunStart& start) {
    const auto insert = [&]() -> Result<std::int64_t> {
        const auto now = nowMs();
        const auto hash = insertDesign(*m_impl, start.design, NamePolicy::Keep);
        const auto training = trainHash(start.design);
        // A design stored earlier may have another: of an older version, or of a multiplier's table
        // that has changed since. Its results speak for it until there are new ones.
        m_impl
            ->query(
                "UPDATE design SET train_hash = ?1 WHERE hash = ?2 AND NOT EXISTS (SELECT 1 FROM "
                "run r JOIN epoch_metric e ON e.run = r.id WHERE r.train_hash = design.train_hash)")
            .bind(training, hash)
            .exec();
        m_impl
            ->query(
                "INSERT INTO run (design_hash, train_hash, emulation, status, dataset_hash, "
                "program_version, kernel_path, threads, epochs_planned, process, started_ms, "
                "updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(hash, training, design::kEmulation, statusText(StoredStatus::Running),
                  start.datasetHash, kVersion, start.kernelPath, start.threads,
                  start.design.recipe().epochs, ownProcessToken(), now, now)
            .exec();
        return m_impl->database.getLastInsertRowid();
    };
    return validate(start.design).and_then([&] {
        return m_impl->writing("cannot start the run", insert);
    });
}

Result<void> Store::commitEpoch(std::int64_t run, const StepRecords& records,
                                const train::EpochMetric& epoch,
                                const train::Checkpoint& checkpoint) {
    return m_impl->writing("cannot store the epoch", [&]() -> Result<void> {
        if (auto running = needRunning(*m_impl, run); !running) {
            return running;
        }
        insertRecords(*m_impl, run, records);
        m_impl
            ->query(
                "INSERT INTO epoch_metric (run, epoch, step, train_loss, train_accuracy, "
                "test_loss, test_accuracy, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(run, epoch.epoch, epoch.step, epoch.trainLoss, epoch.trainAccuracy,
                  epoch.testLoss, epoch.testAccuracy, epoch.seconds)
            .exec();
        insertCheckpoint(*m_impl, run, checkpoint);
        m_impl
            ->query(
                "UPDATE design SET train_hash = r.train_hash FROM run r "
                "WHERE r.id = ? AND design.hash = r.design_hash")
            .bind(run)
            .exec();
        m_impl->query("UPDATE run SET updated_ms = ? WHERE id = ?").bind(nowMs(), run).exec();
        return {};
    });
}

Result<void> Store::finishRun(std::int64_t run, StoredStatus status, std::string_view reason,
                              const StepRecords& remaining) {
    if (status == StoredStatus::Running) {
        return fail(ErrorCode::InvalidInput, "a finished run cannot be running",
                    m_impl->file.string());
    }
    return m_impl->writing("cannot finish the run", [&]() -> Result<void> {
        if (auto running = needRunning(*m_impl, run); !running) {
            return running;
        }
        insertRecords(*m_impl, run, remaining);
        const auto now = nowMs();
        m_impl
            ->query(
                "UPDATE run SET status = ?, reason = ?, updated_ms = ?, ended_ms = ? "
                "WHERE id = ?")
            .bind(statusText(status), reason, now, now, run)
            .exec();
        if (status == StoredStatus::Done) {
            m_impl
                ->query(
                    "DELETE FROM checkpoint WHERE run IN (SELECT r.id FROM run r, run finished "
                    "WHERE finished.id = ? AND r.train_hash = finished.train_hash "
                    "AND r.emulation = finished.emulation "
                    "AND r.dataset_hash = finished.dataset_hash AND r.status != 'running')")
                .bind(run)
                .exec();
        }
        return {};
    });
}

Result<void> Store::putHardware(const HardwareRow& report) {
    return m_impl->writing("cannot store the hardware report", [&]() -> Result<void> {
        m_impl
            ->query(
                "INSERT OR REPLACE INTO hw (hw_hash, model_version, technology, area_um2, "
                "energy_pj, cycles, breakdown_json) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(report.hwHash, report.modelVersion, report.technology, report.area_um2,
                  report.energy_pj, report.cycles, report.breakdownJson)
            .exec();
        return {};
    });
}

Result<void> Store::removeDesign(std::string_view hash) {
    return m_impl->writing("cannot remove the design", [&]() -> Result<void> {
        const int rows =
            m_impl->query("UPDATE design SET deleted_ms = ? WHERE hash = ? AND deleted_ms IS NULL")
                .bind(nowMs(), hash)
                .exec();
        if (rows == 0) {
            return fail(ErrorCode::NotFound, "there is no design " + std::string(hash),
                        m_impl->file.string());
        }
        return {};
    });
}

}  // namespace mantissa::store
