// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/nn/conv2d_kind.h"
#include "core/nn/convolution.h"
#include "core/nn/gemm_layer.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

/// Partial weight gradients: one for each part of the batch, at most this many floats in all.
constexpr std::int64_t kMaxParts = 16;
constexpr std::int64_t kMaxPartialFloats = std::int64_t{1} << 22;

class Conv2dLayer final : public GemmLayer {
public:
    explicit Conv2dLayer(const LayerBuild& build)
        : GemmLayer(build, build.params<Conv2d>().bias, build.params<Conv2d>().groups),
          m_geometry(convGeometry(build.params<Conv2d>(), build.shapes.input)),
          m_groups(build.params<Conv2d>().groups),
          m_weights(elementCount(build.shapes.weight)),
          m_parts(std::clamp<std::int64_t>(kMaxPartialFloats / m_weights, 1, kMaxParts)) {}

    std::int64_t scratchFloats() const override { return convScratchFloats(m_geometry); }

    void appendWorkspaces(std::vector<Workspace>& list) override {
        GemmLayer::appendWorkspaces(list);
        list.push_back({m_parts * m_weights, Lifetime::Backward, &m_partial});
    }

protected:
    void forwardPass(const StepContext& context, const float* weight, const float* x,
                     const float* bias, float* y) override {
        const ConvGeometry& g = m_geometry;
        forEachGroup(context, [&](std::int64_t image, std::int64_t group, float* scratch) {
            convForward(g, weight + group * groupWeights(),
                        bias != nullptr ? bias + group * g.outChannels : nullptr,
                        x + image * g.inputStride + group * g.inputFloats(),
                        y + image * g.outputStride + group * g.outputFloats(), scratch,
                        context.team);
        });
    }

    void inputGradientPass(const StepContext& context, const float* weight, const float* dy,
                           float* dx) override {
        const ConvGeometry& g = m_geometry;
        forEachGroup(context, [&](std::int64_t image, std::int64_t group, float* scratch) {
            convInputGradient(g, weight + group * groupWeights(),
                              dy + image * g.outputStride + group * g.outputFloats(),
                              dx + image * g.inputStride + group * g.inputFloats(), scratch,
                              context.team);
        });
    }

    void weightGradientPass(const StepContext& context, const float* x, const float* dy,
                            float* dw) override {
        const ConvGeometry& g = m_geometry;
        const std::int64_t share = (context.images + m_parts - 1) / m_parts;
        fillFloats(context.team, m_partial, m_parts * m_weights, 0.0F);
        context.team.run(m_parts, [&](std::int64_t part, int worker) {
            const std::int64_t first = std::min(part * share, context.images);
            for (std::int64_t group = 0; group < m_groups; ++group) {
                convWeightGradient(g, x + first * g.inputStride + group * g.inputFloats(),
                                   dy + first * g.outputStride + group * g.outputFloats(),
                                   std::min(share, context.images - first),
                                   m_partial + part * m_weights + group * groupWeights(),
                                   context.scratchOf(worker), context.team);
            }
        });
        forEachRange(context.team, m_weights, [&](std::int64_t first, std::int64_t count) {
            std::copy_n(m_partial + first, count, dw + first);
            for (std::int64_t part = 1; part < m_parts; ++part) {
                addTo(dw + first, m_partial + part * m_weights + first, count);
            }
        });
    }

    void biasGradient(const StepContext& context, const float* dy, float* gradient) override {
        sumChannels(context, dy, m_groups * m_geometry.outChannels,
                    m_geometry.outHeight * m_geometry.outWidth, gradient);
    }

private:
    std::int64_t groupWeights() const { return m_weights / m_groups; }

    /// One task an image.
    template <typename Body>
    void forEachGroup(const StepContext& context, const Body& body) {
        context.team.run(context.images, [&](std::int64_t image, int worker) {
            for (std::int64_t group = 0; group < m_groups && !context.team.stopped(); ++group) {
                body(image, group, context.scratchOf(worker));
            }
        });
    }

    ConvGeometry m_geometry;  ///< of a group
    std::int64_t m_groups;
    std::int64_t m_weights;
    std::int64_t m_parts;
    float* m_partial = nullptr;
};

}  // namespace

std::unique_ptr<Layer> makeGroupedConv2d(const LayerBuild& build) {
    return std::make_unique<Conv2dLayer>(build);
}

}  // namespace mantissa::nn
