// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/gemm_layer.h"

#include <algorithm>
#include <numeric>
#include <variant>

#include "core/nn/approximate_products.h"
#include "core/nn/block_accumulate.h"
#include "core/nn/initialise.h"
#include "core/nn/ranges.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

Shape withBatch(std::int64_t batch, const Shape& image) {
    Shape shape{batch};
    shape.insert(shape.end(), image.begin(), image.end());
    return shape;
}

std::optional<numerics::IntegerBlocks> blocksInGroup(const QuantisedOperand& operand,
                                                     const Reduction& reduction) {
    auto blocks = operand.integerBlocks();
    // Blocks that pay no heed to groups may begin before one.
    if (blocks && reduction.groups > 1 && blocks->run < reduction.extent * reduction.groups) {
        blocks->run = std::gcd(blocks->run, reduction.extent);
    }
    return blocks;
}

}  // namespace

GemmLayer::GemmLayer(const LayerBuild& build, bool bias, const ConvGeometry& geometry,
                     std::int64_t groups)
    : GemmLayer(build, bias, groups, NoIntegers{}) {
    m_geometry = geometry;
    m_groups = groups;
    if (build.precision.compute != ComputeMode::BitTrue) {
        return;
    }
    const std::int64_t taps = geometry.kernel * geometry.kernel;
    m_between = partialSumOf(build.precision.accumulator);
    if (build.precision.accumulator != kBlockSums) {
        m_accumulator = numerics::accumulatorText(build.precision.accumulator);
    }
    const auto sum = [&](GemmPass pass, QuantisedOperand& a, QuantisedOperand& b,
                         const Reduction& reduction) {
        const auto blocksOfA = blocksInGroup(a, reduction);
        const auto blocksOfB = blocksInGroup(b, reduction);
        auto& sums = m_sums[static_cast<std::size_t>(pass)];
        sums = passSums(blocksOfA, blocksOfB, reduction, build.precision.accumulator,
                        m_between ? &*m_between : nullptr);
        if (sums.segment.length > 0) {
            a.roundWhilePacking(sums.segment);
            b.roundWhilePacking(sums.segment);
        }
    };
    sum(GemmPass::Forward, m_activationForward, m_weightForward,
        {geometry.channels, taps, groups, !startsAtBias()});
    sum(GemmPass::InputGradient, m_errorInputGradient, m_weightInputGradient,
        {geometry.outChannels, taps, groups});
    sum(GemmPass::WeightGradient, m_activationWeightGradient, m_errorWeightGradient,
        {build.batch, geometry.outHeight * geometry.outWidth});
}

GemmLayer::GemmLayer(const LayerBuild& build, bool bias, std::int64_t groups, NoIntegers)
    : m_weight(build.shapes.weight),
      m_weightGradient(build.shapes.weight),
      m_inputFloats(elementCount(build.shapes.input)),
      m_outputFloats(elementCount(build.shapes.output)),
      m_batch(build.batch),
      m_inputChannels(build.shapes.input[0]),
      m_outputChannels(build.shapes.output[0]),
      m_multiplication(build.multiplication) {
    if (bias) {
        m_bias = Tensor({build.shapes.weight[0]});
        m_biasGradient = Tensor({build.shapes.weight[0]});
    }
    const Shape w = build.shapes.weight;
    const Shape x = withBatch(build.batch, build.shapes.input);
    const Shape dy = withBatch(build.batch, build.shapes.output);
    std::uint32_t id = 8 * build.index;
    const auto operand = [&](std::string_view name, const numerics::TensorFormat& format,
                             const Shape& shape, GemmPass pass, GemmTensor tensor,
                             QuantisedOperand* sharedWith = nullptr) {
        return QuantisedOperand(name, format,
                                operandBlocks(format.format, shape, groups, pass, tensor), id++,
                                sharedWith);
    };
    const LayerPrecision& p = build.precision;
    using enum GemmPass;
    using T = GemmTensor;
    m_weightForward = operand("weight@forward", p.weightForward, w, Forward, T::Weight);
    m_activationForward =
        operand("activation@forward", p.activationForward, x, Forward, T::Activation);
    m_weightInputGradient = operand("weight@input_gradient", p.weightInputGradient, w,
                                    InputGradient, T::Weight, &m_weightForward);
    m_errorInputGradient =
        operand("error@input_gradient", p.errorInputGradient, dy, InputGradient, T::Error);
    // A stash of its own is what the weight gradient reads: no copy then serves both passes.
    const bool hasStash = !std::holds_alternative<numerics::Fp32>(p.stash.format);
    m_activationWeightGradient =
        operand("activation@weight_gradient", p.activationWeightGradient, x, WeightGradient,
                T::Activation, hasStash ? nullptr : &m_activationForward);
    m_errorWeightGradient = operand("error@weight_gradient", p.errorWeightGradient, dy,
                                    WeightGradient, T::Error, &m_errorInputGradient);
    m_quantisedWeightGradient =
        operand("weight_gradient", p.weightGradient, w, WeightGradient, T::WeightGradient);
    m_stash = operand("stash", p.stash, x, Forward, T::Activation);
}

