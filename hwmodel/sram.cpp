// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/sram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "mantissa_hardware_data.h"

namespace mantissa::hw {
namespace {

constexpr Law kSramLaw{
    "CACTI 7 rows (45 nm lop, 64-bit access, 350 K, one port), log-log interpolation over size",
    SourceKind::Recomputed};

/// Energy of one access at 128 KiB, 45 nm lop.
struct WidthRow {
    double bits, read_pj, write_pj;
};
constexpr std::array<WidthRow, 6> kWidths{{{16, 8.82, 5.52},
                                           {32, 10.4, 7.32},
                                           {64, 15.5, 10.5},
                                           {128, 21.3, 18.0},
                                           {256, 34.1, 35.1},
                                           {512, 53.5, 68.8}}};
constexpr WidthRow kUsualWidth = kWidths[2];

std::vector<SramRow> readTable() {
    std::vector<SramRow> rows;
    std::istringstream lines{std::string(data::kSram)};
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        std::array<std::string, 8> cells;
        std::istringstream stream(line);
        for (auto& cell : cells) {
            std::getline(stream, cell, ',');
        }
        const auto number = [&](std::size_t i) { return std::strtod(cells[i].c_str(), nullptr); };
        SramRow row{
            number(0), cells[1] == "hp" ? SramCell::HighPerformance : SramCell::LowOperatingPower,
            number(2), number(3),
            number(4), std::nullopt,
            number(6), number(7)};
        if (!cells[5].empty()) {
            row.leakage_mw = number(5);
        }
        rows.push_back(row);
    }
    return rows;
}

/// Through two points, both axes logarithmic.
double powerBetween(double x, double x0, double y0, double x1, double y1) {
    return y0 * std::pow(y1 / y0, std::log(x / x0) / std::log(x1 / x0));
}

/// The rows of one node and cell, by size.
std::vector<SramRow> rowsOf(double node_nm, SramCell cell) {
    std::vector<SramRow> rows;
    for (const auto& row : sramTable()) {
        if (row.node_nm == node_nm && row.cell == cell) {
            rows.push_back(row);
        }
    }
    return rows;
}

SramRow atSize(const std::vector<SramRow>& rows, double kib) {
    std::size_t low = 0;
    while (low + 2 < rows.size() && kib > rows[low + 1].kib) {
        ++low;
    }
    const auto& a = rows[low];
    const auto& b = rows[low + 1];
    const auto between = [&](double SramRow::*column) {
        return powerBetween(kib, a.kib, a.*column, b.kib, b.*column);
    };
    SramRow row{a.node_nm,
                a.cell,
                kib,
                between(&SramRow::read_pj),
                between(&SramRow::write_pj),
                std::nullopt,
                between(&SramRow::access_ns),
                between(&SramRow::area_mm2)};
    if (a.leakage_mw && b.leakage_mw) {
        row.leakage_mw = powerBetween(kib, a.kib, *a.leakage_mw, b.kib, *b.leakage_mw);
    }
    return row;
}

/// Nodes of a cell that bracket `node_nm`, the larger first.
std::pair<double, double> nodesAround(double node_nm, SramCell cell) {
    std::vector<double> nodes;
    for (const auto& row : sramTable()) {
        if (row.cell == cell && (nodes.empty() || nodes.back() != row.node_nm)) {
            nodes.push_back(row.node_nm);  // from large to small
        }
    }
    const double wanted = std::clamp(node_nm, nodes.back(), nodes.front());
    std::size_t smaller = 0;
    while (nodes[smaller] > wanted) {
        ++smaller;
    }
    return {nodes[smaller] == wanted ? wanted : nodes[smaller - 1], nodes[smaller]};
}

SramRow atNode(const SramShape& shape) {
    const auto [large, small] = nodesAround(shape.node_nm, shape.cell);
    const auto a = atSize(rowsOf(large, shape.cell), shape.kib);
    if (large == small) {
        return a;
    }
    const auto b = atSize(rowsOf(small, shape.cell), shape.kib);
    const auto between = [&, from = large, to = small](double SramRow::*column) {
        return powerBetween(shape.node_nm, from, a.*column, to, b.*column);
    };
    SramRow row{shape.node_nm,
                shape.cell,
                shape.kib,
                between(&SramRow::read_pj),
                between(&SramRow::write_pj),
                std::nullopt,
                between(&SramRow::access_ns),
                between(&SramRow::area_mm2)};
    if (a.leakage_mw && b.leakage_mw) {
        row.leakage_mw = powerBetween(shape.node_nm, large, *a.leakage_mw, small, *b.leakage_mw);
    }
    return row;
}

/// Energy of an access of so many bits over one of 64.
double widthFactor(double bits, double WidthRow::*column) {
    std::size_t low = 0;
    while (low + 2 < kWidths.size() && bits > kWidths[low + 1].bits) {
        ++low;
    }
    const auto& a = kWidths[low];
    const auto& b = kWidths[low + 1];
    return powerBetween(bits, a.bits, a.*column, b.bits, b.*column) / (kUsualWidth.*column);
}

}  // namespace

std::span<const SramRow> sramTable() {
    static const std::vector<SramRow> rows = readTable();
    return rows;
}

SramCost sram(const SramShape& shape) {
    const auto row = atNode(shape);
    const double bits = shape.accessBits;
    return {row.area_mm2 * 1e6, row.read_pj * widthFactor(bits, &WidthRow::read_pj) / bits,
            row.write_pj * widthFactor(bits, &WidthRow::write_pj) / bits, row.access_ns,
            row.leakage_mw};
}

const Law& sramLaw() {
    return kSramLaw;
}

}  // namespace mantissa::hw
