// SPDX-License-Identifier: GPL-3.0-or-later
// What happens on opening: files that are not ours, not writable, older, newer.
#include <array>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/design/design_json.h"
#include "core/store/schema.h"
#include "tests/core/store/store_helpers.h"

namespace mantissa::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

using StoreOpen = StoreTest;
using Migrate = StoreTest;

TEST_F(StoreOpen, CreatesAFileWithOurMarkAndAWriteAheadLog) {
    const auto store = open();
    SQLite::Database database(m_file.string());
    EXPECT_EQ(database.execAndGet("PRAGMA application_id").getInt(), kApplicationId);
    EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), migrations().back().version);
    EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "wal");
}

TEST_F(StoreOpen, FindsWhatWasThere) {
    ASSERT_TRUE(open().putDesign({}));
    EXPECT_EQ(open().designs()->rows.size(), 1U);
    EXPECT_EQ(open(Access::ReadOnly).designs()->rows.size(), 1U);
}

TEST_F(StoreOpen, ReadOnlyRefusesEveryWrite) {
    (void)open();
    auto store = open(Access::ReadOnly);
    EXPECT_EQ(store.putDesign({}).error().code, ErrorCode::Unsupported);
    EXPECT_EQ(store.startRun(start()).error().code, ErrorCode::Unsupported);
    EXPECT_EQ(commit(store, 1, 1).error().code, ErrorCode::Unsupported);
    EXPECT_EQ(store.putHardware({}).error().code, ErrorCode::Unsupported);
    EXPECT_EQ(store.removeDesign("x").error().code, ErrorCode::Unsupported);
}

TEST_F(StoreOpen, ReadOnlyDoesNotCreate) {
    EXPECT_EQ(openError(Access::ReadOnly).code, ErrorCode::NotFound);
    EXPECT_FALSE(fs::exists(m_file));
    std::ofstream(m_file).close();
    EXPECT_EQ(openError(Access::ReadOnly).code, ErrorCode::NotFound);
}

TEST_F(StoreOpen, AnEmptyFileBecomesADatabase) {
    std::ofstream(m_file).close();
    EXPECT_TRUE(open().designs()->rows.empty());
}

TEST_F(StoreOpen, ATextFileIsRefusedAndLeftAlone) {
    const std::string text = "dear diary, today I trained a network\n";
    std::ofstream(m_file) << text;
    for (const auto access : {Access::ReadWrite, Access::ReadOnly}) {
        const auto error = openError(access);
        EXPECT_EQ(error.code, ErrorCode::InvalidInput);
        EXPECT_THAT(error.text(), HasSubstr("not a database"));
        EXPECT_THAT(error.text(), HasSubstr(m_file.string()));
    }
    EXPECT_EQ(fs::file_size(m_file), text.size());
}

