// SPDX-License-Identifier: GPL-3.0-or-later
// A network as data: layers, edges and shape inference, without any weights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/param_spec.h"
#include "core/shape.h"

namespace mantissa::nn {

struct Conv2d {
    int outChannels = 16;
    int kernel = 3;
    int stride = 1;
    int padding = 1;
    bool bias = true;
    bool operator==(const Conv2d&) const = default;
};
struct Linear {
    int outFeatures = 10;
    bool bias = true;
    bool operator==(const Linear&) const = default;
};
struct Relu {
    bool operator==(const Relu&) const = default;
};
struct MaxPool2d {
    int kernel = 2;
    int stride = 2;
    bool operator==(const MaxPool2d&) const = default;
};
struct AvgPool2d {
    int kernel = 2;
    int stride = 2;
    bool operator==(const AvgPool2d&) const = default;
};
struct Flatten {
    bool operator==(const Flatten&) const = default;
};

enum class BatchNormKind {
    Conventional,  ///< mean and standard deviation
    Range,         ///< mean and range over K chunks (Banner et al., NeurIPS 2018)
};
/// The factor of C(n) = f / sqrt(2 ln n), n samples a chunk, in range batch normalisation.
enum class RangeConstant {
    Paper,        ///< f = 1
    ReleasedCode  ///< f = 0.5 * 0.35 * (1 + sqrt(pi ln 4)) = 0.540208
};
/// Over N, H and W of each channel; of an [N, F] tensor over N of each feature.
struct BatchNorm {
    BatchNormKind kind = BatchNormKind::Conventional;
    int chunks = 8;  ///< K of the range kind
    RangeConstant constant = RangeConstant::ReleasedCode;
    double epsilon = 1e-5;
    double momentum = 0.1;  ///< share of the new batch in the running statistics
    bool operator==(const BatchNorm&) const = default;
};

using LayerParams = std::variant<Conv2d, Linear, Relu, MaxPool2d, AvgPool2d, Flatten, BatchNorm>;

/// One layer. `inputs` names the layers it reads; empty means the layer before it (the network's
/// input for the first one). The name "input" stands for the network's input; a layer may be read
/// by several (its gradients add up).
struct LayerSpec {
    std::string name;  ///< unique, [A-Za-z0-9_.-]+
    LayerParams params;
    std::vector<std::string> inputs;
    bool operator==(const LayerSpec&) const = default;
};

struct LayerKindInfo {
    std::string_view id;     ///< "conv2d": JSON and precision scopes
    std::string_view label;  ///< "Convolution"
    std::string_view help;
    std::span<const Param<LayerParams>> parameters;
    LayerParams example;   ///< what "Add" inserts
    bool hasGemm = false;  ///< runs the three GEMM passes of the precision plan
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

/// Shapes for one layer of one image (no batch extent).
struct LayerShapes {
    Shape input;
    Shape output;
    Shape weight;                   ///< conv2d: O x C x K x K; linear: O x F; else empty
    std::int64_t parameters = 0;    ///< weights, biases, gamma and beta
    std::int64_t macsPerImage = 0;  ///< of the forward pass
};

/// One entry a layer, each either its shapes or why it cannot be built (layers after a wrong one
/// are inferred from the declared shape where possible, else say that their input is unknown).
std::vector<Result<LayerShapes>> inferShapes(const NetworkSpec& network);

/// All shapes, or the first error: bad parameter, duplicate name, unknown or later input, wrong
/// shape, a layer that nothing reads, or an output that is not `classes` values.
Result<std::vector<LayerShapes>> checkNetwork(const NetworkSpec& network);

/// Ready-made networks: "lenet5_bn", "lenet5", "mlp".
struct NetworkTemplate {
    std::string_view id;
    std::string_view label;
    NetworkSpec (*make)();
};
std::span<const NetworkTemplate> networkTemplates();

}  // namespace mantissa::nn
