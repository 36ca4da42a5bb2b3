// SPDX-License-Identifier: GPL-3.0-or-later
// Accumulators of kinds and of layers, beside the network's.
#include <gmock/gmock.h>

#include "core/design/design_json.h"
#include "core/design/precision_plan.h"
#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

using ::testing::HasSubstr;

numerics::Accumulator accumulator(const char* text) {
    return numerics::parseAccumulator(text).value();
}

const PlanScope kConvolutions{.kind = "conv2d", .layer = {}};
const PlanScope kFirst{.kind = {}, .layer = "conv1"};

/// int<20> for convolutions, int<18> for the first of them, hbfp8 elsewhere.
PrecisionPlan planOfThree() {
    PrecisionPlan plan;
    EXPECT_TRUE(setCompute(plan, "bit_true<hbfp8>"));
    plan = withAccumulator(plan, kConvolutions, accumulator("int<20>"));
    return withAccumulator(plan, kFirst, accumulator("int<18,overflow=wrap>"));
}

TEST(Accumulators, OfTheNearestLevelCount) {
    const auto plan = planOfThree();
    const auto network = DesignPoint().network();
    const auto layers = resolvePrecision(plan, network);
    EXPECT_EQ(layers[*network.indexOf("conv1")].accumulator, accumulator("int<18,overflow=wrap>"));
    EXPECT_EQ(layers[*network.indexOf("conv2")].accumulator, accumulator("int<20>"));
    EXPECT_EQ(layers[*network.indexOf("fc1")].accumulator, accumulator("hbfp8"));
    EXPECT_EQ(plan.resolveAccumulator({"conv1", "conv2d"}).level, PlanLevel::Layer);
    EXPECT_EQ(plan.resolveAccumulator({"conv2", "conv2d"}).level, PlanLevel::Kind);
    EXPECT_EQ(plan.resolveAccumulator({"fc1", "linear"}).level, PlanLevel::Network);
}

TEST(Accumulators, AreInheritedAgainOnceTakenAway) {
    PrecisionPlan plain;
    EXPECT_TRUE(setCompute(plain, "bit_true<hbfp8>"));
    EXPECT_EQ(withoutAccumulator(withoutAccumulator(planOfThree(), kFirst), kConvolutions), plain);
    EXPECT_EQ(withoutAccumulator(plain, {}).accumulator, nn::kBlockSums);
}

TEST(Accumulators, SurviveJson) {
    const auto design = DesignPoint().withPrecision(planOfThree());
    ASSERT_TRUE(validate(design));
    EXPECT_EQ(fromJson(toJson(design)).value().precision(), design.precision());
    EXPECT_EQ(fromJson(toCanonicalJson(design)).value().precision(), design.precision());
    EXPECT_THAT(toCanonicalJson(design),
                HasSubstr(R"("conv1":{"accumulator":"int<18,overflow=wrap>"})"));
}

TEST(Accumulators, StandBesideFormatsInADocument) {
    const auto read = fromJson(R"({"precision": {"compute": "bit_true", "layers":
        {"conv1": {"weight": {"format": "bfp<8,block=16>"}, "accumulator": "INT<18>"}}}})");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->precision().layerAccumulators.at("conv1"), accumulator("int<18>"));
    EXPECT_EQ(read->precision().layers.at("conv1").size(), 1U);
}

TEST(Accumulators, GoWithBitTrueSums) {
    auto plan = planOfThree();
    ASSERT_TRUE(setCompute(plan, "bit_true"));
    EXPECT_EQ(plan.layerAccumulators.size(), 1U);
    ASSERT_TRUE(setCompute(plan, "fast"));
    EXPECT_EQ(plan, PrecisionPlan{});
}

