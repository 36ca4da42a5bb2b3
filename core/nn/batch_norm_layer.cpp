// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation in binary32, between tensors and with statistics in formats of their own.
#include <algorithm>
#include <cmath>

#include "core/nn/norm_layer.h"
#include "core/nn/quantised_operand.h"
#include "core/numerics/quantise.h"

namespace mantissa::nn {
namespace {

class BatchNormLayer final : public NormLayer, public ImageMap {
public:
    explicit BatchNormLayer(const LayerBuild& build)
        : NormLayer(build, build.params<BatchNorm>().kind == BatchNormKind::Range ? "running_scale"
                                                                                  : "running_var"),
          m_statistics(static_cast<std::size_t>(m_channels)),
          m_rounded(static_cast<std::size_t>(3 * m_channels)),
          m_scaleFormat(build.precision.normForward) {
        std::uint32_t id = 8 * build.index;
        Shape tensor{m_batch};
        tensor.insert(tensor.end(), build.shapes.input.begin(), build.shapes.input.end());
        const auto operand = [&](std::string_view name, const numerics::TensorFormat& format,
                                 const Shape& shape) {
            return QuantisedOperand(name, format, {shape, 1}, id++);
        };
        const LayerPrecision& p = build.precision;
        m_x = operand("normalisation@forward", p.normForward, tensor);
        m_y = operand("normalised@forward", p.normForward, tensor);
        m_means = operand("mean@forward", p.normForward, {1, m_channels});
        m_scales = operand("scale@forward", p.normForward, {1, m_channels});
        m_dy = operand("normalisation@input_gradient", p.normBackward, tensor);
        m_dx = operand("normalised@input_gradient", p.normBackward, tensor);
    }

    /// Between tensors of binary32: a format would round what is rectified.
    bool computesNext(const LayerParams& next) override {
        if (!m_x.isFp32() || !m_y.isFp32() || !m_dy.isFp32() || !m_dx.isFp32()) {
            return false;
        }
        if (std::holds_alternative<Relu>(next)) {
            m_rectifier = Rectifier::Relu;
        } else if (std::holds_alternative<Relu6>(next)) {
            m_rectifier = Rectifier::Relu6;
        }
        return m_rectifier != Rectifier::None;
    }
    /// With the running statistics, which do not depend on the images.
    const ImageMap* imageMap(bool evaluatesOnly) override {
        if (!evaluatesOnly || isFlat() || !m_x.isFp32() || !m_y.isFp32()) {
            return nullptr;
        }
        m_maps.clear();
        for (std::int64_t c = 0; c < m_channels; ++c) {
            m_maps.push_back(mapOf(runningStatistics(c), affineOf(c)));
        }
        return this;
    }
    void mapImage(float* image) const override {
        for (const ChannelMap& map : m_maps) {
            mapChannel({1, m_pixels, m_pixels}, map, image, image);
            image += m_pixels;
        }
    }
    MemoryUse memoryUse() const override {
        return {.mayOverwriteGradient = true, .backwardReadsInput = !isFlat() && m_x.isFp32()};
    }
    void appendWorkspaces(std::vector<Workspace>& list) override {
        if (!m_x.isFp32()) {
            list.push_back({floats(), Lifetime::Step, &m_roundedX});
        }
        if (!m_dy.isFp32()) {
            list.push_back({floats(), Lifetime::Backward, &m_roundedDy});
        }
        if (isFlat()) {
            list.push_back({floats(), Lifetime::Step, &m_flatX});
            list.push_back({floats(), Lifetime::Step, &m_flatY});
        }
    }

    void forward(const StepContext& context, const LayerTensors& t) override {
        const ChannelRuns runs = runsOf(context.images);
        const bool rounds = !m_x.isFp32();
        const float* x = t.x();
        float* y = t.y;
        if (rounds) {
            m_x.applyTo(context, x, floatsOf(context), m_roundedX);
            x = m_roundedX;
        }
        if (isFlat()) {
            transpose(context.team, x, context.images, m_channels, m_flatX);
            x = m_flatX;
            y = m_flatY;
        }
        if (rounds) {
            context.team.run(m_channels, [&](std::int64_t c, int) {
                m_statistics[static_cast<std::size_t>(c)] =
                    statisticsFor(context, runs, x + c * runs.length, c);
            });
            roundStatistics(context);
        }
        context.team.run(m_channels, [&](std::int64_t c, int) {
            const std::int64_t at = c * runs.length;
            normaliseChannel(runs,
                             rounds ? m_statistics[static_cast<std::size_t>(c)]
                                    : statisticsFor(context, runs, x + at, c),
                             affineOf(c), x + at, y + at, context.team);
        });
        if (isFlat()) {
            transpose(context.team, y, m_channels, context.images, t.y);
        }
        m_y.applyInPlace(context, t.y, floatsOf(context));
    }

