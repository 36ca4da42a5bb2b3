// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/executor.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "core/nn/block_accumulate.h"
#include "core/nn/softmax.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {

Result<void> Executor::loadMultipliers(const std::vector<LayerPrecision>& precision) {
    multiplications.assign(precision.size(), nullptr);
    for (std::size_t i = 0; i < precision.size(); ++i) {
        if (precision[i].compute != ComputeMode::Approximate ||
            !kindOf(spec.layers[i].params).hasGemm) {
            continue;
        }
        const auto same =
            std::find_if(multiplications.begin(), multiplications.end(), [&](const auto& loaded) {
                return loaded != nullptr && loaded->kind() == precision[i].multiplier;
            });
        if (same != multiplications.end()) {
            multiplications[i] = *same;
            continue;
        }
        if (std::holds_alternative<numerics::ExactMultiplier>(precision[i].multiplier)) {
            return fail(ErrorCode::InvalidInput, "fp32 is no approximate multiplier", "compute",
                        "choose the fast mode, or one of acc_M, mit_M and mbm_M");
        }
        auto loaded = numerics::loadMultiplier(precision[i].multiplier);
        if (!loaded) {
            return tl::unexpected(loaded.error());
        }
        multiplications[i] = std::make_shared<const ApproximateMultiplication>(std::move(*loaded));
    }
    return {};
}

Result<void> Executor::checkSums(const std::vector<LayerPrecision>& precision) const {
    const numerics::IntegerAccumulator* unused = nullptr;
    bool sumsIntegers = false;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto& accumulator = precision[i].accumulator;
        if (precision[i].compute != ComputeMode::BitTrue ||
            !kindOf(spec.layers[i].params).hasGemm) {
            continue;
        }
        if (auto emulated = checkAccumulator(accumulator); !emulated) {
            return emulated;
        }
        if (const auto* integer = std::get_if<numerics::IntegerAccumulator>(&accumulator)) {
            std::vector<PassArithmetic> passes;
            nodes[i].layer->appendArithmetic(passes);
            sumsIntegers =
                sumsIntegers || std::any_of(passes.begin(), passes.end(),
                                            [](const auto& pass) { return pass.segment > 0; });
            unused = integer;
        }
    }
    if (unused != nullptr && !sumsIntegers) {
        return fail(ErrorCode::InvalidInput,
                    "the accumulator " + numerics::accumulatorText(*unused) +
                        " sums integers, and no matrix product has two operands that are integers "
                        "of up to 15 bits and a sign with a power of two in common",
                    "compute",
                    "choose block floating point, fixed point or MX for weights, activations and "
                    "errors, or an accumulator in floating point: bit_true<fp<8,12>>");
    }
    return {};
}

void Executor::build(const std::vector<LayerPrecision>& precision, int batchSize) {
    batch = batchSize;
    nodes.resize(spec.layers.size());
    std::int64_t scratchFloats = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i].layer =
            makeLayer(spec.layers[i], shapes[i], precision[i], static_cast<std::uint32_t>(i),
                      batchSize, multiplications[i].get());
        scratchFloats = std::max(scratchFloats, nodes[i].layer->scratchFloats());
    }
    joinNeighbours();
    const auto layers = describeMemory();
    connect(layers, planStep(batch * imageFloats(), layers, options.keepsOperands));
    constexpr std::int64_t kLine = 16;  // floats of a cache line: workers do not share any
    scratch = Tensor({team->threads() * ((scratchFloats + kLine - 1) / kLine * kLine)});
    collectParameters();
}

/// Layers that compute their only reader, or apply it to each image, do so.
void Executor::joinNeighbours() {
    std::vector<std::vector<int>> sources;
    std::vector<int> readers(nodes.size(), 0);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        sources.push_back(*resolveInputs(spec, i));
        for (const int source : sources.back()) {
            if (source != kFromNetworkInput) {
                ++readers[static_cast<std::size_t>(source)];
            }
        }
    }
    for (std::size_t i = 1; i < nodes.size(); ++i) {
        if (sources[i] != std::vector{static_cast<int>(i) - 1} || readers[i - 1] != 1) {
            continue;
        }
        if (nodes[i - 1].layer->computesNext(spec.layers[i].params)) {
            nodes[i].layer = makePassingLayer(elementCount(shapes[i].output));
        }
        nodes[i - 1].mapsForNext = nodes[i - 1].layer->mapsImages() &&
                                   nodes[i].layer->imageMap(options.evaluatesOnly) != nullptr;
    }
}

