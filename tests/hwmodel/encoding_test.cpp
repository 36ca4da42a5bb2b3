// SPDX-License-Identifier: GPL-3.0-or-later
// Sparse weights and the compressed stash: what they take in DRAM, and that nothing else changes.
#include "hwmodel/encoding.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/systems/relative_index.h"
#include "hwmodel/published/eie.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::DesignPoint;

DesignPoint bfp8() {
    return designIn("bfp<8,block=16>");
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
        const auto entries = static_cast<double>(systems::encodeRelative(column).size());
        const auto expected = static_cast<double>(nonzeros) * eie::entriesPerNonzero(density);
        EXPECT_NEAR(entries / expected, 1, 0.02) << density;
    }
}

TEST(SparseWeights, MoveFewerBitsThroughTheirCoders) {
    const auto dense = report(bfp8());
    const auto sparse = report(with(bfp8(), [](auto& h) { h.weightDensity = 0.1; }));
    // A tenth of the entries with 4 bits more each and some padding.
    const double share = energyOf(sparse, "Weights") / energyOf(dense, "Weights");
    EXPECT_GT(share, 0.1);
    EXPECT_LT(share, 0.3);
    EXPECT_EQ(energyOf(sparse, "Activations"), energyOf(dense, "Activations"));
    // 16 lanes of a 16-bit and a 4-bit counter: some 200 gates each lane.
    const double coders = areaOf(sparse, "Index coders");
    EXPECT_NEAR(sparse.area_um2 - dense.area_um2, coders, 1e-9 * dense.area_um2);
    EXPECT_GT(coders, 16 * 100 * nangate45().nand2_um2);
    EXPECT_LT(coders, 16 * 400 * nangate45().nand2_um2);
    EXPECT_EQ(sparse.stashBits, dense.stashBits);
    EXPECT_LE(sparse.cycles, dense.cycles);
}

TEST(SparseWeights, AreDecodedEntryByEntry) {
    const auto energy = [](double density) {
        return energyOf(report(with(bfp8(), [&](auto& h) { h.weightDensity = density; })),
                        "Index coders");
    };
    EXPECT_GT(energy(0.1), 0);
    EXPECT_LT(energy(0.1), energy(0.4));
    EXPECT_EQ(energy(1), 0);
}

TEST(SparseWeights, DensityOfOneIsTheDenseDesign) {
    EXPECT_EQ(toJson(report(with(bfp8(), [](auto& h) { h.weightDensity = 1; }))),
              toJson(report(bfp8())));
}

TEST(SparseWeights, FewerNonzerosNeverMoveMore) {
    double before = 0;
    for (const double density : {0.01, 0.05, 0.2, 0.5, 0.8, 1.0}) {
        const auto full = report(with(bfp8(), [&](auto& h) { h.weightDensity = density; }));
        EXPECT_GE(full.dramBits, before) << density;
        before = full.dramBits;
    }
}

TEST(SparseWeights, StayAsTheyAreWhereIndicesTakeMore) {
    const auto full = report(with(bfp8(), [](auto& h) { h.weightDensity = 0.9; }));
    EXPECT_EQ(full.dramBits, report(bfp8()).dramBits);
    EXPECT_GT(warningsOf(full, "relative indices"), 0);
}

TEST(CompressedStash, KeepsAndMovesSoManyTimesFewerBits) {
    const auto plain = report(bfp8());
    const auto small = report(with(bfp8(), [](auto& h) { h.stashCompression = 8; }));
    // Beside activations, inputs of normalisation, masks and indices are kept, which stay.
    const auto smaller = report(with(bfp8(), [](auto& h) { h.stashCompression = 64; }));
    EXPECT_LT(small.stashBits, plain.stashBits);
    EXPECT_NEAR((plain.stashBits - small.stashBits) / (plain.stashBits - smaller.stashBits),
                (1 - 1 / 8.0) / (1 - 1 / 64.0), 1e-9);
    EXPECT_LT(energyOf(small, "Activations"), energyOf(plain, "Activations"));
    EXPECT_EQ(energyOf(small, "Weights"), energyOf(plain, "Weights"));
    EXPECT_GT(warningsOf(small, "coder is priced"), 0);
}

TEST(CompressedStash, PaysForItsCoders) {
    const auto plain = report(bfp8());
    const auto small = report(with(bfp8(), [](auto& h) { h.stashCompression = 8; }));
    const double coders = areaOf(small, "Stash coders");
    EXPECT_NEAR(small.area_um2 - plain.area_um2, coders, 1e-9 * plain.area_um2);
    // Each of 16 lanes has two tables of at least 2 KiB, CACTI's smallest.
    const double tables = 16 * 2 * sram({2, 64, 45}).area_um2;
    EXPECT_GT(coders, tables);
    EXPECT_LT(coders, 2 * tables);
    // The more it is compressed, the less it moves; its coders work on every element all the same.
    const auto smaller = report(with(bfp8(), [](auto& h) { h.stashCompression = 64; }));
    EXPECT_GT(energyOf(small, "Stash coders"), 0);
    EXPECT_EQ(energyOf(smaller, "Stash coders"), energyOf(small, "Stash coders"));
    EXPECT_EQ(energyOf(plain, "Stash coders"), 0);
}

TEST(CompressedStash, NamesTheClockThatItsDecoderAllows) {
    const auto fast = with(bfp8(), [](auto& h) { h.stashCompression = 8, h.clockMhz = 1500; });
    EXPECT_GT(warningsOf(report(fast), "finds a code's length"), 0);
}

TEST(CompressedStash, IsACopyOfItsOwnWhereOneFormServedBothPasses) {
    // FP32 is read from one copy forward and for the weight gradient: compressed less than twice,
    // the second copy costs more than it saves.
    const DesignPoint fp32;
    const auto plain = report(fp32);
    const auto little = report(with(fp32, [](auto& h) { h.stashCompression = 1.25; }));
    const auto much = report(with(fp32, [](auto& h) { h.stashCompression = 10; }));
    EXPECT_GT(energyOf(little, "Activations"), energyOf(plain, "Activations"));
    EXPECT_LT(energyOf(much, "Activations"), energyOf(plain, "Activations"));
    EXPECT_LT(much.stashBits, plain.stashBits);
}

TEST(CompressedStash, SaysWhatHasBeenReached) {
    EXPECT_GT(warningsOf(report(with(bfp8(), [](auto& h) { h.stashCompression = 20; })), "13.5"),
              0);
    EXPECT_EQ(warningsOf(report(with(bfp8(), [](auto& h) { h.stashCompression = 10; })), "13.5"),
              0);
}

}  // namespace
}  // namespace mantissa::hw
