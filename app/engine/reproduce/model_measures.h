// SPDX-License-Identifier: GPL-3.0-or-later
// Figures that are modelled or computed, not trained. Internal to app/engine/reproduce.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "app/engine/reproduce/measure.h"

namespace mantissa::app {

/// What the measure says; of "against" and of what is not said, "fp32".
const std::string& textOf(const systems::Measure& measure, std::string_view name);

/// Which of the names a text is; the error lists them.
Result<std::size_t> choiceOf(const systems::Measure& measure, std::string_view name,
                             std::span<const std::string_view> known);
Result<std::size_t> choiceOf(const systems::Measure& measure, std::string_view name,
                             std::initializer_list<std::string_view> known);

namespace measures {

using ModelledFigure = Result<std::optional<Figure>>;

/// How many times smaller `ours` is than `theirs`; where it is `priced`, under both calibrations,
/// which cost(side, calibration) tells apart.
template <typename Side, typename Cost>
ModelledFigure timesSmaller(const Side& ours, const Side& theirs, bool priced, const Cost& cost) {
    using design::Calibration;
    const auto ratio = [&](Calibration calibration) {
        return cost(theirs, calibration) / cost(ours, calibration);
    };
    Figure figure{.value = ratio(Calibration::Synthesis), .remark = {}};
    if (priced) {
        figure.horowitz = ratio(Calibration::Horowitz);
    }
    return figure;
}

/// "figure": area, energy, time, dram, power, stash (of what waits for the backward pass; against
/// over preset), array_area (of the PE arrays alone), throughput_per_area (images a second for each
/// area, preset over against), compute and compute_per_area (the same of the arrays alone, which
/// then wait for nothing but the vector units), forward and forward_per_area (of the forward pass).
/// Like the next, and unitRatio, under both
/// calibrations where areas or energies decide.
ModelledFigure hardwareRatio(const systems::Measure& measure, const MeasureContext& context);
/// Area of the PE arrays times the bits of a stored weight, against over preset.
ModelledFigure areaMemory(const systems::Measure& measure, const MeasureContext& context);
/// "algorithm" and "baseline": lightnorm (of groups of "group"), conventional, one_pass, fused;
/// "format" of the latter: fp32, fp16, bf16; "figure": area, power, energy, dram. Channels of
/// 12,544 elements (224 x 224 pixels / 4), the default accelerator's lanes and DRAM.
ModelledFigure normRatio(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure normShare(const systems::Measure& measure, const MeasureContext& context);
/// Of the multipliers in "layers" (a kind: conv2d, linear; or depthwise), in percent, by time.
ModelledFigure utilisation(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure macRatio(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure bits(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure memoryDensity(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure weightMemory(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure overlay(const systems::Measure& measure, const MeasureContext& context);
/// "baseline": fp32, bf16, fp16.
ModelledFigure epflSystolic(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure epflDot(const systems::Measure& measure, const MeasureContext& context);
/// "figure": area (mm2), power (mW), peak (GOP/s), sram_bit (um2), element_area (mm2),
/// element_power (mW), projected_area (mm2: 256 elements at 28 nm), fetch (energy of a bit from
/// DRAM over one from SRAM), speed_cpu and speed_gpu (published times over modelled ones), sparsity
/// and skipping (dense over sparse work), the latter four geometric means of the nine layers, or of
/// those that have zeros, entries (stored for each non-zero of a long random column of "density").
ModelledFigure eie(const systems::Measure& measure, const MeasureContext& context);
/// Microseconds of "layer" (hw::eie::layers), with padding zeros.
ModelledFigure eieTime(const systems::Measure& measure, const MeasureContext& context);
/// "figure": mean, mean_absolute.
ModelledFigure multiplierError(const systems::Measure& measure, const MeasureContext& context);
/// "unit" and "against_unit": units of the registry that work together, with their parameters
/// ("chunk_serial_dot,n=16,m=4 + fp_adder,e=8,m=23"), which give "products" and "against_products"
/// at once. "figure": area, energy (a product), density (products a cycle for each area).
ModelledFigure unitRatio(const systems::Measure& measure, const MeasureContext& context);

}  // namespace measures
}  // namespace mantissa::app
