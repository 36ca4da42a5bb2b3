// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/norm_layer.h"

#include <algorithm>
#include <utility>

namespace mantissa::nn {

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

NormLayer::NormLayer(const LayerBuild& build, std::string scaleName)
    : m_norm(build.params<BatchNorm>()),
      m_batch(build.batch),
      m_channels(build.shapes.input[0]),
      m_pixels(elementCount(build.shapes.input) / m_channels),
      m_extremes(static_cast<std::size_t>(isRange() ? m_channels : 0)),
      m_scaleName(std::move(scaleName)) {
    for (Tensor* tensor :
         {&m_gamma, &m_gammaGradient, &m_beta, &m_betaGradient, &m_runningMean, &m_runningScale}) {
        *tensor = Tensor({m_channels});
    }
    reset();
    for (auto& extremes : m_extremes) {
        extremes.largest.resize(static_cast<std::size_t>(m_norm.chunks));
        extremes.smallest.resize(static_cast<std::size_t>(m_norm.chunks));
    }
}

bool NormLayer::isRange() const {
    return m_norm.kind == BatchNormKind::Range || m_norm.kind == BatchNormKind::LightNorm;
}

std::vector<Parameter> NormLayer::parameters() {
    return {{"gamma", m_gamma.values(), m_gammaGradient.values(), false},
            {"beta", m_beta.values(), m_betaGradient.values(), false},
            {"running_mean", m_runningMean.values(), {}, false},
            {m_scaleName, m_runningScale.values(), {}, false}};
}

void NormLayer::initialise(std::uint64_t /*seed*/, std::uint32_t /*layer*/, ThreadTeam& /*team*/) {
    reset();
}

void NormLayer::reset() {
    m_gamma.fill(1);
    m_beta.fill(0);
    m_runningMean.fill(0);
    m_runningScale.fill(1);
}

void NormLayer::follow(std::int64_t channel, double mean, double scale) {
    const auto move = [this](float& running, double value) {
        running = static_cast<float>((1 - m_norm.momentum) * static_cast<double>(running) +
                                     m_norm.momentum * value);
    };
    move(m_runningMean.data()[channel], mean);
    move(m_runningScale.data()[channel], scale);
}

}  // namespace mantissa::nn
