// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/sample_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/numerics/random_key.h"

namespace mantissa::numerics {
namespace {

/// In (0, 1): the middle of the word's interval.
double uniform(const RandomKey& key, std::int64_t index) {
    return std::ldexp(static_cast<double>(randomWord(key, index)) + 0.5, -32);
}

/// Box and Muller 1958.
double gaussian(double u, double v) {
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

double sampleAt(Distribution distribution, double u, double v) {
    switch (distribution) {
        case Distribution::Gaussian:
            return gaussian(u, v);
        case Distribution::Laplace:
            return u < 0.5 ? std::log(2 * u) : -std::log(2 * (1 - u));
        case Distribution::LogNormal:
            break;
    }
    // The sign is that of another half of the circle, so that it says nothing of the magnitude.
    const double magnitude = std::exp(kLogNormalSigma * gaussian(u, v));
    return std::sin(2 * std::numbers::pi * v) < 0 ? -magnitude : magnitude;
}

}  // namespace

std::vector<float> sampleOf(const SampleSpec& spec, std::int64_t count) {
    constexpr double kMost = std::numeric_limits<float>::max();
    const RandomKey first{spec.seed, 0, static_cast<std::uint32_t>(spec.distribution)};
    const RandomKey second{spec.seed, 1, static_cast<std::uint32_t>(spec.distribution)};
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        const double value =
            spec.scale * sampleAt(spec.distribution, uniform(first, i), uniform(second, i));
        values[static_cast<std::size_t>(i)] = static_cast<float>(std::clamp(value, -kMost, kMost));
    }
    return values;
}

std::string_view distributionLabel(Distribution distribution) {
    switch (distribution) {
        case Distribution::Gaussian:
            return "Gaussian";
        case Distribution::Laplace:
            return "Laplace";
        case Distribution::LogNormal:
            break;
    }
    return "Log-normal";
}

}  // namespace mantissa::numerics
