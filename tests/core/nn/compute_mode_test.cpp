// SPDX-License-Identifier: GPL-3.0-or-later
// Bit-true and fast training steps of whole networks.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nn/network.h"
#include "core/numerics/dot.h"
#include "core/numerics/integer_blocks.h"
#include "core/numerics/multiply.h"
#include "core/numerics/registry.h"
#include "tests/core/nn/allocation_counter.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

constexpr int kBatch = 20;

LayerPrecision precision(const std::string& format, ComputeMode compute) {
    const numerics::TensorFormat f{numerics::parseFormat(format).value(),
                                   numerics::Rounding::NearestEven};
    LayerPrecision p{f, f, f, f, f, f, {}};
    p.compute = compute;
    return p;
}

/// Convolutions with and without stride, in groups and depthwise, and a linear layer.
NetworkSpec smallNetwork() {
    const auto conv = [](int outChannels, int stride, int groups) {
        Conv2d c;
        c.outChannels = outChannels;
        c.stride = stride;
        c.groups = groups;
        return c;
    };
    NetworkSpec spec;
    spec.input = {3, 9, 8};
    spec.classes = 10;
    const std::vector<std::pair<std::string, LayerParams>> layers{
        {"conv1", conv(20, 1, 1)},        {"relu1", Relu{}},       {"conv2", conv(36, 2, 1)},
        {"conv3", conv(36, 1, 2)},        {"dw", conv(36, 1, 36)}, {"flat", Flatten{}},
        {"fc", Linear{.outFeatures = 10}}};
    for (const auto& [name, params] : layers) {
        spec.layers.push_back({name, params, {}});
    }
    return spec;
}

struct Step {
    std::vector<float> gradients, logits;
};

Network networkOf(const NetworkSpec& spec, const LayerPrecision& p, ThreadTeam& team) {
    auto network =
        Network::make(spec, std::vector<LayerPrecision>(spec.layers.size(), p), kBatch, team);
    network->initialise(7);
    return std::move(*network);
}

StepResult train(Network& network, const NetworkSpec& spec) {
    std::vector<Label> labels(kBatch);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i] = static_cast<Label>(i % 10);
    }
    const auto images = randomValues(kBatch * elementCount(spec.input), 3, 0, 1);
    return network.trainStep(images, labels, {.seed = 11, .step = 0, .tensor = 0});
}

Step resultOf(Network& network) {
    Step step;
    for (const auto& parameter : network.parameters()) {
        step.gradients.insert(step.gradients.end(), parameter.gradient.begin(),
                              parameter.gradient.end());
    }
    step.logits.assign(network.logits().begin(), network.logits().end());
    return step;
}

Step stepOf(const NetworkSpec& spec, const LayerPrecision& p, int threads = 1) {
    ThreadTeam team(threads);
    auto network = networkOf(spec, p, team);
    train(network, spec);
    return resultOf(network);
}

bool sameBytes(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

double relativeDistance(const std::vector<float>& a, const std::vector<float>& b) {
    double difference = 0;
    double size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
        size += std::pow(static_cast<double>(b[i]), 2);
    }
    return std::sqrt(difference / size);
}

/// Products are the same numbers in both modes; only where sums are rounded to 24 bits differs.
TEST(ComputeMode, BitTrueAndFastDifferByRoundingsOfFp32SumsAlone) {
    struct Case {
        std::string format;
        double distance;  ///< of logits; with 16 bits some hidden number always takes another step
    };
    for (const auto& [format, distance] : std::vector<Case>{{"bfp<8,block=16>", 1e-6},
                                                            {"mx<int8>", 1e-6},
                                                            {"mx<e2m1>", 1e-6},
                                                            {"bfp<4,block=8>", 1e-6},
                                                            {"bfp<12,block=16>", 1e-4},
                                                            {"bfp<16,block=16>", 1e-4}}) {
        const auto fast = stepOf(smallNetwork(), precision(format, ComputeMode::Fast));
        const auto bitTrue = stepOf(smallNetwork(), precision(format, ComputeMode::BitTrue));
        EXPECT_LT(relativeDistance(bitTrue.logits, fast.logits), distance) << format;
        // A last bit of an activation may move it across a rounding of the next layer's format.
        EXPECT_LT(relativeDistance(bitTrue.gradients, fast.gradients), 0.05) << format;
    }
}

