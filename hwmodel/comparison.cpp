// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/comparison.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "hwmodel/comparison_rows.h"

namespace mantissa::hw {
namespace {

struct Figure {
    std::string_view id;
    std::string_view label;
    FigureSource source;
    FigureKind kind;
    std::optional<double> (*value)(const ComparedPoint&);
};

template <auto Read>
std::optional<double> modelled(const ComparedPoint& point) {
    return point.hardware ? std::optional<double>(Read(*point.hardware)) : std::nullopt;
}

constexpr Figure kFigures[] = {
    {"test_accuracy", "Test accuracy", FigureSource::Measured, FigureKind::Share,
     [](const ComparedPoint& p) { return p.run ? p.run->testAccuracy : std::nullopt; }},
    {"test_loss", "Test loss", FigureSource::Measured, FigureKind::Loss,
     [](const ComparedPoint& p) { return p.run ? p.run->testLoss : std::nullopt; }},
    {"epochs_done", "Epochs trained", FigureSource::Measured, FigureKind::Count,
     [](const ComparedPoint& p) {
         return p.run && p.run->epochs > 0 ? std::optional<double>(p.run->epochs) : std::nullopt;
     }},
    {"area_um2", "Area", FigureSource::Modelled, FigureKind::AreaUm2,
     modelled<[](const HardwareReport& r) { return r.area_um2; }>},
    {"energy_pj", "Energy a training step", FigureSource::Modelled, FigureKind::EnergyPj,
     modelled<[](const HardwareReport& r) { return r.energy_pj; }>},
    {"cycles", "Cycles a training step", FigureSource::Modelled, FigureKind::Cycles,
     modelled<[](const HardwareReport& r) { return r.cycles; }>},
    {"time_ms", "Time a training step", FigureSource::Modelled, FigureKind::TimeMs,
     modelled<[](const HardwareReport& r) { return r.milliseconds(); }>},
    {"power_mw", "Average power", FigureSource::Modelled, FigureKind::PowerMw,
     modelled<[](const HardwareReport& r) { return r.averagePowerMw(); }>},
    {"dram_bits", "DRAM traffic a training step", FigureSource::Modelled, FigureKind::Bits,
     modelled<[](const HardwareReport& r) { return r.dramBits; }>},
};

/// Of each component, or of each tensor.
struct PartFigure {
    std::string_view id;
    std::string_view label;
    FigureKind kind;
};

ComparisonRow figureRow(const Figure& figure, std::span<const ComparedPoint> designs) {
    ComparisonRow row{"/results/" + std::string(figure.id),
                      std::string(figure.label),
                      figure.source,
                      figure.kind,
                      {}};
    const auto baseline = figure.value(designs.front());
    for (const auto& design : designs) {
        ComparisonCell cell;
        cell.number = figure.value(design);
        cell.differs = cell.number != baseline;
        // More epochs are not so many percent of anything.
        if (figure.kind != FigureKind::Count) {
            setDelta(cell, cell.number, baseline, row.deltaUnit());
        }
        row.cells.push_back(std::move(cell));
    }
    return row;
}

ComparisonRow statusRow(std::span<const ComparedPoint> designs) {
    ComparisonRow row{"/results/status", "Run", FigureSource::Measured, FigureKind::Text, {}};
    for (const auto& design : designs) {
        ComparisonCell cell;
        cell.text = design.run ? design.run->status : "";
        cell.differs = !row.cells.empty() && cell.text != row.cells.front().text;
        row.cells.push_back(std::move(cell));
    }
    return row;
}

const BreakdownNode* partOf(const BreakdownNode& node, std::string_view name) {
    const auto found = std::find_if(node.children.begin(), node.children.end(),
                                    [&](const auto& part) { return part.name == name; });
    return found == node.children.end() ? nullptr : &*found;
}

/// Names of the parts of any design's node, in the order of the first that has them.
template <typename Node>
std::vector<std::string_view> partNames(std::span<const ComparedPoint> designs,
                                        const Node& nodeOf) {
    std::vector<std::string_view> names;
    for (const auto& design : designs) {
        const BreakdownNode* const node = design.hardware ? nodeOf(*design.hardware) : nullptr;
        if (node == nullptr) {
            continue;
        }
        for (const auto& part : node->children) {
            if (std::find(names.begin(), names.end(), part.name) == names.end()) {
                names.push_back(part.name);
            }
        }
    }
    return names;
}

/// One row a part; a design without it has nothing of it. A figure that all lack is left out.
template <typename Value>
void addPartRows(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs,
                 std::span<const std::string_view> names, const PartFigure& figure,
                 const Value& valueOf) {
    for (const auto name : names) {
        ComparisonRow row{"/results/" + std::string(figure.id) + "/" + std::string(name),
                          std::string(figure.label) + ": " + std::string(name),
                          FigureSource::Modelled,
                          figure.kind,
                          {}};
        bool any = false;
        std::vector<double> values;
        for (const auto& design : designs) {
            const double value = design.hardware ? valueOf(*design.hardware, name) : 0;
            values.push_back(value);
            any = any || value > 0;
            auto& cell = row.cells.emplace_back();
            const bool estimated = design.hardware && designs.front().hardware;
            cell.differs = value != values.front();
            if (design.hardware) {
                cell.number = value;
            }
            if (estimated) {
                setDelta(cell, value, values.front(), DeltaUnit::Percent);
            }
        }
        if (any) {
            rows.push_back(std::move(row));
        }
    }
}

const BreakdownNode* dramOf(const HardwareReport& report) {
    return partOf(report.breakdown, "DRAM");
}

/// What differs by component (area, energy) and by tensor (traffic).
void addPartRows(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs) {
    const auto whole = [](const HardwareReport& report) { return &report.breakdown; };
    const auto components = partNames(designs, whole);
    addPartRows(rows, designs, components, {"area_um2", "Area", FigureKind::AreaUm2},
                [](const HardwareReport& report, std::string_view name) {
                    const auto* const part = partOf(report.breakdown, name);
                    return part == nullptr ? 0 : part->area_um2;
                });
    addPartRows(rows, designs, components, {"energy_pj", "Energy", FigureKind::EnergyPj},
                [](const HardwareReport& report, std::string_view name) {
                    const auto* const part = partOf(report.breakdown, name);
                    return part == nullptr ? 0 : part->energy_pj;
                });
    // Every bit from or to DRAM costs the same.
    addPartRows(rows, designs, partNames(designs, dramOf),
                {"dram_bits", "DRAM traffic", FigureKind::Bits},
                [](const HardwareReport& report, std::string_view name) {
                    const auto* const dram = dramOf(report);
                    const auto* const part = dram == nullptr ? nullptr : partOf(*dram, name);
                    return part == nullptr || dram->energy_pj == 0
                               ? 0
                               : report.dramBits * part->energy_pj / dram->energy_pj;
                });
}

/// "500 MHz" is 500 of " MHz"; seeds are names, not quantities.
struct Quantity {
    double number;
    std::string_view unit;
};
std::optional<Quantity> quantityOf(const std::string& path, const std::string& text) {
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const bool whole = unit.empty() || unit.front() == ' ';
    if (problem != std::errc{} || !whole || path.find("seed") != std::string::npos) {
        return std::nullopt;
    }
    return Quantity{number, unit};
}

void compareSettings(ComparisonRow& row) {
    const auto baseline = quantityOf(row.path, row.cells.front().text);
    for (auto& cell : row.cells) {
        cell.differs = cell.text != row.cells.front().text;
        const auto mine = quantityOf(row.path, cell.text);
        if (mine && baseline && mine->unit == baseline->unit) {
            setDelta(cell, mine->number, baseline->number, DeltaUnit::Percent);
        }
    }
}

/// Each setting of any design once, in the order of the first design that has it; a setting that
/// only a later design has stands after the one it follows there.
std::vector<ComparisonRow> settingRows(std::span<const ComparedPoint> designs) {
    std::vector<ComparisonRow> rows;
    for (std::size_t column = 0; column < designs.size(); ++column) {
        auto next = rows.begin();
        for (auto& field : design::fields(designs[column].design)) {
            auto row = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& other) { return other.path == field.path; });
            if (row == rows.end()) {
                ComparisonRow fresh{field.path,
                                    std::move(field.label),
                                    FigureSource::Setting,
                                    FigureKind::Text,
                                    {}};
                fresh.cells.resize(designs.size());
                row = rows.insert(next, std::move(fresh));
            }
            row->cells[column].text = std::move(field.value);
            next = row + 1;
        }
    }
    std::for_each(rows.begin(), rows.end(), compareSettings);
    return rows;
}

}  // namespace

