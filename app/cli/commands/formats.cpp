// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli formats: every number format by name, and how to spell the others.
#include <memory>
#include <string>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/options.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "core/numerics/registry.h"

namespace mantissa::cli {
namespace {

app::Cell magnitudeCell(double value) {
    constexpr int kDigits = 6;
    return app::numberCell(value, app::significantText(value, kDigits));
}

app::Cell stringCell(std::string_view text) {
    return app::textCell(std::string(text));
}

app::Table namedTable() {
    app::Table table;
    table.columns = {{"name", "Name"},
                     {"label", "Label"},
                     {"kind", "Kind"},
                     {"bits_per_element", "Bits", true},
                     {"largest", "Largest", true},
                     {"smallest_normal", "Smallest normal", true},
                     {"smallest_step", "Smallest step", true},
                     {"source", "Source"}};
    for (const auto& named : numerics::namedFormats()) {
        const auto range = numerics::rangeOf(named.format);
        table.rows.push_back({stringCell(named.name), stringCell(named.label),
                              stringCell(numerics::familyOf(named.format).id),
                              magnitudeCell(numerics::nominalStorageBits(named.format)),
                              magnitudeCell(range.largest), magnitudeCell(range.smallestNormal),
                              magnitudeCell(range.smallestStep), stringCell(named.source)});
    }
    return table;
}

app::Table familyTable() {
    app::Table table;
    table.columns = {{"kind", "Kind"}, {"grammar", "Spelling"}, {"help", "What it is"}};
    for (const auto& family : numerics::formatFamilies()) {
        table.rows.push_back(
            {stringCell(family.id), stringCell(family.grammar), stringCell(family.help)});
    }
    return table;
}

Outcome formats(bool json) {
    if (json) {
        const auto array = [](const app::Table& table) {
            return nlohmann::json::parse(app::tableText(table, app::TableFormat::Json));
        };
        return {document({{"formats", array(namedTable())}, {"kinds", array(familyTable())}})};
    }
    return {app::tableText(namedTable(), app::TableFormat::Text) +
            "\nBits: stored bits an element, the shared exponent of a full block spread over its "
            "elements.\nLargest and smallest are magnitudes; of block formats at the largest and "
            "the smallest shared exponent.\n\nAny format of a kind can be spelled out:\n\n" +
            app::tableText(familyTable(), app::TableFormat::Text)};
}

}  // namespace

void addFormats(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("formats", "List the number formats and their spelling");
    command->footer(
        "Columns: name, kind, stored bits an element (with the share of a block's exponent), "
        "range\n"
        "of magnitudes, and the paper or specification that defines the format.\n"
        "Example: mantissa-cli formats --json");
    auto json = std::make_shared<bool>(false);
    addJsonOption(*command, *json);
    command->callback([json, &action] { action = [json] { return formats(*json); }; });
}

}  // namespace mantissa::cli
