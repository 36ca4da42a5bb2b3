// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli: everything the window computes, without a window.
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mantissa_version.h"
#include <CLI/CLI.hpp>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/suggestion.h"

namespace mantissa::cli {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 done, 1 failed, 2 bad usage or input, 130 interrupted.\n"
    "Results go to standard output, progress and errors to standard error.\n"
    "'mantissa-cli COMMAND --help' explains a command, with units and examples.";

void addCommands(CLI::App& app, Action& action) {
    app.name("mantissa-cli");
    app.description("Explore number formats for training neural networks, and their hardware.");
    app.footer(kFooter);
    app.set_help_flag("-h,--help", "Print this help");
    app.set_version_flag("--version", std::string("mantissa-cli ") + kVersion, "Print the version");
    app.require_subcommand(0, 1);
    for (auto* const add :
         {addFormats, addQuantize, addMultiplier, addNetwork, addRun, addPreview, addSensitivity,
          addReproduce, addHw, addUnit, addList, addShow, addCompare, addExport, addDataset}) {
        add(app, action);
    }
}

/// Known before the command line has been understood, since errors in it are reported too.
bool asksForJson(std::span<const char* const> arguments) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view argument(arguments[i]);
        if (argument == "--json" || argument == "--format=json" ||
            (argument == "--format" && i + 1 < arguments.size() &&
             std::string_view(arguments[i + 1]) == "json")) {
            return true;
        }
    }
    return false;
}

std::string withoutTrailingSpaces(const std::string& text) {
    std::string out;
    for (const char character : text) {
        if (character == '\n') {
            out.erase(out.find_last_not_of(' ') + 1);
        }
        out += character;
    }
    return out;
}

std::vector<std::string> optionNames(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) {
            names.push_back("--" + name);
        }
    }
    return names;
}

/// What the user probably meant by the first word that nothing knows.
std::string meant(const CLI::App& app, std::span<const char* const> arguments) {
    const auto chosen = app.get_subcommands();
    if (!chosen.empty()) {
        for (const auto& word : chosen.front()->remaining()) {
            if (const auto name = closest(word, optionNames(*chosen.front())); !name.empty()) {
                return name;
            }
        }
        return {};
    }
    std::vector<std::string> commands;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        commands.push_back(command->get_name());
    }
    return arguments.size() > 1 ? closest(arguments[1], commands) : std::string();
}

Error usageError(const CLI::App& app, const CLI::ParseError& error,
                 std::span<const char* const> arguments) {
    const auto chosen = app.get_subcommands();
    const std::string command = chosen.empty() ? "" : chosen.front()->get_name();
    const std::string suggestion = meant(app, arguments);
    const std::string help =
        "see 'mantissa-cli " + (command.empty() ? "" : command + " ") + "--help'";
    return {ErrorCode::InvalidInput, error.what(), command.empty() ? "command line" : command,
            suggestion.empty() ? help : "did you mean " + suggestion + "? " + help};
}

int perform(const Action& action, bool json) {
    Result<Outcome> outcome;
    try {
        outcome = action();
    } catch (const std::bad_alloc&) {
        outcome = fail(ErrorCode::Io, "there is not enough memory for this");
    } catch (const std::exception& error) {
        outcome = fail(ErrorCode::Internal, error.what(), "mantissa-cli",
                       "this is a defect of the program; please report it");
    }
    if (!outcome) {
        reportError(outcome.error(), json);
        return exitStatus(outcome.error());
    }
    return writeOutput(outcome->text) || outcome->status != kExitDone ? outcome->status
                                                                      : kExitFailed;
}

int run(std::span<const char* const> arguments) {
    // A reader that goes away shows as an error of the write, so that a run can still be kept.
    std::signal(SIGPIPE, SIG_IGN);
    const bool json = asksForJson(arguments);
    CLI::App app;
    Action action;
    addCommands(app, action);
    try {
        app.parse(static_cast<int>(arguments.size()), arguments.data());
    } catch (const CLI::CallForHelp&) {
        return writeOutput(withoutTrailingSpaces(app.help())) ? kExitDone : kExitFailed;
    } catch (const CLI::CallForVersion& version) {
        return writeOutput(std::string(version.what()) + '\n') ? kExitDone : kExitFailed;
    } catch (const CLI::ParseError& error) {
        reportError(usageError(app, error, arguments), json);
        return kExitUsage;
    }
    if (!action) {
        writeOutput(withoutTrailingSpaces(app.help()));
        return kExitUsage;
    }
    return perform(action, json);
}

}  // namespace
}  // namespace mantissa::cli

int main(int argc, char** argv) {
    return mantissa::cli::run(std::span<const char* const>(argv, static_cast<std::size_t>(argc)));
}
