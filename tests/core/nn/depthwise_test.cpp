// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/depthwise.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/nn/every_path.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

struct Case {
    Conv2d conv;
    Shape input;
};
std::vector<Case> cases() {
    const auto plane = [](Conv2d conv) {
        conv.outChannels = 1;
        return conv;
    };
    return {{plane({.kernel = 3}), {1, 32, 32}},
            {plane({.kernel = 3}), {1, 4, 4}},
            {plane({.kernel = 3, .stride = 2}), {1, 17, 9}},
            {plane({.kernel = 3, .stride = 2}), {1, 8, 32}},
            {plane({.kernel = 5, .padding = 2}), {1, 7, 30}},
            {plane({.kernel = 3}), {1, 7, 7}},
            {plane({.kernel = 2, .padding = 1, .dilation = 2}), {1, 5, 9}},
            {plane({.kernel = 3, .padding = 4, .dilation = 4}), {1, 12, 11}},
            {plane({.kernel = 3, .stride = 3, .padding = 0, .dilation = 2}), {1, 14, 13}},
            {plane({.kernel = 1, .stride = 2, .padding = 0}), {1, 5, 6}},
            {plane({.kernel = 7, .stride = 1, .padding = 3}), {1, 1, 1}},
            {plane({.kernel = 2, .stride = 5, .padding = 1}), {1, 9, 3}}};
}

TEST(Depthwise, HasTheBytesOfTheReferenceOnEveryPath) {
    for (const auto& [conv, input] : cases()) {
        const DepthwiseGeometry g = depthwiseGeometry(convGeometry(conv, input));
        const auto x = randomValues(g.plane.inputFloats(), 1);
        const auto weight = randomValues(g.plane.taps, 2);
        const auto dy = randomValues(g.plane.outputFloats(), 3);
        std::vector<float> expectedY(dy.size());
        std::vector<float> expectedDx(x.size());
        depthwiseForwardRef(g.plane, weight.data(), 0.25F, x.data(), expectedY.data());
        depthwiseInputGradientRef(g.plane, weight.data(), dy.data(), expectedDx.data());
        onEveryPath([&] {
            std::vector<float> y(dy.size());
            std::vector<float> dx(x.size());
            std::vector<float> scratch(static_cast<std::size_t>(depthwiseScratchFloats(g)), NAN);
            depthwiseForward(g, weight.data(), 0.25F, x.data(), y.data(), scratch.data());
            std::fill(scratch.begin(), scratch.end(), NAN);
            depthwiseInputGradient(g, weight.data(), dy.data(), dx.data(), scratch.data());
            EXPECT_EQ(y, expectedY) << shapeText(input);
            EXPECT_EQ(dx, expectedDx) << shapeText(input);
        });
    }
}

// A depthwise layer is a grouped one with a group a channel: both paths agree.
TEST(Depthwise, AgreesWithTheConvolutionOfOneChannel) {
    const ThreadTeam team;
    for (const auto& [conv, input] : cases()) {
        const ConvGeometry plane = convGeometry(conv, input);
        const DepthwiseGeometry g = depthwiseGeometry(plane);
        const auto x = randomValues(plane.inputFloats(), 1);
        const auto weight = randomValues(plane.taps, 2);
        const auto dy = randomValues(plane.outputFloats(), 3);
        const float bias = 0.5F;
        std::vector<float> y(dy.size());
        std::vector<float> dx(x.size());
        auto otherY = y;
        auto otherDx = dx;
        std::vector<float> scratch(static_cast<std::size_t>(
            std::max(depthwiseScratchFloats(g), convScratchFloats(plane))));
        depthwiseForward(g, weight.data(), bias, x.data(), y.data(), scratch.data());
        depthwiseInputGradient(g, weight.data(), dy.data(), dx.data(), scratch.data());
        std::vector<float> packed(static_cast<std::size_t>(packedFilterFloats(plane)));
        packFilter(plane, weight.data(), 0, packed.data());
        convForward(plane, packed.data(), &bias, x.data(), otherY.data(), scratch.data(), team);
        convInputGradient(plane, weight.data(), dy.data(), otherDx.data(), scratch.data(), team);
        EXPECT_EQ(y, otherY);
        for (std::size_t i = 0; i < dx.size(); ++i) {
            EXPECT_NEAR(dx[i], otherDx[i], 1e-5F);
        }
    }
}

}  // namespace
}  // namespace mantissa::nn
