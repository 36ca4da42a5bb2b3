// SPDX-License-Identifier: GPL-3.0-or-later
// Sorting a block's numbers: by digits of their bits, over the team's threads.
#include <algorithm>
#include <array>
#include <bit>

#include "core/numerics/formats/block_work.h"
#include "core/numerics/value_map.h"

namespace mantissa::numerics {
namespace {

/// Bits of binary32 in an order that unsigned integers have: numbers below zero are complemented.
std::uint32_t keyOf(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return bits ^ ((bits >> 31U) != 0 ? 0xFFFFFFFFU : 0x80000000U);
}
float numberOf(std::uint32_t key) {
    return std::bit_cast<float>(key ^ ((key >> 31U) != 0 ? 0x80000000U : 0xFFFFFFFFU));
}

/// Fewer are sorted by comparing.
constexpr std::int64_t kFew = 8192;
/// Elements that one task moves: some milliseconds.
constexpr std::int64_t kSortTask = 32 * kScalarTask;
constexpr unsigned kDigitBits = 11;
constexpr unsigned kDigits = 1U << kDigitBits;
constexpr std::array<unsigned, 3> kShifts{0, kDigitBits, 2 * kDigitBits};

/// Counts for each digit, then where the next key with this digit belongs.
using Places = std::array<std::int64_t, kDigits>;

std::size_t digitOf(std::uint32_t key, unsigned shift) {
    return (key >> shift) & (kDigits - 1);
}

/// One stable pass by a digit, `from` to `to`.
void sortByDigit(const ScalarJob& job, const std::vector<std::uint32_t>& from,
                 std::vector<std::uint32_t>& to, unsigned shift) {
    const auto count = static_cast<std::int64_t>(from.size());
    const std::int64_t tasks = (count + kSortTask - 1) / kSortTask;
    std::vector<Places> places(static_cast<std::size_t>(tasks));
    const auto inTask = [&](std::int64_t task, const auto& visit) {
        const std::int64_t end = std::min((task + 1) * kSortTask, count);
        for (std::int64_t i = task * kSortTask; i < end; ++i) {
            visit(from[static_cast<std::size_t>(i)], places[static_cast<std::size_t>(task)]);
        }
    };
    inTasks(job, tasks, [&](std::int64_t task) {
        inTask(task, [&](std::uint32_t key, Places& counts) { ++counts[digitOf(key, shift)]; });
    });
    std::int64_t next = 0;
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
        for (auto& place : places) {
            const std::int64_t these = place[digit];
            place[digit] = next;
            next += these;
        }
    }
    if (next != count) {  // a stopped team has not counted all
        return;
    }
    inTasks(job, tasks, [&](std::int64_t task) {
        inTask(task, [&](std::uint32_t key, Places& place) {
            to[static_cast<std::size_t>(place[digitOf(key, shift)]++)] = key;
        });
    });
}

/// The keys of a block's finite numbers, in the order of memory.
std::vector<std::uint32_t> finiteKeys(const BlockOfJob& block) {
    const std::int64_t count = block.box.count();
    const auto gather = [&](std::int64_t first, std::int64_t last, const auto& put) {
        forEachElement(block.grid, block.box, first, last, [&](std::int64_t i) {
            if (const float x = block.job.at(i); std::isfinite(x)) {
                put(keyOf(x));
            }
        });
    };
    const auto parts = static_cast<std::size_t>((count + kScalarTask - 1) / kScalarTask);
    std::vector<std::size_t> starts(parts + 1);
    inParts(block.job, count, [&](std::int64_t first, std::int64_t last) {
        auto& here = starts[static_cast<std::size_t>(first / kScalarTask) + 1];
        gather(first, last, [&here](std::uint32_t) { ++here; });
    });
    for (std::size_t i = 0; i < parts; ++i) {
        starts[i + 1] += starts[i];
    }
    std::vector<std::uint32_t> keys(starts.back());
    inParts(block.job, count, [&](std::int64_t first, std::int64_t last) {
        const auto part = static_cast<std::size_t>(first / kScalarTask);
        std::size_t at = starts[part];
        gather(first, last, [&](std::uint32_t key) {
            if (at < starts[part + 1]) {  // not in a part that a stopped team has not counted
                keys[at++] = key;
            }
        });
    });
    return keys;
}

}  // namespace

std::vector<float> sortedFinite(const BlockOfJob& block) {
    auto keys = finiteKeys(block);
    if (static_cast<std::int64_t>(keys.size()) <= kFew) {
        std::sort(keys.begin(), keys.end());
    } else {
        std::vector<std::uint32_t> other(keys.size());
        for (const unsigned shift : kShifts) {
            sortByDigit(block.job, keys, other, shift);
            keys.swap(other);
        }
    }
    std::vector<float> numbers(keys.size());
    inParts(block.job, static_cast<std::int64_t>(keys.size()),
            [&](std::int64_t first, std::int64_t last) {
                for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last);
                     ++i) {
                    numbers[i] = numberOf(keys[i]);
                }
            });
    return numbers;
}

}  // namespace mantissa::numerics
