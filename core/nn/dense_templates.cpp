// SPDX-License-Identifier: GPL-3.0-or-later
// DenseNets (Huang et al., CVPR 2017).
#include <array>

#include "core/nn/template_builder.h"

namespace mantissa::nn {
namespace {

/// Normalisation, ReLU and convolution: the order of a DenseNet.
std::string addPreActivated(TemplateBuilder& b, const std::string& p, const std::string& suffix,
                            Conv2d conv) {
    b.add(p + "bn" + suffix, BatchNorm{});
    b.add(p + "relu" + suffix, Relu{});
    conv.bias = false;
    return b.convolve(p + "conv" + suffix, conv);
}

/// Appends `growth` channels to what it reads.
void addDenseLayer(TemplateBuilder& b, const std::string& p, int growth, bool bottleneck) {
    const std::string source = b.last();
    if (bottleneck) {
        addPreActivated(b, p, "1", {.outChannels = 4 * growth, .kernel = 1});
    }
    const std::string grown =
        addPreActivated(b, p, bottleneck ? "2" : "1", {.outChannels = growth});
    b.add(p + "concat", Concat{}, {source, grown});
}

struct DenseForm {
    int growth;
    bool bottleneck;
    int compression;  ///< a transition divides the channels by it
};

/// Dense blocks with transitions between them, behind a stem of `channels` channels.
NetworkSpec addBlocks(TemplateBuilder& b, int channels, std::span<const int> blocks,
                      const DenseForm& form) {
    for (std::size_t s = 0; s < blocks.size(); ++s) {
        const std::string stage = std::to_string(s + 1);
        for (int i = 1; i <= blocks[s]; ++i) {
            addDenseLayer(b, "s" + stage + "d" + std::to_string(i) + ".", form.growth,
                          form.bottleneck);
        }
        channels += blocks[s] * form.growth;
        if (s + 1 < blocks.size()) {
            channels /= form.compression;
            const std::string p = "t" + stage + ".";
            addPreActivated(b, p, "", {.outChannels = channels, .kernel = 1});
            b.pool(p + "pool", AvgPool2d{});
        }
    }
    b.add("bn", BatchNorm{});
    b.add("relu", Relu{});
    return b.classify();
}

}  // namespace

NetworkSpec densenet40(const Shape& input, int classes) {
    constexpr std::array kBlocks{12, 12, 12};
    TemplateBuilder b(input, classes);
    b.convolve("conv", {.outChannels = 16, .bias = false});
    return addBlocks(b, 16, kBlocks, {.growth = 12, .bottleneck = false, .compression = 1});
}

NetworkSpec densenet121(const Shape& input, int classes) {
    constexpr std::array kBlocks{6, 12, 24, 16};
    TemplateBuilder b(input, classes);
    b.convolveBlock("stem.", "", {.outChannels = 64, .kernel = 7, .stride = 2}, Relu{});
    b.pool("stem.pool", MaxPool2d{.kernel = 3, .stride = 2, .padding = 1}, 1);
    return addBlocks(b, 64, kBlocks, {.growth = 32, .bottleneck = true, .compression = 2});
}

}  // namespace mantissa::nn
