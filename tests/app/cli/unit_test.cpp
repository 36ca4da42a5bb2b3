// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli unit, and hw --waterfall.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Unit : public CliTest {};

TEST_F(Unit, listsEveryKindWithItsParameters) {
    const auto text = cli({"unit"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, AllOf(HasSubstr("fp_adder"), HasSubstr("bfp_dot"), HasSubstr("w=1..128"),
                                HasSubstr("float|fixed"), Not(HasSubstr(" \n"))));
    const auto json = cli({"unit", "--json"}).json()["units"];
    EXPECT_GE(json.size(), 45U);
    for (const auto& unit : json) {
        EXPECT_FALSE(unit["source"].get<std::string>().empty()) << unit;
    }
}

TEST_F(Unit, printsOneWithPartsAndProvenance) {
    const auto text = cli({"unit", "fp_mac", "e=5", "m=10"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out,
                AllOf(HasSubstr("multiplier"), HasSubstr("adder"), HasSubstr("NAND2 equivalents"),
                      HasSubstr("fp_mac_FP16"), HasSubstr("error mean"), Not(HasSubstr(" \n"))));
    const auto json = cli({"unit", "fp_mac", "e=5", "m=10", "--json"}).json();
    EXPECT_EQ(json["parameters"]["m"], "10");
    EXPECT_EQ(json["parts"].size(), 2U);
    EXPECT_NEAR(json["cost"]["nand2"].get<double>(), json["synthesised"]["nand2"].get<double>(),
                0.1 * json["synthesised"]["nand2"].get<double>());
    EXPECT_GT(json["cost"]["leakage_nw"], 0);
}

TEST_F(Unit, comparesUnderBothCalibrations) {
    const auto json =
        cli({"unit", "multiplier", "a=8", "b=8", "--against", "fp_adder,e=8,m=23", "--json"})
            .json()["times_smaller"];
    EXPECT_NEAR(json["synthesis"]["area"].get<double>(), 3.5, 0.2);
    EXPECT_NEAR(json["horowitz"]["area"].get<double>(), 14.8, 0.1);
    const auto text = cli({"unit", "multiplier", "--against", "fp_adder"});
    EXPECT_THAT(text.out, AllOf(HasSubstr("Our synthesis"), HasSubstr("Horowitz 45 nm"),
                                HasSubstr("unverified areas")));
}

TEST_F(Unit, movesToOtherLibrariesNodesAndAUsersOwn) {
    const auto area = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"unit", "adder", "w=32", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return cli(words).json()["cost"]["area_um2"].get<double>();
    };
    const double here = area({});
    EXPECT_LT(area({"--library", "asap7"}), 0.1 * here);
    EXPECT_NEAR(area({"--node", "28", "--voltage", "0.8"}) / here, 0.377, 1e-3);
    std::ofstream(path("mine.lib"))
        << "library (mine) { cell (N) { area : 2; pin (A) { direction : input; } pin (B) { "
           "direction : input; } pin (Y) { direction : output; function : \"!(A&B)\"; } } cell (D) "
           "{ area : 10; ff (I, J) { next_state : \"D\"; clocked_on : \"C\"; } } }";
    EXPECT_NEAR(area({"--liberty", "mine.lib"}) / here, 2 / 0.798, 1e-6);
}

TEST_F(Unit, saysWhatCarriesItsFiguresOverToOtherCells) {
    const auto text = cli({"unit", "adder", "w=32", "--library", "asap7"}).out;
    EXPECT_THAT(text, AllOf(HasSubstr("carried over to ASAP7"), HasSubstr("x 1.07 carried over")));
    EXPECT_THAT(cli({"unit", "adder", "--node", "28", "--voltage", "0.9"}).out,
                HasSubstr("Stillmaker and Baas"));
    EXPECT_THAT(cli({"unit", "adder"}).out, Not(HasSubstr("carried over")));
}

TEST_F(Unit, warnsThatHorowitzKnowsNoOtherCellsAndOfAbsurdSupplies) {
    const auto warnings = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"unit", "adder", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return cli(words).json()["warnings"].dump();
    };
    EXPECT_EQ(warnings({"--calibration", "horowitz"}), "[]");
    EXPECT_THAT(warnings({"--calibration", "horowitz", "--library", "osu018"}),
                HasSubstr("stay as they are"));
    EXPECT_THAT(warnings({"--node", "7", "--voltage", "1.8"}), HasSubstr("run at up to 0.7 V"));
    EXPECT_EQ(warnings({"--node", "7", "--voltage", "0.8"}), "[]");
}

