// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation whose tensors and statistics have formats of their own.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nn/batch_norm.h"
#include "core/nn/network.h"
#include "core/numerics/registry.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

constexpr int kBatch = 24;

numerics::TensorFormat format(const std::string& text) {
    return {numerics::parseFormat(text).value(), numerics::Rounding::NearestEven};
}

/// A layer of normalisation, seen as it is: its outputs are the network's.
NetworkSpec bareNorm(BatchNormKind kind, const Shape& input) {
    NetworkSpec spec;
    spec.input = input;
    spec.classes = static_cast<int>(elementCount(input));
    spec.layers = {{"bn", BatchNorm{.kind = kind, .chunks = 2}, {}}, {"flat", Flatten{}, {}}};
    return spec;
}

/// The same between layers that learn.
NetworkSpec between(BatchNormKind kind) {
    NetworkSpec spec;
    spec.input = {2, 6, 5};
    spec.classes = 10;
    spec.layers = {{"conv", Conv2d{.outChannels = 5}, {}},
                   {"bn", BatchNorm{.kind = kind, .chunks = 2}, {}},
                   {"flat", Flatten{}, {}},
                   {"fc", Linear{.outFeatures = 12}, {}},
                   {"bn2", BatchNorm{.kind = kind, .chunks = 2}, {}},
                   {"fc2", Linear{.outFeatures = 10}, {}}};
    return spec;
}

struct Formats {
    std::string forward = "fp32", backward = "fp32";
};

Network networkOf(const NetworkSpec& spec, const Formats& formats, ThreadTeam& team) {
    LayerPrecision p;
    p.normForward = format(formats.forward);
    p.normBackward = format(formats.backward);
    auto network =
        Network::make(spec, std::vector<LayerPrecision>(spec.layers.size(), p), kBatch, team);
    network->initialise(7);
    return std::move(*network);
}

void train(Network& network, const NetworkSpec& spec, std::span<const float> images) {
    std::vector<Label> labels(kBatch);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i] = static_cast<Label>(i % static_cast<std::size_t>(spec.classes));
    }
    network.trainStep(images, labels, {.seed = 11, .step = 0, .tensor = 0});
}

std::vector<float> gradientsOf(const NetworkSpec& spec, const Formats& formats, int threads = 1) {
    ThreadTeam team(threads);
    auto network = networkOf(spec, formats, team);
    train(network, spec, randomValues(kBatch * elementCount(spec.input), 3));
    std::vector<float> all;
    for (const auto& parameter : network.parameters()) {
        all.insert(all.end(), parameter.gradient.begin(), parameter.gradient.end());
    }
    return all;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
        size += std::pow(static_cast<double>(b[i]), 2);
    }
    return std::sqrt(difference / size);
}

bool sameBytes(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

constexpr std::array kKinds{BatchNormKind::Conventional, BatchNormKind::OnePass,
                            BatchNormKind::Range};

std::vector<float> quantised(const std::vector<float>& values, const Shape& shape, int axis,
                             const std::string& text) {
    std::vector<float> out(values.size());
    numerics::quantiseRef(values, out, shape, axis, format(text), {});
    return out;
}

/// x, mean and scale are rounded, then y: here on a grid so coarse that each of them shows.
TEST(NormFormat, RoundsTensorsAndStatisticsOfTheForwardPass) {
    const std::string coarse = "fixed<3,3>";
    const Shape input{3, 2, 2};
    for (const auto kind : kKinds) {
        ThreadTeam team;
        const auto spec = bareNorm(kind, input);
        auto network = networkOf(spec, {coarse, "fp32"}, team);
        const auto images = randomValues(kBatch * 12, 5, -1, 2);
        train(network, spec, images);
        const auto x = quantised(images, {kBatch, 3, 2, 2}, 1, coarse);
        std::vector<float> expected(x.size());
        for (std::size_t c = 0; c < 3; ++c) {
            std::vector<double> samples;
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (i / 4 % 3 == c) {
                    samples.push_back(static_cast<double>(x[i]));
                }
            }
            const auto reference = batchNormRef(std::get<BatchNorm>(spec.layers[0].params), samples,
                                                std::vector<double>(samples.size()), 1, 0);
            const auto statistics =
                quantised({static_cast<float>(reference.mean), static_cast<float>(reference.scale)},
                          {1, 2}, 1, coarse);
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (i / 4 % 3 == c) {
                    expected[i] = (x[i] - statistics[0]) / statistics[1];
                }
            }
        }
        expected = quantised(expected, {kBatch, 3, 2, 2}, 1, coarse);
        EXPECT_EQ(std::vector<float>(network.logits().begin(), network.logits().end()), expected);
    }
}

