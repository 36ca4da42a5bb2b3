// SPDX-License-Identifier: GPL-3.0-or-later
// What an estimate takes from those before it never shows.
#include "hwmodel/step_memory.h"

#include <algorithm>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "core/nn/network_spec.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::DesignPoint;

/// By a thread that has not estimated anything yet.
HardwareReport freshReport(const DesignPoint& design, const EstimateOptions& options = {}) {
    HardwareReport report;
    std::thread([&] { report = estimate(design, options).value(); }).join();
    return report;
}

DesignPoint templated(std::string_view id) {
    const auto templates = nn::networkTemplates();
    const auto found = std::find_if(templates.begin(), templates.end(),
                                    [&](const auto& each) { return each.id == id; });
    return designIn("bfp<8,block=16>").withNetwork(found->generate({3, 32, 32}, 10));
}

/// One layer or all, one role, another format.
DesignPoint tried(const DesignPoint& design, std::mt19937& random) {
    constexpr std::array kFormats{"fp32",           "bfp<4,block=16>",   "bfp<8,block=16>",
                                  "bfp<9,block=8>", "fp8_e4m3",          "mx<int8>",
                                  "pow2<4>",        "affine<8,block=16>"};
    const auto pick = [&](std::size_t n) { return random() % n; };
    const auto roles = design::allRoles();
    const auto& layers = design.network().layers;
    design::PlanScope scope;
    if (pick(8) != 0) {
        scope.layer = layers[pick(layers.size())].name;
    }
    const numerics::TensorFormat format{
        numerics::parseFormat(kFormats[pick(kFormats.size())]).value(),
        numerics::Rounding::NearestEven};
    return design.withPrecision(
        withFormat(design.precision(), scope, {roles[pick(roles.size())], std::nullopt}, format));
}

/// Formats of layers that multiply no matrices are no designs.
DesignPoint edited(const DesignPoint& design, std::mt19937& random) {
    auto next = tried(design, random);
    while (!design::validate(next)) {
        next = tried(design, random);
    }
    return next;
}

class StepMemoryOf : public testing::TestWithParam<const char*> {};

TEST_P(StepMemoryOf, ChangesNoByteOfAReport) {
    std::mt19937 random(11);
    auto design = templated(GetParam());
    for (int edit = 0; edit < 60; ++edit) {
        if (edit % 10 == 9) {
            // Another accelerator in between, and back.
            auto hardware = design.hardware();
            hardware.rows = hardware.rows == 16 ? 32 : 16;
            hardware.stashCompression = hardware.stashCompression == 1 ? 4 : 1;
            hardware.weightDensity = hardware.weightDensity == 1 ? 0.3 : 1;
            design = design.withHardware(hardware);
        } else {
            design = edited(design, random);
        }
        const auto here = estimate(design).value();
        const auto fresh = freshReport(design);
        ASSERT_EQ(toJson(here), toJson(fresh)) << edit;
        ASSERT_EQ(here.warnings, fresh.warnings) << edit;
        ASSERT_EQ(here.cycles, fresh.cycles) << edit;
        ASSERT_EQ(here.stashBits, fresh.stashBits) << edit;
    }
}
INSTANTIATE_TEST_SUITE_P(Networks, StepMemoryOf,
                         testing::Values("lenet5", "resnet18", "densenet121"),
                         [](const auto& each) { return std::string(each.param); });

TEST(StepMemory, TellsPricesApart) {
    const auto design = designIn("bfp<8,block=16>");
    EstimateOptions dear;
    dear.dramEnergyPerBit_pj = 50;
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(toJson(estimate(design).value()), toJson(freshReport(design)));
        EXPECT_EQ(toJson(estimate(design, dear).value()), toJson(freshReport(design, dear)));
    }
}

TEST(StepMemory, TellsSumsAndNormalisationApart) {
    const auto base = templated("resnet18");
    for (const char* compute : {"bit_true", "bit_true<fp<6,9,after=block>>", "bit_true<int<24>>",
                                "bit_true<int<24,overflow=wrap>>", "fast"}) {
        auto plan = base.precision();
        ASSERT_TRUE(design::setCompute(plan, compute));
        const auto design = base.withPrecision(plan);
        EXPECT_EQ(toJson(estimate(design).value()), toJson(freshReport(design))) << compute;
        const auto narrow = design.withPrecision(
            withFormat(plan, {.kind = {}, .layer = "bn1"},
                       {design::Role::Normalisation, std::nullopt}, tensorFormat("fp16")));
        EXPECT_EQ(toJson(estimate(narrow).value()), toJson(freshReport(narrow))) << compute;
    }
}

TEST(StepMemory, ServesItsAcceleratorAlone) {
    const auto design = designIn("bfp<8,block=16>");
    const StepMemory memory(design, {});
    design::PlanScope scope;
    scope.layer = design.network().layers.front().name;
    const auto narrower = design.withPrecision(withFormat(design.precision(), scope,
                                                          {design::Role::Weight, std::nullopt},
                                                          tensorFormat("bfp<4,block=16>")));
    EXPECT_TRUE(memory.serves(narrower, {}));
    EXPECT_FALSE(memory.serves(designIn("fp32"), {}));
    auto hardware = design.hardware();
    hardware.columns = 2 * hardware.columns;
    EXPECT_FALSE(memory.serves(design.withHardware(hardware), {}));
    EstimateOptions other;
    other.dramEnergyPerBit_pj = 5;
    EXPECT_FALSE(memory.serves(design, other));
}

}  // namespace
}  // namespace mantissa::hw
