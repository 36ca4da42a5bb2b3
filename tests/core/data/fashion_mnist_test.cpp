// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cstdlib>
#include <optional>
#include <string>

#include <gmock/gmock.h>

#include "core/data/dataset_registry.h"
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

constexpr const char* kVariable = "MANTISSA_FASHION_MNIST";
constexpr const char* kDebianFolder = "/usr/share/datasets/fashion-mnist";

/// Sets or clears the variable for the length of a test.
class FashionMnist : public ::testing::Test {
protected:
    FashionMnist() {
        if (const char* value = std::getenv(kVariable)) {
            m_before = value;
        }
        ::unsetenv(kVariable);
    }
    ~FashionMnist() override {
        ::unsetenv(kVariable);
        if (m_before) {
            ::setenv(kVariable, m_before->c_str(), 1);
        }
    }

    static Bytes images(std::uint32_t count, std::uint8_t value = 7) {
        return idxBytes({count, 28, 28}, Bytes(std::size_t{count} * 784, value));
    }
    static Bytes labels(std::uint32_t count, std::uint8_t value = 3) {
        return idxBytes({count}, Bytes(count, value));
    }
    /// A data set of `count` training images and 2 test images.
    static void writeSet(const std::filesystem::path& folder, std::uint32_t count) {
        writeFile(folder / "train-images-idx3-ubyte", images(count));
        writeFile(folder / "train-labels-idx1-ubyte", labels(count));
        writeFile(folder / "t10k-images-idx3-ubyte", images(2));
        writeFile(folder / "t10k-labels-idx1-ubyte", labels(2));
    }
    std::string messageOf() const {
        const auto dataset = loadDataset("fashion-mnist", m_folder.path());
        return dataset ? "was read" : dataset.error().text();
    }

    TemporaryFolder m_folder;

private:
    std::optional<std::string> m_before;
};

TEST_F(FashionMnist, ReadsBothSplits) {
    writeSet(m_folder.path(), 5);
    const auto dataset = loadDataset("fashion-mnist", m_folder.path());
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->name, "fashion-mnist");
    EXPECT_EQ((*dataset)->image, (Shape{1, 28, 28}));
    EXPECT_EQ((*dataset)->classes.size(), 10U);
    EXPECT_EQ((*dataset)->train.count(), 5);
    EXPECT_EQ((*dataset)->test.count(), 2);
    EXPECT_EQ((*dataset)->train.labels[4], 3);
    EXPECT_EQ((*dataset)->folder, m_folder.path());
}

TEST_F(FashionMnist, AcceptsDotsAndGzipInNames) {
    writeGzip(m_folder.path() / "train-images-idx3-ubyte.gz", images(5));
    writeFile(m_folder.path() / "train-labels.idx1-ubyte", labels(5));
    writeGzip(m_folder.path() / "t10k-images.idx3-ubyte.gz", images(2));
    writeFile(m_folder.path() / "t10k-labels-idx1-ubyte", labels(2));
    EXPECT_TRUE(loadDataset("fashion-mnist", m_folder.path()));
}

TEST_F(FashionMnist, PrefersTheFolderAskedForToTheVariable) {
    const TemporaryFolder other;
    writeSet(m_folder.path(), 5);
    writeSet(other.path(), 6);
    ::setenv(kVariable, other.path().c_str(), 1);
    EXPECT_EQ(loadDataset("fashion-mnist", m_folder.path()).value()->train.count(), 5);
    EXPECT_EQ(loadDataset("fashion-mnist").value()->train.count(), 6);
}

TEST_F(FashionMnist, DoesNotFallBackFromAnEmptyFolderInTheVariable) {
    ::setenv(kVariable, m_folder.path().c_str(), 1);
    const auto dataset = loadDataset("fashion-mnist");
    ASSERT_FALSE(dataset);
    EXPECT_EQ(dataset.error().code, ErrorCode::NotFound);
    EXPECT_THAT(dataset.error().message, HasSubstr(m_folder.path().string()));
    EXPECT_THAT(dataset.error().message, HasSubstr(kVariable));
}

