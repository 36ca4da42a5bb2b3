// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>

#include "core/nn/k_winners.h"
#include "core/nn/layer_kind.h"

namespace mantissa::nn {
namespace {

std::int64_t winnersOf(const KWinners& winners, std::int64_t elements) {
    const auto count = std::llround(winners.share * static_cast<double>(elements));
    return std::clamp<std::int64_t>(count, 1, elements);
}

/// Of a map each pixel's channels compete, of features all of an image.
class KWinnersLayer final : public Layer {
public:
    KWinnersLayer(const KWinners& winners, const LayerShapes& shapes)
        : m_elements(shapes.output[0]),
          m_pixels(elementCount(shapes.output) / m_elements),
          m_winners(winnersOf(winners, m_elements)) {}

    std::int64_t scratchFloats() const override { return m_elements * kWinnerColumns; }
    MemoryUse memoryUse() const override { return {.mayOverwriteGradient = true}; }
    void forward(const StepContext& context, const LayerTensors& t) override {
        keep(context, t.x(), t.x(), t.y);
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() != nullptr) {
            keep(context, t.x(), t.dy, t.dx());
        }
    }

private:
    void keep(const StepContext& context, const float* x, const float* from, float* to) const {
        // Columns side by side are pixels of an image, or images of features.
        const bool isMap = m_pixels > 1;
        const std::int64_t columns = isMap ? m_pixels : context.images;
        const std::int64_t runs = (columns + kWinnerColumns - 1) / kWinnerColumns;
        const std::int64_t image = m_elements * m_pixels;
        context.team.run((isMap ? context.images : 1) * runs, [&](std::int64_t task, int worker) {
            const std::int64_t column = task % runs * kWinnerColumns;
            const std::int64_t stride = isMap ? 1 : image;
            const std::int64_t first = task / runs * image + column * stride;
            keepWinners({std::min(kWinnerColumns, columns - column), m_elements, m_pixels, stride},
                        m_winners, x + first, from + first, to + first, context.scratchOf(worker));
        });
    }

    std::int64_t m_elements, m_pixels, m_winners;
};

constexpr std::array kParams{
    bind<KWinners, &KWinners::share>({.id = "share",
                                      .label = "Share",
                                      .help = "Of the features, or of a pixel's channels: how many "
                                              "stay. At least one does.",
                                      .kind = ParamKind::Real,
                                      .minimum = 0.001,
                                      .maximum = 1,
                                      .defaultValue = 0.25}),
};

/// The smallest winner is found bit by bit: for each of its 32 bits all numbers are compared with
/// one, and a last comparison lets them pass, each by a comparator of its own, so that pixels
/// follow each other. Which won is kept.
VectorWork work(const LayerParams& /*params*/, const LayerShapes& shapes) {
    constexpr double kPasses = 33;
    const auto n = static_cast<double>(elementCount(shapes.output));
    return {.compares = kPasses * n, .comparators = kPasses, .keptBits = n};
}

}  // namespace

const LayerKind& kWinnersKind() {
    static const LayerKind kKind{
        {.id = "k_winners",
         .label = "k winners",
         .help =
             "Keeps the largest of an image's features, or of each pixel's channels; all others "
             "become zero (k-winner-take-all, as sparse networks use it; which numbers compete "
             "is our reading).",
         .stem = "winners",
         .parameters = kParams,
         .example = KWinners{},
         .work = work},
        inferSame,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<KWinnersLayer>(build.params<KWinners>(), build.shapes);
        }};
    return kKind;
}

}  // namespace mantissa::nn
