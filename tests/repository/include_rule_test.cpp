// SPDX-License-Identifier: GPL-3.0-or-later
// The tower: a library includes only what stands below it, and core, hwmodel and the engine know no
// Qt.
#include <cctype>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/repository/source_tree.h"

namespace mantissa::repository {
namespace {

const std::vector<SourceFile>& sources() {
    static const auto all = readSources(MANTISSA_SOURCE_DIR);
    return all;
}

bool isQt(const std::string& include) {
    return (include.size() > 1 && include[0] == 'Q' &&
            std::isupper(static_cast<unsigned char>(include[1])) != 0) ||
           include.starts_with("Qt") || include.starts_with("qcustomplot");
}

/// "core/nn" of "core/nn/tensor.h", "core/numerics" of "core/numerics/formats/minifloat.h".
std::string room(const std::string& path) {
    const auto first = path.find('/');
    const auto second = first == std::string::npos ? first : path.find('/', first + 1);
    const auto slash = second == std::string::npos ? first : second;
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

TEST(IncludeRule, FindsTheSources) {
    EXPECT_GT(sources().size(), 100U);
}

TEST(IncludeRule, ALibraryIncludesOnlyWhatIsBelowIt) {
    const std::map<std::string, std::set<std::string>> allowed{
        {"core", {"core"}},
        {"hwmodel", {"core", "hwmodel"}},
        {"ui", {"core", "hwmodel", "ui"}},
        {"app", {"core", "hwmodel", "ui", "app"}}};
    const std::set<std::string> ours{"core", "hwmodel", "ui", "app", "tests"};
    for (const auto& source : sources()) {
        const auto rule = allowed.find(topFolder(source.path));
        if (rule == allowed.end()) {
            continue;
        }
        for (const auto& include : source.includes) {
            const std::string folder = topFolder(include);
            EXPECT_TRUE(ours.count(folder) == 0 || rule->second.count(folder) == 1)
                << source.path << " includes " << include;
        }
    }
}

TEST(IncludeRule, ARoomOfCoreIncludesOnlyTheRoomsItMayKnow) {
    const std::map<std::string, std::set<std::string>> allowed{
        {"core", {"core"}},
        {"core/numerics", {"core", "core/numerics"}},
        {"core/nn", {"core", "core/numerics", "core/nn"}},
        {"core/data", {"core", "core/data"}},
        {"core/train", {"core", "core/numerics", "core/nn", "core/data", "core/train"}},
        {"core/design",
         {"core", "core/numerics", "core/nn", "core/data", "core/train", "core/design"}},
        {"core/systems", {"core", "core/nn", "core/design", "core/systems"}},
        {"core/store", {"core", "core/design", "core/train", "core/store"}},
        {"core/study",
         {"core", "core/numerics", "core/nn", "core/data", "core/train", "core/design",
          "core/study"}}};
    for (const auto& source : sources()) {
        const auto rule = allowed.find(room(source.path));
        if (rule == allowed.end()) {
            continue;
        }
        for (const auto& include : source.includes) {
            EXPECT_TRUE(topFolder(include) != "core" || rule->second.count(room(include)) == 1)
                << source.path << " includes " << include;
        }
    }
}

TEST(IncludeRule, CoreHwmodelEngineAndCommandLineKnowNoQt) {
    for (const auto& source : sources()) {
        const bool qtFree =
            source.path.starts_with("core/") || source.path.starts_with("hwmodel/") ||
            source.path.starts_with("app/engine/") || source.path.starts_with("app/cli/");
        for (const auto& include : source.includes) {
            EXPECT_FALSE(qtFree && (isQt(include) || include.starts_with("ui/") ||
                                    include.starts_with("app/studio/")))
                << source.path << " includes " << include;
        }
    }
}

TEST(IncludeRule, PanelsKnowNoDatabaseAndNoThreads) {
    const std::set<std::string> banned{"QtConcurrent", "QThread",   "QThreadPool", "QSettings",
                                       "QFile",        "QSaveFile", "QSqlQuery",   "thread"};
    for (const auto& source : sources()) {
        if (topFolder(source.path) != "ui") {
            continue;
        }
        for (const auto& include : source.includes) {
            EXPECT_FALSE(banned.count(include) == 1 || include.starts_with("core/store/") ||
                         include.starts_with("SQLiteCpp"))
                << source.path << " includes " << include;
        }
    }
}

}  // namespace
}  // namespace mantissa::repository
