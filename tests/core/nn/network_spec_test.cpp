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

TEST(CheckNetwork, JoinsReadTwoOrMoreLayersOfOneShape) {
    NetworkSpec network{.input = {3, 8, 8}, .classes = 2, .layers = {}};
    network.layers = {{"a", Conv2d{.outChannels = 4}, {}},
                      {"b", Conv2d{.outChannels = 4}, {"input"}},
                      {"join", Add{}, {"a", "b"}},
                      {"pool", GlobalAvgPool{}, {}},
                      {"fc", Linear{.outFeatures = 2}, {}}};
    ASSERT_TRUE(checkNetwork(network)) << errorOf(network).text();
    network.layers[2].inputs = {"b"};
    EXPECT_THAT(errorOf(network).message, HasSubstr("two or more inputs, got 1"));
    network.layers[2].inputs = {"a", "b"};
    std::get<Conv2d>(network.layers[1].params).outChannels = 5;
    EXPECT_EQ(errorOf(network).where, "join");
    EXPECT_THAT(errorOf(network).message, HasSubstr("4 x 8 x 8 and 5 x 8 x 8"));
    network.layers[2].params = Concat{};
    const auto shapes = checkNetwork(network);
    ASSERT_TRUE(shapes) << errorOf(network).text();
    EXPECT_EQ((*shapes)[2].output, (Shape{9, 8, 8}));
    EXPECT_EQ((*shapes)[2].inputs.size(), 2U);
    std::get<Conv2d>(network.layers[1].params).stride = 2;
    EXPECT_THAT(errorOf(network).message, HasSubstr("one height and width"));
}

TEST(CheckNetwork, GroupsDivideTheChannelsOfBothSides) {
    NetworkSpec network = lenet();
    std::get<Conv2d>(network.layers[3].params).groups = 3;
    EXPECT_EQ(errorOf(network).where, "conv2");
    EXPECT_THAT(errorOf(network).message, HasSubstr("3 groups do not divide 6 input and 16"));
    std::get<Conv2d>(network.layers[3].params).groups = 2;
    const auto shapes = checkNetwork(network);
    ASSERT_TRUE(shapes);
    EXPECT_EQ((*shapes)[3].weight, (Shape{16, 3, 5, 5}));
    EXPECT_EQ((*shapes)[3].macsPerImage, 16 * 3 * 25 * 10 * 10);
}

TEST(CheckNetwork, PoolingPaddingIsLessThanTheWindow) {
    NetworkSpec network = lenet();
    std::get<MaxPool2d>(network.layers[2].params).padding = 2;
    EXPECT_THAT(errorOf(network).hint, HasSubstr("less padding"));
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
    network.classes = 65537;
    EXPECT_THAT(errorOf(network).message, HasSubstr("from 2 to 65536"));
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
