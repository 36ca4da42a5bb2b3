// SPDX-License-Identifier: GPL-3.0-or-later
// The layers that map each number by itself.
#include <array>

#include "core/nn/activations.h"
#include "core/nn/layer_kind.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

constexpr MemoryUse kFromOutput{.mayOverwriteInput = true,
                                .mayOverwriteGradient = true,
                                .backwardReadsInput = false,
                                .backwardReadsOutput = true};
constexpr MemoryUse kFromInput{.mayOverwriteGradient = true};

class ReluLayer final : public Layer, public ImageMap {
public:
    explicit ReluLayer(std::int64_t perImage) : m_perImage(perImage) {}
    MemoryUse memoryUse() const override { return kFromOutput; }
    const ImageMap* imageMap(bool /*evaluatesOnly*/) override { return this; }
    void mapImage(float* image) const override { reluForward(image, image, m_perImage); }

    void forward(const StepContext& context, const LayerTensors& t) override {
        forEachRange(context.team, context.images * m_perImage,
                     [&](std::int64_t first, std::int64_t count) {
                         reluForward(t.x() + first, t.y + first, count);
                     });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() == nullptr) {
            return;
        }
        forEachRange(context.team, context.images * m_perImage,
                     [&](std::int64_t first, std::int64_t count) {
                         reluBackward(t.y + first, t.dy + first, t.dx() + first, count);
                     });
    }

private:
    std::int64_t m_perImage;
};

class ActivationLayer final : public Layer, public ImageMap {
public:
    ActivationLayer(Activation activation, float slope, std::int64_t perImage)
        : m_activation(activation), m_slope(slope), m_perImage(perImage) {}
    MemoryUse memoryUse() const override {
        return derivesFromOutput(m_activation) ? kFromOutput : kFromInput;
    }
    const ImageMap* imageMap(bool evaluatesOnly) override {
        return evaluatesOnly || derivesFromOutput(m_activation) ? this : nullptr;
    }
    void mapImage(float* image) const override {
        activate(m_activation, m_slope, image, image, m_perImage);
    }

    void forward(const StepContext& context, const LayerTensors& t) override {
        forEachRange(context.team, context.images * m_perImage,
                     [&](std::int64_t first, std::int64_t count) {
                         activate(m_activation, m_slope, t.x() + first, t.y + first, count);
                     });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() == nullptr) {
            return;
        }
        const float* from = derivesFromOutput(m_activation) ? t.y : t.x();
        forEachRange(context.team, context.images * m_perImage,
                     [&](std::int64_t first, std::int64_t count) {
                         activateBackward(m_activation, m_slope, from + first, t.dy + first,
                                          t.dx() + first, count);
                     });
    }

private:
    Activation m_activation;
    float m_slope;
    std::int64_t m_perImage;
};

template <Activation Function>
std::unique_ptr<Layer> make(const LayerBuild& build) {
    return std::make_unique<ActivationLayer>(Function, 0.0F, elementCount(build.shapes.output));
}

double outputs(const LayerShapes& shapes) {
    return static_cast<double>(elementCount(shapes.output));
}

/// Piecewise linear: comparisons, and one bit to remember.
template <int Compares, int Multiplies>
VectorWork piecewise(const LayerParams& /*params*/, const LayerShapes& shapes) {
    const double n = outputs(shapes);
    return {.compares = Compares * n,
            .multiplies = Multiplies * n,
            .backwardMultiplies = Multiplies * n,
            .keptBits = n};
}

/// An exponential and a quotient; the backward pass reads a kept number of binary32.
template <int Multiplies, int Adds>
VectorWork exponential(const LayerParams& /*params*/, const LayerShapes& shapes) {
    const double n = outputs(shapes);
    return {.adds = (9 + Adds) * n,
            .multiplies = (8 + Multiplies) * n,
            .divides = n,
            .backwardAdds = (1 + Adds) * n,
            .backwardMultiplies = (2 + Multiplies) * n,
            .keptBits = 32 * n};
}

VectorWork hardSwishWork(const LayerParams& /*params*/, const LayerShapes& shapes) {
    const double n = outputs(shapes);
    return {.compares = 2 * n,
            .adds = n,
            .multiplies = 2 * n,
            .backwardAdds = n,
            .backwardMultiplies = 2 * n,
            .keptBits = 32 * n};
}

