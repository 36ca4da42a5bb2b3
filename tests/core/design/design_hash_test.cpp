// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/design_point.h"
#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

constexpr RoleKey kWeight{Role::Weight, std::nullopt};
constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";

TEST(Hashes, Are26DigitsOfBase32) {
    for (const auto& hash : {designHash({}), trainHash({}), hwHash({})}) {
        EXPECT_EQ(hash.size(), 26U);
        EXPECT_EQ(hash.find_first_not_of(kDigits), std::string::npos) << hash;
    }
}

TEST(Hashes, OfThreeKindsDiffer) {
    EXPECT_NE(designHash({}), trainHash({}));
    EXPECT_NE(trainHash({}), hwHash({}));
}

TEST(Hashes, IgnoreNameAndNote) {
    const auto other = DesignPoint().withName("a").withNote("b");
    EXPECT_EQ(designHash(other), designHash({}));
    EXPECT_EQ(trainHash(other), trainHash({}));
    EXPECT_EQ(hwHash(other), hwHash({}));
}

TEST(Hashes, HardwareDoesNotTouchTraining) {
    HardwareConfig hardware;
    hardware.columns = 32;
    const auto other = DesignPoint().withHardware(hardware);
    EXPECT_NE(designHash(other), designHash({}));
    EXPECT_EQ(trainHash(other), trainHash({}));
    EXPECT_NE(hwHash(other), hwHash({}));
}

TEST(Hashes, TheBatchTouchesTheHardwareTheLearningRateDoesNot) {
    train::Recipe recipe;
    recipe.learningRate = 0.01;
    const auto slower = DesignPoint().withRecipe(recipe);
    EXPECT_NE(trainHash(slower), trainHash({}));
    EXPECT_EQ(hwHash(slower), hwHash({}));
    recipe.batch = 64;
    EXPECT_NE(hwHash(DesignPoint().withRecipe(recipe)), hwHash({}));
}

TEST(Hashes, AnOptimiserWithOtherStatesTouchesTheHardware) {
    train::Recipe plain, adam;
    plain.momentum = 0;
    adam.optimiser = train::OptimiserKind::Adam;
    const auto withoutMomentum = hwHash(DesignPoint().withRecipe(plain));
    const auto withAdam = hwHash(DesignPoint().withRecipe(adam));
    EXPECT_NE(withoutMomentum, hwHash({}));
    EXPECT_NE(withAdam, hwHash({}));
    EXPECT_NE(withAdam, withoutMomentum);
}

TEST(Hashes, AnAccumulatorTouchesTheHardwareWhereSumsAreBitTrue) {
    const auto hashWith = [](const char* compute) {
        PrecisionPlan plan;
        EXPECT_TRUE(setCompute(plan, compute));
        return hwHash(DesignPoint().withPrecision(plan));
    };
    EXPECT_EQ(hashWith("bit_true"), hwHash({}));
    EXPECT_NE(hashWith("bit_true<fp<6,9>>"), hwHash({}));
    EXPECT_NE(hashWith("bit_true<fp<6,9>>"), hashWith("bit_true<int<24>>"));
}

TEST(Hashes, TheControlTouchesTrainingOnly) {
    const auto other = DesignPoint().withControl({.kind = train::ControlKind::Epochs});
    EXPECT_NE(designHash(other), designHash({}));
    EXPECT_NE(trainHash(other), trainHash({}));
    EXPECT_EQ(hwHash(other), hwHash({}));
}

TEST(Hashes, TheDataSetTouchesTrainingOnly) {
    const auto other = DesignPoint().withDataset("mnist");
    EXPECT_NE(trainHash(other), trainHash({}));
    EXPECT_EQ(hwHash(other), hwHash({}));
}

TEST(Hashes, APrecisionTouchesBoth) {
    const auto other = withEntry({}, {}, kWeight, format("bfp<8,block=16>"));
    EXPECT_NE(trainHash(other), trainHash({}));
    EXPECT_NE(hwHash(other), hwHash({}));
    const auto rounded =
        withEntry({}, {}, kWeight, format("bfp<8,block=16>", numerics::Rounding::Stochastic));
    EXPECT_NE(trainHash(rounded), trainHash(other));
}

