// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

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
    KWinnersLayer(const KWinners& winners, const LayerShapes& shapes, int batch)
        : m_elements(shapes.output[0]),
          m_pixels(elementCount(shapes.output) / m_elements),
          m_winners(winnersOf(winners, m_elements)),
          m_batch(batch) {}

    std::int64_t scratchFloats() const override { return m_elements * kWinnerColumns; }
    MemoryUse memoryUse() const override { return {.mayOverwriteGradient = true}; }
    void appendWorkspaces(std::vector<Workspace>& list) override {
        constexpr auto kFloats = static_cast<std::int64_t>(sizeof(Winners) / sizeof(float));
        list.push_back({taskCount(m_batch) * kFloats, Lifetime::Step, &m_found});
    }
    void forward(const StepContext& context, const LayerTensors& t) override {
        forEachTask(context, [&](const Columns& columns, std::int64_t first, Winners& found,
                                 float* scratch) {
            findWinners(columns, m_winners, t.x() + first, found, scratch);
            keepWinners(columns, found, t.x() + first, t.x() + first, t.y + first);
        });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() != nullptr) {
            forEachTask(context, [&](const Columns& columns, std::int64_t first,
                                     const Winners& found, float* /*scratch*/) {
                keepWinners(columns, found, t.x() + first, t.dy + first, t.dx() + first);
            });
        }
    }

private:
    // Columns side by side are pixels of an image, or images of features.
    bool isMap() const { return m_pixels > 1; }
    std::int64_t taskCount(std::int64_t images) const {
        const auto runs = [](std::int64_t columns) {
            return (columns + kWinnerColumns - 1) / kWinnerColumns;
        };
        return isMap() ? images * runs(m_pixels) : runs(images);
    }

    /// body(columns, where they begin in the batch, who wins, scratch).
    template <typename Body>
    void forEachTask(const StepContext& context, const Body& body) const {
        const std::int64_t tasks = taskCount(context.images);
        const std::int64_t runs = isMap() ? tasks / context.images : tasks;
        const std::int64_t columns = isMap() ? m_pixels : context.images;
        const std::int64_t image = m_elements * m_pixels;
        auto* const found = reinterpret_cast<Winners*>(m_found);
        context.team.run(tasks, [&](std::int64_t task, int worker) {
            const std::int64_t column = task % runs * kWinnerColumns;
            const std::int64_t stride = isMap() ? 1 : image;
            body(Columns{std::min(kWinnerColumns, columns - column), m_elements, m_pixels, stride},
                 task / runs * image + column * stride, found[task], context.scratchOf(worker));
        });
    }

    std::int64_t m_elements, m_pixels, m_winners, m_batch;
    float* m_found = nullptr;  ///< Winners of each task
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
            return std::make_unique<KWinnersLayer>(build.params<KWinners>(), build.shapes,
                                                   build.batch);
        }};
    return kKind;
}

}  // namespace mantissa::nn