TEST_F(FashionMnist, SaysWhatIsMissingAndHowToGetIt) {
    writeSet(m_folder.path(), 5);
    std::filesystem::remove(m_folder.path() / "t10k-labels-idx1-ubyte");
    EXPECT_THAT(messageOf(), HasSubstr("t10k-labels-idx1-ubyte"));
    EXPECT_THAT(messageOf(), HasSubstr(m_folder.path().string()));
    EXPECT_THAT(messageOf(), HasSubstr("apt install dataset-fashion-mnist"));
}

TEST_F(FashionMnist, RefusesCountsThatDisagree) {
    writeSet(m_folder.path(), 5);
    writeFile(m_folder.path() / "train-labels-idx1-ubyte", labels(4));
    EXPECT_THAT(messageOf(), HasSubstr("5 images but 4 labels"));
}

TEST_F(FashionMnist, RefusesLabelsAboveNine) {
    writeSet(m_folder.path(), 5);
    writeFile(m_folder.path() / "t10k-labels-idx1-ubyte", idxBytes({2}, {9, 10}));
    EXPECT_THAT(messageOf(), HasSubstr("label 1 of t10k is 10, must be from 0 to 9"));
}

TEST_F(FashionMnist, RefusesImagesOfAnotherSize) {
    writeSet(m_folder.path(), 5);
    writeFile(m_folder.path() / "train-images-idx3-ubyte", idxBytes({5, 4, 7}, Bytes(140)));
    EXPECT_THAT(messageOf(), HasSubstr("4 x 7, must be 28 x 28"));
}

TEST_F(FashionMnist, PassesOnWhatIsWrongWithAFile) {
    writeSet(m_folder.path(), 5);
    Bytes bytes = images(5);
    bytes.pop_back();
    writeFile(m_folder.path() / "train-images-idx3-ubyte", bytes);
    EXPECT_THAT(messageOf(), HasSubstr("expected 3936 bytes, got 3935"));
    EXPECT_THAT(messageOf(), HasSubstr("train-images-idx3-ubyte"));
}

TEST_F(FashionMnist, HashesPixelsAndLabelsButNotCompression) {
    const TemporaryFolder other;
    writeSet(m_folder.path(), 5);
    writeSet(other.path(), 5);
    std::filesystem::remove(other.path() / "train-images-idx3-ubyte");
    writeGzip(other.path() / "train-images-idx3-ubyte.gz", images(5));
    const auto hash = loadDataset("fashion-mnist", m_folder.path()).value()->hash;
    EXPECT_EQ(hash.size(), 32U);
    EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(loadDataset("fashion-mnist", other.path()).value()->hash, hash);
    writeFile(other.path() / "t10k-labels-idx1-ubyte", labels(2, 4));
    EXPECT_NE(loadDataset("fashion-mnist", other.path()).value()->hash, hash);
}

TEST_F(FashionMnist, ReadsTheDebianPackage) {
    if (!std::filesystem::exists(kDebianFolder)) {
        GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    }
    const auto dataset = loadDataset("fashion-mnist");
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->train.count(), 60000);
    EXPECT_EQ((*dataset)->test.count(), 10000);
    std::array<int, 10> perClass{};
    for (const auto label : (*dataset)->train.labels) {
        ++perClass.at(label);
    }
    EXPECT_THAT(perClass, ::testing::Each(6000));
    EXPECT_EQ((*dataset)->train.labels[0], 9);  // an ankle boot comes first
    // The publisher's mean pixel is 0.2860 of 255.
    double sum = 0;
    for (const auto pixel : (*dataset)->train.pixels) {
        sum += pixel;
    }
    EXPECT_NEAR(sum / 255 / static_cast<double>((*dataset)->train.pixels.size()), 0.2860, 1e-4);
}

TEST_F(FashionMnist, StopsReadingWhenAsked) {
    writeSet(m_folder.path(), 5);
    std::stop_source stop;
    int files = 0;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        EXPECT_EQ(progress.phase, "reading the data set");
        if (++files == 2) {
            stop.request_stop();
        }
    });
    const auto dataset = loadDataset("fashion-mnist", m_folder.path(), context);
    ASSERT_FALSE(dataset);
    EXPECT_EQ(dataset.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(files, 2);
}

}  // namespace
}  // namespace mantissa::data