/// Small significands: every FP32 sum is exact whatever its order, as long as exponents are alike.
TEST(ComputeMode, BitTrueAndFastAgreeWhereFp32SumsAreExact) {
    NetworkSpec spec;
    spec.input = {1, 8, 8};
    spec.classes = 10;
    spec.layers = {{"flat", Flatten{}, {}}, {"fc", Linear{.outFeatures = 10}, {}}};
    const auto fast = stepOf(spec, precision("fixed<2,3,symmetric=on>", ComputeMode::Fast));
    const auto bitTrue = stepOf(spec, precision("fixed<2,3,symmetric=on>", ComputeMode::BitTrue));
    EXPECT_TRUE(sameBytes(bitTrue.logits, fast.logits));
}

TEST(ComputeMode, AFormatWithoutIntegersRunsTheSameInBoth) {
    for (const std::string format : {"fp32", "fp8_e5m2", "bf16", "bfp<17,block=16>"}) {
        const auto fast = stepOf(smallNetwork(), precision(format, ComputeMode::Fast));
        const auto bitTrue = stepOf(smallNetwork(), precision(format, ComputeMode::BitTrue));
        EXPECT_TRUE(sameBytes(bitTrue.logits, fast.logits)) << format;
        EXPECT_TRUE(sameBytes(bitTrue.gradients, fast.gradients)) << format;
    }
}

TEST(ComputeMode, BitTrueGivesTheSameBytesForEveryTeam) {
    for (const std::string format : {"bfp<8,block=16>", "bfp<12,block=16>", "bfp<16,block=16>"}) {
        const auto p = precision(format, ComputeMode::BitTrue);
        const auto one = stepOf(smallNetwork(), p);
        for (const int threads : {2, 3}) {
            const auto more = stepOf(smallNetwork(), p, threads);
            EXPECT_TRUE(sameBytes(one.logits, more.logits)) << format << " " << threads;
            EXPECT_TRUE(sameBytes(one.gradients, more.gradients)) << format << " " << threads;
        }
    }
}

/// An output of a linear layer is numerics::dot() with an FP32 accumulator after each block.
TEST(ComputeMode, BitTrueIsTheNormOfDotProductsByBlocks) {
    NetworkSpec spec;
    spec.input = {1, 5, 10};
    spec.classes = 10;
    spec.layers = {{"flat", Flatten{}, {}}, {"fc", Linear{.outFeatures = 10, .bias = false}, {}}};
    const auto p = precision("bfp<8,block=16>", ComputeMode::BitTrue);
    ThreadTeam team;
    auto network = networkOf(spec, p, team);
    train(network, spec);
    const auto quantised = [&](std::span<const float> values, const Shape& shape) {
        std::vector<float> out(values.size());
        numerics::quantiseRef(values, out, shape, 1, p.weightForward, {});
        return out;
    };
    const auto x = quantised(randomValues(std::int64_t{50} * kBatch, 3, 0, 1), {kBatch, 50});
    const auto w = quantised(network.parameters()[0].value, {10, 50});
    for (std::size_t i = 0; i < kBatch; ++i) {
        for (std::size_t o = 0; o < 10; ++o) {
            EXPECT_EQ(
                network.logits()[i * 10 + o],
                numerics::dot(std::span(x).subspan(i * 50, 50), std::span(w).subspan(o * 50, 50),
                              16, {}, {.after = numerics::RoundingPoint::EveryBlock}));
        }
    }
}

LayerPrecision accumulating(const std::string& accumulator, const std::string& format) {
    auto p = precision(format, ComputeMode::BitTrue);
    p.accumulator = numerics::parseAccumulator(accumulator).value();
    return p;
}

