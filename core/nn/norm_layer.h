// SPDX-License-Identifier: GPL-3.0-or-later
// The part that all kinds of batch normalisation share. Internal to nn.
#pragma once

#include <string>
#include <vector>

#include "core/nn/batch_norm.h"
#include "core/nn/layer_kind.h"

namespace mantissa::nn {

/// Channels are independent: one task each. Samples of an image's channel are contiguous; features
/// of a flat tensor are transposed first, so that they are, too.
class NormLayer : public Layer {
public:
    /// `scaleName` is what the running scale is called.
    NormLayer(const LayerBuild& build, std::string scaleName);

    std::vector<Parameter> parameters() final;
    void initialise(std::uint64_t seed, std::uint32_t layer, ThreadTeam& team) final;

protected:
    bool isFlat() const { return m_pixels == 1; }
    bool isRange() const;
    ChannelRuns runsOf(std::int64_t images) const {
        return isFlat() ? ChannelRuns{1, images, 0}
                        : ChannelRuns{images, m_pixels, m_channels * m_pixels};
    }
    /// The running mean and scale follow those of a batch.
    void follow(std::int64_t channel, double mean, double scale);
    std::int64_t floats() const { return m_batch * m_channels * m_pixels; }  ///< of the batch

    BatchNorm m_norm;
    std::int64_t m_batch, m_channels, m_pixels;
    Tensor m_gamma, m_gammaGradient, m_beta, m_betaGradient, m_runningMean, m_runningScale;
    std::vector<ChunkExtremes> m_extremes;

private:
    void reset();
    std::string m_scaleName;
};

/// to[column][row] = from[row][column].
void transpose(ThreadTeam& team, const float* from, std::int64_t rows, std::int64_t columns,
               float* to);

std::unique_ptr<Layer> makeExactNorm(const LayerBuild& build);  ///< all kinds but LightNorm
std::unique_ptr<Layer> makeLightNorm(const LayerBuild& build);

}  // namespace mantissa::nn
