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
    bool gatherProfiles = false;
    numerics::RandomKey key;
    ThreadTeam& team;          ///< a layer whose team is stopped leaves its outputs half-done
    std::span<float> scratch;  ///< divided evenly among the workers
    float* scratchOf(int worker) const {
        return scratch.data() + static_cast<std::int64_t>(worker) *
                                    (static_cast<std::int64_t>(scratch.size()) / team.threads());
    }
};

/// What a layer does with each image's tensor, in place: done by the layer that makes the image,
/// while the caches still hold it.
class ImageMap {
public:
    virtual void mapImage(float* image) const = 0;

protected:
    ~ImageMap() = default;
};

/// One layer's tensors, `images` of them each, as Layer::memoryUse lets them overlap.
struct LayerTensors {
    std::span<const float* const> inputs;
    float* y = nullptr;
    const ImageMap* then = nullptr;  ///< to be applied to y; only of a layer that maps its images
    const float* dy = nullptr;
    std::span<float* const> inputGradients = {};  ///< null where nothing before the layer learns
    bool adds = false;  ///< dx is added to what is there; only where MemoryUse says so

    // Of layers that read one.
    const float* x() const { return inputs.front(); }
    float* dx() const { return inputGradients.front(); }
};

/// What a layer does with its tensors, from which the executor plans their memory.
struct MemoryUse {
    bool mayOverwriteInput = false;     ///< y may be x
    bool keepsValues = false;           ///< y has the values of x, in their order
    bool mayOverwriteGradient = false;  ///< dx may be dy
    bool mayAddGradient = false;        ///< dx may be added to what other layers have sent
    bool backwardReadsInput = true;
    bool backwardReadsOutput = false;
    /// The gradient of every input is dy itself: the executor passes it on, and backward() is not
    /// called.
    bool passesGradient = false;
};

/// When a piece of a layer's own memory holds something.
enum class Lifetime { Forward, Backward, Step };

/// Memory that a layer asks for; `*data` is set before the first step. Its contents are undefined
/// at the beginning of its lifetime in each step.
struct Workspace {
    std::int64_t floats = 0;
    Lifetime lifetime = Lifetime::Step;
    float** data = nullptr;
};

class Layer {
public:
    Layer() = default;
    Layer(const Layer&) = delete;
    Layer& operator=(const Layer&) = delete;
    virtual ~Layer() = default;

    /// Fills y.
    virtual void forward(const StepContext& context, const LayerTensors& tensors) = 0;
    /// Fills the input gradients and those of the layer's parameters, from the inputs and y of the
    /// last forward. Not called where the gradient is passed on.
    virtual void backward(const StepContext& /*context*/, const LayerTensors& /*tensors*/) {}

    /// Whether the layer computes the next one as well, which alone reads its output. Once it says
    /// so, its y is the next one's, and the dy that it is given, too.
    virtual bool computesNext(const LayerParams& /*next*/) { return false; }
    /// Whether forward() heeds LayerTensors::then.
    virtual bool mapsImages() const { return false; }
    /// The forward pass as a map of images, for the steps until a parameter changes; null where it
    /// is none, or not unless the network only ever evaluates.
    virtual const ImageMap* imageMap(bool /*evaluatesOnly*/) { return nullptr; }
    virtual MemoryUse memoryUse() const { return {}; }
    /// Each is asked for once.
    virtual void appendWorkspaces(std::vector<Workspace>& /*list*/) {}
    /// Floats of scratch memory the layer needs for each worker.
    virtual std::int64_t scratchFloats() const { return 0; }
    /// Trainable tensors and running statistics, named without the layer's name.
    virtual std::vector<Parameter> parameters() { return {}; }
    virtual void initialise(std::uint64_t /*seed*/, std::uint32_t /*layer*/, ThreadTeam& /*team*/) {
    }
    /// How the passes of a GEMM layer sum, without the layer's name.
    virtual void appendArithmetic(std::vector<PassArithmetic>& /*list*/) const {}
    /// The quantised operands of the last trainStep, without the layer's name.
    virtual void appendStatistics(std::vector<OperandStatistics>& /*list*/) const {}
    /// The tensors of the last trainStep that gathered profiles, without the layer's name.
    virtual void appendProfiles(std::vector<LayerProfile>& /*list*/) const {}
};

class ApproximateMultiplication;

/// Passes on what it reads, and the gradient.
std::unique_ptr<Layer> makePassingLayer(std::int64_t floatsPerImage);
/// The layer for one entry of a checked network. `multiplication` outlives it and is null but for
/// ComputeMode::Approximate.
std::unique_ptr<Layer> makeLayer(const LayerSpec& spec, const LayerShapes& shapes,
                                 const LayerPrecision& precision, std::uint32_t index, int batch,
                                 const ApproximateMultiplication* multiplication);

}  // namespace mantissa::nn
