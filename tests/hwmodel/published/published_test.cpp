// SPDX-License-Identifier: GPL-3.0-or-later
// Published figures that the model reproduces, each with its source.
#include <array>

#include <gtest/gtest.h>

#include "core/numerics/registry.h"
#include "hwmodel/published/eie.h"
#include "hwmodel/published/epfl.h"
#include "hwmodel/published/qkeras.h"

namespace mantissa::hw {
namespace {

// HBFP area model, github.com/jnbrq/hbfp_hardware_model; densities of Accuracy Boosters, arXiv
// 2211.10737.
TEST(Epfl, SystolicDensitiesOfHbfp) {
    using epfl::Float;
    const double binary32 = epfl::floatMacArea_um2(Float::Binary32);
    const double bfloat16 = epfl::floatMacArea_um2(Float::Bfloat16);
    EXPECT_NEAR(binary32, 1494.33, 0.01);
    EXPECT_NEAR(bfloat16, 308.98, 0.01);
    EXPECT_NEAR(epfl::systolicArea_um2(4), 70.08, 0.02);
    EXPECT_NEAR(epfl::systolicArea_um2(6), 117.95, 0.02);
    EXPECT_NEAR(epfl::systolicArea_um2(8), 180.40, 0.02);
    EXPECT_NEAR(binary32 / epfl::systolicArea_um2(4), 21.32, 0.02);
    EXPECT_NEAR(bfloat16 / epfl::systolicArea_um2(4), 4.41, 0.01);
    EXPECT_NEAR(binary32 / epfl::systolicArea_um2(6), 12.67, 0.01);
    EXPECT_NEAR(bfloat16 / epfl::systolicArea_um2(6), 2.62, 0.01);
    EXPECT_NEAR(binary32 / epfl::systolicArea_um2(8), 8.28, 0.01);
    EXPECT_NEAR(bfloat16 / epfl::systolicArea_um2(8), 1.71, 0.01);
}

TEST(Epfl, DotProductDensitiesOfHbfp) {
    using epfl::Float;
    constexpr std::array<int, 5> kElements{16, 32, 64, 128, 576};
    constexpr std::array<std::array<double, 5>, 3> kRatios{{
        {12.52, 14.72, 16.15, 16.98, 17.69},  // HBFP4
        {8.58, 9.59, 10.19, 10.53, 10.81},    // HBFP6
        {6.14, 6.65, 6.94, 7.10, 7.23},       // HBFP8
    }};
    for (std::size_t row = 0; row < kRatios.size(); ++row) {
        const int bits = 4 + 2 * static_cast<int>(row);
        for (std::size_t i = 0; i < kElements.size(); ++i) {
            const double ratio = epfl::floatDotArea_um2(Float::Binary32, kElements[i]) /
                                 epfl::dotArea_um2(bits, kElements[i]);
            EXPECT_NEAR(ratio, kRatios[row][i], 0.01) << bits << " " << kElements[i];
        }
    }
    const double bfloat16 = epfl::floatDotArea_um2(Float::Bfloat16, 64);
    EXPECT_NEAR(bfloat16 / epfl::dotArea_um2(8, 64), 1.44, 0.01);
    EXPECT_NEAR(bfloat16 / epfl::dotArea_um2(6, 64), 2.12, 0.01);
    EXPECT_NEAR(bfloat16 / epfl::dotArea_um2(4, 64), 3.36, 0.01);
}

TEST(Epfl, AddersBeyondTheTableFollowItsLine) {
    for (int width = 3; width <= 16; ++width) {
        EXPECT_NEAR(epfl::adderArea_um2(width), 2.3085 * width - 1.701, 0.00501) << width;
    }
    EXPECT_NEAR(epfl::adderArea_um2(21), 46.78, 0.01);
}

// Darvish Rouhani et al., NeurIPS 2020, Table 1: memory density against FP32, bounding box 16.
TEST(Msfp, MemoryDensities) {
    constexpr std::array<std::pair<const char*, double>, 6> kDensities{{{"msfp16", 3.7647},
                                                                        {"msfp15", 4.2667},
                                                                        {"msfp14", 4.9231},
                                                                        {"msfp13", 5.8182},
                                                                        {"msfp12", 7.1111},
                                                                        {"msfp11", 9.1429}}};
    for (const auto& [name, density] : kDensities) {
        const auto format = numerics::parseFormat(name);
        ASSERT_TRUE(format.has_value()) << name;
        const double bits = numerics::storageBitsPerElement(*format, {1, 64}, 1);
        EXPECT_NEAR(32 / bits, density, 1e-4) << name;
    }
}

// github.com/google/qkeras at 78ea90fc, qtools.
TEST(QKeras, EnergiesOfIntegers) {
    EXPECT_NEAR(qkeras::integerMultiply_pj(2), 0.0141, 5e-5);
    EXPECT_NEAR(qkeras::integerMultiply_pj(4), 0.0521, 5e-5);
    EXPECT_NEAR(qkeras::integerMultiply_pj(8), 0.2000, 5e-5);
    EXPECT_NEAR(qkeras::integerMultiply_pj(16), 0.7833, 5e-5);
    EXPECT_NEAR(qkeras::integerMultiply_pj(32), 3.1000, 5e-5);
    EXPECT_DOUBLE_EQ(qkeras::integerAdd_pj(8), 0.025);
    EXPECT_DOUBLE_EQ(qkeras::integerAdd_pj(16), 0.05);
    EXPECT_DOUBLE_EQ(qkeras::integerAdd_pj(32), 0.1);
}

TEST(QKeras, EnergiesOfFloatsThroughTheSameTable) {
    EXPECT_NEAR(qkeras::floatMultiply_pj(3), 0.20, 5e-4);
    EXPECT_NEAR(qkeras::floatMultiply_pj(4), 0.2833, 5e-4);
    EXPECT_NEAR(qkeras::floatMultiply_pj(8), 0.70, 5e-4);
    EXPECT_NEAR(qkeras::floatMultiply_pj(11), 1.10, 5e-4);
    EXPECT_NEAR(qkeras::floatMultiply_pj(24), 3.70, 5e-4);
    EXPECT_NEAR(qkeras::floatAdd_pj(8), 0.2846, 5e-4);
    EXPECT_NEAR(qkeras::floatAdd_pj(11), 0.400, 5e-4);
    EXPECT_NEAR(qkeras::floatAdd_pj(24), 0.900, 5e-4);
}

TEST(QKeras, MemoriesGiveHorowitzRows) {
    constexpr double kAccessBits = 64;
    EXPECT_NEAR(kAccessBits * qkeras::sramBit_pj(8 * 8192.0), 10, 1e-4);
    EXPECT_NEAR(kAccessBits * qkeras::sramBit_pj(32 * 8192.0), 20, 1e-4);
    EXPECT_NEAR(kAccessBits * qkeras::sramBit_pj(1024 * 8192.0), 100, 1e-4);
    EXPECT_NEAR(qkeras::dramBit_pj(), 20.31, 0.01);
}

// Han et al., ISCA 2016, Table II and section VI.
TEST(Eie, ProcessingElementAddsUpBothWays) {
    const auto components = eie::total(eie::byComponent(), "components");
    const auto blocks = eie::total(eie::byBlock(), "blocks");
    EXPECT_NEAR(components.power_mw, 9.157, 0.002);
    EXPECT_NEAR(blocks.power_mw, 9.157, 0.002);
    EXPECT_DOUBLE_EQ(components.area_um2, 638024);
    EXPECT_DOUBLE_EQ(blocks.area_um2, 638024);
}

TEST(Eie, SixtyFourProcessingElements) {
    EXPECT_NEAR(eie::arrayArea_mm2(64), 40.8, 0.1);
    EXPECT_NEAR(eie::arrayPower_mw(64), 586, 0.1);
    EXPECT_NEAR(eie::sramBitArea_um2(), 0.448, 1e-3);
    EXPECT_NEAR(eie::peakGops(), 102.4, 1e-9);
}

TEST(Eie, IdealTimesOfItsLayers) {
    constexpr std::array kIdeal_us{23.29, 10.41, 7.50, 14.69, 4.92, 7.56, 4.80, 11.33, 5.63};
    ASSERT_EQ(eie::layers().size(), kIdeal_us.size());
    for (std::size_t i = 0; i < kIdeal_us.size(); ++i) {
        const auto& layer = eie::layers()[i];
        EXPECT_NEAR(
            eie::idealTime_us(layer.in, layer.out, layer.weightDensity, layer.activationDensity),
            kIdeal_us.at(i), 0.01)
            << layer.id;
    }
    EXPECT_NEAR(eie::entriesPerNonzero(0.04), 2.09, 0.005);
    EXPECT_NEAR(eie::entriesPerNonzero(0.25), 1.01, 0.005);
}

TEST(Eie, PaddingBringsTimesNearerToTheoryThanThePlainRule) {
    double plain = 0;
    double padded = 0;
    for (const auto& layer : eie::layers()) {
        const double ideal =
            eie::idealTime_us(layer.in, layer.out, layer.weightDensity, layer.activationDensity);
        plain += std::abs(std::log(ideal / layer.theoretical_us));
        padded += std::abs(std::log(eie::paddedTime_us(layer) / layer.theoretical_us));
    }
    EXPECT_LT(padded, plain / 2);
}

TEST(Eie, PublishedTimesGiveItsSpeeds) {
    double cpu = 0;
    double gpu = 0;
    for (const auto& layer : eie::layers()) {
        cpu += std::log(layer.cpu_us / layer.actual_us) / 9;
        gpu += std::log(layer.gpu_us / layer.actual_us) / 9;
    }
    EXPECT_NEAR(std::exp(cpu), 193.9, 0.1);
    EXPECT_NEAR(std::exp(gpu), 13.19, 0.01);
}

}  // namespace
}  // namespace mantissa::hw
