// SPDX-License-Identifier: GPL-3.0-or-later
// Names, tables and their errors, held against ApproxTrain's nine released tables.
#include "core/numerics/multiplier_table.h"

#include <array>
#include <cstdio>
#include <memory>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/numerics/multiply.h"
#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::numerics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What ApproxTrain ships (SHA-256 of the files), and the errors of all operand pairs in percent as
/// recomputed from them, to so many decimals.
struct Released {
    const char* name;
    std::size_t bytes;
    const char* sha256;
    double mean, meanAbsolute;
    double meanDecimals;
    double smallest, largest;
    int lastEntry;
};
constexpr std::array<Released, 9> kReleased{{
    {"acc_7", 16384, "96a1b918f9dea7db98eceb484d1b606e3cf60982274d7443b9ed65baf4dfcbee", -0.2710,
     0.2710, 1e-4, -0.769, 0, 254},
    {"mbm_7", 16384, "dc2c5c50eb820657f593fde6927a18fbb591582e5e050d8cb727895f9a350d7a", 0.4469,
     2.6932, 1e-4, -7.636, 9.375, 254},
    {"mit_7", 16384, "ac623c7e6e5bb79b33d6a5b71dcac0fd324788c73c71370e406c0600bbfab667", -3.8485,
     3.8485, 1e-4, -11.111, 0, 254},
    {"mbm_5", 1024, "8f47b6176ee548baffecb54b851764d62d3e02cced8e88c470f88f160bcd8cc1", 1.3328,
     3.1611, 1e-4, -8.294, 12.5, 159},
    {"mit_5", 1024, "0d5ae887b74f9f16683cc44b19b3ee4a39c919a29aba236e0556310eb98b451a", -3.8444,
     3.8444, 1e-4, -11.111, 0, 158},
    {"mbm_3", 64, "cd4273f1732ef9e1465ec931a600a90e201fe3b019f57dcbc71cfba3a64db63f", 4.9482,
     7.4068, 1e-4, -10.490, 25, 134},
    {"mit_3", 64, "c1bbddc81e26a9433ce2b47f1b9982c46ab4a00a4df29333f62fe726cc6b358a", -3.7790,
     3.7790, 1e-4, -11.111, 0, 134},
    {"mbm_1", 4, "8d65a89d33fc69d31f85fd8ed396d6dd5672cd59f80bd2ced560d4bbaeb43222", 38.889, 44.444,
     1e-3, -11.111, 100, 128},
    {"mit_1", 4, "ba57af15c8d49bc2d673bdbcc15b9761dddf25386be00890bb7cf56cc02b0dba", -2.778, 2.778,
     1e-3, -11.111, 0, 128},
}};

MultiplierTable table(const char* name) {
    return loadMultiplier(parseMultiplier(name).value()).value().table.value();
}

/// Of coreutils' sha256sum.
std::string sha256(const std::filesystem::path& file) {
    const std::string command = "sha256sum '" + file.string() + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::array<char, 65> digest{};
    return pipe && std::fgets(digest.data(), digest.size(), pipe.get()) != nullptr ? digest.data()
                                                                                   : "";
}

TEST(MultiplierTable, IsTheReleasedFile) {
    const test::TemporaryFolder folder;
    for (const auto& released : kReleased) {
        const auto file = folder / released.name;
        ASSERT_TRUE(writeTable(table(released.name), file)) << released.name;
        EXPECT_EQ(std::filesystem::file_size(file), released.bytes);
        EXPECT_EQ(sha256(file), released.sha256) << released.name;
        EXPECT_EQ(readTable(file).value(), table(released.name));
    }
}

TEST(MultiplierTable, HasTheErrorsOfTheReleasedFile) {
    for (const auto& released : kReleased) {
        SCOPED_TRACE(released.name);
        const auto errors = multiplierErrors(table(released.name));
        const double mean = released.meanDecimals * 0.5000001;
        constexpr double kEnds = 0.5000001e-3;
        EXPECT_NEAR(100 * errors.meanRelative, released.mean, mean);
        EXPECT_NEAR(100 * errors.meanAbsoluteRelative, released.meanAbsolute, mean);
        EXPECT_NEAR(100 * errors.smallestRelative, released.smallest, kEnds);
        EXPECT_NEAR(100 * errors.largestRelative, released.largest, kEnds);
        EXPECT_EQ(errors.lastEntry, released.lastEntry);
    }
}

TEST(MultiplierTable, HasTheSpotEntries) {
    EXPECT_EQ(table("acc_7").entries[3 * 128 + 5], 8);
    EXPECT_EQ(table("mbm_7").entries[3 * 128 + 5], 18);
    EXPECT_EQ(table("mit_7").entries[3 * 128 + 5], 8);
    EXPECT_THAT(table("mbm_1").entries, ElementsAre(128, 128, 128, 128));
    EXPECT_THAT(table("mit_1").entries, ElementsAre(0, 1, 1, 128));
}

// x1 = x2 = 0.5: 2.0 where 2.25 is right.
TEST(MultiplierTable, MitchellIsWorstWhereBothMantissasAreHalf) {
    for (int m = 1; m <= kMostTableBits; ++m) {
        EXPECT_NEAR(multiplierErrors(multiplierTable(ProductRule::Mitchell, m)).smallestRelative,
                    2.0 / 2.25 - 1, 1e-12);
    }
}

