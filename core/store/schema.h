// SPDX-License-Identifier: GPL-3.0-or-later
// Whose file it is, which version it has, and how it becomes the current one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "core/error.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own
class Database;
}

namespace mantissa::store {

/// Marks a file as ours in SQLite's header: "MNTS".
inline constexpr std::int32_t kApplicationId = 0x4D4E5453;

/// The SQL that leads from version - 1 to `version`.
struct Migration {
    int version = 0;
    std::string_view sql;
};
/// Versions 1, 2, ... without a gap.
std::span<const Migration> migrations();

enum class FileKind {
    Empty,    ///< new: no tables
    Older,    ///< ours, of an older version
    Current,  ///< ours
    Newer,    ///< ours, of a newer version
    Foreign,  ///< another application's
};
struct FileState {
    FileKind kind = FileKind::Empty;
    int version = 0;
};
/// Throws SQLite::Exception where the file is not a database.
FileState inspect(SQLite::Database& database, int latestVersion);

/// Brings an empty or older file to the last of `steps`, each step in one transaction with its
/// version; a failing step leaves the file at the version before. An older file is copied first, to
/// "<file>.v<version>.backup". Throws SQLite::Exception.
void migrate(SQLite::Database& database, const std::filesystem::path& file,
             std::span<const Migration> steps);

}  // namespace mantissa::store
