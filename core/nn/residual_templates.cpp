// SPDX-License-Identifier: GPL-3.0-or-later
// Residual networks (He et al., CVPR 2016), with the stride on a bottleneck's 3 x 3 convolution.
#include <span>

#include "core/nn/template_builder.h"

namespace mantissa::nn {
namespace {

struct Stage {
    int channels, blocks, stride;
};

enum class BlockKind { Basic, Bottleneck };
constexpr int kExpansion = 4;  // of a bottleneck's output over its inner channels

/// Two 3 x 3 convolutions.
void addBasicBranch(TemplateBuilder& b, const std::string& p, int channels, int stride) {
    b.convolveBlock(p, "1", {.outChannels = channels, .stride = stride}, Relu{});
    b.convolve(p + "conv2", {.outChannels = channels, .bias = false});
    b.add(p + "bn2", BatchNorm{});
}

/// 1 x 1, 3 x 3 and 1 x 1 convolutions.
void addBottleneckBranch(TemplateBuilder& b, const std::string& p, int channels, int stride) {
    b.convolveBlock(p, "1", {.outChannels = channels, .kernel = 1}, Relu{});
    b.convolveBlock(p, "2", {.outChannels = channels, .stride = stride}, Relu{});
    b.convolve(p + "conv3", {.outChannels = kExpansion * channels, .kernel = 1, .bias = false});
    b.add(p + "bn3", BatchNorm{});
}

/// The ImageNet form; option B: 1 x 1 convolutions on the shortcuts that change shape.
NetworkSpec imagenetResnet(const Shape& input, int classes, BlockKind kind,
                           std::span<const Stage> stages) {
    TemplateBuilder b(input, classes);
    b.convolveBlock("", "1", {.outChannels = 64, .kernel = 7, .stride = 2}, Relu{});
    b.pool("pool1", MaxPool2d{.kernel = 3, .stride = 2, .padding = 1}, 1);
    int channels = 64;
    for (std::size_t s = 0; s < stages.size(); ++s) {
        for (int i = 0; i < stages[s].blocks; ++i) {
            const std::string p = "s" + std::to_string(s + 1) + "b" + std::to_string(i + 1) + ".";
            const std::string source = b.last();
            const int stride = i == 0 ? stages[s].stride : 1;
            const int width = stages[s].channels;
            const int out = kind == BlockKind::Basic ? width : kExpansion * width;
            if (kind == BlockKind::Basic) {
                addBasicBranch(b, p, width, stride);
            } else {
                addBottleneckBranch(b, p, width, stride);
            }
            const std::string branch = b.last();
            std::string shortcut = source;
            if (stride != 1 || out != channels) {
                b.add(p + "down.conv",
                      Conv2d{.outChannels = out,
                             .kernel = 1,
                             .stride = stride,
                             .padding = 0,
                             .bias = false},
                      {source});
                shortcut = b.add(p + "down.bn", BatchNorm{});
            }
            b.add(p + "add", Add{}, {branch, shortcut});
            b.add(p + "relu", Relu{});
            channels = out;
        }
    }
    return b.classify();
}

constexpr Stage kStages18[] = {{64, 2, 1}, {128, 2, 2}, {256, 2, 2}, {512, 2, 2}};
constexpr Stage kStages34[] = {{64, 3, 1}, {128, 4, 2}, {256, 6, 2}, {512, 3, 2}};

}  // namespace

/// The CIFAR form; option A: shortcuts without parameters.
NetworkSpec resnet20(const Shape& input, int classes) {
    TemplateBuilder b(input, classes);
    b.convolveBlock("", "1", {.outChannels = 16}, Relu{});
    int channels = 16;
    for (const int stage : {1, 2, 3}) {
        const int out = 8 << stage;
        for (int i = 1; i <= 3; ++i) {
            const std::string p = "s" + std::to_string(stage) + "b" + std::to_string(i) + ".";
            const std::string source = b.last();
            const int stride = out == channels ? 1 : 2;
            addBasicBranch(b, p, out, stride);
            const std::string branch = b.last();
            std::string shortcut = source;
            if (out != channels) {
                shortcut =
                    b.add(p + "shortcut", Shortcut{.outChannels = out, .stride = stride}, {source});
            }
            b.add(p + "add", Add{}, {branch, shortcut});
            b.add(p + "relu", Relu{});
            channels = out;
        }
    }
    return b.classify();
}

NetworkSpec resnet18(const Shape& input, int classes) {
    return imagenetResnet(input, classes, BlockKind::Basic, kStages18);
}
NetworkSpec resnet34(const Shape& input, int classes) {
    return imagenetResnet(input, classes, BlockKind::Basic, kStages34);
}
NetworkSpec resnet50(const Shape& input, int classes) {
    return imagenetResnet(input, classes, BlockKind::Bottleneck, kStages34);
}

}  // namespace mantissa::nn
