// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/model_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/engine/reproduce/scale.h"
#include "core/numerics/multiplier_table.h"
#include "core/numerics/registry.h"
#include "core/systems/preset_design.h"
#include "core/systems/relative_index.h"
#include "core/train/weight_transform.h"
#include "hwmodel/calibrations.h"
#include "hwmodel/norm/norm_module.h"
#include "hwmodel/published/epfl.h"

namespace mantissa::app {

const std::string& textOf(const systems::Measure& measure, std::string_view name) {
    static const std::string kFp32(systems::kBaseline);
    const auto found = measure.texts.find(name);
    return found == measure.texts.end() ? kFp32 : found->second;
}

Result<std::size_t> choiceOf(const systems::Measure& measure, std::string_view name,
                             std::span<const std::string_view> known) {
    const auto& text = textOf(measure, name);
    const auto found = std::find(known.begin(), known.end(), text);
    if (found == known.end()) {
        std::string allowed;
        for (const auto one : known) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(one);
        }
        return fail(ErrorCode::InvalidInput,
                    std::string(name) + " is \"" + text + "\", must be one of " + allowed,
                    "measure " + measure.kind);
    }
    return static_cast<std::size_t>(found - known.begin());
}

Result<std::size_t> choiceOf(const systems::Measure& measure, std::string_view name,
                             std::initializer_list<std::string_view> known) {
    return choiceOf(measure, name, std::span(known.begin(), known.size()));
}

