// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli sensitivity.
#include <gmock/gmock.h>

#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::HasSubstr;

class SensitivityCommand : public CliTest {};

TEST_F(SensitivityCommand, ranksEachLayerAndRoleAtEachWidth) {
    const auto result = cli({"sensitivity", "fp32.json", "--widths", "6,2"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, testing::AllOf(HasSubstr("Lost a bit"), HasSubstr("bfp<2,block=16>"),
                                           HasSubstr("measured"), HasSubstr("weight_gradient")));
    const auto json = cli({"sensitivity", "fp32.json", "--widths", "2", "--json"}).json();
    EXPECT_GT(json["accuracy"], 0.3);
    double last = -1e9;
    for (const auto& row : json["cases"]) {
        EXPECT_GE(row["lost_per_saved_bit"].get<double>(), last);
        last = row["lost_per_saved_bit"];
    }
    EXPECT_FALSE(json["cases"].empty());
}

TEST_F(SensitivityCommand, refusesWidthsThatNoFormatHas) {
    const auto result = cli({"sensitivity", "fp32.json", "--widths", "4,99"});
    EXPECT_NE(result.status, 0);
    EXPECT_THAT(result.err, testing::AllOf(HasSubstr("99"), HasSubstr("2")));
}

}  // namespace
}  // namespace mantissa::test
