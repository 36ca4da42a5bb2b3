// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli formats: every number format, rounding and convention; one of them in detail; the
// documentation's page of them.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/format_listing.h"
#include "app/cli/format_page.h"
#include "app/cli/json.h"
#include "app/cli/options.h"
#include "app/cli/suggestion.h"
#include "core/atomic_file.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string format;
    std::string page;
    std::string convention;
    bool conventions = false;
    bool json = false;
};

/// A name, a spelling, or a kind, which stands for its example.
Result<numerics::Format> findFormat(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& family : numerics::formatFamilies()) {
        if (family.id == name) {
            return family.example;
        }
        names.emplace_back(family.id);
    }
    return numerics::parseFormat(name).map_error([&](Error error) {
        for (const auto& named : numerics::namedFormats()) {
            names.emplace_back(named.name);
        }
        const auto meant = closest(name, names);
        error.where = name;
        error.hint = meant.empty() ? error.hint : "did you mean " + meant + "? " + error.hint;
        return error;
    });
}

Result<Outcome> showConventions(const Options& options) {
    if (options.convention.empty()) {
        if (options.json) {
            return Outcome{document({{"conventions", formatsJson().at("conventions")}})};
        }
        return Outcome{app::tableText(conventionTable(), app::TableFormat::Text)};
    }
    return numerics::findConvention(options.convention)
        .map_error([&](Error error) {
            std::vector<std::string> ids;
            for (const auto& convention : numerics::conventions()) {
                ids.emplace_back(convention.id);
            }
            const auto meant = closest(options.convention, ids);
            error.where = "--conventions " + options.convention;
            error.hint = meant.empty() ? error.hint : "did you mean " + meant + "?";
            return error;
        })
        .map([&](const numerics::Convention* convention) {
            return Outcome{options.json ? document(conventionJson(*convention))
                                        : conventionText(*convention)};
        });
}

Result<Outcome> writePage(const std::string& folder) {
    std::string text;
    for (const auto& file : formatPage()) {
        const auto path = std::filesystem::path(folder) / file.path;
        std::error_code problem;  // a folder that cannot be made shows when the file is written
        std::filesystem::create_directories(path.parent_path(), problem);
        if (const auto written = writeFileAtomically(path, file.text); !written) {
            return tl::unexpected(written.error());
        }
        text += path.string() + ": " + std::to_string(file.text.size()) + " bytes\n";
    }
    return Outcome{text};
}

Result<Outcome> formats(const Options& options) {
    const int asked = (options.format.empty() ? 0 : 1) + (options.conventions ? 1 : 0) +
                      (options.page.empty() ? 0 : 1);
    if (asked > 1) {
        return fail(ErrorCode::InvalidInput,
                    "FORMAT, --conventions and --page exclude each other; give one of them",
                    "formats", "a convention's id goes behind --conventions");
    }
    if (!options.page.empty()) {
        return writePage(options.page);
    }
    if (options.conventions) {
        return showConventions(options);
    }
    if (options.format.empty()) {
        return Outcome{options.json ? document(formatsJson()) : formatsText()};
    }
    return findFormat(options.format).map([&](const numerics::Format& format) {
        return Outcome{options.json ? document(formatDetailJson(format))
                                    : formatDetailText(format)};
    });
}

}  // namespace

void addFormats(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "formats", "List number formats, roundings and published conventions; explain one");
    command->footer(
        "Without arguments everything: named formats with stored bits an element (with the share\n"
        "of what a block has in common), range and source; kinds with spelling and parameters;\n"
        "roundings; conventions.\n"
        "Examples:\n"
        "  mantissa-cli formats fp8_e4m3\n"
        "  mantissa-cli formats 'bfp<8,block=16>' --json\n"
        "  mantissa-cli formats --conventions\n"
        "  mantissa-cli formats --conventions hbfp");
    auto options = std::make_shared<Options>();
    command
        ->add_option("FORMAT", options->format,
                     "A name, a spelling or a kind: its bits, parameters and conventions (default: "
                     "list all)")
        ->type_name("NAME|SPELLING|KIND");
    auto* conventions =
        command
            ->add_option("--conventions", options->convention,
                         "List the published conventions, or explain the one with this id")
            ->expected(0, 1)
            ->type_name("[ID]");
    command
        ->add_option("--page", options->page,
                     "Write formats.md and its drawings into this folder (the project's docs)")
        ->type_name("FOLDER");
    addJsonOption(*command, options->json);
    command->callback([options, conventions, &action] {
        options->conventions = conventions->count() > 0;
        action = [options] { return formats(*options); };
    });
}

}  // namespace mantissa::cli
