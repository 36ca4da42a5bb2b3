// SPDX-License-Identifier: GPL-3.0-or-later
// Ratios of arithmetic units, each a sum of units that the registry prices.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "app/engine/reproduce/model_measures.h"
#include "hwmodel/units/registry.h"

namespace mantissa::app::measures {
namespace {

using systems::Measure;

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find(separator, start), text.size());
        parts.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

struct Cost {
    double area_um2 = 0;
    double energy_pj = 0;  ///< of one operation of each unit
    int cycles = 1;        ///< of the slowest
};

/// "pe_block,n=16,m=4".
Result<hw::UnitReport> unitOf(const std::string& spelled, const hw::Technology& technology) {
    const auto words = split(spelled, ',');
    const auto* const kind = hw::findUnitKind(words.front());
    if (kind == nullptr) {
        return fail(ErrorCode::NotFound, "there is no unit \"" + words.front() + "\"",
                    "measure unit_ratio");
    }
    std::vector<std::pair<std::string, std::string>> given;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto equals = std::min(words[i].find('='), words[i].size());
        given.emplace_back(words[i].substr(0, equals),
                           words[i].substr(std::min(equals + 1, words[i].size())));
    }
    return hw::unitValues(*kind, given).map([&](std::vector<int> values) {
        return hw::describeUnit(*kind, std::move(values), technology);
    });
}

/// Units that work together: "chunk_serial_dot,n=16 + fp_adder,e=8,m=23".
Result<Cost> costOf(const std::string& spelled, design::Calibration calibration) {
    auto technology = hw::technologyOf(design::HardwareConfig{});
    technology.calibration = calibration;
    Cost sum;
    for (auto part : split(spelled, '+')) {
        std::erase(part, ' ');
        const auto unit = unitOf(part, technology);
        if (!unit) {
            return tl::unexpected(unit.error());
        }
        sum.area_um2 += unit->cost.area_um2;
        sum.energy_pj += unit->cost.energy_pj;
        sum.cycles = std::max(sum.cycles, unit->cycles);
    }
    return sum;
}

/// Under both calibrations, by their number.
struct Costs {
    std::array<Cost, 2> of;
    double products = 1;  ///< that the units give at once
};

Result<Costs> costsOf(const Measure& measure, std::string_view unit, std::string_view products) {
    using design::Calibration;
    return costOf(textOf(measure, unit), Calibration::Synthesis).and_then([&](const Cost& ours) {
        return costOf(textOf(measure, unit), Calibration::Horowitz).map([&](const Cost& theirs) {
            return Costs{{ours, theirs}, measure.numbers.find(products)->second};
        });
    });
}

}  // namespace

ModelledFigure unitRatio(const Measure& measure, const MeasureContext&) {
    const auto which = choiceOf(measure, "figure", {"area", "energy", "density"});
    const auto ours = costsOf(measure, "unit", "products");
    const auto theirs = costsOf(measure, "against_unit", "against_products");
    if (!which || !ours || !theirs) {
        return tl::unexpected(!which ? which.error() : !ours ? ours.error() : theirs.error());
    }
    return timesSmaller(
        *ours, *theirs, true, [&](const Costs& costs, design::Calibration calibration) {
            const bool isFirst = calibration == design::Calibration::Synthesis;
            const auto& cost = costs.of[isFirst ? 0 : 1];
            const double all[] = {cost.area_um2, cost.energy_pj, cost.area_um2 * cost.cycles};
            return all[*which] / costs.products;
        });
}

}  // namespace mantissa::app::measures
