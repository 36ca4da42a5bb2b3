// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "core/data/dataset_registry.h"
#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip.h"

namespace mantissa::data {
namespace {

using test::Bytes;
using test::idxBytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A pair of files of 1 x 2 images, whose pixels are all their label.
std::map<std::string, Bytes> pairOf(const std::string& stem, const Bytes& labels) {
    Bytes pixels;
    for (const auto label : labels) {
        pixels.insert(pixels.end(), 2, label);
    }
    const auto count = static_cast<std::uint32_t>(labels.size());
    return {{stem + "-images-idx3-ubyte", idxBytes({count, 1, 2}, pixels)},
            {stem + "-labels-idx1-ubyte", idxBytes({count}, labels)}};
}

class IdxDataset : public ::testing::Test {
protected:
    Result<std::shared_ptr<const Dataset>> open(const char* name) const {
        test::writeZip(m_folder / "set.zip", m_files);
        return loadDataset(name, m_folder / "set.zip");
    }

    test::TemporaryFolder m_folder;
    std::map<std::string, Bytes> m_files;
};

TEST_F(IdxDataset, FindsAPrefixAndEitherWordForTest) {
    m_files = pairOf("emnist-letters-train", {1, 26, 3});
    m_files.merge(pairOf("emnist-letters-test", {2}));
    const auto dataset = open("idx");
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->image, (Shape{1, 1, 2}));
    EXPECT_EQ((*dataset)->classes.size(), 27U);
    EXPECT_THAT((*dataset)->test.labels, ElementsAre(2));
}

/// 16-bit and 32-bit labels, big-endian.
TEST_F(IdxDataset, LabelsMayBeWiderThanAByte) {
    m_files = pairOf("train", {0, 0, 0});
    m_files.merge(pairOf("t10k", {5}));
    m_files.erase("train-labels-idx1-ubyte");
    m_files["train-labels-idx1-short"] = {0, 0, 0x0B, 1, 0, 0, 0, 3, 0, 5, 1, 44, 0x7F, 0xFF};
    const auto words = open("idx");
    ASSERT_TRUE(words) << words.error().text();
    EXPECT_THAT((*words)->train.labels, ElementsAre(5, 300, 32767));
    EXPECT_EQ((*words)->classes.size(), 32768U);

    m_files.erase("train-labels-idx1-short");
    Bytes labels{0, 0, 0x0C, 1, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0xFF, 0xFF, 0, 0, 1, 44};
    m_files["train-labels-idx1-int"] = labels;
    EXPECT_THAT((*open("idx"))->train.labels, ElementsAre(5, 65535, 300));

    labels[13] = 1;  // 131071
    m_files["train-labels-idx1-int"] = labels;
    EXPECT_THAT(open("idx").error().text(),
                HasSubstr("label 1 is 131071, must be from 0 to 65535"));
    m_files["train-labels-idx1-int"] = {0, 0, 0x0D, 1, 0, 0, 0, 1, 0, 0, 0, 0};
    EXPECT_THAT(open("idx").error().text(), HasSubstr("00 00 0c 01 (IDX, 32-bit integers"));
}

TEST_F(IdxDataset, HoldsOutWhereThereIsNoTestPair) {
    m_files = pairOf("train", {0, 1, 0, 1, 0, 1});
    const auto dataset = open("idx");
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->train.count(), 5);
    EXPECT_THAT((*dataset)->test.labels, ElementsAre(1));
}

TEST_F(IdxDataset, RefusesTwoSetsInOnePlace) {
    m_files = pairOf("a-train", {0, 1});
    m_files.merge(pairOf("b-train", {0, 1}));
    const auto dataset = open("idx");
    ASSERT_FALSE(dataset);
    EXPECT_THAT(dataset.error().text(), HasSubstr("a-train-images and b-train-images"));
}

TEST_F(IdxDataset, SaysWhatItLooksFor) {
    m_files = {{"notes.txt", {'x'}}};
    const auto dataset = open("idx");
    ASSERT_FALSE(dataset);
    EXPECT_THAT(dataset.error().text(), HasSubstr("train-images-idx3-ubyte"));
}

TEST_F(IdxDataset, MnistHasTheSizeOfMnist) {
    m_files = pairOf("train", {0, 1});
    const auto dataset = open("mnist");
    ASSERT_FALSE(dataset);
    EXPECT_THAT(dataset.error().text(), HasSubstr("1 x 2, must be 28 x 28"));
    EXPECT_THAT(dataset.error().text(), HasSubstr("idx:PATH"));
}

TEST_F(IdxDataset, MnistSaysHowToGetIt) {
    ::unsetenv("MANTISSA_MNIST");
    const auto dataset = loadDataset("mnist");
    ASSERT_FALSE(dataset);
    EXPECT_EQ(dataset.error().code, ErrorCode::NotFound);
    EXPECT_THAT(dataset.error().text(), HasSubstr("MANTISSA_MNIST"));
}

}  // namespace
}  // namespace mantissa::data
