// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/precision_plan.h"

#include <filesystem>

#include "core/design/design_json.h"
#include "core/numerics/multiplier_table.h"
#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

constexpr RoleKey kWeight{Role::Weight, std::nullopt};
constexpr RoleKey kError{Role::Error, std::nullopt};
constexpr RoleKey kErrorWeightGradient{Role::Error, Pass::WeightGradient};

TEST(PrecisionPlan, WhatNobodySaysIsFp32) {
    const auto resolved = PrecisionPlan{}.resolve({"conv1", "conv2d"}, Role::Weight, std::nullopt);
    EXPECT_EQ(resolved.format, numerics::TensorFormat{});
    EXPECT_EQ(resolved.level, PlanLevel::BuiltIn);
    EXPECT_FALSE(resolved.passSpecific);
}

TEST(PrecisionPlan, ResolvesWhatTheOptimiserKeeps) {
    nn::NetworkSpec network = DesignPoint().network();
    const auto half = format("fp16", numerics::Rounding::Stochastic);
    auto plan = withFormat({}, {}, {Role::MasterWeight, std::nullopt}, half);
    plan = withFormat(plan, {.kind = "linear", .layer = {}}, {Role::Momentum, std::nullopt},
                      format("bf16"));
    const auto states = resolveStates(plan, network);
    ASSERT_EQ(states.size(), network.layers.size());
    EXPECT_EQ(states[0].master, half);
    EXPECT_EQ(states[0].momentum, numerics::TensorFormat{});
    EXPECT_EQ(states[*network.indexOf("fc1")].momentum, format("bf16"));
    EXPECT_EQ(states[0].secondMoment, numerics::TensorFormat{});
}

TEST(PrecisionPlan, ANearerLevelWins) {
    auto plan = withFormat({}, {}, kWeight, format("bfp<8,block=16>"));
    const auto resolve = [&] {
        return plan.resolve({"conv1", "conv2d"}, Role::Weight, Pass::Forward);
    };
    EXPECT_EQ(resolve().level, PlanLevel::Network);
    plan = withFormat(plan, {.kind = "conv2d", .layer = {}}, kWeight, format("bfp<6,block=16>"));
    EXPECT_EQ(resolve().level, PlanLevel::Kind);
    EXPECT_EQ(resolve().format, format("bfp<6,block=16>"));
    plan = withFormat(plan, {.kind = "conv2d", .layer = "conv1"}, kWeight, format("fp8_e4m3"));
    EXPECT_EQ(resolve().level, PlanLevel::Layer);
    EXPECT_EQ(resolve().format, format("fp8_e4m3"));
    EXPECT_EQ(plan.resolve({"fc1", "linear"}, Role::Weight, Pass::Forward).level,
              PlanLevel::Network);
}

TEST(PrecisionPlan, WithinALevelThePassWins) {
    auto plan = withFormat({}, {}, kError, format("fp8_e5m2"));
    plan = withFormat(plan, {}, kErrorWeightGradient, format("bf16"));
    const auto forWeights = plan.resolve({"c", "conv2d"}, Role::Error, Pass::WeightGradient);
    EXPECT_EQ(forWeights.format, format("bf16"));
    EXPECT_TRUE(forWeights.passSpecific);
    const auto forInputs = plan.resolve({"c", "conv2d"}, Role::Error, Pass::InputGradient);
    EXPECT_EQ(forInputs.format, format("fp8_e5m2"));
    EXPECT_FALSE(forInputs.passSpecific);
    EXPECT_EQ(plan.resolve({"c", "conv2d"}, Role::Error, std::nullopt).format, format("fp8_e5m2"));
}

TEST(PrecisionPlan, ANearerLevelForAllPassesWinsOverAFartherOneForThePass) {
    auto plan = withFormat({}, {}, kErrorWeightGradient, format("bf16"));
    plan = withFormat(plan, {.kind = {}, .layer = "c"}, kError, format("fp8_e5m2"));
    EXPECT_EQ(plan.resolve({"c", "conv2d"}, Role::Error, Pass::WeightGradient).format,
              format("fp8_e5m2"));
}

TEST(PrecisionPlan, TakingTheLastEntryAwayLeavesNoTrace) {
    const PlanScope layer{.kind = {}, .layer = "conv1"};
    const auto plan = withFormat({}, layer, kWeight, format("bf16"));
    EXPECT_EQ(withoutFormat(plan, layer, kWeight), PrecisionPlan{});
    EXPECT_EQ(withoutFormat({}, layer, kWeight), PrecisionPlan{});
}

TEST(PrecisionPlan, EditsCanBeRepeatedWithoutEffect) {
    const auto once = withFormat({}, {}, kWeight, format("bf16"));
    EXPECT_EQ(withFormat(once, {}, kWeight, format("bf16")), once);
}

