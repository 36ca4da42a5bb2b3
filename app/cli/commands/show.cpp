// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli show: one stored design with its runs and hardware.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/hardware_text.h"
#include "app/cli/json.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"
#include "app/engine/export.h"
#include "core/design/design_json.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string design;
    std::string database;
    bool json = false;
};

struct Shown {
    store::DesignRow row;
    std::vector<store::RunRow> runs;
    store::Curves curves;  ///< of the newest run with an epoch
    hw::HardwareReport hardware;
};

Result<Shown> gather(const Options& options) {
    auto store = openForReading(options.database);
    if (!store) {
        return tl::unexpected(store.error());
    }
    if (!*store) {
        return fail(ErrorCode::NotFound, "nothing is stored yet", options.design,
                    "'mantissa-cli run DESIGN.json' stores a design");
    }
    Shown shown;
    const auto& database = **store;
    return database.findDesign(options.design)
        .and_then([&](store::DesignRow row) {
            shown.row = std::move(row);
            return database.runs(shown.row.hash);
        })
        .and_then([&](std::vector<store::RunRow> runs) {
            shown.runs = std::move(runs);
            return shown.row.latestRun ? database.curves(shown.row.latestRun->id)
                                       : Result<store::Curves>(tl::in_place);
        })
        .and_then([&](store::Curves curves) {
            shown.curves = std::move(curves);
            return hw::estimate(shown.row.design);
        })
        .map([&](hw::HardwareReport hardware) {
            shown.hardware = std::move(hardware);
            return std::move(shown);
        });
}

std::string settingsText(const design::DesignPoint& design) {
    app::Table table;
    table.columns = {{"setting", "Setting"}, {"value", "Value"}};
    for (auto& field : design::fields(design)) {
        table.rows.push_back({app::textCell(field.label), app::textCell(field.value)});
    }
    return app::tableText(table, app::TableFormat::Text);
}

std::string shownText(const Shown& shown) {
    const auto& design = shown.row.design;
    std::string text = "Design   " + (design.name().empty() ? "unnamed" : design.name()) +
                       "\nHash     " + shown.row.hash + "\nCreated  " +
                       app::timestampText(shown.row.createdMs) + '\n';
    if (!design.note().empty()) {
        text += "Note     " + design.note() + '\n';
    }
    text +=
        '\n' + settingsText(design) + "\nRuns\n\n" +
        (shown.runs.empty() ? std::string("not run\n")
                            : app::tableText(app::runsTable(shown.runs), app::TableFormat::Text));
    if (!shown.curves.epochs.empty()) {
        text +=
            "\nAccuracy, measured under emulation, run " + std::to_string(shown.row.latestRun->id) +
            (shown.row.latestRun->emulation == design::kEmulation
                 ? std::string()
                 : ", by " + store::emulationText(*shown.row.latestRun) + " (this version's is " +
                       std::to_string(design::kEmulation) + ")") +
            "\n\n" + app::tableText(app::epochsTable(shown.curves.epochs), app::TableFormat::Text);
    }
    return text + '\n' + hardwareTotalsText(shown.hardware);
}

std::string shownDocument(const Shown& shown) {
    auto runs = nlohmann::json::array();
    for (const auto& run : shown.runs) {
        runs.push_back(runJson(run));
    }
    return document({{"hash", shown.row.hash},
                     {"created_unix_ms", shown.row.createdMs},
                     {"design", nlohmann::json::parse(design::toJson(shown.row.design))},
                     {"runs", std::move(runs)},
                     {"latest_run", shown.row.latestRun ? runJson(*shown.row.latestRun) : nullptr},
                     {"epochs", epochsJson(shown.curves.epochs)},
                     {"hardware", nlohmann::json::parse(hw::toJson(shown.hardware))}});
}

Result<Outcome> show(const Options& options) {
    return gather(options).map([&](const Shown& shown) {
        return Outcome{options.json ? shownDocument(shown) : shownText(shown)};
    });
}

}  // namespace

void addShow(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("show", "Show a stored design with its runs and hardware");
    command->footer(
        "Accuracy is measured under emulation; area, energy and cycles are modelled.\n"
        "Examples:\n"
        "  mantissa-cli show 7kq2m0v3xe\n"
        "  mantissa-cli show 'LeNet-5, BFP8' --json");
    auto options = std::make_shared<Options>();
    command
        ->add_option("DESIGN", options->design,
                     "Hash, the beginning of one (4 characters or more), or name")
        ->required();
    addDatabaseOption(*command, options->database);
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return show(*options); }; });
}

}  // namespace mantissa::cli
