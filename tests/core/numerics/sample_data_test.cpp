// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/sample_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace mantissa::numerics {
namespace {

constexpr std::int64_t kCount = 65536;

template <typename Function>
double meanOf(const std::vector<float>& values, const Function& function) {
    double sum = 0;
    for (const float value : values) {
        sum += function(static_cast<double>(value));
    }
    return sum / static_cast<double>(values.size());
}

const auto kSign = [](double x) { return x < 0 ? -1.0 : 1.0; };

TEST(SampleData, GaussianHasItsMoments) {
    const auto values = sampleOf({Distribution::Gaussian, 3, 7}, kCount);
    EXPECT_NEAR(meanOf(values, [](double x) { return x; }), 0, 0.05);
    EXPECT_NEAR(meanOf(values, [](double x) { return x * x; }), 9, 0.2);
    EXPECT_NEAR(meanOf(values, [](double x) { return x * x * x * x; }), 3 * 81, 12);
}

TEST(SampleData, LaplaceHasItsMoments) {
    const auto values = sampleOf({Distribution::Laplace, 2, 7}, kCount);
    EXPECT_NEAR(meanOf(values, [](double x) { return std::fabs(x); }), 2, 0.04);
    EXPECT_NEAR(meanOf(values, [](double x) { return x * x; }), 8, 0.3);
    EXPECT_NEAR(meanOf(values, kSign), 0, 0.02);
}

TEST(SampleData, LogNormalHasItsLogarithms) {
    const auto values = sampleOf({Distribution::LogNormal, 1, 7}, kCount);
    EXPECT_NEAR(meanOf(values, [](double x) { return std::log(std::fabs(x)); }), 0, 0.04);
    EXPECT_NEAR(meanOf(values, [](double x) { return std::pow(std::log(std::fabs(x)), 2); }), 4,
                0.1);
    EXPECT_NEAR(meanOf(values, kSign), 0, 0.02);
    EXPECT_NEAR(meanOf(values, [](double x) { return kSign(x) * std::log(std::fabs(x)); }), 0,
                0.05);
}

TEST(SampleData, FollowsTheSeedAlone) {
    const SampleSpec spec{Distribution::Laplace, 1, 5};
    const auto longer = sampleOf(spec, 200);
    const auto shorter = sampleOf(spec, 100);
    EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
    EXPECT_NE(sampleOf({Distribution::Laplace, 1, 6}, 100), shorter);
}

TEST(SampleData, StaysFinite) {
    const auto values = sampleOf({Distribution::LogNormal, 1e38, 1}, 4096);
    EXPECT_EQ(*std::max_element(values.begin(), values.end()), std::numeric_limits<float>::max());
}

}  // namespace
}  // namespace mantissa::numerics
