// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/network_spec.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mantissa::nn {
namespace {

using ::testing::HasSubstr;

NetworkSpec lenet() {
    return networkTemplates()[1].make();
}

Error errorOf(const NetworkSpec& network) {
    const auto shapes = checkNetwork(network);
    return shapes ? Error{ErrorCode::Internal, "no error", {}, {}} : shapes.error();
}

TEST(NetworkTemplates, AreValidAndHaveTheDocumentedIds) {
    ASSERT_EQ(networkTemplates().size(), 3U);
    EXPECT_EQ(networkTemplates()[0].id, "lenet5_bn");
    EXPECT_EQ(networkTemplates()[1].id, "lenet5");
    EXPECT_EQ(networkTemplates()[2].id, "mlp");
    for (const auto& entry : networkTemplates()) {
        EXPECT_TRUE(checkNetwork(entry.make())) << errorOf(entry.make()).text();
    }
}

// LeNet-5 on 28 x 28: the counts by hand from its shapes.
TEST(NetworkTemplates, Lenet5HasTheKnownParametersAndMultiplications) {
    std::int64_t parameters = 0;
    std::int64_t macs = 0;
    const auto shapes = checkNetwork(lenet());
    ASSERT_TRUE(shapes);
    for (const auto& layer : *shapes) {
        parameters += layer.parameters;
        macs += layer.macsPerImage;
    }
    EXPECT_EQ(parameters, 156 + 2416 + 48120 + 10164 + 850);
    EXPECT_EQ(macs, 117600 + 240000 + 48000 + 10080 + 840);
}

TEST(LayerKinds, ParametersReadBackTheDefaultsOfTheExample) {
    ASSERT_EQ(layerKinds().size(), std::variant_size_v<LayerParams>);
    for (std::size_t i = 0; i < layerKinds().size(); ++i) {
        const auto& kind = layerKinds()[i];
        EXPECT_EQ(kind.example.index(), i) << kind.id;
        EXPECT_EQ(&kindOf(kind.example), &kind);
        for (const auto& param : kind.parameters) {
            LayerParams params = kind.example;
            for (const double value : {param.spec.minimum, param.spec.maximum}) {
                EXPECT_TRUE(checkParam(param.spec, value, ""));
                param.set(params, value);
                EXPECT_EQ(param.get(params), value) << kind.id << " " << param.spec.id;
            }
            param.set(params, param.spec.defaultValue);
            EXPECT_TRUE(checkParam(param.spec, param.get(params), "")) << param.spec.id;
        }
    }
}

TEST(InferShapes, LinearOnAnImageSaysToFlatten) {
    NetworkSpec network = lenet();
    network.layers.erase(network.layers.begin() + 6);
    const Error error = errorOf(network);
    EXPECT_EQ(error.code, ErrorCode::InvalidInput);
    EXPECT_EQ(error.where, "fc1");
    EXPECT_THAT(error.message, HasSubstr("got 16 x 5 x 5"));
    EXPECT_THAT(error.hint, HasSubstr("Flatten"));
}

TEST(InferShapes, KernelLargerThanTheImageSaysHowLargeItMayBe) {
    NetworkSpec network = lenet();
    std::get<Conv2d>(network.layers[3].params).kernel = 15;
    const Error error = errorOf(network);
    EXPECT_EQ(error.where, "conv2");
    EXPECT_THAT(error.message, HasSubstr("15"));
    EXPECT_THAT(error.hint, HasSubstr("at most 14"));
}

TEST(InferShapes, LayersAfterAWrongOneAreInferredWhereTheirInputIsDeclared) {
    NetworkSpec network = lenet();
    network.layers.erase(network.layers.begin() + 6);
    const auto shapes = inferShapes(network);
    EXPECT_FALSE(shapes[6]);
    ASSERT_TRUE(shapes[7]);
    EXPECT_EQ(shapes[7]->output, (Shape{120}));
}

TEST(InferShapes, LayersAfterAnUnknownShapeSaySo) {
    NetworkSpec network = lenet();
    std::get<Conv2d>(network.layers[3].params).kernel = 15;
    const auto shapes = inferShapes(network);
    ASSERT_FALSE(shapes[4]);
    EXPECT_THAT(shapes[4].error().message, HasSubstr("unknown"));
    EXPECT_THAT(shapes[4].error().hint, HasSubstr("conv2"));
}

TEST(CheckNetwork, RefusesABadParameterAndNamesTheRange) {
    NetworkSpec network = lenet();
    std::get<Conv2d>(network.layers[0].params).stride = 0;
    EXPECT_EQ(errorOf(network).where, "conv1");
    EXPECT_THAT(errorOf(network).message, HasSubstr("from 1 to 16"));
}

TEST(CheckNetwork, RefusesWrongNames) {
    NetworkSpec network = lenet();
    network.layers[3].name = "conv1";
    EXPECT_THAT(errorOf(network).message, HasSubstr("two layers are called \"conv1\""));
    network.layers[3].name = "a b";
    EXPECT_THAT(errorOf(network).message, HasSubstr("\"a b\""));
    network.layers[3].name = "";
    EXPECT_FALSE(checkNetwork(network));
    network.layers[3].name = "input";
    EXPECT_FALSE(checkNetwork(network));
}

TEST(CheckNetwork, RefusesUnknownLaterAndManyInputs) {
    NetworkSpec network = lenet();
    network.layers[1].inputs = {"nowhere"};
    EXPECT_THAT(errorOf(network).message, HasSubstr("no layer \"nowhere\""));
    network.layers[1].inputs = {"pool1"};
    EXPECT_THAT(errorOf(network).message, HasSubstr("does not come before"));
    network.layers[1].inputs = {"relu1"};
    EXPECT_FALSE(checkNetwork(network)) << "a layer cannot read itself";
    network.layers[1].inputs = {"conv1", "input"};
    EXPECT_THAT(errorOf(network).message, HasSubstr("takes one input, got 2"));
}

TEST(CheckNetwork, AcceptsNamedInputs) {
    NetworkSpec network = lenet();
    network.layers[0].inputs = {"input"};
    network.layers[1].inputs = {"conv1"};
    EXPECT_TRUE(checkNetwork(network));
}

TEST(CheckNetwork, RefusesALayerThatNothingReads) {
    NetworkSpec network = lenet();
    network.layers[2].inputs = {"conv1"};
    EXPECT_EQ(errorOf(network).where, "relu1");
    EXPECT_THAT(errorOf(network).message, HasSubstr("no later layer reads"));
}

TEST(CheckNetwork, RefusesAnOutputThatIsNotTheClasses) {
    NetworkSpec network = lenet();
    network.classes = 7;
    EXPECT_EQ(errorOf(network).where, "fc3");
    EXPECT_THAT(errorOf(network).message, HasSubstr("7 class scores"));
    network.classes = 257;
    EXPECT_THAT(errorOf(network).message, HasSubstr("from 2 to 256"));
    network.layers.clear();
    EXPECT_THAT(errorOf(network).message, HasSubstr("no layers"));
}

TEST(CheckNetwork, RefusesAnInputThatIsNoImage) {
    NetworkSpec network = lenet();
    for (const Shape& input : {Shape{}, Shape{784}, Shape{1, 0, 28}, Shape{4096, 4096, 4096}}) {
        network.input = input;
        EXPECT_EQ(errorOf(network).where, "input") << shapeText(input);
    }
}

TEST(CheckNetwork, RefusesTensorsBeyondMemory) {
    NetworkSpec network = lenet();
    network.layers.resize(7);
    network.layers.push_back({"a", Linear{.outFeatures = 65536}, {}});
    network.layers.push_back({"b", Linear{.outFeatures = 65536}, {}});
    EXPECT_EQ(errorOf(network).where, "b");
    EXPECT_THAT(errorOf(network).hint, HasSubstr("fewer"));
}

}  // namespace
}  // namespace mantissa::nn
