// SPDX-License-Identifier: GPL-3.0-or-later
// Libraries, a user's liberty file, scaling between nodes.
#include "hwmodel/library.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "hwmodel/liberty.h"
#include "hwmodel/node_scaling.h"

namespace mantissa::hw {
namespace {

constexpr const char* kLiberty = R"lib(/* a comment { */
library (mine) {
  nom_voltage : 1.05;
  vendor_thing ( "a", "b" ) ;
  lu_table_template (t) { variable_1 : input_net_transition; index_1 ("0.1, 0.2"); }
  cell (NAND2X2) { area : 3.0;
    pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "(!(A B))"; timing () { related_pin : "A"; } } }
  cell ("NAND2X1") { area : 2.0;
    pin (A) { direction : input; capacitance : 0.1; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "!(A & B)"; } }
  cell (NOR2X1) { area : 1.0;
    pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "!(A | B)"; } }
  cell (DFFX1) { area : 9.0;
    ff (IQ,IQN) { next_state : "D"; clocked_on : "CK"; }
    pin (D) { direction : input; } pin (CK) { direction : input; clock : true; }
    pin (Q) { direction : output; function : "IQ"; } }
  cell (DFFRX1) { area : 5.0;
    ff (IQ,IQN) { next_state : "D"; clocked_on : "CK"; clear : "!R"; } }
  cell (SDFFX1) { area : 4.0;
    ff (IQ,IQN) { next_state : "(SE & SI) | (!SE & D)"; clocked_on : "CK"; } }
}
)lib";

std::filesystem::path written(const std::string& name, const std::string& text) {
    auto file = std::filesystem::path(testing::TempDir()) / name;
    std::ofstream(file) << text;
    return file;
}

TEST(Libraries, NanGate45IsTheOneThatLawsAreFittedOn) {
    EXPECT_EQ(nangate45().id, "nangate45");
    EXPECT_EQ(nangate45().gatesRatio, 1);
    EXPECT_EQ(nangate45().energyRatio, 1);
    for (const auto& library : libraries()) {
        EXPECT_GT(library.nand2_um2, 0) << library.id;
        EXPECT_GE(library.flipFlop_nand2, 4) << library.id;
        EXPECT_NEAR(library.gatesRatio, 1, 0.13) << library.id;
        EXPECT_FALSE(library.source.empty()) << library.id;
    }
    EXPECT_EQ(libraries().size(), 5U);
}

TEST(Libraries, CarryKindsOfUnitsOverByTheirOwnRatios) {
    const auto osu = findLibrary("osu018").value();
    // Its multiplexer is small beside a NAND2, its XOR large.
    EXPECT_LT(osu.gatesRatioOf(LawId::Shifter), 0.95);
    EXPECT_GT(osu.gatesRatioOf(LawId::IntegerToFloat), 1.08);
    // A kind that does not stand out takes the ratio of all.
    EXPECT_EQ(osu.gatesRatioOf(LawId::Multiplier), osu.gatesRatio);
    EXPECT_EQ(nangate45().gatesRatioOf(LawId::Shifter), 1);
}

TEST(Libraries, AnUnknownOneIsRefusedWithThoseThatExist) {
    const auto missing = findLibrary("tsmc");
    ASSERT_FALSE(missing.has_value());
    EXPECT_NE(missing.error().text().find("sky130hd"), std::string::npos);
}

TEST(Liberty, GivesTheSmallestNandAndPlainFlipFlop) {
    const auto library = libraryFromLiberty(written("mine.lib", kLiberty));
    ASSERT_TRUE(library.has_value()) << library.error().text();
    EXPECT_EQ(library->id, "mine");
    EXPECT_DOUBLE_EQ(library->nand2_um2, 2);
    EXPECT_DOUBLE_EQ(library->flipFlop_nand2, 4.5);
    EXPECT_DOUBLE_EQ(library->voltage_v, 1.05);
    EXPECT_NE(library->source.find("DFFX1"), std::string::npos);
}

TEST(Liberty, SaysWhatAFileLacks) {
    const auto problem = [](const std::string& text) {
        const auto library = libraryFromLiberty(written("bad.lib", text));
        return library ? std::string() : library.error().text();
    };
    EXPECT_NE(problem("").find("no cell groups"), std::string::npos);
    EXPECT_NE(problem("library (x) { cell (a) { area : 1;").find("never closed"),
              std::string::npos);
    EXPECT_NE(problem("library (x) { cell (a) { area : 1; } }").find("NAND"), std::string::npos);
    const std::string nands(kLiberty);
    EXPECT_NE(problem(nands.substr(0, nands.find("  cell (NOR2X1)")) + "}").find("flip-flop"),
              std::string::npos);
    const auto absent = libraryFromLiberty("no/such/file.lib");
    ASSERT_FALSE(absent.has_value());
    EXPECT_EQ(absent.error().code, ErrorCode::NotFound);
}

