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

std::string listed(const std::vector<Place>& places) {
    std::string text;
    for (std::size_t i = 0; i < std::min(places.size(), kListedPlaces); ++i) {
        text.append(i == 0 ? ": " : ", ").append(textOf(places[i]));
    }
    if (places.size() > kListedPlaces) {
        text += " and " + std::to_string(places.size() - kListedPlaces) + " more";
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
    for (const bool local : {false, true}) {
        for (const auto& [limit, places] : m_entries) {
            if (places.empty() != local) {
                lines.push_back(textOf(limit) + listed(places));
            }
        }
    }
    return lines;
}

}  // namespace mantissa::hw
