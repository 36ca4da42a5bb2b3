// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

void addElement(ErrorStatistics& statistics, float original, float quantised, double largest) {
    ++statistics.count;
    if (!std::isfinite(original)) {
        return;
    }
    const double x = original;
    const double error = static_cast<double>(quantised) - x;
    statistics.signalPower += x * x;
    statistics.noisePower += error * error;
    statistics.maxAbsError = std::max(statistics.maxAbsError, std::fabs(error));
    statistics.clipped += std::fabs(x) > largest ? 1 : 0;
    statistics.flushed += original != 0 && quantised == 0 ? 1 : 0;
}

double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double ErrorStatistics::sqnrDb() const {
    return noisePower > 0 ? 10 * std::log10(signalPower / noisePower)
                          : std::numeric_limits<double>::infinity();
}

double ErrorStatistics::clippedShare() const {
    return share(clipped, count);
}

double ErrorStatistics::flushedShare() const {
    return share(flushed, count);
}

void ErrorStatistics::add(const ErrorStatistics& other) {
    count += other.count;
    clipped += other.clipped;
    flushed += other.flushed;
    signalPower += other.signalPower;
    noisePower += other.noisePower;
    maxAbsError = std::max(maxAbsError, other.maxAbsError);
}

ErrorStatistics errorStatistics(std::span<const float> original, std::span<const float> quantised,
                                const Shape& shape, int axis, const Format& format) {
    assert(original.size() == static_cast<std::size_t>(elementCount(shape)) &&
           quantised.size() == original.size());
    // What an element could have become does not depend on the rounding.
    std::vector<float> scratch(original.size());
    std::vector<float> limits(original.size());
    familyOf(format).quantise(
        format,
        {original, scratch, shape, axis, Rounding::TowardZero, kFullRandomBits, {}, limits});
    ErrorStatistics statistics;
    for (std::size_t i = 0; i < original.size(); ++i) {
        addElement(statistics, original[i], quantised[i], static_cast<double>(limits[i]));
    }
    return statistics;
}

}  // namespace mantissa::numerics
