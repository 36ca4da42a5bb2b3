// SPDX-License-Identifier: GPL-3.0-or-later
// Limits that a configuration exceeds, as plain data: texts are written once an estimate is done.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::hw {

/// A limit and its numbers. `pattern` is of static life time: # stands for the next number, @ for
/// `name`.
struct Limit {
    std::string_view pattern;
    std::array<double, 4> numbers{};
    std::string_view name = {};  ///< of static life time
    bool operator==(const Limit&) const = default;
};

/// Where a limit is met. Texts outlive the estimate.
struct Place {
    std::string_view layer;  ///< or a kind of format
    std::string_view pass = {};
    std::string_view number = {};  ///< pattern of `value` in brackets, e.g. "# KiB"; empty: none
    double value = 0;
    bool operator==(const Place&) const = default;
};

class Limits {
public:
    void note(const Limit& limit, const Place& place);
    /// One line a limit, with the first places behind it: what concerns the whole accelerator comes
    /// first, each group in the order of first occurrence.
    std::vector<std::string> texts() const;

private:
    struct Entry {
        Limit limit;
        std::vector<Place> places;
    };
    std::vector<Entry> m_entries;
};

}  // namespace mantissa::hw
