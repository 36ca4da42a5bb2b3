// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/suggest.h"

#include <algorithm>
#include <vector>

namespace mantissa::design {

std::size_t editDistance(std::string_view a, std::string_view b) {
    // One row of the table at a time.
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
    constexpr std::size_t kLongestWord = 64;  // nobody misspells more; bounds the work
    const std::string* closest = nullptr;
    std::size_t least = kLongestWord;
    std::string list;
    for (const auto& candidate : candidates) {
        list += (list.empty() ? "known: " : ", ") + candidate;
        if (word.size() > kLongestWord || candidate.size() > kLongestWord) {
            continue;
        }
        const std::size_t distance = editDistance(word, candidate);
        if (distance < least && distance <= std::max<std::size_t>(1, candidate.size() / 3)) {
            least = distance;
            closest = &candidate;
        }
    }
    return closest == nullptr ? list : "did you mean \"" + *closest + "\"?";
}

}  // namespace mantissa::design