TEST(ResolvePrecision, GivesEachOperandOfEachLayerItsFormat) {
    PrecisionPlan plan = withFormat({}, {}, kWeight, format("bfp<8,block=16>"));
    plan = withFormat(plan, {}, {Role::Weight, Pass::InputGradient}, format("bfp<7,block=16>"));
    plan = withFormat(plan, {}, {Role::Activation, std::nullopt}, format("fp8_e4m3"));
    plan = withFormat(plan, {}, {Role::Activation, Pass::WeightGradient}, format("fp8_e5m2"));
    plan = withFormat(plan, {}, kError, format("bf16"));
    plan = withFormat(plan, {}, kErrorWeightGradient, format("fp16"));
    plan = withFormat(plan, {}, {Role::WeightGradient, std::nullopt}, format("bfp<4,block=16>"));
    const auto network = DesignPoint().network();
    const auto resolved = resolvePrecision(plan, network);
    ASSERT_EQ(resolved.size(), network.layers.size());
    const nn::LayerPrecision expected{
        .weightForward = format("bfp<8,block=16>"),
        .activationForward = format("fp8_e4m3"),
        .weightInputGradient = format("bfp<7,block=16>"),
        .errorInputGradient = format("bf16"),
        .activationWeightGradient = format("fp8_e5m2"),
        .errorWeightGradient = format("fp16"),
        .weightGradient = format("bfp<4,block=16>"),
    };
    EXPECT_EQ(resolved[*network.indexOf("conv2")], expected);
}

TEST(PassesOf, PairsEachOperandWithTwoPasses) {
    for (const Role role : allRoles()) {
        EXPECT_EQ(passesOf(role).size(), role == Role::WeightGradient ? 0U : 2U) << roleText(role);
    }
    EXPECT_EQ(roleKeyText(kErrorWeightGradient), "error@weight_gradient");
}

TEST(PrecisionPlan, SaysHowEveryLayerSums) {
    PrecisionPlan plan;
    plan.compute = nn::ComputeMode::BitTrue;
    for (const auto& layer : resolvePrecision(plan, DesignPoint().network())) {
        EXPECT_EQ(layer.compute, nn::ComputeMode::BitTrue);
    }
}

TEST(PrecisionPlan, SumsSurviveJsonAndChangeTheTrainingAlone) {
    PrecisionPlan plan;
    plan.compute = nn::ComputeMode::BitTrue;
    const DesignPoint fast;
    const auto bitTrue = fast.withPrecision(plan);
    EXPECT_EQ(fromJson(toJson(bitTrue)).value().precision(), plan);
    EXPECT_NE(trainHash(bitTrue), trainHash(fast));
    EXPECT_EQ(hwHash(bitTrue), hwHash(fast));
}

/// LeNet-5 with such normalisation.
DesignPoint normalisedDesign(nn::BatchNormKind kind = nn::BatchNormKind::Conventional) {
    auto network = DesignPoint().network();
    for (const std::string name : {"bn1", "bn2"}) {
        network.layers[*network.indexOf(name)].params = nn::BatchNorm{.kind = kind};
    }
    return DesignPoint().withNetwork(network);
}

TEST(PrecisionPlan, NormalisationHasFormatsByPassAndInheritsThem) {
    const auto design = normalisedDesign();
    const RoleKey key{Role::Normalisation, std::nullopt};
    auto plan = withFormat({}, {}, key, format("bf16"));
    plan = withFormat(plan, {.kind = "batch_norm", .layer = {}},
                      {Role::Normalisation, Pass::InputGradient}, format("fp16"));
    const auto changed = design.withPrecision(plan);
    EXPECT_EQ(fromJson(toJson(changed)).value().precision(), plan);
    const auto& network = design.network();
    const auto resolved = resolvePrecision(plan, network)[*network.indexOf("bn1")];
    EXPECT_EQ(resolved.normForward, format("bf16"));
    EXPECT_EQ(resolved.normBackward, format("fp16"));
    EXPECT_NE(trainHash(changed), trainHash(design));
    const auto lightNorm = normalisedDesign(nn::BatchNormKind::LightNorm);
    EXPECT_EQ(trainHash(lightNorm.withPrecision(plan)), trainHash(lightNorm))
        << "it has its own formats";
}

TEST(PrecisionPlan, AFormatWhereNothingHasSuchATensorIsRefused) {
    const auto refusedAt = [](const DesignPoint& design, const PlanScope& scope, Role role) {
        const auto plan = withFormat({}, scope, {role, std::nullopt}, format("bf16"));
        const auto checked = validate(design.withPrecision(plan));
        return checked ? std::string("accepted") : checked.error().where;
    };
    const PlanScope norm{.kind = {}, .layer = "bn1"};
    EXPECT_EQ(refusedAt(normalisedDesign(), norm, Role::Weight), "/precision/layers/bn1/weight");
    EXPECT_EQ(refusedAt(normalisedDesign(), norm, Role::Normalisation), "accepted");
    EXPECT_EQ(refusedAt(normalisedDesign(nn::BatchNormKind::LightNorm), norm, Role::Normalisation),
              "/precision/layers/bn1");
    EXPECT_EQ(refusedAt(normalisedDesign(), {.kind = "conv2d", .layer = {}}, Role::Normalisation),
              "/precision/kinds/conv2d/normalisation");
    const PlanScope norms{.kind = "batch_norm", .layer = {}};
    EXPECT_EQ(refusedAt(normalisedDesign(), norms, Role::Normalisation), "accepted");
    EXPECT_EQ(refusedAt(normalisedDesign(nn::BatchNormKind::LightNorm), norms, Role::Normalisation),
              "/precision/kinds/batch_norm");
    EXPECT_EQ(refusedAt(normalisedDesign(), {.kind = "relu", .layer = {}}, Role::Weight),
              "/precision/kinds/relu");
}

