// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/network.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

#include "core/nn/gemm_layer.h"
#include "core/nn/graph.h"
#include "core/nn/layer.h"
#include "core/nn/softmax.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

/// A layer in its place. Outputs and gradients of layers that work in place belong to the layer
/// they read.
struct Node {
    std::unique_ptr<Layer> layer;
    int source = kFromNetworkInput;
    Tensor outputMemory, gradientMemory;
    float* output = nullptr;
    float* gradient = nullptr;  ///< null where nothing up to this layer learns
    bool addsGradient = false;  ///< a later reader of its source has written the source's gradient
};

constexpr int kMaxBatch = 65536;
constexpr std::int64_t kMaxTensorFloats = std::int64_t{1} << 31;

Result<void> checkSize(const NetworkSpec& spec, const std::vector<LayerShapes>& shapes,
                       std::size_t precisionEntries, int batch) {
    if (precisionEntries != shapes.size()) {
        return fail(ErrorCode::InvalidInput, "precision for " + std::to_string(precisionEntries) +
                                                 " layers, the network has " +
                                                 std::to_string(shapes.size()));
    }
    if (batch < 1 || batch > kMaxBatch) {
        return fail(ErrorCode::InvalidInput, "batch is " + std::to_string(batch) +
                                                 ", must be from 1 to " +
                                                 std::to_string(kMaxBatch));
    }
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        const std::int64_t floats =
            batch * std::max(elementCount(shapes[i].input), elementCount(shapes[i].output));
        if (floats > kMaxTensorFloats) {
            return fail(ErrorCode::InvalidInput,
                        "a batch of " + std::to_string(batch) + " needs a tensor of " +
                            std::to_string(floats) + " numbers",
                        spec.layers[i].name, "use a smaller batch or a smaller layer");
        }
    }
    return {};
}

}  // namespace

struct Network::Impl {
    NetworkSpec spec;
    std::vector<LayerShapes> shapes;
    std::vector<Node> nodes;
    std::vector<Parameter> parameters;
    Tensor input;
    Tensor fanOutGradient;  ///< one reader's share of a gradient that several add to
    Tensor scratch;
    ThreadTeam* team = nullptr;
    std::int64_t images = 0;  ///< of the last step
    bool gathers = false;

    void build(const std::vector<LayerPrecision>& precision, int batch);
    void connect(std::size_t i, const std::vector<int>& readers, int batch);
    void collectParameters();

    const float* inputOf(const Node& node) const;
    std::int64_t imageFloats() const { return elementCount(spec.input); }
    StepResult forward(std::span<const float> pictures, std::span<const std::uint8_t> labels,
                       const StepContext& context, std::span<float> gradient);
    void backward(const StepContext& context);
    StepContext contextFor(std::size_t count, bool training, const numerics::RandomKey& key);
};

void Network::Impl::build(const std::vector<LayerPrecision>& precision, int batch) {
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
    constexpr std::int64_t kLine = 16;  // floats of a cache line: workers do not share any
    scratch = Tensor({team->threads() * ((scratchFloats + kLine - 1) / kLine * kLine)});
    collectParameters();
}

/// Gives a layer its output and gradient: its own memory, or its source's where it is the only
/// reader and works in place.
void Network::Impl::connect(std::size_t i, const std::vector<int>& readers, int batch) {
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

void Network::Impl::collectParameters() {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (Parameter& parameter : nodes[i].layer->parameters()) {
            parameter.name = spec.layers[i].name + "." + parameter.name;
            parameters.push_back(std::move(parameter));
        }
    }
}

const float* Network::Impl::inputOf(const Node& node) const {
    return node.source == kFromNetworkInput ? input.data()
                                            : nodes[static_cast<std::size_t>(node.source)].output;
}

StepContext Network::Impl::contextFor(std::size_t count, bool training,
                                      const numerics::RandomKey& key) {
    images = static_cast<std::int64_t>(count);
    return {images, training, gathers, key, *team, scratch.values()};
}