MemoryUse GemmLayer::memoryUse() const {
    return {.backwardReadsInput = !m_activationWeightGradient.isShared()};
}

void GemmLayer::appendWorkspaces(std::vector<Workspace>& list) {
    m_weightForward.appendWorkspace(true, list);
    m_activationForward.appendWorkspace(true, list);
    for (QuantisedOperand* operand :
         {&m_weightInputGradient, &m_errorInputGradient, &m_activationWeightGradient,
          &m_errorWeightGradient, &m_stash}) {
        operand->appendWorkspace(false, list);
    }
    appendIntegerWorkspaces(list);
}

void GemmLayer::appendIntegerWorkspaces(std::vector<Workspace>& list) {
    const std::int64_t x = m_batch * m_inputFloats;
    const std::int64_t dy = m_batch * m_outputFloats;
    if (sums(GemmPass::Forward).integers) {
        list.push_back({m_weight.size(), Lifetime::Forward, m_forwardNumbers.data()});
        list.push_back({x, Lifetime::Forward, m_forwardNumbers.data() + 1});
    }
    std::array<std::int64_t, 2> floats{};
    if (sums(GemmPass::InputGradient).integers) {
        floats = {m_weight.size(), dy};
    }
    if (sums(GemmPass::WeightGradient).integers) {
        floats = {std::max(floats[0], x), dy};
        list.push_back({integerPartFloats(integerPass(GemmPass::WeightGradient, m_batch),
                                          mostGradientParts(m_weight.size())),
                        Lifetime::Backward, &m_parts});
    }
    for (std::size_t i = 0; i < floats.size() && floats[1] > 0; ++i) {
        list.push_back({floats[i], Lifetime::Backward, m_backwardNumbers.data() + i});
    }
}

void GemmLayer::roundByImage(GemmPass pass) {
    // Reads of whole vectors run past the last pixel.
    constexpr std::int64_t kSlack = 64;
    if (sums(pass).integers) {
        return;  // which are taken from the whole operand
    }
    const bool isForward = pass == GemmPass::Forward;
    QuantisedOperand& operand = isForward ? m_activationForward : m_errorInputGradient;
    operand.roundByImage(m_batch);
    if (operand.roundsByImage()) {
        const std::int64_t floats = (isForward ? m_inputFloats : m_outputFloats) + kSlack;
        m_imageFloats = std::max(m_imageFloats, (floats + 15) / 16 * 16);
    }
}

std::int64_t GemmLayer::ownScratchFloats() const {
    const bool needed = std::any_of(m_sums.begin(), m_sums.end(),
                                    [](const auto& pass) { return pass.integers.has_value(); });
    return needed ? integerScratchFloats() : 0;
}

