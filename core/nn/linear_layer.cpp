// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/nn/gemm.h"
#include "core/nn/gemm_layer.h"
#include "core/nn/layers.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

class LinearLayer final : public GemmLayer {
public:
    LinearLayer(const Linear& linear, const LayerShapes& shapes, const LayerPrecision& precision,
                std::uint32_t index, int batch)
        : GemmLayer(shapes, linear.bias, precision, index, batch),
          m_features(shapes.input[0]),
          m_outputs(shapes.output[0]) {}

    std::int64_t scratchFloats() const override { return gemmScratchFloats(); }

protected:
    void forwardPass(const StepContext& context, const float* weight, const float* x,
                     const float* bias, float* y) override {
        const auto startRows = [&](std::int64_t first, std::int64_t images) {
            for (std::int64_t image = first; image < first + images; ++image) {
                if (bias != nullptr) {
                    std::copy_n(bias, m_outputs, y + image * m_outputs);
                } else {
                    std::fill_n(y + image * m_outputs, m_outputs, 0.0F);
                }
            }
        };
        forEachRange(context.team, context.images, startRows, m_outputs);
        gemm({context.images, m_outputs, m_features}, rowMajor(x, m_features),
             rowMajor(weight, m_features).transposed(), y, context.scratch, context.team);
    }

    void inputGradientPass(const StepContext& context, const float* weight, const float* dy,
                           float* dx) override {
        fillFloats(context.team, dx, context.images * m_features, 0.0F);
        gemm({context.images, m_features, m_outputs}, rowMajor(dy, m_outputs),
             rowMajor(weight, m_features), dx, context.scratch, context.team);
    }

    void weightGradientPass(const StepContext& context, const float* x, const float* dy,
                            float* dw) override {
        fillFloats(context.team, dw, m_outputs * m_features, 0.0F);
        gemm({m_outputs, m_features, context.images}, rowMajor(dy, m_outputs).transposed(),
             rowMajor(x, m_features), dw, context.scratch, context.team);
    }

    void biasGradient(const StepContext& context, const float* dy, float* gradient) override {
        const auto addColumns = [&](std::int64_t first, std::int64_t columns) {
            std::copy_n(dy + first, columns, gradient + first);
            for (std::int64_t image = 1; image < context.images; ++image) {
                addTo(gradient + first, dy + image * m_outputs + first, columns);
            }
        };
        // Columns of a cache line stay together, in runs long enough for the memory.
        constexpr std::int64_t kColumns = 512;
        const std::int64_t runs = (m_outputs + kColumns - 1) / kColumns;
        context.team.run(runs, [&](std::int64_t run, int) {
            addColumns(run * kColumns, std::min(kColumns, m_outputs - run * kColumns));
        });
    }

private:
    std::int64_t m_features, m_outputs;
};

}  // namespace

std::unique_ptr<Layer> makeLinear(const Linear& linear, const LayerShapes& shapes,
                                  const LayerPrecision& precision, std::uint32_t index, int batch) {
    return std::make_unique<LinearLayer>(linear, shapes, precision, index, batch);
}

}  // namespace mantissa::nn
