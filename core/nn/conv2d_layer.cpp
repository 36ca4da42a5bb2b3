// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <optional>

#include "core/nn/approximate_passes.h"
#include "core/nn/block_convolution.h"
#include "core/nn/conv2d_kind.h"
#include "core/nn/convolution.h"
#include "core/nn/gemm_layer.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

class Conv2dLayer final : public GemmLayer {
public:
    explicit Conv2dLayer(const LayerBuild& build)
        : GemmLayer(build, build.params<Conv2d>().bias,
                    convGeometry(build.params<Conv2d>(), build.shapes.input),
                    build.params<Conv2d>().groups),
          m_geometry(geometry()),
          m_groups(groups()),
          m_weights(elementCount(build.shapes.weight)),
          m_parts(mostGradientParts(m_weights)) {
        if (const auto& part = segment(GemmPass::Forward); part.length > 0) {
            m_blockForward.emplace(m_geometry, part);
        } else if (isPlain()) {
            roundByImage(GemmPass::Forward);
        }
        if (const auto& part = segment(GemmPass::InputGradient); part.length > 0) {
            m_blockInputGradient.emplace(m_geometry, part);
        } else if (isPlain()) {
            m_turned = turnedGeometry(m_geometry);
            roundByImage(GemmPass::InputGradient);
        }
        if (const auto& part = segment(GemmPass::WeightGradient); part.length > 0) {
            m_blockWeightGradient.emplace(m_geometry, part, build.batch, m_parts);
        }
    }

    bool mapsImages() const override { return !sumsIntegers(GemmPass::Forward); }
    MemoryUse memoryUse() const override {
        MemoryUse use = GemmLayer::memoryUse();
        use.mayAddGradient = !sumsIntegers(GemmPass::InputGradient);
        return use;
    }

    std::int64_t scratchFloats() const override {
        return imageFloats() + sharedGradientFloats() +
               std::max({ownScratchFloats(), convScratchFloats(m_geometry),
                         m_turned ? convScratchFloats(*m_turned) : 0,
                         !isPlain() ? approximateConvScratchFloats(m_geometry) : 0,
                         m_blockForward ? m_blockForward->scratchFloats() : 0,
                         m_blockInputGradient ? m_blockInputGradient->scratchFloats() : 0,
                         m_blockWeightGradient ? m_blockWeightGradient->scratchFloats() : 0});
    }

    void appendWorkspaces(std::vector<Workspace>& list) override {
        GemmLayer::appendWorkspaces(list);
        list.push_back({m_parts * m_weights, Lifetime::Backward, &m_partial});
        if (isPlain() && !m_blockForward) {
            list.push_back(
                {m_groups * packedFilterFloats(m_geometry), Lifetime::Forward, &m_packedForward});
        }
        if (m_turned) {
            list.push_back({m_groups * packedFilterFloats(*m_turned), Lifetime::Backward,
                            &m_packedInputGradient});
        }
        if (m_blockForward) {
            list.push_back(
                {m_groups * m_blockForward->packedFloats(), Lifetime::Forward, &m_packedForward});
        }
        if (m_blockInputGradient) {
            list.push_back({m_groups * m_blockInputGradient->packedFloats(), Lifetime::Backward,
                            &m_packedInputGradient});
        }
        if (m_blockWeightGradient) {
            list.push_back({m_blockWeightGradient->packedFloats(), Lifetime::Backward,
                            &m_packedWeightGradient});
        }
    }

protected:
    void forwardPass(const StepContext& context, const BlockTensor& weight, const BlockTensor& x,
                     const float* bias, const LayerTensors& t) override {
        const ConvGeometry& g = m_geometry;
        if (m_blockForward) {
            packGroups(*m_blockForward, weight, m_packedForward, context.team);
        } else if (isPlain()) {
            context.team.run(m_groups * g.outChannels, [&](std::int64_t channel, int) {
                const std::int64_t group = channel / g.outChannels;
                packFilter(g, weight.data + group * groupWeights(), channel % g.outChannels,
                           m_packedForward + group * packedFilterFloats(g));
            });
        }
        forEachImage(
            context, x, g.inputStride,
            [&](std::int64_t image, const BlockTensor& planes, float* scratch) {
                float* const y = t.y + image * g.outputStride;
                for (std::int64_t group = 0; group < m_groups && !context.team.stopped(); ++group) {
                    const float* shift = bias != nullptr ? bias + group * g.outChannels : nullptr;
                    const BlockTensor from = planes.from(group * g.inputFloats());
                    float* const to = y + group * g.outputFloats();
                    if (m_blockForward) {
                        const auto& pass = *m_blockForward;
                        pass.run(m_packedForward + group * pass.packedFloats(), shift, from, to,
                                 scratch, context.team);
                    } else if (!isPlain()) {
                        approximateConvForward(*multiplication(), g,
                                               weight.data + group * groupWeights(), shift,
                                               from.data, to, scratch, context.team);
                    } else {
                        convForward(g, m_packedForward + group * packedFilterFloats(g), shift,
                                    from.data, to, scratch, context.team);
                    }
                }
                if (t.then != nullptr) {
                    t.then->mapImage(y);
                }
            });
    }

