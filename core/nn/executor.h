// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a checked network's layers forward and backward over buffers of its own. Internal to nn.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/nn/graph.h"
#include "core/nn/layer.h"

namespace mantissa::nn {

/// A layer in its place. Outputs and gradients of layers that work in place belong to the layer
/// they read.
struct Node {
    std::unique_ptr<Layer> layer;
    int source = kFromNetworkInput;
    Tensor outputMemory, gradientMemory;
    float* output = nullptr;
    float* gradient = nullptr;  ///< null where nothing up to this layer learns
    bool addsGradient = false;  ///< a later reader of its source has written the source's gradient
};

/// Every buffer of a network. A step allocates nothing.
struct Executor {
    NetworkSpec spec;
    std::vector<LayerShapes> shapes;
    std::vector<Node> nodes;
    std::vector<Parameter> parameters;
    Tensor input;
    Tensor fanOutGradient;  ///< one reader's share of a gradient that several add to
    Tensor scratch;
    ThreadTeam* team = nullptr;
    std::int64_t images = 0;  ///< of the last step
    bool gathers = false;

    void build(const std::vector<LayerPrecision>& precision, int batch);

    const float* inputOf(const Node& node) const;
    std::int64_t imageFloats() const { return elementCount(spec.input); }
    StepResult forward(std::span<const float> pictures, std::span<const std::uint8_t> labels,
                       const StepContext& context, std::span<float> gradient,
                       const LossOptions& loss = {});
    /// False when it was stopped before its end.
    bool backward(const StepContext& context);
    StepContext contextFor(std::size_t count, bool training, const numerics::RandomKey& key);

private:
    void connect(std::size_t i, const std::vector<int>& readers, int batch);
    void routeGradients(int batch);
    void collectParameters();
};

}  // namespace mantissa::nn
