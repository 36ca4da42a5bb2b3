// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/estimate.h"

#include <algorithm>
#include <cstdio>
#include <list>
#include <optional>
#include <utility>

#include "hwmodel/training_step.h"

namespace mantissa::hw {
namespace {

/// What an estimate leaves to the next one of its thread: most are of the same network, and differ
/// from a design that is known to be valid in little.
struct Previous {
    design::DesignPoint design;
    NetworkOutline outline;
    std::list<StepMemory> memories;  ///< of the outline, the one used last at the end
};

Result<Previous*> previousFor(const design::DesignPoint& design) {
    thread_local std::optional<Previous> previous;
    auto valid =
        previous ? design::validateChanges(design, previous->design) : design::validate(design);
    if (!valid) {
        return tl::unexpected<Error>(std::move(valid.error()));
    }
    const bool isSame = previous && (&previous->design.network() == &design.network() ||
                                     previous->outline.network == design.network());
    if (!isSame) {
        auto outline = outlineOf(design.network());
        if (!outline) {
            return tl::unexpected<Error>(std::move(outline.error()));
        }
        previous = Previous{design, std::move(*outline), {}};
    }
    previous->design = design;
    return &*previous;
}

StepMemory& memoryFor(const design::DesignPoint& design, const EstimateOptions& options,
                      std::list<StepMemory>& memories) {
    /// Accelerators that a thread keeps in mind: a design and a baseline under both calibrations.
    constexpr std::size_t kMost = 4;
    const auto found = std::find_if(memories.begin(), memories.end(), [&](const auto& memory) {
        return memory.serves(design, options);
    });
    if (found != memories.end()) {
        memories.splice(memories.end(), memories, found);
        return *found;
    }
    if (memories.size() == kMost) {
        memories.pop_front();
    }
    return memories.emplace_back(design, options);
}

}  // namespace

std::string_view phaseText(StepPhase phase) {
    switch (phase) {
        case StepPhase::Forward:
            return "forward";
        case StepPhase::InputGradient:
            return "input gradient";
        case StepPhase::WeightGradient:
            return "weight gradient";
        case StepPhase::NormForward:
            return "normalisation forward";
        case StepPhase::NormBackward:
            return "normalisation backward";
        case StepPhase::Update:
            return "update";
    }
    return "";
}

std::string_view boundText(Bound bound) {
    switch (bound) {
        case Bound::None:
            break;
        case Bound::Compute:
            return "compute";
        case Bound::Vector:
            return "vector";
        case Bound::Memory:
            return "memory";
    }
    return "none";
}

PhaseCost LayerCost::total() const {
    PhaseCost sum;
    double busy = 0;
    double longest = 0;
    for (const auto& phase : phases) {
        sum.macs += phase.macs;
        sum.cycles += phase.cycles;
        sum.computeCycles += phase.computeCycles;
        sum.memoryCycles += phase.memoryCycles;
        if (phase.cycles > longest) {
            longest = phase.cycles;
            sum.bound = phase.bound;
        }
        sum.computeEnergy_pj += phase.computeEnergy_pj;
        sum.sramBits += phase.sramBits;
        sum.sramEnergy_pj += phase.sramEnergy_pj;
        sum.dramBits += phase.dramBits;
        sum.dramEnergy_pj += phase.dramEnergy_pj;
        sum.leakageEnergy_pj += phase.leakageEnergy_pj;
        busy += phase.utilisation * phase.computeCycles;
    }
    sum.utilisation = sum.computeCycles > 0 ? busy / sum.computeCycles : 0;
    return sum;
}

double HardwareReport::averagePowerMw() const {
    const double microseconds = cycles / clockMhz;
    return microseconds > 0 ? energy_pj * 1e-3 / microseconds : 0;  // nJ / us = mW
}

Result<HardwareReport> estimate(const design::DesignPoint& design, const EstimateOptions& options) {
    constexpr double kLeastEnergy_pj = 0.1;
    constexpr double kMostEnergy_pj = 100;
    const double energy = options.dramEnergyPerBit_pj;
    if (energy != 0 && !(energy >= kLeastEnergy_pj && energy <= kMostEnergy_pj)) {
        char text[96];
        std::snprintf(text, sizeof text, "%g pJ is no energy of a DRAM's bit (allowed: 0.1 to 100)",
                      energy);
        return fail(ErrorCode::InvalidInput, text, "dram energy", "0 takes the kind's own");
    }
    return previousFor(design).map([&](Previous* previous) {
        return trainingStep(design, previous->outline, options,
                            memoryFor(design, options, previous->memories));
    });
}

}  // namespace mantissa::hw
