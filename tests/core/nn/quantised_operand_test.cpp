// SPDX-License-Identifier: GPL-3.0-or-later
// One tensor in two passes: one copy, or two with random numbers of their own.
#include "core/nn/quantised_operand.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

using numerics::BlockFloat;
using numerics::BlockShape;
using numerics::Rounding;
using numerics::TensorFormat;

constexpr std::int64_t kSide = 24;

TensorFormat blocks(BlockShape::Kind kind, Rounding rounding = Rounding::Stochastic) {
    BlockShape shape{.kind = kind, .size = 8, .rows = 8, .columns = 8};
    return {BlockFloat{.mantissaBits = 4, .block = shape}, rounding};
}

/// The bytes of a square tensor along axis 1 and, as the second operand of it, along axis 0.
struct TwoPasses {
    std::vector<float> first;
    std::vector<float> second;
    bool shared = false;
};

TwoPasses twoPasses(const TensorFormat& first, const TensorFormat& second) {
    ThreadTeam team(1);
    const auto values = randomValues(kSide * kSide, 5, -1, 1);
    const StepContext context{kSide, true, false, false, {7, 3, 0}, team, {}};
    QuantisedOperand a("a", first, {{kSide, kSide}, 1}, 11);
    QuantisedOperand b("b", second, {{kSide, kSide}, 0}, 12, &a);
    std::vector<Workspace> workspaces;
    a.appendWorkspace(true, workspaces);
    b.appendWorkspace(false, workspaces);
    std::vector<std::vector<float>> memory;
    memory.reserve(workspaces.size());
    for (const Workspace& workspace : workspaces) {
        memory.emplace_back(static_cast<std::size_t>(workspace.floats));
        *workspace.data = memory.back().data();
    }
    const float* one = a.apply(context, values.data(), kSide * kSide);
    const float* two = b.apply(context, values.data(), kSide * kSide);
    return {{one, one + values.size()}, {two, two + values.size()}, b.isShared()};
}

TEST(QuantisedOperand, OneStoredCopyIsDrawnOnceForBothPasses) {
    for (const auto kind : {BlockShape::Kind::Tile, BlockShape::Kind::Tensor}) {
        const auto passes = twoPasses(blocks(kind), blocks(kind));
        EXPECT_TRUE(passes.shared);
        EXPECT_EQ(passes.first, passes.second);
    }
    const TensorFormat element{numerics::Minifloat{4, 3}, Rounding::Stochastic};
    EXPECT_TRUE(twoPasses(element, element).shared);
}

TEST(QuantisedOperand, BlocksThatFollowTheAxisAreStoredTwice) {
    const auto format = blocks(BlockShape::Kind::Vector);
    EXPECT_FALSE(twoPasses(format, format).shared);
}

// Two groups of three channels: blocks of four along the channels end with their group.
TEST(QuantisedOperand, BlocksStayInsideAGroup) {
    const numerics::Format vector = blocks(BlockShape::Kind::Vector).format;
    const auto x =
        operandBlocks(vector, {5, 6, 2, 2}, 2, GemmPass::Forward, GemmTensor::Activation);
    EXPECT_EQ(x.shape, (Shape{10, 3, 2, 2}));
    EXPECT_EQ(x.axis, 1);
    const auto w =
        operandBlocks(vector, {8, 3, 1, 1}, 2, GemmPass::InputGradient, GemmTensor::Weight);
    EXPECT_EQ(w.shape, (Shape{2, 4, 3, 1, 1}));
    EXPECT_EQ(w.axis, 1);
    const auto batch =
        operandBlocks(vector, {5, 6, 2, 2}, 2, GemmPass::WeightGradient, GemmTensor::Activation);
    EXPECT_EQ(batch.shape, (Shape{5, 6, 2, 2}));
    EXPECT_EQ(batch.axis, 0);
    const auto tile = operandBlocks(blocks(BlockShape::Kind::Tile).format, {5, 6, 2, 2}, 2,
                                    GemmPass::Forward, GemmTensor::Activation);
    EXPECT_EQ(tile.shape, (Shape{5, 6, 2, 2}));
}

/// Five images of 6 x 3 x 5 along their channels, left to be rounded by who reads them.
struct ByImage {
    explicit ByImage(const TensorFormat& format, int axis = 1)
        : operand("x", format, {{kImages, 6, 3, 5}, axis}, 11) {
        operand.roundByImage(kImages);
    }
    static constexpr std::int64_t kImages = 5;
    static constexpr std::int64_t kFloats = std::int64_t{6} * 3 * 5;
    QuantisedOperand operand;
};

TEST(QuantisedOperand, RoundsAnImageAsItRoundsTheBatch) {
    ThreadTeam team;
    const StepContext context{ByImage::kImages, true, false, false, {7, 3, 0}, team, {}};
    const auto values = randomValues(ByImage::kImages * ByImage::kFloats, 5, -1, 1);
    for (const std::string text : {"bfp<4,block=4>", "mx<e2m1,block=6>", "smx4", "msfp12"}) {
        const TensorFormat format{numerics::parseFormat(text).value(), Rounding::NearestEven};
        ByImage by(format);
        ASSERT_TRUE(by.operand.roundsByImage()) << text;
        const auto tensor =
            by.operand.toPack(context, values.data(), static_cast<std::int64_t>(values.size()));
        std::vector<float> whole(values.size());
        std::vector<float> image(ByImage::kFloats);
        numerics::quantise(values, whole, {ByImage::kImages, 6, 3, 5}, 1, format, context.key,
                           team);
        for (std::int64_t i = 0; i < ByImage::kImages; ++i) {
            const float* const read = tensor.image(i * ByImage::kFloats, image.data()).data;
            EXPECT_EQ(std::vector(read, read + ByImage::kFloats),
                      std::vector(whole.begin() + i * ByImage::kFloats,
                                  whole.begin() + (i + 1) * ByImage::kFloats))
                << text;
        }
    }
}

TEST(QuantisedOperand, RoundsTheBatchWhereImagesDependOnEachOther) {
    const auto vector = blocks(BlockShape::Kind::Vector, Rounding::NearestEven);
    EXPECT_TRUE(ByImage(vector).operand.roundsByImage());
    EXPECT_FALSE(ByImage(vector, 0).operand.roundsByImage());
    EXPECT_FALSE(ByImage(blocks(BlockShape::Kind::Vector)).operand.roundsByImage());
    for (const auto kind : {BlockShape::Kind::Tensor, BlockShape::Kind::Slice}) {
        EXPECT_FALSE(ByImage(blocks(kind, Rounding::NearestEven)).operand.roundsByImage());
    }
}

TEST(QuantisedOperand, AnotherRoundingIsAnotherCopy) {
    const auto stochastic = blocks(BlockShape::Kind::Tile);
    EXPECT_FALSE(twoPasses(stochastic, blocks(BlockShape::Kind::Tile, Rounding::Floor)).shared);
    auto coarse = stochastic;
    coarse.randomBits = 8;
    const auto passes = twoPasses(stochastic, coarse);
    EXPECT_FALSE(passes.shared);
    EXPECT_NE(passes.first, passes.second);
}

}  // namespace
}  // namespace mantissa::nn