/// An output of a linear layer is numerics::dot() with the same accumulator.
TEST(ComputeMode, AccumulatorsAreTheNormOfDotProducts) {
    NetworkSpec spec;
    spec.input = {1, 5, 10};
    spec.classes = 10;
    spec.layers = {{"flat", Flatten{}, {}}, {"fc", Linear{.outFeatures = 10, .bias = false}, {}}};
    for (const std::string name :
         {"fp<8,7,after=block>", "fp<5,10,after=block,rounding=toward_zero,subnormals=off>",
          "fp10_a+8", "fp<8,5>", "fp<8,23>"}) {
        const auto accumulator =
            std::get<numerics::FloatAccumulator>(numerics::parseAccumulator(name).value());
        const auto p = accumulating(name, "bfp<8,block=16>");
        ThreadTeam team;
        auto network = networkOf(spec, p, team);
        train(network, spec);
        const auto quantised = [&](std::span<const float> values, const Shape& shape) {
            std::vector<float> out(values.size());
            numerics::quantiseRef(values, out, shape, 1, p.weightForward, {});
            return out;
        };
        const auto x = quantised(randomValues(std::int64_t{50} * kBatch, 3, 0, 1), {kBatch, 50});
        const auto w = quantised(network.parameters()[0].value, {10, 50});
        for (std::size_t i = 0; i < std::size_t{10} * kBatch; ++i) {
            EXPECT_EQ(network.logits()[i],
                      numerics::dot(std::span(x).subspan(i / 10 * 50, 50),
                                    std::span(w).subspan(i % 10 * 50, 50), 16, {}, accumulator))
                << name;
        }
    }
}

TEST(ComputeMode, AShortAccumulatorChangesEveryPassAndAWideOneNone) {
    const auto spec = smallNetwork();
    const auto fp32 = stepOf(spec, precision("bfp<8,block=16>", ComputeMode::BitTrue));
    const auto same = stepOf(spec, accumulating("fp<8,23,after=block>", "bfp<8,block=16>"));
    EXPECT_TRUE(sameBytes(same.gradients, fp32.gradients));
    const auto integer = stepOf(spec, accumulating("int<24>", "bfp<8,block=16>"));
    EXPECT_TRUE(sameBytes(integer.gradients, fp32.gradients)) << "no sum overflows";
    const auto shorter = stepOf(spec, accumulating("fp<8,7,after=block>", "bfp<8,block=16>"));
    EXPECT_FALSE(sameBytes(shorter.gradients, fp32.gradients));
    EXPECT_LT(relativeDistance(shorter.logits, fp32.logits), 0.05);
    EXPECT_LT(relativeDistance(shorter.gradients, fp32.gradients), 0.5);
    const auto threads = stepOf(spec, accumulating("fp<8,7,after=block>", "bfp<8,block=16>"), 3);
    EXPECT_TRUE(sameBytes(shorter.gradients, threads.gradients));
}

