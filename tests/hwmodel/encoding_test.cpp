// SPDX-License-Identifier: GPL-3.0-or-later
// Sparse weights and the compressed stash: what they take in DRAM, and that nothing else changes.
#include "hwmodel/encoding.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/registry.h"
#include "hwmodel/estimate.h"
#include "hwmodel/published/eie.h"

namespace mantissa::hw {
namespace {

using design::DesignPoint;
using design::HardwareConfig;

DesignPoint bfp8() {
    design::PrecisionPlan plan;
    const numerics::TensorFormat format{numerics::parseFormat("bfp<8,block=16>").value(),
                                        numerics::Rounding::NearestEven};
    for (const auto role : design::allRoles()) {
        plan = withFormat(plan, {}, {role, std::nullopt}, format);
    }
    return DesignPoint().withPrecision(plan);
}

HardwareReport reportWith(const DesignPoint& design,
                          const std::function<void(HardwareConfig&)>& change = {}) {
    auto hardware = design.hardware();
    if (change) {
        change(hardware);
    }
    return estimate(design.withHardware(hardware)).value();
}

double dramEnergyOf(const HardwareReport& report, std::string_view tensors) {
    for (const auto& group : report.breakdown.children) {
        for (const auto& part : group.children) {
            if (group.name == "DRAM" && part.name == tensors) {
                return part.energy_pj;
            }
        }
    }
    return 0;
}

bool warns(const HardwareReport& report, const std::string& words) {
    return std::any_of(report.warnings.begin(), report.warnings.end(), [&](const auto& warning) {
        return warning.find(words) != std::string::npos;
    });
}

TEST(RelativeIndex, CountsEntriesAndPointersByHand) {
    // At a density of a quarter one entry in a hundred is padding: a run of 16 zeros, (3/4)^16.
    const double q = std::pow(0.75, 16);
    EXPECT_NEAR(relativeIndexBits(4096, 8, 0.25, 64), 1024 * (1 + q / (1 - q)) * 12 + 64 * 16,
                1e-6);
}

TEST(RelativeIndex, ExpectsTheEntriesThatTheEncoderMakes) {
    std::mt19937 random(7);
    for (const double density : {0.04, 0.1, 0.25}) {
        std::bernoulli_distribution isNonzero(density);
        std::vector<float> column(400000);
        std::size_t nonzeros = 0;
        for (auto& value : column) {
            value = isNonzero(random) ? 1.0F : 0.0F;
            nonzeros += value != 0 ? 1 : 0;
        }
        const auto entries = static_cast<double>(eie::encodeColumn(column).size());
        const auto expected = static_cast<double>(nonzeros) * eie::entriesPerNonzero(density);
        EXPECT_NEAR(entries / expected, 1, 0.02) << density;
    }
}

TEST(SparseWeights, MoveFewerBitsAndChangeNothingElse) {
    const auto dense = reportWith(bfp8());
    const auto sparse = reportWith(bfp8(), [](auto& h) { h.weightDensity = 0.1; });
    // A tenth of the entries with 4 bits more each and some padding.
    const double share = dramEnergyOf(sparse, "Weights") / dramEnergyOf(dense, "Weights");
    EXPECT_GT(share, 0.1);
    EXPECT_LT(share, 0.3);
    EXPECT_EQ(dramEnergyOf(sparse, "Activations"), dramEnergyOf(dense, "Activations"));
    EXPECT_EQ(sparse.area_um2, dense.area_um2);
    EXPECT_EQ(sparse.stashBits, dense.stashBits);
    EXPECT_LE(sparse.cycles, dense.cycles);
}

TEST(SparseWeights, DensityOfOneIsTheDenseDesign) {
    EXPECT_EQ(toJson(reportWith(bfp8(), [](auto& h) { h.weightDensity = 1; })),
              toJson(reportWith(bfp8())));
}

TEST(SparseWeights, FewerNonzerosNeverMoveMore) {
    double before = 0;
    for (const double density : {0.01, 0.05, 0.2, 0.5, 0.8, 1.0}) {
        const auto report = reportWith(bfp8(), [&](auto& h) { h.weightDensity = density; });
        EXPECT_GE(report.dramBits, before) << density;
        before = report.dramBits;
    }
}

TEST(SparseWeights, StayAsTheyAreWhereIndicesTakeMore) {
    const auto report = reportWith(bfp8(), [](auto& h) { h.weightDensity = 0.9; });
    EXPECT_EQ(report.dramBits, reportWith(bfp8()).dramBits);
    EXPECT_TRUE(warns(report, "relative indices"));
}

TEST(CompressedStash, KeepsAndMovesSoManyTimesFewerBits) {
    const auto plain = reportWith(bfp8());
    const auto small = reportWith(bfp8(), [](auto& h) { h.stashCompression = 8; });
    // Beside activations, inputs of normalisation, masks and indices are kept, which stay.
    const auto smaller = reportWith(bfp8(), [](auto& h) { h.stashCompression = 64; });
    EXPECT_LT(small.stashBits, plain.stashBits);
    EXPECT_NEAR((plain.stashBits - small.stashBits) / (plain.stashBits - smaller.stashBits),
                (1 - 1 / 8.0) / (1 - 1 / 64.0), 1e-9);
    EXPECT_LT(dramEnergyOf(small, "Activations"), dramEnergyOf(plain, "Activations"));
    EXPECT_EQ(dramEnergyOf(small, "Weights"), dramEnergyOf(plain, "Weights"));
    EXPECT_EQ(small.area_um2, plain.area_um2);
    EXPECT_TRUE(warns(small, "coder"));
}

TEST(CompressedStash, IsACopyOfItsOwnWhereOneFormServedBothPasses) {
    // FP32 is read from one copy forward and for the weight gradient: compressed less than twice,
    // the second copy costs more than it saves.
    const DesignPoint fp32;
    const auto plain = reportWith(fp32);
    const auto little = reportWith(fp32, [](auto& h) { h.stashCompression = 1.25; });
    const auto much = reportWith(fp32, [](auto& h) { h.stashCompression = 10; });
    EXPECT_GT(dramEnergyOf(little, "Activations"), dramEnergyOf(plain, "Activations"));
    EXPECT_LT(dramEnergyOf(much, "Activations"), dramEnergyOf(plain, "Activations"));
    EXPECT_LT(much.stashBits, plain.stashBits);
}

TEST(CompressedStash, SaysWhatHasBeenReached) {
    EXPECT_TRUE(warns(reportWith(bfp8(), [](auto& h) { h.stashCompression = 20; }), "13.5"));
    EXPECT_FALSE(warns(reportWith(bfp8(), [](auto& h) { h.stashCompression = 10; }), "13.5"));
}

}  // namespace
}  // namespace mantissa::hw