namespace {

/// What is left of a layer's memory without a backward pass.
void forgetBackward(LayerMemory& memory) {
    memory.learns = false;
    std::erase_if(memory.workspaces,
                  [](const auto& workspace) { return workspace.lifetime == Lifetime::Backward; });
    for (auto& workspace : memory.workspaces) {
        workspace.lifetime = Lifetime::Forward;
    }
}

}  // namespace

std::vector<LayerMemory> Executor::describeMemory() {
    std::vector<LayerMemory> layers(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        LayerMemory& memory = layers[i];
        memory.use = nodes[i].layer->memoryUse();
        memory.use.mayOverwriteInput |= i > 0 && nodes[i - 1].mapsForNext;
        memory.sources = *resolveInputs(spec, i);
        memory.learns = !nodes[i].layer->parameters().empty();
        for (const int source : memory.sources) {
            memory.learns = memory.learns || (source != kFromNetworkInput &&
                                              layers[static_cast<std::size_t>(source)].learns);
        }
        memory.isGemm = kindOf(spec.layers[i].params).hasGemm;
        memory.outputFloats = batch * elementCount(shapes[i].output);
        nodes[i].layer->appendWorkspaces(memory.workspaces);
        if (options.evaluatesOnly) {
            forgetBackward(memory);
        }
    }
    return layers;
}

