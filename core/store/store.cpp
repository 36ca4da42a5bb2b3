// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a store, and what its reading and writing halves share.
#include "core/store/store.h"

#include <cerrno>
#include <chrono>
#include <limits>
#include <system_error>
#include <thread>

#include <sqlite3.h>
#include <unistd.h>

#include "core/store/former_train_hash.h"
#include "core/store/process_token.h"
#include "core/store/schema.h"
#include "core/store/store_impl.h"

namespace mantissa::store {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyTimeoutMs = 5000;

tl::unexpected<Error> systemError(int code, const fs::path& file) {
    return fail(code == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                "cannot open the database: " + std::generic_category().message(code),
                file.string());
}

/// The system's own reason where the path cannot work; SQLite would only say "unable to open". The
/// file is not opened here: closing it again would drop the locks of this process's connections.
Result<void> checkPath(const fs::path& file, Access access) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) {
        return systemError(EISDIR, file);
    }
    const int mode = access == Access::ReadWrite ? R_OK | W_OK : R_OK;
    if (::access(file.c_str(), mode) == 0) {
        return {};
    }
    if (errno != ENOENT || access == Access::ReadOnly) {
        return systemError(errno, file);
    }
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        return systemError(errno, file);
    }
    return {};
}

/// The path as a URI: SQLite's only way to say "immutable".
std::string immutableUri(const fs::path& file) {
    std::string uri = "file:";
    for (const char c : fs::absolute(file).string()) {
        const bool special = c == '?' || c == '#' || c == '%';
        uri += special ? (c == '?' ? "%3f" : c == '#' ? "%23" : "%25") : std::string(1, c);
    }
    return uri + "?immutable=1";
}

SQLite::Database connectReadOnly(const fs::path& file) {
    // A write-ahead log needs a shared-memory file beside it. In a folder that cannot be written
    // and without a log, nobody can be writing either: the file may be read as it is.
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const bool frozen =
        ::access(folder.c_str(), W_OK) != 0 && !fs::exists(fs::path(file.string() + "-wal"));
    return {frozen ? immutableUri(file) : file.string(),
            SQLite::OPEN_READONLY | (frozen ? SQLite::OPEN_URI : 0), kBusyTimeoutMs};
}

Result<void> checkOwner(const FileState& state, Access access, const fs::path& file) {
    const auto version = std::to_string(state.version);
    switch (state.kind) {
        case FileKind::Foreign:
            return fail(ErrorCode::InvalidInput, "the database belongs to another application",
                        file.string(), "choose another file");
        case FileKind::Newer:
            if (access == Access::ReadWrite) {
                return fail(ErrorCode::Unsupported,
                            "the database has version " + version + ", this program writes " +
                                std::to_string(migrations().back().version),
                            file.string(), "open it read-only or with a newer program");
            }
            return {};
        case FileKind::Empty:
            if (access == Access::ReadOnly) {
                return fail(ErrorCode::NotFound, "the file holds no database yet", file.string());
            }
            return {};
        case FileKind::Older:
            if (access == Access::ReadOnly) {
                return fail(ErrorCode::Unsupported, "the database has the older version " + version,
                            file.string(), "open it once for writing, which brings it up to date");
            }
            return {};
        case FileKind::Current:
            return {};
    }
    return {};
}

/// Runs of processes that are gone. Those of a live process, perhaps another window, stay.
std::vector<std::int64_t> lostRuns(SQLite::Database& database) {
    std::vector<std::int64_t> lost;
    SQLite::Statement running(database, "SELECT id, process FROM run WHERE status = 'running'");
    while (running.executeStep()) {
        if (!isProcessAlive(running.getColumn(1).getString())) {
            lost.push_back(running.getColumn(0).getInt64());
        }
    }
    return lost;
}

void markInterrupted(SQLite::Database& database) {
    if (lostRuns(database).empty()) {
        return;  // nothing to write: opening need not wait for another writer
    }
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement mark(
        database, "UPDATE run SET status = 'interrupted', ended_ms = updated_ms WHERE id = ?");
    for (const auto id : lostRuns(database)) {
        mark.bind(1, id);
        mark.exec();
        mark.reset();
    }
    transaction.commit();
}

