// SPDX-License-Identifier: GPL-3.0-or-later
// Options that several commands have, so that they are spelled and explained once.
#pragma once

#include <algorithm>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

namespace mantissa::cli {

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
