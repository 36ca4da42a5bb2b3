// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/nn/convolution.h"
#include "core/nn/gemm_layer.h"
#include "core/nn/layers.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

/// Partial weight gradients: one for each part of the batch, at most this many floats in all.
constexpr std::int64_t kMaxParts = 16;
constexpr std::int64_t kMaxPartialFloats = std::int64_t{1} << 22;

class Conv2dLayer final : public GemmLayer {
public:
    Conv2dLayer(const Conv2d& conv, const LayerShapes& shapes, const LayerPrecision& precision,
                std::uint32_t index, int batch)
        : GemmLayer(shapes, conv.bias, precision, index, batch),
          m_geometry(convGeometry(conv, shapes.input)) {
        const std::int64_t weights = elementCount(shapes.weight);
        m_parts = std::clamp<std::int64_t>(kMaxPartialFloats / weights, 1, kMaxParts);
        m_partial = Tensor({m_parts, weights});
    }

    std::int64_t scratchFloats() const override { return convScratchFloats(m_geometry); }

protected:
    void forwardPass(const StepContext& context, const float* weight, const float* x,
                     const float* bias, float* y) override {
        context.team.run(context.images, [&](std::int64_t image, int worker) {
            convForward(m_geometry, weight, bias, x + image * m_geometry.inputFloats(),
                        y + image * m_geometry.outputFloats(), context.scratchOf(worker),
                        context.team);
        });
    }

    void inputGradientPass(const StepContext& context, const float* weight, const float* dy,
                           float* dx) override {
        context.team.run(context.images, [&](std::int64_t image, int worker) {
            convInputGradient(m_geometry, weight, dy + image * m_geometry.outputFloats(),
                              dx + image * m_geometry.inputFloats(), context.scratchOf(worker),
                              context.team);
        });
    }

    void weightGradientPass(const StepContext& context, const float* x, const float* dy,
                            float* dw) override {
        const std::int64_t weights = m_partial.size() / m_parts;
        const std::int64_t share = (context.images + m_parts - 1) / m_parts;
        fillFloats(context.team, m_partial.data(), m_partial.size(), 0.0F);
        context.team.run(m_parts, [&](std::int64_t part, int worker) {
            float* sum = m_partial.data() + part * weights;
            const std::int64_t first = std::min(part * share, context.images);
            convWeightGradient(m_geometry, x + first * m_geometry.inputFloats(),
                               dy + first * m_geometry.outputFloats(),
                               std::min(share, context.images - first), sum,
                               context.scratchOf(worker), context.team);
        });
        forEachRange(context.team, weights, [&](std::int64_t first, std::int64_t count) {
            std::copy_n(m_partial.data() + first, count, dw + first);
            for (std::int64_t part = 1; part < m_parts; ++part) {
                addTo(dw + first, m_partial.data() + part * weights + first, count);
            }
        });
    }

    void biasGradient(const StepContext& context, const float* dy, float* gradient) override {
        const std::int64_t pixels = m_geometry.outHeight * m_geometry.outWidth;
        context.team.run(m_geometry.outChannels, [&](std::int64_t channel, int) {
            double sum = 0;
            for (std::int64_t image = 0; image < context.images && !context.team.stopped();
                 ++image) {
                sum += sumOf(dy + (image * m_geometry.outChannels + channel) * pixels, pixels);
            }
            gradient[channel] = static_cast<float>(sum);
        });
    }

private:
    ConvGeometry m_geometry;
    std::int64_t m_parts = 1;
    Tensor m_partial;
};

}  // namespace

std::unique_ptr<Layer> makeConv2d(const Conv2d& conv, const LayerShapes& shapes,
                                  const LayerPrecision& precision, std::uint32_t index, int batch) {
    return std::make_unique<Conv2dLayer>(conv, shapes, precision, index, batch);
}

}  // namespace mantissa::nn