    void inputGradientPass(const StepContext& context, const BlockTensor& weight,
                           const BlockTensor& dy, const LayerTensors& t) override {
        const ConvGeometry& g = m_geometry;
        if (m_blockInputGradient) {
            packGroups(*m_blockInputGradient, weight, m_packedInputGradient, context.team);
        } else if (m_turned) {
            context.team.run(m_groups * g.channels, [&](std::int64_t channel, int) {
                const std::int64_t group = channel / g.channels;
                packTurnedFilter(g, weight.data + group * groupWeights(), channel % g.channels,
                                 m_packedInputGradient + group * packedFilterFloats(*m_turned));
            });
        }
        forEachImage(
            context, dy, g.outputStride,
            [&](std::int64_t image, const BlockTensor& planes, float* scratch) {
                float* const rest = scratch + sharedGradientFloats();
                for (std::int64_t group = 0; group < m_groups && !context.team.stopped(); ++group) {
                    const BlockTensor from = planes.from(group * g.outputFloats());
                    float* const dx = t.dx() + image * g.inputStride + group * g.inputFloats();
                    float* const to = t.adds ? scratch : dx;
                    if (m_blockInputGradient) {
                        const auto& pass = *m_blockInputGradient;
                        pass.run(m_packedInputGradient + group * pass.packedFloats(), from, to,
                                 rest, context.team);
                    } else if (!isPlain()) {
                        approximateConvInputGradient(*multiplication(), g,
                                                     weight.data + group * groupWeights(),
                                                     from.data, to, rest, context.team);
                    } else if (m_turned) {
                        convForward(*m_turned,
                                    m_packedInputGradient + group * packedFilterFloats(*m_turned),
                                    nullptr, from.data, to, rest, context.team);
                    } else {
                        convInputGradient(g, weight.data + group * groupWeights(), from.data, to,
                                          rest, context.team);
                    }
                    if (t.adds) {
                        addTo(dx, to, g.inputFloats());
                    }
                }
            });
    }

    void weightGradientPass(const StepContext& context, const BlockTensor& x, const BlockTensor& dy,
                            float* dw) override {
        if (m_blockWeightGradient) {
            blockWeightGradient(context, x, dy, dw);
            return;
        }
        if (!isPlain()) {
            approximateWeightGradient(context, x.data, dy.data, dw);
            return;
        }
        const ConvGeometry& g = m_geometry;
        const std::int64_t share = (context.images + m_parts - 1) / m_parts;
        fillFloats(context.team, m_partial, m_parts * m_weights, 0.0F);
        context.team.run(m_parts, [&](std::int64_t part, int worker) {
            const std::int64_t first = std::min(part * share, context.images);
            for (std::int64_t group = 0; group < m_groups; ++group) {
                convWeightGradient(g, x.data + first * g.inputStride + group * g.inputFloats(),
                                   dy.data + first * g.outputStride + group * g.outputFloats(),
                                   std::min(share, context.images - first),
                                   m_partial + part * m_weights + group * groupWeights(),
                                   context.scratchOf(worker), context.team);
            }
        });
        forEachRange(context.team, m_weights, [&](std::int64_t first, std::int64_t count) {
            std::copy_n(m_partial + first, count, dw + first);
            for (std::int64_t part = 1; part < m_parts; ++part) {
                addTo(dw + first, m_partial + part * m_weights + first, count);
            }
        });
    }

    void biasGradient(const StepContext& context, const float* dy, float* gradient) override {
        sumChannels(context, dy, m_groups * m_geometry.outChannels,
                    m_geometry.outHeight * m_geometry.outWidth, gradient);
    }

private:
    /// Whether products that are not bit-true are those of binary32.
    bool isPlain() const { return multiplication() == nullptr; }
    std::int64_t groupWeights() const { return m_weights / m_groups; }

