// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every kind of format under every rounding, shape and axis.
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "tests/core/numerics/format_cases.h"

namespace mantissa::numerics {
namespace {

constexpr RandomKey kKey{7, 1, 2};

class EveryQuantiser : public testing::TestWithParam<std::string> {
protected:
    const Format& format() const { return m_format; }

private:
    Format m_format = formatOf(GetParam());
};

std::string where(const Format& format, Rounding rounding, int randomBits, const Shape& shape,
                  int axis) {
    return formatText(format) + " " + roundingText(rounding, randomBits) + " " + shapeText(shape) +
           " axis " + std::to_string(axis);
}

void expectSame(const std::vector<float>& expected, const std::vector<float>& actual) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(expected[i]),
                  std::bit_cast<std::uint32_t>(actual[i]))
            << "element " << i << ": " << std::hexfloat << expected[i] << " and " << actual[i];
    }
}

TEST_P(EveryQuantiser, GivesTheBytesOfTheScalarNormOnAnyNumberOfThreads) {
    ThreadTeam alone(1);
    ThreadTeam team(3);
    std::uint32_t seed = 0;
    forEachShapeAndAxis([&](const Shape& shape, int axis) {
        for (const auto rounding : kAllRoundings) {
            for (const int randomBits : {kFullRandomBits, 8}) {
                if (randomBits != kFullRandomBits && rounding != Rounding::Stochastic) {
                    continue;
                }
                for (const auto kind : {Numbers::Ordinary, Numbers::Wild, Numbers::Special}) {
                    SCOPED_TRACE(where(format(), rounding, randomBits, shape, axis));
                    const TensorFormat tensorFormat{format(), rounding, randomBits};
                    const auto in = numbersOf(kind, elementCount(shape), ++seed);
                    const auto norm = scalarQuantised(in, shape, axis, tensorFormat, kKey);
                    auto out = in;
                    quantise(in, out, shape, axis, tensorFormat, kKey, alone);
                    expectSame(norm, out);
                    out = in;
                    quantise(out, out, shape, axis, tensorFormat, kKey, team);
                    expectSame(norm, out);
                    if (HasFatalFailure()) {
                        return;
                    }
                }
            }
        }
    });
}

/// Whether a format has room for numbers that are not finite.
bool keepsInfinity(const Format& format) {
    const auto* fixed = std::get_if<FixedPoint>(&format);
    return std::holds_alternative<Fp32>(format) || std::holds_alternative<Minifloat>(format) ||
           std::holds_alternative<BlockFloat>(format) ||
           std::holds_alternative<MicroExponent>(format) || (fixed != nullptr && !fixed->clamp);
}

bool overflowsToInfinity(const Format& format) {
    const auto* minifloat = std::get_if<Minifloat>(&format);
    return minifloat != nullptr && !minifloat->saturate;
}

/// Two's complement, unsigned codes, codebooks and QPyTorch's code have a zero without a sign;
/// Binary has none.
bool hasSignedZero(const Format& format) {
    const auto* block = std::get_if<BlockFloat>(&format);
    const auto* scaled = std::get_if<Microscaled>(&format);
    return !std::holds_alternative<FixedPoint>(format) &&
           !std::holds_alternative<AffineInteger>(format) &&
           !std::holds_alternative<Ternary>(format) && !std::holds_alternative<Codebook>(format) &&
           !std::holds_alternative<Binary>(format) &&
           !(block != nullptr && block->arithmetic == Arithmetic::Released) &&
           !(scaled != nullptr && hasIntegerElements(*scaled));
}

TEST_P(EveryQuantiser, TreatsNumbersThatAreNotFiniteAsDocumented) {
    forEachShapeAndAxis([&](const Shape& shape, int axis) {
        for (const auto rounding : kAllRoundings) {
            SCOPED_TRACE(where(format(), rounding, kFullRandomBits, shape, axis));
            const auto in = numbersOf(Numbers::Special, elementCount(shape), 17);
            const auto out = scalarQuantised(in, shape, axis, {format(), rounding}, kKey);
            for (std::size_t i = 0; i < in.size(); ++i) {
                if (std::holds_alternative<Microscaled>(format())) {
                    ASSERT_FALSE(std::isinf(out[i])) << i;
                    ASSERT_TRUE(std::isfinite(in[i]) || std::isnan(out[i])) << i;
                } else if (std::isnan(in[i])) {
                    ASSERT_TRUE(std::isnan(out[i])) << i;
                } else if (std::isinf(in[i]) && keepsInfinity(format())) {
                    ASSERT_EQ(out[i], in[i]) << i;
                } else if (!overflowsToInfinity(format())) {
                    ASSERT_TRUE(std::isfinite(out[i])) << i << ": " << in[i] << " to " << out[i];
                }
            }
        }
    });
}

