// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/k_winners.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nn/network.h"
#include "tests/core/nn/every_path.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

using ::testing::ElementsAre;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// One column.
std::vector<float> kept(const std::vector<float>& x, std::int64_t winners) {
    std::vector<float> y(x.size(), -1), scratch(x.size() * kWinnerColumns);
    const Columns column{1, static_cast<std::int64_t>(x.size())};
    Winners found{};
    findWinners(column, winners, x.data(), found, scratch.data());
    keepWinners(column, found, x.data(), x.data(), y.data());
    return y;
}

TEST(KWinners, KeepTheLargestEvenWhereTheyAreNegative) {
    onEveryPath([] {
        EXPECT_THAT(kept({3, -1, 4, -5, 2}, 2), ElementsAre(3, 0, 4, 0, 0));
        EXPECT_THAT(kept({-3, -1, -4, -5}, 3), ElementsAre(-3, -1, -4, 0));
        EXPECT_THAT(kept({7}, 1), ElementsAre(7));
    });
}

TEST(KWinners, OfEqualNumbersTheFirstWin) {
    onEveryPath([] {
        EXPECT_THAT(kept({1, 2, 2, 2, 1}, 2), ElementsAre(0, 2, 2, 0, 0));
        EXPECT_THAT(kept({-0.0F, 0, 1}, 2), ElementsAre(0, 0, 1));
        EXPECT_TRUE(std::signbit(kept({-0.0F, 0, 1}, 2)[0])) << "-0 is the first of two zeros";
    });
}

TEST(KWinners, NanAndInfinityAreSeenBehindThem) {
    onEveryPath([] {
        const auto y = kept({1, -kNan, kInf, 2, -kInf}, 2);
        EXPECT_TRUE(std::isnan(y[1]));
        EXPECT_EQ(y[2], kInf);
        EXPECT_EQ(y[3], 0);
        EXPECT_THAT(kept({-kInf, -1, -2}, 2), ElementsAre(0, -1, -2));
    });
}

/// Of every place and number of columns, with equal numbers among them.
TEST(KWinners, AreTheNormsOnEveryPath) {
    onEveryPath([] {
        for (const std::int64_t elements : {1, 2, 6, 24, 25, 64}) {
            for (const std::int64_t count : {1, 5, 16}) {
                for (const bool sideBySide : {true, false}) {
                    const Columns columns{count, elements, sideBySide ? count : 1,
                                          sideBySide ? 1 : elements};
                    auto x = randomValues(elements * count, 3, -4, 4);
                    for (auto& value : x) {
                        value = std::round(value);
                    }
                    const auto dy = randomValues(elements * count, 4, -1, 1);
                    for (const std::int64_t winners :
                         {std::int64_t{1}, (elements + 1) / 2, elements}) {
                        std::vector<float> y(x.size()), norm(x.size());
                        std::vector<float> scratch(
                            static_cast<std::size_t>(elements * kWinnerColumns));
                        Winners found{};
                        findWinners(columns, winners, x.data(), found, scratch.data());
                        keepWinners(columns, found, x.data(), dy.data(), y.data());
                        keepWinnersRef(columns, winners, x.data(), dy.data(), norm.data());
                        EXPECT_EQ(std::memcmp(y.data(), norm.data(), y.size() * sizeof(float)), 0)
                            << elements << " elements, " << count << " columns, " << winners;
                    }
                }
            }
        }
    });
}

/// What is behind the layer alone.
std::vector<float> behind(const Shape& input, const KWinners& winners,
                          const std::vector<float>& images, int threads = 1) {
    NetworkSpec spec{
        .input = input, .classes = static_cast<int>(elementCount(input)), .layers = {}};
    spec.layers = {{"winners", winners, {}}};
    if (input.size() > 1) {
        spec.layers.push_back({"flat", Flatten{}, {}});
    }
    ThreadTeam team(threads);
    const auto batch =
        static_cast<int>(static_cast<std::int64_t>(images.size()) / elementCount(input));
    auto network =
        Network::make(spec, std::vector<LayerPrecision>(spec.layers.size()), batch, team);
    EXPECT_TRUE(network) << (network ? "" : network.error().text());
    const std::vector<Label> labels(static_cast<std::size_t>(batch), 0);
    network->evaluate(images, labels, {});
    return {network->logits().begin(), network->logits().end()};
}

TEST(KWinnersLayer, TheChannelsOfAPixelCompete) {
    // Two pixels, four channels: one of four wins at each.
    EXPECT_THAT(behind({4, 1, 2}, {.share = 0.25}, {1, 5, 2, 1, 3, 1, 4, 1}),
                ElementsAre(0, 5, 0, 0, 0, 0, 4, 0));
}

TEST(KWinnersLayer, GivesTheSameBytesForEveryTeam) {
    const auto images = randomValues(std::int64_t{20} * 12 * 5 * 7, 5, -1, 1);
    EXPECT_EQ(behind({12, 5, 7}, {}, images, 1), behind({12, 5, 7}, {}, images, 3));
}

TEST(KWinnersLayer, AtLeastOneWins) {
    EXPECT_THAT(behind({4, 1, 1}, {.share = 0.001}, {1, 5, 2, 1}), ElementsAre(0, 5, 0, 0));
}

/// Of maps and of features, forward and backward.
TEST(KWinnersLayer, TrainsToTheSameBytesForEveryTeam) {
    NetworkSpec spec{.input = {2, 6, 5}, .classes = 3, .layers = {}};
    spec.layers = {{"conv", Conv2d{.outChannels = 7}, {}},
                   {"maps", KWinners{.share = 0.3}, {}},
                   {"flat", Flatten{}, {}},
                   {"features", KWinners{.share = 0.2}, {}},
                   {"scores", Linear{.outFeatures = 3}, {}}};
    constexpr int kBatch = 37;
    const auto images = randomValues(kBatch * elementCount(spec.input), 9);
    const std::vector<Label> labels(kBatch, 2);
    const auto gradients = [&](int threads) {
        ThreadTeam team(threads);
        auto network = Network::make(spec, std::vector<LayerPrecision>(5), kBatch, team).value();
        network.initialise(5);
        network.trainStep(images, labels, {});
        std::vector<float> all;
        for (const auto& parameter : network.parameters()) {
            all.insert(all.end(), parameter.gradient.begin(), parameter.gradient.end());
        }
        return all;
    };
    EXPECT_EQ(gradients(1), gradients(3));
}

}  // namespace
}  // namespace mantissa::nn
