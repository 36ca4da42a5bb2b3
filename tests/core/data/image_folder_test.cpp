// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "core/data/dataset_registry.h"
#include "core/data/image_file.h"
#include "tests/support/files.h"
#include "tests/support/pictures.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip.h"

namespace mantissa::data {
namespace {

using test::Bytes;
using test::jpegBytes;
using test::pngBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Bytes grey(std::uint8_t value, int side = 2) {
    return pngBytes(side, side, 1, Bytes(static_cast<std::size_t>(side * side), value));
}

class ImageFolder : public ::testing::Test {
protected:
    Result<std::shared_ptr<const Dataset>> open(const std::map<std::string, Bytes>& files) const {
        test::writeZip(m_file, files);
        return loadDataset("images:" + m_file.string());
    }
    std::string messageOf(const std::map<std::string, Bytes>& files) const {
        const auto dataset = open(files);
        return dataset ? "was read" : dataset.error().text();
    }

    test::TemporaryFolder m_folder;
    std::filesystem::path m_file = m_folder / "set.zip";
    std::map<std::string, Bytes> m_set{{"train/cat/1.png", grey(11)}, {"train/cat/2.png", grey(12)},
                                       {"train/dog/1.png", grey(21)}, {"test/cat/1.png", grey(31)},
                                       {"test/dog/1.png", grey(41)},  {"train/readme.txt", {'x'}}};
};

TEST_F(ImageFolder, ReadsClassesInTurnsFromAZip) {
    const auto dataset = open(m_set);
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->image, (Shape{1, 2, 2}));
    EXPECT_THAT((*dataset)->classes, ElementsAre("cat", "dog"));
    EXPECT_THAT((*dataset)->train.labels, ElementsAre(0, 1, 0));
    EXPECT_THAT((*dataset)->train.pixels,
                ElementsAre(11, 11, 11, 11, 21, 21, 21, 21, 12, 12, 12, 12));
    EXPECT_THAT((*dataset)->test.labels, ElementsAre(0, 1));
}

TEST_F(ImageFolder, ReadsTheSameFromAFolderAndByContent) {
    for (const auto& [name, bytes] : m_set) {
        const auto file = m_folder.path() / "pets" / name;
        std::filesystem::create_directories(file.parent_path());
        test::writeFile(file, bytes);
    }
    const auto folder = loadDataset((m_folder.path() / "pets").string());
    const auto archive = open(m_set);
    ASSERT_TRUE(folder) << folder.error().text();
    ASSERT_TRUE(archive) << archive.error().text();
    EXPECT_EQ((*folder)->name, "images");
    EXPECT_EQ((*folder)->hash, (*archive)->hash);
}

TEST_F(ImageFolder, HasMoreClassesThanAByteCounts) {
    constexpr int kClasses = 300;
    std::map<std::string, Bytes> files;
    for (int i = 0; i < kClasses; ++i) {
        const std::string name = "/c" + std::to_string(1000 + i) + "/1.png";  // in order of names
        files["train" + name] = grey(static_cast<std::uint8_t>(i % 256));
        files["test" + name] = grey(static_cast<std::uint8_t>(i % 256));
    }
    const auto dataset = open(files);
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->classes.size(), std::size_t{kClasses});
    EXPECT_EQ((*dataset)->classes.back(), "c1299");
    ASSERT_EQ((*dataset)->train.count(), kClasses);
    for (int i = 0; i < kClasses; ++i) {
        EXPECT_EQ((*dataset)->train.labels[static_cast<std::size_t>(i)], i);
        EXPECT_EQ((*dataset)->train.pixels[static_cast<std::size_t>(4 * i)], i % 256);
    }
}

TEST_F(ImageFolder, SeparatesColoursIntoPlanes) {
    m_set["train/dog/1.png"] = pngBytes(2, 2, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    const auto dataset = open(m_set);
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->image, (Shape{3, 2, 2}));
    const auto dog = std::span((*dataset)->train.pixels).subspan(12, 12);
    EXPECT_THAT(Bytes(dog.begin(), dog.end()), ElementsAre(1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12));
}

TEST_F(ImageFolder, ReadsJpegsWhateverTheirEnding) {
    m_set["train/dog/1.png"] = jpegBytes(2, 2, 1, {21, 21, 21, 21});
    m_set["train/dog/2.JPEG"] = jpegBytes(2, 2, 1, {22, 22, 22, 22});
    const auto dataset = open(m_set);
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->train.count(), 4);
    EXPECT_NEAR((*dataset)->train.pixels[4], 21, 1);
}

