// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/value_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"
#include "core/numerics/sample_data.h"

namespace mantissa::numerics {
namespace {

constexpr int kLowestExponent = -149;  // of binary32's smallest subnormal number
constexpr std::int64_t kProbeBlock = 4;
constexpr std::int64_t kGaussianBlock = 4096;
constexpr std::uint64_t kGaussianSeed = 1;

/// Whether an element's values depend on all others of its block, not on the ends alone.
bool followsAllData(const Format& format) {
    if (const auto* binary = std::get_if<Binary>(&format)) {
        return binary->scale == SignScale::Mean;
    }
    if (const auto* ternary = std::get_if<Ternary>(&format)) {
        return ternary->scale == SignScale::Mean;
    }
    return std::holds_alternative<Codebook>(format);
}

/// The format with its block, if it has one, as small as a probe needs: the element's values depend
/// on the block's ends alone. A sub-block of one element has the finest grid its magnitude allows,
/// which holds those of the coarser shifts.
Format probeFormat(Format format) {
    const auto& family = familyOf(format);
    if (family.setBlock != nullptr) {
        family.setBlock(format, {.kind = BlockShape::Kind::Vector, .size = kProbeBlock});
    } else if (auto* micro = std::get_if<MicroExponent>(&format)) {
        micro->blockSize = kProbeBlock;
        micro->subBlockSize = 1;
    }
    return format;
}

/// Quantises one number in a block whose ends are given.
class Probe {
public:
    Probe(const Format& format, float blockMaximum)
        : m_format(probeFormat(format)), m_maximum(blockMaximum) {}

    float operator()(float x, Rounding rounding) const {
        const std::array<float, kProbeBlock> in{x, x, m_maximum, -m_maximum};
        std::array<float, kProbeBlock> out{};
        const bool inBlocks = familyOf(m_format).block != nullptr;
        const Shape shape{inBlocks ? kProbeBlock : 1};
        const auto count = static_cast<std::size_t>(shape[0]);
        quantiseRef(std::span(in).first(count), std::span(out).first(count), shape, 0,
                    {m_format, rounding}, {});
        return out[0];
    }

    float atMost(float x) const { return (*this)(x, Rounding::TowardZero); }
    float atLeast(float x) const { return -(*this)(-x, Rounding::Floor); }

    /// The next smaller value than the value `v`; nothing below the smallest.
    std::optional<float> below(float v) const {
        if (v <= 0) {
            return std::nullopt;
        }
        float next = atMost(v);  // differs where rounding goes in two steps
        if (next >= v) {
            next = atMost(std::nextafter(v, 0.0F));
        }
        if (next < v && next >= 0) {
            return next;
        }
        next = std::fabs(atMost(0.0F));  // what lies beyond a threshold
        return next < v ? std::optional(next) : std::nullopt;
    }

    float largest() const {
        if (familyOf(m_format).block != nullptr) {
            return (*this)(m_maximum, Rounding::NearestEven);
        }
        constexpr auto kMost = static_cast<double>(std::numeric_limits<float>::max());
        return atMost(static_cast<float>(std::fmin(rangeOf(m_format).largest, kMost)));
    }

private:
    Format m_format;
    float m_maximum;
};

/// All values, falling, or nothing where there are too many.
std::optional<std::vector<double>> listed(const Probe& probe) {
    std::vector<double> values;
    std::optional<float> value = probe.largest();
    while (value) {
        values.push_back(static_cast<double>(*value));
        if (values.size() > static_cast<std::size_t>(kMostListedValues) + 1) {
            return std::nullopt;
        }
        value = probe.below(*value);
    }
    return values;
}

void countOctaves(ValueGrid& grid) {
    for (const double value : grid.values) {
        if (value > 0) {
            const int exponent = std::ilogb(value);
            if (grid.octaves.empty() || grid.octaves.back().exponent != exponent) {
                grid.octaves.push_back({exponent, 0});
            }
            grid.octaves.back().count += 1;
        }
    }
}

/// The values of one octave, evenly spaced as all formats of many values have them.
struct Octave {
    int exponent = 0;
    double first = 0;
    double step = 0;
    double count = 0;
};

std::optional<Octave> octaveAt(const Probe& probe, int exponent, float largest) {
    const float start = std::ldexp(1.0F, exponent);
    const float end = std::fmin(std::nextafter(2 * start, 0.0F), largest);
    const float first = probe.atLeast(start);
    const float last = probe.atMost(end);
    if (!(first >= start && last >= first)) {
        return std::nullopt;
    }
    Octave octave{exponent, static_cast<double>(first), 0, 1};
    if (last > first) {
        const float second =
            probe.atLeast(std::nextafter(first, std::numeric_limits<float>::max()));
        octave.step = static_cast<double>(second) - octave.first;
        octave.count = std::round((static_cast<double>(last) - octave.first) / octave.step) + 1;
    }
    return octave;
}

ValueGrid thinned(const Probe& probe) {
    ValueGrid grid;
    grid.complete = false;
    const float largest = probe.largest();
    std::vector<Octave> octaves;
    for (int e = kLowestExponent; e <= std::ilogb(largest); ++e) {
        if (const auto octave = octaveAt(probe, e, largest)) {
            octaves.push_back(*octave);
            grid.octaves.push_back({e, octave->count});
        }
    }
    const double share =
        std::max(1.0, std::floor(kMostListedValues / std::max(1.0, double(octaves.size()))));
    if (probe.atMost(0.0F) == 0) {
        grid.values.push_back(0);
    }
    for (const auto& octave : octaves) {
        const double shown = std::min(octave.count, share);
        for (std::int64_t k = 0; static_cast<double>(k) < shown; ++k) {
            const double index = static_cast<double>(k) * octave.count / shown;
            grid.values.push_back(octave.first + std::floor(index) * octave.step);
        }
    }
    return grid;
}

ValueGrid ofGaussianBlock(Format format, float blockMaximum) {
    auto values = sampleOf({Distribution::Gaussian, 1, kGaussianSeed}, kGaussianBlock);
    float largest = 0;
    for (const float value : values) {
        largest = std::max(largest, std::fabs(value));
    }
    for (float& value : values) {
        value = value / largest * blockMaximum;
    }
    familyOf(format).setBlock(format, {.kind = BlockShape::Kind::Tensor});
    quantiseRef(values, values, {kGaussianBlock}, 0, {format}, {});
    ValueGrid grid;
    grid.fromData = true;
    for (const float value : values) {
        grid.values.push_back(std::fabs(static_cast<double>(value)));
    }
    std::sort(grid.values.begin(), grid.values.end());
    grid.values.erase(std::unique(grid.values.begin(), grid.values.end()), grid.values.end());
    countOctaves(grid);
    return grid;
}

}  // namespace

double ValueGrid::positiveCount() const {
    return std::accumulate(octaves.begin(), octaves.end(), 0.0,
                           [](double sum, const OctaveCount& o) { return sum + o.count; });
}

bool hasBlockScale(const Format& format) {
    return familyOf(format).block != nullptr;
}

ValueGrid valueGrid(const Format& format, int blockExponent) {
    const float maximum = std::ldexp(std::nextafter(2.0F, 0.0F), blockExponent);
    if (followsAllData(format)) {
        return ofGaussianBlock(format, maximum);
    }
    const Probe probe(format, maximum);
    auto values = listed(probe);
    if (!values) {
        return thinned(probe);
    }
    ValueGrid grid;
    grid.values.assign(values->rbegin(), values->rend());
    countOctaves(grid);
    return grid;
}

}  // namespace mantissa::numerics
