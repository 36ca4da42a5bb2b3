// SPDX-License-Identifier: GPL-3.0-or-later
// Units, tables and the files they end in.
#include <clocale>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/engine/database_path.h"
#include "app/engine/export.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "core/atomic_file.h"
#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::app {
namespace {

using testing::HasSubstr;

TEST(Units, chooseAPrefixThatKeepsFourDigits) {
    EXPECT_EQ(energyText(1), "1.000 pJ");
    EXPECT_EQ(energyText(999.96), "1.000 nJ");
    EXPECT_EQ(energyText(123456), "123.5 nJ");
    EXPECT_EQ(energyText(0), "0 J");
    EXPECT_EQ(powerText(1234), "1.234 W");
    EXPECT_EQ(timeText(0.0123), "12.30 µs");
    EXPECT_EQ(siText(-2048, "B"), "-2.048 kB");
    EXPECT_EQ(areaText(2345678), "2.346 mm²");
    EXPECT_EQ(areaText(123.45), "123.5 µm²");
}

TEST(Units, groupCyclesAndNameShares) {
    EXPECT_EQ(cyclesText(1234567), "1,234,567");
    EXPECT_EQ(cyclesText(999), "999");
    EXPECT_EQ(cyclesText(-1000), "-1,000");
    EXPECT_EQ(cyclesText(std::numeric_limits<double>::infinity()), "inf");
    EXPECT_EQ(shareText(0.87314), "87.31 %");
}

TEST(Units, roundDurationsAsPeopleDo) {
    EXPECT_EQ(durationText(0.2), "1 s");
    EXPECT_EQ(durationText(119), "119 s");
    EXPECT_EQ(durationText(125), "2 min");
    EXPECT_EQ(durationText(2 * 3600 + 600), "2 h 10 min");
    EXPECT_EQ(durationText(5.2 * 86400), "5 d");
}

TEST(Units, exactTextReadsBack) {
    EXPECT_EQ(exactText(0.1), "0.1");
    EXPECT_EQ(exactText(128), "128");
}

Table sample() {
    Table table;
    table.columns = {{"name", "Name"}, {"area_um2", "Area", true}, {"note", "Note"}};
    table.rows = {{textCell("a"), numberCell(2345678.5, "2.346 mm²"), textCell("x, \"y\"")},
                  {textCell("longer|name"), Cell{}, Cell{}}};
    return table;
}

TEST(Table, alignsTextWithoutTrailingSpaces) {
    EXPECT_EQ(tableText(sample(), TableFormat::Text),
              "Name              Area  Note\n"
              "-----------  ---------  ------\n"
              "a            2.346 mm²  x, \"y\"\n"
              "longer|name\n");
}

TEST(Table, writesExactNumbersAndQuotesToCsv) {
    EXPECT_EQ(tableText(sample(), TableFormat::Csv),
              "name,area_um2,note\n"
              "a,2345678.5,\"x, \"\"y\"\"\"\n"
              "longer|name,,\n");
}

TEST(Table, escapesPipesInMarkdown) {
    EXPECT_EQ(tableText(sample(), TableFormat::Markdown),
              "| Name | Area | Note |\n"
              "|---|---:|---|\n"
              "| a | 2.346 mm² | x, \"y\" |\n"
              "| longer\\|name |  |  |\n");
}

TEST(Table, writesNullForWhatIsAbsentInJson) {
    const std::string json = tableText(sample(), TableFormat::Json);
    EXPECT_THAT(json, HasSubstr("\"area_um2\": 2345678.5"));
    EXPECT_THAT(json, HasSubstr("\"area_um2\": null"));
}

TEST(Table, namesTheFormatsItKnows) {
    EXPECT_TRUE(parseTableFormat("md"));
    const auto wrong = parseTableFormat("xls");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message, HasSubstr("text, csv, md, json"));
}

TEST(Export, writesTimesInUtc) {
    EXPECT_EQ(timestampText(1772373909123), "2026-03-01 14:05:09Z");
    EXPECT_EQ(timestampText(0), "");
}

TEST(Export, putsStepsAndEpochsIntoOneTidyTable) {
    RunCurves curves;
    curves.run.id = 7;
    curves.run.designName = "d";
    curves.run.designHash = "h";
    curves.run.emulation = 3;
    curves.curves.steps = {{0, 2.5, 0.125}};
    curves.curves.epochs = {{1, 1, 2.5, 0.125, 2.25, 0.25, 1.5}};
    EXPECT_EQ(tableText(curvesTable(std::vector{curves}), TableFormat::Csv),
              "design,hash,run,emulation,series,epoch,step,train_loss,train_accuracy,"
              "test_loss,test_accuracy,seconds\n"
              "d,h,7,3,step,,0,2.5,0.125,,,\n"
              "d,h,7,3,epoch,1,1,2.5,0.125,2.25,0.25,1.5\n");
}

