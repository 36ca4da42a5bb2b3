// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every file: its licence, its length, its place.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/repository/source_tree.h"

namespace mantissa::repository {
namespace {

constexpr const char* kLicence = "SPDX-License-Identifier: GPL-3.0-or-later";

/// How the line that names the licence begins, or "" for files that name none (data, prose).
std::string commentStart(const std::filesystem::path& file) {
    const std::string extension = file.extension().string();
    const std::string folder = file.parent_path().filename().string();
    if (extension == ".h" || extension == ".cpp" || extension == ".in") {
        return "// ";
    }
    if (extension == ".sql") {
        return "-- ";
    }
    if (extension == ".cmake" || extension == ".py" || extension == ".sh" ||
        file.filename() == "CMakeLists.txt" || folder == "scripts" || folder == ".ci") {
        return "# ";
    }
    return {};
}

TEST(SourceRules, EverySourceScriptAndBuildFileNamesItsLicenceFirst) {
    int checked = 0;
    for (const auto& file : repositoryFiles(MANTISSA_SOURCE_DIR)) {
        const std::string comment = commentStart(file);
        if (comment.empty()) {
            continue;
        }
        std::string text = textOf(file);
        if (text.starts_with("#!")) {
            text.erase(0, text.find('\n') + 1);
        }
        EXPECT_EQ(text.substr(0, text.find('\n')), comment + kLicence) << file;
        ++checked;
    }
    EXPECT_GT(checked, 200);
}

TEST(SourceRules, NoSourceFileIsLongerThan600Lines) {
    for (const auto& source : readSources(MANTISSA_SOURCE_DIR)) {
        EXPECT_LE(source.lines, 600) << source.path;
    }
}

TEST(SourceRules, TheTopLevelHoldsOnlyWhatIsAgreed) {
    const std::set<std::string> agreed{"app",
                                       "core",
                                       "hwmodel",
                                       "ui",
                                       "resources",
                                       "tests",
                                       "docs",
                                       "scripts",
                                       "cmake",
                                       "README.md",
                                       "LICENSE",
                                       "CMakeLists.txt",
                                       ".gitignore",
                                       ".clang-format",
                                       ".ci",
                                       "CHANGELOG.md",
                                       "CMakePresets.json",
                                       ".clang-tidy",
                                       "CONTRIBUTING.md"};
    for (const auto& entry : std::filesystem::directory_iterator(MANTISSA_SOURCE_DIR)) {
        const std::string name = entry.path().filename().string();
        EXPECT_TRUE(agreed.count(name) == 1 || isLocal(name)) << name;
    }
}

}  // namespace
}  // namespace mantissa::repository
