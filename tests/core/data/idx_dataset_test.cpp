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
