// SPDX-License-Identifier: GPL-3.0-or-later
// MobileNetV1 (Howard et al., arXiv 1704.04861) and V2 (Sandler et al., CVPR 2018).
#include <array>

#include "core/nn/template_builder.h"

namespace mantissa::nn {
namespace {

struct Separable {
    int channels, stride;
};
constexpr std::array<Separable, 13> kSeparable{{{64, 1},
                                                {128, 2},
                                                {128, 1},
                                                {256, 2},
                                                {256, 1},
                                                {512, 2},
                                                {512, 1},
                                                {512, 1},
                                                {512, 1},
                                                {512, 1},
                                                {512, 1},
                                                {1024, 2},
                                                {1024, 1}}};

NetworkSpec version1(const Shape& input, int classes, int stemStride) {
    TemplateBuilder b(input, classes);
    b.convolveBlock("stem.", "", {.outChannels = 32, .stride = stemStride}, Relu{});
    int channels = 32;
    for (std::size_t i = 0; i < kSeparable.size(); ++i) {
        const std::string p = "b" + std::to_string(i + 1) + ".";
        b.convolveBlock(
            p + "depthwise.", "",
            {.outChannels = channels, .stride = kSeparable[i].stride, .groups = channels}, Relu{});
        channels = kSeparable[i].channels;
        b.convolveBlock(p + "pointwise.", "", {.outChannels = channels, .kernel = 1}, Relu{});
    }
    return b.classify();
}

/// Inverted residuals: expansion, output channels, repetitions, stride of the first.
struct Inverted {
    int expansion, channels, blocks, stride;
};
constexpr std::array<Inverted, 7> kInverted{{{1, 16, 1, 1},
                                             {6, 24, 2, 2},
                                             {6, 32, 3, 2},
                                             {6, 64, 4, 2},
                                             {6, 96, 3, 1},
                                             {6, 160, 3, 2},
                                             {6, 320, 1, 1}}};

void addInverted(TemplateBuilder& b, const std::string& p, int in, int out, int expansion,
                 int stride) {
    const std::string source = b.last();
    const int hidden = in * expansion;
    if (expansion != 1) {
        b.convolveBlock(p + "expand.", "", {.outChannels = hidden, .kernel = 1}, Relu6{});
    }
    b.convolveBlock(p + "depthwise.", "",
                    {.outChannels = hidden, .stride = stride, .groups = hidden}, Relu6{});
    b.convolve(p + "project.conv", {.outChannels = out, .kernel = 1, .bias = false});
    const std::string projected = b.add(p + "project.bn", BatchNorm{});
    if (stride == 1 && in == out) {
        b.add(p + "add", Add{}, {projected, source});
    }
}

struct Version2 {
    int percent;                   ///< of the channels
    int stemStride, secondStride;  ///< CIFAR's small images keep their size longer
};

NetworkSpec version2(const Shape& input, int classes, const Version2& form) {
    const auto width = [&](int channels) { return channels * form.percent / 100; };
    TemplateBuilder b(input, classes);
    int channels = width(32);
    b.convolveBlock("stem.", "", {.outChannels = channels, .stride = form.stemStride}, Relu6{});
    for (std::size_t s = 0; s < kInverted.size(); ++s) {
        const Inverted& stage = kInverted[s];
        for (int i = 0; i < stage.blocks; ++i) {
            const int stride = s == 1 ? form.secondStride : stage.stride;
            const int out = width(stage.channels);
            addInverted(b, "s" + std::to_string(s + 1) + "b" + std::to_string(i + 1) + ".",
                        channels, out, stage.expansion, i == 0 ? stride : 1);
            channels = out;
        }
    }
    b.convolveBlock("head.", "", {.outChannels = width(1280), .kernel = 1}, Relu6{});
    return b.classify();
}

}  // namespace

NetworkSpec mobilenetV1(const Shape& input, int classes) {
    return version1(input, classes, 2);
}
NetworkSpec mobilenetV1Cifar(const Shape& input, int classes) {
    return version1(input, classes, 1);
}
NetworkSpec mobilenetV2(const Shape& input, int classes) {
    return version2(input, classes, {100, 2, 2});
}
NetworkSpec mobilenetV2Cifar(const Shape& input, int classes) {
    return version2(input, classes, {100, 1, 1});
}
NetworkSpec mobilenetV2CifarHalf(const Shape& input, int classes) {
    return version2(input, classes, {50, 1, 1});
}

}  // namespace mantissa::nn
