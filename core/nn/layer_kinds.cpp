// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "core/nn/network_spec.h"

namespace mantissa::nn {
namespace {

constexpr double kMaxChannels = 4096;
constexpr double kMaxFeatures = 65536;

/// A Param bound to `Member` of the alternative `Kind`; integers, reals, booleans and enumerations
/// all travel as doubles.
template <typename Kind, auto Member>
constexpr Param<LayerParams> bind(ParamSpec spec) {
    return {spec,
            [](const LayerParams& params) {
                return static_cast<double>(std::get<Kind>(params).*Member);
            },
            [](LayerParams& params, double value) {
                auto& field = std::get<Kind>(params).*Member;
                field = static_cast<std::remove_reference_t<decltype(field)>>(value);
            }};
}

constexpr ParamSpec kBias{.id = "bias",
                          .label = "Bias",
                          .help = "Adds one trained number to each output channel or feature.",
                          .kind = ParamKind::Boolean,
                          .maximum = 1,
                          .defaultValue = 1};

constexpr std::array kConv2dParams{
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
    bind<Conv2d, &Conv2d::bias>(kBias),
};

constexpr std::array kLinearParams{
    bind<Linear, &Linear::outFeatures>({.id = "out_features",
                                        .label = "Output features",
                                        .help = "Number of neurons.",
                                        .minimum = 1,
                                        .maximum = kMaxFeatures,
                                        .defaultValue = 10,
                                        .powersOfTwo = true}),
    bind<Linear, &Linear::bias>(kBias),
};

constexpr ParamSpec kPoolKernel{.id = "kernel",
                                .label = "Window",
                                .help = "Height and width of the pooling window, in pixels.",
                                .minimum = 1,
                                .maximum = 64,
                                .defaultValue = 2};
constexpr ParamSpec kPoolStride{.id = "stride",
                                .label = "Stride",
                                .help = "Pixels from one window to the next.",
                                .minimum = 1,
                                .maximum = 64,
                                .defaultValue = 2};
constexpr std::array kMaxPoolParams{
    bind<MaxPool2d, &MaxPool2d::kernel>(kPoolKernel),
    bind<MaxPool2d, &MaxPool2d::stride>(kPoolStride),
};
constexpr std::array kAvgPoolParams{
    bind<AvgPool2d, &AvgPool2d::kernel>(kPoolKernel),
    bind<AvgPool2d, &AvgPool2d::stride>(kPoolStride),
};

constexpr std::array<std::string_view, 2> kBatchNormKinds{"conventional", "range"};
constexpr std::array<std::string_view, 2> kRangeConstants{"paper", "released_code"};
constexpr std::array kBatchNormParams{
    bind<BatchNorm, &BatchNorm::kind>(
        {.id = "statistic",
         .label = "Statistic",
         .help = "What divides the centred samples: the standard deviation, or the range (Banner "
                 "et al., NeurIPS 2018).",
         .kind = ParamKind::Choice,
         .maximum = 1,
         .choices = kBatchNormKinds}),
    bind<BatchNorm, &BatchNorm::chunks>(
        {.id = "chunks",
         .label = "Chunks",
         .help = "Range statistic: chunks whose ranges are averaged (LightNorm 8, released code "
                 "16).",
         .minimum = 1,
         .maximum = 1024,
         .defaultValue = 8,
         .powersOfTwo = true}),
    bind<BatchNorm, &BatchNorm::constant>(
        {.id = "constant",
         .label = "Range constant",
         .help = "Factor of 1/sqrt(2 ln n): 1 (paper) or 0.5402 (released code, unit variance).",
         .kind = ParamKind::Choice,
         .maximum = 1,
         .defaultValue = 1,
         .choices = kRangeConstants}),
    bind<BatchNorm, &BatchNorm::epsilon>({.id = "epsilon",
                                          .label = "Epsilon",
                                          .help = "Keeps the divisor away from zero.",
                                          .kind = ParamKind::Real,
                                          .minimum = 1e-12,
                                          .maximum = 1,
                                          .defaultValue = 1e-5}),
    bind<BatchNorm, &BatchNorm::momentum>(
        {.id = "momentum",
         .label = "Momentum",
         .help = "Share of the new batch in the running statistics.",
         .kind = ParamKind::Real,
         .maximum = 1,
         .defaultValue = 0.1}),
};

const std::array<LayerKindInfo, std::variant_size_v<LayerParams>>& table() {
    static const std::array<LayerKindInfo, std::variant_size_v<LayerParams>> kinds{{
        {.id = "conv2d",
         .label = "Convolution",
         .help = "Slides filters over the image.",
         .parameters = kConv2dParams,
         .example = Conv2d{},
         .hasGemm = true},
        {.id = "linear",
         .label = "Linear",
         .help = "Every output is a weighted sum of every input.",
         .parameters = kLinearParams,
         .example = Linear{.outFeatures = 128},
         .hasGemm = true},
        {.id = "relu",
         .label = "ReLU",
         .help = "Replaces negative numbers by zero.",
         .parameters = {},
         .example = Relu{}},
        {.id = "max_pool2d",
         .label = "Max pooling",
         .help = "Keeps the largest number of each window.",
         .parameters = kMaxPoolParams,
         .example = MaxPool2d{}},
        {.id = "avg_pool2d",
         .label = "Average pooling",
         .help = "Keeps the mean of each window.",
         .parameters = kAvgPoolParams,
         .example = AvgPool2d{}},
        {.id = "flatten",
         .label = "Flatten",
         .help = "Turns an image of channels into one row of features.",
         .parameters = {},
         .example = Flatten{}},
        {.id = "batch_norm",
         .label = "Batch normalisation",
         .help = "Centres and scales each channel by statistics of the batch.",
         .parameters = kBatchNormParams,
         .example = BatchNorm{}},
    }};
    return kinds;
}

}  // namespace

std::span<const LayerKindInfo> layerKinds() {
    return table();
}

const LayerKindInfo& kindOf(const LayerParams& params) {
    return table()[params.index()];
}

}  // namespace mantissa::nn
