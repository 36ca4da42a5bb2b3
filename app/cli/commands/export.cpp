// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli export: stored designs, curves and comparisons as files for other programs.
#include "app/engine/export.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"
#include "core/atomic_file.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::vector<std::string> designs;
    std::string database;
    std::string what = "designs";
    std::string format = "csv";
    std::string file;
};

/// The named designs, or all.
Result<std::vector<store::DesignRow>> chosenDesigns(const Options& options,
                                                    const store::Store& store) {
    if (options.designs.empty()) {
        return store.designs().map([](store::DesignList list) { return std::move(list.rows); });
    }
    std::vector<store::DesignRow> rows;
    for (const auto& name : options.designs) {
        auto row = store.findDesign(name);
        if (!row) {
            return tl::unexpected(row.error());
        }
        rows.push_back(*std::move(row));
    }
    return rows;
}

Result<app::Table> curves(const std::vector<store::DesignRow>& rows, const store::Store& store) {
    std::vector<app::RunCurves> runs;
    for (const auto& row : rows) {
        if (!row.latestRun) {
            continue;
        }
        auto curves = store.curves(row.latestRun->id);
        if (!curves) {
            return tl::unexpected(curves.error());
        }
        runs.push_back({*row.latestRun, *std::move(curves)});
        // A run may belong to another design of the same training; the export is asked for this
        // one.
        runs.back().run.designName = row.design.name();
        runs.back().run.designHash = row.hash;
    }
    return app::curvesTable(runs);
}

std::string tableOrDocument(const app::Table& table, const Options& options,
                            app::TableFormat format) {
    const std::string text = app::tableText(table, format);
    return format == app::TableFormat::Json
               ? document({{options.what, nlohmann::json::parse(text)}})
               : text;
}

Result<std::string> exportText(const Options& options, const store::Store& store,
                               app::TableFormat format) {
    auto rows = chosenDesigns(options, store);
    if (!rows) {
        return tl::unexpected(rows.error());
    }
    if (options.what == "designs") {
        return tableOrDocument(app::designsTable(*rows), options, format);
    }
    if (options.what == "curves") {
        return curves(*rows, store).map([&](const app::Table& table) {
            return tableOrDocument(table, options, format);
        });
    }
    if (options.designs.empty()) {
        std::reverse(rows->begin(), rows->end());  // oldest first: what the others are held against
    }
    std::vector<app::ComparedDesign> designs;
    for (const auto& row : *rows) {
        auto compared = app::comparedDesign(row.design, row.latestRun, &store);
        if (!compared) {
            return tl::unexpected(compared.error());
        }
        designs.push_back(*std::move(compared));
    }
    return app::comparisonText(designs, format, false);
}

/// Whether "a, b, c" names `value`.
bool lists(std::string_view names, std::string_view value) {
    constexpr std::string_view kBetween = ", ";
    for (std::size_t start = 0; start < names.size();) {
        const std::size_t end = std::min(names.find(kBetween, start), names.size());
        if (names.substr(start, end - start) == value) {
            return true;
        }
        start = end + kBetween.size();
    }
    return false;
}

Result<void> checkChoice(const char* option, const std::string& value, const char* allowed) {
    if (!lists(allowed, value)) {
        return fail(ErrorCode::InvalidInput,
                    "\"" + value + "\" is not known (allowed: " + allowed + ")", option);
    }
    return {};
}

Result<app::TableFormat> checkedFormat(const Options& options) {
    return checkChoice("--what", options.what, "designs, curves, compare")
        .and_then([&] { return checkChoice("--format", options.format, "csv, json, md"); })
        .and_then([&] { return app::parseTableFormat(options.format); });
}

Result<Outcome> exportTo(const Options& options) {
    const auto format = checkedFormat(options);
    if (!format) {
        return tl::unexpected(format.error());
    }
    const auto store = openForReading(options.database);
    if (!store) {
        return tl::unexpected(store.error());
    }
    if (!*store) {
        return fail(ErrorCode::NotFound, "nothing is stored yet", "export",
                    "'mantissa-cli run DESIGN.json' stores a design");
    }
    auto text = exportText(options, **store, *format);
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (options.file.empty() || options.file == "-") {
        return Outcome{*std::move(text)};
    }
    return writeFileAtomically(options.file, *text).map([&] {
        std::fprintf(stderr, "wrote %s (%zu bytes)\n", options.file.c_str(), text->size());
        return Outcome{};
    });
}

}  // namespace

void addExport(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("export", "Write stored results as CSV, JSON or Markdown");
    command->footer(
        "Columns carry their units: area_um2, energy_pj (of one training step), seconds.\n"
        "designs: one row a design. curves: one row a step and one an epoch of each newest run.\n"
        "compare: settings and results, one column a design, the oldest first where none is "
        "named.\n"
        "Examples:\n"
        "  mantissa-cli export -o designs.csv\n"
        "  mantissa-cli export --what curves 7kq2m0v3xe --format json -o curves.json");
    auto options = std::make_shared<Options>();
    command->add_option("DESIGNS", options->designs,
                        "Hashes, their beginnings, or names (default: all that are stored)");
    addDatabaseOption(*command, options->database);
    command->add_option("--what", options->what, "designs, curves or compare (default: designs)")
        ->type_name("WHAT");
    command->add_option("--format", options->format, "csv, json or md (default: csv)")
        ->type_name("FORMAT");
    command
        ->add_option("-o,--output", options->file,
                     "File, replaced in one step (default: standard output)")
        ->type_name("FILE");
    command->callback([options, &action] { action = [options] { return exportTo(*options); }; });
}

}  // namespace mantissa::cli