TEST_F(ImageFolder, SaysWhenThereAreTooFewImagesToHoldOut) {
    EXPECT_THAT(messageOf({{"cat/1.png", grey(1)}, {"dog/1.png", grey(2)}}),
                AllOf(HasSubstr("the test set has no images"), HasSubstr("every sixth image")));
}

TEST_F(ImageFolder, HoldsOutASixthOfEachClassWithoutATestFolder) {
    std::map<std::string, Bytes> files;
    for (std::uint8_t i = 0; i < 6; ++i) {
        files["cat/" + std::to_string(i) + ".png"] = grey(i);
        files["dog/" + std::to_string(i) + ".png"] = grey(static_cast<std::uint8_t>(10 + i));
    }
    const auto dataset = open(files);
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->train.count(), 10);
    EXPECT_THAT((*dataset)->test.labels, ElementsAre(0, 1));
    EXPECT_EQ((*dataset)->test.pixels[0], 5);
    EXPECT_EQ((*dataset)->test.pixels[4], 15);
}

TEST_F(ImageFolder, SaysWhatIsWrongAndWhere) {
    const auto with = [&](const char* name, const Bytes& bytes) {
        auto files = m_set;
        files[name] = bytes;
        return messageOf(files);
    };
    EXPECT_THAT(messageOf({{"readme.txt", {'x'}}}), HasSubstr("in a folder of its class"));
    EXPECT_THAT(with("train/cat/3.png", grey(1, 3)), HasSubstr("train/cat/3.png: is 3 x 3"));
    EXPECT_THAT(with("train/cat/3.png", {'G', 'I', 'F'}), HasSubstr("neither a JPEG nor a PNG"));
    EXPECT_THAT(with("test/eel/1.png", grey(1)), HasSubstr("no training images"));
    EXPECT_THAT(with("train/cat/3.png", pngBytes(1, 4097, 1, Bytes(4097))),
                HasSubstr("1 x 4097 pixels (allowed: sides of 1 to 4096)"));
}

TEST_F(ImageFolder, DoesNotUnpackABomb) {
    m_set["train/cat/3.png"] = Bytes(kLargestImageFile + 1);
    EXPECT_THAT(messageOf(m_set), HasSubstr("more than 67108864 bytes"));
}

TEST_F(ImageFolder, NoTruncatedArchiveCrashes) {
    ASSERT_TRUE(open(m_set));
    const auto whole = test::readBytes(m_file);
    for (std::size_t size = 0; size < whole.size(); size += 5) {
        test::writeFile(m_file, Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(size)));
        const auto dataset = loadDataset("images:" + m_file.string());
        ASSERT_FALSE(dataset) << size;
        EXPECT_FALSE(dataset.error().message.empty());
    }
}

TEST_F(ImageFolder, NoFlippedByteOfAnArchiveCrashes) {
    ASSERT_TRUE(open(m_set));
    const auto whole = test::readBytes(m_file);
    for (std::size_t at = 0; at < whole.size(); at += 3) {
        Bytes bytes = whole;
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 0x55U);
        test::writeFile(m_file, bytes);
        const auto dataset = loadDataset("images:" + m_file.string());
        EXPECT_TRUE(dataset || !dataset.error().message.empty());
    }
}

TEST(DecodeImage, RefusesEveryTruncatedJpeg) {
    Bytes pixels;
    for (int i = 0; i < 3 * 16 * 16; ++i) {
        pixels.push_back(static_cast<std::uint8_t>(i * 37));
    }
    const Bytes whole = jpegBytes(16, 16, 3, pixels);
    ASSERT_TRUE(decodeImage(whole, "whole"));
    for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
        const auto picture = decodeImage(std::span(whole).first(size), "part.jpg");
        ASSERT_FALSE(picture) << size;
        EXPECT_EQ(picture.error().where, "part.jpg");
    }
}

TEST(DecodeImage, RefusesEveryPngThatEndsBeforeItsPixelsDo) {
    Bytes pixels;
    for (int i = 0; i < 3 * 16 * 16; ++i) {
        pixels.push_back(static_cast<std::uint8_t>(i * 37));
    }
    const Bytes whole = pngBytes(16, 16, 3, pixels);
    const auto good = decodeImage(whole, "whole");
    ASSERT_TRUE(good) << good.error().text();
    EXPECT_EQ(good->rgb, pixels);
    constexpr std::size_t kTail = 12 + 12;  // check sum of the pixels, and the end chunk
    for (std::size_t size = 0; size + kTail < whole.size(); ++size) {
        EXPECT_FALSE(decodeImage(std::span(whole).first(size), "part.png")) << size;
    }
}

}  // namespace
}  // namespace mantissa::data
