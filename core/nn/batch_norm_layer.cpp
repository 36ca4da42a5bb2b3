// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/nn/batch_norm.h"
#include "core/nn/layers.h"

namespace mantissa::nn {
namespace {

/// to[c][n] = from[n][c].
void transpose(ThreadTeam& team, const float* from, std::int64_t rows, std::int64_t columns,
               float* to) {
    constexpr std::int64_t kBlock = 32;
    team.run((columns + kBlock - 1) / kBlock, [&](std::int64_t block, int) {
        const std::int64_t last = std::min(columns, (block + 1) * kBlock);
        for (std::int64_t row = 0; row < rows; ++row) {
            for (std::int64_t column = block * kBlock; column < last; ++column) {
                to[column * rows + row] = from[row * columns + column];
            }
        }
    });
}

/// Channels are independent: one task each. Samples of an image's channel are contiguous; features
/// of a flat tensor are transposed first, so that they are, too.
class BatchNormLayer final : public Layer {
public:
    BatchNormLayer(const BatchNorm& norm, const LayerShapes& shapes, int batch)
        : m_norm(norm),
          m_channels(shapes.input[0]),
          m_pixels(elementCount(shapes.input) / m_channels),
          m_statistics(static_cast<std::size_t>(m_channels)),
          m_extremes(static_cast<std::size_t>(m_channels)) {
        for (Tensor* tensor : {&m_gamma, &m_gammaGradient, &m_beta, &m_betaGradient, &m_runningMean,
                               &m_runningScale}) {
            *tensor = Tensor({m_channels});
        }
        reset();
        if (isFlat()) {
            m_flatX = Tensor({m_channels, batch});
            m_flatY = Tensor({m_channels, batch});
        }
        const auto chunks =
            static_cast<std::size_t>(norm.kind == BatchNormKind::Range ? norm.chunks : 0);
        for (auto& extremes : m_extremes) {
            extremes.largest.resize(chunks);
            extremes.smallest.resize(chunks);
        }
    }

    void forward(const StepContext& context, const LayerTensors& t) override {
        const ChannelRuns runs = runsOf(context.images);
        const float* x = t.x;
        float* y = t.y;
        if (isFlat()) {
            transpose(context.team, t.x, context.images, m_channels, m_flatX.data());
            x = m_flatX.data();
            y = m_flatY.data();
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
        const float* x = t.x;
        const float* dy = t.dy;
        float* dx = t.dx;
        if (isFlat()) {  // m_flatX still holds x
            transpose(context.team, t.dy, context.images, m_channels, m_flatY.data());
            x = m_flatX.data();
            dy = m_flatY.data();
            dx = t.dx != nullptr ? m_flatY.data() : nullptr;
        }
        context.team.run(m_channels, [&](std::int64_t c, int) {
            const std::int64_t at = c * runs.length;
            const auto channel = static_cast<std::size_t>(c);
            const AffineGradient gradient = normaliseChannelBackward(
                m_norm, runs, x + at, dy + at, m_statistics[channel], m_extremes[channel],
                m_gamma.data()[c], dx != nullptr ? dx + at : nullptr, context.team);
            m_gammaGradient.data()[c] = static_cast<float>(gradient.gamma);
            m_betaGradient.data()[c] = static_cast<float>(gradient.beta);
        });
        if (isFlat() && t.dx != nullptr) {
            transpose(context.team, dx, m_channels, context.images, t.dx);
        }
    }

    std::vector<Parameter> parameters() override {
        const bool range = m_norm.kind == BatchNormKind::Range;
        return {{"gamma", m_gamma.values(), m_gammaGradient.values(), false},
                {"beta", m_beta.values(), m_betaGradient.values(), false},
                {"running_mean", m_runningMean.values(), {}, false},
                {range ? "running_scale" : "running_var", m_runningScale.values(), {}, false}};
    }

    void initialise(std::uint64_t /*seed*/, std::uint32_t /*layer*/,
                    ThreadTeam& /*team*/) override {
        reset();
    }

private:
    void reset() {
        m_gamma.fill(1);
        m_beta.fill(0);
        m_runningMean.fill(0);
        m_runningScale.fill(1);
    }
    bool isFlat() const { return m_pixels == 1; }
    ChannelRuns runsOf(std::int64_t images) const {
        return isFlat() ? ChannelRuns{1, images, 0}
                        : ChannelRuns{images, m_pixels, m_channels * m_pixels};
    }

    /// Of the batch, which the running statistics follow; in evaluation the running ones.
    ChannelStatistics statisticsFor(const StepContext& context, const ChannelRuns& runs,
                                    const float* x, std::int64_t c) {
        float& mean = m_runningMean.data()[c];
        float& scale = m_runningScale.data()[c];
        const bool range = m_norm.kind == BatchNormKind::Range;
        if (!context.training) {
            const auto s = static_cast<double>(scale);
            return {static_cast<double>(mean),
                    range ? s + m_norm.epsilon : std::sqrt(s + m_norm.epsilon), s};
        }
        auto& now = m_statistics[static_cast<std::size_t>(c)];
        now = channelStatistics(m_norm, runs, x, m_extremes[static_cast<std::size_t>(c)],
                                context.team);
        // The running variance is unbiased, as is usual; the range has no such correction.
        const auto samples = static_cast<double>(runs.samples());
        const double observed = range ? now.scale - m_norm.epsilon
                                      : now.variance * samples / std::max(1.0, samples - 1);
        const auto follow = [this](float& running, double value) {
            running = static_cast<float>((1 - m_norm.momentum) * static_cast<double>(running) +
                                         m_norm.momentum * value);
        };
        follow(mean, now.mean);
        follow(scale, observed);
        return now;
    }

    BatchNorm m_norm;
    std::int64_t m_channels, m_pixels;
    Tensor m_gamma, m_gammaGradient, m_beta, m_betaGradient, m_runningMean, m_runningScale;
    Tensor m_flatX, m_flatY;
    std::vector<ChannelStatistics> m_statistics;
    std::vector<ChunkExtremes> m_extremes;
};

}  // namespace

std::unique_ptr<Layer> makeBatchNorm(const BatchNorm& norm, const LayerShapes& shapes, int batch) {
    return std::make_unique<BatchNormLayer>(norm, shapes, batch);
}

}  // namespace mantissa::nn
