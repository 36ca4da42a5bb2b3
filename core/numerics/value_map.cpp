// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/value_map.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "core/numerics/formats/block_work.h"
#include "core/numerics/formats/integer_rounding.h"
#include "core/numerics/lane_sums.h"
#include "core/numerics/registry.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

/// Magnitudes of a part, or those of whole parts in the first lane.
struct MagnitudeLanes {
    std::array<double, kSumLanes> sums{};
    std::size_t elements = 0;
    Magnitudes rest;

    Magnitudes total() const {
        Magnitudes result = rest;
        result.sum = std::accumulate(sums.begin(), sums.end(), 0.0);
        return result;
    }
};

/// The questions in scalar arithmetic.
class ScalarNumbers final : public BlockNumbers {
public:
    explicit ScalarNumbers(const BlockOfJob& block) : m_block(block) {}

    Ends ends() const override {
        return m_block.fold<Ends>(
            [&](Ends& part, std::int64_t i) {
                if (const float x = m_block.job.at(i); std::isfinite(x)) {
                    part.add({x, x});
                }
            },
            [](Ends& all, const Ends& part) { all.add(part); });
    }

    Magnitudes magnitudesAbove(double threshold) const override {
        const auto lanes = m_block.fold<MagnitudeLanes>(
            [&](MagnitudeLanes& part, std::int64_t i) {
                const float magnitude = std::fabs(m_block.job.at(i));
                const std::size_t lane = part.elements++ % kSumLanes;
                if (std::isfinite(magnitude) && static_cast<double>(magnitude) > threshold) {
                    part.sums[lane] += static_cast<double>(magnitude);
                    part.rest.add({magnitude, 0, 1});
                }
            },
            [](MagnitudeLanes& all, const MagnitudeLanes& part) {
                const Magnitudes total = part.total();
                all.sums[0] += total.sum;
                all.rest.add(total);
            });
        return lanes.total();
    }

    std::vector<float> sorted() const override { return sortedFinite(m_block); }

private:
    const BlockOfJob& m_block;
};

/// Binary32 numbers in order as integers, and back.
std::int32_t orderOf(float x) {
    const auto bits = std::bit_cast<std::int32_t>(x);
    return bits < 0 ? std::numeric_limits<std::int32_t>::min() - bits : bits;
}
float numberAt(std::int32_t order) {
    return std::bit_cast<float>(order < 0 ? std::numeric_limits<std::int32_t>::min() - order
                                          : order);
}

/// The least number above values[i], up to values[i + 1], that becomes a later one: positions
/// ascend with numbers, and so do what they are rounded to.
float leastPast(const TableMap& map, std::size_t i, const Draw& draw) {
    std::int64_t low = orderOf(map.values[i]);
    std::int64_t high = orderOf(map.values[i + 1]);
    while (high - low > 1) {
        const auto middle = static_cast<std::int32_t>((low + high) / 2);
        (map.indexOf(numberAt(middle), draw) > i ? high : low) = middle;
    }
    return numberAt(static_cast<std::int32_t>(high));
}

}  // namespace

float roundedDown(double threshold) {
    constexpr double kLargest = std::numeric_limits<float>::max();
    const auto near = static_cast<float>(std::fmin(threshold, kLargest));
    return static_cast<double>(near) > threshold ? std::nextafter(near, -1.0F) : near;
}

float AffineMap::operator()(float x, const Draw& draw) const {
    if (std::isnan(x)) {
        return x;
    }
    double code = 0;
    if (std::isinf(x)) {
        code = x < 0 ? 0 : codes;
    } else if (scale > 0) {
        const double position =
            (static_cast<double>(x) - static_cast<double>(lowest)) / static_cast<double>(scale);
        code = std::clamp(roundPosition(position, x < 0, draw.rounding, draw.word, draw.randomBits),
                          0.0, codes);
    }
    return affineValue(code, scale, lowest);
}

float BoundedMap::operator()(float x, const Draw& draw) const {
    if (std::isnan(x)) {
        return x;
    }
    double code = codes;
    if (!std::isinf(x)) {
        const double steps = std::fabs(static_cast<double>(x)) / static_cast<double>(step);
        code = std::fmin(
            roundMagnitude(steps, std::signbit(x), draw.rounding, draw.word, draw.randomBits),
            codes);
    }
    return std::copysign(static_cast<float>(code * static_cast<double>(step)), x);
}

float BinaryMap::operator()(float x, const Draw& draw) const {
    if (std::isnan(x)) {
        return x;
    }
    bool positive = x >= 0;
    if (draw.rounding == Rounding::Stochastic && scale > 0) {
        const double probability =
            std::clamp((static_cast<double>(x) / static_cast<double>(scale) + 1) / 2, 0.0, 1.0);
        positive = randomFraction(draw.word, draw.randomBits) <= probability;
    }
    return positive ? scale : -scale;
}

float TernaryMap::operator()(float x, const Draw& draw) const {
    if (std::isnan(x)) {
        return x;
    }
    const double magnitude = std::fabs(static_cast<double>(x));
    bool zero = magnitude <= threshold;
    if (draw.rounding == Rounding::Stochastic) {
        zero = scale <= 0 ||
               randomFraction(draw.word, draw.randomBits) > magnitude / static_cast<double>(scale);
    }
    return zero || scale == 0 ? 0.0F : std::copysign(scale, x);
}

std::size_t TableMap::indexOf(float x, const Draw& draw) const {
    const auto above = std::upper_bound(values.begin(), values.end(), x);
    if (above == values.begin()) {
        return 0;
    }
    const auto low = static_cast<std::size_t>(above - values.begin()) - 1;
    if (above == values.end()) {
        return low;
    }
    const double below = values[low];
    const double position =
        (static_cast<double>(x) - below) / (static_cast<double>(values[low + 1]) - below);
    return static_cast<std::size_t>(roundPosition(static_cast<double>(low) + position, x < 0,
                                                  draw.rounding, draw.word, draw.randomBits));
}

void TableMap::prepare(Rounding rounding) {
    bounds.clear();
    inverseWidths.clear();
    if (rounding == Rounding::TowardZero) {  // toward the greater, below zero: no bounds
        return;
    }
    const bool whole = rounding == Rounding::Stochastic || rounding == Rounding::Floor;
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
        bounds.push_back(whole ? values[i + 1] : leastPast(*this, i, {.rounding = rounding}));
    }
    if (rounding != Rounding::Stochastic) {
        return;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float width = i + 1 < values.size() ? values[i + 1] - values[i] : 0.0F;
        if (width != 0 && !(width > kLeastScale && width < kMostScale)) {
            bounds.clear();
            return;
        }
        inverseWidths.push_back(width == 0 ? 0.0F : 1 / width);
    }
}

double TableMap::limit() const {
    return static_cast<double>(std::fmax(std::fabs(values.front()), std::fabs(values.back())));
}

void quantiseByMap(const Format& format, const ScalarJob& job) {
    const auto& family = familyOf(format);
    forEachBlockOf(job, family.block(format), [&](const BlockOfJob& block) {
        const auto& own = block.job;
        const ValueMap anyMap = family.map(format, ScalarNumbers(block));
        std::visit(
            [&](const auto& map) {
                const double limit = map.limit();
                block.forEach([&](std::int64_t i) {
                    own.put(i, map(own.at(i), {own.rounding, own.word(i), own.randomBits}), limit);
                });
            },
            anyMap);
    });
}

}  // namespace mantissa::numerics