namespace measures {
namespace {

using systems::Measure;

ModelledFigure figure(double value) {
    return Figure{.value = value, .remark = {}};
}

Result<design::DesignPoint> designIn(const systems::System& system, std::string_view preset,
                                     std::string_view network) {
    return baselineOf(network).and_then([&](const design::DesignPoint& baseline) {
        return systems::designOf(system, preset, baseline);
    });
}

Result<hw::HardwareReport> reportOf(const systems::System& system, std::string_view preset,
                                    std::string_view network) {
    return designIn(system, preset, network).and_then([](const design::DesignPoint& design) {
        return hw::estimate(design);
    });
}

Result<hw::BothReports> bothOf(const systems::System& system, std::string_view preset,
                               std::string_view network) {
    return designIn(system, preset, network).and_then([](const design::DesignPoint& design) {
        return hw::estimateBoth(design);
    });
}

/// Of the layers that multiply matrices, in order; the design was validated.
template <typename Task>
void forEachWeight(const nn::NetworkSpec& network, const Task& task) {
    const auto shapes = nn::checkNetwork(network).value();
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        if (nn::kindOf(network.layers[i].params).hasGemm) {
            task(i, shapes[i].weight);
        }
    }
}

/// Places that kernels take, `together` neighbours overlaid in one, where `mask` is not zero.
double overlaidPlaces(const std::vector<float>& mask, std::int64_t kernels, std::int64_t together) {
    const auto each = static_cast<std::int64_t>(mask.size()) / kernels;
    double places = 0;
    for (std::int64_t first = 0; first < kernels; first += together) {
        for (std::int64_t place = 0; place < each; ++place) {
            int meeting = 0;
            for (auto kernel = first; kernel < std::min(first + together, kernels); ++kernel) {
                meeting += mask[static_cast<std::size_t>(kernel * each + place)] != 0 ? 1 : 0;
            }
            places += std::max(1, meeting);
        }
    }
    return places;
}

double arrayArea_um2(const hw::HardwareReport& report) {
    const auto& parts = report.breakdown.children;
    const auto found = std::find_if(parts.begin(), parts.end(),
                                    [](const auto& part) { return part.name == "PE array"; });
    return found == parts.end() ? 0 : found->area_um2;
}

/// Calls task(layer, cost) for every matrix product of a step.
template <typename Task>
void forEachGemm(const hw::HardwareReport& report, const Task& task) {
    for (const auto& layer : report.layers) {
        for (const auto phase : {hw::StepPhase::Forward, hw::StepPhase::InputGradient,
                                 hw::StepPhase::WeightGradient}) {
            task(layer, layer.phases.at(static_cast<std::size_t>(phase)));
        }
    }
}

/// Names of the convolutions in groups of one channel.
std::set<std::string> depthwiseLayers(const nn::NetworkSpec& network) {
    std::set<std::string> names;
    for (const auto& layer : network.layers) {
        const auto* const convolution = std::get_if<nn::Conv2d>(&layer.params);
        if (convolution != nullptr && convolution->groups > 1 &&
            convolution->groups == convolution->outChannels) {
            names.insert(layer.name);
        }
    }
    return names;
}

double arrayCycles(const hw::HardwareReport& report) {
    double cycles = 0;
    forEachGemm(report, [&](const hw::LayerCost&, const hw::PhaseCost& cost) {
        cycles += cost.computeCycles;
    });
    return cycles;
}

/// Those of the forward pass.
double forwardCycles(const hw::HardwareReport& report) {
    double cycles = 0;
    for (const auto& layer : report.layers) {
        const auto& forward = layer.phases.at(static_cast<std::size_t>(hw::StepPhase::Forward));
        cycles += forward.macs > 0 ? forward.computeCycles : 0;
    }
    return cycles;
}

constexpr std::array<std::string_view, 12> kHardwareFigures{"area",       "energy",
                                                            "time",       "dram",
                                                            "power",      "stash",
                                                            "array_area", "throughput_per_area",
                                                            "compute",    "compute_per_area",
                                                            "forward",    "forward_per_area"};

/// Traffic and cycles are the same in both calibrations.
bool isPriced(std::size_t which) {
    const auto figure = kHardwareFigures.at(which);
    return figure != "time" && figure != "dram" && figure != "stash" && figure != "compute" &&
           figure != "forward";
}

/// In the order of kHardwareFigures, the smaller the better.
double costOf(const hw::HardwareReport& report, std::size_t which) {
    const double array_um2 = arrayArea_um2(report);
    const double costs[] = {report.area_um2,
                            report.energy_pj,
                            report.milliseconds(),
                            report.dramBits,
                            report.averagePowerMw(),
                            report.stashBits,
                            array_um2,
                            report.milliseconds() * report.area_um2,
                            arrayCycles(report),
                            arrayCycles(report) * array_um2,
                            forwardCycles(report),
                            forwardCycles(report) * array_um2};
    return costs[which];
}

Result<hw::NormModule> moduleOf(const Measure& measure, std::string_view role, int lanes) {
    const auto algorithm =
        choiceOf(measure, role, {"lightnorm", "conventional", "one_pass", "fused"});
    const auto format = choiceOf(measure, "format", {"fp32", "fp16", "bf16"});
    if (!algorithm || !format) {
        return tl::unexpected(!algorithm ? algorithm.error() : format.error());
    }
    if (*algorithm == 0) {
        const auto group = measure.numbers.find("group");
        constexpr int kSimulatorsDefault = 16;
        return hw::lightNorm(lanes, group == measure.numbers.end()
                                        ? kSimulatorsDefault
                                        : static_cast<int>(group->second));
    }
    constexpr std::array kAlgorithms{hw::NormAlgorithm::Conventional, hw::NormAlgorithm::OnePass,
                                     hw::NormAlgorithm::Fused};
    constexpr std::array<hw::FloatShape, 3> kShapes{
        {hw::kBinary32, hw::FloatShape{5, 10}, hw::FloatShape{8, 7}}};
    return hw::normModule(kAlgorithms.at(*algorithm - 1), kShapes.at(*format), lanes);
}

double costOf(const hw::NormCost& cost, std::size_t which) {
    const double costs[] = {cost.area_um2, cost.power_mw, cost.energy_pj(), cost.dramBits};
    return costs[which];
}

Result<hw::epfl::Float> epflFloat(const Measure& measure) {
    constexpr std::array kFloats{hw::epfl::Float::Binary32, hw::epfl::Float::Bfloat16,
                                 hw::epfl::Float::Binary16};
    return choiceOf(measure, "baseline", {"fp32", "bf16", "fp16"}).map([&](std::size_t which) {
        return kFloats.at(which);
    });
}

int wholeNumber(const Measure& measure, std::string_view name) {
    return static_cast<int>(measure.numbers.find(name)->second);
}

}  // namespace

ModelledFigure hardwareRatio(const Measure& measure, const MeasureContext& context) {
    const auto which = choiceOf(measure, "figure", kHardwareFigures);
    const auto& network = textOf(measure, "network");
    const auto preset = bothOf(context.system, textOf(measure, "preset"), network);
    const auto against = bothOf(context.system, textOf(measure, "against"), network);
    if (!which || !preset || !against) {
        return tl::unexpected(!which ? which.error() : !preset ? preset.error() : against.error());
    }
    return timesSmaller(*preset, *against, isPriced(*which),
                        [&](const hw::BothReports& reports, design::Calibration calibration) {
                            return costOf(reports.under(calibration), *which);
                        });
}