/// An output of a linear layer is numerics::blockDot() in an integer accumulator that overflows.
TEST(ComputeMode, IntegerAccumulatorsAreTheNormOfBlockDotProducts) {
    NetworkSpec spec;
    spec.input = {1, 5, 10};
    spec.classes = 10;
    spec.layers = {{"flat", Flatten{}, {}}, {"fc", Linear{.outFeatures = 10, .bias = false}, {}}};
    struct Case {
        std::string name, format;
        std::size_t block;
    };
    const std::string eight = "bfp<8,block=16>";
    for (const auto& [name, text, block] : std::vector<Case>{{"int<14>", eight, 16},
                                                             {"int<13,overflow=wrap>", eight, 16},
                                                             {"int<16,man=7>", eight, 16},
                                                             {"int<9>", eight, 16},
                                                             {"int<40>", "bfp<16,block=16>", 16},
                                                             {"int<40>", "bfp<16,block=1>", 1}}) {
        const auto p = accumulating(name, text);
        const numerics::Format format = p.weightForward.format;
        const auto& accumulator = std::get<numerics::IntegerAccumulator>(p.accumulator);
        ThreadTeam team;
        auto network = networkOf(spec, p, team);
        train(network, spec);
        const auto rowsOf = [&](std::span<const float> values, std::int64_t rows) {
            std::vector<float> out(values.size());
            numerics::quantiseRef(values, out, {rows, 50}, 1, p.weightForward, {});
            std::vector<numerics::IntegerNumber> numbers(out.size());
            numerics::integerNumbers(out, {rows, 50}, 1, format, numbers, team);
            return numbers;
        };
        const auto x = rowsOf(randomValues(std::int64_t{50} * kBatch, 3, 0, 1), kBatch);
        const auto w = rowsOf(network.parameters()[0].value, 10);
        struct Row {
            std::vector<std::int32_t> codes;
            std::vector<int> steps;
        };
        const auto row = [block = block](const std::vector<numerics::IntegerNumber>& all,
                                         std::size_t r) {
            Row of;
            for (std::size_t k = 0; k < 50; ++k) {
                of.codes.push_back(all[r * 50 + k].code);
                if (k % block == 0) {
                    of.steps.push_back(all[r * 50 + k].step);
                }
            }
            return of;
        };
        for (std::size_t i = 0; i < std::size_t{10} * kBatch; ++i) {
            const Row a = row(x, i / 10);
            const Row b = row(w, i % 10);
            EXPECT_EQ(network.logits()[i],
                      numerics::blockDot({a.codes, a.steps}, {b.codes, b.steps},
                                         static_cast<std::int64_t>(block), accumulator))
                << name << " " << text;
        }
    }
}

TEST(ComputeMode, AnIntegerAccumulatorMattersOnlyWhereItOverflows) {
    const auto spec = smallNetwork();
    const auto fp32 = stepOf(spec, precision("bfp<8,block=16>", ComputeMode::BitTrue));
    for (const std::string overflow : {"", ",overflow=wrap"}) {
        const auto enough =
            stepOf(spec, accumulating("int<19" + overflow + ">", "bfp<8,block=16>"));
        EXPECT_TRUE(sameBytes(enough.gradients, fp32.gradients));
        const auto nearly =
            stepOf(spec, accumulating("int<18" + overflow + ">", "bfp<8,block=16>"));
        EXPECT_TRUE(sameBytes(nearly.gradients, fp32.gradients)) << "19 bits are a bound";
        const auto narrow =
            stepOf(spec, accumulating("int<14" + overflow + ">", "bfp<8,block=16>"));
        EXPECT_FALSE(sameBytes(narrow.gradients, fp32.gradients));
        EXPECT_FALSE(sameBytes(narrow.logits, fp32.logits));
    }
}

/// The bias is larger than the sums: rounding each piece of one would be seen.
TEST(ComputeMode, AnIntegerThatNoSumOverflowsIsAddedToTheBiasOnce) {
    NetworkSpec spec;
    spec.input = {1, 48, 48};
    spec.classes = 10;
    spec.layers = {{"flat", Flatten{}, {}}, {"fc", Linear{.outFeatures = 10}, {}}};
    const auto logits = [&](const std::string& accumulator) {
        ThreadTeam team;
        auto p = accumulating(accumulator, "fixed<2,2>");
        p.weightForward.format = numerics::parseFormat("fixed<1,3>").value();
        auto network = networkOf(spec, p, team);
        auto bias = network.parameters()[1].value;
        std::fill(bias.begin(), bias.end(), 0x1p19F + 0.0625F);
        train(network, spec);
        return resultOf(network).logits;
    };
    // 21 bits hold any sum of 2,304 products; 20 are enough for these.
    EXPECT_TRUE(sameBytes(logits("int<21>"), logits("int<20>")));
    EXPECT_TRUE(sameBytes(logits("int<40>"), logits("int<20>")));
}