TEST_F(StoreOpen, AnotherApplicationsDatabaseIsRefusedAndLeftAlone) {
    SQLite::Database(m_file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE design (a)");
    const auto before = fs::last_write_time(m_file);
    EXPECT_THAT(openError().message, HasSubstr("another application"));
    EXPECT_EQ(openError(Access::ReadOnly).code, ErrorCode::InvalidInput);
    EXPECT_EQ(fs::last_write_time(m_file), before);
}

TEST_F(StoreOpen, ANewerFileIsReadButNotWritten) {
    ASSERT_TRUE(open().putDesign({}));
    SQLite::Database(m_file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
    const auto error = openError();
    EXPECT_EQ(error.code, ErrorCode::Unsupported);
    EXPECT_THAT(error.message, HasSubstr("99"));
    EXPECT_THAT(error.hint, HasSubstr("read-only"));
    EXPECT_EQ(open(Access::ReadOnly).designs()->rows.size(), 1U);
}

TEST_F(StoreOpen, AFolderAndAPathThroughAFileSayTheSystemsReason) {
    fs::create_directory(m_file);
    EXPECT_THAT(openError().message, HasSubstr("Is a directory"));
    std::ofstream(m_folder / "plain") << "x";
    m_file = m_folder / "plain" / "store.mantissa";
    EXPECT_THAT(openError().message, HasSubstr("Not a directory"));
    m_file = m_folder / "absent" / "store.mantissa";
    EXPECT_THAT(openError().message, HasSubstr("No such file or directory"));
}

/// Runs `check` in a process that permissions bind, as they do not bind root; 0 is success.
template <typename Check>
int asOrdinaryUser(const Check& check) {
    constexpr unsigned kNobody = 65534;
    const pid_t child = ::fork();
    if (child == 0) {
        const bool bound = ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 &&
                                                ::setgid(kNobody) == 0 && ::setuid(kNobody) == 0);
        ::_exit(bound ? check() : 100);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 101;
}

TEST_F(StoreOpen, AReadOnlyFolderCanBeReadButNotWritten) {
    ASSERT_TRUE(open().putDesign({}));
    fs::permissions(m_file, fs::perms::owner_read | fs::perms::others_read);
    fs::permissions(m_folder, fs::perms::owner_read | fs::perms::owner_exec |
                                  fs::perms::others_read | fs::perms::others_exec);
    EXPECT_EQ(asOrdinaryUser([&] {
                  const auto store = Store::open(m_file, Access::ReadOnly);
                  return store && store->designs() && store->designs()->rows.size() == 1 ? 0 : 1;
              }),
              0);
    EXPECT_EQ(asOrdinaryUser([&] {
                  const auto store = Store::open(m_file, Access::ReadWrite);
                  return !store && store.error().code == ErrorCode::Io &&
                                 store.error().message.find("Permission denied") !=
                                     std::string::npos
                             ? 0
                             : 1;
              }),
              0);
    EXPECT_EQ(asOrdinaryUser([&] {
                  const auto store = Store::open(m_folder / "new", Access::ReadWrite);
                  return !store && store.error().code == ErrorCode::Io ? 0 : 1;
              }),
              0);
    fs::permissions(m_folder, fs::perms::owner_all);
}

constexpr std::array kTwoSteps{
    Migration{1, "CREATE TABLE a (x INTEGER) STRICT"},
    Migration{2, "ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = 'n'"}};

SQLite::Database connect(const fs::path& file) {
    return {file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
}

TEST_F(Migrate, BringsAnOlderFileUpToDateAndKeepsACopy) {
    auto database = connect(m_file);
    migrate(database, m_file, std::span(kTwoSteps).first(1));
    database.exec("INSERT INTO a VALUES (7)");
    EXPECT_EQ(inspect(database, 2).kind, FileKind::Older);
    migrate(database, m_file, kTwoSteps);
    EXPECT_EQ(inspect(database, 2).kind, FileKind::Current);
    EXPECT_EQ(database.execAndGet("SELECT y FROM a WHERE x = 7").getString(), "n");
    auto backup = connect(m_file.string() + ".v1.backup");
    EXPECT_EQ(inspect(backup, 2).version, 1);
    EXPECT_EQ(backup.execAndGet("SELECT x FROM a").getInt(), 7);
}

TEST_F(Migrate, OfANewFileLeavesNoCopy) {
    auto database = connect(m_file);
    migrate(database, m_file, kTwoSteps);
    EXPECT_EQ(inspect(database, 2).kind, FileKind::Current);
    EXPECT_FALSE(fs::exists(m_file.string() + ".v1.backup"));
}

TEST_F(Migrate, ThatFailsLeavesTheVersionBefore) {
    constexpr std::array kBroken{kTwoSteps[0],
                                 Migration{2, "CREATE TABLE b (x); INSERT INTO absent VALUES (1)"}};
    auto database = connect(m_file);
    migrate(database, m_file, std::span(kBroken).first(1));
    EXPECT_THROW(migrate(database, m_file, kBroken), SQLite::Exception);
    EXPECT_EQ(inspect(database, 2).version, 1);
    EXPECT_FALSE(database.tableExists("b"));
    migrate(database, m_file, kTwoSteps);
    EXPECT_EQ(inspect(database, 2).version, 2);
}

TEST_F(Migrate, ThatWouldOrphanRowsIsUndone) {
    constexpr std::array kOrphaning{
        Migration{1, "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p)"},
        Migration{2, "INSERT INTO c VALUES (5)"}};
    auto database = connect(m_file);
    EXPECT_THROW(migrate(database, m_file, kOrphaning), SQLite::Exception);
    EXPECT_EQ(inspect(database, 2).version, 1);
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM c").getInt(), 0);
}

TEST_F(Migrate, KeepsACheckpointOfTheFirstVersion) {
    const auto trainHash = design::trainHash(design::DesignPoint{});
    {
        auto database = connect(m_file);
        migrate(database, m_file, migrations().first(1));
        database.exec(
            "INSERT INTO design (hash, train_hash, hw_hash, name, note, json, created_ms) "
            "VALUES ('d', '', '', '', '', '{}', 0)");
        database.exec(
            "INSERT INTO run (id, design_hash, train_hash, status, dataset_hash, program_version, "
            "kernel_path, threads, epochs_planned, process, started_ms, updated_ms) "
            "VALUES (1, 'd', '" +
            trainHash + "', 'cancelled', 'data', '', '', 1, 3, '', 0, 0)");
        database.exec("INSERT INTO epoch_metric (run, epoch, step) VALUES (1, 2, 20)");
        database.exec("INSERT INTO checkpoint (run, epoch, state) VALUES (1, 2, x'0a0b0c')");
    }
    const auto store = open();
    connect(m_file).exec("UPDATE run SET emulation = " + std::to_string(design::kEmulation));
    const auto stopped = store.stoppedRun(trainHash, "data").value();
    ASSERT_TRUE(stopped);
    EXPECT_EQ(stopped->checkpoint.epoch, 2);
    EXPECT_THAT(stopped->checkpoint.state,
                ::testing::ElementsAre(std::byte{10}, std::byte{11}, std::byte{12}));
    EXPECT_TRUE(fs::exists(m_file.string() + ".v1.backup"));
}

/// A database of version 4 with one design and a run of each of these hashes: until then a run's
/// train_hash held the emulation.
void makeVersion4(const fs::path& file, const design::DesignPoint& design,
                  const std::string& trainHash, std::span<const std::string> hashesOfRuns) {
    auto database = connect(file);
    migrate(database, file, migrations().first(4));
    SQLite::Statement insert(database,
                             "INSERT INTO design (hash, train_hash, hw_hash, name, note, json, "
                             "created_ms) VALUES (?, ?, '', '', '', ?, 0)");
    insert.bind(1, designHash(design));
    insert.bind(2, trainHash);
    insert.bind(3, design::toJson(design));
    insert.exec();
    for (const auto& hash : hashesOfRuns) {
        database.exec(
            "INSERT INTO run (design_hash, train_hash, status, dataset_hash, program_version, "
            "kernel_path, threads, epochs_planned, process, started_ms, updated_ms) VALUES ('" +
            designHash(design) + "', '" + hash + "', 'done', 'data', '', '', 1, 3, '', 0, 0)");
    }
}

TEST_F(Migrate, TellsTheEmulationOfRunsFromTheirHashes) {
    const design::DesignPoint design;
    const std::array hashes{std::string("older still"), design::formerTrainHash(design, 1),
                            design::formerTrainHash(design, 2), design::formerTrainHash(design, 3)};
    makeVersion4(m_file, design, hashes[2], hashes);
    const auto store = open();
    const auto runs = store.runs().value();  // newest first
    ASSERT_EQ(runs.size(), 4U);
    for (int emulation = 1; emulation <= 3; ++emulation) {
        const auto& run = runs[static_cast<std::size_t>(3 - emulation)];
        EXPECT_EQ(run.emulation, emulation);
        EXPECT_EQ(run.trainHash, trainHash(design));
    }
    EXPECT_EQ(runs[3].emulation, kUnknownEmulation);
    EXPECT_EQ(runs[3].trainHash, "older still");
    EXPECT_EQ(statusText(runs[3]), "done by an unknown emulation");
    ASSERT_TRUE(store.designs()->rows.front().latestRun);
    EXPECT_EQ(store.designs()->rows.front().latestRun->emulation, 3);
}

TEST_F(Migrate, KeepsARunWhoseTrainingCannotBeToldWithItsDesign) {
    const std::string gone = "of a table that is gone";
    makeVersion4(m_file, {}, gone, {&gone, 1});
    const auto latest = open().designs()->rows.front().latestRun;
    ASSERT_TRUE(latest);
    EXPECT_EQ(latest->emulation, kUnknownEmulation);
}

}  // namespace
}  // namespace mantissa::store