ModelledFigure areaMemory(const Measure& measure, const MeasureContext& context) {
    auto array = measure;
    array.texts["figure"] = "array_area";
    const auto memoryOf = [&](std::string_view side) {
        return weightMemory(
            {.kind = measure.kind,
             .texts = {{"preset", textOf(measure, side)}, {"network", textOf(measure, "network")}},
             .numbers = {},
             .presets = {}},
            context);
    };
    auto product = hardwareRatio(array, context);
    const auto ours = memoryOf("preset");
    const auto theirs = memoryOf("against");
    if (!product || !ours || !theirs) {
        return !product ? product : !ours ? ours : theirs;
    }
    const double memory = (*ours)->value / (*theirs)->value;
    (*product)->value *= memory;
    *(*product)->horowitz *= memory;
    return product;
}

ModelledFigure normRatio(const Measure& measure, const MeasureContext&) {
    constexpr double kElements = 12544;
    const design::HardwareConfig hardware;
    const auto which = choiceOf(measure, "figure", {"area", "power", "energy", "dram"});
    const auto ours = moduleOf(measure, "algorithm", hardware.vectorLanes);
    const auto theirs = moduleOf(measure, "baseline", hardware.vectorLanes);
    if (!which || !ours || !theirs) {
        return tl::unexpected(!which ? which.error() : !ours ? ours.error() : theirs.error());
    }
    constexpr std::size_t kDram = 3;
    const auto cost = [&](const hw::NormModule& module, design::Calibration calibration) {
        auto technology = hw::technologyOf(hardware);
        technology.calibration = calibration;
        return costOf(hw::costOf(module, technology, hw::dram(hardware.dram), kElements), *which);
    };
    return timesSmaller(*ours, *theirs, *which != kDram, cost);
}

ModelledFigure normShare(const Measure& measure, const MeasureContext& context) {
    const auto report =
        reportOf(context.system, textOf(measure, "preset"), textOf(measure, "network"));
    if (!report) {
        return tl::unexpected(report.error());
    }
    double cycles = 0;
    for (const auto& layer : report->layers) {
        for (const auto phase : {hw::StepPhase::NormForward, hw::StepPhase::NormBackward}) {
            cycles += layer.phases.at(static_cast<std::size_t>(phase)).cycles;
        }
    }
    constexpr double kPercent = 100;
    return figure(kPercent * cycles / report->cycles);
}

ModelledFigure utilisation(const Measure& measure, const MeasureContext& context) {
    const auto design =
        designIn(context.system, textOf(measure, "preset"), textOf(measure, "network"));
    const auto report = design.and_then([](const auto& each) { return hw::estimate(each); });
    if (!report) {
        return tl::unexpected(report.error());
    }
    const auto& kind = textOf(measure, "layers");
    const auto depthwise = depthwiseLayers(design->network());
    double busy = 0;
    double cycles = 0;
    forEachGemm(*report, [&](const hw::LayerCost& layer, const hw::PhaseCost& cost) {
        if (kind == "depthwise" ? depthwise.contains(layer.layer) : layer.kind == kind) {
            busy += cost.utilisation * cost.computeCycles;
            cycles += cost.computeCycles;
        }
    });
    if (cycles == 0) {
        return fail(ErrorCode::InvalidInput,
                    "the network multiplies in no layer of \"" + kind + "\"",
                    "measure " + measure.kind);
    }
    constexpr double kPercent = 100;
    return figure(kPercent * busy / cycles);
}

ModelledFigure macRatio(const Measure& measure, const MeasureContext& context) {
    const auto report = reportOf(context.system, systems::kBaseline, textOf(measure, "network"));
    if (!report) {
        return tl::unexpected(report.error());
    }
    double all = 0;
    double forward = 0;
    forEachGemm(*report, [&](const hw::LayerCost& layer, const hw::PhaseCost& cost) {
        const auto& first = layer.phases.at(static_cast<std::size_t>(hw::StepPhase::Forward));
        all += cost.macs;
        forward += &cost == &first ? cost.macs : 0;
    });
    return figure(all / forward);
}

