// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/sram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <string>
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

using Rows = std::vector<SramRow>;

/// Of each figure of two rows; leakage where both have it.
template <typename Join>
SramRow joined(const SramRow& a, const SramRow& b, double node_nm, double kib, const Join& join) {
    const auto of = [&](double SramRow::*column) { return join(a.*column, b.*column); };
    SramRow row{node_nm,
                a.cell,
                kib,
                of(&SramRow::read_pj),
                of(&SramRow::write_pj),
                std::nullopt,
                of(&SramRow::access_ns),
                of(&SramRow::area_mm2)};
    if (a.leakage_mw && b.leakage_mw) {
        row.leakage_mw = join(*a.leakage_mw, *b.leakage_mw);
    }
    return row;
}

/// The rows of one cell, a node each, the largest node first; sizes rise.
std::vector<Rows> nodesOf(SramCell cell, std::span<const SramRow> rows) {
    std::vector<Rows> nodes;
    for (const auto& row : rows) {
        if (row.cell == cell) {
            if (nodes.empty() || nodes.back().front().node_nm != row.node_nm) {
                nodes.emplace_back();
            }
            nodes.back().push_back(row);
        }
    }
    return nodes;
}

/// Along the rows of one node; beyond its ends along the last two.
SramRow along(const Rows& rows, double kib) {
    std::size_t low = 0;
    while (low + 2 < rows.size() && kib > rows[low + 1].kib) {
        ++low;
    }
    const auto& a = rows[low];
    const auto& b = rows[low + 1];
    return joined(a, b, a.node_nm, kib, [&](double from, double to) {
        return powerBetween(kib, a.kib, from, b.kib, to);
    });
}

/// Of the nodes whose rows reach further to that side, the nearest; null: none does.
const Rows* reaching(const std::vector<Rows>& nodes, const Rows& own, bool larger) {
    const auto reaches = [&](const Rows& rows) {
        return larger ? rows.back().kib > own.back().kib : rows.front().kib < own.front().kib;
    };
    const auto distance = [&](const Rows& rows) {
        return std::abs(std::log(rows.front().node_nm / own.front().node_nm));
    };
    const Rows* nearest = nullptr;
    for (const auto& rows : nodes) {
        if (reaches(rows) && (nearest == nullptr || distance(rows) < distance(*nearest))) {
            nearest = &rows;
        }
    }
    return nearest;
}

SramRow atSize(const std::vector<Rows>& nodes, const Rows& own, double kib) {
    const bool larger = kib > own.back().kib;
    const auto* other = larger || kib < own.front().kib ? reaching(nodes, own, larger) : nullptr;
    if (other == nullptr) {
        return along(own, kib);
    }
    // From the last own row on as the other node goes on from there.
    const auto& last = larger ? own.back() : own.front();
    const auto theirs = joined(along(*other, last.kib), along(*other, kib), last.node_nm, kib,
                               [](double from, double to) { return to / from; });
    return joined(last, theirs, last.node_nm, kib,
                  [](double figure, double factor) { return figure * factor; });
}

SramRow atNode(const SramShape& shape, std::span<const SramRow> rows) {
    const auto nodes = nodesOf(shape.cell, rows);
    const double wanted =
        std::clamp(shape.node_nm, nodes.back().front().node_nm, nodes.front().front().node_nm);
    const auto small = std::find_if(nodes.begin(), nodes.end(), [&](const Rows& each) {
        return each.front().node_nm <= wanted;
    });
    const auto b = atSize(nodes, *small, shape.kib);
    if (b.node_nm == wanted) {
        return b;
    }
    const auto a = atSize(nodes, *std::prev(small), shape.kib);
    return joined(a, b, wanted, shape.kib, [&](double from, double to) {
        return powerBetween(wanted, a.node_nm, from, b.node_nm, to);
    });
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

/// The smallest row of the cells that tables and buffers are made of.
const SramRow& leastRow() {
    const auto rows = sramTable();
    return *std::find_if(rows.begin(), rows.end(), [](const SramRow& row) {
        return row.cell == SramCell::LowOperatingPower;
    });
}

constexpr int kLeastAccess = static_cast<int>(kWidths.front().bits);

double kibOf(int wordBits, int addressBits) {
    constexpr double kBitsOfKib = 8192;
    return wordBits * std::exp2(addressBits) / kBitsOfKib;
}

}  // namespace

std::span<const SramRow> sramTable() {
    static const std::vector<SramRow> rows = readTable();
    return rows;
}

SramCost sram(const SramShape& shape, std::span<const SramRow> rows) {
    const auto row = atNode(shape, rows);
    const double bits = shape.accessBits;
    return {row.area_mm2 * 1e6, row.read_pj * widthFactor(bits, &WidthRow::read_pj) / bits,
            row.write_pj * widthFactor(bits, &WidthRow::write_pj) / bits, row.access_ns,
            row.leakage_mw};
}

const Law& sramLaw() {
    return kSramLaw;
}

UnitCost tableMemory(const Technology& technology, int wordBits, int addressBits) {
    constexpr double kNanowatts = 1e6;  // of a milliwatt
    const auto& library = technology.library;
    const auto& least = leastRow();
    const int accessBits = std::max(wordBits, kLeastAccess);
    const auto memory = sram({std::max(kibOf(wordBits, addressBits), least.kib), accessBits,
                              library.node_nm, least.cell});
    UnitCost cost;
    cost.area_um2 = memory.area_um2;
    cost.nand2 = memory.area_um2 / library.nand2_um2;
    cost.energy_pj = accessBits * memory.readEnergy_pj;
    cost.delay_ns = memory.access_ns;
    cost.areaLaw = &kSramLaw;
    cost.energyLaw = &kSramLaw;
    cost.delayLaw = &kSramLaw;
    if (memory.leakage_mw) {
        cost.leakage_nw = kNanowatts * *memory.leakage_mw;
        cost.leakageLaw = &kSramLaw;
    }
    return cost;
}

std::string beyondSramRows(const Technology& technology, int wordBits, int addressBits) {
    const double kib = kibOf(wordBits, addressBits);
    const auto nodes = nodesOf(SramCell::LowOperatingPower, sramTable());
    const auto& largest = nodes.front().back();
    const double node = technology.library.node_nm;
    char text[160] = "";
    if (kib < leastRow().kib) {
        std::snprintf(text, sizeof text,
                      "a table of %g KiB is priced as %g KiB, the smallest of CACTI's rows", kib,
                      leastRow().kib);
    } else if (kib > largest.kib) {
        std::snprintf(text, sizeof text,
                      "a table of %g KiB is larger than any of CACTI's rows (%g KiB): their slope "
                      "goes on",
                      kib, largest.kib);
    } else if (wordBits < kLeastAccess) {
        std::snprintf(text, sizeof text,
                      "words of %d bits are priced as accesses of %d, the narrowest that CACTI's "
                      "rows know",
                      wordBits, kLeastAccess);
    } else if (node > largest.node_nm || node < nodes.back().front().node_nm) {
        std::snprintf(text, sizeof text,
                      "CACTI's rows of low-power cells know %g to %g nm: tables at %g nm are "
                      "those of the nearer end",
                      nodes.back().front().node_nm, largest.node_nm, node);
    }
    return text;
}

}  // namespace mantissa::hw
