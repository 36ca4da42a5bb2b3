// SPDX-License-Identifier: GPL-3.0-or-later
// Whole steps of networks with branches, over one arena.
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "core/nn/network.h"
#include "tests/core/nn/allocation_counter.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

constexpr int kBatch = 6;

const NetworkTemplate& templateOf(std::string_view id) {
    for (const auto& entry : networkTemplates()) {
        if (entry.id == id) {
            return entry;
        }
    }
    return networkTemplates().front();
}

/// Every kind of layer that is not in the templates beside them.
NetworkSpec everyKind() {
    NetworkSpec network{.input = {4, 12, 10}, .classes = 5, .layers = {}};
    const BatchNorm lightNorm{.kind = BatchNormKind::LightNorm, .chunks = 4, .group = 4};
    network.layers = {
        {"conv1", Conv2d{.outChannels = 8, .groups = 2}, {}},
        {"bn1", lightNorm, {}},
        {"gelu", Gelu{}, {}},
        {"dropout", Dropout{.probability = 0.2}, {}},
        {"conv2", Conv2d{.outChannels = 8, .groups = 8}, {}},
        {"bn2", BatchNorm{.kind = BatchNormKind::OnePass}, {}},
        {"silu", Silu{}, {}},
        {"a", Add{}, {"silu", "dropout"}},
        {"leaky", LeakyRelu{}, {}},
        {"pool", MaxPool2d{.kernel = 3, .stride = 2, .padding = 1}, {}},
        {"tanh", Tanh{}, {}},
        {"sigmoid", Sigmoid{}, {"pool"}},
        {"swish", HardSwish{}, {"pool"}},
        {"joined", Concat{}, {"tanh", "sigmoid", "swish"}},
        {"attention", Softmax{}, {}},
        {"relu6", Relu6{}, {"joined"}},
        {"sum", Add{}, {"attention", "relu6", "joined"}},
        {"mean", AvgPool2d{}, {}},
        {"flat", Flatten{}, {}},
        {"fc1", Linear{.outFeatures = 9}, {}},
        {"bn3", lightNorm, {}},
        {"scores", Linear{.outFeatures = 5}, {}},
    };
    return network;
}

/// ResNet-20's stem and two of its blocks: one keeps the shape, one halves the image.
NetworkSpec tinyResnet() {
    NetworkSpec network{.input = {3, 12, 10}, .classes = 5, .layers = {}};
    const Conv2d narrow{.outChannels = 8, .bias = false};
    network.layers = {{"conv1", narrow, {}},
                      {"bn1", BatchNorm{}, {}},
                      {"relu1", Relu{}, {}},
                      {"a.conv1", narrow, {}},
                      {"a.bn1", BatchNorm{}, {}},
                      {"a.relu1", Relu{}, {}},
                      {"a.conv2", narrow, {}},
                      {"a.bn2", BatchNorm{}, {}},
                      {"a.add", Add{}, {"a.bn2", "relu1"}},
                      {"a.relu", Relu{}, {}},
                      {"b.conv1", Conv2d{.outChannels = 16, .stride = 2, .bias = false}, {}},
                      {"b.bn1", BatchNorm{}, {}},
                      {"b.shortcut", Shortcut{.outChannels = 16, .stride = 2}, {"a.relu"}},
                      {"b.add", Add{}, {"b.bn1", "b.shortcut"}},
                      {"b.relu", Relu{}, {}},
                      {"pool", GlobalAvgPool{}, {}},
                      {"fc", Linear{.outFeatures = 5}, {}}};
    return network;
}

/// A stem and two of MobileNetV2's inverted residuals, one with its shortcut.
NetworkSpec tinyMobilenet() {
    NetworkSpec network{.input = {3, 8, 8}, .classes = 5, .layers = {}};
    const Conv2d expand{.outChannels = 24, .kernel = 1, .padding = 0, .bias = false};
    const Conv2d project{.outChannels = 4, .kernel = 1, .padding = 0, .bias = false};
    const Conv2d depthwise{.outChannels = 24, .groups = 24, .bias = false};
    Conv2d shrinking = depthwise;
    shrinking.stride = 2;
    network.layers = {{"stem", Conv2d{.outChannels = 4, .bias = false}, {}},
                      {"stem.bn", BatchNorm{}, {}},
                      {"stem.relu", Relu6{}, {}},
                      {"a.expand", expand, {}},
                      {"a.bn1", BatchNorm{}, {}},
                      {"a.relu1", Relu6{}, {}},
                      {"a.depthwise", depthwise, {}},
                      {"a.bn2", BatchNorm{}, {}},
                      {"a.relu2", Relu6{}, {}},
                      {"a.project", project, {}},
                      {"a.bn3", BatchNorm{}, {}},
                      {"a.add", Add{}, {"a.bn3", "stem.relu"}},
                      {"b.expand", expand, {}},
                      {"b.bn1", BatchNorm{}, {}},
                      {"b.relu1", Relu6{}, {}},
                      {"b.depthwise", shrinking, {}},
                      {"b.bn2", BatchNorm{}, {}},
                      {"b.relu2", Relu6{}, {}},
                      {"b.project", project, {}},
                      {"pool", GlobalAvgPool{}, {}},
                      {"fc", Linear{.outFeatures = 5}, {}}};
    return network;
}

