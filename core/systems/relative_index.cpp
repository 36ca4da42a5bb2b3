// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/relative_index.h"

#include <string>

namespace mantissa::systems {

std::vector<SparseEntry> encodeRelative(std::span<const float> column, int runBits) {
    const int longest = (1 << runBits) - 1;
    std::vector<SparseEntry> entries;
    int zeros = 0;
    for (std::size_t i = 0; i < column.size(); ++i) {
        if (column[i] == 0) {
            ++zeros;
            continue;
        }
        for (; zeros > longest; zeros -= longest + 1) {
            entries.push_back({0, longest});
        }
        entries.push_back({column[i], zeros});
        zeros = 0;
    }
    return entries;
}

Result<std::vector<float>> decodeRelative(std::span<const SparseEntry> entries,
                                          std::size_t length) {
    std::vector<float> column(length);
    std::size_t at = 0;
    for (const auto& entry : entries) {
        at += static_cast<std::size_t>(entry.zeros);
        if (at >= length) {
            return fail(ErrorCode::InvalidInput, "the entries reach position " +
                                                     std::to_string(at) + " of a column of " +
                                                     std::to_string(length));
        }
        column[at++] = entry.value;
    }
    return column;
}

}  // namespace mantissa::systems
