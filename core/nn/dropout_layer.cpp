// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>

#include <Random123/philox.h>

#include "core/nn/layer_kind.h"

namespace mantissa::nn {
namespace {

/// Element i of the batch is dropped where word i mod 4 of Philox4x32-10 on the counter {i / 4,
/// stream, step low, step high} under the key {seed low, seed high} is below probability 2^32. The
/// backward pass draws the same words again, so that no mask is kept.
class DropoutLayer final : public Layer {
public:
    DropoutLayer(const Dropout& dropout, std::int64_t perImage, std::uint32_t stream)
        : m_threshold(
              static_cast<std::uint32_t>(std::min(dropout.probability * 0x1p32, 0x1p32 - 1))),
          m_scale(static_cast<float>(1 / (1 - dropout.probability))),
          m_perImage(perImage),
          m_stream(stream) {}

    MemoryUse memoryUse() const override {
        return {
            .mayOverwriteInput = true, .mayOverwriteGradient = true, .backwardReadsInput = false};
    }
    void forward(const StepContext& context, const LayerTensors& t) override {
        if (context.training) {
            drop(context, t.x(), t.y);
        } else if (t.x() != t.y) {
            copyFloats(context.team, t.x(), t.y, context.images * m_perImage);
        }
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() != nullptr) {
            drop(context, t.dy, t.dx());
        }
    }

private:
    void drop(const StepContext& context, const float* from, float* to) const {
        constexpr std::int64_t kWords = 4;  // of one call of the generator
        const r123::Philox4x32 philox;
        const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
        const auto& key = context.key;
        const r123::Philox4x32::key_type seed{{low(key.seed), low(key.seed >> 32U)}};
        const std::int64_t count = context.images * m_perImage;
        const auto dropBlock = [&](std::int64_t block) {
            const auto words = philox({{low(static_cast<std::uint64_t>(block)), m_stream,
                                        low(key.step), low(key.step >> 32U)}},
                                      seed);
            const std::int64_t first = block * kWords;
            for (std::int64_t i = first; i < std::min(first + kWords, count); ++i) {
                const bool dropped = words[static_cast<std::size_t>(i - first)] < m_threshold;
                to[i] = dropped ? 0.0F : from[i] * m_scale;
            }
        };
        forEachRange(
            context.team, (count + kWords - 1) / kWords,
            [&](std::int64_t first, std::int64_t blocks) {
                for (std::int64_t block = first; block < first + blocks; ++block) {
                    dropBlock(block);
                }
            },
            kWords);
    }

    std::uint32_t m_threshold;
    float m_scale;
    std::int64_t m_perImage;
    std::uint32_t m_stream;
};

constexpr std::array kParams{
    bind<Dropout, &Dropout::probability>({.id = "probability",
                                          .label = "Probability",
                                          .help = "Share of the values that become zero in "
                                                  "training.",
                                          .kind = ParamKind::Real,
                                          .maximum = 0.99,
                                          .defaultValue = 0.5}),
};

/// The mask is drawn again, not kept.
VectorWork work(const LayerParams& /*params*/, const LayerShapes& shapes) {
    const auto n = static_cast<double>(elementCount(shapes.output));
    return {.compares = n, .multiplies = n, .backwardMultiplies = n};
}

}  // namespace

const LayerKind& dropoutKind() {
    static const LayerKind kKind{
        {.id = "dropout",
         .label = "Dropout",
         .help = "In training zeroes values at random and scales up the others (Srivastava et al., "
                 "JMLR 2014).",
         .stem = "dropout",
         .parameters = kParams,
         .example = Dropout{},
         .work = work},
        inferSame,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            // Streams 8 index to 8 index + 6 are those of a layer's quantised operands.
            return std::make_unique<DropoutLayer>(
                build.params<Dropout>(), elementCount(build.shapes.output), 8 * build.index + 7);
        }};
    return kKind;
}

}  // namespace mantissa::nn
