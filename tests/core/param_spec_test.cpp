// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/param_spec.h"

#include <array>
#include <limits>

#include <gmock/gmock.h>

namespace mantissa {
namespace {

using ::testing::HasSubstr;

constexpr ParamSpec kKernel{.id = "kernel", .label = "Kernel", .minimum = 1, .maximum = 11};
constexpr std::array<std::string_view, 2> kKinds{"conventional", "range"};

TEST(CheckParam, AcceptsTheEndsOfTheRange) {
    EXPECT_TRUE(checkParam(kKernel, 1, "/k"));
    EXPECT_TRUE(checkParam(kKernel, 11, "/k"));
}

TEST(CheckParam, NamesValueRangeAndPlace) {
    const auto result = checkParam(kKernel, 12, "/network/layers/0/kernel");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().text(), HasSubstr("/network/layers/0/kernel"));
    EXPECT_THAT(result.error().text(), HasSubstr("12"));
    EXPECT_THAT(result.error().text(), HasSubstr("from 1 to 11"));
}

TEST(CheckParam, RejectsFractionsOfIntegers) {
    EXPECT_FALSE(checkParam(kKernel, 2.5, ""));
}

TEST(CheckParam, RejectsNotANumber) {
    EXPECT_FALSE(checkParam(kKernel, std::numeric_limits<double>::quiet_NaN(), ""));
}

TEST(CheckParam, ListsTheChoices) {
    const ParamSpec kind{.id = "kind", .kind = ParamKind::Choice, .choices = kKinds};
    EXPECT_TRUE(checkParam(kind, 1, ""));
    const auto result = checkParam(kind, 2, "");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("conventional, range"));
}

TEST(CheckParam, KeepsAmountsApartFromAZeroThatIsNone) {
    const ParamSpec supply{.id = "supply",
                           .unit = "V",
                           .kind = ParamKind::Real,
                           .maximum = 1.8,
                           .zeroText = "the library's",
                           .leastAmount = 0.4};
    EXPECT_TRUE(checkParam(supply, 0, ""));
    EXPECT_TRUE(checkParam(supply, 0.4, ""));
    const auto result = checkParam(supply, 0.2, "");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("0 (the library's) or a number from 0.4 to 1.8"));
}

TEST(RangeText, NamesBothEnds) {
    EXPECT_EQ(rangeText({.unit = "MHz", .kind = ParamKind::Real, .minimum = 10, .maximum = 4000}),
              "10 to 4000 MHz");
    EXPECT_EQ(rangeText({.unit = "V",
                         .kind = ParamKind::Real,
                         .maximum = 1.8,
                         .zeroText = "the library's",
                         .leastAmount = 0.4}),
              "the library's, or 0.4 to 1.8 V");
    EXPECT_EQ(rangeText({.maximum = 64, .zeroText = "all"}), "all, or 1 to 64");
}

TEST(ParamText, CarriesTheUnit) {
    const ParamSpec clock{.id = "clock", .unit = "MHz", .kind = ParamKind::Real};
    EXPECT_EQ(paramText(clock, 500), "500 MHz");
}

}  // namespace
}  // namespace mantissa
