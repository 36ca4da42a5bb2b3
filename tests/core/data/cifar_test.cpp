// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "core/data/dataset_registry.h"
#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip.h"

namespace mantissa::data {
namespace {

using test::Bytes;
using test::writeFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kPixels = 3072;

/// A record: its labels, then pixels that count up from the last label.
Bytes record(const Bytes& labels) {
    Bytes bytes = labels;
    for (std::size_t i = 0; i < kPixels; ++i) {
        bytes.push_back(static_cast<std::uint8_t>(labels.back() + i));
    }
    return bytes;
}

std::map<std::string, Bytes> cifar10Files() {
    std::map<std::string, Bytes> files;
    for (std::uint8_t i = 1; i <= 5; ++i) {
        files["data_batch_" + std::to_string(i) + ".bin"] = record({i});
    }
    files["test_batch.bin"] = record({9});
    return files;
}

class Cifar : public ::testing::Test {
protected:
    void write(const std::map<std::string, Bytes>& files) const {
        for (const auto& [name, bytes] : files) {
            writeFile(m_folder / name, bytes);
        }
    }
    std::string messageOf(const char* name) const {
        const auto dataset = loadDataset(name, m_folder.path());
        return dataset ? "was read" : dataset.error().text();
    }

    test::TemporaryFolder m_folder;
};

TEST_F(Cifar, ReadsTheFiveBatchesInOrder) {
    write(cifar10Files());
    const auto dataset = loadDataset("cifar10", m_folder.path());
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->image, (Shape{3, 32, 32}));
    EXPECT_THAT((*dataset)->train.labels, ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT((*dataset)->test.labels, ElementsAre(9));
    EXPECT_EQ((*dataset)->train.pixels[kPixels + 1], 3);
    EXPECT_EQ((*dataset)->classes[9], "truck");
}

TEST_F(Cifar, OpensAZipInPlaceAndAPathByItsContent) {
    std::map<std::string, Bytes> files;
    for (const auto& [name, bytes] : cifar10Files()) {
        files["cifar-10-batches-bin/" + name] = bytes;
    }
    test::writeZip(m_folder / "c.zip", files);
    const auto dataset = loadDataset((m_folder / "c.zip").string());
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->name, "cifar10");
    EXPECT_EQ((*dataset)->train.count(), 5);
}

TEST_F(Cifar, HundredTakesTheFineLabelsAndTheirNames) {
    writeFile(m_folder / "train.bin", record({3, 99}));
    writeFile(m_folder / "test.bin", record({4, 1}));
    writeFile(m_folder / "fine_label_names.txt", "apple\naquarium_fish\n");
    const auto dataset = loadDataset("cifar100", m_folder.path());
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_THAT((*dataset)->train.labels, ElementsAre(99));
    ASSERT_EQ((*dataset)->classes.size(), 100U);
    EXPECT_EQ((*dataset)->classes[1], "aquarium_fish");
    EXPECT_EQ((*dataset)->classes[99], "99");
}

TEST_F(Cifar, SaysWhichFileIsMissing) {
    auto files = cifar10Files();
    files.erase("data_batch_3.bin");
    write(files);
    EXPECT_THAT(messageOf("cifar10"), HasSubstr("data_batch_3.bin"));
    EXPECT_THAT(messageOf("cifar10"), HasSubstr("cifar-10-binary.tar.gz"));
}

TEST_F(Cifar, RefusesPartsOfRecordsAndForeignLabels) {
    auto files = cifar10Files();
    files["test_batch.bin"].pop_back();
    write(files);
    EXPECT_THAT(messageOf("cifar10"), HasSubstr("has 3072 bytes, must have a multiple of 3073"));
    files["test_batch.bin"] = record({10});
    write(files);
    EXPECT_THAT(messageOf("cifar10"), HasSubstr("record 0 has label 10, must be from 0 to 9"));
}

}  // namespace
}  // namespace mantissa::data
