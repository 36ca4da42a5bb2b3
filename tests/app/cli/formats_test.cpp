// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli formats, and the page of the documentation that it writes.
#include <gmock/gmock.h>

#include "core/numerics/convention.h"
#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Formats : public CliTest {};

TEST_F(Formats, listTheWholeRegistry) {
    const auto text = cli({"formats"}).out;
    const auto json = cli({"formats", "--json"}).json();
    ASSERT_EQ(json["formats"].size(), numerics::namedFormats().size());
    for (const auto& named : numerics::namedFormats()) {
        EXPECT_THAT(text, HasSubstr(std::string(named.name) + " "));
    }
    ASSERT_EQ(json["kinds"].size(), numerics::formatFamilies().size());
    for (std::size_t i = 0; i < json["kinds"].size(); ++i) {
        const auto& family = numerics::formatFamilies()[i];
        EXPECT_THAT(text, HasSubstr(std::string(family.grammar)));
        EXPECT_EQ(json["kinds"][i]["parameters"].size(), family.parameters.size());
    }
    ASSERT_EQ(json["conventions"].size(), numerics::conventions().size());
    for (const auto& convention : numerics::conventions()) {
        EXPECT_THAT(text, HasSubstr("\n" + std::string(convention.id) + " "));
    }
    for (const auto& rounding : json["roundings"]) {
        EXPECT_TRUE(numerics::parseRounding(rounding["name"].get<std::string>()));
    }
    EXPECT_EQ(json["roundings"].size(), 7U);
    EXPECT_THAT(text, Not(HasSubstr(" \n")));
}

TEST_F(Formats, sayRangesAndUnitsOfParameters) {
    const auto text = cli({"formats"}).out;
    EXPECT_THAT(text, AllOf(HasSubstr("Parameters of bfp"), HasSubstr("2 to 10 bits"),
                            HasSubstr("floor, ceil, even, rceil, exempt")));
    const auto json = cli({"formats", "--json"}).json();
    for (const auto& parameter : json["kinds"][2]["parameters"]) {
        if (parameter["id"] == "exp") {
            EXPECT_EQ(parameter["minimum"], 2);
            EXPECT_EQ(parameter["maximum"], 10);
            EXPECT_EQ(parameter["default"], 8);
            EXPECT_EQ(parameter["unit"], "bits");
        }
    }
}

TEST_F(Formats, markRangesThatFollowTheData) {
    const auto json = cli({"formats", "--json"}).json();
    for (const auto& format : json["formats"]) {
        EXPECT_EQ(format["range_relative"],
                  format["name"] == "pow2_4" || format["name"] == "int8" ||
                      format["name"] == "ternary" || format["name"] == "eie4")
            << format["name"];
    }
    EXPECT_THAT(cli({"formats", "int8"}).out, HasSubstr("255 x scale"));
}

TEST_F(Formats, showOneWithItsBits) {
    for (const std::string name :
         {"hbfp8", "bfp<8,sign=in,exp=10,block=24x24,rule=ceil,eps=1e-8>"}) {
        const auto text = cli({"formats", name});
        EXPECT_EQ(text.status, 0) << text.err;
        EXPECT_THAT(text.out,
                    AllOf(HasSubstr("element  [s|mmmmmmm]  sign 1, magnitude 7"),
                          HasSubstr("shared   [xxxxxxxxxx]  exponent 10, by a tile of 24x24"),
                          HasSubstr("Drumond"), HasSubstr("accuracy-boosters")));
    }
    const auto json = cli({"formats", "mxfp4_e2m1", "--json"}).json();
    EXPECT_EQ(json["bits_per_element"], 4.25);
    EXPECT_EQ(json["shared_bits"][0]["shared_by"], "32 elements");
    EXPECT_EQ(json["conventions"][0]["rounding"], "nearest_away");
    EXPECT_EQ(cli({"formats", "fixed", "--json"}).json()["format"], "fixed<4,12>");
    EXPECT_EQ(cli({"formats", "fp32"}).status, 0);
}

TEST_F(Formats, explainConventions) {
    const auto list = cli({"formats", "--conventions"});
    EXPECT_EQ(list.status, 0) << list.err;
    EXPECT_THAT(list.out, HasSubstr("fp8-toolkit"));
    const auto one = cli({"formats", "--conventions", "FAST"});
    EXPECT_EQ(one.status, 0) << one.err;
    EXPECT_THAT(one.out, AllOf(HasSubstr("stochastic<8>"), HasSubstr("second-hand")));
    const auto json = cli({"formats", "--conventions", "hbfp", "--json"}).json();
    EXPECT_EQ(json["rules"][0]["kind"], "bfp");
    EXPECT_EQ(json["rules"][0]["fixes"][0]["value"], "stochastic");
}

TEST_F(Formats, explainWrongInput) {
    struct Case {
        std::vector<std::string> arguments;
        std::string expected;
    };
    for (const auto& [arguments, expected] :
         {Case{{"formats", "fp8_e4m4"}, "did you mean fp8_e"},
          Case{{"formats", "bfp<99>"}, "man is 99, must be an integer from 1 to 24"},
          Case{{"formats", "--conventions", "hbpf"}, "did you mean hbfp?"},
          Case{{"formats", "bf16", "--conventions"}, "exclude each other"},
          Case{{"formats", "--page"}, "--page"}}) {
        const auto result = cli(arguments);
        EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments);
        EXPECT_THAT(result.err, HasSubstr(expected));
        EXPECT_EQ(result.out, "");
    }
}

TEST_F(Formats, writeAPageWithOneDrawingAKind) {
    ASSERT_EQ(cli({"formats", "--page", "docs"}).status, 0);
    const auto page = readFile(m_folder / "docs" / "formats.md");
    for (const auto& family : numerics::formatFamilies()) {
        const auto drawing = "images/formats/" + std::string(family.id) + ".svg";
        EXPECT_THAT(page, HasSubstr("(" + drawing + ")"));
        EXPECT_THAT(readFile(m_folder / "docs" / drawing), testing::StartsWith("<svg "));
    }
    EXPECT_THAT(readFile(m_folder / "docs" / "images/formats/bfp.svg"),
                HasSubstr("<title>Bits of bfp&lt;8,block=16&gt;</title>"));
    for (const auto& convention : numerics::conventions()) {
        EXPECT_THAT(page, HasSubstr("\n### " + std::string(convention.id) + "\n"));
    }
}

}  // namespace
}  // namespace mantissa::test