struct Case {
    const char* name;
    NetworkSpec spec;
};
std::vector<Case> networks() {
    return {{"resnet", tinyResnet()}, {"mobilenet", tinyMobilenet()}, {"every kind", everyKind()}};
}

LayerPrecision everywhere(const numerics::Format& format, numerics::Rounding rounding) {
    const numerics::TensorFormat f{format, rounding};
    return {f, f, f, f, f, f, f};
}

struct Step {
    std::vector<float> gradients, logits;
    double loss = 0;
    bool operator==(const Step&) const = default;
};

Network networkOf(const NetworkSpec& spec, const LayerPrecision& precision, ThreadTeam& team,
                  const NetworkOptions& options = {}) {
    auto network = Network::make(spec, std::vector<LayerPrecision>(spec.layers.size(), precision),
                                 kBatch, team, options);
    EXPECT_TRUE(network) << network.error().text();
    network->initialise(7);
    return std::move(*network);
}

Step stepOf(Network& network, const NetworkSpec& spec, std::uint64_t step = 0) {
    const auto pictures = randomValues(kBatch * elementCount(spec.input), 3);
    const std::vector<Label> labels{0, 4, 2, 1, 3, 2};
    Step out;
    out.loss = network.trainStep(pictures, labels, {.seed = 11, .step = step, .tensor = 0}).lossSum;
    for (const auto& parameter : network.parameters()) {
        out.gradients.insert(out.gradients.end(), parameter.gradient.begin(),
                             parameter.gradient.end());
    }
    out.logits.assign(network.logits().begin(), network.logits().end());
    return out;
}

const LayerPrecision kBfp = everywhere(numerics::BlockFloat{}, numerics::Rounding::Stochastic);

TEST(Graph, StepsHaveTheSameBytesForEveryTeam) {
    for (const auto& [name, spec] : networks()) {
        for (const auto& precision : {LayerPrecision{}, kBfp}) {
            ThreadTeam one(1);
            ThreadTeam two(2);
            Network alone = networkOf(spec, precision, one);
            Network together = networkOf(spec, precision, two);
            EXPECT_EQ(stepOf(alone, spec), stepOf(together, spec)) << name;
            EXPECT_EQ(stepOf(alone, spec, 1), stepOf(together, spec, 1)) << name;
        }
    }
}

// Behind normalisation a rectifier is computed with it; behind a layer between them by itself.
TEST(Graph, ARectifierBehindNormalisationIsTheSameTogetherAndApart) {
    const auto specOf = [](BatchNormKind kind, const LayerParams& rectifier, bool together) {
        NetworkSpec spec{.input = {3, 7, 5}, .classes = 5, .layers = {}};
        spec.layers = {{"conv", Conv2d{.outChannels = 6}, {}},
                       {"bn", BatchNorm{.kind = kind, .chunks = 4}, {}},
                       {"rectifier", rectifier, {}},
                       {"flat", Flatten{}, {}},
                       {"fc1", Linear{.outFeatures = 40}, {}},
                       {"bn1", BatchNorm{.kind = kind, .chunks = 2}, {}},
                       {"rectifier1", rectifier, {}},
                       {"fc", Linear{.outFeatures = 5}, {}}};
        if (!together) {
            std::swap(spec.layers[2], spec.layers[3]);
            spec.layers.insert(spec.layers.begin() + 6, {"flat1", Flatten{}, {}});
        }
        return spec;
    };
    for (const auto kind :
         {BatchNormKind::Conventional, BatchNormKind::OnePass, BatchNormKind::Range}) {
        for (const LayerParams& rectifier : {LayerParams(Relu{}), LayerParams(Relu6{})}) {
            ThreadTeam team(2);
            const auto joined = specOf(kind, rectifier, true);
            const auto apart = specOf(kind, rectifier, false);
            Network one = networkOf(joined, {}, team);
            Network other = networkOf(apart, {}, team);
            for (std::size_t i = 0; i < one.parameters().size(); ++i) {
                const auto from = one.parameters()[i].value;
                std::copy(from.begin(), from.end(), other.parameters()[i].value.begin());
            }
            EXPECT_EQ(stepOf(one, joined), stepOf(other, apart)) << rectifier.index();
        }
    }
}

