// SPDX-License-Identifier: GPL-3.0-or-later
// A table for terminals whose cells may take several lines.
#pragma once

#include <string>
#include <vector>

namespace mantissa::app {

struct LineColumn {
    std::string label;
    std::size_t width = 0;  ///< characters; longer words stick out
};

/// Words of `text` in lines of at most `width` characters (UTF-8); at least one line.
std::vector<std::string> linesOf(const std::string& text, std::size_t width);

class LineTable {
public:
    explicit LineTable(std::vector<LineColumn> columns);
    /// One cell a column.
    void add(const std::vector<std::string>& cells);
    /// No trailing spaces; columns no wider than their widest line.
    std::string text() const;

private:
    std::vector<LineColumn> m_columns;
    std::vector<std::vector<std::string>> m_lines;  ///< cells of each line
};

}  // namespace mantissa::app
