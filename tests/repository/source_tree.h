// SPDX-License-Identifier: GPL-3.0-or-later
// The repository's own source files and their includes, as the structure tests read them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mantissa::repository {

struct SourceFile {
    std::string path;  ///< relative to the top, with '/'
    std::string firstLine;
    int lines = 0;
    std::vector<std::string> includes;  ///< what stands between the quotes or brackets
};

/// Every .h and .cpp below app, core, hwmodel, ui and tests.
std::vector<SourceFile> readSources(const std::filesystem::path& top);

/// Every file of the repository itself, not what a build, git or a tool left here.
std::vector<std::filesystem::path> repositoryFiles(const std::filesystem::path& top);

/// What a tool or a build makes at the top level: build*, and dot names that the project does not
/// use.
bool isLocal(const std::string& topLevelName);

/// The whole file, or "" where it is binary (holds a zero byte).
std::string textOf(const std::filesystem::path& file);

/// The first folder of a path: "core" of "core/nn/tensor.h", or "" where there is none.
std::string topFolder(const std::string& path);

}  // namespace mantissa::repository
