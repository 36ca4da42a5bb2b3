// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "core/data/dataset_registry.h"
#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip.h"

namespace mantissa::data {
namespace {

using test::Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// An .npy file, version 1.0.
Bytes npy(const std::string& type, const std::string& shape, const Bytes& values,
          const char* fortran = "False") {
    const std::string text =
        "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': (" + shape + "), }\n";
    Bytes bytes{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<std::uint8_t>(text.size()), 0};
    bytes.insert(bytes.end(), text.begin(), text.end());
    bytes.insert(bytes.end(), values.begin(), values.end());
    return bytes;
}

class Numpy : public ::testing::Test {
protected:
    std::shared_ptr<const Dataset> open(const std::map<std::string, Bytes>& arrays) const {
        test::writeZip(m_file, arrays);
        const auto dataset = loadDataset("numpy:" + m_file.string());
        EXPECT_TRUE(dataset) << dataset.error().text();
        return dataset ? *dataset : std::make_shared<Dataset>();
    }
    std::string messageOf(const std::map<std::string, Bytes>& arrays) const {
        test::writeZip(m_file, arrays);
        const auto dataset = loadDataset("numpy:" + m_file.string());
        return dataset ? "was read" : dataset.error().text();
    }

    test::TemporaryFolder m_folder;
    std::filesystem::path m_file = m_folder / "set.npz";
    std::map<std::string, Bytes> m_grey{{"x_train.npy", npy("|u1", "2, 1, 2", {1, 2, 3, 4})},
                                        {"y_train.npy", npy("|u1", "2,", {0, 1})},
                                        {"x_test.npy", npy("|u1", "1, 1, 2", {5, 6})},
                                        {"y_test.npy", npy("|u1", "1,", {1})}};
};

TEST_F(Numpy, ReadsGreyImages) {
    const auto dataset = open(m_grey);
    EXPECT_EQ(dataset->image, (Shape{1, 1, 2}));
    EXPECT_THAT(dataset->train.pixels, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(dataset->test.pixels, ElementsAre(5, 6));
    EXPECT_THAT(dataset->classes, ElementsAre("0", "1"));
}

TEST_F(Numpy, LabelsGoBeyondAByte) {
    m_grey["y_train.npy"] = npy("<i8", "2,", {44, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0});
    const auto dataset = open(m_grey);
    EXPECT_THAT(dataset->train.labels, ElementsAre(300, 1));
    EXPECT_EQ(dataset->classes.size(), 301U);
    m_grey["y_train.npy"] = npy("<u2", "2,", {44, 1, 1, 1});
    EXPECT_NE(open(m_grey)->hash, dataset->hash) << "257 is not 1";
}

TEST_F(Numpy, ReadsArraysOfAFolder) {
    for (const auto& [name, bytes] : m_grey) {
        test::writeFile(m_folder / name, bytes);
    }
    const auto dataset = loadDataset(m_folder.path().string());
    ASSERT_TRUE(dataset) << dataset.error().text();
    EXPECT_EQ((*dataset)->name, "numpy");
}

TEST_F(Numpy, PutsChannelsFirst) {
    m_grey["x_train.npy"] = npy("|u1", "2, 1, 2, 3", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    m_grey["x_test.npy"] = npy("|u1", "1, 3, 1, 2", {1, 2, 3, 4, 5, 6});
    const auto dataset = open(m_grey);
    EXPECT_EQ(dataset->image, (Shape{3, 1, 2}));
    EXPECT_THAT(dataset->train.pixels, ElementsAre(1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12));
    EXPECT_THAT(dataset->test.pixels, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(Numpy, ReadsFortranOrderAndWideLabels) {
    m_grey["x_train.npy"] = npy("|u1", "2, 1, 2", {1, 3, 2, 4}, "True");
    m_grey["y_train.npy"] = npy(">i4", "2, 1", {0, 0, 0, 1, 0, 0, 0, 0});
    const auto dataset = open(m_grey);
    EXPECT_THAT(dataset->train.pixels, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(dataset->train.labels, ElementsAre(1, 0));
}

TEST_F(Numpy, HoldsOutWhereThereIsNoTestSet) {
    const auto dataset = open({{"x.npy", npy("|u1", "6, 1, 1", {1, 2, 3, 4, 5, 6})},
                               {"y.npy", npy("|u1", "6,", {0, 0, 0, 1, 1, 1})}});
    EXPECT_THAT(dataset->train.pixels, ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(dataset->test.pixels, ElementsAre(6));
}

TEST_F(Numpy, SaysWhatIsWrong) {
    const auto with = [&](const char* name, const Bytes& bytes) {
        auto arrays = m_grey;
        arrays[name] = bytes;
        return messageOf(arrays);
    };
    EXPECT_THAT(messageOf({{"a.npy", npy("|u1", "1,", {0})}}),
                HasSubstr("found no pair of arrays like x_train.npy and y_train.npy"));
    EXPECT_THAT(with("x_train.npy", npy("<f4", "1,", {0, 0, 0, 0})), HasSubstr("astype('uint8')"));
    EXPECT_THAT(with("y_train.npy", npy("<f4", "1,", {0, 0, 0, 0})), HasSubstr("astype('int64')"));
    EXPECT_THAT(messageOf({{"x.npy", npy("|u1", "0, 1, 2", {})}, {"y.npy", npy("|u1", "0,", {})}}),
                HasSubstr("there are no images"));
    EXPECT_THAT(with("x_train.npy", npy("|u1", "2, 1, 2", {1, 2, 3})),
                HasSubstr("needs 4 bytes, there are 3"));
    EXPECT_THAT(with("x_train.npy", npy("|u1", "2, 1, 2", {1, 2, 3, 4, 5})),
                HasSubstr("goes on after the array"));
    EXPECT_THAT(with("x_train.npy", npy("|u1", "2, 2", {1, 2, 3, 4})), HasSubstr("shape 2 x 2"));
    EXPECT_THAT(with("y_train.npy", npy("<i2", "2,", {0, 0, 255, 255})),
                HasSubstr("element 1 is -1, must be from 0 to 65535 (labels count"));
    EXPECT_THAT(with("x_train.npy", npy("<i2", "1, 1, 1", {44, 1})),
                HasSubstr("element 0 is 300, must be from 0 to 255 (scale pictures"));
    EXPECT_THAT(with("y_train.npy", npy("|u1", "1,", {0})), HasSubstr("1 labels for 2 images"));
    EXPECT_THAT(with("y_train.npy", npy("|u1", "2, 2", {0, 1, 1, 0})), HasSubstr("argmax"));
    EXPECT_THAT(with("y_test.npy", npy("|u1", "1,", {7})), HasSubstr("must be from 0 to 1"));
    EXPECT_THAT(with("x_train.npy", npy("|u1", "4294967297, 1, 2", {})),
                HasSubstr("allowed: up to"));
}

TEST_F(Numpy, NoTruncatedArchiveCrashes) {
    test::writeZip(m_file, m_grey);
    const auto whole = test::readBytes(m_file);
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        test::writeFile(m_file, Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(size)));
        const auto dataset = loadDataset("numpy:" + m_file.string());
        ASSERT_FALSE(dataset) << size;
        EXPECT_THAT(dataset.error().where, HasSubstr("set.npz")) << size;
        EXPECT_FALSE(dataset.error().message.empty());
    }
}

TEST_F(Numpy, NoFlippedByteOfAnArrayCrashes) {
    const Bytes good = m_grey["x_train.npy"];
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const unsigned flip : {1U, 0x40U, 0xFFU}) {
            Bytes bytes = good;
            bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ flip);
            test::writeFile(m_folder / "x_train.npy", bytes);
            test::writeFile(m_folder / "y_train.npy", m_grey["y_train.npy"]);
            const auto dataset = loadDataset("numpy:" + m_folder.path().string());
            EXPECT_TRUE(dataset || !dataset.error().message.empty());
        }
    }
}

}  // namespace
}  // namespace mantissa::data
