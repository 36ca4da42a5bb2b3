// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "core/nn/lightnorm.h"
#include "core/nn/norm_layer.h"
#include "core/numerics/lane_sums.h"
#include "core/numerics/quantise.h"

namespace mantissa::nn {
namespace {

/// What rounding to few bits, alone or in groups, takes from a tensor.
numerics::ErrorStatistics lossOf(std::span<const float> before, std::span<const float> after,
                                 float largest) {
    constexpr auto kRun = static_cast<std::size_t>(numerics::kChunk);
    numerics::LaneSums sums;
    for (std::size_t first = 0; first < before.size(); first += kRun) {
        const auto run = before.subspan(first, std::min(kRun, before.size() - first));
        numerics::addRun(sums, run, after.subspan(first, run.size()));
        sums.clipped += std::count_if(run.begin(), run.end(), [&](float x) {
            return std::isfinite(x) && std::abs(x) > largest;
        });
    }
    numerics::ErrorStatistics lost;
    numerics::addPanel(lost, sums, static_cast<std::int64_t>(before.size()));
    return lost;
}

class LightNormLayer final : public NormLayer {
public:
    explicit LightNormLayer(const LayerBuild& build)
        : NormLayer(build, "running_scale"),
          m_forward(lightNormPass(m_norm, m_norm.forwardElement)),
          m_backward(lightNormPass(m_norm, m_norm.backwardElement)),
          m_shape{m_batch, m_channels, m_pixels},
          m_gammaShape{1, m_channels},
          m_gammaGrouped({m_channels}),
          m_statistics(static_cast<std::size_t>(m_channels)) {}

    /// Both passes work on copies.
    MemoryUse memoryUse() const override {
        return {
            .mayOverwriteInput = true, .mayOverwriteGradient = true, .backwardReadsInput = false};
    }
    void appendWorkspaces(std::vector<Workspace>& list) override {
        list.push_back({floats(), Lifetime::Step, &m_x});
        list.push_back({floats(), Lifetime::Backward, &m_g});
        if (isFlat()) {
            list.push_back({floats(), Lifetime::Step, &m_flat});
        }
    }

    void forward(const StepContext& context, const LayerTensors& t) override {
        const ChannelRuns runs = runsOf(context.images);
        m_shape[0] = context.images;
        float* y = isFlat() ? m_flat : t.y;
        shorten(m_forward, m_gamma.data(), m_gammaGrouped.data(), m_gammaShape, context);
        if (isFlat()) {
            group(context, m_forward, t.x(), m_flat, m_shape, Map::Input);
            transpose(context.team, m_flat, context.images, m_channels, m_x);
        } else {
            group(context, m_forward, t.x(), m_x, m_shape, Map::Input);
        }
        context.team.run(m_channels, [&](std::int64_t c, int) {
            const std::int64_t at = c * runs.length;
            lightNormForward(m_forward, runs, m_x + at, statisticsFor(context, runs, c),
                             m_gammaGrouped.data()[c], m_beta.data()[c], y + at, context.team);
        });
        if (isFlat()) {
            transpose(context.team, y, m_channels, context.images, t.y);
        }
        group(context, m_forward, t.y, t.y, m_shape, Map::Output);
    }

    void backward(const StepContext& context, const LayerTensors& t) override {
        const ChannelRuns runs = runsOf(context.images);
        float* dx = t.dx();
        if (isFlat()) {
            group(context, m_backward, t.dy, m_flat, m_shape, Map::OutputError);
            transpose(context.team, m_flat, context.images, m_channels, m_g);
            dx = dx != nullptr ? m_flat : nullptr;
        } else {
            group(context, m_backward, t.dy, m_g, m_shape, Map::OutputError);
        }
        context.team.run(m_channels, [&](std::int64_t c, int) {
            const std::int64_t at = c * runs.length;
            const auto channel = static_cast<std::size_t>(c);
            const AffineGradient gradient =
                lightNormBackward(m_norm, m_forward, m_backward, runs,
                                  {m_x + at, m_g + at, m_statistics[channel], m_extremes[channel],
                                   m_gammaGrouped.data()[c]},
                                  dx != nullptr ? dx + at : nullptr, context.team);
            m_gammaGradient.data()[c] = static_cast<float>(gradient.gamma);
            m_betaGradient.data()[c] = static_cast<float>(gradient.beta);
        });
        if (dx != nullptr) {
            if (isFlat()) {
                transpose(context.team, dx, m_channels, context.images, t.dx());
            }
            group(context, m_backward, t.dx(), t.dx(), m_shape, Map::InputError);
        }
    }

