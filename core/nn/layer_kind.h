// SPDX-License-Identifier: GPL-3.0-or-later
// One traits entry a layer kind, and what entries are made of. Internal to nn.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "core/nn/layer.h"
#include "core/nn/network_spec.h"

namespace mantissa::nn {

/// One layer of a checked network, as its constructor is given it.
class ApproximateMultiplication;

struct LayerBuild {
    const LayerSpec& spec;
    const LayerShapes& shapes;
    const LayerPrecision& precision;
    std::uint32_t index;
    int batch;
    const ApproximateMultiplication* multiplication;  ///< null but for ComputeMode::Approximate

    template <typename Kind>
    const Kind& params() const {
        return std::get<Kind>(spec.params);
    }
};

struct LayerKind {
    LayerKindInfo info;
    /// Output, weight and counts from the shapes of as many inputs as `info` allows; the members
    /// `input` and `inputs` are filled in by the caller.
    Result<LayerShapes> (*infer)(const LayerSpec& layer, std::span<const Shape> inputs);
    std::unique_ptr<Layer> (*make)(const LayerBuild& build);
    /// The output that the layer has whatever its input is; null where there is none.
    Shape (*declaredOutput)(const LayerParams& params) = nullptr;
};

// The entries; each stands beside its layer.
const LayerKind& conv2dKind();
const LayerKind& linearKind();
const LayerKind& reluKind();
const LayerKind& maxPool2dKind();
const LayerKind& avgPool2dKind();
const LayerKind& flattenKind();
const LayerKind& batchNormKind();
const LayerKind& relu6Kind();
const LayerKind& leakyReluKind();
const LayerKind& geluKind();
const LayerKind& siluKind();
const LayerKind& hardSwishKind();
const LayerKind& sigmoidKind();
const LayerKind& tanhKind();
const LayerKind& softmaxKind();
const LayerKind& dropoutKind();
const LayerKind& globalAvgPoolKind();
const LayerKind& addKind();
const LayerKind& concatKind();
const LayerKind& shortcutKind();
const LayerKind& kWinnersKind();

const LayerKind& entryOf(const LayerParams& params);

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

inline constexpr ParamSpec kBiasParam{
    .id = "bias",
    .label = "Bias",
    .help = "Adds one trained number to each output channel or feature.",
    .kind = ParamKind::Boolean,
    .maximum = 1,
    .defaultValue = 1};

tl::unexpected<Error> wrongLayer(const LayerSpec& layer, std::string message,
                                 std::string hint = {});
/// Fails where `input` is not channels x height x width.
Result<void> checkIsImage(const LayerSpec& layer, const Shape& input);

/// A square window that slides over an image.
struct Window {
    std::int64_t kernel = 1, stride = 1, padding = 0, dilation = 1;
    std::int64_t extent() const { return dilation * (kernel - 1) + 1; }  ///< pixels it spans
};
/// channels x (rows of windows) x (windows a row); the error says by how much it is too large.
Result<Shape> slide(const LayerSpec& layer, const Shape& input, const Window& window,
                    std::int64_t channels);

/// The shapes of a layer without parameters whose output is its input's.
Result<LayerShapes> inferSame(const LayerSpec& layer, std::span<const Shape> inputs);

}  // namespace mantissa::nn
