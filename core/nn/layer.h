// SPDX-License-Identifier: GPL-3.0-or-later
// What the executor asks of a layer. Internal to nn.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/nn/network.h"
#include "core/nn/ranges.h"

namespace mantissa::nn {

/// What a step gives every layer.
struct StepContext {
    std::int64_t images = 0;
    bool training = false;
    bool gatherStatistics = false;
    numerics::RandomKey key;
    ThreadTeam& team;          ///< a layer whose team is stopped leaves its outputs half-done
    std::span<float> scratch;  ///< divided evenly among the workers
    float* scratchOf(int worker) const {
        return scratch.data() + static_cast<std::int64_t>(worker) *
                                    (static_cast<std::int64_t>(scratch.size()) / team.threads());
    }
};

/// One layer's tensors, `images` of them each. A layer that may work in place can be given y == x
/// and dx == dy.
struct LayerTensors {
    const float* x = nullptr;
    float* y = nullptr;
    const float* dy = nullptr;
    float* dx = nullptr;  ///< null where nothing before the layer learns
};

class Layer {
public:
    Layer() = default;
    Layer(const Layer&) = delete;
    Layer& operator=(const Layer&) = delete;
    virtual ~Layer() = default;

    /// Fills y.
    virtual void forward(const StepContext& context, const LayerTensors& tensors) = 0;
    /// Fills dx and the gradients of the layer's parameters, from the x and y of the last forward.
    virtual void backward(const StepContext& context, const LayerTensors& tensors) = 0;

    /// Whether y may overwrite x, and dx may overwrite dy.
    virtual bool worksInPlace() const { return false; }
    /// Floats of scratch memory the layer needs for each worker.
    virtual std::int64_t scratchFloats() const { return 0; }
    /// Trainable tensors and running statistics, named without the layer's name.
    virtual std::vector<Parameter> parameters() { return {}; }
    virtual void initialise(std::uint64_t /*seed*/, std::uint32_t /*layer*/, ThreadTeam& /*team*/) {
    }
    /// The quantised operands of the last trainStep, without the layer's name.
    virtual void appendStatistics(std::vector<OperandStatistics>& /*list*/) const {}
};

/// The layer for one entry of a checked network.
std::unique_ptr<Layer> makeLayer(const LayerSpec& spec, const LayerShapes& shapes,
                                 const LayerPrecision& precision, std::uint32_t index, int batch);

}  // namespace mantissa::nn
