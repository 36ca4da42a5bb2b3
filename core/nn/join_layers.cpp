// SPDX-License-Identifier: GPL-3.0-or-later
// Layers that move numbers without changing them, or add them up: flatten, add, concat, shortcut.
#include <algorithm>
#include <array>

#include "core/nn/layer_kind.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

class PassingLayer final : public Layer {
public:
    explicit PassingLayer(std::int64_t perImage) : m_perImage(perImage) {}
    MemoryUse memoryUse() const override {
        return {.mayOverwriteInput = true,
                .keepsValues = true,
                .backwardReadsInput = false,
                .passesGradient = true};
    }
    void forward(const StepContext& context, const LayerTensors& t) override {
        if (t.x() != t.y) {
            copyFloats(context.team, t.x(), t.y, context.images * m_perImage);
        }
    }

private:
    std::int64_t m_perImage;
};

class AddLayer final : public Layer {
public:
    explicit AddLayer(std::int64_t perImage) : m_perImage(perImage) {}
    MemoryUse memoryUse() const override {
        return {.mayOverwriteInput = true, .backwardReadsInput = false, .passesGradient = true};
    }
    bool mapsImages() const override { return true; }
    /// Inputs are added in their order.
    void forward(const StepContext& context, const LayerTensors& t) override {
        const auto add = [&](std::int64_t first, std::int64_t count) {
            addTogether(t.inputs[0] + first, t.inputs[1] + first, t.y + first, count);
            for (const float* more : t.inputs.subspan(2)) {
                addTo(t.y + first, more + first, count);
            }
        };
        if (t.then == nullptr) {
            forEachRange(context.team, context.images * m_perImage, add);
            return;
        }
        context.team.run(context.images, [&](std::int64_t image, int) {
            add(image * m_perImage, m_perImage);
            t.then->mapImage(t.y + image * m_perImage);
        });
    }

private:
    std::int64_t m_perImage;
};

class ConcatLayer final : public Layer {
public:
    explicit ConcatLayer(const LayerShapes& shapes) : m_perImage(elementCount(shapes.output)) {
        for (const Shape& input : shapes.inputs) {
            m_lengths.push_back(elementCount(input));
        }
    }
    MemoryUse memoryUse() const override { return {.backwardReadsInput = false}; }

    void forward(const StepContext& context, const LayerTensors& t) override {
        context.team.run(context.images, [&](std::int64_t image, int) {
            float* to = t.y + image * m_perImage;
            for (std::size_t k = 0; k < m_lengths.size(); ++k) {
                to = std::copy_n(t.inputs[k] + image * m_lengths[k], m_lengths[k], to);
            }
        });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        context.team.run(context.images, [&](std::int64_t image, int) {
            const float* from = t.dy + image * m_perImage;
            for (std::size_t k = 0; k < m_lengths.size(); ++k) {
                if (t.inputGradients[k] != nullptr) {
                    std::copy_n(from, m_lengths[k], t.inputGradients[k] + image * m_lengths[k]);
                }
                from += m_lengths[k];
            }
        });
    }

private:
    std::int64_t m_perImage;
    std::vector<std::int64_t> m_lengths;
};

/// Option A of He et al.: no parameters, no arithmetic.
class ShortcutLayer final : public Layer {
public:
    ShortcutLayer(const Shortcut& shortcut, const LayerShapes& shapes)
        : m_input(shapes.input),
          m_output(shapes.output),
          m_stride(shortcut.stride),
          m_before((shapes.output[0] - shapes.input[0]) / 2) {}
    MemoryUse memoryUse() const override { return {.backwardReadsInput = false}; }

    void forward(const StepContext& context, const LayerTensors& t) override {
        context.team.run(context.images, [&](std::int64_t image, int) {
            float* y = t.y + image * elementCount(m_output);
            std::fill_n(y, elementCount(m_output), 0.0F);
            forEachPixel(image, [&](std::int64_t in, std::int64_t out) { y[out] = t.x()[in]; });
        });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() == nullptr) {
            return;
        }
        context.team.run(context.images, [&](std::int64_t image, int) {
            std::fill_n(t.dx() + image * elementCount(m_input), elementCount(m_input), 0.0F);
            const float* dy = t.dy + image * elementCount(m_output);
            forEachPixel(image, [&](std::int64_t in, std::int64_t out) { t.dx()[in] = dy[out]; });
        });
    }

private:
    /// body(index in the batch's input, index in the image's output) for each pixel that is kept.
    template <typename Body>
    void forEachPixel(std::int64_t image, const Body& body) const {
        for (std::int64_t c = 0; c < m_input[0]; ++c) {
            for (std::int64_t y = 0; y < m_output[1]; ++y) {
                const std::int64_t in =
                    ((image * m_input[0] + c) * m_input[1] + y * m_stride) * m_input[2];
                const std::int64_t out = ((m_before + c) * m_output[1] + y) * m_output[2];
                for (std::int64_t x = 0; x < m_output[2]; ++x) {
                    body(in + x * m_stride, out + x);
                }
            }
        }
    }

    Shape m_input, m_output;
    std::int64_t m_stride, m_before;
};

