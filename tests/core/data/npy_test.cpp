// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy.h"

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mantissa::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A file of the given version around a dictionary, followed by `values`.
std::string npyFile(std::string_view dictionary, const std::vector<float>& values, int major = 1) {
    std::string file("\x93NUMPY");
    file += static_cast<char>(major);
    file += '\0';
    for (int i = 0; i < (major == 1 ? 2 : 4); ++i) {
        file += static_cast<char>(dictionary.size() >> (8 * i) & 0xFFU);
    }
    file += dictionary;
    const std::size_t start = file.size();
    file.resize(start + values.size() * sizeof(float));
    if (!values.empty()) {
        std::memcpy(file.data() + start, values.data(), values.size() * sizeof(float));
    }
    return file;
}

std::string dictionary(std::string_view shape, std::string_view type = "<f4",
                       std::string_view fortran = "False") {
    return "{'descr': '" + std::string(type) + "', 'fortran_order': " + std::string(fortran) +
           ", 'shape': " + std::string(shape) + ", }\n";
}

Result<NpyArray> read(const std::string& file) {
    std::istringstream stream(file);
    return readNpy(stream, "x.npy");
}

Error readError(const std::string& file) {
    const auto array = read(file);
    return array ? Error{ErrorCode::Internal, "was accepted", {}, {}} : array.error();
}

TEST(Npy, readsValuesAndShapeOfEveryVersion) {
    for (const int major : {1, 2, 3}) {
        const auto array = read(npyFile(dictionary("(2, 3)"), {1, 2, 3, 4, 5, 6}, major));
        ASSERT_TRUE(array) << array.error().text();
        EXPECT_THAT(array->shape, ElementsAre(2, 3));
        EXPECT_THAT(array->values, ElementsAre(1, 2, 3, 4, 5, 6));
    }
}

TEST(Npy, turnsFortranOrderIntoCOrder) {
    // a[i][j][k] = 100 i + 10 j + k for extents 2, 2, 3; in the file the first axis runs fastest.
    const auto array = read(npyFile(dictionary("(2, 2, 3)", "<f4", "True"),
                                    {0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112}));
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_THAT(array->values, ElementsAre(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112));
}

TEST(Npy, readsRankZeroEmptyAndHighRanks) {
    const auto scalar = read(npyFile(dictionary("()"), {7}));
    ASSERT_TRUE(scalar) << scalar.error().text();
    EXPECT_TRUE(scalar->shape.empty());
    EXPECT_THAT(scalar->values, ElementsAre(7));

    const auto empty = read(npyFile(dictionary("(0, 5)"), {}));
    ASSERT_TRUE(empty) << empty.error().text();
    EXPECT_THAT(empty->shape, ElementsAre(0, 5));

    std::string axes = "(";
    for (int i = 0; i < kNpyMaxRank; ++i) {
        axes += "1,";
    }
    EXPECT_TRUE(read(npyFile(dictionary(axes + ")"), {1})));
    EXPECT_THAT(readError(npyFile(dictionary(axes + "1,)"), {1})).message, HasSubstr("33 axes"));
}

TEST(Npy, acceptsWhatPythonTwoAndOtherWritersPut) {
    const auto array =
        read(npyFile("{\"shape\":(2L,),\"descr\":\"<f4\",\"fortran_order\":False}", {1, 2}));
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_THAT(array->shape, ElementsAre(2));
}

/// A file whose values are given as bytes.
std::string npyBytes(std::string_view shape, std::string_view type, std::string_view bytes) {
    return npyFile(dictionary(shape, type), {}) + std::string(bytes);
}

TEST(Npy, swapsBigEndianBytes) {
    const auto array = read(npyBytes("(2,)", ">f4", {"\x3f\x80\0\0\xc0\x20\0\0", 8}));
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_THAT(array->values, ElementsAre(1, -2.5F));
    EXPECT_EQ(array->elementType, ">f4");
    EXPECT_EQ(array->rounded, 0);
}

TEST(Npy, widensFloat16Exactly) {
    // 1, -2, the largest 65504, the smallest subnormal 2^-24, -0, Inf.
    const auto array =
        read(npyBytes("(6,)", "<f2", {"\0\x3c\0\xc0\xff\x7b\x01\0\0\x80\0\x7c", 12}));
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_THAT(array->values, ElementsAre(1, -2, 65504, std::ldexp(1.0F, -24), 0,
                                           std::numeric_limits<float>::infinity()));
    EXPECT_TRUE(std::signbit(array->values[4]));
    const auto nan = read(npyBytes("(1,)", ">f2", {"\x7e\0", 2}));
    EXPECT_TRUE(std::isnan(nan.value().values[0]));
}