TEST(MultiplierTable, CorrectsMbmByConstantsCutToTheWidth) {
    // 1.0 x 1.0 with the lowest bits set: s = 2, plus c0 = 0.078125 2^m cut.
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 7, 0, 0), (MantissaProduct{12, false}));
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 6, 0, 0), (MantissaProduct{7, false}));
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 4, 0, 0), (MantissaProduct{3, false}));
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 3, 0, 0), (MantissaProduct{2, false}));
    // At 23 bits nothing is set, and c0 is whole.
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 23, 0, 0),
              (MantissaProduct{655360, false}));
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 23, 1U << 22U, 1U << 22U),
              (MantissaProduct{327680, true}));
    // The correction carries, or is left out where it would carry twice.
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 23, (1U << 23U) - 1, 0),
              (MantissaProduct{(655360 - 1) / 2, true}));
    EXPECT_EQ(mantissaProduct(ProductRule::MinimallyBiased, 23, (1U << 23U) - 1, (1U << 23U) - 1),
              (MantissaProduct{(1U << 23U) - 2, true}));
}

TEST(MultiplierTable, RefusesSizesThatAreNoTable) {
    for (const std::size_t size : {0U, 3U, 5U, 8U, 1023U, 16383U, 16385U, 65536U}) {
        const auto read = tableFromBytes(std::vector<std::uint8_t>(size), "a.bin");
        ASSERT_FALSE(read) << size;
        EXPECT_EQ(read.error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(read.error().where, "a.bin");
        EXPECT_THAT(read.error().message, HasSubstr("4, 16, 64, 256, 1024, 4096 or 16384"));
    }
}

TEST(MultiplierTable, RefusesEntriesWithBitsBetweenCarryAndMantissa) {
    auto bytes = multiplierTable(ProductRule::Mitchell, 3).entries;
    bytes[37] = 8;
    const auto read = tableFromBytes(bytes, "a.bin");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message,
                testing::AllOf(HasSubstr("entry 37 is 8"), HasSubstr("0 to 7"),
                               HasSubstr("from 128 to 135")));
    bytes[37] = 135;
    EXPECT_TRUE(tableFromBytes(bytes, "a.bin"));
}

TEST(MultiplierTable, SaysWhyAFileCannotBeRead) {
    const test::TemporaryFolder folder;
    EXPECT_EQ(readTable(folder / "none").error().code, ErrorCode::NotFound);
    EXPECT_EQ(readTable(folder.path()).error().code, ErrorCode::InvalidInput);
    test::writeFile(folder / "long", test::Bytes(20000));
    EXPECT_THAT(readTable(folder / "long").error().text(), HasSubstr("more than 16384 bytes"));
}

TEST(Multiplier, EveryNameReadsBackAndHasASource) {
    std::set<std::string> names;
    for (const auto& named : namedMultipliers()) {
        EXPECT_EQ(multiplierText(named.multiplier), named.name);
        EXPECT_EQ(parseMultiplier(named.name), named.multiplier);
        EXPECT_TRUE(validate(named.multiplier)) << named.name;
        EXPECT_FALSE(named.label.empty());
        EXPECT_FALSE(named.source.empty());
        EXPECT_TRUE(names.insert(named.name).second) << named.name << " twice";
    }
    EXPECT_EQ(names.size(), 25U);
    EXPECT_EQ(parseMultiplier("MBM_7"), parseMultiplier("mbm_7"));
}

TEST(Multiplier, CarriesTheNamesOfTheReleasedCode) {
    const auto labelOf = [](const char* name) {
        for (const auto& named : namedMultipliers()) {
            if (named.name == name) {
                return named.label;
            }
        }
        return std::string();
    };
    EXPECT_THAT(labelOf("mbm_23"), HasSubstr("FMBM32"));
    EXPECT_THAT(labelOf("mit_23"), HasSubstr("MITCHEL23"));
    EXPECT_THAT(labelOf("mbm_7"), HasSubstr("FMBM16"));
    EXPECT_THAT(labelOf("mit_1"), HasSubstr("MITCHEL10"));
    EXPECT_THAT(labelOf("acc_7"), HasSubstr("BFLOAT"));
    EXPECT_EQ(labelOf("mit_6"), "Mitchell, 6 mantissa bits");
}

TEST(Multiplier, KeepsAFilesNameAsItIs) {
    const Multiplier table = TableMultiplier{"My tables/MBM > 7.bin"};
    EXPECT_EQ(multiplierText(table), "lut<My tables/MBM > 7.bin>");
    EXPECT_EQ(parseMultiplier(multiplierText(table)), table);
}

TEST(Multiplier, ExplainsWhatItCannotRead) {
    for (const char* text : {"", "mit", "mit_8", "mit_0", "mbm_22", "acc_07", "lut<x", "fp16"}) {
        const auto read = parseMultiplier(text);
        ASSERT_FALSE(read) << text;
        EXPECT_THAT(read.error().message, HasSubstr("M from 1 to 7 or 23")) << text;
        EXPECT_THAT(read.error().where, HasSubstr(text));
    }
    EXPECT_THAT(parseMultiplier("lut<>").error().message, HasSubstr("names no file"));
    EXPECT_THAT(loadMultiplier(ApproximateMultiplier{ProductRule::Mitchell, 8}).error().message,
                HasSubstr("from 1 to 7"));
    EXPECT_EQ(loadMultiplier(TableMultiplier{"/no/such/file"}).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace mantissa::numerics
