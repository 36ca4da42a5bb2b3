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

TEST(ParamText, CarriesTheUnit) {
    const ParamSpec clock{.id = "clock", .unit = "MHz", .kind = ParamKind::Real};
    EXPECT_EQ(paramText(clock, 500), "500 MHz");
}

}  // namespace
}  // namespace mantissa
