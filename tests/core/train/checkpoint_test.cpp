// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include <gmock/gmock.h>

namespace mantissa::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<nn::Tensor> momentaOf(const std::vector<float>& first) {
    std::vector<nn::Tensor> momenta(2);
    momenta[0] = nn::Tensor({static_cast<std::int64_t>(first.size())});
    momenta[0].copyFrom(first);
    return momenta;
}

struct State {
    std::vector<float> weight{1, 2, 3};
    std::vector<float> gradient{0, 0, 0};
    std::vector<float> running{4};
    std::vector<nn::Tensor> momenta = momentaOf({5, 6, 7});
    std::string weightName = "fc.weight";

    std::vector<nn::Parameter> parameters() {
        return {{weightName, weight, gradient, true}, {"bn.running_var", running, {}, false}};
    }
    std::vector<std::byte> encode() { return *encodeState(parameters(), momenta); }
};

State blank() {
    State state;
    state.weight.assign(3, 0);
    state.running.assign(1, 0);
    state.momenta[0].fill(0);
    return state;
}

TEST(Checkpoint, GivesBackWhatItTook) {
    State saved;
    State restored = blank();
    const auto result = restoreState(saved.encode(), restored.parameters(), restored.momenta);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(restored.weight, saved.weight);
    EXPECT_EQ(restored.running, saved.running);
    EXPECT_THAT(restored.momenta[0].values(), ElementsAre(5, 6, 7));
    EXPECT_EQ(restored.momenta[1].size(), 0);
}

TEST(Checkpoint, RestoresParametersAloneForInference) {
    State saved;
    State restored = blank();
    ASSERT_TRUE(restoreState(saved.encode(), restored.parameters()));
    EXPECT_EQ(restored.weight, saved.weight);
    EXPECT_THAT(restored.momenta[0].values(), ElementsAre(0, 0, 0));
}

TEST(Checkpoint, DetectsEveryDamagedByte) {
    const auto good = State{}.encode();
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bytes = good;
        bytes[at] ^= std::byte{0x10};
        State restored = blank();
        const auto result = restoreState(bytes, restored.parameters(), restored.momenta);
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
    const auto result = restoreState(State{}.encode(), other.parameters(), other.momenta);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(result.error().message, HasSubstr("fc.weight"));
    EXPECT_THAT(result.error().message, HasSubstr("conv.weight"));
}

TEST(Checkpoint, RefusesAnotherSize) {
    State other;
    other.weight.assign(4, 0);
    other.gradient.assign(4, 0);
    other.momenta = momentaOf({0, 0, 0, 0});
    const auto result = restoreState(State{}.encode(), other.parameters(), other.momenta);
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

}  // namespace
}  // namespace mantissa::train