constexpr std::array kShortcutParams{
    bind<Shortcut, &Shortcut::outChannels>({.id = "out_channels",
                                            .label = "Output channels",
                                            .help = "The input's, and channels of zeros.",
                                            .minimum = 1,
                                            .maximum = 4096,
                                            .defaultValue = 32,
                                            .powersOfTwo = true}),
    bind<Shortcut, &Shortcut::stride>({.id = "stride",
                                       .label = "Stride",
                                       .help = "Every so many pixels one is kept.",
                                       .minimum = 1,
                                       .maximum = 16,
                                       .defaultValue = 2}),
};

Result<LayerShapes> inferFlatten(const LayerSpec& /*layer*/, std::span<const Shape> inputs) {
    LayerShapes shapes;
    shapes.output = {elementCount(inputs.front())};
    return shapes;
}

Result<LayerShapes> inferAdd(const LayerSpec& layer, std::span<const Shape> inputs) {
    for (const Shape& input : inputs) {
        if (input != inputs.front()) {
            return wrongLayer(layer,
                              "add needs inputs of one shape, got " + shapeText(inputs.front()) +
                                  " and " + shapeText(input),
                              "put a 1 x 1 convolution or a Shortcut on the branch that differs");
        }
    }
    return inferSame(layer, inputs);
}

Result<LayerShapes> inferConcat(const LayerSpec& layer, std::span<const Shape> inputs) {
    LayerShapes shapes;
    shapes.output = inputs.front();
    for (const Shape& input : inputs.subspan(1)) {
        Shape aligned = input;
        aligned[0] = shapes.output[0];
        if (aligned != shapes.output) {
            return wrongLayer(layer,
                              "concat needs images of one height and width, got " +
                                  shapeText(inputs.front()) + " and " + shapeText(input),
                              "pool or pad the branch that differs");
        }
        shapes.output[0] += input[0];
    }
    return shapes;
}

Result<LayerShapes> inferShortcut(const LayerSpec& layer, std::span<const Shape> inputs) {
    const auto& shortcut = std::get<Shortcut>(layer.params);
    const Shape& input = inputs.front();
    auto output = slide(layer, input, {.stride = shortcut.stride}, shortcut.outChannels);
    if (!output) {
        return tl::unexpected(output.error());
    }
    if (shortcut.outChannels < input[0]) {
        return wrongLayer(layer,
                          std::to_string(shortcut.outChannels) +
                              " output channels are fewer than "
                              "the input's " +
                              std::to_string(input[0]),
                          "use at least as many");
    }
    LayerShapes shapes;
    shapes.output = *output;
    return shapes;
}

VectorWork noWork(const LayerParams& /*params*/, const LayerShapes& /*shapes*/) {
    return {};
}

VectorWork addWork(const LayerParams& /*params*/, const LayerShapes& shapes) {
    return {.adds = static_cast<double>(shapes.inputs.size() - 1) *
                    static_cast<double>(elementCount(shapes.output))};
}

}  // namespace

std::unique_ptr<Layer> makePassingLayer(std::int64_t floatsPerImage) {
    return std::make_unique<PassingLayer>(floatsPerImage);
}

const LayerKind& flattenKind() {
    static const LayerKind kKind{{.id = "flatten",
                                  .label = "Flatten",
                                  .help = "Turns an image of channels into one row of features.",
                                  .stem = "flatten",
                                  .parameters = {},
                                  .example = Flatten{},
                                  .work = noWork},
                                 inferFlatten,
                                 [](const LayerBuild& build) -> std::unique_ptr<Layer> {
                                     return makePassingLayer(elementCount(build.shapes.output));
                                 }};
    return kKind;
}

const LayerKind& addKind() {
    static const LayerKind kKind{
        {.id = "add",
         .label = "Add",
         .help = "Adds the outputs of layers of one shape: a residual connection.",
         .stem = "add",
         .parameters = {},
         .example = Add{},
         .joins = true,
         .work = addWork},
        inferAdd,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<AddLayer>(elementCount(build.shapes.output));
        }};
    return kKind;
}

const LayerKind& concatKind() {
    static const LayerKind kKind{{.id = "concat",
                                  .label = "Concat",
                                  .help = "Puts the channels of layers one after the other.",
                                  .stem = "concat",
                                  .parameters = {},
                                  .example = Concat{},
                                  .joins = true,
                                  .work = noWork},
                                 inferConcat,
                                 [](const LayerBuild& build) -> std::unique_ptr<Layer> {
                                     return std::make_unique<ConcatLayer>(build.shapes);
                                 }};
    return kKind;
}

const LayerKind& shortcutKind() {
    static const LayerKind kKind{
        {.id = "shortcut",
         .label = "Shortcut",
         .help = "Keeps every stride-th pixel and fills up with channels of zeros (He et al., CVPR "
                 "2016, option A).",
         .stem = "shortcut",
         .parameters = kShortcutParams,
         .example = Shortcut{},
         .work = noWork},
        inferShortcut,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<ShortcutLayer>(build.params<Shortcut>(), build.shapes);
        }};
    return kKind;
}

}  // namespace mantissa::nn