ModelledFigure bits(const Measure& measure, const MeasureContext&) {
    return numerics::parseFormat(textOf(measure, "format"))
        .and_then([](const numerics::Format& format) {
            return figure(numerics::nominalStorageBits(format));
        });
}

ModelledFigure memoryDensity(const Measure& measure, const MeasureContext& context) {
    constexpr double kBinary32Bits = 32;
    auto stored = bits(measure, context);
    if (stored) {
        (*stored)->value = kBinary32Bits / (*stored)->value;
    }
    return stored;
}

ModelledFigure weightMemory(const Measure& measure, const MeasureContext& context) {
    return designIn(context.system, textOf(measure, "preset"), textOf(measure, "network"))
        .and_then([](const design::DesignPoint& design) {
            const auto formats = design::resolvePrecision(design.precision(), design.network());
            const auto stored = train::infoOf(design.recipe().weightTransform).storedBits;
            constexpr double kBinary32Bits = 32;
            double whole = 0;
            double kept = 0;
            forEachWeight(design.network(), [&](std::size_t layer, const Shape& shape) {
                const auto weights = static_cast<double>(elementCount(shape));
                const auto& format = formats[layer].weightForward.format;
                const double bits = numerics::nominalStorageBits(format);
                const double own = numerics::elementBits(format);
                whole += weights * kBinary32Bits;
                kept += stored == nullptr ? weights * bits
                                          : stored(design.recipe(), shape, {own, bits - own});
            });
            return figure(whole / kept);
        });
}

/// Kernels are overlaid N at a time; where more than one has a weight, each takes a place.
ModelledFigure overlay(const Measure& measure, const MeasureContext& context) {
    return designIn(context.system, textOf(measure, "preset"), textOf(measure, "network"))
        .and_then([&](const design::DesignPoint& design) -> ModelledFigure {
            const auto& info = train::infoOf(design.recipe().weightTransform);
            if (info.overlaidKernels == nullptr) {
                return fail(ErrorCode::InvalidInput, "the preset overlays no kernels",
                            "measure " + measure.kind);
            }
            const auto together = info.overlaidKernels(design.recipe());
            double weights = 0;
            double places = 0;
            forEachWeight(design.network(), [&](std::size_t, const Shape& shape) {
                std::vector<float> mask(static_cast<std::size_t>(elementCount(shape)), 1.0F);
                info.make(design.recipe(), shape)->pullBack(mask);
                weights += static_cast<double>(mask.size());
                places += overlaidPlaces(mask, shape.front(), together);
            });
            return figure(weights / places);
        });
}

ModelledFigure epflSystolic(const Measure& measure, const MeasureContext&) {
    return epflFloat(measure).and_then([&](hw::epfl::Float against) {
        return figure(hw::epfl::floatMacArea_um2(against) /
                      hw::epfl::systolicArea_um2(wholeNumber(measure, "bits")));
    });
}

ModelledFigure epflDot(const Measure& measure, const MeasureContext&) {
    return epflFloat(measure).and_then([&](hw::epfl::Float against) {
        const int elements = wholeNumber(measure, "elements");
        return figure(hw::epfl::floatDotArea_um2(against, elements) /
                      hw::epfl::dotArea_um2(wholeNumber(measure, "bits"), elements));
    });
}

ModelledFigure multiplierError(const Measure& measure, const MeasureContext&) {
    constexpr double kPercent = 100;
    const auto which = choiceOf(measure, "figure", {"mean", "mean_absolute"});
    const auto multiplier = numerics::parseMultiplier(textOf(measure, "multiplier"));
    if (!which || !multiplier) {
        return tl::unexpected(!which ? which.error() : multiplier.error());
    }
    const auto* const approximate = std::get_if<numerics::ApproximateMultiplier>(&*multiplier);
    if (approximate == nullptr || approximate->mantissaBits > numerics::kMostTableBits) {
        return fail(ErrorCode::InvalidInput, "has no table of mantissa products",
                    "measure " + measure.kind);
    }
    const auto errors = numerics::multiplierErrors(
        numerics::multiplierTable(approximate->rule, approximate->mantissaBits));
    return figure(kPercent * (*which == 0 ? errors.meanRelative : errors.meanAbsoluteRelative));
}

}  // namespace measures
}  // namespace mantissa::app
