// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/nn/approximate_passes.h"
#include "core/nn/conv2d_kind.h"
#include "core/nn/depthwise.h"
#include "core/nn/gemm_layer.h"
#include "core/nn/vector_ops.h"

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

    bool mapsImages() const override { return true; }
    MemoryUse memoryUse() const override {
        MemoryUse use = GemmLayer::memoryUse();
        use.mayAddGradient = true;
        return use;
    }
    std::int64_t scratchFloats() const override {
        return imageFloats() + sharedPlaneFloats() +
               std::max<std::int64_t>(depthwiseScratchFloats(m_geometry),
                                      multiplication() != nullptr
                                          ? approximateConvScratchFloats(m_geometry.plane)
                                          : 0);
    }

protected:
    void forwardPass(const StepContext& context, const BlockTensor& weight, const BlockTensor& x,
                     const float* bias, const LayerTensors& t) override {
        const ConvGeometry& g = m_geometry.plane;
        forEachImage(context, x, g.inputStride,
                     [&](std::int64_t image, const float* planes, float* scratch) {
                         float* const y = t.y + image * g.outputStride;
                         for (std::int64_t c = 0; c < m_channels && !context.team.stopped(); ++c) {
                             const float* const filter = weight.data + c * g.taps;
                             const float* const from = planes + c * g.inputFloats();
                             float* const to = y + c * g.outputFloats();
                             if (multiplication() != nullptr) {
                                 approximateConvForward(*multiplication(), g, filter,
                                                        bias != nullptr ? bias + c : nullptr, from,
                                                        to, scratch, context.team);
                             } else {
                                 depthwiseForward(m_geometry, filter,
                                                  bias != nullptr ? bias[c] : 0.0F, from, to,
                                                  scratch);
                             }
                         }
                         if (t.then != nullptr) {
                             t.then->mapImage(y);
                         }
                     });
    }

    void inputGradientPass(const StepContext& context, const BlockTensor& weight,
                           const BlockTensor& dy, const LayerTensors& t) override {
        const ConvGeometry& g = m_geometry.plane;
        forEachImage(context, dy, g.outputStride,
                     [&](std::int64_t image, const float* planes, float* scratch) {
                         float* const rest = scratch + sharedPlaneFloats();
                         for (std::int64_t c = 0; c < m_channels && !context.team.stopped(); ++c) {
                             const float* const filter = weight.data + c * g.taps;
                             const float* const from = planes + c * g.outputFloats();
                             float* const dx = t.dx() + image * g.inputStride + c * g.inputFloats();
                             float* const to = t.adds ? scratch : dx;
                             if (multiplication() != nullptr) {
                                 approximateConvInputGradient(*multiplication(), g, filter, from,
                                                              to, rest, context.team);
                             } else {
                                 depthwiseInputGradient(m_geometry, filter, from, to, rest);
                             }
                             if (t.adds) {
                                 addTo(dx, to, g.inputFloats());
                             }
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
    /// Of a plane of the input gradient that is added to what is there.
    std::int64_t sharedPlaneFloats() const {
        return (m_geometry.plane.inputFloats() + 15) / 16 * 16;
    }

    /// One task an image, whose planes in `tensor` are rounded; images are `stride` floats apart.
    template <typename Body>
    void forEachImage(const StepContext& context, const BlockTensor& tensor, std::int64_t stride,
                      const Body& body) {
        context.team.run(context.images, [&](std::int64_t image, int worker) {
            float* const memory = context.scratchOf(worker);
            const float* const planes = tensor.image(image * stride, memory).data;
            body(image, planes, memory + imageFloats());
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
