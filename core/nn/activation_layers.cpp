// SPDX-License-Identifier: GPL-3.0-or-later
// ReLU and Flatten: the layers that can work in their input's memory.
#include "core/nn/layers.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

class ReluLayer final : public Layer {
public:
    explicit ReluLayer(std::int64_t perImage) : m_perImage(perImage) {}
    bool worksInPlace() const override { return true; }

    void forward(const StepContext& context, const LayerTensors& t) override {
        forEachRange(context.team, context.images * m_perImage,
                     [&](std::int64_t first, std::int64_t count) {
                         reluForward(t.x + first, t.y + first, count);
                     });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx == nullptr) {
            return;
        }
        forEachRange(context.team, context.images * m_perImage,
                     [&](std::int64_t first, std::int64_t count) {
                         reluBackward(t.y + first, t.dy + first, t.dx + first, count);
                     });
    }

private:
    std::int64_t m_perImage;
};

class FlattenLayer final : public Layer {
public:
    explicit FlattenLayer(std::int64_t perImage) : m_perImage(perImage) {}
    bool worksInPlace() const override { return true; }

    void forward(const StepContext& context, const LayerTensors& t) override {
        copyUnlessInPlace(context, t.x, t.y);
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx != nullptr) {
            copyUnlessInPlace(context, t.dy, t.dx);
        }
    }

private:
    void copyUnlessInPlace(const StepContext& context, const float* from, float* to) const {
        if (from != to) {
            copyFloats(context.team, from, to, context.images * m_perImage);
        }
    }
    std::int64_t m_perImage;
};

}  // namespace

std::unique_ptr<Layer> makeRelu(const LayerShapes& shapes) {
    return std::make_unique<ReluLayer>(elementCount(shapes.input));
}

std::unique_ptr<Layer> makeFlatten(const LayerShapes& shapes) {
    return std::make_unique<FlattenLayer>(elementCount(shapes.input));
}

}  // namespace mantissa::nn
