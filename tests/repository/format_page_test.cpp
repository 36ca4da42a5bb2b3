// SPDX-License-Identifier: GPL-3.0-or-later
// docs/formats.md and its drawings are what the program writes today.
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/repository/source_tree.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::repository {
namespace {

namespace fs = std::filesystem;

std::size_t filesIn(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
}

TEST(FormatPage, IsWhatTheProgramWrites) {
    const test::TemporaryFolder folder;
    const fs::path written = folder / "docs";
    const std::string command =
        "'" + std::string(MANTISSA_CLI) + "' formats --page '" + written.string() + "' >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const fs::path docs = fs::path(MANTISSA_SOURCE_DIR) / "docs";
    std::size_t compared = 0;
    for (const auto& entry : fs::recursive_directory_iterator(written)) {
        if (entry.is_regular_file()) {
            const auto name = entry.path().lexically_relative(written);
            EXPECT_TRUE(textOf(docs / name) == textOf(entry.path()))
                << "docs/" << name.generic_string() << " is out of date; run scripts/formats";
            ++compared;
        }
    }
    EXPECT_EQ(filesIn(docs / "images" / "formats") + 1, compared) << "a drawing is left over";
}

}  // namespace
}  // namespace mantissa::repository
