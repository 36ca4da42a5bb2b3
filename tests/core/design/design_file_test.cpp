// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string contentOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class DesignFile : public ::testing::Test {
protected:
    DesignFile() {
        m_folder = fs::path(::testing::TempDir()) /
                   ("mantissa_" +
                    std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
    }
    ~DesignFile() override { fs::remove_all(m_folder); }

    std::size_t filesInFolder() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(m_folder), fs::directory_iterator()));
    }

    fs::path m_folder;
};

TEST_F(DesignFile, IsReadBack) {
    const auto file = m_folder / "a.json";
    const auto design = DesignPoint().withName("mine");
    ASSERT_TRUE(writeDesignFile(design, file));
    EXPECT_EQ(readDesignFile(file).value(), design);
    EXPECT_EQ(contentOf(file), toJson(design));
    EXPECT_EQ(filesInFolder(), 1U);
}

TEST_F(DesignFile, ReplacesAnOlderOneAndKeepsItsMode) {
    const auto file = m_folder / "a.json";
    ASSERT_TRUE(writeDesignFile({}, file));
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    ASSERT_TRUE(writeDesignFile(DesignPoint().withName("new"), file));
    EXPECT_EQ(readDesignFile(file)->name(), "new");
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(DesignFile, ALinkStaysALink) {
    ASSERT_TRUE(writeDesignFile({}, m_folder / "a.json"));
    fs::create_symlink("a.json", m_folder / "link.json");
    ASSERT_TRUE(writeDesignFile(DesignPoint().withName("new"), m_folder / "link.json"));
    EXPECT_TRUE(fs::is_symlink(m_folder / "link.json"));
    EXPECT_EQ(readDesignFile(m_folder / "a.json")->name(), "new");
}

TEST_F(DesignFile, AFailedWriteKeepsTheOldFileAndSaysWhy) {
    const auto file = m_folder / "a.json";
    ASSERT_TRUE(writeDesignFile(DesignPoint().withName("old"), file));
    train::Recipe recipe;
    recipe.epochs = -1;
    EXPECT_FALSE(writeDesignFile(DesignPoint().withRecipe(recipe), file));
    EXPECT_EQ(readDesignFile(file)->name(), "old");

    fs::create_directory(m_folder / "taken");
    const auto onFolder = writeDesignFile({}, m_folder / "taken");
    ASSERT_FALSE(onFolder);
    EXPECT_THAT(onFolder.error().message, HasSubstr("Is a directory"));
    const auto noFolder = writeDesignFile({}, m_folder / "absent" / "a.json");
    ASSERT_FALSE(noFolder);
    EXPECT_THAT(noFolder.error().message, HasSubstr("No such file or directory"));
    EXPECT_EQ(filesInFolder(), 2U);
}

TEST_F(DesignFile, AMissingFileAndAFolderAreErrors) {
    const auto missing = readDesignFile(m_folder / "none.json");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_THAT(missing.error().text(), HasSubstr("No such file"));
    const auto folder = readDesignFile(m_folder);
    ASSERT_FALSE(folder);
    EXPECT_THAT(folder.error().message, HasSubstr("directory"));
}

TEST_F(DesignFile, AnEndlessFileIsRefused) {
    const auto zeros = readDesignFile("/dev/zero");
    ASSERT_FALSE(zeros);
    EXPECT_THAT(zeros.error().where, StartsWith("/dev/zero"));
}

}  // namespace
}  // namespace mantissa::design