TEST_P(EveryQuantiser, KeepsTheSignOfEveryNumberWhereZerosHaveSigns) {
    const bool signedZero = hasSignedZero(format());
    for (const auto rounding : kAllRoundings) {
        for (const auto kind : {Numbers::Ordinary, Numbers::Wild, Numbers::Special}) {
            const auto in = numbersOf(kind, 100, 5);
            const auto out = scalarQuantised(in, {100}, 0, {format(), rounding}, kKey);
            for (std::size_t i = 0; i < in.size(); ++i) {
                if (signedZero && !std::isnan(out[i])) {
                    ASSERT_EQ(std::signbit(out[i]), std::signbit(in[i])) << i << ": " << in[i];
                } else if (out[i] == 0 && !std::holds_alternative<Binary>(format()) &&
                           !std::holds_alternative<Codebook>(format())) {
                    ASSERT_FALSE(std::signbit(out[i])) << i << ": " << in[i];
                }
            }
        }
    }
}

TEST_P(EveryQuantiser, WorksOnNothing) {
    ThreadTeam team;
    for (const auto& shape : {Shape{0}, Shape{3, 0}, Shape{0, 2, 2}, Shape{1, 2, 0, 2}}) {
        for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) {
            std::vector<float> none;
            quantise(none, none, shape, axis, {format(), Rounding::NearestEven}, {}, team);
            EXPECT_EQ(storageBits(format(), shape, axis), 0);
        }
    }
}

/// Numbers that came out of most formats stay where they are under any rounding, for the largest of
/// a block keeps its leading one. Not so where the scale follows from more than that (affine,
/// codebook, relative bounds), where a maximum may round up past the top (clamp=off), and where a
/// maximum of a power of two clips (ceil).
bool staysInPlace(const Format& format) {
    if (const auto* b = std::get_if<BlockFloat>(&format)) {
        return b->clamp && b->rule != SharedExponentRule::Ceil;
    }
    const auto* bounded = std::get_if<ErrorBounded>(&format);
    return !(bounded != nullptr && bounded->relative) &&
           !std::holds_alternative<AffineInteger>(format) &&
           !std::holds_alternative<Codebook>(format);
}

TEST_P(EveryQuantiser, LeavesItsOwnNumbersAlone) {
    if (!staysInPlace(format())) {
        return;
    }
    std::uint32_t seed = 0;
    forEachShapeAndAxis([&](const Shape& shape, int axis) {
        for (const auto first : kAllRoundings) {
            ++seed;
            const auto in = numbersOf(seed % 2 == 0 ? Numbers::Ordinary : Numbers::Wild,
                                      elementCount(shape), seed);
            const auto once = scalarQuantised(in, shape, axis, {format(), first}, kKey);
            for (const auto second : kAllRoundings) {
                // Multiples of a step that is no power of two are rounded to binary32.
                if (std::holds_alternative<ErrorBounded>(format()) && !isNearest(second)) {
                    continue;
                }
                SCOPED_TRACE(where(format(), second, kFullRandomBits, shape, axis) + " after " +
                             roundingText(first));
                const auto twice =
                    scalarQuantised(once, shape, axis, {format(), second}, {9, 9, 9});
                for (std::size_t i = 0; i < in.size(); ++i) {
                    ASSERT_TRUE(sameNumber(once[i], twice[i]))
                        << in[i] << " became " << once[i] << ", then " << twice[i];
                }
            }
        }
    });
}

TEST(Quantise, CeilMovesNothingButPowersOfTwoAgain) {
    for (const auto* text : {"hbfp4", "hbfp8", "bfp<5,block=7,rule=ceil>"}) {
        for (std::uint32_t seed = 0; seed < 50; ++seed) {
            const auto in = numbersOf(Numbers::Wild, 77, seed);
            const TensorFormat format{formatOf(text), Rounding::NearestEven};
            const auto once = scalarQuantised(in, {11, 7}, 1, format);
            const auto twice = scalarQuantised(once, {11, 7}, 1, format);
            for (std::size_t i = 0; i < in.size(); ++i) {
                const bool isPower = std::fabs(once[i]) == std::ldexp(1.0F, std::ilogb(once[i]));
                ASSERT_TRUE(sameNumber(once[i], twice[i]) ||
                            (isPower && std::fabs(twice[i]) < std::fabs(once[i])))
                    << text << ": " << once[i] << " became " << twice[i];
            }
        }
    }
}

TEST(Quantise, NearestAffineNumbersMoveByNoMoreThanTheirScaleRounds) {
    for (const int bits : {1, 4, 8, 12}) {
        for (std::uint32_t seed = 0; seed < 50; ++seed) {
            const TensorFormat format{AffineInteger{.bits = bits}, Rounding::NearestEven};
            const auto once =
                scalarQuantised(numbersOf(Numbers::Ordinary, 60, seed), {60}, 0, format);
            const auto twice = scalarQuantised(once, {60}, 0, format);
            for (std::size_t i = 0; i < once.size(); ++i) {
                ASSERT_NEAR(once[i], twice[i], 4 * 0x1p-22) << bits;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Quantise, EveryQuantiser, testing::ValuesIn(formatTexts()),
                         [](const auto& param) { return std::to_string(param.index); });

}  // namespace
}  // namespace mantissa::numerics
