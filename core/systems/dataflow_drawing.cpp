// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/dataflow_drawing.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mantissa::systems {
namespace {

constexpr int kColumn = 236;
constexpr int kRow = 84;
constexpr int kWidth = 144;
constexpr int kHeight = 38;
constexpr int kMargin = 12;
// Mid tones, so that boxes, arrows and grey words read on white and on black.
constexpr std::array<std::string_view, 3> kFills{"#7aa6d6", "#f2cc8f", "#81b29a"};

struct Point {
    int x = 0;
    int y = 0;
};

Point centreOf(const FlowNode& node) {
    return {kMargin + kWidth / 2 + node.column * kColumn, kMargin + kHeight / 2 + node.row * kRow};
}

/// Where the line from the box at `from` to the one at `to` leaves the first.
Point borderOf(const Point& from, const Point& to) {
    const double dx = to.x - from.x;
    const double dy = to.y - from.y;
    const double across = dx == 0 ? 1e9 : kWidth / 2.0 / std::abs(dx);
    const double down = dy == 0 ? 1e9 : kHeight / 2.0 / std::abs(dy);
    const double share = std::min(across, down);
    return {from.x + static_cast<int>(std::lround(share * dx)),
            from.y + static_cast<int>(std::lround(share * dy))};
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
    return result;
}

std::string at(std::string_view name, int value) {
    return " " + std::string(name) + "=\"" + std::to_string(value) + "\"";
}

std::string word(const Point& place, std::string_view colour, std::string_view text) {
    return "  <text" + at("x", place.x) + at("y", place.y) + " fill=\"" + std::string(colour) +
           "\">" + escaped(text) + "</text>\n";
}

std::string rectangle(const Point& centre, int inset, int radius, std::string_view fill) {
    return "  <rect" + at("x", centre.x - kWidth / 2 + inset) +
           at("y", centre.y - kHeight / 2 + inset) + at("width", kWidth - 2 * inset) +
           at("height", kHeight - 2 * inset) + at("rx", radius) + " fill=\"" + std::string(fill) +
           "\"/>\n";
}

std::string frame(const FlowNode& node) {
    constexpr int kRound = 14;
    constexpr int kInset = 3;
    const auto centre = centreOf(node);
    auto svg = rectangle(centre, 0, node.kind == FlowNode::Kind::Tensor ? kRound : 0,
                         kFills.at(static_cast<std::size_t>(node.kind)));
    if (node.kind == FlowNode::Kind::Memory) {
        svg += rectangle(centre, kInset, 0, "none");
    }
    return svg;
}

std::string nameOf(const FlowNode& node) {
    constexpr int kBaseline = 4;
    const auto centre = centreOf(node);
    return word({centre.x, centre.y + kBaseline}, "#202020", node.label);
}

/// From border to border.
struct Line {
    Point start;
    Point end;
};

Line lineOf(const Dataflow& flow, const FlowEdge& edge) {
    const auto centre = [&](const std::string& id) {
        return centreOf(*std::find_if(flow.nodes.begin(), flow.nodes.end(),
                                      [&](const FlowNode& node) { return node.id == id; }));
    };
    const auto from = centre(edge.from);
    const auto to = centre(edge.to);
    return {borderOf(from, to), borderOf(to, from)};
}

std::string pointText(double x, double y) {
    return std::to_string(std::lround(x)) + " " + std::to_string(std::lround(y));
}

/// The tip is a path of its own: not every renderer knows markers.
std::string arrow(const Line& line) {
    constexpr double kLength = 10;
    constexpr double kHalf = 4;
    const double dx = line.end.x - line.start.x;
    const double dy = line.end.y - line.start.y;
    const double length = std::max(std::hypot(dx, dy), 1.0);
    const double alongX = dx / length;
    const double alongY = dy / length;
    const double footX = line.end.x - kLength * alongX;
    const double footY = line.end.y - kLength * alongY;
    return "  <path d=\"M" + pointText(line.start.x, line.start.y) + "L" +
           pointText(line.end.x, line.end.y) + "\"/>\n  <path d=\"M" +
           pointText(line.end.x, line.end.y) + "L" +
           pointText(footX - kHalf * alongY, footY + kHalf * alongX) + "L" +
           pointText(footX + kHalf * alongY, footY - kHalf * alongX) +
           "z\" fill=\"#808080\" stroke=\"none\"/>\n";
}

/// Above a level line, to the right of a steep one: below it where it rises to the right.
std::string label(const Line& line, std::string_view format) {
    constexpr int kGap = 6;
    constexpr int kLetter = 7;
    const Point middle{(line.start.x + line.end.x) / 2, (line.start.y + line.end.y) / 2};
    if (line.start.y == line.end.y) {
        return word({middle.x, middle.y - kGap}, "#808080", format);
    }
    const int slope = (line.end.x - line.start.x) * (line.end.y - line.start.y);
    const int fall = slope < 0 ? 14 : slope > 0 ? 0 : 4;
    const int right = kGap + kLetter * static_cast<int>(format.size()) / 2;
    return word({middle.x + right, middle.y + fall}, "#808080", format);
}

}  // namespace

std::string drawingSvg(const Dataflow& flow, std::string_view title) {
    int columns = 0;
    int rows = 0;
    for (const auto& node : flow.nodes) {
        columns = std::max(columns, node.column);
        rows = std::max(rows, node.row);
    }
    const auto width = std::to_string(2 * kMargin + kWidth + columns * kColumn);
    const auto height = std::to_string(2 * kMargin + kHeight + rows * kRow);
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width +
                      "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " " + height +
                      "\" role=\"img\">\n  <title>" + escaped(title) +
                      "</title>\n"
                      "  <g font-family=\"sans-serif\" font-size=\"12\" text-anchor=\"middle\" "
                      "stroke-width=\"1.5\">\n  <g stroke=\"#808080\">\n";
    std::string words;
    for (const auto& edge : flow.edges) {
        const auto line = lineOf(flow, edge);
        svg += arrow(line);
        words += edge.format.empty() ? std::string() : label(line, edge.format);
    }
    for (const auto& node : flow.nodes) {
        svg += frame(node);
        words += nameOf(node);
    }
    return svg + "  </g>\n" + words + "  </g>\n</svg>\n";
}

}  // namespace mantissa::systems
