// SPDX-License-Identifier: GPL-3.0-or-later
// Every command but formats, multiplier, quantize and run, and what all have in common.
#include <array>
#include <cstdio>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "core/store/schema.h"
#include "hwmodel/estimate.h"
#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kCommands{"formats", "quantize", "multiplier", "run",
                                         "hw",      "unit",     "list",       "show",
                                         "compare", "export",   "dataset"};

class Commands : public CliTest {};

TEST_F(Commands, bareProgramPrintsHelpAndExits2) {
    const auto result = cli({});
    EXPECT_EQ(result.status, 2);
    for (const auto& command : kCommands) {
        EXPECT_THAT(result.out, HasSubstr("  " + command + " "));
    }
}

TEST_F(Commands, explainThemselves) {
    EXPECT_EQ(cli({"--help"}).status, 0);
    for (const auto& command : kCommands) {
        const auto result = cli({command, "--help"});
        EXPECT_EQ(result.status, 0);
        EXPECT_THAT(result.out, HasSubstr("mantissa-cli " + command));
        EXPECT_THAT(result.out, HasSubstr("Example")) << command;
        EXPECT_THAT(result.out, Not(HasSubstr(" \n"))) << command;
    }
}

TEST_F(Commands, printTheVersion) {
    const auto result = cli({"--version"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, testing::MatchesRegex("mantissa-cli [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Commands, suggestWhatWasMeant) {
    const auto command = cli({"quantise"});
    EXPECT_EQ(command.status, 2);
    EXPECT_THAT(command.err, HasSubstr("did you mean quantize?"));
    const auto option = cli({"run", "fp32.json", "--epoch", "1"});
    EXPECT_EQ(option.status, 2);
    EXPECT_THAT(option.err, HasSubstr("did you mean --epochs?"));
    EXPECT_THAT(option.err, HasSubstr("mantissa-cli run --help"));
}

TEST_F(Commands, printErrorsAsOneJsonDocumentToo) {
    const auto result = cli({"show", "nothing", "--json"});
    EXPECT_EQ(result.status, 2);
    const auto json = result.json();
    EXPECT_EQ(json["error"]["code"], "not_found");
    EXPECT_TRUE(json["error"].contains("hint"));
}

TEST_F(Commands, linkNoQt) {
    const std::string command = std::string("ldd '") + MANTISSA_CLI + "'";
    FILE* const pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string libraries;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
        libraries += buffer.data();
    }
    pclose(pipe);
    EXPECT_THAT(libraries, HasSubstr("libc.so"));
    EXPECT_THAT(libraries, Not(HasSubstr("Qt")));
}

TEST_F(Commands, endQuietlyWhenNobodyReads) {
    const std::string command =
        "{ '" + std::string(MANTISSA_CLI) + "' formats; echo $? >&2; } 2>'" + path("err") + "' | :";
    EXPECT_EQ(std::system(command.c_str()), 0);
    EXPECT_EQ(readFile(m_folder / "err"), "0\n");
}

TEST_F(Commands, failOnAFullDisk) {
    const std::string command =
        "'" + std::string(MANTISSA_CLI) + "' formats > /dev/full 2>'" + path("err") + "'";
    EXPECT_NE(std::system(command.c_str()), 0);
    EXPECT_THAT(readFile(m_folder / "err"), HasSubstr("error: standard output"));
}

TEST_F(Commands, datasetSaysWhatIsThere) {
    const auto json = cli({"dataset", "fashion-mnist", "--json"}).json();
    EXPECT_EQ(json["train_shape"], nlohmann::json({256, 1, 28, 28}));
    EXPECT_EQ(json["classes"][0]["train"], 26);
    EXPECT_EQ(json["classes"][9]["test"], 6);
    const auto byPath = cli({"dataset", "./data"});
    EXPECT_EQ(byPath.status, 0) << byPath.err;
    EXPECT_THAT(byPath.out, HasSubstr("idx"));
    EXPECT_THAT(cli({"dataset", "fashion-mnist:./data"}).out, HasSubstr("Ankle boot"));
    const auto drawn = cli({"dataset", "synthetic:classes=3,size=3x8x8,train=9,test=3", "--json"});
    EXPECT_EQ(drawn.json()["train_shape"], nlohmann::json({9, 3, 8, 8}));
}

TEST_F(Commands, datasetCountsMoreClassesThanAByteHolds) {
    const std::string name = "synthetic:classes=65536,size=1x1x1,train=65536,test=1";
    const auto text = cli({"dataset", name});
    ASSERT_EQ(text.status, 0) << text.err;
    const auto classes = cli({"dataset", name, "--json"}).json()["classes"];
    ASSERT_EQ(classes.size(), 65536U);
    for (const std::size_t label : {0U, 255U, 256U, 65535U}) {
        EXPECT_EQ(classes[label]["train"], 1) << label;
        EXPECT_EQ(classes[label]["test"], label == 0 ? 1 : 0) << label;
    }
}

TEST_F(Commands, datasetWithoutANameListsTheKinds) {
    const auto text = cli({"dataset"});
    EXPECT_EQ(text.status, 0) << text.err;
    for (const auto* const word : {"fashion-mnist", "cifar10:PATH", "images:PATH", "numpy:PATH"}) {
        EXPECT_THAT(text.out, HasSubstr(word));
    }
    EXPECT_EQ(cli({"dataset", "--json"}).json()["datasets"][0]["name"], "fashion-mnist");
}

TEST_F(Commands, datasetSaysHowToGetWhatIsMissing) {
    const auto missing = cli({"dataset", "fashion-mnist:./nowhere"});
    EXPECT_EQ(missing.status, 2);
    EXPECT_EQ(cli({"dataset", "./nowhere"}).status, 2);
    EXPECT_THAT(missing.err, HasSubstr("apt install dataset-fashion-mnist"));
    EXPECT_EQ(cli({"dataset", "cifar-1000"}).status, 2);
    EXPECT_EQ(cli({"dataset", "synthetic:classes=1"}).status, 2);
}

TEST_F(Commands, hwPrintsWhatTheModelSays) {
    const auto text = cli({"hw", "bfp.json"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out,
                testing::AllOf(HasSubstr("modelled"), HasSubstr("mm²"), HasSubstr("cycles"),
                               HasSubstr("hidden"), Not(HasSubstr(" \n"))));
    const auto json = cli({"hw", "bfp.json", "--json"}).json();
    EXPECT_GT(json["area_um2"], 0);
    EXPECT_EQ(json["layers"].size(), 4U);
    EXPECT_EQ(json["design"]["name"], "tiny bfp");
    const auto other = cli({"hw", "bfp.json", "--calibration", "horowitz", "--json"}).json();
    EXPECT_NE(other["energy_pj"], json["energy_pj"]);
}

TEST_F(Commands, hwShowsTheRoofOfEveryPass) {
    const auto text = cli({"hw", "bfp.json", "--roofline"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, testing::AllOf(HasSubstr("ridge at"), HasSubstr("Waits for"),
                                         HasSubstr("weight gradient")));
    const auto json = cli({"hw", "bfp.json", "--roofline", "--json"}).json();
    for (const auto& point : json["points"]) {
        EXPECT_LE(point["operations_per_second"], 1.000001 * point["roof"].get<double>());
    }
    EXPECT_GT(json["points"].size(), 3U);
}

TEST_F(Commands, hwShowsEveryRatioUnderBothCalibrations) {
    const auto both = cli({"hw", "bfp.json", "--both"});
    EXPECT_EQ(both.status, 0) << both.err;
    EXPECT_THAT(both.out, testing::AllOf(HasSubstr("PE array"), HasSubstr("Horowitz")));
    const auto json = cli({"hw", "bfp.json", "--both", "--json"}).json();
    EXPECT_NE(json["synthesis"]["energy_pj"], json["horowitz"]["energy_pj"]);
    writeFile(m_folder / "plain.json", R"({"schema": 1})");
    const auto against = cli({"hw", "bfp.json", "--against", "plain.json"});
    EXPECT_EQ(against.status, 0) << against.err;
    EXPECT_THAT(against.out,
                testing::AllOf(HasSubstr("Accelerator"), HasSubstr("Smaller"), HasSubstr("fewer")));
    const auto rows = cli({"hw", "bfp.json", "--against", "plain.json", "--json"}).json();
    EXPECT_EQ(rows["components"].back()["component"], "Accelerator");
    EXPECT_EQ(cli({"hw", "bfp.json", "--both", "--roofline"}).status, 2);
    EXPECT_EQ(cli({"hw", "bfp.json", "--against", "no.json"}).status, 2);
}

TEST_F(Commands, hwWritesTheDesignForTimeloop) {
    const auto folder = m_folder / "timeloop";
    const auto result = cli({"hw", "bfp.json", "--timeloop", folder.string()});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("architecture.yaml"));
    EXPECT_TRUE(std::filesystem::exists(folder / "architecture.yaml"));
}

TEST_F(Commands, hwExplainsWrongInput) {
    writeFile(m_folder / "broken.json", "{\"schema\": 1,");
    writeFile(m_folder / "range.json", R"({"schema": 1, "hardware": {"rows": 0}})");
    writeFile(m_folder / "key.json", R"({"schema": 1, "hardware": {"row": 4}})");
    struct Case {
        std::vector<std::string> arguments;
        std::string expected;
    };
    for (const auto& [arguments, expected] :
         {Case{{"hw", "no.json"}, "no.json"}, Case{{"hw", "broken.json"}, "broken.json"},
          Case{{"hw", "range.json"}, "/hardware/rows"}, Case{{"hw", "key.json"}, "/hardware"},
          Case{{"hw", "bfp.json", "--technology", "3nm"}, "--technology"},
          Case{{"hw", "bfp.json", "--calibration", "horowits"}, "did you mean horowitz?"},
          Case{{"hw"}, "DESIGN"}}) {
        const auto result = cli(arguments);
        EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments);
        EXPECT_THAT(result.err, HasSubstr(expected));
        EXPECT_EQ(result.out, "");
    }
}

TEST_F(Commands, listWithoutADatabaseSaysHowToBegin) {
    const auto result = cli({"list"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, HasSubstr("no designs are stored yet"));
    EXPECT_EQ(cli({"list", "--json"}).json()["designs"].size(), 0U);
    EXPECT_FALSE(std::filesystem::exists(m_folder / "results.db"));
    EXPECT_EQ(cli({"list", "--db", "no.db"}).status, 2);
    writeFile(m_folder / "text.db", std::string(4096, 'x'));
    const auto wrong = cli({"list", "--db", "text.db"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, HasSubstr("text.db"));
}

TEST_F(Commands, listADatabaseOfAnOlderVersion) {
    const auto file = m_folder / "old.db";
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    store::migrate(database, file, store::migrations().first(1));
    const auto result = cli({"list", "--db", "old.db"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_TRUE(std::filesystem::exists(m_folder / "old.db.v1.backup"));
}

TEST_F(Commands, readTheStoreThatARunWrote) {
    ASSERT_EQ(cli({"run", "fp32.json"}).status, 0);
    const auto ran = cli({"run", "bfp.json", "--json"}).json();
    const std::string hash = ran["hash"];

    const auto list = cli({"list", "--json"}).json();
    ASSERT_EQ(list["designs"].size(), 2U);
    EXPECT_EQ(list["designs"][0]["hash"], hash);
    EXPECT_EQ(list["designs"][0]["area_um2"], ran["hardware"]["area_um2"]);
    EXPECT_EQ(list["designs"][0]["status"], "done");
    EXPECT_EQ(list["designs"][0]["emulation"], ran["emulation"]);
    EXPECT_THAT(cli({"list"}).out, HasSubstr(hash.substr(0, 10) + " "));

    const auto show = cli({"show", hash.substr(0, 8), "--json"}).json();
    EXPECT_EQ(show["hash"], hash);
    EXPECT_EQ(show["epochs"].size(), 2U);
    EXPECT_EQ(show["runs"][0]["status"], "done");
    EXPECT_EQ(show["runs"][0]["emulation"], ran["emulation"]);
    EXPECT_THAT(cli({"show", "tiny bfp"}).out,
                testing::AllOf(HasSubstr(hash), HasSubstr("measured"), HasSubstr("modelled")));

    for (const std::string format : {"text", "md", "csv"}) {
        const auto compare = cli({"compare", "tiny fp32", "bfp.json", "--format", format});
        EXPECT_EQ(compare.status, 0) << compare.err;
        EXPECT_THAT(compare.out, testing::AllOf(HasSubstr(hash.substr(0, 10)), HasSubstr("%")));
    }
    const auto compare = cli({"compare", "tiny fp32", "bfp.json", "--json"}).json();
    EXPECT_EQ(compare["designs"][1]["hash"], hash);
    for (const auto& row : compare["rows"]) {
        if (row["path"] == "/results/test_accuracy") {
            EXPECT_EQ(row["values"][1], ran["epochs"][1]["test_accuracy"]);
        }
    }

    ASSERT_EQ(cli({"export", "--what", "curves", hash, "-o", "curves.csv"}).status, 0);
    const std::string curves = readFile(m_folder / "curves.csv");
    EXPECT_EQ(std::count(curves.begin(), curves.end(), '\n'), 1 + 2 * 8 + 2);
    EXPECT_EQ(cli({"export", "--format", "json"}).json()["designs"].size(), 2U);
    EXPECT_EQ(cli({"export", "--what", "compare", "--format", "json"}).json()["designs"].size(),
              2U);
    EXPECT_THAT(cli({"export", "--format", "md"}).out, testing::StartsWith("| Hash |"));
}

TEST_F(Commands, readersOfTheStoreExplainWrongInput) {
    ASSERT_EQ(cli({"run", "fp32.json", "--epochs", "1"}).status, 0);
    struct Case {
        std::vector<std::string> arguments;
        std::string expected;
        int status;
    };
    for (const auto& [arguments, expected, status] :
         {Case{{"show", "zzzzzzzz"}, "zzzzzzzz", 2}, Case{{"show"}, "DESIGN", 2},
          Case{{"compare", "fp32.json"}, "DESIGNS", 2},
          Case{{"compare", "fp32.json", "zzzzzzzz"}, "zzzzzzzz", 2},
          Case{{"compare", "fp32.json", "no.json"}, "no.json", 2},
          Case{{"compare", "fp32.json", "bfp.json", "--format", "xls"}, "text, csv, md, json", 2},
          Case{{"export", "--what", "everything"}, "designs, curves, compare", 2},
          Case{{"export", "--format", "text"}, "csv, json, md", 2},
          Case{{"export", "zzzzzzzz"}, "zzzzzzzz", 2},
          Case{{"export", "-o", "no/such/file.csv"}, "no/such/file.csv: cannot be written", 2},
          Case{{"export", "-o", "data"}, "data: cannot be written", 1}}) {
        const auto result = cli(arguments);
        EXPECT_EQ(result.status, status) << testing::PrintToString(arguments);
        EXPECT_THAT(result.err, testing::StartsWith("error: "));
        EXPECT_THAT(result.err, HasSubstr(expected));
        EXPECT_EQ(result.out, "");
    }
}

}  // namespace
}  // namespace mantissa::test
