// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/channel_ops.h"

#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/nn/every_path.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

// Runs as short as a pixel, with and without a rest of a vector, and as long as many vectors.
const ChannelRuns kRuns[] = {{1, 128, 0},  {40, 1, 3},    {7, 4, 12},     {130, 16, 32},
                             {40, 49, 98}, {5, 196, 392}, {3, 1030, 2060}};
const ChannelMap kMaps[] = {{0.1F, 1.5F, 0.25F, Rectifier::None},
                            {0.1F, 1.5F, 0.25F, Rectifier::Relu},
                            {0.1F, 9.0F, 2.5F, Rectifier::Relu6}};

/// The sum as channel_ops.h says: term(i) of the sample at i.
template <typename Term>
double chainSum(const ChannelRuns& runs, const Term& term) {
    std::array<float, 16> chains{};
    double total = 0;
    std::int64_t gathered = 0;
    const auto addUp = [&] {
        double sum = 0;
        for (float& chain : chains) {
            sum += static_cast<double>(chain);
            chain = 0;
        }
        total += sum;
        gathered = 0;
    };
    for (std::int64_t run = 0; run < runs.runs; ++run) {
        for (std::int64_t i = 0; i < runs.length; ++i) {
            chains[static_cast<std::size_t>(i % 16)] +=
                term(static_cast<std::size_t>(run * runs.stride + i));
        }
        gathered += runs.length;
        if (gathered >= 1024) {
            addUp();
        }
    }
    addUp();
    return total;
}

float unrectified(const ChannelMap& map, float x) {
    return (x - map.centre) * map.scale + map.shift;
}

float mapped(const ChannelMap& map, float x) {
    const float y = unrectified(map, x);
    switch (map.rectifier) {
        case Rectifier::None:
            return y;
        case Rectifier::Relu:
            return std::max(y, 0.0F);
        case Rectifier::Relu6:
            return std::clamp(y, 0.0F, 6.0F);
    }
    return y;
}

float passed(const ChannelMap& map, float x, float dy) {
    const float y = unrectified(map, x);
    const bool passes =
        map.rectifier == Rectifier::None || (y > 0 && (map.rectifier == Rectifier::Relu || y < 6));
    return passes ? dy : 0.0F;
}

std::int64_t room(const ChannelRuns& runs) {
    return (runs.runs - 1) * runs.stride + runs.length;
}

TEST(ChannelOps, SumsRunInSixteenChainsOnEveryPath) {
    for (const auto& runs : kRuns) {
        const auto x = randomValues(room(runs), 1);
        const double sum = chainSum(runs, [&](std::size_t i) { return x[i]; });
        const double squares =
            chainSum(runs, [&](std::size_t i) { return (x[i] - 0.25F) * (x[i] - 0.25F); });
        onEveryPath([&] {
            EXPECT_EQ(sumOf(runs, x.data()), sum) << runs.length;
            EXPECT_EQ(sumOfSquares(runs, x.data(), 0.25F), squares) << runs.length;
        });
    }
}

TEST(ChannelOps, SumsOfGradientsLeaveOutWhatIsRectified) {
    for (const auto& runs : kRuns) {
        for (const auto& map : kMaps) {
            const auto x = randomValues(room(runs), 1);
            const auto dy = randomValues(room(runs), 2);
            const double gradient =
                chainSum(runs, [&](std::size_t i) { return passed(map, x[i], dy[i]); });
            const double product = chainSum(runs, [&](std::size_t i) {
                return passed(map, x[i], dy[i]) * (x[i] - map.centre);
            });
            onEveryPath([&] {
                const GradientSums sums = sumGradients(runs, map, x.data(), dy.data());
                EXPECT_EQ(sums.gradient, gradient) << runs.length;
                EXPECT_EQ(sums.product, product) << runs.length;
            });
        }
    }
}

TEST(ChannelOps, MapsChangeTheSamplesOfTheChannelAlone) {
    for (const auto& runs : kRuns) {
        for (const auto& map : kMaps) {
            const auto x = randomValues(room(runs), 1);
            const auto dy = randomValues(room(runs), 2);
            std::vector<float> outputs(x.size(), -7);
            std::vector<float> gradients(x.size(), -7);
            for (std::int64_t i = 0; i < runs.samples(); ++i) {
                const auto at = static_cast<std::size_t>(offsetOf(runs, i));
                outputs[at] = mapped(map, x[at]);
                gradients[at] =
                    (passed(map, x[at], dy[at]) - 0.01F) * map.scale - (x[at] - map.centre) * 0.02F;
            }
            onEveryPath([&] {
                std::vector<float> y(x.size(), -7);
                std::vector<float> dx(x.size(), -7);
                mapChannel(runs, map, x.data(), y.data());
                centreGradients(runs, map, x.data(), dy.data(), 0.01F, 0.02F, dx.data());
                EXPECT_EQ(y, outputs) << runs.length;
                EXPECT_EQ(dx, gradients) << runs.length;
            });
        }
    }
}

TEST(ChannelOps, MapsMayOverwriteWhatTheyRead) {
    const ChannelRuns runs{3, 37, 37};
    const ChannelMap map{0.1F, 1.5F, 0.25F, Rectifier::Relu};
    auto x = randomValues(room(runs), 1);
    auto dy = randomValues(room(runs), 2);
    std::vector<float> y(x.size());
    std::vector<float> dx(x.size());
    centreGradients(runs, map, x.data(), dy.data(), 0.01F, 0.02F, dx.data());
    centreGradients(runs, map, x.data(), dy.data(), 0.01F, 0.02F, dy.data());
    EXPECT_EQ(dy, dx);
    mapChannel(runs, map, x.data(), y.data());
    mapChannel(runs, map, x.data(), x.data());
    EXPECT_EQ(x, y);
}

}  // namespace
}  // namespace mantissa::nn
