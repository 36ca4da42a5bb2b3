// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_convolution.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/accumulator.h"
#include "tests/core/nn/every_path.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

struct Case {
    Shape input;
    Conv2d conv;
    BlockSegment segment;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << c.input[0] << "x" << c.input[1] << "x" << c.input[2] << " to "
               << c.conv.outChannels << ", kernel " << c.conv.kernel << ", stride " << c.conv.stride
               << ", padding " << c.conv.padding << ", segment " << c.segment.length << ", bits "
               << magnitudeBitsOf(c.segment.codes);
}

/// What some of the cases keep their partial sums in.
constexpr numerics::PartialSum kShortSum{.exponentBits = 8, .mantissaBits = 9};

std::vector<Case> cases() {
    std::vector<Case> list;
    const auto conv = [](int outChannels, int kernel, int stride, int padding) {
        return Conv2d{
            .outChannels = outChannels, .kernel = kernel, .stride = stride, .padding = padding};
    };
    for (const BlockSegment& segment :
         {BlockSegment{5}, BlockSegment{16}, BlockSegment{32}, BlockSegment{5, BlockCodes::Words},
          BlockSegment{16, BlockCodes::Words}, BlockSegment{5, BlockCodes::SplitWords},
          BlockSegment{16, BlockCodes::SplitWords},
          BlockSegment{5, BlockCodes::Bytes, &kShortSum}}) {
        list.push_back({{3, 9, 7}, conv(6, 5, 1, 2), segment});
        list.push_back({{20, 8, 8}, conv(18, 3, 1, 1), segment});
        list.push_back({{18, 9, 8}, conv(33, 3, 2, 1), segment});
        list.push_back({{7, 5, 6}, conv(4, 1, 2, 0), segment});
        list.push_back({{4, 8, 11}, conv(5, 3, 3, 0), segment});
        list.push_back({{35, 4, 4}, conv(17, 1, 1, 0), segment});
        list.push_back({{2, 3, 3}, conv(1, 3, 1, 0), segment});
        // Rows of 16, 32 ... pixels: of both sides, of either alone, and of more than a panel.
        list.push_back({{6, 5, 16}, conv(18, 3, 1, 1), segment});
        list.push_back({{3, 6, 32}, conv(5, 3, 1, 0), segment});
        list.push_back({{4, 5, 36}, conv(3, 5, 1, 0), segment});
        list.push_back({{5, 4, 64}, conv(7, 3, 2, 1), segment});
        list.push_back({{3, 4, 16}, conv(2, 2, 1, 2), segment});
    }
    return list;
}

/// Numbers that are integers of so many bits times a power of two, wherever blocks run.
std::vector<float> codes(std::int64_t count, std::uint32_t seed, BlockCodes width) {
    std::mt19937 generator(seed);
    const int most = (1 << magnitudeBitsOf(width)) - 1;
    std::vector<float> values(static_cast<std::size_t>(count));
    for (auto& value : values) {
        value = std::ldexp(
            static_cast<float>(static_cast<int>(generator() % static_cast<unsigned>(2 * most + 1)) -
                               most),
            -9);
    }
    return values;
}

bool sameBytes(const std::vector<float>& x, const std::vector<float>& y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0;
}

std::vector<float> floats(std::int64_t count) {
    return std::vector<float>(static_cast<std::size_t>(count));
}

class BlockConvolution : public ::testing::TestWithParam<Case> {
protected:
    const ConvGeometry m_geometry = convGeometry(GetParam().conv, GetParam().input);
    const BlockSegment m_segment = GetParam().segment;
    const std::vector<float> m_weight =
        codes(m_geometry.outChannels * m_geometry.taps, 1, m_segment.codes);
    ThreadTeam m_team;
};

TEST_P(BlockConvolution, ForwardGivesTheBytesOfTheReferenceOnEveryPath) {
    const auto x = codes(m_geometry.inputFloats(), 2, m_segment.codes);
    const auto bias = randomValues(m_geometry.outChannels, 3);
    const BlockConvForward pass(m_geometry, m_segment);
    for (const float* shift : {bias.data(), static_cast<const float*>(nullptr)}) {
        auto expected = floats(m_geometry.outputFloats());
        blockConvForwardRef(m_geometry, m_segment, m_weight.data(), shift, x.data(),
                            expected.data());
        onEveryPath([&] {
            auto packed = floats(pass.packedFloats());
            auto scratch = floats(pass.scratchFloats());
            auto y = floats(m_geometry.outputFloats());
            pass.packWeights(m_weight.data(), packed.data(), m_team);
            pass.run(packed.data(), shift, x.data(), y.data(), scratch.data(), m_team);
            EXPECT_TRUE(sameBytes(y, expected)) << (shift == nullptr ? "without bias" : "");
        });
    }
}

TEST_P(BlockConvolution, InputGradientGivesTheBytesOfTheReferenceOnEveryPath) {
    const auto dy = codes(m_geometry.outputFloats(), 2, m_segment.codes);
    auto expected = floats(m_geometry.inputFloats());
    blockConvInputGradientRef(m_geometry, m_segment, m_weight.data(), dy.data(), expected.data());
    const BlockConvInputGradient pass(m_geometry, m_segment);
    onEveryPath([&] {
        auto packed = floats(pass.packedFloats());
        auto scratch = floats(pass.scratchFloats());
        std::vector<float> dx(static_cast<std::size_t>(m_geometry.inputFloats()), 7.0F);
        pass.packWeights(m_weight.data(), packed.data(), m_team);
        pass.run(packed.data(), dy.data(), dx.data(), scratch.data(), m_team);
        EXPECT_TRUE(sameBytes(dx, expected));
    });
}

TEST_P(BlockConvolution, WeightGradientGivesTheBytesOfTheReferenceOnEveryPath) {
    constexpr std::int64_t kBatch = 37;
    for (const std::int64_t images : {kBatch, std::int64_t{6}}) {
        const auto x = codes(images * m_geometry.inputFloats(), 2, m_segment.codes);
        const auto dy = codes(images * m_geometry.outputFloats(), 3, m_segment.codes);
        const BlockConvWeightGradient pass(m_geometry, m_segment, kBatch, 3);
        auto expected = floats(pass.partFloats());
        blockConvWeightGradientRef(m_geometry, m_segment, pass.parts(), x.data(), dy.data(), images,
                                   expected.data());
        onEveryPath([&] {
            auto packed = floats(pass.packedFloats());
            auto sums = floats(pass.parts() * pass.partFloats());
            auto scratch = floats(pass.scratchFloats());
            auto dw = floats(pass.partFloats());
            for (std::int64_t task = 0; task < pass.packTasks(); ++task) {
                pass.pack(task, x.data(), dy.data(), images, packed.data());
            }
            for (std::int64_t part = 0; part < pass.parts(); ++part) {
                pass.run(part, packed.data(), images, sums.data() + part * pass.partFloats(),
                         scratch.data(), m_team);
            }
            pass.addParts(sums.data(), dw.data(), m_team);
            EXPECT_TRUE(sameBytes(dw, expected)) << images << " images";
        });
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, BlockConvolution, ::testing::ValuesIn(cases()));

}  // namespace
}  // namespace mantissa::nn
