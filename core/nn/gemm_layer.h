// SPDX-License-Identifier: GPL-3.0-or-later
// The part that convolution and linear layers share: three passes over quantised operands.
#pragma once

#include "core/nn/layer.h"
#include "core/nn/quantised_operand.h"

namespace mantissa::nn {

class GemmLayer : public Layer {
public:
    GemmLayer(const LayerShapes& shapes, bool bias, const LayerPrecision& precision,
              std::uint32_t index, int batch);

    void forward(const StepContext& context, const LayerTensors& tensors) final;
    void backward(const StepContext& context, const LayerTensors& tensors) final;
    std::vector<Parameter> parameters() final;
    void initialise(std::uint64_t seed, std::uint32_t layer, ThreadTeam& team) final;
    void appendStatistics(std::vector<OperandStatistics>& list) const final;

    std::span<const float> weight() const { return m_weight.values(); }
    const Shape& weightShape() const { return m_weight.shape(); }

protected:
    /// y = W x + b.
    virtual void forwardPass(const StepContext& context, const float* weight, const float* x,
                             const float* bias, float* y) = 0;
    /// dx = W^T dy.
    virtual void inputGradientPass(const StepContext& context, const float* weight, const float* dy,
                                   float* dx) = 0;
    /// dw = dy x^T.
    virtual void weightGradientPass(const StepContext& context, const float* x, const float* dy,
                                    float* dw) = 0;
    /// The sum of dy over images and pixels, for each output.
    virtual void biasGradient(const StepContext& context, const float* dy, float* gradient) = 0;

private:
    Tensor m_weight, m_weightGradient, m_bias, m_biasGradient;
    QuantisedOperand m_weightForward, m_activationForward, m_weightInputGradient,
        m_errorInputGradient, m_activationWeightGradient, m_errorWeightGradient,
        m_quantisedWeightGradient;
};

}  // namespace mantissa::nn
