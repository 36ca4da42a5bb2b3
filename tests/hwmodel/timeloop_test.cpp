// SPDX-License-Identifier: GPL-3.0-or-later
// What Timeloop is given.
#include "hwmodel/timeloop.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

bool says(const std::vector<ExportedFile>& files, std::string_view name, std::string_view text) {
    return std::any_of(files.begin(), files.end(), [&](const ExportedFile& file) {
        return file.name == name && file.text.find(text) != std::string::npos;
    });
}

TEST(Timeloop, HasTheArchitectureAndEachDistinctProduct) {
    auto design = design::DesignPoint();
    auto recipe = design.recipe();
    recipe.batch = 128;
    auto hardware = design.hardware();
    hardware.dram = design::DramKind::Hbm2;
    design = design.withRecipe(recipe).withHardware(hardware);
    const auto files = timeloopFiles(design).value();
    EXPECT_EQ(files.front().name, "architecture.yaml");
    EXPECT_TRUE(says(files, "architecture.yaml", "  version: 0.4\n  nodes:\n"));
    EXPECT_TRUE(says(files, "architecture.yaml", "global_cycle_seconds: 2.000000e-09"));
    // 16 x 16 elements of 16 products.
    EXPECT_TRUE(says(files, "architecture.yaml", "spatial: {meshX: 256, meshY: 16}"));
    EXPECT_TRUE(says(files, "architecture.yaml", "type: HBM2"));
    EXPECT_TRUE(says(files, "architecture.yaml", "class: fpmac"));
    // conv1 of LeNet-5: 128 images of 28 x 28 pixels, 6 channels, 25 taps.
    EXPECT_TRUE(says(files, "conv1-forward.yaml", "M: 100352\n    N: 6\n    K: 25\n"));
    EXPECT_TRUE(says(files, "conv1-forward.yaml", "problem:\n  version: 0.4\n"));
    EXPECT_TRUE(says(files, "fc1-input-gradient.yaml", "M: 128\n    N: 400\n    K: 120\n"));
    EXPECT_FALSE(says(files, "conv1-input-gradient.yaml", "problem"));
    EXPECT_EQ(files.size(), 1 + 5 * 3 - 1U);
}

TEST(Timeloop, EveryDataSpaceHasABufferThatKeepsIt) {
    const auto files = timeloopFiles(design::DesignPoint()).value();
    for (const char* name : {"Weights", "Activations", "Errors"}) {
        EXPECT_TRUE(says(files, "architecture.yaml", "keep: [" + std::string(name) + "]"));
        for (auto file = files.begin() + 1; file != files.end(); ++file) {
            EXPECT_NE(file->text.find("- name: " + std::string(name) + "\n"), std::string::npos)
                << file->name;
        }
    }
    // The weight gradient is summed where weights stay.
    EXPECT_TRUE(says(files, "conv2-weight-gradient.yaml",
                     "- name: Weights\n        projection:\n          - [[M]]\n          - [[N]]\n"
                     "        read_write: true\n"));
}

TEST(Timeloop, WordsAreAsWideAsTheWidestOfProductsWithTheSameExtents) {
    nn::NetworkSpec network{.input = {4, 8, 8}, .classes = 2, .layers = {}};
    const nn::Conv2d conv{.outChannels = 4};
    network.layers = {{"first", conv, {}},
                      {"second", conv, {}},
                      {"third", conv, {}},
                      {"flat", nn::Flatten{}, {}},
                      {"fc", nn::Linear{.outFeatures = 2}, {}}};
    const auto architecture = [&](const char* wide) {
        auto plan = designIn("bfp<8,block=16>").precision();
        for (const auto role : design::allRoles()) {
            plan = withFormat(plan, {{}, wide}, {role, std::nullopt},
                              tensorFormat("bfp<16,block=16>"));
        }
        return timeloopFiles(design::DesignPoint().withNetwork(network).withPrecision(plan))
            .value()
            .front()
            .text;
    };
    EXPECT_EQ(architecture("second"), architecture("third"));
    EXPECT_NE(architecture("second"),
              timeloopFiles(designIn("bfp<8,block=16>").withNetwork(network)).value().front().text);
}

TEST(Timeloop, SizesTheBuffersThatTheDesignLeavesOpen) {
    auto hardware = design::DesignPoint().hardware();
    hardware.weightBufferKib = 0;
    const auto files = timeloopFiles(design::DesignPoint().withHardware(hardware)).value();
    // 256 KiB hold the 48,000 FP32 weights of LeNet-5's largest layer.
    EXPECT_TRUE(says(files, "architecture.yaml",
                     "name: WeightsBuffer\n          class: SRAM\n          attributes:\n"
                     "            depth: 32768\n            width: 64\n"));
}

TEST(Timeloop, RefusesWhatValidationRefuses) {
    auto hardware = design::DesignPoint().hardware();
    hardware.rows = 0;
    EXPECT_FALSE(timeloopFiles(design::DesignPoint().withHardware(hardware)).has_value());
}

}  // namespace
}  // namespace mantissa::hw
