// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli multiplier: the emulated multipliers with their errors, and their tables as files.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/options.h"
#include "app/cli/suggestion.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "core/numerics/multiply.h"

namespace mantissa::cli {
namespace {

using numerics::LoadedMultiplier;

struct Options {
    std::string name;
    std::string output;
    bool json = false;
};

constexpr const char* kErrorsNote =
    "Errors: relative to the exact product of the operands cut to the table's mantissa bits, over "
    "all\npairs of them. Computed multipliers (23 bits) have too many pairs for that.\n";

/// A multiplier with what people call it and where it comes from.
struct Described {
    LoadedMultiplier multiplier;
    std::string label;
    std::string source;
};

app::Cell percentCell(double share) {
    constexpr int kDecimals = 4;
    const std::string text = app::fixedText(100 * share, kDecimals);
    return app::numberCell(share, (text == "-0.0000" ? "0.0000" : text) + " %");
}

app::Cell bitsCell(const LoadedMultiplier& multiplier) {
    const auto* approximate = std::get_if<numerics::ApproximateMultiplier>(&multiplier.kind);
    const int bits = multiplier.table         ? multiplier.table->mantissaBits
                     : approximate != nullptr ? approximate->mantissaBits
                                              : numerics::kBinary32MantissaBits;
    return app::numberCell(bits);
}

std::vector<app::Cell> row(const Described& described) {
    const auto& table = described.multiplier.table;
    std::vector<app::Cell> cells{app::textCell(numerics::multiplierText(described.multiplier.kind)),
                                 app::textCell(described.label), bitsCell(described.multiplier)};
    if (table) {
        const auto errors = numerics::multiplierErrors(*table);
        cells.insert(cells.end(),
                     {app::numberCell(static_cast<double>(table->entries.size())),
                      percentCell(errors.meanRelative), percentCell(errors.meanAbsoluteRelative),
                      percentCell(errors.smallestRelative), percentCell(errors.largestRelative),
                      app::numberCell(errors.lastEntry)});
    } else {
        cells.resize(cells.size() + 6);  // absent
    }
    cells.push_back(app::textCell(described.source));
    return cells;
}

app::Table tableOf(const std::vector<Described>& all) {
    app::Table table;
    table.columns = {{"name", "Name"},
                     {"label", "Label"},
                     {"mantissa_bits", "Mantissa bits", true},
                     {"table_bytes", "Table bytes", true},
                     {"mean_relative_error", "Mean error", true},
                     {"mean_absolute_relative_error", "Mean |error|", true},
                     {"smallest_relative_error", "Least error", true},
                     {"largest_relative_error", "Largest error", true},
                     {"last_entry", "Last entry", true},
                     {"source", "Source"}};
    for (const auto& described : all) {
        table.rows.push_back(row(described));
    }
    return table;
}

Result<Described> described(const numerics::Multiplier& multiplier) {
    for (const auto& named : numerics::namedMultipliers()) {
        if (named.multiplier == multiplier) {
            return numerics::loadMultiplier(multiplier).map([&](LoadedMultiplier loaded) {
                return Described{std::move(loaded), named.label, named.source};
            });
        }
    }
    return numerics::loadMultiplier(multiplier).map([](LoadedMultiplier loaded) {
        return Described{std::move(loaded), "Table of a file", "the user's file"};
    });
}

/// A multiplier's name or spelling, else a file.
Result<numerics::Multiplier> find(const std::string& name) {
    const auto parsed = numerics::parseMultiplier(name);
    std::error_code problem;
    if (parsed || !std::filesystem::exists(name, problem)) {
        return parsed.map_error([&](Error error) {
            std::vector<std::string> names;
            for (const auto& named : numerics::namedMultipliers()) {
                names.push_back(named.name);
            }
            const std::string meant = closest(name, names);
            error.where = name;
            error.message = "is neither a file nor a multiplier: " + error.message;
            error.hint = meant.empty() ? error.hint : "did you mean " + meant + "?";
            return error;
        });
    }
    return numerics::TableMultiplier{name};
}

Result<Outcome> listAll(bool json) {
    std::vector<Described> all;
    for (const auto& named : numerics::namedMultipliers()) {
        auto one = described(named.multiplier);
        if (!one) {
            return tl::unexpected(one.error());
        }
        all.push_back(*std::move(one));
    }
    const auto table = tableOf(all);
    if (json) {
        return Outcome{document({{"multipliers", nlohmann::json::parse(app::tableText(
                                                     table, app::TableFormat::Json))}})};
    }
    return Outcome{app::tableText(table, app::TableFormat::Text) + "\n" + kErrorsNote};
}

/// The one row of a table, written downwards for people.
std::string figuresText(const app::Table& table) {
    app::Table figures;
    figures.columns = {{"what", "Figure"}, {"value", "Value"}};
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& cell = table.rows.front()[i];
        if (cell.number || !cell.text.empty()) {
            figures.rows.push_back(
                {app::textCell(table.columns[i].label), app::textCell(cell.text)});
        }
    }
    return app::tableText(figures, app::TableFormat::Text);
}

Result<void> writeTo(const std::string& file, const Described& one) {
    if (!one.multiplier.table) {
        return fail(ErrorCode::InvalidInput, "has no table that could be written",
                    numerics::multiplierText(one.multiplier.kind),
                    "tables exist for 1 to 7 mantissa bits, for example mit_7");
    }
    return numerics::writeTable(*one.multiplier.table, file);
}

Result<Outcome> multiplier(const Options& options) {
    if (options.name.empty()) {
        if (!options.output.empty()) {
            return fail(ErrorCode::InvalidInput, "needs the multiplier whose table to write",
                        "--write", "for example mantissa-cli multiplier mit_7 --write MIT_7.bin");
        }
        return listAll(options.json);
    }
    const auto one = find(options.name).and_then(described);
    if (!one) {
        return tl::unexpected(one.error());
    }
    if (!options.output.empty()) {
        if (const auto written = writeTo(options.output, *one); !written) {
            return tl::unexpected(written.error());
        }
    }
    const auto table = tableOf({*one});
    if (options.json) {
        auto json = nlohmann::json::parse(app::tableText(table, app::TableFormat::Json)).front();
        json["written"] =
            options.output.empty() ? nlohmann::json() : nlohmann::json(options.output);
        return Outcome{document(json)};
    }
    const std::string text = figuresText(table);
    return Outcome{options.output.empty()
                       ? text
                       : text + "\n" + options.output + ": " +
                             std::to_string(one->multiplier.table->entries.size()) + " bytes\n"};
}

}  // namespace

void addMultiplier(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "multiplier", "List approximate multipliers and their errors; write their tables");
    command->footer(
        "A table is a file of 2^(2m) bytes for m = 1 to 7 mantissa bits: entry i 2^m + j is the\n"
        "product of 1.i and 1.j, the carry in bit 7, the mantissa in the lower m bits. Errors are\n"
        "relative to the exact product, over all pairs of m-bit operands; in JSON as fractions.\n"
        "Examples:\n"
        "  mantissa-cli multiplier --json\n"
        "  mantissa-cli multiplier mbm_7\n"
        "  mantissa-cli multiplier mit_5 --write MIT_5.bin\n"
        "  mantissa-cli multiplier ./mine.bin");
    auto options = std::make_shared<Options>();
    command
        ->add_option("MULTIPLIER", options->name,
                     "fp32, acc_M, mit_M or mbm_M with M from 1 to 7 or 23, or a file with a table "
                     "(default: list all)")
        ->type_name("NAME|FILE");
    command
        ->add_option("--write", options->output,
                     "Write the multiplier's table here, replacing the file in one step")
        ->type_name("FILE");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return multiplier(*options); }; });
}

}  // namespace mantissa::cli
