// SPDX-License-Identifier: GPL-3.0-or-later
// Order, symmetry, error and chance: rules that quantised blocks of every kind of format obey.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/numerics/block_grid.h"
#include "tests/core/numerics/format_cases.h"

namespace mantissa::numerics {
namespace {

class EveryRule : public testing::TestWithParam<std::string> {
protected:
    const Format& format() const { return m_format; }

private:
    Format m_format = formatOf(GetParam());
};

struct Tensor {
    Shape shape;
    int axis = 0;
    std::vector<float> values;
};

Tensor anyTensor(Numbers kind) {
    auto shapes = allShapes();
    Tensor tensor{*rc::gen::elementOf(shapes), 0, {}};
    tensor.axis = *rc::gen::inRange(0, std::max(static_cast<int>(tensor.shape.size()), 1));
    tensor.values =
        numbersOf(kind, elementCount(tensor.shape), *rc::gen::inRange<std::uint32_t>(0, 1U << 30));
    return tensor;
}

Tensor anyTensor() {
    return anyTensor(*rc::gen::element(Numbers::Ordinary, Numbers::Wild));
}

using Indices = std::vector<std::size_t>;

/// The elements that share everything: blocks, of micro-exponents the sub-blocks.
std::vector<Indices> blocksOf(const Format& format, const Tensor& tensor) {
    std::vector<Indices> blocks;
    BlockShape shape{.kind = BlockShape::Kind::Tensor};
    if (const auto* micro = std::get_if<MicroExponent>(&format)) {
        shape = {.size = micro->subBlockSize};
    } else if (familyOf(format).block != nullptr) {
        shape = familyOf(format).block(format);
    }
    const auto grid = blockGrid(shape, tensor.shape, tensor.axis);
    forEachBlock(grid, [&](const ViewIndex& origin, const ViewIndex& extents) {
        auto& block = blocks.emplace_back();
        forEachElement(grid, origin, extents,
                       [&](std::int64_t i) { block.push_back(static_cast<std::size_t>(i)); });
    });
    return blocks;
}

std::vector<float> quantised(const Tensor& tensor, const Format& format, Rounding rounding,
                             int randomBits = kFullRandomBits, const RandomKey& key = {7, 1, 2}) {
    return scalarQuantised(tensor.values, tensor.shape, tensor.axis, {format, rounding, randomBits},
                           key);
}

Tensor negated(Tensor tensor) {
    for (float& x : tensor.values) {
        x = -x;
    }
    return tensor;
}

/// Affine integers and codebooks have a grid that need not pass through zero; two's complement has
/// one code more below than above; Binary counts zero as positive and draws its sign.
bool isOdd(const Format& format, Rounding rounding) {
    const auto* fixed = std::get_if<FixedPoint>(&format);
    return !std::holds_alternative<AffineInteger>(format) &&
           !std::holds_alternative<Codebook>(format) && !(fixed != nullptr && !fixed->symmetric) &&
           !(std::holds_alternative<Binary>(format) && rounding == Rounding::Stochastic);
}

/// LightNorm's elements, which are rounded to a minifloat before their block is.
bool roundsTwice(const Format& format) {
    const auto* block = std::get_if<BlockFloat>(&format);
    return block != nullptr && block->firstExponentBits > 0;
}

TEST_P(EveryRule, KeepsTheOrderOfABlock) {
    ASSERT_TRUE(kSeeded);
    EXPECT_TRUE(rc::check([&] {
        const auto tensor = anyTensor();
        for (const auto rounding : kAllRoundings) {
            const bool throughZero = isOdd(format(), Rounding::NearestUp) ||
                                     std::holds_alternative<FixedPoint>(format());
            // Between two numbers on either side of zero, "toward zero" leads away from both ends.
            if (rounding == Rounding::Stochastic ||
                (rounding == Rounding::TowardZero && !throughZero)) {
                continue;
            }
            const auto out = quantised(tensor, format(), rounding);
            for (auto block : blocksOf(format(), tensor)) {
                std::sort(block.begin(), block.end(), [&](std::size_t a, std::size_t b) {
                    return tensor.values[a] < tensor.values[b];
                });
                RC_ASSERT(
                    std::is_sorted(block.begin(), block.end(),
                                   [&](std::size_t a, std::size_t b) { return out[a] < out[b]; }));
            }
        }
    }));
}

/// A block that needs a larger scale than its bits say has no numbers.
bool isMirrored(float a, float b) {
    return a == -b || (std::isnan(a) && std::isnan(b));
}

TEST_P(EveryRule, MirrorsNumbersUnderSymmetricRoundings) {
    EXPECT_TRUE(rc::check([&] {
        const auto tensor = anyTensor();
        for (const auto rounding : {Rounding::NearestEven, Rounding::NearestAway,
                                    Rounding::TowardZero, Rounding::Stochastic}) {
            if (!isOdd(format(), rounding)) {
                continue;
            }
            const auto out = quantised(tensor, format(), rounding);
            const auto mirrored = quantised(negated(tensor), format(), rounding);
            for (std::size_t i = 0; i < out.size(); ++i) {
                RC_ASSERT(isMirrored(mirrored[i], out[i]) ||
                          (std::holds_alternative<Binary>(format()) && tensor.values[i] == 0));
            }
        }
    }));
}

TEST_P(EveryRule, MirrorsUpAndDown) {
    EXPECT_TRUE(rc::check([&] {
        const auto tensor = anyTensor();
        if (!isOdd(format(), Rounding::NearestUp)) {
            return;
        }
        const auto up = quantised(tensor, format(), Rounding::NearestUp);
        const auto down = quantised(negated(tensor), format(), Rounding::NearestDown);
        for (std::size_t i = 0; i < up.size(); ++i) {
            RC_ASSERT(isMirrored(down[i], up[i]) ||
                      (std::holds_alternative<Binary>(format()) && tensor.values[i] == 0));
        }
    }));
}

/// Where rounding is by a threshold or in the logarithm, or twice, the nearest number need not win;
/// nor where small numbers are flushed before they are rounded.
bool takesTheNearest(const Format& format) {
    const auto* power = std::get_if<PowerOfTwo>(&format);
    const auto* block = std::get_if<BlockFloat>(&format);
    const auto* minifloat = std::get_if<Minifloat>(&format);
    return !std::holds_alternative<Ternary>(format) &&
           !(power != nullptr && power->distance == PowerOfTwo::Distance::Log) &&
           !(block != nullptr &&
             (roundsTwice(format) || block->rule == SharedExponentRule::Exempt)) &&
           !(minifloat != nullptr && (!minifloat->subnormals || !minifloat->saturate));
}

/// Whether none of the ascending numbers is nearer to x than q; those of a grid that is not one of
/// powers of two are rounded to binary32.
bool isNearestOf(const std::vector<float>& numbers, float x, float q) {
    const auto distance = [&](float number) {
        return std::fabs(static_cast<double>(number) - static_cast<double>(x));
    };
    const double slack = std::fabs(static_cast<double>(q)) * 0x1p-23;
    const auto above = std::lower_bound(numbers.begin(), numbers.end(), x);
    return (above == numbers.end() || distance(q) <= distance(*above) + slack) &&
           (above == numbers.begin() || distance(q) <= distance(*std::prev(above)) + slack);
}

TEST_P(EveryRule, TakesTheNearestOfABlocksNumbersUnderNearestRoundings) {
    EXPECT_TRUE(rc::check([&] {
        const auto tensor = anyTensor();
        for (const auto rounding : kAllRoundings) {
            if (!isNearest(rounding) || !takesTheNearest(format())) {
                continue;
            }
            const auto out = quantised(tensor, format(), rounding);
            for (const auto& block : blocksOf(format(), tensor)) {
                std::vector<float> numbers;
                for (const auto i : block) {
                    if (!std::isnan(out[i])) {
                        numbers.push_back(out[i]);
                    }
                }
                RC_ASSERT(numbers.empty() || numbers.size() == block.size());
                std::sort(numbers.begin(), numbers.end());
                for (std::size_t k = 0; k < numbers.size(); ++k) {
                    const auto i = block[k];
                    RC_ASSERT(isNearestOf(numbers, tensor.values[i], out[i]));
                }
            }
        }
    }));
}

/// Numbers of formats whose grid is its own mirror image: just below x or x, and just above.
struct Neighbours {
    std::vector<float> below, above;
};

Neighbours neighbours(const Tensor& tensor, const Format& format) {
    Neighbours result{quantised(tensor, format, Rounding::Floor),
                      quantised(negated(tensor), format, Rounding::Floor)};
    for (float& x : result.above) {
        x = -x;
    }
    return result;
}

TEST_P(EveryRule, StaysWithinAStepAndWithinHalfOfItToTheNearest) {
    EXPECT_TRUE(rc::check([&] {
        const auto tensor = anyTensor();
        if (!isOdd(format(), Rounding::Floor) || std::holds_alternative<Binary>(format()) ||
            std::holds_alternative<Ternary>(format()) || roundsTwice(format())) {
            return;
        }
        const auto [below, above] = neighbours(tensor, format());
        for (const auto rounding : kAllRoundings) {
            const auto out = quantised(tensor, format(), rounding);
            for (std::size_t i = 0; i < out.size(); ++i) {
                const float x = tensor.values[i];
                if (!(below[i] <= x && x <= above[i])) {
                    continue;  // beyond the largest number, or flushed
                }
                RC_ASSERT(out[i] == below[i] || out[i] == above[i]);
                if (isNearest(rounding) && takesTheNearest(format())) {
                    const double step =
                        static_cast<double>(above[i]) - static_cast<double>(below[i]);
                    const double error =
                        std::fabs(static_cast<double>(out[i]) - static_cast<double>(x));
                    RC_ASSERT(error <= step / 2 + std::fabs(static_cast<double>(x)) * 0x1p-23);
                }
            }
        }
    }));
}

// Where QPyTorch's sum in binary32 would be Inf, numbers stay what they are.
TEST(Quantise, ReleasedBlocksStayFiniteUpToTheLargestNumbers) {
    const std::vector<float> in{std::nextafter(0x1p126F, 0.0F), 1e37F, -1e36F, 0x1p127F};
    for (const std::size_t count : {3U, 4U}) {
        const auto out = [&](const char* text) {
            std::vector<float> quantised(count);
            quantiseRef(std::span(in).first(count), quantised, {static_cast<std::int64_t>(count)},
                        0, {formatOf(text), Rounding::NearestUp}, {});
            return quantised;
        };
        EXPECT_EQ(out("bfp<8,block=tensor,arithmetic=released>"), out("bfp<8,block=tensor>"));
    }
}

TEST(Quantise, ErrorBoundsHold) {
    EXPECT_TRUE(rc::check([] {
        const auto tensor = anyTensor(Numbers::Ordinary);
        const bool relative = *rc::gen::arbitrary<bool>();
        const double bound =
            std::ldexp(1.0 + *rc::gen::inRange(0, 100) / 100.0, *rc::gen::inRange(-12, -2));
        const Format format = ErrorBounded{bound, relative, 24};
        const auto [lowest, highest] =
            std::minmax_element(tensor.values.begin(), tensor.values.end());
        if (tensor.values.empty()) {
            return;
        }
        const double span = static_cast<double>(*highest) - static_cast<double>(*lowest);
        const double unit = span > 0 ? span : std::fabs(static_cast<double>(*highest));
        const double allowed = bound * (relative ? unit : 1);
        for (const auto rounding : kAllRoundings) {
            const auto out = quantised(tensor, format, rounding);
            for (std::size_t i = 0; i < out.size(); ++i) {
                const double x = static_cast<double>(tensor.values[i]);
                const double error = std::fabs(static_cast<double>(out[i]) - x);
                RC_ASSERT(error <= allowed * (isNearest(rounding) ? 1 : 2) +
                                       std::fabs(x) * 0x1p-24 + 0x1p-149);
            }
        }
    }));
}

TEST(Quantise, AffineErrorsAreAtMostHalfAStep) {
    EXPECT_TRUE(rc::check([] {
        const auto tensor = anyTensor(Numbers::Ordinary);
        if (tensor.values.empty()) {
            return;
        }
        const int bits = *rc::gen::inRange(1, 13);
        const auto [lowest, highest] =
            std::minmax_element(tensor.values.begin(), tensor.values.end());
        const double step = (static_cast<double>(*highest) - static_cast<double>(*lowest)) /
                            (std::ldexp(1.0, bits) - 1);
        for (const auto rounding : kAllRoundings) {
            const auto out = quantised(tensor, AffineInteger{.bits = bits}, rounding);
            for (std::size_t i = 0; i < out.size(); ++i) {
                const double error =
                    std::fabs(static_cast<double>(out[i]) - static_cast<double>(tensor.values[i]));
                RC_ASSERT(error <= step * (isNearest(rounding) ? 0.5 : 1) + 8 * 0x1p-23);
            }
        }
    }));
}

/// Mirrored blocks: the mean of a block's magnitudes is a sum in the order of memory, exact for
/// ordinary numbers.
TEST_P(EveryRule, DoesNotCareForTheOrderInsideABlock) {
    EXPECT_TRUE(rc::check([&] {
        const auto tensor = anyTensor(Numbers::Ordinary);
        auto mirrored = tensor;
        const auto blocks = blocksOf(format(), tensor);
        for (const auto& block : blocks) {
            for (std::size_t k = 0; k < block.size(); ++k) {
                mirrored.values[block[k]] = tensor.values[block[block.size() - 1 - k]];
            }
        }
        for (const auto rounding : kAllRoundings) {
            if (rounding == Rounding::Stochastic) {
                continue;
            }
            const auto out = quantised(tensor, format(), rounding);
            const auto mirroredOut = quantised(mirrored, format(), rounding);
            for (const auto& block : blocks) {
                for (std::size_t k = 0; k < block.size(); ++k) {
                    RC_ASSERT(mirroredOut[block[k]] == out[block[block.size() - 1 - k]]);
                }
            }
        }
    }));
}

TEST_P(EveryRule, TreatsEachBlockAloneWhereverItStands) {
    if (familyOf(format()).block == nullptr ||
        familyOf(format()).block(format()).kind != BlockShape::Kind::Vector) {
        return;
    }
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
        const Shape shape{6, 37};
        const auto in = numbersOf(Numbers::Wild, 6 * 37, seed);
        std::vector<float> turned(in.rbegin(), in.rend());
        for (std::size_t row = 0; row < 6; ++row) {  // the rows change places, not what they hold
            std::reverse(turned.begin() + static_cast<std::ptrdiff_t>(row * 37),
                         turned.begin() + static_cast<std::ptrdiff_t>((row + 1) * 37));
        }
        const TensorFormat tensorFormat{format(), Rounding::NearestEven};
        const auto out = scalarQuantised(in, shape, 1, tensorFormat);
        const auto turnedOut = scalarQuantised(turned, shape, 1, tensorFormat);
        for (std::size_t i = 0; i < in.size(); ++i) {
            ASSERT_TRUE(sameNumber(turnedOut[(5 - i / 37) * 37 + i % 37], out[i])) << i;
        }
    }
}

/// Two numbers come up, e apart, the upper with the probability p of the remainder cut to the
/// random bits. The count of a binomial distribution within three standard deviations bounds both
/// the mean and the variance e^2 p (1 - p).
TEST_P(EveryRule, DrawsNeighboursWithTheProbabilityOfTheRemainder) {
    constexpr int kDraws = 2000;
    const Tensor tensor{{4}, 0, {4, 0.3F, -4, 0}};
    const double x = static_cast<double>(tensor.values[1]);
    if (roundsTwice(format())) {
        return;
    }
    for (const int randomBits : {kFullRandomBits, 8, 3}) {
        std::map<float, int> counts;
        for (std::uint64_t step = 0; step < kDraws; ++step) {
            ++counts[quantised(tensor, format(), Rounding::Stochastic, randomBits,
                               {2026, step, 3})[1]];
        }
        ASSERT_LE(counts.size(), 2U) << formatText(format());
        const double low = static_cast<double>(counts.begin()->first);
        if (counts.size() ==
            1) {  // a number of the format, a clipped, a flushed or an improbable one
            const auto [below, above] = neighbours(tensor, format());
            const double step = static_cast<double>(above[1]) - static_cast<double>(below[1]);
            EXPECT_TRUE(x < static_cast<double>(below[1]) || x > static_cast<double>(above[1]) ||
                        low == x ||
                        std::fabs(low - x) / step < std::ldexp(1.0, -randomBits) + 4.0 / kDraws)
                << low;
            continue;
        }
        const double high = static_cast<double>(counts.rbegin()->first);
        ASSERT_TRUE(low < x && x < high) << low << " " << high;
        const double exact = (x - low) / (high - low);
        const double p =
            std::floor(std::ldexp(exact, randomBits) + 1e-5) / std::ldexp(1.0, randomBits);
        EXPECT_NEAR(counts.rbegin()->second, kDraws * p, 3 * std::sqrt(kDraws * p * (1 - p)))
            << randomBits << " random bits, from " << low << " to " << high;
    }
}

INSTANTIATE_TEST_SUITE_P(Quantise, EveryRule, testing::ValuesIn(formatTexts()),
                         [](const auto& param) { return std::to_string(param.index); });

}  // namespace
}  // namespace mantissa::numerics
