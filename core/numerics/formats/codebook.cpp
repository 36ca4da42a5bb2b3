// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/codebook.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/numerics/formats/family_parts.h"

namespace mantissa::numerics {
namespace {

using Part = BlockPart<Codebook>;

constexpr auto kParameters =
    joined(std::array<Param<Format>, 2>{{
               param<&Codebook::bits>({.id = "bits",
                                       .label = "Bits",
                                       .unit = "bits",
                                       .help = "Width of an index: the codebook has 2^bits values.",
                                       .minimum = 1,
                                       .maximum = 8,
                                       .defaultValue = 4}),
               param<&Codebook::iterations>({.id = "iterations",
                                             .label = "Rounds of k-means",
                                             .help = "At most; 0 leaves the values evenly spaced.",
                                             .minimum = 0,
                                             .maximum = 1000,
                                             .defaultValue = 50}),
           }},
           Part::kParameters);

/// Where each value's share of the sorted numbers ends: the middle between neighbours belongs to
/// the lower.
std::vector<std::size_t> sharesOf(const std::vector<double>& values,
                                  const std::vector<float>& sorted) {
    std::vector<std::size_t> ends;
    for (std::size_t j = 0; j + 1 < values.size(); ++j) {
        const double middle = (values[j] + values[j + 1]) / 2;
        const auto end =
            std::upper_bound(sorted.begin(), sorted.end(), middle,
                             [](double limit, float x) { return limit < static_cast<double>(x); });
        ends.push_back(static_cast<std::size_t>(end - sorted.begin()));
    }
    ends.push_back(sorted.size());
    return ends;
}

/// Sums of the first so many numbers, in double precision: those of whole segments, which are added
/// up in order, and then what is left.
class RunningSums {
public:
    explicit RunningSums(const std::vector<float>& numbers) : m_numbers(numbers), m_before{0} {
        const std::size_t segments = numbers.size() / kSegment;
        for (std::size_t first = 0; first < segments; first += kAtOnce) {
            std::array<double, kAtOnce> sums{};  // chains of additions that run side by side
            const std::size_t count = std::min(kAtOnce, segments - first);
            for (std::size_t i = 0; i < kSegment; ++i) {
                for (std::size_t s = 0; s < count; ++s) {
                    sums[s] += static_cast<double>(numbers[(first + s) * kSegment + i]);
                }
            }
            for (std::size_t s = 0; s < count; ++s) {
                m_before.push_back(m_before.back() + sums[s]);
            }
        }
    }

    double of(std::size_t count) const {
        double sum = 0;
        for (std::size_t i = count / kSegment * kSegment; i < count; ++i) {
            sum += static_cast<double>(m_numbers[i]);
        }
        return m_before[count / kSegment] + sum;
    }

private:
    static constexpr std::size_t kSegment = 256;
    static constexpr std::size_t kAtOnce = 8;
    const std::vector<float>& m_numbers;
    std::vector<double> m_before;  ///< of each segment, the sum of all before it
};

ValueMap mapOf(const Format& format, const BlockNumbers& numbers) {
    const auto& c = std::get<Codebook>(format);
    return TableMap{.values = fitCodebook(numbers.sorted(), c.bits, c.iterations)};
}

}  // namespace

std::vector<float> fitCodebook(const std::vector<float>& numbers, int bits, int iterations) {
    const std::size_t count = std::size_t{1} << static_cast<unsigned>(bits);
    if (numbers.empty()) {
        return std::vector<float>(count, 0.0F);
    }
    const RunningSums sums(numbers);
    const double lowest = numbers.front();
    const double span = static_cast<double>(numbers.back()) - lowest;
    std::vector<double> values(count);
    for (std::size_t j = 0; j < count; ++j) {
        values[j] = lowest + span * static_cast<double>(j) / static_cast<double>(count - 1);
    }
    std::vector<std::size_t> shares;
    for (int round = 0; round < iterations; ++round) {
        auto next = sharesOf(values, numbers);
        if (next == shares) {
            break;
        }
        shares = std::move(next);
        std::size_t begin = 0;
        for (std::size_t j = 0; j < count; ++j) {
            if (shares[j] > begin) {  // an empty share keeps its value
                values[j] =
                    (sums.of(shares[j]) - sums.of(begin)) / static_cast<double>(shares[j] - begin);
            }
            begin = shares[j];
        }
    }
    std::vector<float> codebook(values.begin(), values.end());
    std::sort(codebook.begin(), codebook.end());
    return codebook;
}

FormatFamily codebookFamily() {
    return {.id = "codebook",
            .label = "Codebook",
            .grammar = "codebook<BITS[,iterations=50][,block=tensor|slice|16|24x24|1x24x3x3]>",
            .help = "Indices into values of the block's own, found by k-means (weight sharing).",
            .parameters = kParameters,
            .positional = 1,
            .defaults = Codebook{},
            .example = Codebook{},
            .storage =
                [](const Format& f) {
                    const int bits = std::get<Codebook>(f).bits;
                    return StorageLayout{.elementBits = bits,
                                         .blockBits = std::int64_t{32} << bits};
                },
            .range =
                [](const Format&) {
                    return FormatRange{1, 1, 1, true};
                },
            .quantise = quantiseByMap,
            .pack = packCodebook,
            .unpack = unpackCodebook,
            .map = mapOf,
            .matters =
                [](const Format& f, std::string_view id) {
                    return blockParameterMatters(std::get<Codebook>(f).block, id);
                },
            .block = Part::get,
            .setBlock = Part::set};
}

}  // namespace mantissa::numerics
