// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/idx.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::data {
namespace {

using test::Bytes;
using test::idxBytes;
using test::TemporaryFolder;
using test::writeFile;
using test::writeGzip;
using ::testing::HasSubstr;

class ReadIdx : public ::testing::Test {
protected:
    Error errorOf(const Bytes& bytes, int rank = 3) const {
        writeFile(m_file, bytes);
        const auto array = readIdx(m_file, rank);
        return array ? Error{ErrorCode::Internal, "was read", "", ""} : array.error();
    }

    TemporaryFolder m_folder;
    std::filesystem::path m_file = m_folder.path() / "file";
    Bytes m_values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
    Bytes m_good = idxBytes({3, 2, 2}, m_values);
};

TEST_F(ReadIdx, ReadsPlainFiles) {
    writeFile(m_file, m_good);
    const auto array = readIdx(m_file, 3);
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_EQ(array->shape, (Shape{3, 2, 2}));
    EXPECT_EQ(array->values, m_values);
}

TEST_F(ReadIdx, ReadsGzipWhateverTheName) {
    writeGzip(m_file, m_good);
    const auto array = readIdx(m_file, 3);
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_EQ(array->values, m_values);
}

TEST_F(ReadIdx, ReadsArraysLargerThanItsFirstAllocation) {
    Bytes values(3'000'001);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<std::uint8_t>(i * 31U >> 3U);
    }
    writeFile(m_file, idxBytes({3'000'001}, values));
    const auto array = readIdx(m_file, 1);
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_EQ(array->values, values);
}

TEST_F(ReadIdx, SaysWhichFileIsMissing) {
    const auto array = readIdx(m_folder.path() / "none", 3);
    ASSERT_FALSE(array);
    EXPECT_EQ(array.error().code, ErrorCode::NotFound);
    EXPECT_THAT(array.error().where, HasSubstr("none"));
}

TEST_F(ReadIdx, RefusesFolders) {
    const auto array = readIdx(m_folder.path(), 3);
    ASSERT_FALSE(array);
    EXPECT_THAT(array.error().message, HasSubstr("not a regular file"));
}

TEST_F(ReadIdx, RefusesPipesWithoutWaitingForAWriter) {
    ASSERT_EQ(::mkfifo(m_file.c_str(), 0600), 0);
    const auto array = readIdx(m_file, 3);
    ASSERT_FALSE(array);
    EXPECT_THAT(array.error().message, HasSubstr("not a regular file"));
}

TEST_F(ReadIdx, ShowsAWrongMagicNumber) {
    Bytes bytes = m_good;
    bytes[2] = 0x0d;
    const Error error = errorOf(bytes);
    EXPECT_EQ(error.code, ErrorCode::Corrupt);
    EXPECT_THAT(error.message, HasSubstr("starts with 00 00 0d 03, must start with 00 00 08 03"));
}

TEST_F(ReadIdx, RefusesAnotherRank) {
    EXPECT_THAT(errorOf(m_good, 1).message, HasSubstr("must start with 00 00 08 01"));
}

TEST_F(ReadIdx, CountsTheBytesOfATruncatedFile) {
    Bytes bytes = m_good;
    bytes.resize(20);
    const Error error = errorOf(bytes);
    EXPECT_EQ(error.code, ErrorCode::Corrupt);
    EXPECT_THAT(error.message, HasSubstr("expected 28 bytes, got 20"));
}

TEST_F(ReadIdx, CountsTheBytesOfATruncatedHeader) {
    EXPECT_THAT(errorOf({0, 0, 8, 3, 0, 0}).message, HasSubstr("expected 16 bytes, got 6"));
    EXPECT_THAT(errorOf({}).message, HasSubstr("expected 16 bytes, got 0"));
}

TEST_F(ReadIdx, RefusesSurplusBytes) {
    Bytes bytes = m_good;
    bytes.push_back(0);
    EXPECT_THAT(errorOf(bytes).message, HasSubstr("longer than its header says"));
}

TEST_F(ReadIdx, RefusesEmptyAndImpossibleExtents) {
    EXPECT_THAT(errorOf(idxBytes({3, 0, 2}, {})).message, HasSubstr("dimension 2"));
    EXPECT_THAT(errorOf(idxBytes({0xffffffff, 0xffffffff, 0xffffffff}, {})).message,
                HasSubstr("impossible: 4294967295"));
}

TEST_F(ReadIdx, DoesNotAllocateWhatAHeaderMerelyPromises) {
    rusage before{};
    rusage after{};
    ::getrusage(RUSAGE_SELF, &before);
    EXPECT_THAT(errorOf(idxBytes({4'000'000, 28, 28}, Bytes(100))).message,
                HasSubstr("expected 3136000016 bytes, got 116"));
    ::getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024);  // KiB
}

TEST_F(ReadIdx, RefusesTruncatedGzip) {
    writeGzip(m_file, m_good);
    Bytes bytes = test::readBytes(m_file);
    for (const std::size_t missing : {std::size_t{4}, std::size_t{8}, bytes.size() / 2}) {
        const Error error = errorOf(Bytes(bytes.begin(), bytes.end() - std::ptrdiff_t(missing)));
        EXPECT_EQ(error.code, ErrorCode::Corrupt) << missing;
        EXPECT_THAT(error.message, HasSubstr("truncated")) << missing;
    }
}

TEST_F(ReadIdx, ChecksTheCrcOfGzip) {
    writeGzip(m_file, m_good);
    Bytes bytes = test::readBytes(m_file);
    bytes[bytes.size() - 8] ^= 1U;
    const Error error = errorOf(bytes);
    EXPECT_EQ(error.code, ErrorCode::Corrupt);
    EXPECT_THAT(error.message, HasSubstr("incorrect data check"));
}

TEST_F(ReadIdx, RefusesEveryTruncatedFileAndArchive) {
    writeGzip(m_file, m_good);
    for (const Bytes& whole : {m_good, test::readBytes(m_file)}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const Error error = errorOf(Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(size)));
            EXPECT_EQ(error.code, ErrorCode::Corrupt) << size << ": " << error.text();
        }
    }
}

TEST_F(ReadIdx, ReadsGzipFilesOfSeveralMembersWithPadding) {
    const Bytes head(m_good.begin(), m_good.begin() + 20);
    const Bytes tail(m_good.begin() + 20, m_good.end());
    writeGzip(m_file, head);
    Bytes both = test::readBytes(m_file);
    writeGzip(m_file, tail);
    const Bytes second = test::readBytes(m_file);
    both.insert(both.end(), second.begin(), second.end());
    both.push_back(0);
    writeFile(m_file, both);
    const auto array = readIdx(m_file, 3);
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_EQ(array->values, m_values);
}

}  // namespace
}  // namespace mantissa::data
