// SPDX-License-Identifier: GPL-3.0-or-later
// Options that several commands have, so that they are spelled and explained once.
#pragma once

#include <algorithm>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "app/engine/units.h"

namespace mantissa::cli {

/// A number in a range; CLI::Range lets "nan" pass.
inline CLI::Validator numberFrom(double least, double most) {
    return {[least, most](const std::string& text) {
                double value = 0;
                const bool fits =
                    CLI::detail::lexical_cast(text, value) && value >= least && value <= most;
                return fits ? std::string()
                            : "\"" + text + "\" is not allowed (" + app::significantText(least, 6) +
                                  " to " + app::significantText(most, 6) + ")";
            },
            "FLOAT"};
}

/// A name that an empty word does not give.
inline CLI::Validator notEmpty() {
    return {[](const std::string& text) {
                return text.empty() ? std::string("needs a name, not an empty word")
                                    : std::string();
            },
            ""};
}

inline void addJsonOption(CLI::App& command, bool& json) {
    command.add_flag("--json", json, "Print one JSON document instead of text");
}

inline void addDatabaseOption(CLI::App& command, std::string& file) {
    command
        .add_option("--db", file,
                    "Database file (default: MANTISSA_DB, else mantissa/mantissa.db in the XDG "
                    "data folder, ~/.local/share)")
        ->type_name("FILE");
}

inline void addDatasetFolderOption(CLI::App& command, std::string& folder) {
    command
        .add_option("--dataset-folder", folder,
                    "Folder of the data set's files (default: the usual places)")
        ->type_name("DIR");
}

/// `threads` comes in as the number of cores.
inline void addThreadsOption(CLI::App& command, int& threads) {
    constexpr int kMost = 1024;
    command
        .add_option("--threads", threads,
                    "Threads, 1 to 1024; does not change the result (default: every core)")
        ->type_name("N")
        ->check(CLI::Range(1, kMost));
}

/// The number of cores, at least 1.
inline int defaultThreads() {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace mantissa::cli
