// SPDX-License-Identifier: GPL-3.0-or-later
// The local database: designs, runs, metrics by step, hardware reports. One file, SQLite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/design/design_point.h"
#include "core/error.h"
#include "core/train/trainer.h"

namespace mantissa::store {

enum class StoredStatus { Running, Done, Cancelled, Diverged, Failed, Interrupted };
std::string_view statusText(StoredStatus status);  ///< "running", ..., as in the database

struct RunStart {
    design::DesignPoint design;
    std::string datasetHash;
    std::string kernelPath;
    int threads = 1;
};

/// Of a run that an older version stored, whose training cannot be told from its hash any more.
inline constexpr int kUnknownEmulation = 0;

struct RunRow {
    std::int64_t id = 0;
    std::string designHash;
    std::string trainHash;
    std::string designName;
    StoredStatus status = StoredStatus::Running;
    std::string reason;  ///< Diverged, Failed: why
    std::string datasetHash;
    std::string programVersion;
    std::string kernelPath;
    int threads = 1;
    std::int64_t startedMs = 0;  ///< Unix time, ms
    std::int64_t endedMs = 0;    ///< 0 while running
    int epochsDone = 0;
    int epochsPlanned = 0;
    std::optional<double> testAccuracy;  ///< of the last epoch
    std::optional<double> testLoss;
    int emulation = kUnknownEmulation;  ///< design::kEmulation of the program that trained
};
std::string emulationText(const RunRow& run);  ///< "emulation 1", "an unknown emulation"
/// "done", or "done by emulation 1" where that is not this version's.
std::string statusText(const RunRow& run);

struct DesignRow {
    std::string hash;
    design::DesignPoint design;
    std::int64_t createdMs = 0;
    std::optional<RunRow> latestRun;  ///< Store::latestRun of the design
    std::optional<double> area_um2;   ///< newest hardware report of the same hwHash
    std::optional<double> energy_pj;  ///< of one training step
    std::optional<double> cycles;
};

/// What a database holds.
struct DesignList {
    std::vector<DesignRow> rows;  ///< newest first
    std::vector<Error>
        unreadable;  ///< designs that this version cannot read: their hash in `where`
};

struct HardwareRow {
    std::string hwHash;
    std::string modelVersion;
    std::string technology;
    double area_um2 = 0;
    double energy_pj = 0;
    double cycles = 0;
    std::string breakdownJson;
};

/// What a run leaves step by step.
struct StepRecords {
    std::vector<train::StepMetric> steps;
    std::vector<train::RunEvent> events = {};
    std::vector<train::Observation> observations = {};
};

struct Curves : StepRecords {
    std::vector<train::EpochMetric> epochs;
};

/// A run that was stopped, ready to go on.
struct StoppedRun {
    std::int64_t run = 0;
    train::Checkpoint checkpoint;
    Curves curves;  ///< up to the checkpoint
};

/// Whether a design that is stored already takes the new name and note.
enum class NamePolicy { Replace, Keep };

enum class Access { ReadWrite, ReadOnly };

/// A connection. Calls from several threads take turns; open one read-write connection a program,
/// and read-only ones for readers that must not wait for it (WAL lets them run together).
class Store {
public:
    /// Creates or migrates the file when read-write. WAL, foreign keys, busy timeout 5 s. Errors:
    /// not a database, not ours, written by a newer version (opens read-only only), no permission.
    /// On opening read-write, runs left "running" by a dead process become "interrupted", with
    /// their curve kept.
    static Result<Store> open(const std::filesystem::path& file, Access access);
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    /// Inserts the design or, when its hash is there, updates name and note unless they are to be
    /// kept. Returns its hash.
    Result<std::string> putDesign(const design::DesignPoint& design,
                                  NamePolicy names = NamePolicy::Replace);
    /// Also puts the design; one that is there keeps its name. Returns the run's id.
    Result<std::int64_t> startRun(const RunStart& start);
    /// One transaction: what was recorded since the last call, the epoch and its checkpoint. A
    /// crash afterwards loses nothing of it.
    Result<void> commitEpoch(std::int64_t run, const StepRecords& records,
                             const train::EpochMetric& epoch, const train::Checkpoint& checkpoint);
    /// Also stores the records of an unfinished epoch. Keeps the last checkpoint unless Done: a
    /// training that was brought to its end also drops those of its stopped runs on the same data.
    Result<void> finishRun(std::int64_t run, StoredStatus status, std::string_view reason,
                           const StepRecords& remaining = {});
    Result<void> putHardware(const HardwareRow& report);

    Result<DesignList> designs() const;
    /// By full hash, exact name (the newest of that name) or unique prefix of a hash (>= 4
    /// characters), tried in this order.
    Result<DesignRow> findDesign(std::string_view hashOrName) const;
    /// Of the design with this full hash, or all; newest first.
    Result<std::vector<RunRow>> runs(std::string_view designHash = {}) const;
    Result<Curves> curves(std::int64_t run) const;
    /// Of a run's curves only the observations of one measure ("sqnr_db").
    Result<std::vector<train::Observation>> observations(std::int64_t run,
                                                         std::string_view measure) const;
    /// The run that speaks for a training, of the newest emulation that finished an epoch: the
    /// newest that is done, else the newest with an epoch. Without an epoch by any emulation the
    /// newest, whose status says why there is no result (epochsDone 0, no accuracy).
    Result<std::optional<RunRow>> latestRun(std::string_view trainHash) const;
    /// The same of the runs of one emulation.
    Result<std::optional<RunRow>> latestRun(std::string_view trainHash, int emulation) const;
    /// The newest interrupted or cancelled run of this training on these data, by this version's
    /// emulation, that has a checkpoint.
    Result<std::optional<StoppedRun>> stoppedRun(std::string_view trainHash,
                                                 std::string_view datasetHash) const;
    Result<std::optional<HardwareRow>> hardware(std::string_view hwHash) const;
    /// Soft: hidden from designs(), brought back by putDesign.
    Result<void> removeDesign(std::string_view hash);

    struct Impl;  ///< private to core/store

private:
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::store