TEST(Accumulators, WithoutAnEffectAreRefused) {
    const auto errorOf = [](const char* precision) {
        const auto read = fromJson(std::string(R"({"precision": )") + precision + "}");
        return read ? Error{} : read.error();
    };
    const auto fast = errorOf(R"({"layers": {"conv1": {"accumulator": "int<18>"}}})");
    EXPECT_EQ(fast.where, "/precision/layers/conv1/accumulator");
    EXPECT_THAT(fast.message, HasSubstr("bit-true"));
    const auto pooling =
        errorOf(R"({"compute": "bit_true", "kinds": {"max_pool2d": {"accumulator": "int<18>"}}})");
    EXPECT_THAT(pooling.message, HasSubstr("multiplies no matrices"));
    const auto unknown =
        errorOf(R"({"compute": "bit_true", "layers": {"conv9": {"accumulator": "int<18>"}}})");
    EXPECT_EQ(unknown.where, "/precision/layers/conv9");
    EXPECT_THAT(unknown.message, HasSubstr("conv9"));
    const auto stochastic = errorOf(
        R"({"compute": "bit_true",
            "layers": {"conv1": {"accumulator": "fp<8,9,rounding=stochastic>"}}})");
    EXPECT_THAT(stochastic.message, HasSubstr("stochastically"));
    const auto wide =
        errorOf(R"({"compute": "bit_true", "layers": {"conv1": {"accumulator": "int<64>"}}})");
    EXPECT_THAT(wide.message, HasSubstr("53"));
    EXPECT_FALSE(errorOf(R"({"network": {"accumulator": "int<18>"}})").message.empty())
        << "that of the network is said by \"compute\"";
}

TEST(Accumulators, BelongToBothHashesByWhatTheyMean) {
    PrecisionPlan bitTrue;
    ASSERT_TRUE(setCompute(bitTrue, "bit_true"));
    const auto base = DesignPoint().withPrecision(bitTrue);
    const auto with = [&](const PlanScope& scope, const char* text) {
        return base.withPrecision(withAccumulator(base.precision(), scope, accumulator(text)));
    };
    EXPECT_NE(trainHash(with(kFirst, "int<18>")), trainHash(base));
    EXPECT_NE(hwHash(with(kFirst, "int<18>")), hwHash(base));
    EXPECT_NE(trainHash(with(kFirst, "int<18>")), trainHash(with(kFirst, "int<19>")));
    const auto ofKind = with({.kind = "linear", .layer = {}}, "int<18>");
    auto byName = base;
    for (const auto& layer : base.network().layers) {
        if (std::holds_alternative<nn::Linear>(layer.params)) {
            byName = byName.withPrecision(withAccumulator(
                byName.precision(), {.kind = {}, .layer = layer.name}, accumulator("int<18>")));
        }
    }
    EXPECT_EQ(trainHash(ofKind), trainHash(byName));
    EXPECT_EQ(hwHash(ofKind), hwHash(byName));
    EXPECT_EQ(trainHash(with(kFirst, "fp<8,23,after=block>")), trainHash(base)) << "as inherited";
}

TEST(Accumulators, AreRowsOfADifference) {
    PrecisionPlan bitTrue;
    ASSERT_TRUE(setCompute(bitTrue, "bit_true"));
    const auto base = DesignPoint().withPrecision(bitTrue);
    const auto changed =
        base.withPrecision(withAccumulator(withAccumulator(bitTrue, kFirst, accumulator("int<18>")),
                                           kConvolutions, accumulator("hbfp8")));
    const auto rows = diff(base, changed);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].path, "/precision/kinds/conv2d/accumulator");
    EXPECT_EQ(rows[0].after, "hbfp8");
    EXPECT_EQ(rows[1].label, "conv1 accumulator");
    EXPECT_EQ(rows[1].after, "int<18>");
}

TEST(Accumulators, OfADepthwiseLayerAreRefused) {
    nn::NetworkSpec network{.input = {4, 8, 8}, .classes = 2, .layers = {}};
    network.layers = {{"dw", nn::Conv2d{.outChannels = 4, .groups = 4}, {}},
                      {"conv", nn::Conv2d{.outChannels = 8, .groups = 4}, {}},
                      {"flat", nn::Flatten{}, {}},
                      {"fc", nn::Linear{.outFeatures = 2}, {}}};
    const auto check = [&](const char* layer) {
        auto design = DesignPoint().withNetwork(network);
        auto plan = design.precision();
        plan.compute = nn::ComputeMode::BitTrue;
        return validate(
            design.withPrecision(withAccumulator(plan, {{}, layer}, accumulator("fp<5,4>"))));
    };
    EXPECT_TRUE(check("conv"));
    ASSERT_FALSE(check("dw"));
    EXPECT_EQ(check("dw").error().where, "/precision/layers/dw/accumulator");
    EXPECT_EQ(check("dw").error().hint, "remove the entry");
}

}  // namespace
}  // namespace mantissa::design
