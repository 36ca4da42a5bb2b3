// SPDX-License-Identifier: GPL-3.0-or-later
// What turns pruned, shared, decomposed and overlaid weights back into those that are multiplied.
#include "hwmodel/weight_decoder.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwmodel/units/registry.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using testing::Contains;
using testing::HasSubstr;
using train::WeightTransformKind;

constexpr std::string_view kPart = "Weight decoders";

design::DesignPoint transformed(WeightTransformKind kind, double density = 0.25) {
    design::DesignPoint design;
    auto recipe = design.recipe();
    recipe.weightTransform = kind;
    recipe.density = density;
    return design.withRecipe(recipe);
}

double decoderArea(const design::DesignPoint& design) {
    return areaOf(report(design), kPart);
}

double decoderEnergy(const design::DesignPoint& design) {
    return energyOf(report(design), kPart);
}

UnitCost unit(std::string_view id, const std::vector<int>& values) {
    const auto technology = technologyOf(design::HardwareConfig{});
    return describeUnit(*findUnitKind(id), values, technology).cost;
}

TEST(WeightDecoders, AreNoneWhereWeightsAreStoredAsTheyAre) {
    EXPECT_EQ(find(report(design::DesignPoint()).breakdown, kPart), nullptr);
}

TEST(WeightDecoders, OfEveryTransformTakeAreaAndEnergy) {
    for (const auto kind : {WeightTransformKind::Pruned, WeightTransformKind::Shared,
                            WeightTransformKind::PrunedShared, WeightTransformKind::PowerBasis,
                            WeightTransformKind::Complementary}) {
        EXPECT_GT(decoderArea(transformed(kind)), 0) << train::infoOf(kind).id;
        EXPECT_GT(decoderEnergy(transformed(kind)), 0) << train::infoOf(kind).id;
    }
}

TEST(WeightDecoders, OfDeepCompressionAreCountersAndTables) {
    const double both = decoderArea(transformed(WeightTransformKind::PrunedShared));
    const double counters = decoderArea(transformed(WeightTransformKind::Pruned));
    const double tables = decoderArea(transformed(WeightTransformKind::Shared));
    EXPECT_NEAR(both, counters + tables, 1e-9 * both);
}

// LeNet-5's convolutions have rows of five weights, its linear layers vectors of three: a sum of
// five terms serves both.
TEST(WeightDecoders, RebuildAWeightOfTheWidestBasisInEachColumn) {
    const design::HardwareConfig hardware;
    const double places = 1.0 * hardware.columns * hardware.lanes * hardware.cores;
    constexpr int kSumBits = 8 + 6 + 3;
    const double each = unit("weight_rebuilder", {5, 4, 8}).area_um2 +
                        unit("integer_to_float", {kSumBits, 8, 23}).area_um2 +
                        unit("fp_multiplier", {8, 23, 0, 0}).area_um2;
    const double all = decoderArea(transformed(WeightTransformKind::PowerBasis));
    EXPECT_GT(all, places * each);
    EXPECT_LT(all, places * each * 1.5);  // registers between them
}

TEST(WeightDecoders, RebuildOnlyVectorsThatAreKept) {
    const double whole = decoderEnergy(transformed(WeightTransformKind::PowerBasis, 1));
    const double quarter = decoderEnergy(transformed(WeightTransformKind::PowerBasis, 0.25));
    EXPECT_NEAR(quarter / whole, 0.25, 1e-9);
}

TEST(WeightDecoders, LeaveOwnersToPackedElements) {
    const auto overlaid = transformed(WeightTransformKind::Complementary);
    const auto packed = with(overlaid, [](auto& h) {
        h.packedKernels = true;
        h.lanes = 8;
    });
    EXPECT_EQ(find(report(packed).breakdown, kPart), nullptr);
}

TEST(WeightDecoders, SayThatTransformsThemselvesAreNotCounted) {
    const auto warnings = report(transformed(WeightTransformKind::PowerBasis)).warnings;
    EXPECT_THAT(warnings, Contains(HasSubstr("off chip")));
    EXPECT_THAT(report(design::DesignPoint()).warnings, Not(Contains(HasSubstr("off chip"))));
}

TEST(WeightRebuilder, GrowsWithTermsCoefficientsAndBasis) {
    const double base = unit("weight_rebuilder", {3, 4, 8}).area_um2;
    EXPECT_GT(unit("weight_rebuilder", {4, 4, 8}).area_um2, base);
    EXPECT_GT(unit("weight_rebuilder", {3, 5, 8}).area_um2, base);
    EXPECT_GT(unit("weight_rebuilder", {3, 4, 9}).area_um2, base);
}

TEST(WeightRebuilder, IsFarSmallerThanTheMultipliersThatItStandsFor) {
    // Three products of 8 bits and 14, the span that 4-bit coefficients have, and their sum.
    const double products =
        3 * unit("multiplier", {8, 14}).area_um2 + unit("adder_tree", {3, 22}).area_um2;
    EXPECT_LT(unit("weight_rebuilder", {3, 4, 8}).area_um2, products);
}

}  // namespace
}  // namespace mantissa::hw