TEST(ComputeMode, IntegersThatOverflowGiveTheSameBytesForEveryTeam) {
    for (const std::string format : {"bfp<8,block=16>", "bfp<16,block=16>", "fixed<3,5>"}) {
        const auto p = accumulating("int<14>", format);
        const auto one = stepOf(smallNetwork(), p);
        for (const int threads : {2, 3}) {
            const auto more = stepOf(smallNetwork(), p, threads);
            EXPECT_TRUE(sameBytes(one.logits, more.logits)) << format << " " << threads;
            EXPECT_TRUE(sameBytes(one.gradients, more.gradients)) << format << " " << threads;
        }
    }
}

/// All numbers of fixed point share one step: nothing has to be converted on the way.
TEST(ComputeMode, AnIntegerAccumulatorSumsAllOfAFixedPointReduction) {
    ThreadTeam team;
    const auto network = networkOf(smallNetwork(), accumulating("int<16>", "fixed<3,5>"), team);
    for (const auto& pass : network.arithmetic()) {
        if (pass.layer == "conv2") {
            const bool ofWeight = pass.pass == GemmPass::WeightGradient;
            const std::int64_t channels = pass.pass == GemmPass::Forward ? 20 : 36;
            EXPECT_EQ(pass.segment, ofWeight ? std::int64_t{20} * kBatch : channels * 9);
            EXPECT_TRUE(pass.mayOverflow);
        }
    }
}

TEST(ComputeMode, AStepInIntegerAccumulatorsAllocatesNothing) {
    ThreadTeam team;
    auto network = networkOf(smallNetwork(), accumulating("int<14>", "bfp<8,block=16>"), team);
    const auto images = randomValues(kBatch * elementCount(smallNetwork().input), 3, 0, 1);
    const std::vector<Label> labels(kBatch);
    const auto before = allocationCount();
    network.trainStep(images, labels, {.seed = 11, .step = 0, .tensor = 0});
    EXPECT_EQ(allocationCount(), before);
}

TEST(ComputeMode, AnAccumulatorThatHasNoMeaningIsRefused) {
    const auto spec = smallNetwork();
    ThreadTeam team;
    const auto made = [&](const std::string& accumulator, const std::string& format) {
        return Network::make(
            spec,
            std::vector<LayerPrecision>(spec.layers.size(), accumulating(accumulator, format)),
            kBatch, team);
    };
    const auto floats = made("int<24>", "bf16");
    ASSERT_FALSE(floats);
    EXPECT_THAT(floats.error().message, testing::HasSubstr("int<24> sums integers"));
    EXPECT_THAT(floats.error().hint, testing::HasSubstr("block floating point"));
    EXPECT_TRUE(made("int<24>", "fixed<2,6>"));
    const auto stochastic = made("fp<8,7,rounding=stochastic>", "bfp<8,block=16>");
    ASSERT_FALSE(stochastic);
    EXPECT_THAT(stochastic.error().message, testing::HasSubstr("stochastically"));
}

TEST(ComputeMode, EachPassNamesItsAccumulator) {
    ThreadTeam team;
    const auto network =
        networkOf(smallNetwork(), accumulating("fp<8,7>", "bfp<8,block=16>"), team);
    for (const auto& pass : network.arithmetic()) {
        EXPECT_EQ(pass.segment, pass.layer == "dw" ? 0 : 1) << pass.layer;
        EXPECT_EQ(pass.accumulator, pass.layer == "dw" ? "" : "fp<8,7>") << pass.layer;
    }
}

void expectGatheringChangesNoByte(const LayerPrecision& p, const std::string& format) {
    ThreadTeam team;
    auto network = networkOf(smallNetwork(), p, team);
    network.gatherStatistics(true);
    train(network, smallNetwork());
    EXPECT_FALSE(network.statistics().empty());
    EXPECT_TRUE(sameBytes(resultOf(network).gradients, stepOf(smallNetwork(), p).gradients))
        << format;
}

