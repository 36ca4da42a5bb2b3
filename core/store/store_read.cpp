// SPDX-License-Identifier: GPL-3.0-or-later
// The store's reading half.
#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "core/design/design_json.h"
#include "core/store/store_impl.h"

namespace mantissa::store {
namespace {

constexpr std::size_t kShortestPrefix = 4;

/// Columns of a RunRow, in the order of readRun; the last epoch's results come with it.
constexpr std::string_view kRunsOfDesign =
    "SELECT r.id, r.design_hash, r.train_hash, d.name, r.status, r.reason, r.dataset_hash, "
    "r.program_version, r.kernel_path, r.threads, r.started_ms, r.ended_ms, r.epochs_planned, "
    "e.epoch, e.test_accuracy, e.test_loss, r.emulation FROM run r JOIN design d ON d.hash = "
    "r.design_hash "
    "LEFT JOIN epoch_metric e ON e.run = r.id "
    "AND e.epoch = (SELECT max(epoch) FROM epoch_metric WHERE run = r.id) "
    "WHERE ?1 = '' OR r.design_hash = ?1 ORDER BY r.id DESC";
constexpr std::string_view kLatestRun =
    "SELECT r.id, r.design_hash, r.train_hash, d.name, r.status, r.reason, r.dataset_hash, "
    "r.program_version, r.kernel_path, r.threads, r.started_ms, r.ended_ms, r.epochs_planned, "
    "e.epoch, e.test_accuracy, e.test_loss, r.emulation FROM run r JOIN design d ON d.hash = "
    "r.design_hash "
    "LEFT JOIN epoch_metric e ON e.run = r.id "
    "AND e.epoch = (SELECT max(epoch) FROM epoch_metric WHERE run = r.id) "
    "WHERE r.train_hash = ?1 AND r.emulation BETWEEN ?2 AND ?3 "
    "ORDER BY e.epoch IS NOT NULL DESC, r.emulation DESC, r.status = 'done' DESC, r.id DESC "
    "LIMIT 1";

/// Columns of a StoredDesign.
constexpr std::string_view kAllDesigns =
    "SELECT hash, train_hash, hw_hash, json, created_ms FROM design WHERE deleted_ms IS NULL "
    "ORDER BY id DESC";
constexpr std::string_view kDesignByHash =
    "SELECT hash, train_hash, hw_hash, json, created_ms FROM design WHERE deleted_ms IS NULL "
    "AND hash = ?1";
constexpr std::string_view kDesignByName =
    "SELECT hash, train_hash, hw_hash, json, created_ms FROM design WHERE deleted_ms IS NULL "
    "AND name = ?1 ORDER BY id DESC LIMIT 1";
/// '{' sorts after every digit of a hash. Two rows are enough to know that a prefix is ambiguous.
constexpr std::string_view kDesignsByPrefix =
    "SELECT hash, train_hash, hw_hash, json, created_ms FROM design WHERE deleted_ms IS NULL "
    "AND hash >= ?1 AND hash < ?1 || '{' ORDER BY hash LIMIT 2";

/// A design before its JSON is read.
struct StoredDesign {
    std::string hash;
    std::string trainHash;
    std::string hwHash;
    std::string json;
    std::int64_t createdMs = 0;
};

std::vector<StoredDesign> readStored(Query& query) {
    std::vector<StoredDesign> rows;
    while (query.next()) {
        rows.push_back(
            {query.text(0), query.text(1), query.text(2), query.text(3), query.integer(4)});
    }
    return rows;
}

std::vector<StoredDesign> storedDesigns(Store::Impl& impl, std::string_view sql) {
    auto query = impl.query(sql);
    return readStored(query);
}

std::vector<StoredDesign> storedDesigns(Store::Impl& impl, std::string_view sql,
                                        std::string_view key) {
    auto query = impl.query(sql);
    query.bind(key);
    return readStored(query);
}

Result<StoredStatus> readStatus(const std::string& text) {
    constexpr std::array kAll{StoredStatus::Running,   StoredStatus::Done,
                              StoredStatus::Cancelled, StoredStatus::Diverged,
                              StoredStatus::Failed,    StoredStatus::Interrupted};
    const auto* found = std::find_if(kAll.begin(), kAll.end(),
                                     [&](StoredStatus s) { return statusText(s) == text; });
    if (found == kAll.end()) {
        return fail(ErrorCode::Unsupported, "unknown status \"" + text + "\" of a run");
    }
    return *found;
}

Result<RunRow> readRun(const Query& query) {
    const auto status = readStatus(query.text(4));
    if (!status) {
        return tl::unexpected(status.error());
    }
    return RunRow{
        .id = query.integer(0),
        .designHash = query.text(1),
        .trainHash = query.text(2),
        .designName = query.text(3),
        .status = *status,
        .reason = query.text(5),
        .datasetHash = query.text(6),
        .programVersion = query.text(7),
        .kernelPath = query.text(8),
        .threads = query.smallInteger(9),
        .startedMs = query.integer(10),
        .endedMs = query.integer(11),
        .epochsDone = query.smallInteger(13),
        .epochsPlanned = query.smallInteger(12),
        .testAccuracy = query.optionalReal(14),
        .testLoss = query.optionalReal(15),
        .emulation = query.smallInteger(16),
    };
}

template <typename... Keys>
Result<std::vector<RunRow>> readRuns(Store::Impl& impl, std::string_view sql, const Keys&... keys) {
    std::vector<RunRow> rows;
    auto query = impl.query(sql);
    query.bind(keys...);
    while (query.next()) {
        auto row = readRun(query);
        if (!row) {
            return tl::unexpected(row.error());
        }
        rows.push_back(std::move(*row));
    }
    return rows;
}

std::optional<HardwareRow> readHardware(Store::Impl& impl, std::string_view hwHash) {
    auto query = impl.query(
        "SELECT hw_hash, model_version, technology, area_um2, energy_pj, cycles, breakdown_json "
        "FROM hw WHERE hw_hash = ? ORDER BY id DESC LIMIT 1");
    if (!query.bind(hwHash).next()) {
        return std::nullopt;
    }
    return HardwareRow{query.text(0), query.text(1), query.text(2), query.real(3),
                       query.real(4), query.real(5), query.text(6)};
}

/// Of the emulations from `oldest` to `newest`.
Result<std::optional<RunRow>> readLatestRun(Store::Impl& impl, std::string_view trainHash,
                                            int oldest, int newest) {
    return readRuns(impl, kLatestRun, trainHash, oldest, newest).map([](std::vector<RunRow> runs) {
        return runs.empty() ? std::nullopt : std::optional(std::move(runs.front()));
    });
}

Result<std::optional<RunRow>> readLatestRun(Store::Impl& impl, std::string_view trainHash) {
    return readLatestRun(impl, trainHash, kUnknownEmulation, std::numeric_limits<int>::max());
}

std::vector<train::Observation> readObservations(Query& query) {
    std::vector<train::Observation> seen;
    while (query.next()) {
        seen.push_back(
            {query.integer(0), query.text(1), query.text(2), query.text(3), query.real(4)});
    }
    return seen;
}

/// Metrics of a run's steps before `stepEnd` and of its epochs.
Curves readCurves(Store::Impl& impl, std::int64_t run, std::int64_t stepEnd) {
    Curves curves;
    auto steps = impl.query(
        "SELECT step, loss, accuracy FROM step_metric WHERE run = ? AND step < ? ORDER BY step");
    steps.bind(run, stepEnd);
    while (steps.next()) {
        curves.steps.push_back({steps.integer(0), steps.real(1), steps.real(2)});
    }
    auto epochs = impl.query(
        "SELECT epoch, step, train_loss, train_accuracy, test_loss, test_accuracy, seconds "
        "FROM epoch_metric WHERE run = ? ORDER BY epoch");
    epochs.bind(run);
    while (epochs.next()) {
        curves.epochs.push_back({epochs.smallInteger(0), epochs.integer(1), epochs.real(2),
                                 epochs.real(3), epochs.real(4), epochs.real(5), epochs.real(6)});
    }
    auto events = impl.query(
        "SELECT step, subject, value, text FROM run_event WHERE run = ? AND step < ? ORDER BY id");
    events.bind(run, stepEnd);
    while (events.next()) {
        curves.events.push_back(
            {events.integer(0), events.text(1), events.real(2), events.text(3)});
    }
    auto seen = impl.query(
        "SELECT step, layer, operand, measure, value FROM observation "
        "WHERE run = ? AND step < ? ORDER BY id");
    seen.bind(run, stepEnd);
    curves.observations = readObservations(seen);
    return curves;
}

/// readLatestRun of many designs, which often differ in their hardware alone.
class LatestRuns {
public:
    explicit LatestRuns(Store::Impl& impl) : m_impl(impl) {}
    const Result<std::optional<RunRow>>& of(const std::string& trainHash) {
        const auto found = m_known.find(trainHash);
        return found != m_known.end()
                   ? found->second
                   : m_known.emplace(trainHash, readLatestRun(m_impl, trainHash)).first->second;
    }

private:
    Store::Impl& m_impl;
    std::unordered_map<std::string, Result<std::optional<RunRow>>> m_known;
};

/// Reads the JSON and joins what is known about the design.
Result<DesignRow> completed(Store::Impl& impl, const StoredDesign& stored, LatestRuns& runs) {
    auto design = design::fromJson(stored.json, "design " + stored.hash);
    if (!design) {
        return tl::unexpected(design.error());
    }
    const auto& latest = runs.of(stored.trainHash);
    if (!latest) {
        return tl::unexpected(latest.error());
    }
    DesignRow row{.hash = stored.hash,
                  .design = std::move(*design),
                  .createdMs = stored.createdMs,
                  .latestRun = *latest,
                  .area_um2 = {},
                  .energy_pj = {},
                  .cycles = {}};
    if (const auto hardware = readHardware(impl, stored.hwHash)) {
        row.area_um2 = hardware->area_um2;
        row.energy_pj = hardware->energy_pj;
        row.cycles = hardware->cycles;
    }
    return row;
}

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

/// Full hash, then exact name, then prefix: a name that looks like a prefix means the name.
Result<StoredDesign> lookUp(Store::Impl& impl, std::string_view key) {
    const auto digits = lowerCase(key);
    if (auto rows = storedDesigns(impl, kDesignByHash, digits); !rows.empty()) {
        return rows.front();
    }
    if (auto rows = storedDesigns(impl, kDesignByName, key); !rows.empty()) {
        return rows.front();
    }
    const std::string quoted = "\"" + std::string(key) + "\"";
    if (key.size() < kShortestPrefix) {
        return fail(
            ErrorCode::NotFound, "no design is called " + quoted, impl.file.string(),
            "give a name or at least " + std::to_string(kShortestPrefix) + " characters of a hash");
    }
    const auto rows = storedDesigns(impl, kDesignsByPrefix, digits);
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "no design has the name or hash " + quoted,
                    impl.file.string());
    }
    if (rows.size() > 1) {
        return fail(ErrorCode::InvalidInput, "several designs have a hash that begins " + quoted,
                    impl.file.string(),
                    "give more characters: " + rows[0].hash + " or " + rows[1].hash);
    }
    return rows.front();
}

