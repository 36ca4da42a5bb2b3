// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/gemm_layer.h"

#include "core/nn/initialise.h"

namespace mantissa::nn {
namespace {

Shape withBatch(std::int64_t batch, const Shape& image) {
    Shape shape{batch};
    shape.insert(shape.end(), image.begin(), image.end());
    return shape;
}

}  // namespace

GemmLayer::GemmLayer(const LayerShapes& shapes, bool bias, const LayerPrecision& precision,
                     std::uint32_t index, int batch)
    : m_weight(shapes.weight), m_weightGradient(shapes.weight) {
    if (bias) {
        m_bias = Tensor({shapes.weight[0]});
        m_biasGradient = Tensor({shapes.weight[0]});
    }
    const Shape x = withBatch(batch, shapes.input);
    const Shape dy = withBatch(batch, shapes.output);
    std::uint32_t id = 8 * index;
    const Shape& w = shapes.weight;
    const int wForward = blockAxis(GemmPass::Forward, GemmTensor::Weight);
    const int xForward = blockAxis(GemmPass::Forward, GemmTensor::Activation);
    const int wInput = blockAxis(GemmPass::InputGradient, GemmTensor::Weight);
    const int dyInput = blockAxis(GemmPass::InputGradient, GemmTensor::Error);
    const int xWeight = blockAxis(GemmPass::WeightGradient, GemmTensor::Activation);
    const int dyWeight = blockAxis(GemmPass::WeightGradient, GemmTensor::Error);
    const int dwWeight = blockAxis(GemmPass::WeightGradient, GemmTensor::WeightGradient);
    m_weightForward = {"weight@forward", precision.weightForward, w, wForward, id++};
    m_activationForward = {"activation@forward", precision.activationForward, x, xForward, id++};
    m_weightInputGradient = {
        "weight@input_gradient", precision.weightInputGradient, w, wInput, id++, &m_weightForward};
    m_errorInputGradient = {"error@input_gradient", precision.errorInputGradient, dy, dyInput,
                            id++};
    m_activationWeightGradient = {
        "activation@weight_gradient", precision.activationWeightGradient, x, xWeight, id++,
        &m_activationForward};
    m_errorWeightGradient = {
        "error@weight_gradient", precision.errorWeightGradient, dy, dyWeight, id++,
        &m_errorInputGradient};
    m_quantisedWeightGradient = {"weight_gradient", precision.weightGradient, w, dwWeight, id++};
}

void GemmLayer::forward(const StepContext& context, const LayerTensors& tensors) {
    const float* weight = m_weightForward.apply(context, m_weight.data(), m_weight.shape()[0]);
    const float* x = m_activationForward.apply(context, tensors.x, context.images);
    forwardPass(context, weight, x, m_bias.data(), tensors.y);
}

void GemmLayer::backward(const StepContext& context, const LayerTensors& tensors) {
    if (m_bias.size() > 0) {
        biasGradient(context, tensors.dy, m_biasGradient.data());
    }
    if (tensors.dx != nullptr) {
        const float* weight =
            m_weightInputGradient.apply(context, m_weight.data(), m_weight.shape()[0]);
        const float* dy = m_errorInputGradient.apply(context, tensors.dy, context.images);
        inputGradientPass(context, weight, dy, tensors.dx);
    } else if (m_errorWeightGradient.isShared()) {
        m_errorInputGradient.apply(context, tensors.dy, context.images);
    }
    if (context.team.stopped()) {
        return;
    }
    const float* x = m_activationWeightGradient.apply(context, tensors.x, context.images);
    const float* dy = m_errorWeightGradient.apply(context, tensors.dy, context.images);
    weightGradientPass(context, x, dy, m_weightGradient.data());
    const float* quantised =
        m_quantisedWeightGradient.apply(context, m_weightGradient.data(), m_weight.shape()[0]);
    if (quantised != m_weightGradient.data()) {
        copyFloats(context.team, quantised, m_weightGradient.data(), m_weight.size());
    }
}

std::vector<Parameter> GemmLayer::parameters() {
    std::vector<Parameter> list{{"weight", m_weight.values(), m_weightGradient.values(), true}};
    if (m_bias.size() > 0) {
        list.push_back({"bias", m_bias.values(), m_biasGradient.values(), false});
    }
    return list;
}

void GemmLayer::initialise(std::uint64_t seed, std::uint32_t layer, ThreadTeam& team) {
    const std::int64_t fanIn = m_weight.size() / m_weight.shape()[0];
    fillHeNormal(m_weight.values(), fanIn, seed, layer, team);
    if (m_bias.size() > 0) {
        m_bias.fill(0);
    }
}

void GemmLayer::appendStatistics(std::vector<OperandStatistics>& list) const {
    for (const auto* operand :
         {&m_weightForward, &m_activationForward, &m_weightInputGradient, &m_errorInputGradient,
          &m_activationWeightGradient, &m_errorWeightGradient, &m_quantisedWeightGradient}) {
        operand->appendStatistics(list);
    }
}

}  // namespace mantissa::nn
