// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli preview.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class PreviewCommand : public CliTest {};

TEST_F(PreviewCommand, measuresTheWeightsOfARunAsTheRunDid) {
    const auto run = cli({"run", "bfp.json", "--checkpoint", "weights", "--json"}).json();
    const auto seen = cli({"preview", "bfp.json", "--checkpoint", "weights", "--json"}).json();
    EXPECT_EQ(seen["test_accuracy"], run["epochs"].back()["test_accuracy"]);
    EXPECT_EQ(seen["test_loss"], run["epochs"].back()["test_loss"]);
    EXPECT_EQ(seen["hash"], run["hash"]);
}

TEST_F(PreviewCommand, takesOtherFormatsAndFewerImages) {
    (void)cli({"run", "fp32.json", "--checkpoint", "weights"});
    const auto whole = cli({"preview", "fp32.json", "--checkpoint", "weights", "--json"}).json();
    const auto other = cli({"preview", "bfp.json", "--checkpoint", "weights", "--json"}).json();
    EXPECT_NE(whole["test_loss"], other["test_loss"]);
    const auto few = cli({"preview", "bfp.json", "--checkpoint", "weights", "--images", "10"});
    EXPECT_THAT(few.out, AllOf(HasSubstr("of 32 images"), HasSubstr("measured"))) << few.err;
}

TEST_F(PreviewCommand, refusesWeightsOfAnotherNetwork) {
    (void)cli({"run", "fp32.json", "--checkpoint", "weights"});
    ASSERT_EQ(cli({"network", "mlp", "-o", "mlp.json"}).status, 0);
    const auto other = cli({"preview", "mlp.json", "--checkpoint", "weights"});
    EXPECT_EQ(other.status, 2);
    EXPECT_THAT(other.err, AllOf(HasSubstr("another network"), HasSubstr("choose a design")));
}

TEST_F(PreviewCommand, refusesWhatIsNoCheckpoint) {
    const auto missing = cli({"preview", "bfp.json", "--checkpoint", "none"});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.err, AllOf(HasSubstr("none"), HasSubstr("run --checkpoint")));
    const auto design = cli({"preview", "bfp.json", "--checkpoint", "bfp.json"});
    EXPECT_EQ(design.status, 2);
    EXPECT_THAT(design.err, HasSubstr("not a checkpoint"));
}

}  // namespace
}  // namespace mantissa::test
