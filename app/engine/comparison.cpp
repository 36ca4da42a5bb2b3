// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/comparison.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/engine/units.h"

namespace mantissa::app {
namespace {

struct Figure {
    std::string_view id;
    std::string_view label;
    FigureSource source;
    bool share;
    std::optional<double> (*value)(const ComparedDesign&);
    std::string (*text)(double);
};

std::string lossText(double loss) {
    return fixedText(loss, 4);
}
std::string plainText(double value) {
    return exactText(value);
}
std::string trafficText(double bits) {
    return siText(bits / 8, "B");
}

constexpr std::string_view kEpochs = "epochs_done";

constexpr Figure kFigures[] = {
    {"test_accuracy", "Test accuracy", FigureSource::Measured, true,
     [](const ComparedDesign& d) { return d.run ? d.run->testAccuracy : std::nullopt; }, shareText},
    {"test_loss", "Test loss", FigureSource::Measured, false,
     [](const ComparedDesign& d) { return d.run ? d.run->testLoss : std::nullopt; }, lossText},
    {kEpochs, "Epochs trained", FigureSource::Measured, false,
     [](const ComparedDesign& d) {
         return d.run ? std::optional<double>(d.run->epochsDone) : std::nullopt;
     },
     plainText},
    {"area_um2", "Area", FigureSource::Modelled, false,
     [](const ComparedDesign& d) { return std::optional(d.hardware.area_um2); }, areaText},
    {"energy_pj", "Energy a training step", FigureSource::Modelled, false,
     [](const ComparedDesign& d) { return std::optional(d.hardware.energy_pj); }, energyText},
    {"cycles", "Cycles a training step", FigureSource::Modelled, false,
     [](const ComparedDesign& d) { return std::optional(d.hardware.cycles); }, cyclesText},
    {"time_ms", "Time a training step", FigureSource::Modelled, false,
     [](const ComparedDesign& d) { return std::optional(d.hardware.milliseconds()); }, timeText},
    {"power_mw", "Average dynamic power", FigureSource::Modelled, false,
     [](const ComparedDesign& d) { return std::optional(d.hardware.averagePowerMw()); }, powerText},
    {"dram_bits", "DRAM traffic a training step", FigureSource::Modelled, false,
     [](const ComparedDesign& d) { return std::optional(d.hardware.dramBits); }, trafficText},
};

bool cellsDiffer(const std::vector<Cell>& cells) {
    return std::any_of(cells.begin(), cells.end(), [&](const Cell& cell) {
        return cell.number != cells.front().number || cell.text != cells.front().text;
    });
}

std::optional<double> deltaOf(std::optional<double> value, std::optional<double> base, bool share) {
    if (!value || !base || (!share && *base == 0)) {
        return std::nullopt;
    }
    return share ? 100 * (*value - *base) : 100 * (*value - *base) / std::abs(*base);
}

ComparisonRow figureRow(const Figure& figure, std::span<const ComparedDesign> designs) {
    ComparisonRow row;
    row.path = "/results/" + std::string(figure.id);
    row.label = std::string(figure.label);
    row.source = figure.source;
    row.deltaInPoints = figure.share;
    const bool counted = figure.id == kEpochs;  // more epochs are not so many percent of anything
    const auto base = figure.value(designs.front());
    for (const auto& design : designs) {
        const auto value = figure.value(design);
        row.values.push_back(value ? numberCell(*value, figure.text(*value)) : Cell{});
        row.deltas.push_back(counted ? std::nullopt : deltaOf(value, base, figure.share));
    }
    row.differs = cellsDiffer(row.values);
    return row;
}

ComparisonRow statusRow(std::span<const ComparedDesign> designs) {
    ComparisonRow row;
    row.path = "/results/status";
    row.label = "Run";
    row.source = FigureSource::Measured;
    for (const auto& design : designs) {
        row.values.push_back(
            textCell(design.run ? std::string(store::statusText(design.run->status)) : "not run"));
    }
    row.deltas.resize(designs.size());
    row.differs = cellsDiffer(row.values);
    return row;
}

/// Each setting of any design once, in the order of the first design that has it; a setting that
/// only a later design has stands after the one it follows there.
std::vector<ComparisonRow> settingRows(std::span<const ComparedDesign> designs) {
    std::vector<ComparisonRow> rows;
    const auto rowOf = [&](const std::string& path) {
        return std::find_if(rows.begin(), rows.end(),
                            [&](const ComparisonRow& row) { return row.path == path; });
    };
    for (std::size_t column = 0; column < designs.size(); ++column) {
        auto next = rows.begin();
        for (auto& field : design::fields(designs[column].design)) {
            auto row = rowOf(field.path);
            if (row == rows.end()) {
                ComparisonRow fresh;
                fresh.path = field.path;
                fresh.label = std::move(field.label);
                fresh.values.resize(designs.size());
                row = rows.insert(next, std::move(fresh));
            }
            row->values[column] = textCell(std::move(field.value));
            next = row + 1;
        }
    }
    for (auto& row : rows) {
        row.differs = cellsDiffer(row.values);
    }
    return rows;
}

std::string deltaText(const ComparisonRow& row, std::size_t column) {
    if (column >= row.deltas.size() || !row.deltas[column]) {
        return {};
    }
    const double delta = *row.deltas[column];
    const std::string number = fixedText(delta, 2);
    return (delta > 0 ? "+" : "") + number + (row.deltaInPoints ? " pp" : " %");
}

bool isLeftOut(const ComparisonRow& row, bool differencesOnly) {
    return differencesOnly && !row.differs && row.source == FigureSource::Setting;
}

std::string_view sourceText(FigureSource source) {
    switch (source) {
        case FigureSource::Setting:
            return "setting";
        case FigureSource::Measured:
            return "measured";
        case FigureSource::Modelled:
            return "modelled";
    }
    return {};
}

/// Name and the start of the hash, since two designs may share a name.
std::string columnName(const ComparedDesign& design) {
    constexpr std::size_t kShown = 10;
    return (design.design.name().empty() ? "unnamed" : design.design.name()) + " [" +
           design.hash.substr(0, kShown) + "]";
}

nlohmann::json cellJson(const Cell& cell) {
    if (cell.number) {
        return *cell.number;
    }
    return cell.text.empty() ? nlohmann::json() : nlohmann::json(cell.text);
}

std::string comparisonJson(std::span<const ComparedDesign> designs, bool differencesOnly) {
    auto columns = nlohmann::json::array();
    for (const auto& design : designs) {
        columns.push_back({{"name", design.design.name()},
                           {"hash", design.hash},
                           {"run", design.run ? nlohmann::json(design.run->id) : nullptr}});
    }
    auto rows = nlohmann::json::array();
    for (const auto& row : compareDesigns(designs)) {
        if (isLeftOut(row, differencesOnly)) {
            continue;
        }
        nlohmann::json object{{"path", row.path},
                              {"label", row.label},
                              {"source", sourceText(row.source)},
                              {"differs", row.differs},
                              {"values", nlohmann::json::array()}};
        for (const auto& value : row.values) {
            object["values"].push_back(cellJson(value));
        }
        for (const auto& delta : row.deltas) {
            object[row.deltaInPoints ? "deltas_points" : "deltas_percent"].push_back(
                delta ? nlohmann::json(*delta) : nlohmann::json());
        }
        rows.push_back(std::move(object));
    }
    const nlohmann::json document{{"designs", columns}, {"rows", rows}};
    return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace

Result<ComparedDesign> comparedDesign(const design::DesignPoint& design,
                                      std::optional<store::RunRow> run) {
    return hw::estimate(design).map([&](hw::HardwareReport report) {
        return ComparedDesign{design, design::designHash(design), std::move(run),
                              std::move(report)};
    });
}

std::vector<ComparisonRow> compareDesigns(std::span<const ComparedDesign> designs) {
    std::vector<ComparisonRow> rows;
    if (designs.empty()) {
        return rows;
    }
    rows.push_back(statusRow(designs));
    for (const auto& figure : kFigures) {
        rows.push_back(figureRow(figure, designs));
    }
    for (auto& row : settingRows(designs)) {
        rows.push_back(std::move(row));
    }
    return rows;
}

Table comparisonTable(std::span<const ComparedDesign> designs, bool differencesOnly,
                      bool forPeople) {
    Table table;
    table.columns = {{"differs", ""}};
    if (!forPeople) {
        table.columns.push_back({"path", "Path"});
    }
    table.columns.push_back({"label", "What"});
    table.columns.push_back({"source", "Source"});
    for (std::size_t column = 0; column < designs.size(); ++column) {
        const std::string name = columnName(designs[column]);
        table.columns.push_back({name, name, true});
        if (column > 0) {
            table.columns.push_back({"delta of " + name, "Δ", true});
        }
    }
    for (const auto& row : compareDesigns(designs)) {
        if (isLeftOut(row, differencesOnly)) {
            continue;
        }
        std::vector<Cell> cells{textCell(row.differs ? "*" : "")};
        if (!forPeople) {
            cells.push_back(textCell(row.path));
        }
        cells.push_back(textCell(row.label));
        cells.push_back(textCell(std::string(sourceText(row.source))));
        for (std::size_t column = 0; column < row.values.size(); ++column) {
            const Cell& value = row.values[column];
            const bool absent = !value.number && value.text.empty();
            cells.push_back(absent && forPeople
                                ? textCell(row.source == FigureSource::Setting ? "–" : "not run")
                                : value);
            if (column > 0) {
                cells.push_back(textCell(deltaText(row, column)));
            }
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

std::string comparisonText(std::span<const ComparedDesign> designs, TableFormat format,
                           bool differencesOnly) {
    if (format == TableFormat::Json) {
        return comparisonJson(designs, differencesOnly);
    }
    return tableText(comparisonTable(designs, differencesOnly, format != TableFormat::Csv), format);
}

}  // namespace mantissa::app