TEST(Hashes, PlansThatMeanTheSameShareTrainingAndHardware) {
    const auto everywhere = withEntry({}, {}, kWeight, format("bf16"));
    auto byKind = withEntry({}, {.kind = "conv2d", .layer = {}}, kWeight, format("bf16"));
    byKind = withEntry(byKind, {.kind = "linear", .layer = {}}, kWeight, format("bf16"));
    EXPECT_NE(designHash(byKind), designHash(everywhere));
    EXPECT_EQ(trainHash(byKind), trainHash(everywhere));
    EXPECT_EQ(hwHash(byKind), hwHash(everywhere));
}

TEST(Hashes, TheRoundingOfFp32HasNoMeaning) {
    const auto other =
        withEntry({}, {}, kWeight, {numerics::Fp32{}, numerics::Rounding::Stochastic});
    EXPECT_EQ(trainHash(other), trainHash({}));
}

TEST(Hashes, NamingTheLayerBeforeAsInputChangesNothing) {
    auto network = DesignPoint().network();
    network.layers[0].inputs = {"input"};
    network.layers[1].inputs = {network.layers[0].name};
    const auto other = DesignPoint().withNetwork(network);
    EXPECT_EQ(designHash(other), designHash({}));
    EXPECT_EQ(trainHash(other), trainHash({}));
}

TEST(Hashes, IgnoreTheSpellingOfAFormatAndTheOrderOfKeys) {
    const auto read = [](const std::string& plan, const std::string& rest) {
        return fromJson(R"({"precision":{"network":{"weight":{)" + plan + "}}}" + rest + "}")
            .value();
    };
    const auto a = read(R"("format":"BFP<8, block=16>","rounding":"nearest_even")",
                        R"(,"recipe":{"epochs":2,"batch":64})");
    const auto b =
        read(R"("format":"bfp<8,block=16,exp=8>")", R"(,"recipe":{"batch":64.0,"epochs":2})");
    EXPECT_EQ(designHash(a), designHash(b));
}

/// What these hashes were before the arithmetic of such plans was mended: their stored results are
/// not today's.
TEST(Hashes, OfPlansWhoseArithmeticWasMendedAreNew) {
    EXPECT_NE(trainHash(withEntry({}, {}, kWeight, format("bfp<8,block=slice>"))), "1d5ksv7710qb51vavsywt88s5m");
    EXPECT_NE(trainHash(withEntry({}, {}, kWeight, format("mx<e4m3,scale=5>"))), "mcsfmb1hmkq2tyc09q3vncnvkg");
    train::Recipe recipe;
    recipe.weightTransform = train::WeightTransformKind::Complementary;
    EXPECT_NE(trainHash(DesignPoint().withRecipe(recipe)), "e0v091g6f4ht5k2dzeejhxscgg");
    // Others of their kind stay what they were.
    EXPECT_EQ(trainHash(withEntry({}, {}, kWeight, format("bfp<8,block=tensor>"))), "xkmv7whmyfxdxnweba9fmkg6k8");
    EXPECT_EQ(trainHash(withEntry({}, {}, kWeight, format("mx<e4m3>"))), "2g65zewhbk10h5hbbw4x1cg98c");
    recipe.weightTransform = train::WeightTransformKind::Pruned;
    EXPECT_EQ(trainHash(DesignPoint().withRecipe(recipe)), "aj8fhetzqcvp0chv9mxvqwthgm");
}

// Databases of older versions are read by these.
TEST(Hashes, OfTrainingsOnceNamedTheEmulation) {
    EXPECT_EQ(formerTrainHash({}, 1), "ns0mxxnct6e4s07xe6jsy7apz8");
    EXPECT_EQ(formerTrainHash({}, 2), "d6shkpeb439aj3gggyjh4ev19c");
}

// Stored results are found by these: a change makes every result of every user unreachable, so it
// must be meant.
TEST(Hashes, OfTheDefaultDesignStayWhatTheyAre) {
    EXPECT_EQ(designHash({}), "cf0zdtd1pxezr1qf45tz1241tw");
    EXPECT_EQ(trainHash({}), "ns0mxxnct6e4s07xe6jsy7apz8");
    EXPECT_EQ(hwHash({}), "4vjtg5vk0g67veg8mfkrkf03h8");
}

}  // namespace
}  // namespace mantissa::design