std::vector<std::byte> readState(Store::Impl& impl, std::int64_t run) {
    std::int64_t bytes = 0;
    {
        auto sum = impl.query("SELECT total(length(bytes)) FROM checkpoint_part WHERE run = ?");
        sum.bind(run).next();
        bytes = sum.integer(0);
    }
    std::vector<std::byte> state;
    state.reserve(static_cast<std::size_t>(bytes));
    auto query = impl.query("SELECT bytes FROM checkpoint_part WHERE run = ? ORDER BY part");
    for (query.bind(run); query.next();) {
        const auto part = query.blob(0);
        state.insert(state.end(), part.begin(), part.end());
    }
    return state;
}

}  // namespace

Result<DesignList> Store::designs() const {
    return m_impl->reading("cannot read the designs", [&]() -> Result<DesignList> {
        DesignList list;
        LatestRuns latest(*m_impl);
        for (const auto& stored : storedDesigns(*m_impl, kAllDesigns)) {
            if (auto row = completed(*m_impl, stored, latest)) {
                list.rows.push_back(std::move(*row));
            } else {
                list.unreadable.push_back(std::move(row.error()));
            }
        }
        return list;
    });
}

Result<DesignRow> Store::findDesign(std::string_view hashOrName) const {
    return m_impl->reading("cannot read the design", [&]() -> Result<DesignRow> {
        return lookUp(*m_impl, hashOrName).and_then([&](const StoredDesign& stored) {
            LatestRuns latest(*m_impl);
            return completed(*m_impl, stored, latest);
        });
    });
}

