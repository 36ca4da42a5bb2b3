// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "core/numerics/multiplier_table.h"
#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Multiplier : public CliTest {
protected:
    static Bytes mitchell(int mantissaBits) {
        return numerics::multiplierTable(numerics::ProductRule::Mitchell, mantissaBits).entries;
    }
};

TEST_F(Multiplier, listsAllWithTheirErrors) {
    const auto text = cli({"multiplier"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out,
                AllOf(HasSubstr("-3.8485 %"), HasSubstr("2.6932 %"), HasSubstr("MITCHEL23"),
                      HasSubstr("cc83cfc"), Not(HasSubstr(" \n"))));
    const auto json = cli({"multiplier", "--json"}).json()["multipliers"];
    ASSERT_EQ(json.size(), numerics::namedMultipliers().size());
    for (const auto& row : json) {
        EXPECT_EQ(row["mantissa_bits"] == 23, row["mean_relative_error"].is_null()) << row;
        EXPECT_TRUE(row["source"].is_string());
    }
}

TEST_F(Multiplier, printsOne) {
    const auto text = cli({"multiplier", "MBM_5"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, AllOf(HasSubstr("mbm_5"), HasSubstr("1024"), HasSubstr("1.3328 %"),
                                HasSubstr("12.5000 %"), HasSubstr("159"), Not(HasSubstr(" \n"))));
    const auto json = cli({"multiplier", "mbm_5", "--json"}).json();
    EXPECT_EQ(json["name"], "mbm_5");
    EXPECT_EQ(json["largest_relative_error"], 0.125);
    EXPECT_TRUE(json["written"].is_null());
    const auto computed = cli({"multiplier", "mit_23"});
    EXPECT_EQ(computed.status, 0) << computed.err;
    EXPECT_THAT(computed.out, Not(HasSubstr("Mean error")));
}

TEST_F(Multiplier, writesTheTableThatItReads) {
    const auto written = cli({"multiplier", "mit_3", "--write", "m.bin"});
    EXPECT_EQ(written.status, 0) << written.err;
    EXPECT_THAT(written.out, HasSubstr("m.bin: 64 bytes"));
    EXPECT_EQ(readBytes(m_folder / "m.bin"), mitchell(3));
    for (const std::string name : {"m.bin", "lut<m.bin>"}) {
        const auto read = cli({"multiplier", name, "--write", "copy.bin", "--json"}).json();
        EXPECT_EQ(read["name"], "lut<m.bin>");
        EXPECT_EQ(read["mantissa_bits"], 3);
        EXPECT_EQ(read["written"], "copy.bin");
        EXPECT_EQ(read["mean_relative_error"],
                  cli({"multiplier", "mit_3", "--json"}).json()["mean_relative_error"]);
        EXPECT_EQ(readBytes(m_folder / "copy.bin"), mitchell(3));
    }
}

TEST_F(Multiplier, explainsWrongInput) {
    writeFile(m_folder / "short.bin", Bytes(63));
    auto bytes = mitchell(3);
    bytes[5] = 64;
    writeFile(m_folder / "wrong.bin", bytes);
    struct Case {
        std::vector<std::string> arguments;
        std::string expected;
    };
    for (const auto& [arguments, expected] :
         {Case{{"mit_8"}, "did you mean mit_"}, Case{{"no.bin"}, "neither a file nor a multiplier"},
          Case{{"lut<no.bin>"}, "no.bin: there is no such file"},
          Case{{"short.bin"}, "must have 4, 16, 64, 256, 1024, 4096 or 16384"},
          Case{{"wrong.bin"}, "wrong.bin: entry 5 is 64"},
          Case{{"data"}, "data: is a folder, not a table"},
          Case{{"mit_23", "--write", "m.bin"}, "mit_23: has no table"},
          Case{{"fp32", "--write", "m.bin"}, "fp32: has no table"},
          Case{{"--write", "m.bin"}, "--write: needs the multiplier"},
          Case{{"mit_7", "--writ", "m.bin"}, "did you mean --write?"}}) {
        std::vector<std::string> command{"multiplier"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        command.emplace_back("--json");
        const auto result = cli(command);
        EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments);
        EXPECT_THAT(result.err, testing::StartsWith("error: "));
        EXPECT_THAT(result.err, HasSubstr(expected));
        EXPECT_EQ(result.json()["error"].size(), 4U) << result.out;
        EXPECT_FALSE(std::filesystem::exists(m_folder / "m.bin"));
    }
}

TEST_F(Multiplier, failsWhereItCannotWrite) {
    const auto folder = cli({"multiplier", "mit_3", "--write", "data"});
    EXPECT_EQ(folder.status, 1);
    EXPECT_THAT(folder.err, HasSubstr("error: data: cannot be written"));
}

}  // namespace
}  // namespace mantissa::test
