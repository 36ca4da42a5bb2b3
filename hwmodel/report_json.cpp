// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "hwmodel/estimate.h"

namespace mantissa::hw {
namespace {

using nlohmann::json;

json sourceJson(const Provenance& source) {
    return {{"kind", sourceKindText(source.kind)}, {"text", source.text()}};
}

json nodeJson(const BreakdownNode& node) {
    json result{{"name", std::string(node.name)},
                {"area_um2", node.area_um2},
                {"energy_pj", node.energy_pj},
                {"area_source", sourceJson(node.areaSource)},
                {"energy_source", sourceJson(node.energySource)}};
    if (node.count > 0) {
        result["count"] = node.count;
    }
    for (const auto& child : node.children) {
        result["children"].push_back(nodeJson(child));
    }
    return result;
}

json phaseJson(const PhaseCost& phase) {
    return {{"macs", phase.macs},
            {"cycles", phase.cycles},
            {"compute_cycles", phase.computeCycles},
            {"memory_cycles", phase.memoryCycles},
            {"bound", boundText(phase.bound)},
            {"utilisation", phase.utilisation},
            {"compute_energy_pj", phase.computeEnergy_pj},
            {"sram_bits", phase.sramBits},
            {"sram_energy_pj", phase.sramEnergy_pj},
            {"dram_bits", phase.dramBits},
            {"dram_energy_pj", phase.dramEnergy_pj},
            {"leakage_energy_pj", phase.leakageEnergy_pj},
            {"energy_pj", phase.energy_pj()}};
}

json layerJson(const LayerCost& layer) {
    json phases = json::object();
    for (int i = 0; i < kStepPhases; ++i) {
        const auto& phase = layer.phases[static_cast<std::size_t>(i)];
        if (phase.energy_pj() > 0 || phase.cycles > 0) {
            phases[std::string(phaseText(static_cast<StepPhase>(i)))] = phaseJson(phase);
        }
    }
    return {{"layer", layer.layer},
            {"kind", layer.kind},
            {"phases", std::move(phases)},
            {"total", phaseJson(layer.total())}};
}

}  // namespace

std::string toJson(const HardwareReport& report) {
    json layers = json::array();
    for (const auto& layer : report.layers) {
        layers.push_back(layerJson(layer));
    }
    const json document{{"model_version", kModelVersion},
                        {"technology", report.technology},
                        {"carried_over", report.carriedOver},
                        {"area_um2", report.area_um2},
                        {"energy_pj", report.energy_pj},
                        {"cycles", report.cycles},
                        {"clock_mhz", report.clockMhz},
                        {"milliseconds", report.milliseconds()},
                        {"average_power_mw", report.averagePowerMw()},
                        {"leakage_mw", report.leakage_mw},
                        {"dram_bits", report.dramBits},
                        {"stash_bits", report.stashBits},
                        {"images", report.images},
                        {"peak_macs_per_cycle", report.peakMacsPerCycle},
                        {"dram_bits_per_cycle", report.dramBitsPerCycle},
                        {"breakdown", nodeJson(report.breakdown)},
                        {"layers", std::move(layers)},
                        {"warnings", report.warnings}};
    return document.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace mantissa::hw