Result<std::vector<RunRow>> Store::runs(std::string_view designHash) const {
    return m_impl->reading("cannot read the runs",
                           [&]() { return readRuns(*m_impl, kRunsOfDesign, designHash); });
}

Result<Curves> Store::curves(std::int64_t run) const {
    return m_impl->reading("cannot read the curves", [&]() -> Result<Curves> {
        if (auto exists = m_impl->query("SELECT 1 FROM run WHERE id = ?");
            !exists.bind(run).next()) {
            return fail(ErrorCode::NotFound, "there is no run " + std::to_string(run),
                        m_impl->file.string());
        }
        return readCurves(*m_impl, run, std::numeric_limits<std::int64_t>::max());
    });
}

Result<std::vector<train::Observation>> Store::observations(std::int64_t run,
                                                            std::string_view measure) const {
    return m_impl->reading("cannot read the observations",
                           [&]() -> Result<std::vector<train::Observation>> {
                               auto query = m_impl->query(
                                   "SELECT step, layer, operand, measure, value FROM observation "
                                   "WHERE run = ? AND measure = ? ORDER BY id");
                               query.bind(run, measure);
                               return readObservations(query);
                           });
}

Result<std::optional<RunRow>> Store::latestRun(std::string_view trainHash) const {
    return m_impl->reading("cannot read the runs",
                           [&]() { return readLatestRun(*m_impl, trainHash); });
}