TEST_F(Unit, namesTheLawOfEachDelay) {
    EXPECT_THAT(cli({"unit", "fp_mac", "e=5", "m=10", "--json"}).json()["parts"].dump(),
                AllOf(HasSubstr("ps (E 4 to 8"), HasSubstr("timing without wires")));
}

TEST_F(Unit, explainsWrongInput) {
    struct Case {
        std::vector<std::string> words;
        std::string said;
    };
    for (const auto& [words, said] :
         {Case{{"unit", "fp_ader"}, "did you mean fp_adder?"},
          Case{{"unit", "adder", "w=0"}, "1"},
          Case{{"unit", "adder", "w"}, "key=value"},
          Case{{"unit", "adder", "x=3"}, "known: w"},
          Case{{"unit", "adder", "--library", "tsmc"}, "sky130hd"},
          Case{{"unit", "adder", "--liberty", "no.lib"}, "no.lib"},
          Case{{"unit", "adder", "--node", "3"}, "7 to 130 nm"},
          Case{{"unit", "adder", "--clock", "0"}, "10 to 4000 MHz"},
          Case{{"unit", "adder", "--calibration", "mine"}, "horowitz"},
          Case{{"unit", "adder", "w=8", "w=9"}, "given twice"},
          Case{{"unit", "adder", "--library", "asap7", "--liberty", "no.lib"}, "excludes"},
          Case{{"unit", "adder", "--liberty", ""}, "empty word"},
          Case{{"unit", "--against", "adder,w=8"}, "needs KIND"},
          Case{{"hw"}, "needs DESIGN"},
          Case{{"hw", "--waterfall", "--elements", "nan"}, "nan"},
          Case{{"hw", "--waterfall", "--dram-energy", "nan"}, "0.1 to 100"},
          Case{{"hw", "--waterfall", "--roofline"}, "excludes"},
          Case{{"hw", "--waterfall", "--calibration", "horowitz"}, "excludes"},
          Case{{"hw", "bfp.json", "--elements", "64"}, "--waterfall"},
          Case{{"hw", "bfp.json", "--timeloop", ""}, "empty word"},
          Case{{"hw", "bfp.json", "--node", "nan"}, "nan"},
          Case{{"hw", "bfp.json", "--voltage", "nan"}, "nan"}}) {
        const auto result = cli(words);
        EXPECT_EQ(result.status, 2) << said;
        EXPECT_THAT(result.err, HasSubstr(said));
    }
}

TEST_F(Unit, waterfallIsPricedWithTheChosenCellsAndMemory) {
    const auto last = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"hw", "--waterfall", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return cli(words).json()["steps"].back()["synthesis"];
    };
    const auto plain = last({});
    EXPECT_LT(last({"--library", "asap7"})["area_um2"], plain["area_um2"]);
    EXPECT_LT(last({"--dram-energy", "4"})["energy_pj"], plain["energy_pj"]);
    EXPECT_EQ(last({"--dram-energy", "4"})["dram_bits"], plain["dram_bits"]);
}

TEST_F(Unit, waterfallShowsEachStepUnderBothCalibrations) {
    const auto text = cli({"hw", "--waterfall"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out,
                AllOf(HasSubstr("LightNorm"), HasSubstr("Our synthesis"), HasSubstr("Horowitz"),
                      HasSubstr("not known to it"), Not(HasSubstr(" \n"))));
    const auto steps = cli({"hw", "--waterfall", "--json"}).json()["steps"];
    ASSERT_EQ(steps.size(), 4U);
    for (std::size_t i = 1; i < steps.size(); ++i) {
        EXPECT_LT(steps[i]["synthesis"]["dram_bits"], steps[i - 1]["synthesis"]["dram_bits"]);
        EXPECT_LT(steps[i]["horowitz"]["energy_pj"], steps[i - 1]["horowitz"]["energy_pj"]);
    }
}

}  // namespace
}  // namespace mantissa::test
