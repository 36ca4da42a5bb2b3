// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <unistd.h>

#include "core/store/store.h"
#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::HasSubstr;

class Run : public CliTest {
protected:
    /// Waits until the child's log shows a completed epoch, so that there is a curve to keep.
    void awaitEpoch(const std::string& name, int epoch) const {
        const std::string wanted = "epoch " + std::to_string(epoch) + "/";
        for (int i = 0; i < 3000; ++i) {
            if (readFile(path(name + ".err")).find(wanted) != std::string::npos) {
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        FAIL() << "no epoch ended: " << readFile(path(name + ".err"));
    }

    std::vector<store::RunRow> storedRuns() const {
        auto store = store::Store::open(m_folder / "results.db", store::Access::ReadOnly);
        return store ? store->runs().value_or(std::vector<store::RunRow>{})
                     : std::vector<store::RunRow>{};
    }
};

TEST_F(Run, reportsAccuracyHardwareAndWhereItIsKept) {
    const auto result = cli({"run", "bfp.json", "--db", "other/place.db"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out,
                testing::AllOf(HasSubstr("measured"), HasSubstr("modelled"), HasSubstr("mm²"),
                               HasSubstr("other/place.db"), HasSubstr("tiny bfp"),
                               HasSubstr("SQNR"), testing::Not(HasSubstr(" \n"))));
    EXPECT_THAT(result.err, testing::AllOf(HasSubstr("epoch 1/2"), HasSubstr("epoch 2/2")));
    EXPECT_THAT(result.err, testing::Not(HasSubstr("\r")));
    EXPECT_TRUE(std::filesystem::exists(m_folder / "other/place.db"));
    EXPECT_FALSE(std::filesystem::exists(m_folder / "results.db"));
}

TEST_F(Run, refusesACheckpointThatCannotBeWrittenBeforeItTrains) {
    const auto result = cli({"run", "fp32.json", "--checkpoint", "no/such/weights"});
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.err, testing::AllOf(HasSubstr("no/such/weights: cannot be written"),
                                           testing::Not(HasSubstr("epoch"))));
    EXPECT_TRUE(storedRuns().empty());
}

TEST_F(Run, printsOneJsonDocument) {
    const auto json = cli({"run", "fp32.json", "--json", "--epochs", "3", "--seed", "7"}).json();
    EXPECT_EQ(json["status"], "done");
    EXPECT_EQ(json["epochs"].size(), 3U);
    EXPECT_EQ(json["steps"], 3 * 8);
    EXPECT_GT(json["epochs"][2]["test_accuracy"], 0.3);
    EXPECT_GT(json["hardware"]["energy_pj"], 0);
    EXPECT_TRUE(json["operands"].empty()) << "FP32 loses nothing";
    EXPECT_THAT(json["design"].dump(), HasSubstr("7"));
    ASSERT_EQ(storedRuns().size(), 1U);
    EXPECT_EQ(storedRuns().front().designHash, json["hash"]);
    EXPECT_EQ(storedRuns().front().epochsPlanned, 3);
}

TEST_F(Run, pricesWhatItPrintsWithTheCellsThatAreNamed) {
    const auto plain = cli({"run", "bfp.json", "--json", "--epochs", "1"}).json();
    const auto small =
        cli({"run", "bfp.json", "--json", "--epochs", "1", "--library", "asap7"}).json();
    EXPECT_LT(small["hardware"]["area_um2"], plain["hardware"]["area_um2"]);
    EXPECT_THAT(small["hardware"]["technology"].get<std::string>(), HasSubstr("ASAP7"));
    // What is stored can be compared with what was stored before.
    const auto store = store::Store::open(m_folder / "results.db", store::Access::ReadOnly);
    const auto kept = store->hardware(small["hw_hash"].get<std::string>());
    ASSERT_TRUE(kept.has_value() && kept->has_value());
    EXPECT_EQ((*kept)->area_um2, plain["hardware"]["area_um2"].get<double>());
}

TEST_F(Run, refusesUnknownCellsBeforeItTrains) {
    const auto result = cli({"run", "bfp.json", "--liberty", "no.lib"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("no.lib"));
    EXPECT_FALSE(std::filesystem::exists(m_folder / "results.db"));
}

TEST_F(Run, saysWhichMatrixProductsSummedIntegers) {
    auto design = nlohmann::json::parse(readFile(path("bfp.json")));
    design["precision"]["compute"] = "bit_true";
    std::ofstream(path("bit_true.json")) << design.dump();
    EXPECT_THAT(cli({"run", "bit_true.json"}).out, HasSubstr("Sums      bit-true, integers"));
    EXPECT_THAT(cli({"run", "bfp.json"}).out, HasSubstr("Sums      in FP32"));
    const auto json = cli({"run", "bit_true.json", "--json"}).json();
    ASSERT_FALSE(json["arithmetic"].empty());
    EXPECT_GT(json["arithmetic"][0]["integers"], 1);
}

TEST_F(Run, keepsTheLayersThatItIsToldTo) {
    const auto json = cli({"run", "bfp.json", "--json", "--keep", "first,last:fp16"}).json();
    EXPECT_EQ(json["design"]["precision"]["keep"], "first,last:fp16");
    const auto wrong = cli({"run", "bfp.json", "--keep", "frist"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, testing::AllOf(HasSubstr("--keep"), HasSubstr("first")));
}

TEST_F(Run, sumsInTheAccumulatorsThatItIsTold) {
    const auto json = cli({"run", "bfp.json", "--json", "--accumulator", "hbfp8", "--accumulator",
                           "out=int<14,overflow=wrap>"})
                          .json();
    const auto& plan = json["design"]["precision"];
    EXPECT_EQ(plan["compute"], "bit_true<hbfp8>");
    EXPECT_EQ(plan["layers"]["out"]["accumulator"], "int<14,overflow=wrap>");
    for (const auto& pass : json["arithmetic"]) {
        const bool own = pass["layer"] == "out";
        EXPECT_EQ(pass.value("accumulator", ""), own ? "int<14,overflow=wrap>" : "hbfp8");
        EXPECT_EQ(pass.value("may_overflow", false), own);
    }
    const auto wrong = cli({"run", "bfp.json", "--accumulator", "conv9=int<14>"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, HasSubstr("conv9"));
    EXPECT_THAT(cli({"run", "bfp.json", "--accumulator", "out=int<1>"}).err,
                HasSubstr("--accumulator out=int<1>"));
    EXPECT_THAT(cli({"run", "bfp.json", "--accumulator", "=int<14>"}).err,
                HasSubstr("names no layer before the equals sign"));
}

TEST_F(Run, doesNotDependOnThreads) {
    const auto one = cli({"run", "bfp.json", "--json", "--threads", "1"}).json();
    const auto three = cli({"run", "bfp.json", "--json", "--threads", "3"}).json();
    EXPECT_EQ(one["epochs"][1]["test_loss"], three["epochs"][1]["test_loss"]);
    EXPECT_EQ(one["hash"], three["hash"]);
}

TEST_F(Run, keepsThePartialCurveOnCtrlCAndGoesOnFromIt) {
    const pid_t child = start({"run", "long.json", "--json"}, "child");
    awaitEpoch("child", 2);
    kill(child, SIGINT);
    const auto interrupted = finish(child, "child");
    ASSERT_EQ(interrupted.status, 130) << interrupted.err;
    EXPECT_THAT(interrupted.err, HasSubstr("--resume"));
    const auto document = interrupted.json();
    EXPECT_EQ(document["status"], "cancelled");
    EXPECT_EQ(document["error"]["code"], "cancelled");
    ASSERT_EQ(storedRuns().size(), 1U);
    EXPECT_EQ(storedRuns().front().status, store::StoredStatus::Cancelled);
    EXPECT_GE(storedRuns().front().epochsDone, 2);

    const pid_t second = start({"run", "long.json", "--resume"}, "second");
    awaitEpoch("second", storedRuns().front().epochsDone + 1);
    kill(second, SIGTERM);
    const auto resumed = finish(second, "second");
    EXPECT_EQ(resumed.status, 128 + SIGTERM);
    EXPECT_THAT(resumed.out, HasSubstr("Resumed   after epoch "));
}

TEST_F(Run, saysWhenThereIsNothingToGoOnFrom) {
    const auto result = cli({"run", "fp32.json", "--resume"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.err, HasSubstr("no stopped run"));
}

TEST_F(Run, failsWithTheReasonWhenTrainingDiverges) {
    auto design = nlohmann::json::parse(readFile(m_folder / "long.json"));
    design["recipe"]["learning_rate"] = 10;
    design["recipe"]["momentum"] = 0.99;
    design["recipe"]["weight_decay"] = 1;
    writeFile(m_folder / "wild.json", design.dump());
    const auto result = cli({"run", "wild.json", "--json"});
    ASSERT_EQ(result.status, 1) << result.err;
    EXPECT_EQ(result.json()["error"]["code"], "diverged");
    EXPECT_EQ(result.json()["status"], "diverged");
    ASSERT_EQ(storedRuns().size(), 1U);
    EXPECT_EQ(storedRuns().front().status, store::StoredStatus::Diverged);
    EXPECT_EQ(storedRuns().front().reason, result.json()["reason"]);
}

TEST_F(Run, explainsWrongInput) {
    writeFile(m_folder / "broken.json", "{\"schema\": 1,\n  \"recipe\": [}");
    writeFile(m_folder / "range.json", R"({"schema": 1, "recipe": {"epochs": -3}})");
    writeFile(m_folder / "format.json",
              R"({"schema": 1, "precision": {"network": {"weight": {"format": "bfp8x"}}}})");
    writeFile(m_folder / "text.db", std::string(4096, 'x'));
    struct Case {
        std::vector<std::string> arguments;
        std::string expected;
    };
    for (const auto& [arguments, expected] :
         {Case{{"no.json"}, "no.json"}, Case{{"broken.json"}, "broken.json"},
          Case{{"range.json"}, "/recipe/epochs"}, Case{{"format.json"}, "/precision/"},
          Case{{"fp32.json", "--epochs", "0"}, "--epochs"},
          Case{{"fp32.json", "--threads", "many"}, "--threads"},
          Case{{"fp32.json", "--seed", "-1"}, "--seed"},
          Case{{"fp32.json", "--dataset-folder", "nowhere"}, "nowhere"},
          Case{{"fp32.json", "--db", "text.db"}, "text.db"}, Case{{}, "DESIGN"}}) {
        std::vector<std::string> command{"run"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const auto result = cli(command);
        EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments);
        EXPECT_THAT(result.err, testing::StartsWith("error: "));
        EXPECT_THAT(result.err, HasSubstr(expected));
        EXPECT_TRUE(storedRuns().empty());
    }
}

TEST_F(Run, failsWhereTheDatabaseCannotBeMade) {
    writeFile(m_folder / "file", "");
    const auto result = cli({"run", "fp32.json", "--db", "file/results.db"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("error: file: "));
}

}  // namespace
}  // namespace mantissa::test
