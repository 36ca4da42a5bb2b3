// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/network.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

#include "core/nn/executor.h"
#include "core/nn/gemm_layer.h"

namespace mantissa::nn {
namespace {

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

struct Network::Impl : Executor {};

Result<Network> Network::make(const NetworkSpec& spec, const std::vector<LayerPrecision>& precision,
                              int batch, ThreadTeam& team, const NetworkOptions& options) {
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
        impl->options = options;
        if (const auto loaded = impl->loadMultipliers(precision); !loaded) {
            return tl::unexpected(loaded.error());
        }
        impl->build(precision, batch);
        if (const auto emulated = impl->checkSums(precision); !emulated) {
            return tl::unexpected(emulated.error());
        }
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
        m_impl->nodes[i].layer->initialise(seed, static_cast<std::uint32_t>(i), *m_impl->team);
    }
}

std::span<Parameter> Network::parameters() {
    return m_impl->parameters;
}

StepResult Network::trainStep(std::span<const float> images, std::span<const Label> labels,
                              const numerics::RandomKey& key, const LossOptions& loss) {
    assert(!m_impl->options.evaluatesOnly);
    const StepContext context = m_impl->contextFor(labels.size(), true, key);
    float* gradient = m_impl->nodes.back().gradient;
    const auto scores =
        gradient != nullptr ? labels.size() * static_cast<std::size_t>(m_impl->spec.classes) : 0;
    m_impl->setInput(images);
    StepResult result = m_impl->forward(0, labels, context, {}, {gradient, scores}, loss);
    if (!result.cancelled) {
        result.cancelled = !m_impl->backward(context);
    }
    return result;
}

StepResult Network::evaluate(std::span<const float> images, std::span<const Label> labels,
                             const numerics::RandomKey& key, std::span<Boundary> keep) {
    const StepContext context = m_impl->contextFor(labels.size(), false, key);
    m_impl->setInput(images);
    return m_impl->forward(0, labels, context, keep);
}

StepResult Network::evaluateFrom(const Boundary& start, std::span<const Label> labels,
                                 const numerics::RandomKey& key, std::span<Boundary> keep) {
    const StepContext context = m_impl->contextFor(labels.size(), false, key);
    m_impl->setBoundary(start);
    return m_impl->forward(start.layer, labels, context, keep);
}

std::int64_t Network::boundaryFloats(std::size_t layer) const {
    return m_impl->boundaryFloats(layer);
}

std::span<const float> Network::logits() const {
    return {m_impl->nodes.back().output,
            static_cast<std::size_t>(m_impl->images * m_impl->spec.classes)};
}

void Network::gatherStatistics(bool enabled) {
    m_impl->gathers = enabled;
}

void Network::gatherProfiles(bool enabled) {
    m_impl->profiles = enabled;
}

std::vector<OperandStatistics> Network::statistics() const {
    return m_impl->listed(&Layer::appendStatistics);
}

std::vector<LayerProfile> Network::profiles() const {
    return m_impl->listed(&Layer::appendProfiles);
}

std::vector<PassArithmetic> Network::arithmetic() const {
    return m_impl->listed(&Layer::appendArithmetic);
}

Network::OperandTensors Network::operands(std::size_t layer) const {
    OperandTensors tensors;
    const Node& node = m_impl->nodes[layer];
    const auto* gemm = dynamic_cast<const GemmLayer*>(node.layer.get());
    if (gemm == nullptr || !m_impl->options.keepsOperands) {
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
        describe(m_impl->shapes[layer].input, node.inputs.front(), tensors.activationShape);
    tensors.error = describe(m_impl->shapes[layer].output, node.gradient, tensors.errorShape);
    return tensors;
}

std::int64_t Network::stepBytes() const {
    return m_impl->arena.size() * static_cast<std::int64_t>(sizeof(float));
}

}  // namespace mantissa::nn
