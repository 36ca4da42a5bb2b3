// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "app/engine/reproduce/model_measures.h"
#include "core/systems/preset_design.h"

namespace mantissa::app {
namespace {

using systems::Measure;
using Obtained = Result<std::optional<Figure>>;

constexpr double kPercent = 100;

/// Mean and standard deviation of one value a seed.
Figure overSeeds(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return {.value = mean,
            .spread = values.size() > 1 ? std::sqrt(squares / (count - 1)) : 0,
            .seeds = static_cast<int>(values.size()),
            .remark = {}};
}

void remark(Figure& figure, const TrainedPreset& preset, const std::string& name) {
    if (preset.diverged > 0) {
        figure.remark += (figure.remark.empty() ? "" : "; ") + name + ": " +
                         std::to_string(preset.diverged) + " of " +
                         std::to_string(preset.accuracies.size()) + " seeds diverged";
    }
}

Obtained accuracy(const Measure& measure, const MeasureContext& context) {
    const auto& name = textOf(measure, "preset");
    const auto preset = context.trained(name);
    if (!preset) {
        return std::nullopt;
    }
    auto figure = overSeeds(preset->accuracies);
    figure.value *= kPercent;
    figure.spread *= kPercent;
    remark(figure, *preset, name);
    return figure;
}

/// Seeds are paired: both start from the same weights and see the same order of images.
Obtained accuracyGap(const Measure& measure, const MeasureContext& context) {
    const auto& name = textOf(measure, "preset");
    const auto& other = textOf(measure, "against");
    const auto preset = context.trained(name);
    const auto against = context.trained(other);
    if (!preset || !against) {
        return std::nullopt;
    }
    std::vector<double> gaps;
    for (std::size_t i = 0; i < preset->accuracies.size(); ++i) {
        gaps.push_back(kPercent * (preset->accuracies[i] - against->accuracies.at(i)));
    }
    auto figure = overSeeds(gaps);
    remark(figure, *preset, name);
    remark(figure, *against, other);
    return figure;
}

/// The most that the mean accuracy rises from one preset to the next; negative where it only falls.
Obtained largestGain(const Measure& measure, const MeasureContext& context) {
    std::optional<Figure> largest;
    for (std::size_t i = 1; i < measure.presets.size(); ++i) {
        const Measure step{
            .kind = "accuracy_gap",
            .texts = {{"preset", measure.presets[i]}, {"against", measure.presets[i - 1]}},
            .numbers = {},
            .presets = {}};
        auto gap = accuracyGap(step, context);
        if (!gap || !*gap) {
            return gap;
        }
        if (!largest || (*gap)->value > largest->value) {
            largest = *gap;
        }
    }
    return largest;
}

using Names = std::span<const std::string_view>;
constexpr std::array<std::string_view, 1> kPreset{"preset"};
constexpr std::array<std::string_view, 2> kPair{"preset", "against"};
constexpr std::array<std::string_view, 4> kHardware{"preset", "against", "figure", "network"};
constexpr std::array<std::string_view, 3> kPresets{"preset", "against", "network"};
constexpr std::array<std::string_view, 4> kNorm{"algorithm", "baseline", "format", "figure"};
constexpr std::array<std::string_view, 2> kShare{"network", "preset"};
constexpr std::array<std::string_view, 3> kUtilisation{"network", "preset", "layers"};
constexpr std::array<std::string_view, 3> kUnits{"unit", "against_unit", "figure"};
constexpr std::array<std::string_view, 2> kProducts{"products", "against_products"};
constexpr std::array<std::string_view, 1> kLayer{"layer"};
constexpr std::array<std::string_view, 1> kNetwork{"network"};
constexpr std::array<std::string_view, 1> kFormat{"format"};
constexpr std::array<std::string_view, 1> kBaseline{"baseline"};
constexpr std::array<std::string_view, 1> kFigure{"figure"};
constexpr std::array<std::string_view, 2> kMultiplier{"multiplier", "figure"};
constexpr std::array<std::string_view, 1> kBits{"bits"};
constexpr std::array<std::string_view, 2> kBitsElements{"bits", "elements"};

constexpr std::array kKinds{
    MeasureKind{"accuracy", "Test accuracy in percent.", MeasureSource::Emulation, kPreset, Names{},
                accuracy},
    MeasureKind{"accuracy_gap", "Test accuracy beyond another preset's, in points.",
                MeasureSource::Emulation, kPair, Names{}, accuracyGap},
    MeasureKind{"largest_gain",
                "The most that accuracy rises from one of the presets to the next, in points.",
                MeasureSource::Emulation, Names{}, Names{}, largestGain},
    MeasureKind{"hardware_ratio", "How much less a training step of a network costs.",
                MeasureSource::Model, kHardware, Names{}, measures::hardwareRatio},
    MeasureKind{"area_memory", "How much less area of arrays times bits of weights is taken.",
                MeasureSource::Model, kPresets, Names{}, measures::areaMemory},
    MeasureKind{"norm_ratio", "How much less a normalisation module costs.", MeasureSource::Model,
                kNorm, Names{}, measures::normRatio},
    MeasureKind{"norm_share", "Normalisation's share of a step's time in percent.",
                MeasureSource::Model, kShare, Names{}, measures::normShare},
    MeasureKind{"utilisation", "Share of the time that multipliers work, in percent.",
                MeasureSource::Model, kUtilisation, Names{}, measures::utilisation},
    MeasureKind{"mac_ratio", "Multiplications of a training step over those of inference.",
                MeasureSource::Model, kNetwork, Names{}, measures::macRatio},
    MeasureKind{"bits", "Stored bits an element.", MeasureSource::Model, kFormat, Names{},
                measures::bits},
    MeasureKind{"memory_density", "32 over the stored bits an element.", MeasureSource::Model,
                kFormat, Names{}, measures::memoryDensity},
    MeasureKind{"weight_memory", "FP32 weights over weights as they are stored.",
                MeasureSource::Model, kShare, Names{}, measures::weightMemory},
    MeasureKind{"overlay", "Weights over the places of dense kernels that they are overlaid in.",
                MeasureSource::Model, kShare, Names{}, measures::overlay},
    MeasureKind{"epfl_systolic", "Density of HBFP in EPFL's systolic array.", MeasureSource::Model,
                kBaseline, kBits, measures::epflSystolic},
    MeasureKind{"epfl_dot", "Density of HBFP in EPFL's dot-product unit.", MeasureSource::Model,
                kBaseline, kBitsElements, measures::epflDot},
    MeasureKind{"eie", "A figure of EIE's published element and array.", MeasureSource::Model,
                kFigure, Names{}, measures::eie},
    MeasureKind{"eie_time", "Microseconds of one of EIE's layers on its array, padding included.",
                MeasureSource::Model, kLayer, Names{}, measures::eieTime},
    MeasureKind{"multiplier_error", "Error of a multiplier over all operands, in percent.",
                MeasureSource::Model, kMultiplier, Names{}, measures::multiplierError},
    MeasureKind{"unit_ratio", "How much less a product costs in other arithmetic units.",
                MeasureSource::Model, kUnits, kProducts, measures::unitRatio}};

Error defect(const Measure& measure, const std::string& message) {
    return {ErrorCode::InvalidInput, message, "measure " + measure.kind, {}};
}

}  // namespace

std::span<const MeasureKind> measureKinds() {
    return kKinds;
}

Result<const MeasureKind*> checkMeasure(const Measure& measure) {
    const auto* const found = std::find_if(
        kKinds.begin(), kKinds.end(), [&](const auto& kind) { return kind.id == measure.kind; });
    if (found == kKinds.end()) {
        return tl::unexpected(defect(measure, "is of no known kind"));
    }
    for (const auto& [key, value] : measure.texts) {
        if (std::find(found->texts.begin(), found->texts.end(), key) == found->texts.end()) {
            return tl::unexpected(defect(measure, "reads no \"" + key + "\""));
        }
    }
    for (const auto name : found->texts) {
        if (name != "against" && !measure.texts.contains(name)) {
            return tl::unexpected(defect(measure, "needs \"" + std::string(name) + "\""));
        }
    }
    for (const auto name : found->numbers) {
        if (!measure.numbers.contains(name)) {
            return tl::unexpected(defect(measure, "needs the number " + std::string(name)));
        }
    }
    if (measure.kind == "largest_gain" && measure.presets.size() < 2) {
        return tl::unexpected(defect(measure, "needs two presets or more"));
    }
    return found;
}

std::vector<std::string> trainedPresets(const Measure& measure) {
    const auto kind = checkMeasure(measure);
    if (!kind || (*kind)->source == MeasureSource::Model) {
        return {};
    }
    auto presets = measure.presets;
    for (const auto name : (*kind)->texts) {
        presets.push_back(textOf(measure, name));
    }
    return presets;
}

}  // namespace mantissa::app
