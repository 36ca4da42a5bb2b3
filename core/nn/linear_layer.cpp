// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "core/nn/approximate_passes.h"
#include "core/nn/block_gemm.h"
#include "core/nn/gemm.h"
#include "core/nn/gemm_layer.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

constexpr double kMaxFeatures = 65536;

constexpr std::array kParams{
    bind<Linear, &Linear::outFeatures>({.id = "out_features",
                                        .label = "Output features",
                                        .help = "Number of neurons.",
                                        .minimum = 1,
                                        .maximum = kMaxFeatures,
                                        .defaultValue = 10,
                                        .powersOfTwo = true}),
    bind<Linear, &Linear::bias>(kBiasParam),
};

Result<LayerShapes> infer(const LayerSpec& layer, std::span<const Shape> inputs) {
    const auto& linear = std::get<Linear>(layer.params);
    const Shape& input = inputs.front();
    if (input.size() != 1) {
        return wrongLayer(layer, "linear needs a flat input, got " + shapeText(input),
                          "add a Flatten layer before it");
    }
    LayerShapes shapes;
    shapes.output = {linear.outFeatures};
    shapes.weight = {linear.outFeatures, input[0]};
    shapes.macsPerImage = elementCount(shapes.weight);
    shapes.parameters = shapes.macsPerImage + (linear.bias ? linear.outFeatures : 0);
    return shapes;
}

class LinearLayer final : public GemmLayer {
public:
    explicit LinearLayer(const LayerBuild& build)
        : GemmLayer(build, build.params<Linear>().bias,
                    linearGeometry(build.shapes.input[0], build.shapes.output[0])),
          m_features(build.shapes.input[0]),
          m_outputs(build.shapes.output[0]),
          m_batch(build.batch) {}

    std::int64_t scratchFloats() const override {
        return std::max({ownScratchFloats(), gemmScratchFloats(), blockGemmScratchFloats(),
                         approximateScratchFloats()});
    }

    void appendWorkspaces(std::vector<Workspace>& list) override {
        GemmLayer::appendWorkspaces(list);
        const auto packed = [this](GemmPass pass, const GemmSize& size) {
            return segment(pass).length > 0 ? blockGemmPackedFloats(size, segment(pass)) : 0;
        };
        m_forwardFloats = packed(GemmPass::Forward, {m_batch, m_outputs, m_features});
        m_backwardFloats =
            std::max(packed(GemmPass::InputGradient, {m_batch, m_features, m_outputs}),
                     packed(GemmPass::WeightGradient, {m_outputs, m_features, m_batch}));
        if (m_forwardFloats > 0) {
            list.push_back({m_forwardFloats, Lifetime::Forward, &m_packedForward});
        }
        if (m_backwardFloats > 0) {
            list.push_back({m_backwardFloats, Lifetime::Backward, &m_packedBackward});
        }
    }

protected:
    void forwardPass(const StepContext& context, const BlockTensor& weight, const BlockTensor& x,
                     const float* bias, const LayerTensors& to) override {
        float* const y = to.y;
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
        multiply(context, GemmPass::Forward, {context.images, m_outputs, m_features},
                 {rowMajor(x.data, m_features), x.rounding},
                 {rowMajor(weight.data, m_features).transposed(), weight.rounding}, y);
    }

    void inputGradientPass(const StepContext& context, const BlockTensor& weight,
                           const BlockTensor& dy, const LayerTensors& to) override {
        multiply(context, GemmPass::InputGradient, {context.images, m_features, m_outputs},
                 {rowMajor(dy.data, m_outputs), dy.rounding},
                 {rowMajor(weight.data, m_features), weight.rounding}, to.dx());
    }

    void weightGradientPass(const StepContext& context, const BlockTensor& x, const BlockTensor& dy,
                            float* dw) override {
        multiply(context, GemmPass::WeightGradient, {m_outputs, m_features, context.images},
                 {rowMajor(dy.data, m_outputs).transposed(), dy.rounding},
                 {rowMajor(x.data, m_features), x.rounding}, dw);
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
    /// c = a b; forward, where c holds the bias, c += a b.
    void multiply(const StepContext& context, GemmPass pass, const GemmSize& size,
                  const BlockMatrix& a, const BlockMatrix& b, float* c) {
        const bool forward = pass == GemmPass::Forward;
        if (multiplication() != nullptr) {
            approximateGemm(*multiplication(), size, a.view, b.view, c, forward, context.scratch,
                            context.team);
            return;
        }
        if (segment(pass).length == 0) {
            if (!forward) {
                fillFloats(context.team, c, size.m * size.n, 0.0F);
            }
            gemm(size, a.view, b.view, c, context.scratch, context.team);
            return;
        }
        const std::span<float> packed(
            forward ? m_packedForward : m_packedBackward,
            static_cast<std::size_t>(forward ? m_forwardFloats : m_backwardFloats));
        blockGemm(size, a, b, segment(pass), c, context.scratch, packed, context.team, forward);
    }

    std::int64_t m_features, m_outputs, m_batch;
    std::int64_t m_forwardFloats = 0, m_backwardFloats = 0;
    float* m_packedForward = nullptr;
    float* m_packedBackward = nullptr;
};

}  // namespace

const LayerKind& linearKind() {
    static const LayerKind kKind{
        {.id = "linear",
         .label = "Linear",
         .help = "Every output is a weighted sum of every input.",
         .stem = "fc",
         .parameters = kParams,
         .example = Linear{.outFeatures = 128},
         .hasGemm = true},
        infer,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<LinearLayer>(build);
        },
        [](const LayerParams& params) { return Shape{std::get<Linear>(params).outFeatures}; }};
    return kKind;
}

}  // namespace mantissa::nn