TEST(Npy, roundsFloat64AndCountsWhatChanged) {
    std::string bytes;
    for (const double value : {0.5, 0.1, 1e300, std::numeric_limits<double>::infinity()}) {
        std::array<char, 8> raw{};
        std::memcpy(raw.data(), &value, raw.size());
        bytes.append(raw.data(), raw.size());
    }
    const auto array = read(npyBytes("(2, 2)", "<f8", bytes));
    ASSERT_TRUE(array) << array.error().text();
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    EXPECT_THAT(array->values, ElementsAre(0.5F, 0.1F, kInfinity, kInfinity));
    EXPECT_EQ(array->rounded, 2);
    EXPECT_EQ(array->overflowed, 1);
    EXPECT_EQ(readError(npyBytes("(2, 2)", "<f8", bytes.substr(1))).code, ErrorCode::Corrupt);
}

TEST(Npy, namesTheElementTypeItRefusesAndHowToConvert) {
    for (const std::string type : {"<i4", "|u1", "<c8", "|V2", "<f16", "f4"}) {
        const auto error = readError(npyFile(dictionary("(1,)", type), {1, 2}));
        EXPECT_EQ(error.code, ErrorCode::Unsupported);
        EXPECT_THAT(error.message, HasSubstr(type));
        EXPECT_THAT(error.hint, HasSubstr("astype(numpy.float32)"));
    }
    const auto error = readError(
        npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", {1}));
    EXPECT_THAT(error.message, HasSubstr("structured"));
}

TEST(Npy, refusesTooFewAndTooManyBytes) {
    const std::string whole = npyFile(dictionary("(4,)"), {1, 2, 3, 4});
    const auto truncated = readError(whole.substr(0, whole.size() - 1));
    EXPECT_EQ(truncated.code, ErrorCode::Corrupt);
    EXPECT_EQ(truncated.where, "x.npy");
    EXPECT_THAT(truncated.message, HasSubstr("needs 16 bytes, there are 15"));
    EXPECT_THAT(readError(whole + "x").message, HasSubstr("goes on after the array"));
}

TEST(Npy, refusesEveryPrefixOfAFile) {
    const std::string whole = npyFile(dictionary("(2,)"), {1, 2});
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(read(whole.substr(0, length))) << length << " bytes";
    }
}

TEST(Npy, allocatesNothingForAShapeThatIsNotThere) {
    for (const std::string shape :
         {"(1000000000000,)", "(4611686018427387904, 4)", "(9223372036854775807, 0, 3)",
          "(99999999999999999999,)", "(-1,)", "(1.5,)", "(2", "2"}) {
        EXPECT_EQ(readError(npyFile(dictionary(shape), {1})).code, ErrorCode::Corrupt) << shape;
    }
}

TEST(Npy, refusesMalformedHeaders) {
    for (const std::string text :
         {"", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}",
          "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
          "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
          "{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}",
          "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x"}) {
        EXPECT_EQ(readError(npyFile(text, {1})).code, ErrorCode::Corrupt) << text;
    }
}

TEST(Npy, survivesAnyDamageToItsHeader) {
    const std::string whole = npyHeader({2, 3}) + std::string(24, '\0');
    std::mt19937 random(1);
    for (int trial = 0; trial < 20000; ++trial) {
        std::string damaged = whole;
        for (int i = 0; i < 3; ++i) {
            damaged[random() % 128] = static_cast<char>(random());
        }
        const auto array = read(damaged);
        if (array) {
            EXPECT_EQ(elementCount(array->shape), 6);
        } else {
            EXPECT_FALSE(array.error().message.empty());
        }
    }
}

TEST(Npy, writesTheHeaderThatNumpyWrites) {
    const std::string header = npyHeader({3});
    EXPECT_EQ(header.size(), 128U);
    EXPECT_THAT(header, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } "));
    EXPECT_EQ(header.back(), '\n');
    EXPECT_THAT(npyHeader({}), HasSubstr("'shape': ()"));
    EXPECT_THAT(npyHeader({3, 4}), HasSubstr("'shape': (3, 4)"));
}

TEST(Npy, readsWhatItWrites) {
    const auto array = read(npyHeader({1, 2, 1}) + std::string(8, '\0'));
    ASSERT_TRUE(array) << array.error().text();
    EXPECT_THAT(array->shape, ElementsAre(1, 2, 1));
}

TEST(Npy, saysWhichFileIsMissingOrAFolder) {
    const auto missing = readNpy(std::filesystem::path("no/such.npy"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_EQ(missing.error().where, "no/such.npy");
    const auto folder = readNpy(std::filesystem::temp_directory_path());
    ASSERT_FALSE(folder);
    EXPECT_THAT(folder.error().message, HasSubstr("folder"));
}

}  // namespace
}  // namespace mantissa::data