constexpr std::array kLeakyParams{
    bind<LeakyRelu, &LeakyRelu::slope>({.id = "slope",
                                        .label = "Slope",
                                        .help = "Factor of negative numbers.",
                                        .kind = ParamKind::Real,
                                        .maximum = 1,
                                        .defaultValue = 0.01}),
};

}  // namespace

const LayerKind& reluKind() {
    static const LayerKind kKind{
        {.id = "relu",
         .label = "ReLU",
         .help = "Replaces negative numbers by zero.",
         .stem = "relu",
         .parameters = {},
         .example = Relu{},
         .work = piecewise<1, 0>},
        inferSame,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<ReluLayer>(elementCount(build.shapes.output));
        }};
    return kKind;
}

const LayerKind& relu6Kind() {
    static const LayerKind kKind{{.id = "relu6",
                                  .label = "ReLU6",
                                  .help = "Clamps numbers to 0 .. 6.",
                                  .stem = "relu",
                                  .parameters = {},
                                  .example = Relu6{},
                                  .work = piecewise<2, 0>},
                                 inferSame,
                                 make<Activation::Relu6>};
    return kKind;
}

const LayerKind& leakyReluKind() {
    static const LayerKind kKind{{.id = "leaky_relu",
                                  .label = "Leaky ReLU",
                                  .help = "Shrinks negative numbers by a factor.",
                                  .stem = "relu",
                                  .parameters = kLeakyParams,
                                  .example = LeakyRelu{},
                                  .work = piecewise<1, 1>},
                                 inferSame,
                                 [](const LayerBuild& build) -> std::unique_ptr<Layer> {
                                     return std::make_unique<ActivationLayer>(
                                         Activation::LeakyRelu,
                                         static_cast<float>(build.params<LeakyRelu>().slope),
                                         elementCount(build.shapes.output));
                                 }};
    return kKind;
}

const LayerKind& geluKind() {
    static const LayerKind kKind{{.id = "gelu",
                                  .label = "GELU",
                                  .help = "x times the normal distribution of x (Hendrycks and "
                                          "Gimpel, 2016).",
                                  .stem = "gelu",
                                  .parameters = {},
                                  .example = Gelu{},
                                  .work = exponential<8, 6>},
                                 inferSame,
                                 make<Activation::Gelu>};
    return kKind;
}

const LayerKind& siluKind() {
    static const LayerKind kKind{{.id = "silu",
                                  .label = "SiLU",
                                  .help = "x times the sigmoid of x.",
                                  .stem = "silu",
                                  .parameters = {},
                                  .example = Silu{},
                                  .work = exponential<1, 1>},
                                 inferSame,
                                 make<Activation::Silu>};
    return kKind;
}

const LayerKind& hardSwishKind() {
    static const LayerKind kKind{{.id = "hard_swish",
                                  .label = "Hard-swish",
                                  .help = "x times ReLU6(x + 3) / 6 (Howard et al., ICCV 2019).",
                                  .stem = "swish",
                                  .parameters = {},
                                  .example = HardSwish{},
                                  .work = hardSwishWork},
                                 inferSame,
                                 make<Activation::HardSwish>};
    return kKind;
}

const LayerKind& sigmoidKind() {
    static const LayerKind kKind{{.id = "sigmoid",
                                  .label = "Sigmoid",
                                  .help = "Squeezes numbers into 0 .. 1.",
                                  .stem = "sigmoid",
                                  .parameters = {},
                                  .example = Sigmoid{},
                                  .work = exponential<0, 0>},
                                 inferSame,
                                 make<Activation::Sigmoid>};
    return kKind;
}

const LayerKind& tanhKind() {
    static const LayerKind kKind{{.id = "tanh",
                                  .label = "Tanh",
                                  .help = "Squeezes numbers into -1 .. 1.",
                                  .stem = "tanh",
                                  .parameters = {},
                                  .example = Tanh{},
                                  .work = exponential<0, 1>},
                                 inferSame,
                                 make<Activation::Tanh>};
    return kKind;
}

}  // namespace mantissa::nn
