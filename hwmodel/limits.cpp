// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/limits.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace mantissa::hw {
namespace {

constexpr std::size_t kListedPlaces = 8;

std::string numberText(double value) {
    char text[32];
    constexpr double kShort = 10;  // what a decimal point matters for
    std::snprintf(text, sizeof text, value < kShort ? "%.3g" : "%.0f", value);
    return text;
}

std::string textOf(const Limit& limit) {
    std::string text;
    std::size_t next = 0;
    for (const char c : limit.pattern) {
        if (c == '#') {
            text += numberText(limit.numbers.at(next++));
        } else if (c == '@') {
            text += limit.name;
        } else {
            text += c;
        }
    }
    return text;
}

std::string textOf(const Place& place) {
    std::string text(place.layer);
    if (!place.pass.empty()) {
        text += " " + std::string(place.pass);
    }
    if (!place.number.empty()) {
        text += " (" + textOf(Limit{place.number, {place.value}}) + ")";
    }
    return text;
}

}  // namespace

void Limits::note(const Limit& limit, const Place& place) {
    auto found = std::find_if(m_entries.begin(), m_entries.end(),
                              [&](const Entry& entry) { return entry.limit == limit; });
    if (found == m_entries.end()) {
        m_entries.push_back({limit, {}});
        found = std::prev(m_entries.end());
    }
    auto& places = found->places;
    if (!place.layer.empty() && std::find(places.begin(), places.end(), place) == places.end()) {
        places.push_back(place);
    }
}

std::vector<std::string> Limits::texts() const {
    std::vector<std::string> lines;
    lines.reserve(m_entries.size());
    for (const auto& [limit, places] : m_entries) {
        std::string line = textOf(limit);
        for (std::size_t i = 0; i < std::min(places.size(), kListedPlaces); ++i) {
            line += (i == 0 ? ": " : ", ") + textOf(places[i]);
        }
        if (places.size() > kListedPlaces) {
            line += " and " + std::to_string(places.size() - kListedPlaces) + " more";
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace mantissa::hw
