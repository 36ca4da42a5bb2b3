// SPDX-License-Identifier: GPL-3.0-or-later
// A network as data: layers, edges and shape inference, without any weights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/nn/layer_params.h"
#include "core/param_spec.h"
#include "core/shape.h"

namespace mantissa::nn {

/// One layer. `inputs` names the layers it reads; empty means the layer before it (the network's
/// input for the first one). The name "input" stands for the network's input; a layer may be read
/// by several (its gradients add up).
struct LayerSpec {
    std::string name;  ///< unique, [A-Za-z0-9_.-]+
    LayerParams params;
    std::vector<std::string> inputs;
    bool operator==(const LayerSpec&) const = default;
};

/// Shapes for one layer of one image (no batch extent).
struct LayerShapes {
    Shape input;                ///< the first of `inputs`: all there is for most kinds
    std::vector<Shape> inputs;  ///< in the order of LayerSpec::inputs
    Shape output;
    Shape weight;                   ///< conv2d: O x C/groups x K x K; linear: O x F; else empty
    std::int64_t parameters = 0;    ///< weights, biases, gamma and beta
    std::int64_t macsPerImage = 0;  ///< of the forward pass
};

/// Binary32 arithmetic of a layer that neither multiplies matrices nor normalises: operations of
/// the forward and backward pass for one image, and what the backward pass needs to be kept. An
/// exponential counts as 8 multiplications and 8 additions, a polynomial of degree 6 behind a range
/// reduction.
struct VectorWork {
    double compares = 0, adds = 0, multiplies = 0, divides = 0;
    double comparators = 1;  ///< a lane: comparisons of an element that follow each other
    double backwardAdds = 0, backwardMultiplies = 0;
    double keptBits = 0;  ///< signs, places of the largest, values
};

struct LayerKindInfo {
    std::string_view id;     ///< "conv2d": JSON and precision scopes
    std::string_view label;  ///< "Convolution"
    std::string_view help;
    std::string_view stem;  ///< of the names of new layers: "conv"
    std::span<const Param<LayerParams>> parameters;
    LayerParams example;   ///< what "Add" inserts
    bool hasGemm = false;  ///< runs the three GEMM passes of the precision plan
    bool joins = false;    ///< reads two or more layers; others read one
    /// Null for layers that multiply matrices or normalise: their cost depends on formats.
    VectorWork (*work)(const LayerParams& params, const LayerShapes& shapes) = nullptr;
};
/// One entry for each alternative of LayerParams, in the variant's order.
std::span<const LayerKindInfo> layerKinds();
const LayerKindInfo& kindOf(const LayerParams& params);

/// Layers in topological order; the loss (softmax cross-entropy) reads the last one.
struct NetworkSpec {
    Shape input{1, 28, 28};  ///< C x H x W of one image
    int classes = 10;
    std::vector<LayerSpec> layers;
    bool operator==(const NetworkSpec&) const = default;

    std::optional<std::size_t> indexOf(std::string_view name) const;
};

/// Whether a layer with this input convolves each channel by itself.
bool isDepthwise(const LayerParams& params, const Shape& input);

/// One entry a layer, each either its shapes or why it cannot be built (layers after a wrong one
/// are inferred from the declared shape where possible, else say that their input is unknown).
std::vector<Result<LayerShapes>> inferShapes(const NetworkSpec& network);

/// All shapes, or the first error: bad parameter, duplicate name, unknown or later input, wrong
/// shape, a layer that nothing reads, or an output that is not `classes` values.
Result<std::vector<LayerShapes>> checkNetwork(const NetworkSpec& network);

/// A network that is generated for any image and any number of classes.
struct NetworkTemplate {
    std::string_view id;  ///< "resnet20"
    std::string_view label;
    Shape input;  ///< what it was published for, C x H x W
    int classes = 10;
    NetworkSpec (*generate)(const Shape& input, int classes);

    NetworkSpec make() const { return generate(input, classes); }
};
/// Small ones first. Images that are too small for a template give a network that checkNetwork
/// refuses.
std::span<const NetworkTemplate> networkTemplates();

}  // namespace mantissa::nn
