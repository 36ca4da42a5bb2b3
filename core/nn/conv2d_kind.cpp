// SPDX-License-Identifier: GPL-3.0-or-later
// What a convolution is: settings, shapes, and which layer computes it.
#include "core/nn/conv2d_kind.h"

#include <array>

namespace mantissa::nn {
namespace {

constexpr double kMaxChannels = 4096;

constexpr std::array kParams{
    bind<Conv2d, &Conv2d::outChannels>({.id = "out_channels",
                                        .label = "Output channels",
                                        .help = "Number of filters.",
                                        .minimum = 1,
                                        .maximum = kMaxChannels,
                                        .defaultValue = 16,
                                        .powersOfTwo = true}),
    bind<Conv2d, &Conv2d::kernel>({.id = "kernel",
                                   .label = "Kernel",
                                   .help = "Height and width of the filters, in pixels.",
                                   .minimum = 1,
                                   .maximum = 31,
                                   .defaultValue = 3}),
    bind<Conv2d, &Conv2d::stride>({.id = "stride",
                                   .label = "Stride",
                                   .help = "Pixels from one output to the next.",
                                   .minimum = 1,
                                   .maximum = 16,
                                   .defaultValue = 1}),
    bind<Conv2d, &Conv2d::padding>({.id = "padding",
                                    .label = "Padding",
                                    .help = "Zeros added on each side, in pixels.",
                                    .minimum = 0,
                                    .maximum = 16,
                                    .defaultValue = 1}),
    bind<Conv2d, &Conv2d::dilation>({.id = "dilation",
                                     .label = "Dilation",
                                     .help = "Pixels from one kernel tap to the next.",
                                     .minimum = 1,
                                     .maximum = 16,
                                     .defaultValue = 1,
                                     .quiet = true}),
    bind<Conv2d, &Conv2d::groups>(
        {.id = "groups",
         .label = "Groups",
         .help = "Channels are cut into so many groups, each convolved alone; as many as channels: "
                 "depthwise.",
         .minimum = 1,
         .maximum = kMaxChannels,
         .defaultValue = 1,
         .powersOfTwo = true,
         .quiet = true}),
    bind<Conv2d, &Conv2d::bias>(kBiasParam),
};

Result<LayerShapes> infer(const LayerSpec& layer, std::span<const Shape> inputs) {
    const auto& conv = std::get<Conv2d>(layer.params);
    const Shape& input = inputs.front();
    const auto output = slide(layer, input,
                              {.kernel = conv.kernel,
                               .stride = conv.stride,
                               .padding = conv.padding,
                               .dilation = conv.dilation},
                              conv.outChannels);
    if (!output) {
        return tl::unexpected(output.error());
    }
    if (input[0] % conv.groups != 0 || conv.outChannels % conv.groups != 0) {
        return wrongLayer(layer,
                          std::to_string(conv.groups) + " groups do not divide " +
                              std::to_string(input[0]) + " input and " +
                              std::to_string(conv.outChannels) + " output channels",
                          "use a common divisor of both");
    }
    LayerShapes shapes;
    shapes.output = *output;
    shapes.weight = {conv.outChannels, input[0] / conv.groups, conv.kernel, conv.kernel};
    shapes.parameters = elementCount(shapes.weight) + (conv.bias ? conv.outChannels : 0);
    shapes.macsPerImage = elementCount(shapes.weight) * shapes.output[1] * shapes.output[2];
    return shapes;
}

std::unique_ptr<Layer> make(const LayerBuild& build) {
    return isDepthwise(build.spec.params, build.shapes.input) ? makeDepthwiseConv2d(build)
                                                              : makeGroupedConv2d(build);
}

}  // namespace

bool isDepthwise(const LayerParams& params, const Shape& input) {
    const auto* conv = std::get_if<Conv2d>(&params);
    return conv != nullptr && conv->groups > 1 && conv->groups == input[0] &&
           conv->groups == conv->outChannels;
}

const LayerKind& conv2dKind() {
    static const LayerKind kKind{{.id = "conv2d",
                                  .label = "Convolution",
                                  .help = "Slides filters over the image.",
                                  .stem = "conv",
                                  .parameters = kParams,
                                  .example = Conv2d{},
                                  .hasGemm = true},
                                 infer,
                                 make};
    return kKind;
}

}  // namespace mantissa::nn
