// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/approximate_products.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "core/nn/approximate_passes.h"

namespace mantissa::nn {
namespace {

/// Every published multiplier but the exact one, and tables of no rule.
std::vector<ApproximateMultiplication> multiplications() {
    std::vector<ApproximateMultiplication> list;
    for (const auto& named : numerics::namedMultipliers()) {
        if (!std::holds_alternative<numerics::ExactMultiplier>(named.multiplier)) {
            list.emplace_back(numerics::loadMultiplier(named.multiplier).value());
        }
    }
    std::mt19937 generator(5);
    for (const int bits : {1, 4, 5, 6, 7}) {
        numerics::MultiplierTable table{bits, {}};
        for (int entry = 0; entry < 1 << (2 * bits); ++entry) {
            const auto mantissa = generator() % (1U << static_cast<unsigned>(bits));
            table.entries.push_back(static_cast<std::uint8_t>(mantissa | (generator() % 2) << 7U));
        }
        list.emplace_back(numerics::LoadedMultiplier{
            numerics::TableMultiplier{"random" + std::to_string(bits)}, table});
    }
    return list;
}

enum class Numbers { Moderate, Wild };

/// With zeros; wild ones overflow, underflow, are subnormal, infinite or no numbers.
std::vector<float> numbers(std::int64_t count, std::uint32_t seed, Numbers kind) {
    std::mt19937 generator(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (auto& value : values) {
        const auto mantissa = static_cast<float>(generator() >> 8U) * 0x1p-24F + 1.0F;
        const int exponent = static_cast<int>(generator() % 60) - 40;
        value = std::ldexp(generator() % 2 == 0 ? mantissa : -mantissa, exponent);
        if (generator() % 8 == 0) {
            value = 0;
        } else if (kind == Numbers::Wild && generator() % 8 == 0) {
            value = std::bit_cast<float>(static_cast<std::uint32_t>(generator()));
        }
    }
    return values;
}

bool sameNumbers(const std::vector<float>& x, const std::vector<float>& y) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        const bool same = std::bit_cast<std::uint32_t>(x[i]) == std::bit_cast<std::uint32_t>(y[i]);
        if (!same && !(std::isnan(x[i]) && std::isnan(y[i]))) {
            return false;
        }
    }
    return x.size() == y.size();
}

template <typename Check>
void onEveryPath(const Check& check) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        check(hwy::TargetName(target));
    }
    hwy::SetSupportedTargetsForTest(0);
}

struct Case {
    GemmSize size;
    bool aAcross, bAcross;  ///< k outside
};

TEST(ApproximateProducts, GiveTheBytesOfTheNormOnEveryPath) {
    ThreadTeam team;
    for (const auto& multiplication : multiplications()) {
        const std::string name = numerics::multiplierText(multiplication.kind());
        for (const Case& c : {Case{{5, 70, 66}, false, true}, Case{{19, 33, 7}, true, false},
                              Case{{1, 1, 130}, false, false}, Case{{18, 130, 3}, true, true}}) {
            for (const Numbers kind : {Numbers::Moderate, Numbers::Wild}) {
                const auto& [m, n, k] = c.size;
                const auto a = numbers(m * k, 1, kind);
                const auto b = numbers(n * k, 2, kind);
                const auto start = numbers(m * n, 3, Numbers::Moderate);
                ApproximateProduct product{
                    .rows = m,
                    .columns = n,
                    .depth = k,
                    .a = a.data(),
                    .aRows = {c.aAcross ? 1 : k},
                    .aStep = c.aAcross ? m : 1,
                    .b = b.data(),
                    .bRows = {c.bAcross ? n : 1},
                    .bStep = c.bAcross ? 1 : k,
                    .cRow = n,
                    .accumulate = true,
                };
                auto expected = start;
                product.c = expected.data();
                multiplyApproximatelyRef(multiplication, product);
                onEveryPath([&](const char* path) {
                    std::vector<float> scratch(
                        static_cast<std::size_t>(approximateScratchFloats()));
                    auto sums = start;
                    product.c = sums.data();
                    multiplyApproximately(multiplication, product, scratch.data(), team);
                    EXPECT_TRUE(sameNumbers(sums, expected))
                        << name << " " << path << " " << m << "x" << n << "x" << k;
                });
            }
        }
    }
}

TEST(ApproximateProducts, AreThoseOfTheScalarMultiplier) {
    ThreadTeam team;
    for (const auto& multiplication : multiplications()) {
        const auto loaded = numerics::loadMultiplier(multiplication.kind());
        if (!loaded) {
            continue;  // a random table is in no file
        }
        const auto a = numbers(64, 1, Numbers::Wild);
        const auto b = numbers(64, 2, Numbers::Wild);
        std::vector<float> scratch(static_cast<std::size_t>(approximateScratchFloats()));
        for (std::size_t i = 0; i < a.size(); ++i) {
            float c = 7;
            multiplyApproximately(multiplication,
                                  {.rows = 1,
                                   .columns = 1,
                                   .depth = 1,
                                   .a = &a[i],
                                   .aRows = {},
                                   .b = &b[i],
                                   .bRows = {},
                                   .c = &c,
                                   .cRow = 1},
                                  scratch.data(), team);
            const float expected = 0.0F + numerics::multiply(a[i], b[i], *loaded);
            EXPECT_TRUE(c == expected || (std::isnan(c) && std::isnan(expected)))
                << numerics::multiplierText(multiplication.kind()) << " " << a[i] << " " << b[i];
        }
    }
}