DesignPoint bitTrueDesign() {
    PrecisionPlan plan;
    plan.compute = nn::ComputeMode::BitTrue;
    return DesignPoint().withPrecision(plan);
}

TEST(PrecisionPlan, NamesTheAccumulatorOfBitTrueSums) {
    for (const std::string text :
         {"bit_true", "bit_true<fp<8,7,after=block>>", "bit_true<hbfp8>", "bit_true<fp10_a+8>"}) {
        PrecisionPlan plan;
        ASSERT_TRUE(setCompute(plan, text)) << text;
        EXPECT_EQ(plan.compute, nn::ComputeMode::BitTrue);
        EXPECT_EQ(computeText(plan), text);
        const auto design = DesignPoint().withPrecision(plan);
        EXPECT_EQ(fromJson(toCanonicalJson(design))->precision(), plan);
        EXPECT_EQ(trainHash(design) != trainHash(bitTrueDesign()), text != "bit_true") << text;
    }
    PrecisionPlan plan;
    ASSERT_TRUE(setCompute(plan, "bit_true<fp<8,23,after=block>>"));
    EXPECT_EQ(computeText(plan), "bit_true") << "the default";
    EXPECT_TRUE(setCompute(plan, "Bit_True<FP<8,12>>"));
    EXPECT_EQ(computeText(plan), "bit_true<fp<8,12>>") << "in any case";
    EXPECT_TRUE(setCompute(plan, "FAST"));
    EXPECT_FALSE(setCompute(plan, "bit_true<fp<9,7>>"));
    EXPECT_FALSE(setCompute(plan, "bit_true<>"));
}

TEST(PrecisionPlan, SumsThatTrainingDoesNotEmulateAreRefused) {
    PrecisionPlan plan;
    ASSERT_TRUE(setCompute(plan, "bit_true<fp<8,12,rounding=stochastic>>"));
    const auto checked = validate(DesignPoint().withPrecision(plan));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().where, "/precision/compute");
    for (const auto& text : computeTexts()) {
        ASSERT_TRUE(setCompute(plan, text)) << text;
        EXPECT_TRUE(validate(DesignPoint().withPrecision(plan))) << text;
    }
}

TEST(PrecisionPlan, AnUnknownWayOfSummingNamesThoseThatExist) {
    const auto read = fromJson(R"({"precision": {"compute": "exact"}})");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().where, "/precision/compute");
    EXPECT_EQ(read.error().message,
              "is \"exact\", must be one of fast, bit_true, bit_true<ACCUMULATOR> "
              "(bit_true<fp<8,12>>), acc_M, mit_M and mbm_M with M from 1 to 7 or 23, and "
              "lut<FILE>");
}

TEST(PrecisionPlan, AnApproximateMultiplierIsSaidByItsName) {
    PrecisionPlan plan;
    ASSERT_TRUE(setCompute(plan, "mbm_7"));
    EXPECT_EQ(computeText(plan), "mbm_7");
    const auto design = DesignPoint().withPrecision(plan);
    EXPECT_EQ(fromJson(toJson(design)).value().precision(), plan);
    for (const auto& layer : resolvePrecision(plan, design.network())) {
        EXPECT_EQ(layer.compute, nn::ComputeMode::Approximate);
        EXPECT_EQ(layer.multiplier, plan.multiplier);
    }
    auto other = plan;
    ASSERT_TRUE(setCompute(other, "mit_7"));
    EXPECT_NE(trainHash(design), trainHash(design.withPrecision(other)));
    EXPECT_FALSE(setCompute(other, "fp32")) << "which approximates nothing";
}

TEST(PrecisionPlan, TheContentOfATableMakesTheTraining) {
    const auto file = std::filesystem::path(::testing::TempDir()) / "products.bin";
    auto table = numerics::multiplierTable(numerics::ProductRule::Mitchell, 3);
    PrecisionPlan plan;
    ASSERT_TRUE(setCompute(plan, "lut<" + file.string() + ">"));
    const auto design = DesignPoint().withPrecision(plan);
    ASSERT_TRUE(numerics::writeTable(table, file));
    const auto before = trainHash(design);
    EXPECT_EQ(trainHash(design), before);
    table.entries[5] ^= 1U;
    ASSERT_TRUE(numerics::writeTable(table, file));
    EXPECT_NE(trainHash(design), before);
    std::filesystem::remove(file);
}

}  // namespace
}  // namespace mantissa::design
