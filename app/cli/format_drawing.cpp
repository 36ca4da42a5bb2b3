// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/format_drawing.h"

#include <algorithm>
#include <array>
#include <vector>

namespace mantissa::cli {
namespace {

using numerics::BitField;
using numerics::BitRole;

constexpr std::int64_t kMostCells = 24;  ///< wider fields are drawn as one box

char letterOf(BitRole role) {
    constexpr std::string_view kLetters = "semcx";  // in the order of BitRole
    return kLetters[static_cast<std::size_t>(role)];
}

std::string bitsText(const BitField& field) {
    return field.label + " " + std::to_string(field.bits);
}

std::string cellsText(const BitField& field) {
    return field.bits > kMostCells
               ? std::string(3, letterOf(field.role)) + "..."
               : std::string(static_cast<std::size_t>(field.bits), letterOf(field.role));
}

// Mid tones, so that cells, their borders and grey words read on white and on black.
constexpr std::array<std::string_view, 5> kFills{"#e07a5f", "#81b29a", "#7aa6d6", "#b79ad1",
                                                 "#f2cc8f"};
constexpr std::string_view kWords = "#808080";
constexpr int kCell = 20;
constexpr int kHeight = 26;
constexpr int kRow = 58;
constexpr int kLeft = 70;
constexpr int kTop = 12;
constexpr int kLetter = 7;  ///< about a letter's width at the size used

int widthOf(const BitField& field) {
    const int cells = field.bits > kMostCells ? 160 : static_cast<int>(field.bits) * kCell;
    return std::max(cells, static_cast<int>(bitsText(field).size()) * kLetter + 6);
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
    return result;
}

std::string word(int x, int y, std::string_view anchor, std::string_view text) {
    return "  <text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
           "\" text-anchor=\"" + std::string(anchor) + "\">" + escaped(text) + "</text>\n";
}

/// A field's box, a line between its bits, and what it is below.
std::string box(const BitField& field, int x, int y) {
    const int width = widthOf(field);
    const auto place = [&](int left) { return std::to_string(left); };
    std::string svg = "  <rect x=\"" + place(x) + "\" y=\"" + place(y) + "\" width=\"" +
                      place(width) + "\" height=\"" + place(kHeight) + "\" fill=\"" +
                      std::string(kFills.at(static_cast<std::size_t>(field.role))) + "\"/>\n";
    if (field.bits <= kMostCells) {
        for (std::int64_t bit = 1; bit < field.bits; ++bit) {
            const auto at = place(x + static_cast<int>(bit * width / field.bits));
            svg += "  <path d=\"M" + at + " " + place(y) + "v" + place(kHeight) + "\"/>\n";
        }
    }
    return svg + word(x + width / 2, y + kHeight + 15, "middle", bitsText(field));
}

}  // namespace

std::string drawingText(const numerics::BitFields& fields) {
    std::string cells;
    std::string names;
    for (const auto& field : fields.element) {
        cells += (cells.empty() ? "" : "|") + cellsText(field);
        names += (names.empty() ? "" : ", ") + bitsText(field);
    }
    std::string text = "element  [" + cells + "]  " + names + "\n";
    for (const auto& shared : fields.shared) {
        text += "shared   [" + cellsText(shared.field) + "]  " + bitsText(shared.field) + ", by " +
                shared.sharedBy + "\n";
    }
    return text;
}

std::string drawingSvg(const numerics::BitFields& fields, std::string_view title) {
    std::string body = word(0, kTop + 18, "start", "element");
    int x = kLeft;
    for (const auto& field : fields.element) {
        body += box(field, x, kTop);
        x += widthOf(field);
    }
    int right = x;
    int y = kTop;
    for (const auto& shared : fields.shared) {
        y += kRow;
        body += word(0, y + 18, "start", "shared");
        body += box(shared.field, kLeft, y);
        const int end = kLeft + widthOf(shared.field);
        const std::string by = "by " + shared.sharedBy;
        body += word(end + 10, y + 18, "start", by);
        right = std::max(right, end + 10 + static_cast<int>(by.size()) * kLetter);
    }
    const auto width = std::to_string(right + 8);
    const auto height = std::to_string(y + kRow - 6);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
           "\" viewBox=\"0 0 " + width + " " + height +
           "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"" + std::string(kWords) +
           "\" stroke-width=\"1\">\n  <title>" + escaped(title) +
           "</title>\n  <style>rect, path { stroke: #404040 }</style>\n" + body + "</svg>\n";
}

}  // namespace mantissa::cli