TEST(NormFormat, FormatsOfThePassesStandApart) {
    for (const auto kind : kKinds) {
        const auto spec = between(kind);
        const auto fp32 = gradientsOf(spec, {});
        const auto forward = gradientsOf(spec, {"bf16", "fp32"});
        const auto backward = gradientsOf(spec, {"fp32", "fp8_e5m2"});
        EXPECT_FALSE(sameBytes(forward, fp32));
        EXPECT_FALSE(sameBytes(backward, fp32));
        EXPECT_LT(distance(forward, fp32), 0.1);
        EXPECT_LT(distance(backward, fp32), 0.3);
        // What lies behind the last normalisation learns from what forward made alone.
        EXPECT_TRUE(std::equal(backward.end() - 130, backward.end(), fp32.end() - 130));
    }
}

TEST(NormFormat, GivesTheSameBytesForEveryTeam) {
    const auto spec = between(BatchNormKind::Range);
    const Formats formats{"bfp<8,block=4>", "fp16"};
    EXPECT_TRUE(sameBytes(gradientsOf(spec, formats), gradientsOf(spec, formats, 3)));
}

TEST(NormFormat, EvaluationRoundsTheRunningStatistics) {
    const std::string coarse = "fixed<3,3>";
    const auto spec = bareNorm(BatchNormKind::Conventional, {3, 2, 2});
    ThreadTeam team;
    auto network = networkOf(spec, {coarse, "fp32"}, team);
    for (auto& parameter : network.parameters()) {
        if (parameter.name == "bn.running_mean") {
            std::fill(parameter.value.begin(), parameter.value.end(), 0.3F);
        }
    }
    const std::vector<float> images(static_cast<std::size_t>(kBatch * 12), 1.0F);
    network.evaluate(images, std::vector<Label>(kBatch, 0), {}, {});
    EXPECT_EQ(network.logits()[0], 0.75F) << "1 - 0.25 over 1";
}

/// One channel is dead: its scale, sqrt(epsilon) or epsilon, is far below the steps of the formats.
TEST(NormFormat, ADeadChannelStaysFinite) {
    for (const std::string text : {"bfp<8,block=16>", "fixed<12,4>", "float<3,2>",
                                   "affine<8,block=16>", "pow2<3>", "ternary"}) {
        for (const auto kind : kKinds) {
            ThreadTeam team;
            const auto spec = bareNorm(kind, {3, 2, 2});
            auto network = networkOf(spec, {text, text}, team);
            auto images = randomValues(kBatch * 12, 5, -20, 20);
            for (std::size_t i = 0; i < images.size(); ++i) {
                images[i] = i / 4 % 3 == 1 ? 0.3F : images[i];
            }
            const auto isFinite = [](float x) { return std::isfinite(x); };
            train(network, spec, images);
            const auto trained = network.logits();
            EXPECT_TRUE(std::all_of(trained.begin(), trained.end(), isFinite)) << text;
            for (const auto& parameter : network.parameters()) {
                EXPECT_TRUE(
                    std::all_of(parameter.gradient.begin(), parameter.gradient.end(), isFinite))
                    << text << ": " << parameter.name;
            }
            for (int step = 0; step < 200; ++step) {  // the running scale falls, too
                train(network, spec, images);
            }
            network.evaluate(images, std::vector<Label>(kBatch, 0), {}, {});
            const auto evaluated = network.logits();
            EXPECT_TRUE(std::all_of(evaluated.begin(), evaluated.end(), isFinite)) << text;
        }
    }
}

TEST(NormFormat, AScaleThatRoundsToZeroIsTheStepAboveIt) {
    ThreadTeam team;
    const auto spec = bareNorm(BatchNormKind::Conventional, {3, 2, 2});
    auto network = networkOf(spec, {"fixed<8,4>", "fp32"}, team);
    for (auto& parameter : network.parameters()) {
        if (parameter.name == "bn.running_var") {
            std::fill(parameter.value.begin(), parameter.value.end(), 0.0F);
        }
    }
    const std::vector<float> images(static_cast<std::size_t>(kBatch * 12), 0.25F);
    network.evaluate(images, std::vector<Label>(kBatch, 0), {}, {});
    EXPECT_EQ(network.logits()[0], 4.0F) << "0.25 over a sixteenth";
}

TEST(NormFormat, WhatRoundingLosesIsMeasured) {
    ThreadTeam team;
    const auto spec = bareNorm(BatchNormKind::Conventional, {3, 2, 2});
    auto network = networkOf(spec, {"fp8_e4m3", "fp8_e5m2"}, team);
    network.gatherStatistics(true);
    train(network, spec, randomValues(kBatch * 12, 5));
    std::vector<std::string> names;
    for (const auto& one : network.statistics()) {
        EXPECT_EQ(one.layer, "bn");
        names.emplace_back(one.operand);
    }
    EXPECT_THAT(names, testing::Contains("normalisation@forward"));
    EXPECT_THAT(names, testing::Contains("scale@forward"));
    EXPECT_THAT(names, testing::Contains("normalisation@input_gradient"));
}

}  // namespace
}  // namespace mantissa::nn
