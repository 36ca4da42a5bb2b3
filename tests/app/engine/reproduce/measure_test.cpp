// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/measure.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/systems/catalogue.h"

namespace mantissa::app {
namespace {

using systems::Measure;
using testing::ElementsAre;

Result<std::optional<Figure>> obtain(const Measure& measure, const systems::System& system,
                                     const std::map<std::string, TrainedPreset>& trained = {}) {
    return checkMeasure(measure).and_then([&](const MeasureKind* kind) {
        return kind->obtain(measure, {system, [&](const std::string& preset) {
                                          const auto found = trained.find(preset);
                                          return found == trained.end()
                                                     ? std::nullopt
                                                     : std::optional(found->second);
                                      }});
    });
}

const systems::Claim& claimOf(const std::vector<systems::System>& all, const std::string& system,
                              const std::string& claim) {
    for (const auto& one : all) {
        for (const auto& candidate : one.claims) {
            if (one.id == system && candidate.id == claim) {
                return candidate;
            }
        }
    }
    throw std::out_of_range(system + " has no claim " + claim);
}

double modelled(const std::string& system, const std::string& claim) {
    const auto all = systems::catalogue().value();
    const auto& measure = claimOf(all, system, claim).measure;
    for (const auto& one : all) {
        if (one.id == system) {
            const auto figure = obtain(measure, one);
            EXPECT_TRUE(figure) << figure.error().text();
            return figure.value().value().value;
        }
    }
    return 0;
}

TEST(AccuracyGap, PairsSeedsAndSpreadsTheirDifferences) {
    const Measure measure{"accuracy_gap", {{"preset", "a"}, {"against", "b"}}, {}, {}};
    const auto figure =
        obtain(measure, {}, {{"a", {{0.80, 0.90, 0.85}, 0}}, {"b", {{0.79, 0.91, 0.85}, 0}}});
    ASSERT_TRUE(figure.value());
    EXPECT_NEAR((*figure)->value, 0, 1e-9);
    EXPECT_NEAR((*figure)->spread, 1, 1e-9);
    EXPECT_EQ((*figure)->seeds, 3);
}

TEST(AccuracyGap, IsAgainstFp32WithoutAnother) {
    const Measure measure{"accuracy_gap", {{"preset", "a"}}, {}, {}};
    EXPECT_THAT(trainedPresets(measure), ElementsAre("a", "fp32"));
    const auto figure = obtain(measure, {}, {{"a", {{0.5}, 1}}, {"fp32", {{0.8}, 0}}});
    EXPECT_NEAR(figure.value()->value, -30, 1e-9);
    EXPECT_EQ(figure.value()->spread, 0);
    EXPECT_EQ(figure.value()->remark, "a: 1 of 1 seeds diverged");
}

TEST(AccuracyGap, IsAbsentUntilBothAreTrained) {
    const Measure measure{"accuracy_gap", {{"preset", "a"}}, {}, {}};
    EXPECT_FALSE(obtain(measure, {}, {{"a", {{0.5}, 0}}}).value());
}

TEST(LargestGain, IsTheLargestRiseFromOneToTheNext) {
    const Measure measure{"largest_gain", {}, {}, {"a", "b", "c"}};
    EXPECT_THAT(trainedPresets(measure), ElementsAre("a", "b", "c"));
    const auto figure =
        obtain(measure, {}, {{"a", {{0.9}, 0}}, {"b", {{0.8}, 0}}, {"c", {{0.82}, 0}}});
    EXPECT_NEAR(figure.value()->value, 2, 1e-9);
}

TEST(CheckMeasure, SaysWhatIsWrong) {
    EXPECT_FALSE(checkMeasure({"guess", {}, {}, {}}));
    EXPECT_FALSE(checkMeasure({"accuracy", {}, {}, {}}));
    EXPECT_FALSE(checkMeasure({"accuracy", {{"preset", "a"}, {"format", "b"}}, {}, {}}));
    EXPECT_FALSE(checkMeasure({"epfl_dot", {{"baseline", "fp32"}}, {{"bits", 4}}, {}}));
    EXPECT_FALSE(checkMeasure({"largest_gain", {}, {}, {"a"}}));
    EXPECT_TRUE(
        checkMeasure({"epfl_dot", {{"baseline", "fp32"}}, {{"bits", 4}, {"elements", 16}}, {}}));
}

TEST(Measures, EveryClaimOfTheCatalogueIsObtainable) {
    const auto all = systems::catalogue().value();
    for (const auto& system : all) {
        for (const auto& claim : system.claims) {
            if (claim.measure.kind.empty()) {
                continue;
            }
            const auto kind = checkMeasure(claim.measure);
            ASSERT_TRUE(kind) << system.id << " " << claim.id << ": " << kind.error().text();
            const auto figure = obtain(claim.measure, system);
            ASSERT_TRUE(figure) << system.id << " " << claim.id << ": " << figure.error().text();
            if ((*kind)->source == MeasureSource::Model) {
                ASSERT_TRUE(*figure) << system.id << " " << claim.id;
                EXPECT_TRUE(std::isfinite((*figure)->value)) << system.id << " " << claim.id;
            } else {
                EXPECT_FALSE(*figure) << system.id << " " << claim.id;
            }
        }
    }
}

TEST(Measures, GiveThePublishedRatiosOfTheAreaModel) {
    EXPECT_NEAR(modelled("accuracy_boosters", "density_fp32"), 21.32, 0.02);
    EXPECT_NEAR(modelled("accuracy_boosters", "density_bf16"), 4.41, 0.01);
    EXPECT_NEAR(modelled("accuracy_boosters", "density_first"), 16.98, 0.01);
}

TEST(Measures, GiveEiesTotals) {
    EXPECT_NEAR(modelled("eie", "area"), 40.83, 0.01);
    EXPECT_NEAR(modelled("eie", "power"), 586.0, 0.1);
    EXPECT_NEAR(modelled("eie", "peak"), 102.4, 1e-9);
    EXPECT_NEAR(modelled("eie", "element_area"), 0.638024, 1e-9);
    EXPECT_NEAR(modelled("eie", "element_power"), 9.158, 1e-9);
    // 23.29 µs without padding, 1.283 entries for each non-zero.
    EXPECT_NEAR(modelled("eie", "time_alex6"), 29.9, 0.05);
    EXPECT_NEAR(modelled("eie", "padding"), 2.09, 0.02);
}

TEST(Measures, GiveEiesGainsOverItsNineLayers) {
    EXPECT_NEAR(modelled("eie", "sparse_weights"), 10, 0.5);
    EXPECT_NEAR(modelled("eie", "skipping"), 3, 0.05);
    EXPECT_NEAR(modelled("eie", "speed_cpu") / modelled("eie", "speed_gpu"), 193.9 / 13.19, 0.02);
    // Area by the table of nodes from 45 to 28 nm.
    EXPECT_NEAR(modelled("eie", "projected_area"), 256 * 0.638024 * 0.377, 0.1);
}

TEST(Measures, MultiplyAreasByStoredBits) {
    EXPECT_NEAR(modelled("micro_exponents", "cost4") / modelled("micro_exponents", "cost9"),
                modelled("micro_exponents", "array_smx4") /
                    modelled("micro_exponents", "array_smx9") * 9 / 4,
                1e-6);
}

TEST(Measures, TellDepthwiseConvolutionsFromOthers) {
    EXPECT_LT(modelled("flexblock", "use_mobilenet_v2_depthwise_core_fb12"),
              modelled("flexblock", "use_mobilenet_v2_conv2d_core_fb12"));
}

TEST(Measures, GiveStoredBitsAndDensities) {
    EXPECT_NEAR(modelled("lightnorm", "bits_a"), 6.3125, 1e-9);
    EXPECT_NEAR(modelled("flexblock", "bits12"), 5.037, 1e-3);
    EXPECT_NEAR(modelled("msfp", "memory12"), 7.1111, 1e-4);
    EXPECT_NEAR(modelled("hbfp", "bits8"), 8.0174, 1e-4);
}

TEST(Measures, CountBitsOfTransformedWeights) {
    EXPECT_NEAR(modelled("eie", "sharing_gain"), 8, 0.01);
    // 4-bit runs, 32-bit values, padding zeros of a density of 10 %.
    EXPECT_NEAR(modelled("eie", "sparsity_gain"), 32 / (0.1 * 36 * 1.227), 0.01);
    EXPECT_NEAR(modelled("eie", "compressed"), 32 / (0.1 * 8 * 1.227), 0.1);
    EXPECT_NEAR(modelled("complementary_sparsity", "memory8"), 32 * 8 / 35.0, 0.01);
    EXPECT_NEAR(modelled("complementary_sparsity", "packing4"), 4, 0.01);
    // Fewer bits come from DRAM; multiplications stay.
    EXPECT_GT(modelled("smartdeal", "training_energy"), 1.1);
}

TEST(Measures, HoldPackedElementsAgainstTheDenseArray) {
    EXPECT_NEAR(modelled("complementary_sparsity", "forward4"), 4, 0.4);
    EXPECT_NEAR(modelled("complementary_sparsity", "training4"), 2, 0.2);
    EXPECT_GT(modelled("complementary_sparsity", "training8"),
              modelled("complementary_sparsity", "training4"));
    // They are larger than dense ones, and do more for each area.
    EXPECT_LT(modelled("complementary_sparsity", "array_area4"), 1);
    EXPECT_GT(modelled("complementary_sparsity", "forward_per_area4"), 1);
}

TEST(Measures, CountMultiplicationsOfATrainingStep) {
    // 784-1024-1024-10: three times inference but for the first layer's input gradient.
    const double all = 784.0 * 1024 + 1024.0 * 1024 + 1024.0 * 10;
    EXPECT_NEAR(modelled("taxonn", "macs"), 3 - 784.0 * 1024 / all, 1e-9);
}

TEST(Measures, PriceNarrowerArraysLower) {
    EXPECT_GT(modelled("micro_exponents", "array_smx4"), modelled("micro_exponents", "array_smx9"));
    EXPECT_GT(modelled("lightnorm", "area"), modelled("lightnorm", "area_conventional_fp16"));
}

TEST(Measures, HoldOneMultiModeCoreAgainstItsModes) {
    // 4 and 16 products where a multiplier of 16 bits gives one, less what blocks leave idle.
    EXPECT_NEAR(modelled("flexblock", "macs8"), 4, 0.1);
    EXPECT_NEAR(modelled("flexblock", "macs4"), 16, 1.6);
    EXPECT_GT(modelled("flexblock", "overhead"), 1) << "modes cost area";
    EXPECT_GT(modelled("flexblock", "overhead_energy"), 1);
    EXPECT_LT(modelled("flexblock", "use_mobilenet_v2_conv2d_core_fb12"),
              modelled("flexblock", "use_mobilenet_v2_conv2d_core_fb24"))
        << "depthwise convolutions have one channel for 16 products";
    EXPECT_LE(modelled("flexblock", "use_resnet18_conv2d_core_fb24"), 100);
}

TEST(Measures, CompareFlexBlockAtEqualArea) {
    const auto all = systems::catalogue().value();
    const auto& flexblock = *std::find_if(all.begin(), all.end(),
                                          [](const auto& one) { return one.id == "flexblock"; });
    for (const char* baseline : {"array_bf16", "array_fp16", "array_fb24", "array_fp32"}) {
        const Measure measure{"hardware_ratio",
                              {{"preset", "core_mixed"},
                               {"against", baseline},
                               {"figure", "area"},
                               {"network", "resnet18"}},
                              {},
                              {}};
        EXPECT_NEAR(obtain(measure, flexblock).value()->value, 1, 0.02) << baseline;
    }
}

TEST(Measures, SeparateWhatArraysCanFromWhatTheRestAllows) {
    EXPECT_GT(modelled("hbfp", "throughput"), modelled("hbfp", "throughput_whole"));
    EXPECT_GT(modelled("hbfp", "throughput_whole"), 1) << "tiles lie along the channels";
}

TEST(Measures, GiveRatiosOfPricesUnderBothCalibrations) {
    const auto all = systems::catalogue().value();
    int ratios = 0;
    for (const auto& system : all) {
        for (const auto& claim : system.claims) {
            const auto& kind = claim.measure.kind;
            if (kind != "hardware_ratio" && kind != "norm_ratio" && kind != "unit_ratio") {
                continue;
            }
            const auto figure = obtain(claim.measure, system).value().value();
            const auto& of = claim.measure.texts.at("figure");
            const bool isCount =
                of == "time" || of == "dram" || of == "stash" || of == "compute" || of == "forward";
            EXPECT_EQ(figure.horowitz.has_value(), !isCount) << system.id << " " << claim.id;
            ratios += figure.horowitz && *figure.horowitz != figure.value ? 1 : 0;
        }
    }
    EXPECT_GT(ratios, 50);
}

TEST(UnitRatio, AddsUnitsAndDividesByWhatTheyGive) {
    const auto ratio = [](const char* unit, double products, const char* against,
                          const char* figure) {
        const Measure measure{"unit_ratio",
                              {{"unit", unit}, {"against_unit", against}, {"figure", figure}},
                              {{"products", products}, {"against_products", 1}},
                              {}};
        return obtain(measure, {});
    };
    EXPECT_NEAR(ratio("adder,w=8", 1, "adder,w=8 + adder,w=8", "area").value()->value, 2, 1e-12);
    EXPECT_NEAR(ratio("adder,w=8", 4, "adder,w=8", "energy").value()->value, 4, 1e-12);
    // Four passes: density falls, area does not.
    const char* const serial = "chunk_serial_dot,n=16,m=4,chunk=2";
    EXPECT_NEAR(ratio(serial, 1, "adder,w=8", "area").value()->value,
                4 * ratio(serial, 1, "adder,w=8", "density").value()->value, 1e-12);
    EXPECT_FALSE(ratio("adder,w=8", 1, "addre", "area"));
    EXPECT_FALSE(ratio("adder,w=8", 1, "adder,w=1000", "area"));
    EXPECT_FALSE(ratio("adder,w=8", 1, "adder,w=8", "speed"));
}

}  // namespace
}  // namespace mantissa::app