    template <typename Pass>
    void packGroups(const Pass& pass, const BlockTensor& weight, float* packed,
                    ThreadTeam& team) const {
        for (std::int64_t group = 0; group < m_groups; ++group) {
            pass.packWeights(weight.from(group * groupWeights()),
                             packed + group * pass.packedFloats(), team);
        }
    }

    void blockWeightGradient(const StepContext& context, const BlockTensor& x,
                             const BlockTensor& dy, float* dw) {
        const ConvGeometry& g = m_geometry;
        const BlockConvWeightGradient& pass = *m_blockWeightGradient;
        for (std::int64_t group = 0; group < m_groups; ++group) {
            const BlockTensor from = x.from(group * g.inputFloats());
            const BlockTensor errors = dy.from(group * g.outputFloats());
            context.team.run(pass.packTasks(), [&](std::int64_t task, int) {
                pass.pack(task, from, errors, context.images, m_packedWeightGradient);
            });
            context.team.run(pass.parts(), [&](std::int64_t part, int worker) {
                pass.run(part, m_packedWeightGradient, context.images,
                         m_partial + part * pass.partFloats(), context.scratchOf(worker),
                         context.team);
            });
            pass.addParts(m_partial, dw + group * groupWeights(), context.team);
        }
    }

    void approximateWeightGradient(const StepContext& context, const float* x, const float* dy,
                                   float* dw) {
        const ConvGeometry& g = m_geometry;
        const std::int64_t share = (context.images + m_parts - 1) / m_parts;
        const std::int64_t parts = (context.images + share - 1) / share;
        context.team.run(parts * m_groups, [&](std::int64_t task, int worker) {
            const std::int64_t first = task / m_groups * share;
            const std::int64_t group = task % m_groups;
            approximateConvWeightGradient(
                *multiplication(), g, x + first * g.inputStride + group * g.inputFloats(),
                dy + first * g.outputStride + group * g.outputFloats(),
                std::min(share, context.images - first), m_partial + task * groupWeights(),
                context.scratchOf(worker), context.team);
        });
        // A part is taps x outChannels, weights are the other way round.
        forEachRange(
            context.team, m_groups * g.outChannels,
            [&](std::int64_t first, std::int64_t count) {
                for (std::int64_t filter = first; filter < first + count; ++filter) {
                    const float* const from = m_partial + filter / g.outChannels * groupWeights() +
                                              filter % g.outChannels;
                    for (std::int64_t tap = 0; tap < g.taps; ++tap) {
                        float sum = from[tap * g.outChannels];
                        for (std::int64_t part = 1; part < parts; ++part) {
                            sum += from[part * m_weights + tap * g.outChannels];
                        }
                        dw[filter * g.taps + tap] = sum;
                    }
                }
            },
            m_parts * g.taps);
    }

    /// Of a group's input gradient that is added to what is there.
    std::int64_t sharedGradientFloats() const { return (m_geometry.inputFloats() + 15) / 16 * 16; }

    /// One task an image, whose planes in `tensor` are rounded; images are `stride` floats apart.
    template <typename Body>
    void forEachImage(const StepContext& context, const BlockTensor& tensor, std::int64_t stride,
                      const Body& body) {
        context.team.run(context.images, [&](std::int64_t image, int worker) {
            float* const memory = context.scratchOf(worker);
            body(image, tensor.image(image * stride, memory), memory + imageFloats());
        });
    }

    const ConvGeometry& m_geometry;  ///< of a group
    std::int64_t m_groups;
    std::int64_t m_weights;
    std::int64_t m_parts;
    float* m_partial = nullptr;
    std::optional<ConvGeometry> m_turned;  ///< of the input gradient, where it is a convolution
    // In place of the above where a pass is bit-true.
    std::optional<BlockConvForward> m_blockForward;
    std::optional<BlockConvInputGradient> m_blockInputGradient;
    std::optional<BlockConvWeightGradient> m_blockWeightGradient;
    float* m_packedForward = nullptr;
    float* m_packedInputGradient = nullptr;
    float* m_packedWeightGradient = nullptr;
};

}  // namespace

std::unique_ptr<Layer> makeGroupedConv2d(const LayerBuild& build) {
    return std::make_unique<Conv2dLayer>(build);
}

}  // namespace mantissa::nn
