// SPDX-License-Identifier: GPL-3.0-or-later
// The part that convolution and linear layers share: three passes over quantised operands.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "core/nn/layer_kind.h"
#include "core/nn/pass_sums.h"
#include "core/nn/quantised_operand.h"

namespace mantissa::nn {

class GemmLayer : public Layer {
public:
    /// `geometry` is of a group; a linear layer's is linearGeometry().
    GemmLayer(const LayerBuild& build, bool bias, const ConvGeometry& geometry,
              std::int64_t groups = 1);
    /// Of layers whose passes sum no integers, whatever the compute mode.
    struct NoIntegers {};
    GemmLayer(const LayerBuild& build, bool bias, std::int64_t groups, NoIntegers);

    void forward(const StepContext& context, const LayerTensors& tensors) final;
    void backward(const StepContext& context, const LayerTensors& tensors) final;
    MemoryUse memoryUse() const override;
    void appendWorkspaces(std::vector<Workspace>& list) override;
    std::vector<Parameter> parameters() final;
    void initialise(std::uint64_t seed, std::uint32_t layer, ThreadTeam& team) final;
    void appendStatistics(std::vector<OperandStatistics>& list) const final;
    void appendProfiles(std::vector<LayerProfile>& list) const final;
    void appendArithmetic(std::vector<PassArithmetic>& list) const final;

    std::span<const float> weight() const { return m_weight.values(); }
    const Shape& weightShape() const { return m_weight.shape(); }

protected:
    // Operands are rounded already, but where segment() says that integers are summed.

    /// y = W x + b.
    virtual void forwardPass(const StepContext& context, const BlockTensor& weight,
                             const BlockTensor& x, const float* bias, const LayerTensors& to) = 0;
    /// dx = W^T dy.
    virtual void inputGradientPass(const StepContext& context, const BlockTensor& weight,
                                   const BlockTensor& dy, const LayerTensors& to) = 0;
    /// dw = dy x^T.
    virtual void weightGradientPass(const StepContext& context, const BlockTensor& x,
                                    const BlockTensor& dy, float* dw) = 0;
    /// The sum of dy over images and pixels, for each output.
    virtual void biasGradient(const StepContext& context, const float* dy, float* gradient) = 0;

    const ConvGeometry& geometry() const { return m_geometry; }  ///< of a group
    std::int64_t groups() const { return m_groups; }

    /// What block kernels of a pass sum as integers; of length 0: products are added in FP32.
    const BlockSegment& segment(GemmPass pass) const { return sums(pass).segment; }

    /// Whether this class computes a pass by itself, in integer accumulators.
    bool sumsIntegers(GemmPass pass) const { return sums(pass).integers.has_value(); }
    /// Scratch floats of such passes.
    std::int64_t ownScratchFloats() const;

    /// From now on the operand that comes in images is rounded by who reads them, where that can
    /// be: BlockTensor::image() does it, to memory of imageFloats().
    void roundByImage(GemmPass pass);
    /// Memory of a task that rounds images, a multiple of 16; 0: no pass does.
    std::int64_t imageFloats() const { return m_imageFloats; }

    /// The emulated multiplier of all passes; null where there is none.
    const ApproximateMultiplication* multiplication() const { return m_multiplication; }

    /// The bias gradient of images of `channels` planes of `pixels` each.
    static void sumChannels(const StepContext& context, const float* dy, std::int64_t channels,
                            std::int64_t pixels, float* gradient);

private:
    enum Profiled { Weight, Activation, Error, Gradient };
    const PassSums& sums(GemmPass pass) const { return m_sums[static_cast<std::size_t>(pass)]; }
    IntegerPass integerPass(GemmPass pass, std::int64_t images) const {
        return {m_geometry, *sums(pass).integers, images};
    }
    /// A linear layer's sums begin at the bias, a convolution's have it added.
    bool startsAtBias() const { return m_weight.shape().size() == 2 && m_bias.size() > 0; }
    void appendIntegerWorkspaces(std::vector<Workspace>& list);
    void forwardInIntegers(const StepContext& context, const BlockTensor& weight,
                           const BlockTensor& x, float* y);
    void inputGradientInIntegers(const StepContext& context, const BlockTensor& weight,
                                 const BlockTensor& dy, float* dx);
    void weightGradientInIntegers(const StepContext& context, const BlockTensor& x,
                                  const BlockTensor& dy);
    void profile(Profiled which, const StepContext& context, const float* values,
                 std::int64_t count);

    Tensor m_weight, m_weightGradient, m_bias, m_biasGradient;
    std::int64_t m_inputFloats, m_outputFloats;  ///< of an image
    std::int64_t m_batch;
    std::int64_t m_inputChannels, m_outputChannels;
    std::optional<numerics::PartialSum> m_between;  ///< of bit-true sums; empty: FP32
    std::array<PassSums, kGemmPasses> m_sums;
    ConvGeometry m_geometry;
    std::int64_t m_groups = 1;
    // Of passes in integer accumulators: an operand's numbers, and the parts of a weight gradient.
    std::array<float*, 2> m_forwardNumbers{}, m_backwardNumbers{};
    float* m_parts = nullptr;
    std::int64_t m_imageFloats = 0;
    std::string m_accumulator;  ///< its text where it is not kBlockSums
    const ApproximateMultiplication* m_multiplication;
    QuantisedOperand m_weightForward, m_activationForward, m_weightInputGradient,
        m_errorInputGradient, m_activationWeightGradient, m_errorWeightGradient,
        m_quantisedWeightGradient, m_stash;
    /// By Profiled; made when a step first asks for them.
    std::unique_ptr<std::array<TensorProfile, 4>> m_profiles;
};

}  // namespace mantissa::nn