TEST(Liberty, NeverStumblesOverDamagedText) {
    const std::string text(kLiberty);
    for (std::size_t length = 0; length < text.size(); length += 7) {
        const auto read = parseLiberty(std::string_view(text).substr(0, length), "cut");
        EXPECT_TRUE(read || !read.error().message.empty());
    }
    for (const char* odd : {"}}}}", "\"", "/*", "library : : ;;{}", "a ( ( ( b", ": x", "{{{"}) {
        EXPECT_FALSE(parseLiberty(odd, "odd").has_value()) << odd;
    }
}

// Stillmaker and Baas 2017, f(V) at 0.8, 0.9 and 1.0 V, computed from the coefficients.
TEST(StillmakerBaas, EnergyFactorsOfEveryNode) {
    constexpr double kExpected[10][4] = {{130, 2.126, 2.674, 3.366}, {90, 1.315, 1.646, 2.073},
                                         {65, 0.860, 1.058, 1.332},  {45, 0.693, 0.844, 1.018},
                                         {32, 0.457, 0.541, 0.645},  {20, 0.153, 0.201, 0.256},
                                         {16, 0.120, 0.158, 0.202},  {14, 0.096, 0.127, 0.162},
                                         {10, 0.082, 0.107, 0.137},  {7, 0.065, 0.086, 0.111}};
    for (const auto& row : kExpected) {
        EXPECT_NEAR(energyFactor(row[0], 0.8).value(), row[1], 6e-4) << row[0];
        EXPECT_NEAR(energyFactor(row[0], 0.9).value(), row[2], 6e-4) << row[0];
        EXPECT_NEAR(energyFactor(row[0], 1.0).value(), row[3], 6e-4) << row[0];
    }
}

TEST(StillmakerBaas, NodesBetweenTheListedOnes) {
    constexpr double kExpected[4][3] = {
        {40, 0.869, 0.792}, {28, 0.513, 0.377}, {22, 0.294, 0.252}, {12, 0.128, 0.135}};
    for (const auto& row : kExpected) {
        EXPECT_NEAR(energyScale(45, 0.8, row[0], 0.8).value(), row[1], 1e-3) << row[0];
        EXPECT_NEAR(areaScale(45, row[0]).value(), row[2], 1e-3) << row[0];
    }
}

TEST(StillmakerBaas, MovesBetweenNominalSupplies) {
    EXPECT_NEAR(energyScale(45, 0.9, 22, 0.8).value(), 0.241, 1e-3);
    EXPECT_NEAR(energyScale(45, 0.9, 16, 0.8).value(), 0.142, 1e-3);
    EXPECT_NEAR(energyScale(45, 0.9, 7, 0.7).value(), 0.057, 1e-3);
}

TEST(StillmakerBaas, FallsMonotonicallyFrom130To7Nanometres) {
    for (double node = 7; node < 130; node += 0.5) {
        EXPECT_LE(energyFactor(node, 0.8).value(), energyFactor(node + 0.5, 0.8).value()) << node;
        EXPECT_LE(areaScale(45, node).value(), areaScale(45, node + 0.5).value()) << node;
        EXPECT_GE(areaScale(node, 45).value(), areaScale(node + 0.5, 45).value()) << node;
    }
}

TEST(StillmakerBaas, RefusesWhatTheTablesDoNotCover) {
    for (const double node : {5.0, 180.0, 0.0, -1.0, std::nan("")}) {
        EXPECT_FALSE(energyFactor(node, 0.8).has_value()) << node;
    }
    EXPECT_NE(areaScale(45, 180).error().text().find("7 to 130 nm"), std::string::npos);
    EXPECT_FALSE(scaledLibrary(nangate45(), 28, 3.3).has_value());
}

TEST(StillmakerBaas, ScalesALibrary) {
    const auto scaled = scaledLibrary(nangate45(), 28, 0.8).value();
    EXPECT_NEAR(scaled.nand2_um2 / nangate45().nand2_um2, 0.377, 1e-3);
    EXPECT_EQ(scaled.flipFlop_nand2, nangate45().flipFlop_nand2);
    EXPECT_LT(scaled.energyRatio, 0.5);
}

}  // namespace
}  // namespace mantissa::hw
