// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/codebook.h"

#include <algorithm>
#include <cmath>

#include "core/numerics/formats/block_work.h"
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

/// A block's finite numbers in ascending order. Parts are sorted by themselves and merged by pairs.
std::vector<float> sortedFinite(const BlockOfJob& block) {
    const std::int64_t count = block.box.count();
    std::vector<std::vector<float>> parts(
        static_cast<std::size_t>((count + kScalarTask - 1) / kScalarTask));
    inParts(block.job, count, [&](std::int64_t first, std::int64_t last) {
        auto& part = parts[static_cast<std::size_t>(first / kScalarTask)];
        forEachElement(block.grid, block.box, first, last, [&](std::int64_t i) {
            if (std::isfinite(block.job.at(i))) {
                part.push_back(block.job.at(i));
            }
        });
        std::sort(part.begin(), part.end());
    });
    while (parts.size() > 1) {
        std::vector<std::vector<float>> merged((parts.size() + 1) / 2);
        inTasks(block.job, static_cast<std::int64_t>(merged.size()), [&](std::int64_t task) {
            const std::size_t left = 2 * static_cast<std::size_t>(task);
            auto& to = merged[left / 2];
            to = std::move(parts[left]);
            if (left + 1 < parts.size()) {
                const auto middle = static_cast<std::ptrdiff_t>(to.size());
                to.insert(to.end(), parts[left + 1].begin(), parts[left + 1].end());
                std::inplace_merge(to.begin(), to.begin() + middle, to.end());
            }
        });
        parts = std::move(merged);
    }
    return parts.empty() ? std::vector<float>{} : std::move(parts.front());
}

void quantise(const Format& format, const ScalarJob& outer) {
    const auto& c = std::get<Codebook>(format);
    forEachBlockOf(outer, c.block, [&](const BlockOfJob& block) {
        const auto& job = block.job;
        const auto values = fitCodebook(sortedFinite(block), c.bits, c.iterations);
        const double limit = std::fmax(std::fabs(static_cast<double>(values.front())),
                                       std::fabs(static_cast<double>(values.back())));
        block.forEach(
            [&](std::int64_t i) { job.put(i, quantiseBy(values, job.at(i), job, i), limit); });
    });
}

}  // namespace

std::vector<float> fitCodebook(const std::vector<float>& numbers, int bits, int iterations) {
    const std::size_t count = std::size_t{1} << static_cast<unsigned>(bits);
    if (numbers.empty()) {
        return std::vector<float>(count, 0.0F);
    }
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