// Operands that are kept push everything else to other places.
TEST(Graph, StepsDoNotDependOnWhereTensorsLie) {
    for (const auto& [name, spec] : networks()) {
        for (const auto& precision : {LayerPrecision{}, kBfp}) {
            ThreadTeam team(1);
            Network tight = networkOf(spec, precision, team);
            Network loose = networkOf(spec, precision, team, {.keepsOperands = true});
            EXPECT_LT(tight.stepBytes(), loose.stepBytes()) << name;
            EXPECT_EQ(stepOf(tight, spec), stepOf(loose, spec)) << name;
        }
    }
}

TEST(Graph, StepsAllocateNothing) {
    for (const auto& [name, spec] : networks()) {
        ThreadTeam team(2);
        Network network = networkOf(spec, kBfp, team);
        const auto pictures = randomValues(kBatch * elementCount(spec.input), 3);
        const std::vector<Label> labels(kBatch, 1);
        const auto before = allocationCount();
        network.trainStep(pictures, labels, {});
        network.evaluate(pictures, labels, {});
        EXPECT_EQ(allocationCount(), before) << name;
    }
}

TEST(Graph, NetworksLearnTheirBatch) {
    for (const auto& [name, spec] : networks()) {
        ThreadTeam team(1);
        Network network = networkOf(spec, LayerPrecision{}, team);
        const double before = stepOf(network, spec).loss;
        for (std::uint64_t step = 0; step < 10; ++step) {
            stepOf(network, spec);
            for (const auto& parameter : network.parameters()) {
                for (std::size_t i = 0; i < parameter.gradient.size(); ++i) {
                    parameter.value[i] -= 0.05F * parameter.gradient[i];
                }
            }
        }
        EXPECT_LT(stepOf(network, spec).loss, 0.8 * before) << name;
    }
}

// Quantised copies and gradients come and go: they do not add up.
TEST(Graph, GradientsAndQuantisedCopiesShareMemory) {
    const NetworkSpec spec = templateOf("resnet20").make();
    ThreadTeam team(1);
    const auto bytesOf = [&](const LayerPrecision& precision) {
        return networkOf(spec, precision, team).stepBytes();
    };
    std::int64_t activations = 0;
    const auto layers = checkNetwork(spec);
    ASSERT_TRUE(layers);
    for (const auto& shapes : *layers) {
        activations += kBatch * elementCount(shapes.output) * 4;
    }
    const std::int64_t exact = bytesOf({});
    EXPECT_LT(exact, 1.2 * static_cast<double>(activations));
    EXPECT_LT(static_cast<double>(bytesOf(kBfp)), 1.2 * static_cast<double>(exact));
}

TEST(Graph, DropoutIsOffInEvaluationAndFollowsTheStep) {
    NetworkSpec spec{.input = {1, 8, 8}, .classes = 2, .layers = {}};
    spec.layers = {{"flat", Flatten{}, {}},
                   {"dropout", Dropout{.probability = 0.5}, {}},
                   {"fc", Linear{.outFeatures = 2}, {}}};
    NetworkSpec plain = spec;
    plain.layers.erase(plain.layers.begin() + 1);
    ThreadTeam team(2);
    Network network = networkOf(spec, {}, team);
    Network without = networkOf(plain, {}, team);
    const auto pictures = randomValues(kBatch * 64, 3);
    const std::vector<Label> labels(kBatch, 1);
    for (std::size_t p = 0; p < 2; ++p) {
        std::copy(without.parameters()[p].value.begin(), without.parameters()[p].value.end(),
                  network.parameters()[p].value.begin());
    }
    EXPECT_EQ(network.evaluate(pictures, labels, {}).lossSum,
              without.evaluate(pictures, labels, {}).lossSum);
    const double first = network.trainStep(pictures, labels, {1, 1, 0}).lossSum;
    EXPECT_NE(first, network.trainStep(pictures, labels, {1, 2, 0}).lossSum);
    EXPECT_EQ(first, network.trainStep(pictures, labels, {1, 1, 0}).lossSum);
}

TEST(Pooling, TheMeanIsOverTheWholeWindowOrOverTheImageInIt) {
    ThreadTeam team;
    for (const bool counted : {true, false}) {
        NetworkSpec spec{.input = {1, 2, 2}, .classes = 4, .layers = {}};
        spec.layers = {{"mean", AvgPool2d{.kernel = 2, .padding = 1, .countPadding = counted}, {}},
                       {"flat", Flatten{}, {}}};
        auto network = Network::make(spec, std::vector<LayerPrecision>(2), 1, team).value();
        const std::vector<float> image{4, 8, 12, 16};
        network.evaluate(image, std::vector<Label>{0}, {}, {});
        const float share = counted ? 0.25F : 1.0F;
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_EQ(network.logits()[i], share * image[i]);
        }
    }
}

}  // namespace
}  // namespace mantissa::nn
