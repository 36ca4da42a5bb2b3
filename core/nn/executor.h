// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a checked network's layers forward and backward over one arena. Internal to nn.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/nn/approximate_products.h"
#include "core/nn/graph.h"
#include "core/nn/layer.h"
#include "core/nn/step_memory.h"

namespace mantissa::nn {

/// A layer in its place.
struct Node {
    std::unique_ptr<Layer> layer;
    bool passesGradient = false;
    bool mapsForNext = false;  ///< the next layer, which is an ImageMap and alone reads the output
    std::vector<const float*> inputs;
    float* output = nullptr;
    float* gradient = nullptr;  ///< null where nothing up to this layer learns

    /// Where the gradient of an input goes, and how.
    struct Target {
        float* gradient = nullptr;  ///< the source's; null where it has none
        bool adds = false;          ///< a later reader of the source has written it
        std::int64_t perImage = 0;  ///< floats
    };
    std::vector<Target> targets;
    std::vector<float*> inputGradients;  ///< what backward() writes: the target or memory to add
};

/// A step allocates nothing, but for the boundaries that it is asked to keep.
struct Executor {
    NetworkSpec spec;
    std::vector<LayerShapes> shapes;
    std::vector<Node> nodes;
    std::vector<Parameter> parameters;
    Tensor arena;  ///< everything that does not outlive a step
    float* input = nullptr;
    std::int64_t batch = 0;
    NetworkOptions options;
    Tensor scratch;
    ThreadTeam* team = nullptr;
    std::int64_t images = 0;  ///< of the last step
    bool gathers = false;
    bool profiles = false;
    /// Of the layers, null where none is emulated; equal multipliers share one.
    std::vector<std::shared_ptr<const ApproximateMultiplication>> multiplications;

    /// To be called before build().
    Result<void> loadMultipliers(const std::vector<LayerPrecision>& precision);
    /// Whether the sums of all layers are emulated; after build().
    Result<void> checkSums(const std::vector<LayerPrecision>& precision) const;
    void build(const std::vector<LayerPrecision>& precision, int batchSize);

    std::int64_t imageFloats() const { return elementCount(spec.input); }
    void setInput(std::span<const float> pictures);
    void setBoundary(const Boundary& start);
    std::int64_t boundaryFloats(std::size_t layer) const;
    /// Runs the layers from `first` on, whose inputs are in their places, fills `keep` on the way
    /// and, where there is room for it, the gradient of the loss.
    StepResult forward(std::size_t first, std::span<const Label> labels, const StepContext& context,
                       std::span<Boundary> keep, std::span<float> gradient = {},
                       const LossOptions& loss = {});
    /// False when it was stopped before its end.
    bool backward(const StepContext& context);
    /// What layers tell, with their names.
    template <typename T>
    std::vector<T> listed(void (Layer::*append)(std::vector<T>&) const) const {
        std::vector<T> list;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const std::size_t first = list.size();
            (*nodes[i].layer.*append)(list);
            for (std::size_t j = first; j < list.size(); ++j) {
                list[j].layer = spec.layers[i].name;
            }
        }
        return list;
    }
    StepContext contextFor(std::size_t count, bool training, const numerics::RandomKey& key);

private:
    /// A tensor that is written before a boundary and read behind it.
    struct Crossing {
        float* values = nullptr;
        std::int64_t perImage = 0;
    };
    std::vector<Crossing> crossing(std::size_t layer) const;
    void fill(Boundary& boundary) const;
    void joinNeighbours();
    std::vector<LayerMemory> describeMemory();
    void connect(const std::vector<LayerMemory>& layers, const StepMemory& memory);
    void passGradient(const Node& node);
    void addShares(const Node& node);
    void collectParameters();
};

}  // namespace mantissa::nn
