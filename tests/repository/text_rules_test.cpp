// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for the words: links lead somewhere, and no path belongs to one machine.
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/repository/source_tree.h"

namespace mantissa::repository {
namespace {

namespace fs = std::filesystem;

/// The targets of [text](target) and ![text](target), without those on other machines and without
/// the part after '#'.
std::vector<std::string> relativeLinks(const std::string& text) {
    static const std::regex link(R"(\]\(([^)#\s]+)[^)]*\))");
    std::vector<std::string> targets;
    for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match) {
        const std::string target = (*match)[1];
        if (target.find("://") == std::string::npos && !target.starts_with("mailto:")) {
            targets.push_back(target);
        }
    }
    return targets;
}

/// The first path that belongs to one machine: of a home folder, a work folder or a temporary one.
std::string machinePath(const std::string& text) {
    static const std::regex path(R"((^|[^\w.$}~])/(home|root|work|tmp|Users)/[\w.-]+)");
    std::smatch match;
    return std::regex_search(text, match, path) ? match.str() : std::string();
}

TEST(TextRules, FindsLinksAndMachinePaths) {
    EXPECT_EQ(relativeLinks("![a](b.png) [c](d.md#e) [f](https://g.h) [i](#j)"),
              (std::vector<std::string>{"b.png", "d.md"}));
    const std::string slash = "/";
    EXPECT_EQ(machinePath("see " + slash + "tmp/x"), " " + slash + "tmp/x");
    EXPECT_EQ(machinePath("$XDG_DATA_HOME/work/x and /usr/share/x"), "");
}

TEST(TextRules, EveryRelativeLinkOfTheDocumentsLeadsToAFile) {
    int links = 0;
    for (const auto& file : repositoryFiles(MANTISSA_SOURCE_DIR)) {
        if (file.extension() != ".md") {
            continue;
        }
        for (const auto& target : relativeLinks(textOf(file))) {
            EXPECT_TRUE(fs::exists(file.parent_path() / target)) << file << " links " << target;
            ++links;
        }
    }
    EXPECT_GT(links, 10);
}

TEST(TextRules, NoFileNamesAPathOfOneMachine) {
    for (const auto& file : repositoryFiles(MANTISSA_SOURCE_DIR)) {
        EXPECT_EQ(machinePath(textOf(file)), "") << file;
    }
}

}  // namespace
}  // namespace mantissa::repository