void setDelta(ComparisonCell& cell, std::optional<double> value, std::optional<double> baseline,
              DeltaUnit unit) {
    if (!value || !baseline || (unit == DeltaUnit::Percent && *baseline == 0)) {
        return;
    }
    const double difference = *value - *baseline;
    switch (unit) {
        case DeltaUnit::Percent:
            cell.delta = 100 * difference / std::abs(*baseline);
            break;
        case DeltaUnit::Points:
            cell.delta = 100 * difference;
            break;
        case DeltaUnit::Decibels:
            cell.delta = difference;
            break;
    }
}

bool ComparisonRow::differs() const {
    return std::any_of(cells.begin(), cells.end(), [](const auto& cell) { return cell.differs; });
}

DeltaUnit ComparisonRow::deltaUnit() const {
    switch (kind) {
        case FigureKind::Share:
            return DeltaUnit::Points;
        case FigureKind::Decibels:
            return DeltaUnit::Decibels;
        default:
            return DeltaUnit::Percent;
    }
}

std::vector<ComparisonRow> compareDesigns(std::span<const ComparedPoint> designs) {
    std::vector<ComparisonRow> rows;
    if (designs.empty()) {
        return rows;
    }
    rows.push_back(statusRow(designs));
    for (const auto& figure : kFigures) {
        rows.push_back(figureRow(figure, designs));
    }
    addPartRows(rows, designs);
    addTensorRows(rows, designs);
    for (auto& row : settingRows(designs)) {
        rows.push_back(std::move(row));
    }
    addLayerRows(rows, designs);
    return rows;
}

}  // namespace mantissa::hw