/// Allocates the arena and points everything into it.
void Executor::connect(const std::vector<LayerMemory>& layers, const StepMemory& memory) {
    const MemoryPlan plan = planMemory(memory.buffers);
    arena = Tensor({plan.floats});
    const auto placeOf = [&](int buffer) {
        return buffer == kNoBuffer ? nullptr
                                   : arena.data() + plan.offsets[static_cast<std::size_t>(buffer)];
    };
    input = placeOf(memory.input);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i].output = placeOf(memory.outputs[i]);
        nodes[i].gradient = placeOf(memory.gradients[i]);
    }
    std::vector<bool> written(nodes.size(), false);
    for (std::size_t i = nodes.size(); i-- > 0;) {
        Node& node = nodes[i];
        node.passesGradient = layers[i].use.passesGradient;
        for (std::size_t k = 0; k < layers[i].sources.size(); ++k) {
            const int index = layers[i].sources[k];
            Node* source =
                index == kFromNetworkInput ? nullptr : &nodes[static_cast<std::size_t>(index)];
            node.inputs.push_back(source != nullptr ? source->output : input);
            Node::Target target;
            target.perImage = elementCount(shapes[i].inputs[k]);
            if (source != nullptr) {
                target.gradient = source->gradient;
                target.adds = written[static_cast<std::size_t>(index)];
                written[static_cast<std::size_t>(index)] = true;
            }
            float* share = placeOf(memory.shares[i][k]);
            node.inputGradients.push_back(share != nullptr ? share : target.gradient);
            node.targets.push_back(target);
        }
        assert(!node.mapsForNext || node.output == nodes[i + 1].output);
        for (std::size_t w = 0; w < layers[i].workspaces.size(); ++w) {
            *layers[i].workspaces[w].data = placeOf(memory.workspaces[i][w]);
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

StepContext Executor::contextFor(std::size_t count, bool training, const numerics::RandomKey& key) {
    images = static_cast<std::int64_t>(count);
    return {images, training, gathers, training && profiles, key, *team, scratch.values()};
}

void Executor::setInput(std::span<const float> pictures) {
    assert(images <= batch);
    assert(static_cast<std::int64_t>(pictures.size()) == images * imageFloats());
    copyFloats(*team, pictures.data(), input, images * imageFloats());
}

std::vector<Executor::Crossing> Executor::crossing(std::size_t layer) const {
    std::set<int> sources;
    for (std::size_t i = layer; i < nodes.size(); ++i) {
        const std::vector<int> inputs = *resolveInputs(spec, i);
        for (const int source : inputs) {
            if (source < static_cast<int>(layer)) {
                sources.insert(source);
            }
        }
    }
    std::vector<Crossing> tensors;
    for (const int source : sources) {
        if (source == kFromNetworkInput) {
            tensors.push_back({input, imageFloats()});
        } else {
            const auto index = static_cast<std::size_t>(source);
            tensors.push_back({nodes[index].output, elementCount(shapes[index].output)});
        }
    }
    return tensors;
}

std::int64_t Executor::boundaryFloats(std::size_t layer) const {
    std::int64_t floats = 0;
    for (const auto& tensor : crossing(layer)) {
        floats += tensor.perImage;
    }
    return floats;
}

void Executor::fill(Boundary& boundary) const {
    boundary.values.resize(static_cast<std::size_t>(images * boundaryFloats(boundary.layer)));
    float* to = boundary.values.data();
    for (const auto& tensor : crossing(boundary.layer)) {
        copyFloats(*team, tensor.values, to, images * tensor.perImage);
        to += images * tensor.perImage;
    }
}

void Executor::setBoundary(const Boundary& start) {
    assert(images <= batch);
    assert(static_cast<std::int64_t>(start.values.size()) == images * boundaryFloats(start.layer));
    const float* from = start.values.data();
    for (const auto& tensor : crossing(start.layer)) {
        copyFloats(*team, from, tensor.values, images * tensor.perImage);
        from += images * tensor.perImage;
    }
}

StepResult Executor::forward(std::size_t first, std::span<const Label> labels,
                             const StepContext& context, std::span<Boundary> keep,
                             std::span<float> gradient, const LossOptions& loss) {
    assert(!labels.empty());
    const ImageMap* done = nullptr;  // by the layer before
    for (std::size_t i = first; i < nodes.size(); ++i) {
        if (!keep.empty() && keep.front().layer == i) {
            fill(keep.front());
            keep = keep.subspan(1);
        }
        if (done != nullptr) {
            done = nullptr;
            continue;
        }
        const Node& node = nodes[i];
        const bool nextIsBoundary = !keep.empty() && keep.front().layer == i + 1;
        if (node.mapsForNext && !nextIsBoundary) {
            done = nodes[i + 1].layer->imageMap(options.evaluatesOnly);
        }
        node.layer->forward(context, {.inputs = node.inputs, .y = node.output, .then = done});
        if (team->stopped()) {
            return {.cancelled = true};
        }
    }
    const auto scores = static_cast<std::size_t>(images * spec.classes);
    return softmaxCrossEntropy({nodes.back().output, scores}, spec.classes, labels, gradient, loss);
}

bool Executor::backward(const StepContext& context) {
    for (std::size_t i = nodes.size(); i-- > 0;) {
        const Node& node = nodes[i];
        if (node.gradient == nullptr) {
            continue;
        }
        if (node.passesGradient) {
            passGradient(node);
        } else {
            const auto& target = node.targets.front();
            node.layer->backward(
                context, {.inputs = node.inputs,
                          .y = node.output,
                          .dy = node.gradient,
                          .inputGradients = node.inputGradients,
                          .adds = target.adds && node.inputGradients.front() == target.gradient});
            addShares(node);
        }
        if (team->stopped()) {
            return false;
        }
    }
    return true;
}

void Executor::passGradient(const Node& node) {
    for (const auto& target : node.targets) {
        if (target.gradient == nullptr || target.gradient == node.gradient) {
            continue;
        }
        forEachRange(*team, images * target.perImage, [&](std::int64_t first, std::int64_t count) {
            if (target.adds) {
                addTo(target.gradient + first, node.gradient + first, count);
            } else {
                std::copy_n(node.gradient + first, count, target.gradient + first);
            }
        });
    }
}

/// Adds what the layer's backward pass left beside the gradients of its inputs, in their order.
void Executor::addShares(const Node& node) {
    for (std::size_t k = 0; k < node.targets.size(); ++k) {
        const auto& target = node.targets[k];
        if (node.inputGradients[k] == target.gradient) {
            continue;
        }
        forEachRange(*team, images * target.perImage, [&](std::int64_t first, std::int64_t count) {
            addTo(target.gradient + first, node.inputGradients[k] + first, count);
        });
    }
}

}  // namespace mantissa::nn
