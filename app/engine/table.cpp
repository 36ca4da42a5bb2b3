// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/engine/units.h"

namespace mantissa::app {
namespace {

/// Characters, not bytes, of UTF-8.
std::size_t displayWidth(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char character) {
        return (static_cast<unsigned char>(character) & 0xC0U) != 0x80U;
    }));
}

std::vector<std::size_t> columnWidths(const Table& table) {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        std::size_t width = displayWidth(table.columns[column].label);
        for (const auto& row : table.rows) {
            width = std::max(width, displayWidth(row[column].text));
        }
        widths.push_back(width);
    }
    return widths;
}

void appendLine(std::string& out, const Table& table, const std::vector<std::size_t>& widths,
                const std::vector<std::string_view>& texts) {
    std::string line;
    for (std::size_t column = 0; column < texts.size(); ++column) {
        const std::string padding(widths[column] - displayWidth(texts[column]), ' ');
        line += column == 0 ? "" : "  ";
        line += table.columns[column].alignRight ? padding : "";
        line += texts[column];
        line += table.columns[column].alignRight ? "" : padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
}

std::string alignedText(const Table& table) {
    const auto widths = columnWidths(table);
    std::vector<std::string> rules;
    std::vector<std::string_view> labels;
    for (std::size_t column = 0; column < widths.size(); ++column) {
        rules.emplace_back(widths[column], '-');
        labels.emplace_back(table.columns[column].label);
    }
    std::string out;
    appendLine(out, table, widths, labels);
    appendLine(out, table, widths, {rules.begin(), rules.end()});
    for (const auto& row : table.rows) {
        std::vector<std::string_view> texts;
        texts.reserve(row.size());
        for (const auto& cell : row) {
            texts.emplace_back(cell.text);
        }
        appendLine(out, table, widths, texts);
    }
    return out;
}

std::string csvField(std::string text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string quoted = "\"";
    for (const char character : text) {
        quoted += character == '"' ? "\"\"" : std::string(1, character);
    }
    return quoted + '"';
}

std::string csv(const Table& table) {
    std::string out;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        out += (column == 0 ? "" : ",") + csvField(table.columns[column].id);
    }
    out += '\n';
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            const Cell& cell = row[column];
            out += (column == 0 ? "" : ",") +
                   csvField(cell.number ? exactText(*cell.number) : cell.text);
        }
        out += '\n';
    }
    return out;
}

std::string markdownField(std::string_view text) {
    std::string escaped;
    for (const char character : text) {
        escaped += character == '|' ? "\\|" : std::string(1, character == '\n' ? ' ' : character);
    }
    return escaped;
}

std::string markdown(const Table& table) {
    std::string out = "|";
    for (const auto& column : table.columns) {
        out += ' ' + markdownField(column.label) + " |";
    }
    out += "\n|";
    for (const auto& column : table.columns) {
        out += column.alignRight ? "---:|" : "---|";
    }
    out += '\n';
    for (const auto& row : table.rows) {
        out += '|';
        for (const auto& cell : row) {
            out += ' ' + markdownField(cell.text) + " |";
        }
        out += '\n';
    }
    return out;
}

nlohmann::json cellJson(const Cell& cell) {
    if (cell.number) {
        // Whole numbers are written without ".0", as in CSV.
        constexpr double kExactIntegers = 9007199254740992.0;
        const double value = *cell.number;
        if (std::abs(value) <= kExactIntegers && value == std::trunc(value)) {
            return static_cast<std::int64_t>(value);
        }
        return value;
    }
    return cell.text.empty() ? nlohmann::json() : nlohmann::json(cell.text);
}

std::string json(const Table& table) {
    auto rows = nlohmann::json::array();
    for (const auto& row : table.rows) {
        auto object = nlohmann::json::object();
        for (std::size_t column = 0; column < row.size(); ++column) {
            object[table.columns[column].id] = cellJson(row[column]);
        }
        rows.push_back(std::move(object));
    }
    return rows.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace

Result<TableFormat> parseTableFormat(std::string_view name) {
    static constexpr std::pair<std::string_view, TableFormat> kNames[] = {
        {"text", TableFormat::Text},
        {"csv", TableFormat::Csv},
        {"md", TableFormat::Markdown},
        {"json", TableFormat::Json}};
    for (const auto& [known, format] : kNames) {
        if (name == known) {
            return format;
        }
    }
    return fail(ErrorCode::InvalidInput,
                "\"" + std::string(name) + "\" is no table format (allowed: text, csv, md, json)");
}

Cell textCell(std::string text) {
    return {std::move(text), std::nullopt};
}

Cell numberCell(double number, std::string text) {
    return {text.empty() ? exactText(number) : std::move(text), number};
}

std::string tableText(const Table& table, TableFormat format) {
    switch (format) {
        case TableFormat::Text:
            return alignedText(table);
        case TableFormat::Csv:
            return csv(table);
        case TableFormat::Markdown:
            return markdown(table);
        case TableFormat::Json:
            return json(table);
    }
    return {};
}

}  // namespace mantissa::app
