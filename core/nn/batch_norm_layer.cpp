// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation in binary32.
#include <algorithm>
#include <cmath>

#include "core/nn/norm_layer.h"

namespace mantissa::nn {
namespace {

class BatchNormLayer final : public NormLayer {
public:
    explicit BatchNormLayer(const LayerBuild& build)
        : NormLayer(build, build.params<BatchNorm>().kind == BatchNormKind::Range ? "running_scale"
                                                                                  : "running_var"),
          m_statistics(static_cast<std::size_t>(m_channels)) {}

    MemoryUse memoryUse() const override { return {.backwardReadsInput = !isFlat()}; }
    void appendWorkspaces(std::vector<Workspace>& list) override {
        if (isFlat()) {
            list.push_back({floats(), Lifetime::Step, &m_flatX});
            list.push_back({floats(), Lifetime::Step, &m_flatY});
        }
    }

    void forward(const StepContext& context, const LayerTensors& t) override {
        const ChannelRuns runs = runsOf(context.images);
        const float* x = t.x();
        float* y = t.y;
        if (isFlat()) {
            transpose(context.team, t.x(), context.images, m_channels, m_flatX);
            x = m_flatX;
            y = m_flatY;
        }
        context.team.run(m_channels, [&](std::int64_t c, int) {
            const std::int64_t at = c * runs.length;
            normaliseChannel(runs, x + at, statisticsFor(context, runs, x + at, c),
                             m_gamma.data()[c], m_beta.data()[c], y + at, context.team);
        });
        if (isFlat()) {
            transpose(context.team, y, m_channels, context.images, t.y);
        }
    }

    void backward(const StepContext& context, const LayerTensors& t) override {
        const ChannelRuns runs = runsOf(context.images);
        const float* x = t.x();
        const float* dy = t.dy;
        float* dx = t.dx();
        if (isFlat()) {  // m_flatX still holds x
            transpose(context.team, t.dy, context.images, m_channels, m_flatY);
            x = m_flatX;
            dy = m_flatY;
            dx = dx != nullptr ? m_flatY : nullptr;
        }
        context.team.run(m_channels, [&](std::int64_t c, int) {
            const std::int64_t at = c * runs.length;
            const AffineGradient gradient = normaliseChannelBackward(
                m_norm, runs, x + at, dy + at, m_statistics[static_cast<std::size_t>(c)],
                extremesOf(c), m_gamma.data()[c], dx != nullptr ? dx + at : nullptr, context.team);
            m_gammaGradient.data()[c] = static_cast<float>(gradient.gamma);
            m_betaGradient.data()[c] = static_cast<float>(gradient.beta);
        });
        if (isFlat() && dx != nullptr) {
            transpose(context.team, dx, m_channels, context.images, t.dx());
        }
    }

private:
    /// Of a channel; nothing where the kind has none.
    ChunkExtremes& extremesOf(std::int64_t channel) {
        return isRange() ? m_extremes[static_cast<std::size_t>(channel)] : m_noExtremes;
    }

    /// Of the batch, which the running statistics follow; in evaluation the running ones.
    ChannelStatistics statisticsFor(const StepContext& context, const ChannelRuns& runs,
                                    const float* x, std::int64_t c) {
        if (!context.training) {
            const auto s = static_cast<double>(m_runningScale.data()[c]);
            return {static_cast<double>(m_runningMean.data()[c]),
                    isRange() ? s + m_norm.epsilon : std::sqrt(s + m_norm.epsilon), s};
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

    float* m_flatX = nullptr;
    float* m_flatY = nullptr;
    std::vector<ChannelStatistics> m_statistics;
    ChunkExtremes m_noExtremes;
};

}  // namespace

std::unique_ptr<Layer> makeExactNorm(const LayerBuild& build) {
    return std::make_unique<BatchNormLayer>(build);
}

}  // namespace mantissa::nn
