// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli unit: one arithmetic unit, its parts, its figures and where they come from.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/library_options.h"
#include "app/cli/options.h"
#include "app/cli/suggestion.h"
#include "app/cli/unit_text.h"
#include "app/engine/units.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string kind;
    std::vector<std::string> parameters;
    std::string against;
    std::string calibration = "synthesis";
    LibraryOptions library;
    double clockMhz = 500;
    bool json = false;
};

Result<const hw::UnitKind*> findKind(const std::string& name) {
    if (const auto* kind = hw::findUnitKind(name)) {
        return kind;
    }
    std::vector<std::string> ids;
    for (const auto* kind : hw::unitKinds()) {
        ids.emplace_back(kind->id);
    }
    const std::string meant = closest(name, ids);
    return fail(ErrorCode::NotFound, "there is no unit \"" + name + "\"", "unit",
                meant.empty() ? "'mantissa-cli unit' lists them" : "did you mean " + meant + "?");
}

/// Splits "a=8" and "w=16".
Result<std::vector<std::pair<std::string, std::string>>> splitPairs(
    const std::vector<std::string>& words) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& word : words) {
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == word.size()) {
            return fail(ErrorCode::InvalidInput, "\"" + word + "\" is no key=value", "unit",
                        "for example m=7");
        }
        pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    return pairs;
}

Result<hw::Technology> technologyOf(const Options& options) {
    constexpr double kLeastClock = 10;
    constexpr double kMostClock = 4000;
    if (!(options.clockMhz >= kLeastClock && options.clockMhz <= kMostClock)) {
        return fail(ErrorCode::InvalidInput,
                    app::significantText(options.clockMhz, 6) +
                        " MHz is no clock (allowed: 10 to 4000 MHz)",
                    "--clock");
    }
    if (options.calibration != "synthesis" && options.calibration != "horowitz") {
        return fail(ErrorCode::InvalidInput,
                    "\"" + options.calibration + "\" is not known (allowed: synthesis, horowitz)",
                    "--calibration");
    }
    return chosenLibrary(options.library).map([&](const hw::Library& found) {
        return hw::Technology{options.calibration == "horowitz" ? design::Calibration::Horowitz
                                                                : design::Calibration::Synthesis,
                              1e3 / options.clockMhz, found};
    });
}

Result<hw::UnitReport> reportOf(const std::string& name, const std::vector<std::string>& words,
                                const hw::Technology& technology) {
    return findKind(name).and_then([&](const hw::UnitKind* kind) {
        return splitPairs(words)
            .and_then([&](const auto& pairs) { return hw::unitValues(*kind, pairs); })
            .map([&](std::vector<int> values) {
                return hw::describeUnit(*kind, std::move(values), technology);
            });
    });
}

/// "fp_adder,e=8,m=23".
Result<hw::UnitReport> reportOf(const std::string& spelled, const hw::Technology& technology) {
    std::vector<std::string> words;
    std::size_t start = 0;
    while (start <= spelled.size()) {
        const std::size_t end = std::min(spelled.find(',', start), spelled.size());
        words.push_back(spelled.substr(start, end - start));
        start = end + 1;
    }
    const std::string name = words.front();
    words.erase(words.begin());
    return reportOf(name, words, technology);
}

Result<Outcome> unit(const Options& options) {
    if (options.kind.empty()) {
        if (!options.against.empty()) {
            return fail(
                ErrorCode::InvalidInput, "needs KIND, the unit to compare", "--against",
                "for example mantissa-cli unit fp_adder e=5 m=4 --against fp_adder,e=8,m=23");
        }
        return Outcome{options.json ? unitListJson() : unitListText()};
    }
    const auto technology = technologyOf(options);
    if (!technology) {
        return tl::unexpected(technology.error());
    }
    const auto report = reportOf(options.kind, options.parameters, *technology);
    if (!report) {
        return tl::unexpected(report.error());
    }
    if (options.against.empty()) {
        return Outcome{options.json ? unitJson(*report) : unitText(*report)};
    }
    return reportOf(options.against, *technology).map([&](const hw::UnitReport& other) {
        return Outcome{options.json ? unitJson(*report, &other) : unitText(*report, &other)};
    });
}

}  // namespace

void addUnit(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "unit", "One arithmetic unit: area, delay, energy, leakage, parts and provenance");
    command->footer(
        "Without a kind, lists the units with their parameters. Areas in um2 and NAND2\n"
        "equivalents, delays in ns, energies in pJ an operation, leakage in nW.\n"
        "Ratios of two units are given under both calibrations, for they differ.\n"
        "Examples:\n"
        "  mantissa-cli unit\n"
        "  mantissa-cli unit fp_adder e=5 m=4\n"
        "  mantissa-cli unit bfp_dot_float n=16 m=8 --against fp_mac,e=8,m=23\n"
        "  mantissa-cli unit multiplier a=8 b=8 --library asap7 --json\n"
        "  mantissa-cli unit adder w=32 --liberty my_cells.lib\n"
        "  mantissa-cli unit fp_mac e=8 m=7 --node 28 --voltage 0.9");
    auto options = std::make_shared<Options>();
    command->add_option("KIND", options->kind, "The unit (default: list all)");
    command->add_option("PARAMETERS", options->parameters, "key=value, as the list names them")
        ->type_name("KEY=VALUE");
    command
        ->add_option("--against", options->against,
                     "Another unit to compare with, its parameters behind commas")
        ->type_name("KIND,KEY=VALUE,...");
    command
        ->add_option("--calibration", options->calibration,
                     "synthesis or horowitz (areas of his "
                     "are unverified)")
        ->type_name("C")
        ->capture_default_str();
    addLibraryOptions(*command, options->library);
    command
        ->add_option("--clock", options->clockMhz,
                     "Clock in MHz, 10 to 4000: pipelines cut glitches")
        ->type_name("MHZ")
        ->capture_default_str();
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return unit(*options); }; });
}

}  // namespace mantissa::cli
