// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/database_path.h"

#include <cstdlib>
#include <string>

namespace mantissa::app {
namespace {

std::filesystem::path environmentPath(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

}  // namespace

Result<std::filesystem::path> defaultDatabasePath() {
    if (auto file = environmentPath("MANTISSA_DB"); !file.empty()) {
        return file;
    }
    auto folder = environmentPath("XDG_DATA_HOME");
    if (!folder.is_absolute()) {  // the specification: relative paths are to be ignored
        folder = environmentPath("HOME");
        if (folder.empty()) {
            return fail(ErrorCode::NotFound, "no place for the database is known", "HOME",
                        "name a file with --db or MANTISSA_DB");
        }
        folder = folder / ".local" / "share";
    }
    return folder / "mantissa" / "mantissa.db";
}

Result<void> makeParentFolder(const std::filesystem::path& file) {
    const auto folder = file.parent_path();
    if (folder.empty()) {
        return {};
    }
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem && !std::filesystem::is_directory(folder)) {
        return fail(ErrorCode::Io, "the folder cannot be made: " + problem.message(),
                    folder.string());
    }
    return {};
}

}  // namespace mantissa::app