TEST(AtomicFile, replacesAFileAndLeavesNothingElse) {
    const test::TemporaryFolder folder;
    test::writeFile(folder / "a.txt", "old");
    ASSERT_TRUE(writeFileAtomically(folder / "a.txt", "new"));
    EXPECT_EQ(test::readFile(folder / "a.txt"), "new");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(AtomicFile, writesThroughASymbolicLink) {
    const test::TemporaryFolder folder;
    test::writeFile(folder / "real.txt", "old");
    std::filesystem::create_symlink(folder / "real.txt", folder / "link.txt");
    ASSERT_TRUE(writeFileAtomically(folder / "link.txt", "new"));
    EXPECT_EQ(test::readFile(folder / "real.txt"), "new");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.txt"));
}

TEST(AtomicFile, makesWhatALinkLeadsTo) {
    const test::TemporaryFolder folder;
    std::filesystem::create_symlink("later.txt", folder / "link.txt");
    ASSERT_TRUE(writeFileAtomically(folder / "link.txt", "new"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.txt"));
    EXPECT_EQ(test::readFile(folder / "later.txt"), "new");
    std::filesystem::create_symlink("no/such/a.txt", folder / "lost.txt");
    EXPECT_FALSE(checkWritable(folder / "lost.txt"));
    EXPECT_FALSE(writeFileAtomically(folder / "lost.txt", "new"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "lost.txt"));
}

TEST(AtomicFile, saysWhyItCannotWrite) {
    const test::TemporaryFolder folder;
    const auto missing = writeFileAtomically(folder / "no/such/a.txt", "new");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_EQ(missing.error().where, (folder / "no/such/a.txt").string());
    const auto overFolder = writeFileAtomically(folder.path(), "new");
    ASSERT_FALSE(overFolder);
    EXPECT_EQ(overFolder.error().code, ErrorCode::Io);
    EXPECT_FALSE(writeFileAtomically("/dev/full", "new"));
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(AtomicFile, isCheckedBeforeLongWorkWithoutATrace) {
    const test::TemporaryFolder folder;
    EXPECT_TRUE(checkWritable(folder / "a.txt"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    test::writeFile(folder / "a.txt", "old");
    EXPECT_TRUE(checkWritable(folder / "a.txt"));
    EXPECT_EQ(test::readFile(folder / "a.txt"), "old");
    EXPECT_TRUE(checkWritable("/dev/null"));
    EXPECT_EQ(checkWritable(folder / "no/such/a.txt").error().code, ErrorCode::NotFound);
    EXPECT_EQ(checkWritable(folder.path()).error().code, ErrorCode::Io);
}

class DatabasePath : public testing::Test {
protected:
    void SetUp() override {
        unsetenv("MANTISSA_DB");
        unsetenv("XDG_DATA_HOME");
        setenv("HOME", "/nowhere/someone", 1);
    }
    void TearDown() override {
        unsetenv("MANTISSA_DB");
        unsetenv("XDG_DATA_HOME");
    }
};

TEST_F(DatabasePath, followsTheEnvironment) {
    EXPECT_EQ(defaultDatabasePath(), "/nowhere/someone/.local/share/mantissa/mantissa.db");
    setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_EQ(defaultDatabasePath(), "/nowhere/someone/.local/share/mantissa/mantissa.db");
    setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(defaultDatabasePath(), "/data/mantissa/mantissa.db");
    setenv("MANTISSA_DB", "here.db", 1);
    EXPECT_EQ(defaultDatabasePath(), "here.db");
}

TEST_F(DatabasePath, saysWhatToDoWithoutAHome) {
    unsetenv("HOME");
    const auto path = defaultDatabasePath();
    ASSERT_FALSE(path);
    EXPECT_THAT(path.error().hint, HasSubstr("--db"));
}

TEST_F(DatabasePath, makesFoldersOrSaysWhyNot) {
    const test::TemporaryFolder folder;
    EXPECT_TRUE(makeParentFolder(folder / "a/b/c.db"));
    EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b"));
    EXPECT_TRUE(makeParentFolder("c.db"));
    test::writeFile(folder / "file", "");
    const auto blocked = makeParentFolder(folder / "file/c.db");
    ASSERT_FALSE(blocked);
    EXPECT_EQ(blocked.error().where, (folder / "file").string());
}

}  // namespace
}  // namespace mantissa::app
