// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/suggestion.h"

#include <algorithm>
#include <cctype>

#include "core/design/suggest.h"

namespace mantissa::cli {
namespace {

/// Whether the word is one or more of the parts that "_" joins, in any case: "mxfp4" or "E2M1" of
/// "mxfp4_e2m1".
bool isPart(std::string_view word, std::string_view name) {
    const auto begin =
        std::search(name.begin(), name.end(), word.begin(), word.end(), [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) ==
                   std::tolower(static_cast<unsigned char>(b));
        });
    if (word.empty() || begin == name.end()) {
        return false;
    }
    const auto end = begin + static_cast<std::ptrdiff_t>(word.size());
    return (begin == name.begin() || *(begin - 1) == '_') && (end == name.end() || *end == '_');
}

}  // namespace

std::string closest(std::string_view word, std::span<const std::string> candidates) {
    const auto whole = std::find_if(candidates.begin(), candidates.end(),
                                    [&](const auto& name) { return isPart(word, name); });
    if (whole != candidates.end()) {
        return *whole;
    }
    std::string best;
    std::size_t bestDistance = 1 + word.size() / 3;
    for (const auto& candidate : candidates) {
        const std::size_t distance = design::editDistance(word, candidate);
        if (distance <= bestDistance && (best.empty() || distance < bestDistance)) {
            best = candidate;
            bestDistance = distance;
        }
    }
    return best;
}

}  // namespace mantissa::cli
