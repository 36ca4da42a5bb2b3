// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/library.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "mantissa_hardware_data.h"
#include <nlohmann/json.hpp>

#include "hwmodel/node_scaling.h"

namespace mantissa::hw {
namespace {

using nlohmann::json;

/// Facts of libraries.json with the ratios that the fit found on the units synthesised in both.
Library readLibrary(const json& facts, const json& laws) {
    const auto& transfer = laws.at("transfer");
    const auto& leakage = laws.at("leakage_nw_a_nand2");
    Library library;
    library.id = facts.at("id").get<std::string>();
    library.label = facts.at("label").get<std::string>();
    library.node_nm = facts.at("node_nm").get<double>();
    library.voltage_v = facts.at("voltage_v").get<double>();
    library.nand2_um2 = facts.at("nand2_um2").get<double>();
    library.flipFlop_nand2 = facts.at("flip_flop_nand2").get<double>();
    library.source = facts.at("source").get<std::string>();
    if (const auto gate = leakage.find(library.id); gate != leakage.end()) {
        library.leakage_nw = gate->get<double>();
    }
    if (const auto ratios = transfer.find(library.id); ratios != transfer.end()) {
        library.gatesRatio = ratios->at("gates").get<double>();
        library.lawRatios = Library::sameRatios(library.gatesRatio);
        for (const auto& shape : lawShapes()) {
            const auto own = ratios->at("laws").find(std::string(shape.module));
            if (own != ratios->at("laws").end()) {
                library.lawRatios[static_cast<std::size_t>(shape.id)] = own->get<double>();
            }
        }
        library.delayRatio = ratios->at("delay").get<double>();
        library.source += "; ratios: medians of " + std::to_string(ratios->at("units").get<int>()) +
                          " units synthesised in both";
        if (ratios->contains("energy")) {
            library.energyRatio = ratios->at("energy").get<double>();
            library.source += " (energy: " + std::to_string(ratios->at("energy_units").get<int>()) +
                              " simulated)";
        } else {
            const double node = std::min(library.node_nm, 130.0);
            library.energyRatio = energyScale(45, 1.1, node, library.voltage_v).value_or(1);
            library.source += "; energy by the scaling factors of Stillmaker and Baas 2017";
        }
    }
    return library;
}

std::vector<Library> readLibraries() {
    const auto laws = json::parse(data::kLaws);
    std::vector<Library> all;
    for (const auto& facts : json::parse(data::kLibraries)) {
        all.push_back(readLibrary(facts, laws));
    }
    return all;
}

}  // namespace

const Law& leakageLaw() {
    static const std::string kText = [] {
        std::string known;
        for (const auto& library : libraries()) {
            if (library.leakage_nw) {
                char text[96];
                std::snprintf(text, sizeof text, "%g nW in %s", *library.leakage_nw,
                              library.label.c_str());
                known += (known.empty() ? "" : "; ") + std::string(text);
            }
        }
        return "a NAND2 equivalent leaks " + known +
               ": medians of the units simulated at gate level, typical corner";
    }();
    static const Law kLaw{kText, SourceKind::Synthesis};
    return kLaw;
}

std::span<const Library> libraries() {
    static const std::vector<Library> all = readLibraries();
    return all;
}

const Library& nangate45() {
    return libraries().front();
}

Result<Library> findLibrary(std::string_view id) {
    std::string allowed;
    for (const auto& library : libraries()) {
        if (library.id == id) {
            return library;
        }
        allowed += (allowed.empty() ? "" : ", ") + library.id;
    }
    return fail(ErrorCode::InvalidInput,
                "\"" + std::string(id) + "\" is not a library (allowed: " + allowed + ")",
                "library");
}

Result<Library> scaledLibrary(const Library& base, double node_nm, double voltage_v) {
    constexpr double kLeastVoltage = 0.4;
    constexpr double kMostVoltage = 1.8;
    char text[96];
    if (!(voltage_v >= kLeastVoltage && voltage_v <= kMostVoltage)) {
        std::snprintf(text, sizeof text, "%g V is no supply (allowed: 0.4 to 1.8 V)", voltage_v);
        return fail(ErrorCode::InvalidInput, text, "voltage");
    }
    return areaScale(base.node_nm, node_nm).and_then([&](double area) {
        return energyScale(base.node_nm, base.voltage_v, node_nm, voltage_v)
            .map([&](double energy) {
                Library scaled = base;
                std::snprintf(text, sizeof text, "%g nm, %g V", node_nm, voltage_v);
                scaled.id = base.id + "@" + text;
                scaled.label = std::string(text) + ", scaled from " + base.label;
                scaled.node_nm = node_nm;
                scaled.voltage_v = voltage_v;
                scaled.nand2_um2 *= area;
                scaled.energyRatio *= energy;
                scaled.leakage_nw.reset();
                scaled.source = base.source +
                                "; area and energy scaled by Stillmaker and Baas 2017, "
                                "delay and leakage not";
                return scaled;
            });
    });
}

}  // namespace mantissa::hw