/// Calls visit(tap, input index) for the taps of output pixel (y, x) inside the image.
template <typename Visit>
void forEachTap(const ConvGeometry& g, std::int64_t y, std::int64_t x, const Visit& visit) {
    for (std::int64_t tap = 0; tap < g.taps; ++tap) {
        const std::int64_t place = tap % (g.kernel * g.kernel);
        const std::int64_t row = y * g.stride + place / g.kernel * g.dilation - g.padding;
        const std::int64_t column = x * g.stride + place % g.kernel * g.dilation - g.padding;
        if (row >= 0 && row < g.height && column >= 0 && column < g.width) {
            const std::int64_t channel = tap / (g.kernel * g.kernel);
            visit(tap, (channel * g.height + row) * g.width + column);
        }
    }
}

class ApproximateConvolution : public ::testing::TestWithParam<int> {
protected:
    /// Kernel, stride, padding and channels by the parameter.
    static ConvGeometry geometryOf(int index) {
        Conv2d conv;
        conv.outChannels = index == 2 ? 1 : 19;
        conv.kernel = index == 1 ? 1 : 3;
        conv.stride = index == 3 ? 2 : 1;
        conv.padding = index == 1 ? 0 : 1;
        return convGeometry(conv, {index == 2 ? 1 : 5, 7, 9});
    }
    /// visit(o, pixel, tap, input) for every product.
    template <typename Visit>
    void forEachProduct(const Visit& visit) const {
        const ConvGeometry& g = m_geometry;
        for (std::int64_t o = 0; o < g.outChannels; ++o) {
            for (std::int64_t pixel = 0; pixel < g.outHeight * g.outWidth; ++pixel) {
                forEachTap(g, pixel / g.outWidth, pixel % g.outWidth,
                           [&](std::int64_t tap, std::int64_t input) {
                               visit(o, o * g.outHeight * g.outWidth + pixel, tap, input);
                           });
            }
        }
    }
    static float& at(std::vector<float>& values, std::int64_t i) {
        return values[static_cast<std::size_t>(i)];
    }

    const ConvGeometry m_geometry = geometryOf(GetParam());
    const ApproximateMultiplication m_multiplication{
        numerics::loadMultiplier(numerics::parseMultiplier("mbm_7").value()).value()};
    std::vector<float> m_x = numbers(2 * m_geometry.inputFloats(), 1, Numbers::Moderate);
    std::vector<float> m_weight =
        numbers(m_geometry.outChannels * m_geometry.taps, 2, Numbers::Moderate);
    std::vector<float> m_dy = numbers(2 * m_geometry.outputFloats(), 3, Numbers::Moderate);
    std::vector<float> m_scratch =
        std::vector<float>(static_cast<std::size_t>(approximateConvScratchFloats(m_geometry)));
    ThreadTeam m_team;
};

TEST_P(ApproximateConvolution, ForwardAddsEveryProduct) {
    std::vector<float> y(static_cast<std::size_t>(m_geometry.outputFloats())), expected(y.size());
    forEachProduct([&](std::int64_t o, std::int64_t out, std::int64_t tap, std::int64_t in) {
        at(expected, out) +=
            m_multiplication.product(at(m_weight, o * m_geometry.taps + tap), at(m_x, in));
    });
    approximateConvForward(m_multiplication, m_geometry, m_weight.data(), nullptr, m_x.data(),
                           y.data(), m_scratch.data(), m_team);
    EXPECT_TRUE(sameNumbers(y, expected));
}

TEST_P(ApproximateConvolution, InputGradientAddsEveryProductTapByTap) {
    const ConvGeometry& g = m_geometry;
    const std::int64_t pixels = g.outHeight * g.outWidth;
    std::vector<float> dx(static_cast<std::size_t>(g.inputFloats())), expected(dx.size());
    for (std::int64_t wanted = 0; wanted < g.taps; ++wanted) {
        std::vector<float> products(static_cast<std::size_t>(pixels));
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
            for (std::int64_t o = 0; o < g.outChannels; ++o) {
                at(products, pixel) += m_multiplication.product(at(m_weight, o * g.taps + wanted),
                                                                at(m_dy, o * pixels + pixel));
            }
            forEachTap(g, pixel / g.outWidth, pixel % g.outWidth,
                       [&](std::int64_t tap, std::int64_t in) {
                           if (tap == wanted) {
                               at(expected, in) += at(products, pixel);
                           }
                       });
        }
    }
    approximateConvInputGradient(m_multiplication, g, m_weight.data(), m_dy.data(), dx.data(),
                                 m_scratch.data(), m_team);
    EXPECT_TRUE(sameNumbers(dx, expected));
}

TEST_P(ApproximateConvolution, WeightGradientAddsEveryProductImageByImage) {
    const ConvGeometry& g = m_geometry;
    std::vector<float> dw(static_cast<std::size_t>(g.outChannels * g.taps)), expected(dw.size());
    for (std::int64_t image = 0; image < 2; ++image) {
        forEachProduct([&](std::int64_t o, std::int64_t out, std::int64_t tap, std::int64_t in) {
            at(expected, tap * g.outChannels + o) += m_multiplication.product(
                at(m_x, image * g.inputFloats() + in), at(m_dy, image * g.outputFloats() + out));
        });
    }
    approximateConvWeightGradient(m_multiplication, g, m_x.data(), m_dy.data(), 2, dw.data(),
                                  m_scratch.data(), m_team);
    EXPECT_TRUE(sameNumbers(dw, expected));
}

INSTANTIATE_TEST_SUITE_P(Shapes, ApproximateConvolution, ::testing::Range(0, 4));

}  // namespace
}  // namespace mantissa::nn