    void appendStatistics(std::vector<OperandStatistics>& list) const override {
        for (std::size_t i = 0; i < m_lost.size(); ++i) {
            if (m_lost[i]) {
                list.push_back({{}, kMapNames[i], *m_lost[i]});
            }
        }
    }

private:
    /// What enters and leaves, in both passes.
    enum class Map { Input, Output, OutputError, InputError };
    /// As the other kinds of normalisation call them.
    static constexpr std::array<std::string_view, 4> kMapNames{
        "normalisation@forward", "normalised@forward", "normalisation@input_gradient",
        "normalised@input_gradient"};

    /// to = from in the pass's element type, grouped along axis 1 of `shape`; in place or apart.
    static void shorten(const LightNormPass& pass, const float* from, float* to, const Shape& shape,
                        const StepContext& context) {
        const std::int64_t count = elementCount(shape);
        forEachRange(context.team, count, [&](std::int64_t first, std::int64_t floats) {
            truncate(pass.element, from + first, to + first, floats);
        });
        if (pass.grouped) {
            const std::span<float> values(to, static_cast<std::size_t>(count));
            numerics::quantise(values, values, shape, 1, *pass.grouped, context.key, context.team);
        }
    }

    /// The same of a map; a step that gathers statistics keeps what it lost.
    void group(const StepContext& context, const LightNormPass& pass, const float* from, float* to,
               const Shape& shape, Map map) {
        auto& lost = m_lost[static_cast<std::size_t>(map)];
        lost.reset();
        const bool measures = context.training && context.gatherStatistics &&
                              (!pass.element.isBinary32() || pass.grouped);
        const std::span<const float> values(from, static_cast<std::size_t>(elementCount(shape)));
        std::vector<float> copy;
        if (measures && from == to) {
            copy.assign(values.begin(), values.end());
        }
        shorten(pass, from, to, shape, context);
        if (measures) {
            const float largest = pass.element.isBinary32() ? std::numeric_limits<float>::max()
                                                            : pass.element.largest;
            lost = lossOf(copy.empty() ? values : copy, {to, values.size()}, largest);
        }
    }

    const LightNormStatistics& statisticsFor(const StepContext& context, const ChannelRuns& runs,
                                             std::int64_t c) {
        auto& now = m_statistics[static_cast<std::size_t>(c)];
        if (!context.training && !m_norm.quirkBatchStatistics) {
            now.mean = truncated(m_forward.statistics, m_runningMean.data()[c]);
            now.range = m_runningScale.data()[c];
            now.inverse = lightNormInverse(m_norm, m_forward, now.range);
            return now;
        }
        now = lightNormStatistics(m_norm, m_forward, runs, m_x + c * runs.length,
                                  m_extremes[static_cast<std::size_t>(c)], context.team);
        if (context.training) {
            follow(c, static_cast<double>(now.mean), static_cast<double>(now.range));
        }
        return now;
    }

    LightNormPass m_forward, m_backward;
    Shape m_shape, m_gammaShape;
    Tensor m_gammaGrouped;
    float* m_x = nullptr;     ///< grouped, channel by channel
    float* m_g = nullptr;     ///< the same of the error
    float* m_flat = nullptr;  ///< of flat tensors: before and after transposing
    std::vector<LightNormStatistics> m_statistics;
    std::array<std::optional<numerics::ErrorStatistics>, 4> m_lost;
};

}  // namespace

std::unique_ptr<Layer> makeLightNorm(const LayerBuild& build) {
    return std::make_unique<LightNormLayer>(build);
}

}  // namespace mantissa::nn
