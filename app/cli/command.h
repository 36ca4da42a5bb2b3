// SPDX-License-Identifier: GPL-3.0-or-later
// What a command is: options it registers, and an action that turns them into text.
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/error.h"

namespace mantissa::cli {

/// Exit statuses of the program; interrupted by a signal: 128 + its number, 130 for Ctrl-C.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// What a command leaves: all of its standard output, and its exit status.
struct Outcome {
    std::string text;
    int status = kExitDone;
};

using Action = std::function<Result<Outcome>()>;

// One a command, each in its own file. Registers the command; sets `action` when it is chosen.
void addFormats(CLI::App& app, Action& action);
void addQuantize(CLI::App& app, Action& action);
void addRun(CLI::App& app, Action& action);
void addPreview(CLI::App& app, Action& action);
void addSensitivity(CLI::App& app, Action& action);
void addHw(CLI::App& app, Action& action);
void addList(CLI::App& app, Action& action);
void addShow(CLI::App& app, Action& action);
void addCompare(CLI::App& app, Action& action);
void addExport(CLI::App& app, Action& action);
void addDataset(CLI::App& app, Action& action);
void addMultiplier(CLI::App& app, Action& action);
void addUnit(CLI::App& app, Action& action);
void addNetwork(CLI::App& app, Action& action);
void addReproduce(CLI::App& app, Action& action);

}  // namespace mantissa::cli
