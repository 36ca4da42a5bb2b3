// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/repository/source_tree.h"

namespace mantissa::repository {
namespace {

TEST(SourceRules, EveryFileNamesItsLicenceFirst) {
    for (const auto& source : readSources(MANTISSA_SOURCE_DIR)) {
        EXPECT_EQ(source.firstLine, "// SPDX-License-Identifier: GPL-3.0-or-later") << source.path;
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
                                       ".ci",
                                       "cmake",
                                       "CMakeLists.txt",
                                       "README.md",
                                       "LICENSE",
                                       "CMakePresets.json",
                                       "CHANGELOG.md",
                                       "CONTRIBUTING.md",
                                       ".clang-format",
                                       ".clang-tidy",
                                       ".gitignore"};
    const std::set<std::string> local{".git", "build", ".cache", "compile_commands.json"};
    for (const auto& entry : std::filesystem::directory_iterator(MANTISSA_SOURCE_DIR)) {
        const std::string name = entry.path().filename().string();
        EXPECT_TRUE(agreed.count(name) == 1 || local.count(name) == 1) << name;
    }
}

}  // namespace
}  // namespace mantissa::repository
