// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schema.h"

#include <iterator>
#include <string>

#include "mantissa_migrations.h"
#include <SQLiteCpp/SQLiteCpp.h>

namespace mantissa::store {
namespace {

int pragma(SQLite::Database& database, const std::string& name) {
    return database.execAndGet("PRAGMA " + name).getInt();
}

/// A name that is free: an older backup is never overwritten.
std::filesystem::path backupName(const std::filesystem::path& file, int version) {
    const auto base = file.string() + ".v" + std::to_string(version) + ".backup";
    std::filesystem::path name = base;
    for (int i = 2; std::filesystem::exists(name); ++i) {
        name = base + std::to_string(i);
    }
    return name;
}

void backUp(SQLite::Database& database, const std::filesystem::path& file, int version) {
    SQLite::Statement copy(database, "VACUUM INTO ?");
    copy.bind(1, backupName(file, version).string());
    copy.exec();
}

void apply(SQLite::Database& database, const Migration& step) {
    // The lock comes first: another process may be migrating the same file.
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (pragma(database, "user_version") >= step.version) {
        return;
    }
    database.exec(std::string(step.sql));
    if (SQLite::Statement check(database, "PRAGMA foreign_key_check"); check.executeStep()) {
        throw SQLite::Exception("migration " + std::to_string(step.version) +
                                " would leave rows without their parents");
    }
    database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.exec("PRAGMA user_version = " + std::to_string(step.version));
    transaction.commit();
}

}  // namespace

std::span<const Migration> migrations() {
    return kMigrations;
}

FileState inspect(SQLite::Database& database, int latestVersion) {
    // One transaction: another process may be creating the file at this moment.
    const SQLite::Transaction snapshot(database);
    const int application = pragma(database, "application_id");
    const int version = pragma(database, "user_version");
    const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
    if (application != kApplicationId) {
        return {empty && application == 0 && version == 0 ? FileKind::Empty : FileKind::Foreign,
                version};
    }
    if (version == latestVersion) {
        return {FileKind::Current, version};
    }
    return {version < latestVersion ? FileKind::Older : FileKind::Newer, version};
}

void migrate(SQLite::Database& database, const std::filesystem::path& file,
             std::span<const Migration> steps) {
    const int version = pragma(database, "user_version");
    if (steps.empty() || version >= steps.back().version) {
        return;
    }
    if (version > 0) {
        backUp(database, file, version);
    }
    // A step may rebuild a table that others refer to; each step checks the references at its end.
    database.exec("PRAGMA foreign_keys = OFF");
    for (const auto& step : steps) {
        apply(database, step);
    }
}

}  // namespace mantissa::store
