// SPDX-License-Identifier: GPL-3.0-or-later
// A network that runs: parameters, forward pass, backward pass, under emulated precision.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/label.h"
#include "core/nn/layer_precision.h"
#include "core/nn/network_spec.h"
#include "core/nn/tensor.h"
#include "core/nn/tensor_profile.h"
#include "core/numerics/quantise.h"
#include "core/thread_team.h"

namespace mantissa::nn {

/// A trainable tensor and its gradient. Running statistics have no gradient.
struct Parameter {
    std::string name;  ///< "conv1.weight", "bn1.gamma", "bn1.running_mean"
    std::span<float> value;
    std::span<float> gradient;  ///< empty for running statistics
    bool decays = false;        ///< weight decay applies: weights yes; biases, gamma and beta no
};

/// What one quantised operand lost, by layer and role; the roles are LayerPrecision's members.
struct OperandStatistics {
    std::string layer;
    std::string_view operand;  ///< "weight@forward", "error@weight_gradient", ...
    numerics::ErrorStatistics statistics;
    /// Of block floating point, in a step that gathered profiles; see zeroSettingError().
    std::optional<double> zeroSettingError = {};
};

/// How one tensor of a layer was spread before it was quantised.
struct LayerProfile {
    std::string layer;
    std::string_view tensor;  ///< "weight", "activation", "error", "gradient" (the weight's)
    TensorProfile profile;
};

/// How one pass of a layer sums its products.
struct PassArithmetic {
    std::string layer;
    GemmPass pass = GemmPass::Forward;
    /// So many neighbours of the reduction are summed as integers, their sum is added in FP32 or
    /// as `accumulator` says; 0: each product is added in FP32.
    std::int64_t segment = 0;
    int sumBits = 0;  ///< two's complement bits that any such sum fits; 0 without integers
    bool mayOverflow = false;  ///< whether the accumulator has fewer bits than that
    /// The emulated multiplier whose products are added; empty: FP32's, or integers'.
    std::string multiplier;
    /// What the integers' sums are added in; empty: FP32, from block to block.
    std::string accumulator = {};
};

struct StepResult {
    double lossSum = 0;        ///< softmax cross-entropy, summed over the batch
    std::int64_t correct = 0;  ///< top-1
    std::int64_t images = 0;
    bool cancelled = false;  ///< stopped half-way: no other member, nor any gradient, has a meaning
};

/// What the gradients of a training step are of.
struct LossOptions {
    double scale = 1;      ///< gradients are those of so many times the loss
    double smoothing = 0;  ///< share of the target spread evenly over all classes
};

struct NetworkOptions {
    /// Whether operands() is asked for: these tensors then share no memory with later ones.
    bool keepsOperands = false;
    /// Whether evaluate() is all that is called: nothing is kept for a backward pass.
    bool evaluatesOnly = false;
};

/// All that the layers from one on read of what comes before them, for the images of one batch.
struct Boundary {
    std::size_t layer = 0;
    std::vector<float> values;
};

/// Every buffer is allocated by make(); a step allocates nothing. Same bytes for any team size.
/// Not thread-safe; one user at a time.
class Network {
public:
    /// `precision` has one entry a layer (entries of layers without GEMM are ignored).
    /// Fails as checkNetwork does, and as loadMultiplier() does where one is emulated. `team` must
    /// outlive the network.
    static Result<Network> make(const NetworkSpec& spec,
                                const std::vector<LayerPrecision>& precision, int batch,
                                ThreadTeam& team, const NetworkOptions& options = {});
    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;
    ~Network();

    /// He-normal weights (fan-in), zero biases, gamma 1, beta 0; keyed by seed and layer.
    /// Unfinished where the team was stopped.
    void initialise(std::uint64_t seed);

    std::span<Parameter> parameters();

    /// Forward and backward over `images` (n x C x H x W, n <= batch) and fills the gradients with
    /// the mean over the n images; labels are below the classes. `key` seeds stochastic rounding:
    /// its tensor member is ignored. A step whose team was stopped leaves the weights as they were;
    /// running statistics may have moved, so such a network is not to be trained on or kept.
    StepResult trainStep(std::span<const float> images, std::span<const Label> labels,
                         const numerics::RandomKey& key, const LossOptions& loss = {});

    /// Forward in evaluation mode (running statistics), quantised by the forward formats. Fills
    /// `keep`, whose layers ascend.
    StepResult evaluate(std::span<const float> images, std::span<const Label> labels,
                        const numerics::RandomKey& key, std::span<Boundary> keep = {});
    /// The same for the images of `start`, whose layers before the boundary are not run: the same
    /// bytes as evaluate() where those layers have the weights and formats that `start` was made
    /// with. The boundaries of `keep` lie behind it.
    StepResult evaluateFrom(const Boundary& start, std::span<const Label> labels,
                            const numerics::RandomKey& key, std::span<Boundary> keep = {});
    /// Size of a boundary, for each image.
    std::int64_t boundaryFloats(std::size_t layer) const;

    /// Class scores of the last trainStep or evaluate, n x classes.
    std::span<const float> logits() const;

    /// Error statistics of every quantised operand of the last trainStep; costs a pass over each,
    /// so they are gathered only while enabled.
    void gatherStatistics(bool enabled);
    std::vector<OperandStatistics> statistics() const;

    /// Profiles of every tensor of every GEMM layer in the last trainStep, and the zero-setting
    /// error in statistics(); costs more passes over each.
    void gatherProfiles(bool enabled);
    std::vector<LayerProfile> profiles() const;

    /// Every pass of every GEMM layer.
    std::vector<PassArithmetic> arithmetic() const;

    /// A layer's operand tensors as the last trainStep left them, before quantisation (empty where
    /// the layer has none): what a preview of another format is computed on. Only of a network made
    /// with keepsOperands.
    struct OperandTensors {
        std::span<const float> weight, activation, error;
        Shape weightShape, activationShape, errorShape;  ///< with the batch extent
    };
    OperandTensors operands(std::size_t layer) const;

    /// Memory of everything that does not outlive a step: tensors, gradients, quantised copies.
    std::int64_t stepBytes() const;

private:
    struct Impl;
    explicit Network(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::nn
