// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/nn/layer_kind.h"
#include "core/nn/portable_math.h"

namespace mantissa::nn {
namespace {

/// Over the channels of each pixel; a row of features is one pixel.
class SoftmaxLayer final : public Layer {
public:
    explicit SoftmaxLayer(const LayerShapes& shapes)
        : m_channels(shapes.output[0]), m_pixels(elementCount(shapes.output) / m_channels) {}

    MemoryUse memoryUse() const override {
        return {.mayOverwriteInput = true,
                .mayOverwriteGradient = true,
                .backwardReadsInput = false,
                .backwardReadsOutput = true};
    }
    void forward(const StepContext& context, const LayerTensors& t) override {
        forEachPixel(context, [&](std::int64_t first) { normalise(t.x() + first, t.y + first); });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() != nullptr) {
            forEachPixel(context, [&](std::int64_t first) {
                differentiate(t.y + first, t.dy + first, t.dx() + first);
            });
        }
    }

private:
    void normalise(const float* x, float* y) const {
        auto largest = static_cast<double>(x[0]);
        for (std::int64_t c = 1; c < m_channels; ++c) {
            largest = std::max(largest, static_cast<double>(x[c * m_pixels]));
        }
        const auto exponential = [&](std::int64_t c) {
            return portableExp(static_cast<double>(x[c * m_pixels]) - largest);
        };
        double sum = 0;
        for (std::int64_t c = 0; c < m_channels; ++c) {
            sum += exponential(c);
        }
        for (std::int64_t c = 0; c < m_channels; ++c) {
            y[c * m_pixels] = static_cast<float>(exponential(c) / sum);
        }
    }

    /// dx = y (dy - sum of y dy).
    void differentiate(const float* y, const float* dy, float* dx) const {
        double sum = 0;
        for (std::int64_t i = 0; i < m_channels * m_pixels; i += m_pixels) {
            sum += static_cast<double>(y[i]) * static_cast<double>(dy[i]);
        }
        for (std::int64_t i = 0; i < m_channels * m_pixels; i += m_pixels) {
            dx[i] =
                static_cast<float>(static_cast<double>(y[i]) * (static_cast<double>(dy[i]) - sum));
        }
    }

    /// body(index of a pixel's first channel in the batch), one task an image.
    template <typename Body>
    void forEachPixel(const StepContext& context, const Body& body) const {
        context.team.run(context.images, [&](std::int64_t image, int) {
            const std::int64_t first = image * m_channels * m_pixels;
            for (std::int64_t p = 0; p < m_pixels && !context.team.stopped(); ++p) {
                body(first + p);
            }
        });
    }

    std::int64_t m_channels, m_pixels;
};

VectorWork work(const LayerParams& /*params*/, const LayerShapes& shapes) {
    const auto n = static_cast<double>(elementCount(shapes.output));
    return {.compares = n,
            .adds = 10 * n,
            .multiplies = 8 * n,
            .divides = n,
            .backwardAdds = 2 * n,
            .backwardMultiplies = 2 * n,
            .keptBits = 32 * n};
}

}  // namespace

const LayerKind& softmaxKind() {
    static const LayerKind kKind{
        {.id = "softmax",
         .label = "Softmax",
         .help = "Turns features, or the channels of each pixel, into shares of one.",
         .stem = "softmax",
         .parameters = {},
         .example = Softmax{},
         .work = work},
        inferSame,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<SoftmaxLayer>(build.shapes);
        }};
    return kKind;
}

}  // namespace mantissa::nn
