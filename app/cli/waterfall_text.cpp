// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/waterfall_text.h"

#include "app/cli/json.h"
#include "app/cli/sources.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "hwmodel/transfer.h"

namespace mantissa::cli {
namespace {

using app::textCell;
using nlohmann::json;

/// "4.31 pJ (-62 %)", against the step before.
std::string withChange(std::string text, double now, double before) {
    if (before > 0) {
        const double change = 100 * (now / before - 1);
        text += " (" + std::string(change > 0 ? "+" : "") + app::fixedText(change, 0) + " %)";
    }
    return text;
}

app::Table tableOf(const std::vector<hw::WaterfallStep>& steps,
                   hw::NormCost hw::WaterfallStep::*calibration) {
    app::Table table;
    table.columns = {{"step", "Step"},
                     {"area", "Area", true},
                     {"power", "Power", true},
                     {"compute", "Arithmetic an element", true},
                     {"bits", "DRAM bits an element", true},
                     {"energy", "Energy an element", true},
                     {"total", "Times smaller", true}};
    const double first = (steps.front().*calibration).energy_pj();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& now = steps[i].*calibration;
        const hw::NormCost before = i > 0 ? steps[i - 1].*calibration : hw::NormCost{};
        table.rows.push_back(
            {textCell(steps[i].module.name),
             textCell(withChange(app::areaText(now.area_um2), now.area_um2, before.area_um2)),
             textCell(withChange(app::powerText(now.power_mw), now.power_mw, before.power_mw)),
             textCell(
                 withChange(app::energyText(now.compute_pj), now.compute_pj, before.compute_pj)),
             textCell(
                 withChange(app::significantText(now.dramBits, 5), now.dramBits, before.dramBits)),
             textCell(
                 withChange(app::energyText(now.energy_pj()), now.energy_pj(), before.energy_pj())),
             textCell(app::fixedText(first / now.energy_pj(), 2) + " x")});
    }
    return table;
}

bool knowsLeakage(const WaterfallSetting& setting) {
    return setting.technology.library.leakage_nw.has_value();
}

json costJson(const hw::NormCost& cost) {
    return {{"area_um2", cost.area_um2},     {"nand2", cost.nand2},
            {"power_mw", cost.power_mw},     {"leakage_mw", cost.leakage_mw},
            {"compute_pj", cost.compute_pj}, {"leakage_pj", cost.leakage_pj},
            {"dram_bits", cost.dramBits},    {"dram_pj", cost.dram_pj},
            {"energy_pj", cost.energy_pj()}, {"cycles", cost.cycles}};
}

}  // namespace

std::string waterfallText(const std::vector<hw::WaterfallStep>& steps,
                          const WaterfallSetting& setting) {
    const auto carried = hw::transferText(setting.technology);
    return "Batch normalisation, forward and backward, modelled: " + std::to_string(setting.lanes) +
           " lanes, channels of " + app::significantText(setting.elements, 8) + " elements, " +
           app::significantText(setting.clockMhz, 6) + " MHz, " + setting.dram +
           "\nEach step in brackets against the one before; times smaller: energy against the "
           "first.\n\nOur synthesis: " +
           hw::technologyText(setting.technology) + "\n\n" +
           app::tableText(tableOf(steps, &hw::WaterfallStep::synthesis), app::TableFormat::Text) +
           "\nHorowitz, 45 nm (areas unverified)\n\n" +
           app::tableText(tableOf(steps, &hw::WaterfallStep::horowitz), app::TableFormat::Text) +
           "\nSums of parts by this model; power and energy include leakage" +
           (knowsLeakage(setting) ? "" : ", which no source knows for\nour synthesis' cells here") +
           ".\nThe areas and energies that the paper on LightNorm reports are not known to it.\n" +
           (carried.empty() ? "" : "\n" + wrapped(carried + ".", 0));
}

std::string waterfallJson(const std::vector<hw::WaterfallStep>& steps,
                          const WaterfallSetting& setting) {
    json list = json::array();
    for (const auto& step : steps) {
        list.push_back({{"module", step.module.name},
                        {"change", step.change},
                        {"algorithm", hw::normAlgorithmText(step.module.algorithm)},
                        {"synthesis", costJson(step.synthesis)},
                        {"horowitz", costJson(step.horowitz)}});
    }
    return document({{"lanes", setting.lanes},
                     {"elements", setting.elements},
                     {"clock_mhz", setting.clockMhz},
                     {"technology", hw::technologyText(setting.technology)},
                     {"carried_over", hw::transferText(setting.technology)},
                     {"knows_leakage", knowsLeakage(setting)},
                     {"dram", setting.dram},
                     {"steps", std::move(list)}});
}

}  // namespace mantissa::cli
