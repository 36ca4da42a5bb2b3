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
    std::vector<std::string> includes;  ///< what stands between the quotes or brackets
};

/// Every .h and .cpp below app, core, hwmodel, ui and tests.
std::vector<SourceFile> readSources(const std::filesystem::path& top);

/// The first folder of a path: "core" of "core/nn/tensor.h", or "" where there is none.
std::string topFolder(const std::string& path);

}  // namespace mantissa::repository