/// A step that gathers statistics rounds operands first, another while it packs them or image by
/// image.
TEST(ComputeMode, GatheringStatisticsChangesNoByte) {
    for (const auto compute : {ComputeMode::Fast, ComputeMode::BitTrue}) {
        for (const std::string format :
             {"bfp<8,block=16>", "mx<int8>", "bfp<4,block=8>", "bfp<16,block=16>", "bfp<5,block=7>",
              "smx9", "mx<e4m3>", "fp8_e4m3", "bfp<8,block=4x4>", "bfp<4,block=slice>",
              "affine<4,block=slice>", "bfp<4,block=tensor>"}) {
            expectGatheringChangesNoByte(precision(format, compute), format);
        }
    }
    for (const std::string format : {"bfp<4,block=slice>", "bfp<4,block=1>", "fixed<2,4>"}) {
        expectGatheringChangesNoByte(accumulating("fp<8,23>", format), format);
        expectGatheringChangesNoByte(accumulating("int<24>", format), format);
    }
}

/// Operands of different widths meet in codes that hold both, however wide the others are.
TEST(ComputeMode, OperandsOfDifferentWidthsAreSummedAsIntegers) {
    const auto mixed = [](ComputeMode compute) {
        auto p = precision("bfp<16,block=16>", compute);
        p.weightForward = p.weightInputGradient =
            precision("bfp<8,block=16>", compute).weightForward;
        return p;
    };
    const auto spec = smallNetwork();
    ThreadTeam team;
    const auto network = networkOf(spec, mixed(ComputeMode::BitTrue), team);
    const auto arithmetic = network.arithmetic();
    EXPECT_EQ(arithmetic.front().segment, 3);
    EXPECT_LT(relativeDistance(stepOf(spec, mixed(ComputeMode::BitTrue)).gradients,
                               stepOf(spec, mixed(ComputeMode::Fast)).gradients),
              1e-3);
}

TEST(ComputeMode, EachPassSaysHowItSums) {
    ThreadTeam team;
    const auto spec = smallNetwork();
    const auto network = networkOf(spec, precision("bfp<8,block=16>", ComputeMode::BitTrue), team);
    const auto segmentOf = [&](const std::string& layer, GemmPass pass) {
        const auto list = network.arithmetic();
        const auto found = std::find_if(list.begin(), list.end(), [&](const PassArithmetic& a) {
            return a.layer == layer && a.pass == pass;
        });
        return found == list.end() ? -1 : found->segment;
    };
    EXPECT_EQ(segmentOf("conv1", GemmPass::Forward), 3) << "three input channels";
    EXPECT_EQ(segmentOf("conv2", GemmPass::Forward), 16);
    EXPECT_EQ(segmentOf("conv2", GemmPass::WeightGradient), 16);
    EXPECT_EQ(segmentOf("dw", GemmPass::Forward), 0);
    EXPECT_EQ(segmentOf("fc", GemmPass::InputGradient), 10);
    const auto fast = networkOf(spec, precision("bfp<8,block=16>", ComputeMode::Fast), team);
    EXPECT_THAT(fast.arithmetic(), testing::Each(testing::Field(&PassArithmetic::segment, 0)));
}

LayerPrecision approximate(const std::string& multiplier, const std::string& format = "fp32") {
    auto p = precision(format, ComputeMode::Approximate);
    p.multiplier = numerics::parseMultiplier(multiplier).value();
    return p;
}

