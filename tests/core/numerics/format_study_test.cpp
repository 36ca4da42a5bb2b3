// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/format_study.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace mantissa::numerics {
namespace {

Format formatOf(const char* text) {
    return parseFormat(text).value();
}

double sqnrOf(const char* format, double scale) {
    const auto tensors = distributionTensors(scale, 1);
    const auto studies = studyFormats({.formats = {{formatOf(format)}}}, tensors, {});
    return studies.value().at(0).errors.at(0).sqnrDb();
}

TEST(FormatStudy, SharesTheBlocksBitsAmongItsElements) {
    const auto bits = bitsByBlockSize(formatOf("bfp<8,block=24x24>"), 64);
    ASSERT_EQ(bits.size(), 7U);
    EXPECT_EQ(bits[0].blockSize, 1);
    EXPECT_DOUBLE_EQ(bits[0].bits, 16);
    EXPECT_EQ(bits[6].blockSize, 64);
    EXPECT_DOUBLE_EQ(bits[6].bits, 8 + 8.0 / 64);
}

TEST(FormatStudy, LeavesOutBlocksThatTheFormatForbids) {
    const auto bits = bitsByBlockSize(formatOf("smx9"), 16);  // sub-blocks of two
    ASSERT_FALSE(bits.empty());
    EXPECT_EQ(bits.front().blockSize, 2);
    EXPECT_DOUBLE_EQ(bits.back().bits, 8 + 8.0 / 16 + 0.5);
}

TEST(FormatStudy, HasNoCurveWithoutBlocks) {
    EXPECT_TRUE(bitsByBlockSize(formatOf("fp16"), 64).empty());
    EXPECT_FALSE(blockElements(formatOf("fp16")));
    EXPECT_FALSE(blockElements(formatOf("int8")));
    EXPECT_EQ(blockElements(formatOf("hbfp8")), 576);
}

TEST(FormatStudy, FindsTheErrorOfAUniformGrid) {
    // Steps of 2^-8 far inside the range: noise step^2 / 12 under a signal of 1.
    EXPECT_NEAR(sqnrOf("fixed<8,8>", 1), 10 * std::log10(12 * std::pow(2.0, 16)), 0.1);
}

TEST(FormatStudy, BlocksFollowTheScaleOfTheDataAndFixedPointDoesNot) {
    EXPECT_NEAR(sqnrOf("msfp12", 1), sqnrOf("msfp12", 1024), 1e-3);
    EXPECT_GT(sqnrOf("fixed<4,12>", 1), sqnrOf("fixed<4,12>", 1024) + 20);
}

TEST(FormatStudy, KeepsTheOrderOfFormatsAndTensors) {
    const auto tensors = distributionTensors(1, 1);
    const auto studies =
        studyFormats({.formats = {{formatOf("fp32")}, {formatOf("fp8_e4m3")}}}, tensors, {});
    ASSERT_TRUE(studies);
    ASSERT_EQ(studies->size(), 2U);
    EXPECT_TRUE(std::isinf(studies->at(0).errors.at(2).sqnrDb()));
    EXPECT_EQ(studies->at(1).errors.size(), kDistributions.size());
    EXPECT_DOUBLE_EQ(studies->at(1).bitsPerElement, 8);
    EXPECT_NE(tensors[0].origin.find("seed 1"), std::string::npos);
}

TEST(FormatStudy, RefusesAnInvalidFormat) {
    const auto studies = studyFormats({.formats = {{Minifloat{99, 3}}}}, {}, {});
    ASSERT_FALSE(studies);
    EXPECT_EQ(studies.error().code, ErrorCode::InvalidInput);
}

TEST(FormatStudy, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    const auto studies = studyFormats({.formats = {{Fp32{}}}}, {}, stop.get_token());
    ASSERT_FALSE(studies);
    EXPECT_EQ(studies.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace mantissa::numerics
