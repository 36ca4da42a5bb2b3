// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/integer_products.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/nn/every_path.h"

namespace mantissa::nn {
namespace {

using numerics::IntegerNumber;
using numerics::IntegerOverflow;

constexpr std::int64_t kImages = 3;
constexpr std::int64_t kParts = 2;

struct Case {
    std::string name;
    ConvGeometry geometry;
    IntegerSum sum;
};

std::vector<Case> cases() {
    const auto narrow = [](int bits, IntegerOverflow overflow, std::int64_t run,
                           bool whole = false) {
        return IntegerSum{{bits, overflow, {}}, run, whole, 40};
    };
    IntegerSum rounded = narrow(20, IntegerOverflow::Saturate, 5);
    rounded.accumulator.sum = {.exponentBits = 8, .mantissaBits = 9};
    const std::vector<std::pair<std::string, IntegerSum>> sums{
        {"saturates in 32 bits", narrow(18, IntegerOverflow::Saturate, 5)},
        {"wraps in 32 bits", narrow(17, IntegerOverflow::Wrap, 5)},
        {"saturates in 64 bits", narrow(33, IntegerOverflow::Saturate, 300)},
        {"wraps in 64 bits", narrow(33, IntegerOverflow::Wrap, 300)},
        {"is wide enough", {{53, IntegerOverflow::Saturate, {}}, 300, false, 40}},
        {"goes on", narrow(21, IntegerOverflow::Saturate, 300, true)},
        {"rounds its sum", rounded}};
    const std::vector<std::pair<std::string, ConvGeometry>> geometries{
        {"stride 1",
         convGeometry(Conv2d{.outChannels = 6, .kernel = 3, .stride = 1, .padding = 1}, {7, 5, 6})},
        {"stride 2", convGeometry(Conv2d{.outChannels = 70, .kernel = 3, .stride = 2, .padding = 1},
                                  {5, 9, 8})},
        {"no padding",
         convGeometry(Conv2d{.outChannels = 5, .kernel = 1, .stride = 3, .padding = 0}, {4, 8, 7})},
        {"linear", linearGeometry(301, 9)}};
    std::vector<Case> list;
    for (const auto& [geometryName, geometry] : geometries) {
        for (const auto& [sumName, sum] : sums) {
            std::string name = geometryName;
            name.append(", ").append(sumName);
            list.push_back({std::move(name), geometry, sum});
        }
    }
    return list;
}

/// Codes of 12 bits in blocks of `run` lines of either of two axes, each with a step of its own
/// (`whole`: all with one). The two axes that a pass may reduce over stand before the places.
struct Axes {
    std::int64_t outer, inner, places;
};
std::vector<IntegerNumber> numbers(const Axes& axes, const IntegerSum& sum, std::uint32_t seed,
                                   bool oneNaN) {
    std::mt19937 generator(seed);
    std::vector<IntegerNumber> list;
    for (std::int64_t i = 0; i < axes.outer * axes.inner * axes.places; ++i) {
        const std::int64_t outer = i / (axes.inner * axes.places) / sum.run;
        const std::int64_t inner = i / axes.places % axes.inner / sum.run;
        const std::int64_t block = 7 * outer + 3 * inner + i % axes.places;
        const std::int64_t step = sum.whole ? -7 : -5 - block % 6;
        const int code = static_cast<int>(generator() % 8191U) - 4095;
        list.push_back({static_cast<std::int16_t>(code), static_cast<std::int16_t>(step)});
    }
    if (oneNaN) {
        list[list.size() / 3] = {};
    }
    return list;
}

/// NaNs alike, whatever their payload.
bool sameNumbers(const std::vector<float>& a, const std::vector<float>& b) {
    const auto same = [](float x, float y) {
        return (std::isnan(x) && std::isnan(y)) ||
               std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

struct Results {
    std::vector<float> y, dx, dw;
};

struct Operands {
    std::vector<IntegerNumber> weight, x, dy;
    std::vector<float> start;

    /// With a NaN in one of them, or in none.
    enum class NaN { None, Weight, X, Dy };
    explicit Operands(const Case& c, NaN where = NaN::None)
        : weight(numbers(
              {c.geometry.outChannels, c.geometry.channels, c.geometry.kernel * c.geometry.kernel},
              c.sum, 1, where == NaN::Weight)),
          x(numbers({kImages, c.geometry.channels, c.geometry.height * c.geometry.width}, c.sum, 2,
                    where == NaN::X)),
          dy(numbers({kImages, c.geometry.outChannels, c.geometry.outHeight * c.geometry.outWidth},
                     c.sum, 3, where == NaN::Dy)),
          start(static_cast<std::size_t>(c.geometry.outChannels), 0.75F) {}
};

Results make(const ConvGeometry& g) {
    const auto floats = [](std::int64_t count) {
        return std::vector<float>(static_cast<std::size_t>(count));
    };
    return {floats(kImages * g.outputStride), floats(kImages * g.inputStride),
            floats(g.outChannels * g.taps)};
}

Results fast(const Case& c, const Operands& o, int threads) {
    ThreadTeam team(threads);
    Results r = make(c.geometry);
    const IntegerPass pass{c.geometry, c.sum, kImages};
    std::vector<float> scratch(static_cast<std::size_t>(threads * integerScratchFloats()));
    std::vector<float> parts(static_cast<std::size_t>(integerPartFloats(pass, kParts)));
    integerForward(pass, o.weight.data(), o.x.data(), o.start.data(), r.y.data(), scratch.data(),
                   team);
    integerInputGradient(pass, o.weight.data(), o.dy.data(), r.dx.data(), scratch.data(), team);
    integerWeightGradient(pass, kParts, o.x.data(), o.dy.data(), parts.data(), r.dw.data(),
                          scratch.data(), team);
    return r;
}

Results norm(const Case& c, const Operands& o) {
    Results r = make(c.geometry);
    const IntegerPass pass{c.geometry, c.sum, kImages};
    integerForwardRef(pass, o.weight.data(), o.x.data(), o.start.data(), r.y.data());
    integerInputGradientRef(pass, o.weight.data(), o.dy.data(), r.dx.data());
    integerWeightGradientRef(pass, kParts, o.x.data(), o.dy.data(), r.dw.data());
    return r;
}

void expectSame(const Results& a, const Results& b) {
    EXPECT_TRUE(sameNumbers(a.y, b.y)) << "forward";
    EXPECT_TRUE(sameNumbers(a.dx, b.dx)) << "input gradient";
    EXPECT_TRUE(sameNumbers(a.dw, b.dw)) << "weight gradient";
}

TEST(IntegerProducts, AreTheNormOnEveryPathAndForEveryTeam) {
    for (const auto& c : cases()) {
        SCOPED_TRACE(c.name);
        const Operands operands(c);
        const Results expected = norm(c, operands);
        onEveryPath([&] { expectSame(fast(c, operands, 1), expected); });
        expectSame(fast(c, operands, 3), expected);
    }
}

TEST(IntegerProducts, MakeNanOfTheRunsThatOneIsIn) {
    for (const auto& c : cases()) {
        SCOPED_TRACE(c.name);
        for (const auto where : {Operands::NaN::Weight, Operands::NaN::X, Operands::NaN::Dy}) {
            const Operands operands(c, where);
            const Results expected = norm(c, operands);
            const auto& reached = where == Operands::NaN::X ? expected.y : expected.dx;
            EXPECT_TRUE(
                std::any_of(reached.begin(), reached.end(), [](float x) { return std::isnan(x); }));
            onEveryPath([&] { expectSame(fast(c, operands, 2), expected); });
        }
    }
}

/// 100 · 100 twice is beyond 15 bits: +16383 or, with the lower bits kept, -12768.
TEST(IntegerProducts, SaturateOrWrapAfterEveryProduct) {
    const ConvGeometry g = linearGeometry(3, 1);
    const std::vector<IntegerNumber> w{{100, 0}, {100, 0}, {-1, 0}};
    const std::vector<IntegerNumber> x{{100, 0}, {100, 0}, {383, 0}};
    const auto output = [&](IntegerOverflow overflow, std::int64_t run) {
        std::vector<float> scratch(static_cast<std::size_t>(integerScratchFloats()));
        ThreadTeam team;
        float y = 0;
        integerForward({g, {{15, overflow, {}}, run, false, 20}, 1}, w.data(), x.data(), nullptr,
                       &y, scratch.data(), team);
        return y;
    };
    EXPECT_EQ(output(IntegerOverflow::Saturate, 3), 16383 - 383);
    EXPECT_EQ(output(IntegerOverflow::Wrap, 3), 20000 - 32768 - 383);
    EXPECT_EQ(output(IntegerOverflow::Saturate, 1), 20000 - 383) << "each product has its own run";
}

}  // namespace
}  // namespace mantissa::nn
