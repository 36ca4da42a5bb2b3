// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/vector_ops.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/nn/every_path.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

constexpr std::int64_t kLengths[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 14, 15, 16, 17, 31, 33, 100};

TEST(VectorOps, ReluKeepsPositiveNumbersAndNaN) {
    onEveryPath([] {
        for (const auto count : kLengths) {
            const auto x = randomValues(count, 1);
            std::vector<float> y(x.size());
            std::vector<float> dx(x.size());
            reluForward(x.data(), y.data(), count);
            reluBackward(y.data(), x.data(), dx.data(), count);
            for (std::size_t i = 0; i < x.size(); ++i) {
                ASSERT_EQ(y[i], std::max(x[i], 0.0F));
                ASSERT_EQ(dx[i], x[i] > 0 ? x[i] : 0.0F);
            }
        }
        float nan = std::numeric_limits<float>::quiet_NaN();
        reluForward(&nan, &nan, 1);
        EXPECT_TRUE(std::isnan(nan));
    });
}

TEST(VectorOps, SumsHaveTheSameBytesOnEveryPath) {
    for (const auto count : kLengths) {
        const auto x = randomValues(count, 1);
        std::vector<double> sums;
        onEveryPath([&] { sums.push_back(sumOf(x.data(), count)); });
        double expected = 0;
        for (const float value : x) {
            expected += static_cast<double>(value);
        }
        EXPECT_NEAR(sums[0], expected, 1e-5);
        for (const double sum : sums) {
            EXPECT_EQ(sum, sums[0]) << count;
        }
    }
}

TEST(VectorOps, MaxPoolRowTakesTheLargestAndSendsTheGradientToTheFirst) {
    onEveryPath([] {
        for (const auto count : kLengths) {
            auto upper = randomValues(2 * count, 1);
            auto lower = randomValues(2 * count, 2);
            for (auto* row : {&upper, &lower}) {
                for (auto& value : *row) {
                    value = std::round(value * 2);  // many ties
                }
            }
            const auto dy = randomValues(count, 3, 1, 2);
            std::vector<float> y(dy.size());
            std::vector<float> dUpper(upper.size(), -1);
            std::vector<float> dLower(lower.size(), -1);
            maxPoolRow(upper.data(), lower.data(), y.data(), count);
            maxPoolRowBackward(upper.data(), lower.data(), y.data(), dy.data(), dUpper.data(),
                               dLower.data(), count);
            for (std::size_t i = 0; i < y.size(); ++i) {
                const float window[] = {upper[2 * i], upper[2 * i + 1], lower[2 * i],
                                        lower[2 * i + 1]};
                const float gradient[] = {dUpper[2 * i], dUpper[2 * i + 1], dLower[2 * i],
                                          dLower[2 * i + 1]};
                const auto best = std::max_element(window, window + 4) - window;
                ASSERT_EQ(y[i], window[best]);
                for (std::ptrdiff_t j = 0; j < 4; ++j) {
                    ASSERT_EQ(gradient[j], j == best ? dy[i] : 0.0F) << count << " " << i;
                }
            }
        }
    });
}

TEST(VectorOps, MaxPoolRowPassesNaNOn) {
    onEveryPath([] {
        for (std::size_t place = 0; place < 4; ++place) {
            std::vector<float> rows(4, 1.0F);
            rows[place] = std::numeric_limits<float>::quiet_NaN();
            float y = 0;
            maxPoolRow(rows.data(), rows.data() + 2, &y, 1);
            EXPECT_TRUE(std::isnan(y)) << place;
        }
    });
}

}  // namespace
}  // namespace mantissa::nn
