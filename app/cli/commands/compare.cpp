// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli compare: designs side by side.
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::vector<std::string> designs;
    std::string database;
    std::string format = "text";
    bool differencesOnly = false;
    bool json = false;
};

Result<Outcome> compare(const Options& options) {
    const auto format =
        app::parseTableFormat(options.json ? "json" : options.format).map_error([](Error error) {
            error.where = "--format";
            return error;
        });
    if (!format) {
        return tl::unexpected(format.error());
    }
    const auto store = openForReading(options.database);
    if (!store) {
        return tl::unexpected(store.error());
    }
    return findCompared(options.designs, *store ? &**store : nullptr)
        .map([&](const std::vector<app::ComparedDesign>& designs) {
            return Outcome{app::comparisonText(designs, *format, options.differencesOnly)};
        });
}

}  // namespace

void addCompare(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("compare", "Put designs side by side");
    command->footer(
        "Rows that differ are marked with *. Deltas are against the first design, in % (accuracy:\n"
        "percentage points, pp; SQNR: dB). Accuracy and SQNR, what the formats left of each "
        "tensor\n"
        "in the watched steps, are measured or 'not run'; area, energy, cycles, time and power "
        "are\n"
        "modelled, of one training step.\n"
        "Examples:\n"
        "  mantissa-cli compare lenet5_fp32.json lenet5_bfp8.json --diff\n"
        "  mantissa-cli compare 7kq2m0v3xe 0c8d1 --db results.db --format md");
    auto options = std::make_shared<Options>();
    command
        ->add_option("DESIGNS", options->designs,
                     "Two or more: design files, stored hashes (or their beginnings) or names")
        ->required()
        ->expected(2, -1);
    addDatabaseOption(*command, options->database);
    command->add_option("--format", options->format, "text, md, csv or json (default: text)")
        ->type_name("FORMAT");
    command->add_flag("--diff", options->differencesOnly, "Leave out settings that are all equal");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return compare(*options); }; });
}

}  // namespace mantissa::cli
