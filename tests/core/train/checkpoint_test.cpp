// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include <gmock/gmock.h>

namespace mantissa::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<Optimiser::States> statesOf(const std::vector<float>& first,
                                        const std::vector<float>& second = {}) {
    std::vector<Optimiser::States> states(2);
    states[0][0] = nn::Tensor({static_cast<std::int64_t>(first.size())});
    states[0][0].copyFrom(first);
    if (!second.empty()) {
        states[0][1] = nn::Tensor({static_cast<std::int64_t>(second.size())});
        states[0][1].copyFrom(second);
    }
    return states;
}

struct State {
    std::vector<float> weight{1, 2, 3};
    std::vector<float> gradient{0, 0, 0};
    std::vector<float> running{4};
    std::vector<Optimiser::States> states = statesOf({5, 6, 7}, {8, 9, 10});
    std::string weightName = "fc.weight";

    std::vector<nn::Parameter> parameters() {
        return {{weightName, weight, gradient, true}, {"bn.running_var", running, {}, false}};
    }
    std::vector<std::byte> encode() {
        return *encodeState(parameters(), states, {{"loss_scale", 0.1}, {"updates", 3}});
    }
};

State blank() {
    State state;
    state.weight.assign(3, 0);
    state.running.assign(1, 0);
    state.states[0][0].fill(0);
    state.states[0][1].fill(0);
    return state;
}

TEST(Checkpoint, GivesBackWhatItTook) {
    State saved;
    State restored = blank();
    const auto result = restoreState(saved.encode(), restored.parameters(), restored.states);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(restored.weight, saved.weight);
    EXPECT_EQ(restored.running, saved.running);
    EXPECT_THAT(restored.states[0][0].values(), ElementsAre(5, 6, 7));
    EXPECT_THAT(restored.states[0][1].values(), ElementsAre(8, 9, 10));
    EXPECT_EQ(restored.states[1][0].size(), 0);
    EXPECT_EQ(*result, (SingleValues{{"loss_scale", 0.1}, {"updates", 3}}));
}

TEST(Checkpoint, RestoresParametersAloneForInference) {
    State saved;
    State restored = blank();
    ASSERT_TRUE(restoreState(saved.encode(), restored.parameters()));
    EXPECT_EQ(restored.weight, saved.weight);
    EXPECT_THAT(restored.states[0][0].values(), ElementsAre(0, 0, 0));
}

TEST(Checkpoint, DetectsEveryDamagedByte) {
    const auto good = State{}.encode();
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bytes = good;
        bytes[at] ^= std::byte{0x10};
        State restored = blank();
        const auto result = restoreState(bytes, restored.parameters(), restored.states);
        ASSERT_FALSE(result) << "byte " << at;
        EXPECT_EQ(result.error().code, ErrorCode::Corrupt);
        EXPECT_THAT(restored.weight, ElementsAre(0, 0, 0));
    }
}

TEST(Checkpoint, DetectsEveryTruncation) {
    const auto good = State{}.encode();
    for (std::size_t size = 0; size < good.size(); ++size) {
        State restored = blank();
        EXPECT_FALSE(restoreState(std::span(good).first(size), restored.parameters())) << size;
    }
}

TEST(Checkpoint, RefusesAnotherName) {
    State other = blank();
    other.weightName = "conv.weight";
    const auto result = restoreState(State{}.encode(), other.parameters(), other.states);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(result.error().message, HasSubstr("fc.weight"));
    EXPECT_THAT(result.error().message, HasSubstr("conv.weight"));
}

TEST(Checkpoint, RefusesAnotherSize) {
    State other;
    other.weight.assign(4, 0);
    other.gradient.assign(4, 0);
    other.states = statesOf({0, 0, 0, 0});
    const auto result = restoreState(State{}.encode(), other.parameters(), other.states);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("3 elements, in the network 4"));
}

TEST(Checkpoint, RefusesAnotherNumberOfTensors) {
    State other;
    auto parameters = other.parameters();
    parameters.pop_back();
    const auto result = restoreState(State{}.encode(), parameters);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("2 tensors, the network has 1"));
}

TEST(Checkpoint, RefusesAnotherOptimiser) {
    State other = blank();
    other.states = statesOf({0, 0, 0});
    const auto result = restoreState(State{}.encode(), other.parameters(), other.states);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("2 states, the optimiser keeps 1"));
}

}  // namespace
}  // namespace mantissa::train
