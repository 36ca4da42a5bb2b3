// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/tensor_profile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/nn/network.h"

namespace mantissa::nn {
namespace {

TensorProfile exponentsOf(const std::vector<float>& values, int threads = 1) {
    ThreadTeam team(threads);
    TensorProfile profile;
    countExponents(values, profile, team);
    return profile;
}

std::int64_t at(const TensorProfile& profile, int exponent) {
    return profile.exponents[static_cast<std::size_t>(exponent - TensorProfile::kLowestExponent)];
}

TEST(TensorProfile, CountsExponentsZerosAndWhatIsNotFinite) {
    constexpr auto kInfinity = std::numeric_limits<float>::infinity();
    constexpr auto kSubnormal = std::numeric_limits<float>::denorm_min();
    const auto profile = exponentsOf({1.5F, -1, 0.75F, 0, -0.0F, kInfinity, -kInfinity, NAN,
                                      kSubnormal, std::numeric_limits<float>::max()});
    EXPECT_EQ(profile.count, 10);
    EXPECT_EQ(profile.zeros, 2);
    EXPECT_EQ(profile.notFinite, 3);
    EXPECT_EQ(at(profile, 0), 2);
    EXPECT_EQ(at(profile, -1), 1);
    EXPECT_EQ(at(profile, 127), 1);
    EXPECT_EQ(at(profile, TensorProfile::kLowestExponent), 1);
}

TEST(TensorProfile, IsTheSameWithMoreThreads) {
    std::vector<float> values(300'001);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = std::ldexp(1.0F, static_cast<int>(i % 37) - 20) * (i % 5 == 0 ? 0.0F : 1.0F);
    }
    const auto one = exponentsOf(values, 1);
    const auto three = exponentsOf(values, 3);
    EXPECT_EQ(one.exponents, three.exponents);
    EXPECT_EQ(one.zeros, three.zeros);
    EXPECT_EQ(one.zeros, 60'001);
    const auto smallest = std::count(values.begin(), values.end(), std::ldexp(1.0F, -20));
    EXPECT_EQ(at(one, -20), smallest);
    EXPECT_GT(smallest, 0);
}

TEST(TensorProfile, FindsTheExponentOfAShare) {
    const auto profile = exponentsOf({0, 1, 2, 4, 8});
    EXPECT_EQ(profile.exponentAbove(0), 0);
    EXPECT_EQ(profile.exponentAbove(0.5), 2);
    EXPECT_EQ(profile.exponentAbove(0.99), 3);
    EXPECT_EQ(exponentsOf({0}).exponentAbove(0.5), TensorProfile::kLowestExponent);
}

TEST(TensorProfile, AChannelIsDeadWhereItIsZeroInEveryImage) {
    //                              image 0         image 1
    const std::vector<float> values{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    ThreadTeam team(2);
    TensorProfile profile;
    findDeadChannels({values, 3, 2}, profile, team);  // 2 images x 3 channels x 2 pixels
    EXPECT_EQ(profile.channels, 3);
    EXPECT_EQ(profile.deadChannels, 1);
    EXPECT_DOUBLE_EQ(profile.deadShare(), 1.0 / 3);
}

/// The share of FlexBlock's facts: exponents 3, 1, 0 and -2 with four bits lose the last.
TEST(Network, ProfilesTheTensorsOfAStepOnRequest) {
    ThreadTeam team(1);
    const numerics::TensorFormat four{numerics::BlockFloat{.mantissaBits = 4, .signCounted = false},
                                      numerics::Rounding::TowardZero};
    const NetworkSpec spec{
        .input = {4, 1, 1},
        .classes = 2,
        .layers = {{"flat", Flatten{}, {}}, {"fc", Linear{.outFeatures = 2}, {}}}};
    std::vector<LayerPrecision> precision(2);
    precision[1].activationForward = four;
    auto network = Network::make(spec, precision, 1, team).value();
    network.initialise(1);
    const std::vector<float> image{8, 2, 1, 0.25F};
    const std::vector<Label> label{1};
    network.trainStep(image, label, {});
    EXPECT_TRUE(network.profiles().empty());
    network.gatherStatistics(true);
    network.gatherProfiles(true);
    network.trainStep(image, label, {});
    const auto profiles = network.profiles();
    ASSERT_EQ(profiles.size(), 4U);
    EXPECT_EQ(profiles[1].layer, "fc");
    EXPECT_EQ(profiles[1].tensor, "activation");
    EXPECT_EQ(at(profiles[1].profile, 3), 1);
    EXPECT_EQ(profiles[1].profile.channels, 4);
    EXPECT_EQ(profiles[1].profile.deadChannels, 0);
    const auto statistics = network.statistics();
    ASSERT_EQ(statistics.size(), 1U);
    EXPECT_DOUBLE_EQ(statistics[0].zeroSettingError.value(), 0.25);
}

}  // namespace
}  // namespace mantissa::nn
