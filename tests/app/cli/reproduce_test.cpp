// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>

#include <gmock/gmock.h>

#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReproduceCommand : public CliTest {};

TEST_F(ReproduceCommand, ListsTheSystems) {
    const auto result = cli({"reproduce", "--list"});
    EXPECT_EQ(result.status, 0) << result.err;
    for (const char* id : {"lightnorm", "flexblock", "hbfp", "gupta", "eie"}) {
        EXPECT_THAT(result.out, HasSubstr(id));
    }
    EXPECT_FALSE(std::filesystem::exists(m_folder / "results.db"));
    EXPECT_GT(cli({"reproduce", "--list", "--json"}).json().size(), 10U);
}

TEST_F(ReproduceCommand, ShowsWhatASystemIsSetsAndClaims) {
    const auto result = cli({"reproduce", "--show", "hbfp"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out,
                testing::AllOf(HasSubstr("Default weight"), HasSubstr("hbfp8"), HasSubstr("8.5 ×"),
                               HasSubstr("reported second-hand"), Not(HasSubstr(" \n"))));
    const auto json = cli({"reproduce", "--show", "hbfp", "--json"}).json();
    EXPECT_EQ(json["presets"][0]["id"], "hbfp8_16");
    EXPECT_FALSE(json["presets"][0]["changes"].empty());
}

TEST_F(ReproduceCommand, PrintsOneTableOfAnUnattendedRun) {
    const auto result =
        cli({"reproduce", "restructured_bn", "comet", "--quick", "--images", "256"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, testing::AllOf(HasSubstr("System"), HasSubstr("Verdict"),
                                           HasSubstr("COMET"), HasSubstr("points"),
                                           HasSubstr("13.5 ×"), Not(HasSubstr("not run"))));
    EXPECT_THAT(result.err, HasSubstr("comet bound3, seed 1: "));
    const auto again =
        cli({"reproduce", "restructured_bn", "comet", "--quick", "--images", "256", "--json"});
    EXPECT_THAT(again.err, Not(HasSubstr("seed 1"))) << "everything is stored";
    EXPECT_TRUE(again.json()["complete"]);
}

TEST_F(ReproduceCommand, PrintsThePageAndTheDrawings) {
    const auto page = cli({"reproduce", "eie", "--stored", "--markdown"});
    EXPECT_THAT(page.out, testing::AllOf(HasSubstr("# Reproducing"), HasSubstr("| 40.8 mm² |"),
                                         HasSubstr("not run")));
    std::filesystem::create_directory(m_folder / "pictures");
    EXPECT_EQ(cli({"reproduce", "eie", "--stored", "--charts", "pictures"}).status, 0);
    EXPECT_THAT(readFile(path("pictures/reproduce-ratios.svg")), HasSubstr("40.83 mm² of 40.8"));
    EXPECT_THAT(readFile(path("pictures/reproduce-accuracy.svg")), HasSubstr("</svg>"));
    EXPECT_EQ(cli({"reproduce", "eie", "--drawings", "pictures"}).status, 0);
    EXPECT_THAT(readFile(path("pictures/eie.svg")), HasSubstr("</svg>"));
}

TEST_F(ReproduceCommand, TrainsOnlyThePresetsThatAreNamed) {
    const auto result = cli(
        {"reproduce", "comet/bound2", "restructured_bn/one_pass", "--quick", "--images", "256"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.err, testing::AllOf(HasSubstr("comet bound2, seed 1: "),
                                           HasSubstr("fp32, seed 1: "), Not(HasSubstr("bound3"))));
    EXPECT_THAT(result.out, HasSubstr("not run"));
    const auto section = cli({"reproduce", "comet/bound2", "--quick", "--images", "256", "--stored",
                              "--markdown", "--network", "lenet5_bn"});
    EXPECT_THAT(section.out,
                testing::AllOf(HasSubstr("## Trained in LeNet-5"), HasSubstr("points"),
                               HasSubstr("reproduce comet/bound2 --network lenet5_bn --images 256"),
                               Not(HasSubstr("not run"))));
    const auto wrong = cli({"reproduce", "comet/bound9", "--json"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_EQ(wrong.json()["error"]["message"], "there is no trained preset of comet \"bound9\"");
}

TEST_F(ReproduceCommand, SaysBeforehandWhatItWouldTrain) {
    const auto result = cli({"reproduce", "comet/bound2", "--quick", "--images", "256",
                             "--learning-rate", "0.06", "--plan"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, testing::AllOf(HasSubstr("1 seed, learning rate 0.06"),
                                           HasSubstr("bound2"), HasSubstr("2 trainings, about ")));
    EXPECT_THAT(result.err, Not(HasSubstr("seed 1: "))) << "nothing was trained";
    EXPECT_EQ(cli({"reproduce", "comet", "--learning-rate", "0"}).status, 2);
}

TEST_F(ReproduceCommand, GivesAPlanAsJson) {
    const auto result =
        cli({"reproduce", "comet/bound2", "--quick", "--images", "256", "--plan", "--json"});
    ASSERT_EQ(result.status, 0) << result.err;
    const auto plan = result.json();
    EXPECT_EQ(plan["missing"], 2);
    EXPECT_EQ(plan["complete"], true);
    ASSERT_EQ(plan["presets"].size(), 2U);
    EXPECT_EQ(plan["presets"][1]["preset"], "bound2");
    EXPECT_GT(plan["presets"][1]["seconds"], 0);
    for (const std::string other : {"--markdown", "--charts=pictures", "--stored"}) {
        EXPECT_EQ(cli({"reproduce", "comet", "--quick", "--plan", other}).status, 2) << other;
    }
}

TEST_F(ReproduceCommand, SaysWhichSystemIsNotThere) {
    const auto result = cli({"reproduce", "hbpf", "--json"});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.json()["error"]["hint"], "did you mean hbfp?");
    EXPECT_EQ(cli({"reproduce", "hbfp", "--network", "lenet6"}).status, 2);
    EXPECT_EQ(cli({"reproduce", "--quick", "--full"}).status, 2);
}

}  // namespace
}  // namespace mantissa::test