/// An output of a linear layer is numerics::dot() with the same multiplier.
TEST(ComputeMode, ApproximateIsTheNormOfDotProducts) {
    NetworkSpec spec;
    spec.input = {1, 5, 10};
    spec.classes = 10;
    spec.layers = {{"flat", Flatten{}, {}}, {"fc", Linear{.outFeatures = 10, .bias = false}, {}}};
    for (const std::string name : {"mit_7", "mbm_7", "acc_5", "mbm_23"}) {
        ThreadTeam team;
        auto network = networkOf(spec, approximate(name), team);
        train(network, spec);
        const auto multiplier =
            numerics::loadMultiplier(numerics::parseMultiplier(name).value()).value();
        const auto x = randomValues(std::int64_t{50} * kBatch, 3, 0, 1);
        const auto w = network.parameters()[0].value;
        for (std::size_t i = 0; i < kBatch; ++i) {
            for (std::size_t o = 0; o < 10; ++o) {
                EXPECT_EQ(network.logits()[i * 10 + o],
                          numerics::dot(std::span(x).subspan(i * 50, 50), w.subspan(o * 50, 50), 1,
                                        multiplier, {}))
                    << name;
            }
        }
    }
}

TEST(ComputeMode, ApproximateComesNearTheExactProductsInEveryPass) {
    // Truncation to seven bits of mantissa loses up to 0.8 % of a product, always toward zero.
    const auto exact = stepOf(smallNetwork(), precision("bf16", ComputeMode::Fast));
    const auto cut = stepOf(smallNetwork(), approximate("acc_7", "bf16"));
    EXPECT_LT(relativeDistance(cut.logits, exact.logits), 0.05);
    EXPECT_LT(relativeDistance(cut.gradients, exact.gradients), 0.1);
    EXPECT_FALSE(sameBytes(cut.gradients, exact.gradients));
}

TEST(ComputeMode, ApproximateGivesTheSameBytesForEveryTeam) {
    const auto one = stepOf(smallNetwork(), approximate("mbm_7", "bfp<8,block=16>"));
    for (const int threads : {2, 3}) {
        const auto more = stepOf(smallNetwork(), approximate("mbm_7", "bfp<8,block=16>"), threads);
        EXPECT_TRUE(sameBytes(one.logits, more.logits)) << threads;
        EXPECT_TRUE(sameBytes(one.gradients, more.gradients)) << threads;
    }
}

TEST(ComputeMode, EveryPassNamesItsMultiplier) {
    ThreadTeam team;
    const auto network = networkOf(smallNetwork(), approximate("mit_5"), team);
    EXPECT_THAT(network.arithmetic(),
                testing::Each(testing::Field(&PassArithmetic::multiplier, "mit_5")));
    const auto fast = networkOf(smallNetwork(), precision("fp32", ComputeMode::Fast), team);
    EXPECT_THAT(fast.arithmetic(), testing::Each(testing::Field(&PassArithmetic::multiplier, "")));
}

TEST(ComputeMode, ATableThatIsNotThereIsAnError) {
    ThreadTeam team;
    const auto spec = smallNetwork();
    const auto made = Network::make(
        spec, std::vector<LayerPrecision>(spec.layers.size(), approximate("lut<none.bin>")), kBatch,
        team);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().where, testing::HasSubstr("none.bin"));
}

TEST(ComputeMode, AnApproximateStepAllocatesNothing) {
    ThreadTeam team(2);
    const auto spec = smallNetwork();
    auto network = networkOf(spec, approximate("mbm_7"), team);
    const auto images = randomValues(kBatch * elementCount(spec.input), 3, 0, 1);
    const std::vector<Label> labels(kBatch, 1);
    network.trainStep(images, labels, {});
    const auto before = allocationCount();
    network.trainStep(images, labels, {});
    EXPECT_EQ(allocationCount(), before);
}

TEST(ComputeMode, AStepInBlocksAllocatesNothing) {
    for (const auto compute : {ComputeMode::Fast, ComputeMode::BitTrue}) {
        ThreadTeam team(2);
        const auto spec = smallNetwork();
        auto network = networkOf(spec, precision("bfp<8,block=16>", compute), team);
        const auto images = randomValues(kBatch * elementCount(spec.input), 3, 0, 1);
        const std::vector<Label> labels(kBatch, 1);
        network.trainStep(images, labels, {});
        const auto before = allocationCount();
        network.trainStep(images, labels, {});
        EXPECT_EQ(allocationCount(), before);
    }
}

}  // namespace
}  // namespace mantissa::nn
