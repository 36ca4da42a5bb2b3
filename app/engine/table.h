// SPDX-License-Identifier: GPL-3.0-or-later
// A table of figures, and its four spellings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace mantissa::app {

enum class TableFormat { Text, Csv, Markdown, Json };

/// "text", "csv", "md", "json". The error names what is allowed.
Result<TableFormat> parseTableFormat(std::string_view name);

/// What people read beside what programs read. A default one is absent: empty text, null in JSON.
struct Cell {
    std::string text;              ///< "2.345 mm²"
    std::optional<double> number;  ///< 2345000, written exactly to CSV and JSON
};
Cell textCell(std::string text);
/// `text` empty: the exact number is what people read too.
Cell numberCell(double number, std::string text = {});

struct Column {
    std::string id;     ///< CSV header and JSON key, with its unit: "area_um2"
    std::string label;  ///< for people: "Area"
    bool alignRight = false;
};

/// Every row has one cell a column.
struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
};

/// Text: aligned columns, no trailing spaces. CSV: RFC 4180 with LF endings, numbers exact, ids as
/// header. Markdown: a pipe table. JSON: an array of objects by id. All end with a newline.
std::string tableText(const Table& table, TableFormat format);

}  // namespace mantissa::app
