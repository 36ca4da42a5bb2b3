// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/synthesis_table.h"

#include <array>
#include <cstdlib>
#include <sstream>

#include "mantissa_hardware_data.h"

namespace mantissa::hw {
namespace {

constexpr std::size_t kColumns = 13;

std::map<std::string, int, std::less<>> parametersOf(const std::string& text) {
    std::map<std::string, int, std::less<>> parameters;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        parameters[word.substr(0, equals)] = std::atoi(word.c_str() + equals + 1);
    }
    return parameters;
}

/// Empty cells are 0.
double numberOf(const std::string& cell) {
    return std::strtod(cell.c_str(), nullptr);
}

}  // namespace

int SynthesisedUnit::parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? 0 : found->second;
}

std::vector<SynthesisedUnit> readSynthesisTable(std::string_view text) {
    std::vector<SynthesisedUnit> rows;
    std::istringstream lines{std::string(text)};
    std::string line;
    std::getline(lines, line);  // the head
    while (std::getline(lines, line)) {
        std::array<std::string, kColumns> cells;
        std::istringstream stream(line);
        for (auto& cell : cells) {
            std::getline(stream, cell, ',');
        }
        rows.push_back({cells[0], cells[1], parametersOf(cells[2]), numberOf(cells[4]),
                        numberOf(cells[5]), numberOf(cells[6]),
                        static_cast<int>(numberOf(cells[7])), numberOf(cells[8]),
                        numberOf(cells[10]), numberOf(cells[12])});
    }
    return rows;
}

std::span<const SynthesisedUnit> synthesisedUnits() {
    static const std::vector<SynthesisedUnit> rows = readSynthesisTable(data::kSynthesis);
    return rows;
}

}  // namespace mantissa::hw