void GemmLayer::forwardInIntegers(const StepContext& context, const BlockTensor& weight,
                                  const BlockTensor& x, float* y) {
    const auto* w =
        m_weightForward.numbers(context, weight.data, m_weight.size(), m_forwardNumbers[0]);
    const auto* from = m_activationForward.numbers(context, x.data, context.images * m_inputFloats,
                                                   m_forwardNumbers[1]);
    const ConvGeometry& g = m_geometry;
    const IntegerPass pass = integerPass(GemmPass::Forward, context.images);
    for (std::int64_t group = 0; group < m_groups; ++group) {
        integerForward(pass, w + group * g.outChannels * g.taps, from + group * g.inputFloats(),
                       startsAtBias() ? m_bias.data() : nullptr, y + group * g.outputFloats(),
                       context.scratch.data(), context.team);
    }
    if (!startsAtBias() && m_bias.size() > 0) {
        const std::int64_t pixels = g.outHeight * g.outWidth;
        forEachRange(
            context.team, context.images * m_outputChannels,
            [&](std::int64_t first, std::int64_t count) {
                for (std::int64_t plane = first; plane < first + count; ++plane) {
                    const float bias = m_bias.data()[plane % m_outputChannels];
                    std::for_each_n(y + plane * pixels, pixels, [&](float& sum) { sum += bias; });
                }
            },
            pixels);
    }
}

void GemmLayer::inputGradientInIntegers(const StepContext& context, const BlockTensor& weight,
                                        const BlockTensor& dy, float* dx) {
    const auto* w =
        m_weightInputGradient.numbers(context, weight.data, m_weight.size(), m_backwardNumbers[0]);
    const auto* from = m_errorInputGradient.numbers(
        context, dy.data, context.images * m_outputFloats, m_backwardNumbers[1]);
    const ConvGeometry& g = m_geometry;
    const IntegerPass pass = integerPass(GemmPass::InputGradient, context.images);
    for (std::int64_t group = 0; group < m_groups; ++group) {
        integerInputGradient(pass, w + group * g.outChannels * g.taps,
                             from + group * g.outputFloats(), dx + group * g.inputFloats(),
                             context.scratch.data(), context.team);
    }
}

void GemmLayer::weightGradientInIntegers(const StepContext& context, const BlockTensor& x,
                                         const BlockTensor& dy) {
    const auto* from = m_activationWeightGradient.numbers(
        context, x.data, context.images * m_inputFloats, m_backwardNumbers[0]);
    const auto* errors = m_errorWeightGradient.numbers(
        context, dy.data, context.images * m_outputFloats, m_backwardNumbers[1]);
    const ConvGeometry& g = m_geometry;
    const IntegerPass pass = integerPass(GemmPass::WeightGradient, context.images);
    for (std::int64_t group = 0; group < m_groups; ++group) {
        integerWeightGradient(pass, mostGradientParts(m_weight.size()),
                              from + group * g.inputFloats(), errors + group * g.outputFloats(),
                              m_parts, m_weightGradient.data() + group * g.outChannels * g.taps,
                              context.scratch.data(), context.team);
    }
}

void GemmLayer::sumChannels(const StepContext& context, const float* dy, std::int64_t channels,
                            std::int64_t pixels, float* gradient) {
    context.team.run(channels, [&](std::int64_t channel, int) {
        double sum = 0;
        for (std::int64_t image = 0; image < context.images && !context.team.stopped(); ++image) {
            sum += sumOf(dy + (image * channels + channel) * pixels, pixels);
        }
        gradient[channel] = static_cast<float>(sum);
    });
}

void GemmLayer::profile(Profiled which, const StepContext& context, const float* values,
                        std::int64_t count) {
    if (!context.gatherProfiles) {
        return;
    }
    if (m_profiles == nullptr) {
        m_profiles = std::make_unique<std::array<TensorProfile, 4>>();
    }
    const std::span<const float> all(values, static_cast<std::size_t>(count));
    const bool isInput = which == Activation;
    const std::int64_t channels = isInput ? m_inputChannels : m_outputChannels;
    const std::int64_t image = isInput ? m_inputFloats : m_outputFloats;
    const bool ofWeight = which == Weight || which == Gradient;
    auto& profile = (*m_profiles)[which];
    findDeadChannels({all, channels, (ofWeight ? count : image) / channels}, profile, context.team);
    countExponents(all, profile, context.team);
}

