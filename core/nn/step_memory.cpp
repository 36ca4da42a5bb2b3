// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/step_memory.h"

#include <algorithm>

#include "core/nn/graph.h"

namespace mantissa::nn {
namespace {

std::size_t at(int index) {
    return static_cast<std::size_t>(index);
}

class Planner {
public:
    Planner(std::int64_t inputFloats, const std::vector<LayerMemory>& layers, bool keepsOperands)
        : m_layers(layers),
          m_count(static_cast<int>(layers.size())),
          m_inputFloats(inputFloats),
          m_keepsOperands(keepsOperands) {}

    StepMemory run() {
        countReaders();
        m_memory.input = newBuffer(m_inputFloats, 0);
        for (int i = 0; i < m_count; ++i) {
            placeOutput(i);
            placeGradient(i);
        }
        use(m_memory.outputs.back(), end());
        if (m_memory.gradients.back() != kNoBuffer) {
            use(m_memory.gradients.back(), m_count);  // the loss writes it
        }
        m_written.resize(m_layers.size(), false);
        for (int i = m_count; i-- > 0;) {
            noteUses(i);
            noteGradients(i);
            addWorkspaces(i);
        }
        return std::move(m_memory);
    }

private:
    int backward(int layer) const { return 2 * m_count - layer; }
    int end() const { return 2 * m_count + 1; }

    int newBuffer(std::int64_t floats, int moment) {
        m_memory.buffers.push_back({floats, moment, moment});
        return static_cast<int>(m_memory.buffers.size()) - 1;
    }
    void use(int buffer, int moment) {
        auto& b = m_memory.buffers[at(buffer)];
        b.first = std::min(b.first, moment);
        b.last = std::max(b.last, moment);
    }
    int outputOf(int source) const {
        return source == kFromNetworkInput ? m_memory.input : m_memory.outputs[at(source)];
    }

    void countReaders() {
        m_readers.assign(m_layers.size() + 1, 0);  // the network's input last
        for (const auto& layer : m_layers) {
            for (const int source : layer.sources) {
                ++m_readers[source == kFromNetworkInput ? m_layers.size() : at(source)];
            }
        }
    }
    bool hasOneReader(int source) const {
        return m_readers[source == kFromNetworkInput ? m_layers.size() : at(source)] == 1;
    }

    /// A buffer of its own, or its input's: that must have no other reader, and no layer may need
    /// the values that would be overwritten.
    void placeOutput(int i) {
        const auto& layer = m_layers[at(i)];
        const int source = layer.sources.front();
        const int buffer = outputOf(source);
        m_frozen.resize(m_memory.buffers.size(), false);
        const bool shares = layer.use.mayOverwriteInput && hasOneReader(source) &&
                            (layer.use.keepsValues || !m_frozen[at(buffer)]);
        m_memory.outputs.push_back(shares ? buffer : newBuffer(layer.outputFloats, i));
        m_frozen.resize(m_memory.buffers.size(), false);
        if (layer.use.backwardReadsOutput && layer.learns) {
            m_frozen[at(m_memory.outputs.back())] = true;
        }
    }

    /// A buffer of its own, or that of the one input that it may overwrite.
    void placeGradient(int i) {
        const auto& layer = m_layers[at(i)];
        if (!layer.learns) {
            m_memory.gradients.push_back(kNoBuffer);
            return;
        }
        const auto fits = [&](int source) {
            return source != kFromNetworkInput && hasOneReader(source) &&
                   m_memory.gradients[at(source)] != kNoBuffer;
        };
        const auto& sources = layer.sources;
        auto shared = sources.end();
        if (layer.use.passesGradient) {
            shared = std::find_if(sources.begin(), sources.end(), fits);
        } else if (layer.use.mayOverwriteGradient && fits(sources.front())) {
            shared = sources.begin();
        }
        m_memory.gradients.push_back(shared != sources.end()
                                         ? m_memory.gradients[at(*shared)]
                                         : newBuffer(layer.outputFloats, backward(i)));
    }

    void noteUses(int i) {
        const auto& layer = m_layers[at(i)];
        for (const int source : layer.sources) {
            use(outputOf(source), i);
            if (layer.learns && layer.use.backwardReadsInput) {
                use(outputOf(source), backward(i));
            }
            if (layer.isGemm && m_keepsOperands) {
                use(outputOf(source), end());
            }
        }
        use(m_memory.outputs[at(i)], i);
        if (layer.learns) {
            if (layer.use.backwardReadsOutput) {
                use(m_memory.outputs[at(i)], backward(i));
            }
            use(m_memory.gradients[at(i)], layer.isGemm && m_keepsOperands ? end() : backward(i));
        }
    }

    /// Called from the last layer to the first: of several readers of a layer the last writes its
    /// gradient and the earlier ones add to it.
    void noteGradients(int i) {
        const auto& layer = m_layers[at(i)];
        auto& shares = m_memory.shares.emplace_back(layer.sources.size(), kNoBuffer);
        for (std::size_t k = 0; k < shares.size(); ++k) {
            const int source = layer.sources[k];
            if (source == kFromNetworkInput || m_memory.gradients[at(source)] == kNoBuffer) {
                continue;
            }
            use(m_memory.gradients[at(source)], backward(i));
            if (m_written[at(source)] && !layer.use.passesGradient && !layer.use.mayAddGradient) {
                shares[k] = newBuffer(m_layers[at(source)].outputFloats, backward(i));
            }
            m_written[at(source)] = true;
        }
        if (i == 0) {
            std::reverse(m_memory.shares.begin(), m_memory.shares.end());
        }
    }

    void addWorkspaces(int i) {
        auto& places = m_memory.workspaces.emplace_back();
        for (const Workspace& workspace : m_layers[at(i)].workspaces) {
            const bool forward = workspace.lifetime != Lifetime::Backward;
            places.push_back(newBuffer(workspace.floats, forward ? i : backward(i)));
            if (workspace.lifetime == Lifetime::Step) {
                use(places.back(), backward(i));
            }
        }
        if (i == 0) {
            std::reverse(m_memory.workspaces.begin(), m_memory.workspaces.end());
        }
    }

    const std::vector<LayerMemory>& m_layers;
    int m_count;
    std::int64_t m_inputFloats;
    bool m_keepsOperands;
    StepMemory m_memory;
    std::vector<int> m_readers;
    std::vector<bool> m_frozen;   ///< by buffer: a backward pass reads what is in it
    std::vector<bool> m_written;  ///< by layer: a later reader has sent a gradient
};

}  // namespace

StepMemory planStep(std::int64_t inputFloats, const std::vector<LayerMemory>& layers,
                    bool keepsOperands) {
    return Planner(inputFloats, layers, keepsOperands).run();
}

}  // namespace mantissa::nn
