// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of EIE's published element, array and layers, and what follows from them.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "app/engine/reproduce/model_measures.h"
#include "core/systems/relative_index.h"
#include "hwmodel/memory.h"
#include "hwmodel/node_scaling.h"
#include "hwmodel/published/eie.h"

namespace mantissa::app::measures {
namespace {

using systems::Measure;

/// Entries that EIE's encoding stores for each non-zero of a random column.
double entriesOf(double density) {
    constexpr std::size_t kLength = 1U << 20U;
    std::vector<float> column(kLength);
    std::mt19937 random;  // the same numbers everywhere
    const auto below =
        static_cast<std::mt19937::result_type>(density * static_cast<double>(std::mt19937::max()));
    std::size_t nonZeros = 0;
    for (auto& value : column) {
        const bool set = random() < below;
        value = set ? 1.0F : 0.0F;
        nonZeros += set ? 1 : 0;
    }
    return static_cast<double>(systems::encodeRelative(column).size()) /
           static_cast<double>(nonZeros);
}

/// Of one figure of each layer but those of which it is 1, which have nothing to gain.
template <typename Ratio>
double geometricMean(const Ratio& ratio) {
    double logarithms = 0;
    int layers = 0;
    for (const auto& layer : hw::eie::layers()) {
        const double logarithm = std::log(ratio(layer));
        logarithms += logarithm;
        layers += logarithm != 0 ? 1 : 0;
    }
    return std::exp(logarithms / layers);
}

/// A bit from DRAM as the paper takes it, 20 pJ, over one from 32 KiB of our buffers' SRAM, 32 bits
/// wide.
double fetchRatio() {
    constexpr double kDram_pj = 20;
    return kDram_pj / hw::sram({.kib = 32, .accessBits = 32, .node_nm = 45}).readEnergy_pj;
}

/// 256 elements at 28 nm and 1200 MHz.
constexpr int kProjected = 256;

double projectedArea_mm2() {
    return hw::eie::arrayArea_mm2(kProjected) * hw::areaScale(45, 28).value();
}

}  // namespace

ModelledFigure eie(const Measure& measure, const MeasureContext&) {
    using hw::eie::Layer;
    const auto element = hw::eie::total(hw::eie::byBlock(), "element");
    const auto density = measure.numbers.find("density");
    const double figures[] = {
        hw::eie::arrayArea_mm2(hw::eie::kElements),
        hw::eie::arrayPower_mw(hw::eie::kElements),
        hw::eie::peakGops(),
        hw::eie::sramBitArea_um2(),
        element.area_um2 * 1e-6,
        element.power_mw,
        projectedArea_mm2(),
        fetchRatio(),
        geometricMean([](const Layer& l) { return l.cpu_us / hw::eie::paddedTime_us(l); }),
        geometricMean([](const Layer& l) { return l.gpu_us / hw::eie::paddedTime_us(l); }),
        geometricMean([](const Layer& l) { return 1 / l.weightDensity; }),
        geometricMean([](const Layer& l) { return 1 / l.activationDensity; }),
        density == measure.numbers.end() ? 0 : entriesOf(density->second)};
    return choiceOf(measure, "figure",
                    {"area", "power", "peak", "sram_bit", "element_area", "element_power",
                     "projected_area", "fetch", "speed_cpu", "speed_gpu", "sparsity", "skipping",
                     "entries"})
        .and_then([&](std::size_t which) -> ModelledFigure {
            return Figure{.value = figures[which], .remark = {}};
        });
}

ModelledFigure eieTime(const Measure& measure, const MeasureContext&) {
    const auto layers = hw::eie::layers();
    const auto& id = textOf(measure, "layer");
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&](const auto& each) { return each.id == id; });
    if (found == layers.end()) {
        return fail(ErrorCode::NotFound, "EIE has no layer \"" + id + "\"",
                    "measure " + measure.kind);
    }
    return Figure{.value = hw::eie::paddedTime_us(*found), .remark = {}};
}

}  // namespace mantissa::app::measures
