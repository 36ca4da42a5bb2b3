// SPDX-License-Identifier: GPL-3.0-or-later
// What batch normalisation is: settings, shapes, and which layer computes it.
#include <array>

#include "core/nn/norm_layer.h"

namespace mantissa::nn {
namespace {

// In the order of their enumerations.
constexpr std::array<std::string_view, 4> kKinds{"conventional", "range", "one_pass", "lightnorm"};
constexpr std::array<std::string_view, 2> kConstants{"paper", "released_code"};
constexpr std::array<std::string_view, 9> kElements{"1-5-4", "1-6-3",  "1-5-6", "1-6-5",   "1-6-8",
                                                    "1-8-7", "1-5-10", "1-5-2", "binary32"};
constexpr std::array<std::string_view, 2> kAlignments{"exempt", "largest"};

constexpr ParamSpec quirk(std::string_view id, std::string_view label, std::string_view help) {
    return {.id = id,
            .label = label,
            .help = help,
            .kind = ParamKind::Boolean,
            .maximum = 1,
            .quiet = true};
}

constexpr std::array kParams{
    bind<BatchNorm, &BatchNorm::kind>(
        {.id = "statistic",
         .label = "Statistic",
         .help =
             "What divides the centred samples: the standard deviation, the range (Banner et "
             "al., NeurIPS 2018), E[x2]-E[x]2 of one pass, or the range in few bits (LightNorm, "
             "ICCD 2022).",
         .kind = ParamKind::Choice,
         .maximum = 3,
         .choices = kKinds}),
    bind<BatchNorm, &BatchNorm::chunks>(
        {.id = "chunks",
         .label = "Chunks",
         .help = "Range and LightNorm: chunks whose ranges are averaged (LightNorm 8, released "
                 "code 16).",
         .minimum = 1,
         .maximum = 1024,
         .defaultValue = 8,
         .powersOfTwo = true}),
    bind<BatchNorm, &BatchNorm::constant>(
        {.id = "constant",
         .label = "Range constant",
         .help = "Factor of 1/sqrt(2 ln n): 1 (paper, LightNorm) or 0.5402 (released code, unit "
                 "variance).",
         .kind = ParamKind::Choice,
         .maximum = 1,
         .defaultValue = 1,
         .choices = kConstants}),
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
    bind<BatchNorm, &BatchNorm::forwardElement>(
        {.id = "forward_element",
         .label = "Forward element",
         .help = "LightNorm: type of the forward pass, sign-exponent-fraction; 1-5-4 is FP10-A.",
         .kind = ParamKind::Choice,
         .maximum = 8,
         .choices = kElements,
         .quiet = true}),
    bind<BatchNorm, &BatchNorm::backwardElement>(
        {.id = "backward_element",
         .label = "Backward element",
         .help = "LightNorm: type of the backward pass; 1-6-3 is FP10-B.",
         .kind = ParamKind::Choice,
         .maximum = 8,
         .defaultValue = 1,
         .choices = kElements,
         .quiet = true}),
    bind<BatchNorm, &BatchNorm::group>({.id = "group",
                                        .label = "Group",
                                        .help = "LightNorm: channels that share an exponent "
                                                "(simulator: 4 to 64).",
                                        .minimum = 0,
                                        .maximum = 64,
                                        .defaultValue = 16,
                                        .powersOfTwo = true,
                                        .zeroText = "none",
                                        .quiet = true}),
    bind<BatchNorm, &BatchNorm::alignment>(
        {.id = "alignment",
         .label = "Alignment",
         .help = "LightNorm: what a group is aligned to: its second largest exponent, the largest "
                 "exempt, or its largest.",
         .kind = ParamKind::Choice,
         .maximum = 1,
         .choices = kAlignments,
         .quiet = true}),
    bind<BatchNorm, &BatchNorm::sumBits>({.id = "sum_bits",
                                          .label = "Sum bits",
                                          .help = "LightNorm: fraction bits that sums have more "
                                                  "than elements.",
                                          .minimum = 0,
                                          .maximum = 21,
                                          .defaultValue = 8,
                                          .quiet = true}),
    bind<BatchNorm, &BatchNorm::quirkExponentAnd>(
        quirk("quirk_exponent_and", "Quirk: exponents ANDed",
              "LightNorm's simulator ANDs exponents that are out of range with the bound instead "
              "of saturating.")),
    bind<BatchNorm, &BatchNorm::quirkStatisticsFp32>(
        quirk("quirk_statistics_fp32", "Quirk: FP32 statistics",
              "LightNorm's simulator keeps sums, mean and scale in FP32, whatever is asked for.")),
    bind<BatchNorm, &BatchNorm::quirkBatchStatistics>(
        quirk("quirk_batch_statistics", "Quirk: batch statistics",
              "LightNorm's simulator normalises with the batch's statistics in evaluation too.")),
    bind<BatchNorm, &BatchNorm::quirkGroup4Mantissa>(
        quirk("quirk_group4_mantissa", "Quirk: 7/6 bits at 4",
              "LightNorm's simulator keeps 7 and 6 instead of 5 and 4 bits of FP10 in groups of "
              "4.")),
};

Result<LayerShapes> infer(const LayerSpec& layer, std::span<const Shape> inputs) {
    auto shapes = inferSame(layer, inputs);
    shapes->parameters = 2 * inputs.front()[0];
    return shapes;
}

std::unique_ptr<Layer> make(const LayerBuild& build) {
    return build.params<BatchNorm>().kind == BatchNormKind::LightNorm ? makeLightNorm(build)
                                                                      : makeExactNorm(build);
}

}  // namespace

const LayerKind& batchNormKind() {
    static const LayerKind kKind{
        {.id = "batch_norm",
         .label = "Batch normalisation",
         .help = "Centres and scales each channel by statistics of the batch.",
         .stem = "bn",
         .parameters = kParams,
         .example = BatchNorm{}},
        infer,
        make};
    return kKind;
}

}  // namespace mantissa::nn
