// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/codebook.h"

#include <algorithm>
#include <cmath>

#include "core/numerics/block_grid.h"
#include "core/numerics/formats/family_parts.h"
#include "core/numerics/scalar_rounding.h"

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

float quantiseBy(const std::vector<float>& values, float x, const ScalarJob& job, std::int64_t i) {
    if (std::isnan(x)) {
        return x;
    }
    const auto above = std::upper_bound(values.begin(), values.end(), x);
    if (above == values.begin()) {
        return values.front();
    }
    if (above == values.end()) {
        return values.back();
    }
    const auto low = static_cast<std::size_t>(above - values.begin()) - 1;
    const double below = values[low];
    const double position =
        (static_cast<double>(x) - below) / (static_cast<double>(values[low + 1]) - below);
    const double index = roundPosition(static_cast<double>(low) + position, x < 0, job.rounding,
                                       job.word(i), job.randomBits);
    return values[static_cast<std::size_t>(index)];
}

void quantise(const Format& format, const ScalarJob& job) {
    const auto& c = std::get<Codebook>(format);
    const auto grid = blockGrid(c.block, job.shape, job.axis);
    std::vector<float> finite;
    forEachBlock(grid, [&](const ViewIndex& origin, const ViewIndex& extents) {
        finite.clear();
        forEachElement(grid, origin, extents, [&](std::int64_t i) {
            if (std::isfinite(job.at(i))) {
                finite.push_back(job.at(i));
            }
        });
        const auto values = fitCodebook(finite, c.bits, c.iterations);
        const double limit = std::fmax(std::fabs(static_cast<double>(values.front())),
                                       std::fabs(static_cast<double>(values.back())));
        forEachElement(grid, origin, extents, [&](std::int64_t i) {
            job.put(i, quantiseBy(values, job.at(i), job, i), limit);
        });
    });
}

}  // namespace

std::vector<float> fitCodebook(std::vector<float> numbers, int bits, int iterations) {
    const std::size_t count = std::size_t{1} << static_cast<unsigned>(bits);
    if (numbers.empty()) {
        return std::vector<float>(count, 0.0F);
    }
    std::sort(numbers.begin(), numbers.end());
    std::vector<double> sums(numbers.size() + 1);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        sums[i + 1] = sums[i] + static_cast<double>(numbers[i]);
    }
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
                    (sums[shares[j]] - sums[begin]) / static_cast<double>(shares[j] - begin);
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
            .quantise = quantise,
            .pack = packCodebook,
            .unpack = unpackCodebook,
            .matters =
                [](const Format& f, std::string_view id) {
                    return blockParameterMatters(std::get<Codebook>(f).block, id);
                },
            .block = Part::get,
            .setBlock = Part::set};
}

}  // namespace mantissa::numerics