    void backward(const StepContext& context, const LayerTensors& t) override {
        const ChannelRuns runs = runsOf(context.images);
        const float* x = m_x.isFp32() ? t.x() : m_roundedX;
        const float* dy = t.dy;
        float* dx = t.dx();
        if (!m_dy.isFp32()) {
            m_dy.applyTo(context, dy, floatsOf(context), m_roundedDy);
            dy = m_roundedDy;
        }
        if (isFlat()) {  // m_flatX still holds x
            transpose(context.team, dy, context.images, m_channels, m_flatY);
            x = m_flatX;
            dy = m_flatY;
            dx = dx != nullptr ? m_flatY : nullptr;
        }
        context.team.run(m_channels, [&](std::int64_t c, int) {
            const std::int64_t at = c * runs.length;
            const AffineGradient gradient = normaliseChannelBackward(
                m_norm, runs, m_statistics[static_cast<std::size_t>(c)], extremesOf(c), affineOf(c),
                x + at, dy + at, dx != nullptr ? dx + at : nullptr, context.team);
            m_gammaGradient.data()[c] = static_cast<float>(gradient.gamma);
            m_betaGradient.data()[c] = static_cast<float>(gradient.beta);
        });
        if (isFlat() && dx != nullptr) {
            transpose(context.team, dx, m_channels, context.images, t.dx());
        }
        if (t.dx() != nullptr) {
            m_dx.applyInPlace(context, t.dx(), floatsOf(context));
        }
    }

    void appendStatistics(std::vector<OperandStatistics>& list) const override {
        for (const auto* operand : {&m_x, &m_means, &m_scales, &m_y, &m_dy, &m_dx}) {
            operand->appendStatistics(list);
        }
    }

private:
    NormAffine affineOf(std::int64_t channel) const {
        return {m_gamma.data()[channel], m_beta.data()[channel], m_rectifier};
    }

    std::int64_t floatsOf(const StepContext& context) const {
        return context.images * m_channels * m_pixels;
    }

    /// Means and scales are two vectors over the channels, in the forward pass's format.
    void roundStatistics(const StepContext& context) {
        float* const means = m_rounded.data();
        float* const scales = means + m_channels;
        for (std::size_t c = 0; c < m_statistics.size(); ++c) {
            means[c] = static_cast<float>(m_statistics[c].mean);
            scales[c] = static_cast<float>(m_statistics[c].scale);
        }
        m_means.applyInPlace(context, means, m_channels);
        m_scales.applyInPlace(context, scales, m_channels);
        if (std::find(scales, means + 2 * m_channels, 0.0F) != means + 2 * m_channels) {
            raiseZeros(context, scales, means + 2 * m_channels);
        }
        for (std::size_t c = 0; c < m_statistics.size(); ++c) {
            m_statistics[c].mean = static_cast<double>(means[c]);
            m_statistics[c].scale = static_cast<double>(scales[c]);
        }
    }

    /// Nothing can be divided by the scale of a dead channel that a format makes zero: it becomes
    /// the least that the format has above zero among the block's other scales, as a divider that
    /// clamps has it. The formats' least number would not do: under block floating point it is so
    /// small that a mean's rounding error over it is infinite. Where a format has nothing above
    /// zero (ternary), the scale is as it was.
    void raiseZeros(const StepContext& context, float* scales, float* raised) const {
        const auto count = static_cast<std::size_t>(m_channels);
        for (std::size_t c = 0; c < count; ++c) {
            raised[c] = -static_cast<float>(m_statistics[c].scale);
        }
        numerics::quantise({raised, count}, {raised, count}, {1, m_channels}, 1,
                           {m_scaleFormat.format, numerics::Rounding::Floor}, context.key,
                           context.team);
        for (std::size_t c = 0; c < count; ++c) {
            if (scales[c] == 0) {
                scales[c] = raised[c] < 0 ? -raised[c] : static_cast<float>(m_statistics[c].scale);
            }
        }
    }

    /// Of a channel; nothing where the kind has none.
    ChunkExtremes& extremesOf(std::int64_t channel) {
        return isRange() ? m_extremes[static_cast<std::size_t>(channel)] : m_noExtremes;
    }

    /// Of the batch, which the running statistics follow; in evaluation the running ones.
    ChannelStatistics statisticsFor(const StepContext& context, const ChannelRuns& runs,
                                    const float* x, std::int64_t c) {
        if (!context.training) {
            return runningStatistics(c);
        }
        auto& now = m_statistics[static_cast<std::size_t>(c)];
        now = channelStatistics(m_norm, runs, x, extremesOf(c), context.team);
        // The running variance is unbiased, as is usual; the range has no such correction.
        const auto samples = static_cast<double>(runs.samples());
        follow(c, now.mean,
               isRange() ? now.scale - m_norm.epsilon
                         : now.variance * samples / std::max(1.0, samples - 1));
        return now;
    }

    ChannelStatistics runningStatistics(std::int64_t c) const {
        const auto s = static_cast<double>(m_runningScale.data()[c]);
        return {static_cast<double>(m_runningMean.data()[c]),
                isRange() ? s + m_norm.epsilon : std::sqrt(s + m_norm.epsilon), s};
    }

    float* m_flatX = nullptr;
    float* m_flatY = nullptr;
    float* m_roundedX = nullptr;
    float* m_roundedDy = nullptr;
    std::vector<ChannelStatistics> m_statistics;
    std::vector<ChannelMap> m_maps;  ///< in evaluation
    std::vector<float> m_rounded;    ///< means, scales, room for raiseZeros()
    numerics::TensorFormat m_scaleFormat;
    Rectifier m_rectifier = Rectifier::None;
    QuantisedOperand m_x, m_y, m_means, m_scales, m_dy, m_dx;
    ChunkExtremes m_noExtremes;
};

}  // namespace

std::unique_ptr<Layer> makeExactNorm(const LayerBuild& build) {
    return std::make_unique<BatchNormLayer>(build);
}

}  // namespace mantissa::nn
