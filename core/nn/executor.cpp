// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/executor.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/nn/softmax.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {

void Executor::build(const std::vector<LayerPrecision>& precision, int batch) {
    std::vector<int> readers(spec.layers.size() + 1, 0);  // the network's input last
    nodes.resize(spec.layers.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i].source = resolveInputs(spec, i)->front();
        const auto source = nodes[i].source == kFromNetworkInput
                                ? nodes.size()
                                : static_cast<std::size_t>(nodes[i].source);
        ++readers[source];
    }
    Shape inputShape{batch};
    inputShape.insert(inputShape.end(), spec.input.begin(), spec.input.end());
    input = Tensor(inputShape);
    std::int64_t scratchFloats = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i].layer = makeLayer(spec.layers[i], shapes[i], precision[i],
                                   static_cast<std::uint32_t>(i), batch);
        connect(i, readers, batch);
        scratchFloats = std::max(scratchFloats, nodes[i].layer->scratchFloats());
    }
    routeGradients(batch);
    constexpr std::int64_t kLine = 16;  // floats of a cache line: workers do not share any
    scratch = Tensor({team->threads() * ((scratchFloats + kLine - 1) / kLine * kLine)});
    collectParameters();
}

/// Of several readers of a layer the last writes its gradient and the earlier ones add to it.
void Executor::routeGradients(int batch) {
    std::vector<bool> written(nodes.size(), false);
    std::int64_t largestShared = 0;
    for (std::size_t i = nodes.size(); i-- > 0;) {
        if (nodes[i].source >= 0) {
            const auto source = static_cast<std::size_t>(nodes[i].source);
            nodes[i].addsGradient = written[source];
            written[source] = true;
            if (nodes[i].addsGradient) {
                largestShared =
                    std::max(largestShared, batch * elementCount(shapes[source].output));
            }
        }
    }
    fanOutGradient = Tensor({largestShared});
}

/// Gives a layer its output and gradient: its own memory, or its source's where it is the only
/// reader and works in place.
void Executor::connect(std::size_t i, const std::vector<int>& readers, int batch) {
    Node& node = nodes[i];
    const bool readsInput = node.source == kFromNetworkInput;
    Node* source = readsInput ? nullptr : &nodes[static_cast<std::size_t>(node.source)];
    const int sourceReaders =
        readers[readsInput ? nodes.size() : static_cast<std::size_t>(node.source)];
    const bool learns =
        !node.layer->parameters().empty() || (source != nullptr && source->gradient != nullptr);
    Shape shape{batch};
    shape.insert(shape.end(), shapes[i].output.begin(), shapes[i].output.end());
    if (node.layer->worksInPlace() && sourceReaders == 1) {
        node.output = readsInput ? input.data() : source->output;
        node.gradient = learns ? source->gradient : nullptr;
    } else {
        node.outputMemory = Tensor(shape);
        node.output = node.outputMemory.data();
        if (learns) {
            node.gradientMemory = Tensor(shape);
            node.gradient = node.gradientMemory.data();
        }
    }
}

void Executor::collectParameters() {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (Parameter& parameter : nodes[i].layer->parameters()) {
            parameter.name = spec.layers[i].name + "." + parameter.name;
            parameters.push_back(std::move(parameter));
        }
    }
}

const float* Executor::inputOf(const Node& node) const {
    return node.source == kFromNetworkInput ? input.data()
                                            : nodes[static_cast<std::size_t>(node.source)].output;
}

StepContext Executor::contextFor(std::size_t count, bool training, const numerics::RandomKey& key) {
    images = static_cast<std::int64_t>(count);
    return {images, training, gathers, key, *team, scratch.values()};
}

StepResult Executor::forward(std::span<const float> pictures, std::span<const std::uint8_t> labels,
                             const StepContext& context, std::span<float> gradient,
                             const LossOptions& loss) {
    assert(!labels.empty() && images <= input.shape()[0]);
    assert(static_cast<std::int64_t>(pictures.size()) == images * imageFloats());
    copyFloats(*team, pictures.data(), input.data(), images * imageFloats());
    for (auto& node : nodes) {
        node.layer->forward(context, {inputOf(node), node.output, nullptr, nullptr});
        if (team->stopped()) {
            return {.cancelled = true};
        }
    }
    const auto scores = static_cast<std::size_t>(images * spec.classes);
    return softmaxCrossEntropy({nodes.back().output, scores}, spec.classes, labels, gradient,
                               loss);
}

bool Executor::backward(const StepContext& context) {
    for (std::size_t i = nodes.size(); i-- > 0;) {
        Node& node = nodes[i];
        if (node.gradient == nullptr) {
            continue;
        }
        float* target = node.source == kFromNetworkInput
                            ? nullptr
                            : nodes[static_cast<std::size_t>(node.source)].gradient;
        float* dx = target != nullptr && node.addsGradient ? fanOutGradient.data() : target;
        node.layer->backward(context, {inputOf(node), node.output, node.gradient, dx});
        if (dx != target) {
            const std::int64_t floats = images * elementCount(shapes[i].input);
            forEachRange(*team, floats, [&](std::int64_t first, std::int64_t count) {
                addTo(target + first, dx + first, count);
            });
        }
        if (team->stopped()) {
            return false;
        }
    }
    return true;
}

}  // namespace mantissa::nn