/// Two processes that make the file at once both change its journal, which SQLite answers with
/// "busy" without waiting.
void useWriteAheadLog(SQLite::Database& database) {
    constexpr std::chrono::milliseconds kPause{5};
    for (int waited = 0;; waited += static_cast<int>(kPause.count())) {
        try {
            database.exec("PRAGMA journal_mode = WAL");
            return;
        } catch (const SQLite::Exception& exception) {
            if (exception.getErrorCode() != SQLITE_BUSY || waited >= kBusyTimeoutMs) {
                throw;
            }
        }
        std::this_thread::sleep_for(kPause);
    }
}

void prepareForWriting(SQLite::Database& database, const fs::path& file) {
    useWriteAheadLog(database);
    // FULL survives a power cut too, not only a killed process as NORMAL does. It costs one sync a
    // commit, and there is one commit an epoch.
    database.exec("PRAGMA synchronous = FULL");
    addFormerTrainHash(database);
    migrate(database, file, migrations());
    database.exec("PRAGMA foreign_keys = ON");
    markInterrupted(database);
}

}  // namespace

Error sqlError(const SQLite::Exception& exception, std::string_view what, const fs::path& file) {
    Error error{
        ErrorCode::Internal, std::string(what) + ": " + exception.what(), file.string(), {}};
    switch (exception.getErrorCode()) {
        case SQLITE_NOTADB:
            error.code = ErrorCode::InvalidInput;
            error.message = std::string(what) + ": the file is not a database";
            error.hint = "choose another file";
            break;
        case SQLITE_CORRUPT:
            error.code = ErrorCode::Corrupt;
            error.hint = "restore a backup of the file";
            break;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            error.code = ErrorCode::Io;
            error.hint = "another program is writing to it; try again";
            break;
        case SQLITE_FULL:
            error.code = ErrorCode::Io;
            error.hint = "make room on the disk";
            break;
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            error.code = ErrorCode::Io;
            error.hint = "file and folder must be writable";
            break;
        case SQLITE_CONSTRAINT:
        case SQLITE_TOOBIG:
            error.code = ErrorCode::InvalidInput;
            break;
        default:
            break;
    }
    return error;
}

std::int64_t nowMs() {
    using std::chrono::duration_cast;
    const auto sinceEpoch = std::chrono::system_clock::now().time_since_epoch();
    return duration_cast<std::chrono::milliseconds>(sinceEpoch).count();
}

double Query::real(int column) const {
    return optionalReal(column).value_or(std::numeric_limits<double>::quiet_NaN());
}

std::optional<double> Query::optionalReal(int column) const {
    const auto value = m_statement.getColumn(column);
    return value.isNull() ? std::nullopt : std::optional(value.getDouble());
}

std::span<const std::byte> Query::blob(int column) const {
    const auto value = m_statement.getColumn(column);
    return {static_cast<const std::byte*>(value.getBlob()),
            static_cast<std::size_t>(value.getBytes())};
}

std::string_view statusText(StoredStatus status) {
    switch (status) {
        case StoredStatus::Running:
            return "running";
        case StoredStatus::Done:
            return "done";
        case StoredStatus::Cancelled:
            return "cancelled";
        case StoredStatus::Diverged:
            return "diverged";
        case StoredStatus::Failed:
            return "failed";
        case StoredStatus::Interrupted:
            break;
    }
    return "interrupted";
}

std::string emulationText(const RunRow& run) {
    return run.emulation == kUnknownEmulation ? "an unknown emulation"
                                              : "emulation " + std::to_string(run.emulation);
}

std::string statusText(const RunRow& run) {
    std::string text(statusText(run.status));
    return run.emulation == design::kEmulation ? text : text + " by " + emulationText(run);
}

Result<Store> Store::open(const fs::path& file, Access access) {
    if (auto possible = checkPath(file, access); !possible) {
        return tl::unexpected(possible.error());
    }
    try {
        auto database =
            access == Access::ReadOnly
                ? connectReadOnly(file)
                : SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                                   kBusyTimeoutMs);
        const auto state = inspect(database, migrations().back().version);
        if (auto ours = checkOwner(state, access, file); !ours) {
            return tl::unexpected(ours.error());
        }
        if (access == Access::ReadWrite) {
            prepareForWriting(database, file);
        }
        return Store(std::make_unique<Impl>(file, access, std::move(database)));
    } catch (const SQLite::Exception& exception) {
        return tl::unexpected(sqlError(exception, "cannot open the database", file));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal,
                    std::string("cannot open the database: ") + exception.what(), file.string());
    }
}

Store::Store(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

}  // namespace mantissa::store
