// SPDX-License-Identifier: GPL-3.0-or-later
// Figures that are modelled or computed, not trained. Internal to app/engine/reproduce.
#pragma once

#include <string>
#include <string_view>

#include "app/engine/reproduce/measure.h"

namespace mantissa::app {

/// What the measure says; of "against" and of what is not said, "fp32".
const std::string& textOf(const systems::Measure& measure, std::string_view name);

namespace measures {

using ModelledFigure = Result<std::optional<Figure>>;

/// "figure": area, energy, time, dram (against over preset), array_area (of the PE arrays alone),
/// throughput_per_area (images a second for each area, preset over against).
ModelledFigure hardwareRatio(const systems::Measure& measure, const MeasureContext& context);
/// "algorithm" and "baseline": lightnorm (of groups of "group"), conventional, one_pass, fused;
/// "format" of the latter: fp32, fp16, bf16; "figure": area, power, energy, dram. Channels of
/// 12,544 elements (224 x 224 pixels / 4), the default accelerator's lanes and DRAM.
ModelledFigure normRatio(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure normShare(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure macRatio(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure bits(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure memoryDensity(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure weightMemory(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure overlay(const systems::Measure& measure, const MeasureContext& context);
/// "baseline": fp32, bf16, fp16.
ModelledFigure epflSystolic(const systems::Measure& measure, const MeasureContext& context);
ModelledFigure epflDot(const systems::Measure& measure, const MeasureContext& context);
/// "figure": area (mm2), power (mW), peak (GOP/s), alex6 (us), sram_bit (um2), entries (stored for
/// each non-zero of a long random column of "density").
ModelledFigure eie(const systems::Measure& measure, const MeasureContext& context);
/// "figure": mean, mean_absolute.
ModelledFigure multiplierError(const systems::Measure& measure, const MeasureContext& context);

}  // namespace measures
}  // namespace mantissa::app