void GemmLayer::forward(const StepContext& context, const LayerTensors& tensors) {
    profile(Weight, context, m_weight.data(), m_weight.size());
    profile(Activation, context, tensors.x(), context.images * m_inputFloats);
    const BlockTensor weight = m_weightForward.toPack(context, m_weight.data(), m_weight.size());
    const BlockTensor x =
        m_activationForward.toPack(context, tensors.x(), context.images * m_inputFloats);
    if (sumsIntegers(GemmPass::Forward)) {
        forwardInIntegers(context, weight, x, tensors.y);
    } else {
        forwardPass(context, weight, x, m_bias.data(), tensors);
    }
}

void GemmLayer::backward(const StepContext& context, const LayerTensors& tensors) {
    const std::int64_t errors = context.images * m_outputFloats;
    profile(Error, context, tensors.dy, errors);
    if (m_bias.size() > 0) {
        biasGradient(context, tensors.dy, m_biasGradient.data());
    }
    if (tensors.dx() != nullptr) {
        const BlockTensor weight =
            m_weightInputGradient.toPack(context, m_weight.data(), m_weight.size());
        const BlockTensor dy = m_errorInputGradient.toPack(context, tensors.dy, errors);
        if (sums(GemmPass::InputGradient).integers) {
            inputGradientInIntegers(context, weight, dy, tensors.dx());
        } else {
            inputGradientPass(context, weight, dy, tensors);
        }
    } else if (m_errorWeightGradient.isShared()) {
        m_errorInputGradient.apply(context, tensors.dy, errors);
    }
    if (context.team.stopped()) {
        return;
    }
    const std::int64_t inputs = context.images * m_inputFloats;
    // What comes from the data set can be read again: it is no stash.
    const float* kept =
        tensors.dx() == nullptr ? tensors.x() : m_stash.apply(context, tensors.x(), inputs);
    const BlockTensor x = m_activationWeightGradient.toPack(context, kept, inputs);
    const BlockTensor dy = m_errorWeightGradient.toPack(context, tensors.dy, errors);
    if (sums(GemmPass::WeightGradient).integers) {
        weightGradientInIntegers(context, x, dy);
    } else {
        weightGradientPass(context, x, dy, m_weightGradient.data());
    }
    profile(Gradient, context, m_weightGradient.data(), m_weight.size());
    m_quantisedWeightGradient.applyInPlace(context, m_weightGradient.data(), m_weight.size());
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

void GemmLayer::appendArithmetic(std::vector<PassArithmetic>& list) const {
    for (const auto pass : {GemmPass::Forward, GemmPass::InputGradient, GemmPass::WeightGradient}) {
        list.push_back(
            {{},
             pass,
             sums(pass).products,
             sums(pass).bits,
             sums(pass).integers && sums(pass).bits > sums(pass).integers->accumulator.bits,
             m_multiplication != nullptr ? numerics::multiplierText(m_multiplication->kind())
                                         : std::string(),
             sums(pass).products > 0 ? m_accumulator : std::string()});
    }
}

void GemmLayer::appendStatistics(std::vector<OperandStatistics>& list) const {
    for (const auto* operand : {&m_weightForward, &m_activationForward, &m_weightInputGradient,
                                &m_errorInputGradient, &m_stash, &m_activationWeightGradient,
                                &m_errorWeightGradient, &m_quantisedWeightGradient}) {
        operand->appendStatistics(list);
    }
}

void GemmLayer::appendProfiles(std::vector<LayerProfile>& list) const {
    constexpr std::array<std::string_view, 4> kNames{"weight", "activation", "error", "gradient"};
    if (m_profiles != nullptr) {
        for (std::size_t i = 0; i < kNames.size(); ++i) {
            list.push_back({{}, kNames[i], (*m_profiles)[i]});
        }
    }
}

}  // namespace mantissa::nn
