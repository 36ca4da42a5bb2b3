// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/nn/approximate_passes.h"
#include "core/nn/conv2d_kind.h"
#include "core/nn/depthwise.h"
#include "core/nn/gemm_layer.h"

namespace mantissa::nn {
namespace {

/// A filter has no reduction over channels, so there are no blocks to sum as integers.
class DepthwiseLayer final : public GemmLayer {
public:
    explicit DepthwiseLayer(const LayerBuild& build)
        : GemmLayer(build, build.params<Conv2d>().bias, build.params<Conv2d>().groups,
                    NoIntegers{}),
          m_channels(build.params<Conv2d>().groups),
          m_geometry(depthwiseGeometry(convGeometry(build.params<Conv2d>(), build.shapes.input))) {
        roundByImage(GemmPass::Forward);
        roundByImage(GemmPass::InputGradient);
    }

    std::int64_t scratchFloats() const override {
        return imageFloats() +
               std::max<std::int64_t>(depthwiseScratchFloats(m_geometry),
                                      multiplication() != nullptr
                                          ? approximateConvScratchFloats(m_geometry.plane)
                                          : 0);
    }

protected:
    void forwardPass(const StepContext& context, const BlockTensor& weight, const BlockTensor& x,
                     const float* bias, float* y) override {
        forEachPlane(
            context, x, m_geometry.plane.inputStride,
            [&](std::int64_t image, const float* planes, std::int64_t channel, float* scratch) {
                const ConvGeometry& g = m_geometry.plane;
                const float* const filter = weight.data + channel * g.taps;
                const float* const from = planes + channel * g.inputFloats();
                float* const to = y + image * g.outputStride + channel * g.outputFloats();
                if (multiplication() != nullptr) {
                    approximateConvForward(*multiplication(), g, filter,
                                           bias != nullptr ? bias + channel : nullptr, from, to,
                                           scratch, context.team);
                } else {
                    depthwiseForward(m_geometry, filter, bias != nullptr ? bias[channel] : 0.0F,
                                     from, to, scratch);
                }
            });
    }

    void inputGradientPass(const StepContext& context, const BlockTensor& weight,
                           const BlockTensor& dy, float* dx) override {
        forEachPlane(
            context, dy, m_geometry.plane.outputStride,
            [&](std::int64_t image, const float* planes, std::int64_t channel, float* scratch) {
                const ConvGeometry& g = m_geometry.plane;
                const float* const filter = weight.data + channel * g.taps;
                const float* const from = planes + channel * g.outputFloats();
                float* const to = dx + image * g.inputStride + channel * g.inputFloats();
                if (multiplication() != nullptr) {
                    approximateConvInputGradient(*multiplication(), g, filter, from, to, scratch,
                                                 context.team);
                } else {
                    depthwiseInputGradient(m_geometry, filter, from, to, scratch);
                }
            });
    }

    /// Channels are independent: one task each, over all images.
    void weightGradientPass(const StepContext& context, const BlockTensor& x, const BlockTensor& dy,
                            float* dw) override {
        const ConvGeometry& g = m_geometry.plane;
        fillFloats(context.team, dw, m_channels * g.taps, 0.0F);
        context.team.run(m_channels, [&](std::int64_t channel, int worker) {
            if (multiplication() != nullptr) {
                approximateConvWeightGradient(
                    *multiplication(), g, x.data + channel * g.inputFloats(),
                    dy.data + channel * g.outputFloats(), context.images, dw + channel * g.taps,
                    context.scratchOf(worker), context.team);
                return;
            }
            convWeightGradient(g, x.data + channel * g.inputFloats(),
                               dy.data + channel * g.outputFloats(), context.images,
                               dw + channel * g.taps, context.scratchOf(worker), context.team);
        });
    }

    void biasGradient(const StepContext& context, const float* dy, float* gradient) override {
        sumChannels(context, dy, m_channels, m_geometry.plane.outputFloats(), gradient);
    }

private:
    /// One task an image, whose planes in `tensor` are rounded; images are `stride` floats apart.
    template <typename Body>
    void forEachPlane(const StepContext& context, const BlockTensor& tensor, std::int64_t stride,
                      const Body& body) {
        context.team.run(context.images, [&](std::int64_t image, int worker) {
            float* const memory = context.scratchOf(worker);
            const float* const planes = tensor.image(image * stride, memory).data;
            for (std::int64_t c = 0; c < m_channels && !context.team.stopped(); ++c) {
                body(image, planes, c, memory + imageFloats());
            }
        });
    }

    std::int64_t m_channels;
    DepthwiseGeometry m_geometry;
};

}  // namespace

std::unique_ptr<Layer> makeDepthwiseConv2d(const LayerBuild& build) {
    return std::make_unique<DepthwiseLayer>(build);
}

}  // namespace mantissa::nn
