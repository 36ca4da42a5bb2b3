// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-fit-laws: fits the laws of the hardware model, and says how well they hold. See
// scripts/fit-laws.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "core/atomic_file.h"
#include "hwmodel/fit/accuracy.h"

namespace {

namespace fs = std::filesystem;
using mantissa::Result;

Result<void> writeLaws(const fs::path& root) {
    const auto folder = root / "resources" / "hardware";
    return mantissa::hw::fit::readTables(folder / "synthesis").and_then([&](const auto& tables) {
        return mantissa::writeFileAtomically(folder / "laws.json",
                                             mantissa::hw::fit::lawsJson(tables));
    });
}

Result<void> writeAccuracy(const fs::path& root) {
    const auto folder = root / "resources" / "hardware";
    std::ifstream stream(folder / "holdout_osu018.csv");
    std::ostringstream text;
    text << stream.rdbuf();
    const auto separate = mantissa::hw::readSynthesisTable(text.str());
    return mantissa::hw::fit::readTables(folder / "synthesis").and_then([&](const auto& tables) {
        const auto verdicts = mantissa::hw::fit::judge(tables, separate);
        std::fputs(mantissa::hw::fit::accuracyTable(verdicts).c_str(), stdout);
        return mantissa::writeFileAtomically(folder / "accuracy.csv",
                                             mantissa::hw::fit::accuracyCsv(verdicts))
            .and_then([&] {
                return mantissa::writeFileAtomically(root / "docs" / "images" / "hardware-laws.svg",
                                                     mantissa::hw::fit::accuracyChart(verdicts));
            });
    });
}

int run(std::string_view what, const fs::path& root) {
    const auto done = what == "laws" ? writeLaws(root) : writeAccuracy(root);
    if (!done) {
        std::fprintf(stderr, "error: %s\n", done.error().text().c_str());
        return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc == 3 ? argv[1] : "";
    if (what != "laws" && what != "accuracy") {
        std::fputs("usage: mantissa-fit-laws laws|accuracy REPOSITORY\n", stderr);
        return 2;
    }
    try {
        return run(what, argv[2]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        return 1;
    }
}
