// SPDX-License-Identifier: GPL-3.0-or-later
// Cycles of GEMMs on the arrays: counted by hand, and against SCALE-Sim.
#include "hwmodel/array_time.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/nn/network_spec.h"
#include "hwmodel/network_outline.h"
#include "tests/hwmodel/gemm_helpers.h"

namespace mantissa::hw {
namespace {

using design::Dataflow;

ArrayTime time(const Gemm& work, const ArrayShape& array) {
    return timeOf(work, arithmeticOf(work), array);
}

constexpr ArrayShape kArray{.rows = 4, .columns = 4, .lanes = 8, .dotElements = 8};

ArrayShape with(ArrayShape array, Dataflow dataflow, bool overlaps = true) {
    array.dataflow = dataflow;
    array.overlapsFolds = overlaps;
    return array;
}

TEST(ArrayTime, OutputsStay) {
    // 3 x 2 tiles of 4 x 4 results, 3 steps of 8 products each.
    const auto counted = time(gemm(10, 6, 20, "fp32", "fp32"), kArray);
    EXPECT_EQ(counted.rowFolds, 3);
    EXPECT_EQ(counted.columnFolds, 2);
    EXPECT_EQ(counted.stepsPerResult, 3);
    EXPECT_EQ(counted.cycles, 6 * 3 + (4 + 4 - 2));
    EXPECT_DOUBLE_EQ(counted.utilisation, 1200.0 / (24 * 128));
    EXPECT_EQ(counted.entriesOfA, 2);  // once for each tile of columns
    EXPECT_EQ(counted.entriesOfB, 3);
    EXPECT_EQ(counted.returnedSums, 0);
}

TEST(ArrayTime, WeightsStay) {
    // 40 products are 5 steps, on 4 rows in 2 folds; 6 columns in 2 folds; 10 rows pass each.
    const auto counted =
        time(gemm(10, 6, 40, "fp32", "fp32"), with(kArray, Dataflow::WeightStationary));
    EXPECT_EQ(counted.rowFolds, 2);
    EXPECT_EQ(counted.columnFolds, 2);
    EXPECT_EQ(counted.cycles, 4 * 10 + (2 * 4 + 4 - 2));
    EXPECT_EQ(counted.entriesOfA, 2);
    EXPECT_EQ(counted.entriesOfB, 1);
    EXPECT_EQ(counted.returnedSums, 1);
}

TEST(ArrayTime, InputsStay) {
    const auto counted =
        time(gemm(10, 6, 40, "fp32", "fp32"), with(kArray, Dataflow::InputStationary));
    EXPECT_EQ(counted.columnFolds, 3);  // of rows
    EXPECT_EQ(counted.cycles, 6 * 6 + (2 * 4 + 4 - 2));
    EXPECT_EQ(counted.entriesOfA, 1);
    EXPECT_EQ(counted.entriesOfB, 3);
}

TEST(ArrayTime, LoadingShortStreamsTakesAsLongAsTheRows) {
    // 2 rows pass in 2 cycles, but 4 rows of weights take 4 to load.
    const auto counted =
        time(gemm(2, 6, 32, "fp32", "fp32"), with(kArray, Dataflow::WeightStationary));
    EXPECT_EQ(counted.cycles, 2 * 4 + (2 * 4 + 4 - 2));
}

TEST(ArrayTime, BlocksTakeTheirDotProducts) {
    const auto blocks = gemm(4, 4, 20, "bfp<8,block=16>", "bfp<8,block=16>");
    EXPECT_EQ(time(blocks, kArray).stepsPerResult, 3);  // 16 elements take two, the rest of 4 one
    const auto whole = gemm(4, 4, 40, "bfp<8,block=tensor>", "bfp<8,block=tensor>");
    EXPECT_EQ(time(whole, kArray).stepsPerResult, 5);
    auto single = gemm(16, 4, 1, "bfp<8,block=16>", "bfp<8,block=16>");
    single.taps = 9;
    EXPECT_EQ(time(single, kArray).stepsPerResult, 9);  // one product a cycle
}

TEST(ArrayTime, ArraysOfACoreShareColumnsAndCoresTakeOtherFolds) {
    const auto work = gemm(64, 64, 64, "fp32", "fp32");
    auto two = kArray;
    two.arrays = 2;
    EXPECT_EQ(time(work, two).entriesOfB, time(work, kArray).entriesOfB / 2);
    EXPECT_EQ(time(work, two).entriesOfA, time(work, kArray).entriesOfA);
    auto cores = kArray;
    cores.cores = 2;
    EXPECT_EQ(time(work, cores).entriesOfB, time(work, kArray).entriesOfB);
    EXPECT_EQ(time(work, cores).cycles, time(work, two).cycles);
}

/// Cycles of SCALE-Sim's trace generator: scalesim-project/scale-sim-v2,
/// compute/systolic_compute_os, _ws and _is.py. `sr`, `sc`: extents on rows and columns, `t`: in
/// time. Written down apart from the model.
double scaleSim(Dataflow dataflow, double m, double n, double k, double r, double c) {
    const auto folds = [&](double sr, double sc) { return std::ceil(sr / r) * std::ceil(sc / c); };
    switch (dataflow) {
        case Dataflow::OutputStationary:
            return folds(m, n) * (r + c + k - 2);
        case Dataflow::WeightStationary:
            return folds(k, n) * (2 * r + c + m - 2);
        case Dataflow::InputStationary:
            break;
    }
    return folds(k, m) * (2 * r + c + n - 2);
}

TEST(ArrayTime, IsScaleSimsOnEveryLayerOfResnet50) {
    const auto templates = nn::networkTemplates();
    const auto resnet = std::find_if(templates.begin(), templates.end(),
                                     [](const auto& each) { return each.id == "resnet50"; });
    ASSERT_NE(resnet, templates.end());
    const auto outline = outlineOf(resnet->make());
    ASSERT_TRUE(outline.has_value());
    int layers = 0;
    for (const auto& layer : outline->layers) {
        if (layer.role != LayerRole::Gemm) {
            continue;
        }
        ++layers;
        const auto& e = layer.extents;
        const auto work =
            gemm(e.outPixels, e.outChannels, e.inChannels * e.kernelTaps, "fp32", "fp32");
        for (const auto dataflow :
             {Dataflow::OutputStationary, Dataflow::WeightStationary, Dataflow::InputStationary}) {
            // One product an element and cycle, each fold by itself, as SCALE-Sim has it.
            for (const auto& [rows, columns] : {std::pair{32, 32}, std::pair{128, 64}}) {
                ArrayShape array{.rows = rows, .columns = columns};
                const auto counted = time(work, with(array, dataflow, false));
                const double cycles =
                    scaleSim(dataflow, work.rows, work.columns, work.reduction(), rows, columns);
                EXPECT_EQ(counted.cycles, cycles) << layer.name;
                EXPECT_DOUBLE_EQ(counted.utilisation, work.macs() / (cycles * rows * columns));
            }
        }
    }
    EXPECT_EQ(layers, 54);
}

TEST(ArrayTime, OverlappingFoldsNeverTakeLonger) {
    for (const auto dataflow :
         {Dataflow::OutputStationary, Dataflow::WeightStationary, Dataflow::InputStationary}) {
        for (const std::int64_t size : {3, 17, 64, 300}) {
            const auto work = gemm(size, 2 * size, 3 * size, "fp32", "fp32");
            EXPECT_LE(time(work, with(kArray, dataflow)).cycles,
                      time(work, with(kArray, dataflow, false)).cycles);
        }
    }
}

TEST(ArrayTime, MoreLanesNeverTakeLonger) {
    for (const auto dataflow :
         {Dataflow::OutputStationary, Dataflow::WeightStationary, Dataflow::InputStationary}) {
        for (const char* text : {"fp32", "bfp<8,block=16>"}) {
            const auto work = gemm(50, 70, 300, text, text);
            double before = 1e300;
            for (int lanes = 1; lanes <= 64; lanes *= 2) {
                auto array = with(kArray, dataflow);
                array.lanes = lanes;
                array.dotElements = std::min(lanes, 16);
                array.dotUnits = lanes / array.dotElements;
                const double now = time(work, array).cycles;
                EXPECT_LE(now, before) << lanes;
                before = now;
            }
        }
    }
}

}  // namespace
}  // namespace mantissa::hw
