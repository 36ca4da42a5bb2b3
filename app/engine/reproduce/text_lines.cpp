// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/text_lines.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace mantissa::app {
namespace {

/// Characters of UTF-8: bytes that do not continue one.
std::size_t lengthOf(const std::string& text) {
    constexpr unsigned kMask = 0xC0;
    constexpr unsigned kContinues = 0x80;
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & kMask) != kContinues;
    }));
}

}  // namespace

std::vector<std::string> linesOf(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        auto& line = lines.back();
        if (line.empty()) {
            line = word;
        } else if (lengthOf(line) + 1 + lengthOf(word) <= width) {
            line += " " + word;
        } else {
            lines.push_back(word);
        }
    }
    return lines;
}

LineTable::LineTable(std::vector<LineColumn> columns) : m_columns(std::move(columns)) {}

void LineTable::add(const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> wrapped;
    std::size_t height = 0;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        wrapped.push_back(linesOf(cells.at(i), m_columns[i].width));
        height = std::max(height, wrapped.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
        auto& parts = m_lines.emplace_back();
        for (const auto& cell : wrapped) {
            parts.push_back(line < cell.size() ? cell[line] : std::string());
        }
    }
}

std::string LineTable::text() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        auto width = lengthOf(m_columns[i].label);
        for (const auto& line : m_lines) {
            width = std::max(width, lengthOf(line[i]));
        }
        widths.push_back(width);
    }
    std::string text;
    const auto write = [&](const auto& cellAt) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::string cell = cellAt(i);
            text += cell + std::string(widths[i] - lengthOf(cell) + 2, ' ');
        }
        text.erase(text.find_last_not_of(' ') + 1);
        text += '\n';
    };
    write([&](std::size_t i) { return m_columns[i].label; });
    write([&](std::size_t i) { return std::string(widths[i], '-'); });
    for (const auto& line : m_lines) {
        write([&](std::size_t i) { return line[i]; });
    }
    return text;
}

}  // namespace mantissa::app