StepResult Network::Impl::forward(std::span<const float> pictures,
                                  std::span<const std::uint8_t> labels, const StepContext& context,
                                  std::span<float> gradient) {
    assert(!labels.empty() && images <= input.shape()[0]);
    assert(static_cast<std::int64_t>(pictures.size()) == images * imageFloats());
    forEachRange(*team, images * imageFloats(), [&](std::int64_t first, std::int64_t count) {
        std::copy_n(pictures.data() + first, count, input.data() + first);
    });
    for (auto& node : nodes) {
        node.layer->forward(context, {inputOf(node), node.output, nullptr, nullptr});
    }
    const auto scores = static_cast<std::size_t>(images * spec.classes);
    return softmaxCrossEntropy({nodes.back().output, scores}, spec.classes, labels, gradient);
}

void Network::Impl::backward(const StepContext& context) {
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
    }
}

Result<Network> Network::make(const NetworkSpec& spec, std::vector<LayerPrecision> precision,
                              int batch, ThreadTeam& team) {
    auto shapes = checkNetwork(spec);
    if (!shapes) {
        return tl::unexpected(shapes.error());
    }
    if (auto size = checkSize(spec, *shapes, precision.size(), batch); !size) {
        return tl::unexpected(size.error());
    }
    try {
        auto impl = std::make_unique<Impl>();
        impl->spec = spec;
        impl->shapes = std::move(*shapes);
        impl->team = &team;
        impl->build(precision, batch);
        return Network(std::move(impl));
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::Unsupported, "the network does not fit into memory", {},
                    "use a smaller batch or smaller layers");
    }
}

Network::Network(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

void Network::initialise(std::uint64_t seed) {
    for (std::size_t i = 0; i < m_impl->nodes.size(); ++i) {
        m_impl->nodes[i].layer->initialise(seed, static_cast<std::uint32_t>(i));
    }
}

std::span<Parameter> Network::parameters() {
    return m_impl->parameters;
}

StepResult Network::trainStep(std::span<const float> images, std::span<const std::uint8_t> labels,
                              const numerics::RandomKey& key) {
    const StepContext context = m_impl->contextFor(labels.size(), true, key);
    float* gradient = m_impl->nodes.back().gradient;
    const auto scores =
        gradient != nullptr ? labels.size() * static_cast<std::size_t>(m_impl->spec.classes) : 0;
    const StepResult result = m_impl->forward(images, labels, context, {gradient, scores});
    m_impl->backward(context);
    return result;
}

StepResult Network::evaluate(std::span<const float> images, std::span<const std::uint8_t> labels,
                             const numerics::RandomKey& key) {
    return m_impl->forward(images, labels, m_impl->contextFor(labels.size(), false, key), {});
}

std::span<const float> Network::logits() const {
    return {m_impl->nodes.back().output,
            static_cast<std::size_t>(m_impl->images * m_impl->spec.classes)};
}

void Network::gatherStatistics(bool enabled) {
    m_impl->gathers = enabled;
}

std::vector<OperandStatistics> Network::statistics() const {
    std::vector<OperandStatistics> list;
    for (std::size_t i = 0; i < m_impl->nodes.size(); ++i) {
        const std::size_t first = list.size();
        m_impl->nodes[i].layer->appendStatistics(list);
        for (std::size_t j = first; j < list.size(); ++j) {
            list[j].layer = m_impl->spec.layers[i].name;
        }
    }
    return list;
}

Network::OperandTensors Network::operands(std::size_t layer) const {
    OperandTensors tensors;
    const Node& node = m_impl->nodes[layer];
    const auto* gemm = dynamic_cast<const GemmLayer*>(node.layer.get());
    if (gemm == nullptr) {
        return tensors;
    }
    const auto describe = [&](const Shape& image, const float* data, Shape& shape) {
        shape = {m_impl->images};
        shape.insert(shape.end(), image.begin(), image.end());
        return std::span<const float>(data, static_cast<std::size_t>(elementCount(shape)));
    };
    tensors.weight = gemm->weight();
    tensors.weightShape = gemm->weightShape();
    tensors.activation =
        describe(m_impl->shapes[layer].input, m_impl->inputOf(node), tensors.activationShape);
    tensors.error = describe(m_impl->shapes[layer].output, node.gradient, tensors.errorShape);
    return tensors;
}

}  // namespace mantissa::nn
