// SPDX-License-Identifier: GPL-3.0-or-later
// What an estimate takes from those before it never shows.
#include "hwmodel/step_memory.h"

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <thread>
#include <vector>

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

using Random = std::mt19937;

template <typename List>
const auto& oneOf(const List& list, Random& random) {
    return list[random() % std::size(list)];
}

numerics::TensorFormat anyFormat(Random& random) {
    constexpr std::array kFormats{"fp32",           "bfp<4,block=16>",   "bfp<8,block=16>",
                                  "bfp<9,block=8>", "fp8_e4m3",          "mx<int8>",
                                  "pow2<4>",        "affine<8,block=16>"};
    return tensorFormat(oneOf(kFormats, random));
}

/// One layer, the layers of a kind, or all.
design::PlanScope anyScope(const nn::NetworkSpec& network, Random& random) {
    design::PlanScope scope;
    const auto& layer = oneOf(network.layers, random);
    switch (random() % 8) {
        case 0:
            break;
        case 1:
        case 2:
            scope.kind = nn::kindOf(layer.params).id;
            break;
        default:
            scope.layer = layer.name;
    }
    return scope;
}

/// A role in all passes or one of its own.
design::RoleKey anyKey(Random& random) {
    constexpr std::array<std::optional<design::Pass>, 4> kPasses{
        std::nullopt, design::Pass::Forward, design::Pass::InputGradient,
        design::Pass::WeightGradient};
    return {oneOf(design::allRoles(), random), oneOf(kPasses, random)};
}

design::PrecisionPlan withNormalisation(const design::PrecisionPlan& plan,
                                        const nn::NetworkSpec& network, Random& random) {
    constexpr std::array<std::optional<design::Pass>, 3> kPasses{
        std::nullopt, design::Pass::Forward, design::Pass::InputGradient};
    std::vector<design::PlanScope> scopes{{.kind = "batch_norm", .layer = {}}};
    for (const auto& layer : network.layers) {
        if (std::holds_alternative<nn::BatchNorm>(layer.params)) {
            scopes.push_back({.kind = {}, .layer = layer.name});
        }
    }
    return withFormat(plan, oneOf(scopes, random),
                      {design::Role::Normalisation, oneOf(kPasses, random)}, anyFormat(random));
}

design::PrecisionPlan withOthersKept(design::PrecisionPlan plan, Random& random) {
    plan.kept = {random() % 2 == 0, random() % 2 == 0, random() % 2 == 0, anyFormat(random)};
    return plan;
}

/// Another format somewhere, one less, other layers that are kept, or another accumulator.
DesignPoint tried(const DesignPoint& design, Random& random) {
    const auto& network = design.network();
    auto plan = design.precision();
    switch (random() % 8) {
        case 0:
            plan = withOthersKept(plan, random);
            break;
        case 1:
            plan = withNormalisation(plan, network, random);
            break;
        case 2:
            plan = withoutFormat(plan, anyScope(network, random), anyKey(random));
            break;
        case 3: {
            constexpr std::array kComputes{"fast", "bit_true", "bit_true<fp<6,9,after=block>>",
                                           "bit_true<int<30>>"};
            EXPECT_TRUE(design::setCompute(plan, oneOf(kComputes, random)));
            break;
        }
        default:
            plan = withFormat(plan, anyScope(network, random), anyKey(random), anyFormat(random));
    }
    return design.withPrecision(plan);
}

/// Formats of layers that have none, and roles without such a pass, are no designs.
DesignPoint edited(const DesignPoint& design, Random& random) {
    auto next = tried(design, random);
    while (!design::validate(next)) {
        next = tried(design, random);
    }
    return next;
}

class StepMemoryOf : public testing::TestWithParam<const char*> {};

TEST_P(StepMemoryOf, ChangesNoByteOfAReport) {
    Random random(11);
    auto design = templated(GetParam());
    for (int edit = 0; edit < 120; ++edit) {
        if (edit % 10 == 9) {
            // Another accelerator in between, and back.
            auto hardware = design.hardware();
            hardware.rows = hardware.rows == 16 ? 32 : 16;
            hardware.stashCompression = hardware.stashCompression == 1 ? 4 : 1;
            hardware.weightDensity = hardware.weightDensity == 1 ? 0.3 : 1;
            hardware.activationBufferKib = hardware.activationBufferKib == 0 ? 128 : 0;  // sized
            hardware.packedKernels = random() % 2 == 0;
            auto recipe = design.recipe();
            recipe.weightTransform = random() % 2 == 0 ? train::WeightTransformKind::Complementary
                                                       : train::WeightTransformKind::None;
            design = design.withHardware(hardware).withRecipe(recipe);
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
