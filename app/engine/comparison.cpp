// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/comparison.h"

#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/engine/units.h"

namespace mantissa::app {
namespace {

using hw::ComparisonCell;
using hw::ComparisonRow;
using hw::FigureKind;
using hw::FigureSource;

std::string numberText(FigureKind kind, double number) {
    switch (kind) {
        case FigureKind::Share:
            return shareText(number);
        case FigureKind::Loss:
            return fixedText(number, 4);
        case FigureKind::AreaUm2:
            return areaText(number);
        case FigureKind::EnergyPj:
            return energyText(number);
        case FigureKind::Cycles:
            return cyclesText(number);
        case FigureKind::TimeMs:
            return timeText(number);
        case FigureKind::PowerMw:
            return powerText(number);
        case FigureKind::Bits:
            return siText(number / 8, "B");
        case FigureKind::BitsPerElement:
            return fixedText(number, 2);
        case FigureKind::Decibels:
            return fixedText(number, 1) + " dB";
        case FigureKind::Text:
        case FigureKind::Count:
            break;
    }
    return exactText(number);
}

std::vector<ComparisonRow> rowsOf(std::span<const ComparedDesign> designs) {
    std::vector<hw::ComparedPoint> points;
    for (const auto& design : designs) {
        points.push_back(design.point);
    }
    return hw::compareDesigns(points);
}

struct DeltaTexts {
    std::string_view unit;  ///< for people
    std::string_view key;   ///< in JSON
};

DeltaTexts deltaTexts(const ComparisonRow& row) {
    switch (row.deltaUnit()) {
        case hw::DeltaUnit::Percent:
            break;
        case hw::DeltaUnit::Points:
            return {"pp", "deltas_points"};
        case hw::DeltaUnit::Decibels:
            return {"dB", "deltas_db"};
    }
    return {"%", "deltas_percent"};
}

std::string deltaText(const ComparisonRow& row, const ComparisonCell& cell) {
    if (!cell.delta) {
        return {};
    }
    return (*cell.delta > 0 ? "+" : "") + fixedText(*cell.delta, 2) + " " +
           std::string(deltaTexts(row).unit);
}

bool isLeftOut(const ComparisonRow& row, bool differencesOnly) {
    return differencesOnly && !row.differs() && row.source == FigureSource::Setting;
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
    const std::string& name = design.point.design.name();
    return (name.empty() ? "unnamed" : name) + " [" + design.hash.substr(0, kShown) + "]";
}

Cell tableCell(const ComparisonRow& row, const ComparisonCell& cell, bool forPeople) {
    if (cell.number) {
        return numberCell(*cell.number, numberText(row.kind, *cell.number));
    }
    const bool said = !cell.text.empty() || !forPeople;
    return textCell(said ? cell.text : (row.source == FigureSource::Setting ? "–" : "not run"));
}

nlohmann::json cellJson(const ComparisonCell& cell) {
    if (cell.number) {
        return *cell.number;
    }
    return cell.text.empty() ? nlohmann::json() : nlohmann::json(cell.text);
}

std::string comparisonJson(std::span<const ComparedDesign> designs, bool differencesOnly) {
    auto columns = nlohmann::json::array();
    for (const auto& design : designs) {
        columns.push_back({{"name", design.point.design.name()},
                           {"hash", design.hash},
                           {"run", design.run ? nlohmann::json(*design.run) : nullptr}});
    }
    auto rows = nlohmann::json::array();
    for (const auto& row : rowsOf(designs)) {
        if (isLeftOut(row, differencesOnly)) {
            continue;
        }
        nlohmann::json object{{"path", row.path},
                              {"label", row.label},
                              {"source", sourceText(row.source)},
                              {"differs", row.differs()},
                              {"values", nlohmann::json::array()}};
        for (const auto& cell : row.cells) {
            object["values"].push_back(cellJson(cell));
            object[std::string(deltaTexts(row).key)].push_back(
                cell.delta ? nlohmann::json(*cell.delta) : nlohmann::json());
        }
        rows.push_back(std::move(object));
    }
    const nlohmann::json document{{"designs", columns}, {"rows", rows}};
    return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace

Result<ComparedDesign> comparedDesign(const design::DesignPoint& design,
                                      const std::optional<store::RunRow>& run,
                                      const store::Store* store) {
    std::vector<train::Observation> losses;
    bool watched = false;
    if (run && store != nullptr) {
        const auto observed = [&](std::string_view measure) {
            return store->observations(run->id, measure).map([&](auto seen) {
                watched = watched || !seen.empty();
                return seen;
            });
        };
        // Every watched step has norms of gradients; losses only where something was rounded.
        auto seen = observed("norm").and_then([&](const auto&) { return observed("sqnr_db"); });
        if (!seen) {
            return tl::unexpected(seen.error());
        }
        losses = *std::move(seen);
    }
    return hw::estimate(design).map([&](hw::HardwareReport report) {
        ComparedDesign compared{
            {design, std::nullopt, std::move(report)}, design::designHash(design), std::nullopt};
        if (run) {
            compared.run = run->id;
            compared.point.run = hw::MeasuredRun{.status = store::statusText(*run),
                                                 .epochs = run->epochsDone,
                                                 .testAccuracy = run->testAccuracy,
                                                 .testLoss = run->testLoss,
                                                 .watched = watched,
                                                 .losses = train::operandLosses(losses)};
        }
        return compared;
    });
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
    for (const auto& row : rowsOf(designs)) {
        if (isLeftOut(row, differencesOnly)) {
            continue;
        }
        std::vector<Cell> cells{textCell(row.differs() ? "*" : "")};
        if (!forPeople) {
            cells.push_back(textCell(row.path));
        }
        cells.push_back(textCell(row.label));
        cells.push_back(textCell(std::string(sourceText(row.source))));
        for (std::size_t column = 0; column < row.cells.size(); ++column) {
            cells.push_back(tableCell(row, row.cells[column], forPeople));
            if (column > 0) {
                cells.push_back(textCell(deltaText(row, row.cells[column])));
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