Result<std::optional<RunRow>> Store::latestRun(std::string_view trainHash, int emulation) const {
    return m_impl->reading("cannot read the runs", [&]() {
        return readLatestRun(*m_impl, trainHash, emulation, emulation);
    });
}

Result<std::optional<StoppedRun>> Store::stoppedRun(std::string_view trainHash,
                                                    std::string_view datasetHash) const {
    using Found = std::optional<StoppedRun>;
    return m_impl->reading("cannot read the stopped run", [&]() -> Result<Found> {
        // The epoch's own row gives the steps done. A run killed while it took over an earlier
        // run's curve has a checkpoint beyond its last epoch: it cannot go on by itself.
        auto query = m_impl->query(
            "SELECT r.id, c.epoch, e.step FROM run r JOIN checkpoint c ON c.run = r.id "
            "JOIN epoch_metric e ON e.run = r.id AND e.epoch = c.epoch "
            "WHERE r.train_hash = ? AND r.dataset_hash = ? AND r.emulation = ? "
            "AND r.status IN ('interrupted', 'cancelled') ORDER BY r.id DESC LIMIT 1");
        if (!query.bind(trainHash, datasetHash, design::kEmulation).next()) {
            return Found{};
        }
        const auto run = query.integer(0);
        return Found{StoppedRun{.run = run,
                                .checkpoint = {query.smallInteger(1), readState(*m_impl, run)},
                                .curves = readCurves(*m_impl, run, query.integer(2))}};
    });
}

Result<std::optional<HardwareRow>> Store::hardware(std::string_view hwHash) const {
    return m_impl->reading(
        "cannot read the hardware report",
        [&]() -> Result<std::optional<HardwareRow>> { return readHardware(*m_impl, hwHash); });
}

}  // namespace mantissa::store
