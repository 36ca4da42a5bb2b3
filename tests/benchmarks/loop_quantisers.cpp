// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/loop_quantisers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <vector>

namespace mantissa {
namespace {

std::uint32_t bitsOf(float x) {
    return std::bit_cast<std::uint32_t>(x);
}

float numberOf(std::uint32_t bits) {
    return std::bit_cast<float>(bits);
}

/// Cuts the fraction of a binary32 number to `mantissaBits`, after adding half of what goes or
/// random bits in its place.
std::uint32_t cutFraction(std::uint32_t bits, int mantissaBits, bool stochastic) {
    thread_local std::mt19937 generator(1);
    thread_local std::uniform_int_distribution<std::uint32_t> uniform;
    const std::uint32_t mask = (1U << static_cast<unsigned>(23 - mantissaBits)) - 1;
    const std::uint32_t added = stochastic ? uniform(generator) & mask : (mask + 1) / 2;
    return (bits + added) & ~mask;
}

}  // namespace

void loopBlockFloat(std::span<const float> in, std::span<float> out, int width, std::int64_t block,
                    bool stochastic) {
    // The largest magnitude of its block for each element, as a tensor of its own.
    std::vector<float> largest(in.size());
    const auto size = static_cast<std::size_t>(block);
    for (std::size_t i = 0; i < in.size(); i += size) {
        const std::size_t count = std::min(size, in.size() - i);
        float most = 0;
        for (std::size_t k = 0; k < count; ++k) {
            most = std::max(most, std::fabs(in[i + k]));
        }
        std::fill_n(largest.begin() + static_cast<std::ptrdiff_t>(i), count, most);
    }
    for (std::size_t i = 0; i < in.size(); ++i) {
        const std::uint32_t exponent = bitsOf(largest[i]) & 0x7F800000U;
        const float base = 6 * numberOf(exponent);
        const float quantised =
            numberOf(cutFraction(bitsOf(in[i] + base), width, stochastic)) - base;
        const float limit = 2 * numberOf(exponent) * (1 - std::ldexp(1.0F, 1 - width));
        out[i] = std::clamp(quantised, -limit, limit);
    }
}

void loopMinifloat(std::span<const float> in, std::span<float> out, int exponentBits,
                   int mantissaBits, bool stochastic) {
    const int lowest = 2 - (1 << (exponentBits - 1));
    const int highest = (1 << (exponentBits - 1)) - 1;
    const float largest = std::ldexp(2 - std::ldexp(1.0F, -mantissaBits), highest);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const std::uint32_t bits = bitsOf(in[i]);
        const int exponent = static_cast<int>(bits << 1U >> 24U) - 127;
        float quantised = 0;
        if (exponent < lowest) {
            const float shift =
                numberOf(static_cast<std::uint32_t>(127 + lowest) << 23U | (bits & 0x80000000U));
            quantised =
                numberOf(cutFraction(bitsOf(in[i] + shift), mantissaBits, stochastic)) - shift;
        } else {
            quantised = numberOf(cutFraction(bits, mantissaBits, stochastic));
        }
        out[i] = std::clamp(quantised, -largest, largest);
    }
}

}  // namespace mantissa
