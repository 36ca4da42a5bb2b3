// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_gemm.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "core/nn/block_codes.h"
#include "core/numerics/integer_blocks.h"
#include "core/numerics/registry.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

/// Lines of block floating point numbers: each segment has a random exponent from `lowest` on.
/// Element (line, k) stands at line * depth + k, or at k * lines + line where `across`.
std::vector<float> blockValues(std::int64_t lines, std::int64_t depth, const BlockSegment& segment,
                               std::uint32_t seed, bool across, int lowest = -12) {
    const int most = (1 << magnitudeBitsOf(segment.codes)) - 1;
    std::mt19937 generator(seed);
    std::vector<float> values(static_cast<std::size_t>(lines * depth));
    for (std::int64_t line = 0; line < lines; ++line) {
        int exponent = 0;
        for (std::int64_t k = 0; k < depth; ++k) {
            if (k % segment.length == 0) {
                exponent = lowest + static_cast<int>(generator() % 8);
            }
            const int random =
                static_cast<int>(generator() % static_cast<unsigned>(2 * most + 1)) - most;
            // Ends of the range are where sums are largest and bytes change their signs.
            const int code = generator() % 4 != 0 ? random : (random < 0 ? -most : most);
            values[static_cast<std::size_t>(across ? k * lines + line : line * depth + k)] =
                std::ldexp(static_cast<float>(generator() % 16 == 0 ? 0 : code), exponent);
        }
    }
    return values;
}

struct Product {
    GemmSize size;
    BlockSegment segment;
    std::vector<float> aValues, bValues, start;
    MatrixView a, b;

    Product(const GemmSize& s, const BlockSegment& seg, bool aAcross, bool bAcross,
            int lowest = -12)
        : size(s),
          segment(seg),
          aValues(blockValues(s.m, s.k, seg, 1, aAcross, lowest)),
          bValues(blockValues(s.n, s.k, seg, 2, bAcross, lowest)),
          start(randomValues(s.m * s.n, 3)),
          a(aAcross ? rowMajor(aValues.data(), s.m).transposed() : rowMajor(aValues.data(), s.k)),
          b(bAcross ? rowMajor(bValues.data(), s.n) : rowMajor(bValues.data(), s.k).transposed()) {}

    std::vector<float> fast(int threads) const {
        ThreadTeam team(threads);
        std::vector<float> scratch(static_cast<std::size_t>(blockGemmScratchFloats() * threads));
        std::vector<float> packed(static_cast<std::size_t>(blockGemmPackedFloats(size, segment)));
        auto c = start;
        blockGemm(size, a, b, segment, c.data(), scratch, packed, team);
        return c;
    }
    std::vector<float> reference() const {
        auto c = start;
        blockGemmRef(size, a, b, segment, c.data());
        return c;
    }
};

bool sameBytes(const std::vector<float>& x, const std::vector<float>& y) {
    return x.size() == y.size() &&
           (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0);
}

std::vector<GemmSize> sizes() {
    return {{1, 1, 1},   {0, 3, 4},    {3, 0, 4},    {3, 4, 0},    {1, 97, 33},
            {97, 1, 33}, {5, 300, 2},  {3, 5, 1500}, {34, 50, 70}, {16, 48, 512},
            {17, 49, 7}, {300, 3, 40}, {4, 31, 1025}};
}

std::vector<BlockSegment> segments() {
    std::vector<BlockSegment> list{1, 5, 16, 32, 1024};
    for (const auto codes : {BlockCodes::Words, BlockCodes::SplitWords}) {
        for (const std::int64_t length : {1, 5, 16, 32, 256}) {
            list.emplace_back(length, codes);
        }
    }
    list.emplace_back(512, BlockCodes::Words);
    return list;
}

TEST(BlockGemm, GivesTheBytesOfTheReferenceOnEveryPath) {
    for (const GemmSize& size : sizes()) {
        for (const BlockSegment& segment : segments()) {
            for (int across = 0; across < 4; ++across) {
                const Product product(size, segment, (across & 1) != 0, (across & 2) != 0);
                const auto expected = product.reference();
                for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
                    hwy::SetSupportedTargetsForTest(target);
                    EXPECT_TRUE(sameBytes(product.fast(1), expected))
                        << hwy::TargetName(target) << " " << size.m << " x " << size.n << " x "
                        << size.k << " segment " << segment.length << " across " << across;
                }
                hwy::SetSupportedTargetsForTest(0);
            }
        }
    }
}

TEST(BlockGemm, IsExactForTheSmallestAndTheLargestNumbers) {
    for (const int lowest : {-149, -133, -126, 90, 113}) {
        for (const auto codes : {BlockCodes::Bytes, BlockCodes::Words, BlockCodes::SplitWords}) {
            for (const bool across : {false, true}) {
                // Every number is finite.
                const int exponent = std::min(lowest, 120 - magnitudeBitsOf(codes));
                const Product product({5, 40, 64}, {16, codes}, across, across, exponent);
                EXPECT_TRUE(sameBytes(product.fast(1), product.reference())) << lowest;
            }
        }
    }
}

TEST(BlockGemm, GivesTheSameBytesForEveryTeam) {
    const Product product({150, 130, 700}, 16, false, true);
    const auto one = product.fast(1);
    for (const int threads : {2, 3}) {
        EXPECT_TRUE(sameBytes(one, product.fast(threads)));
    }
}

TEST(BlockGemm, MakesNanOfASegmentThatIsNotFiniteAndOfNoOther) {
    for (const bool across : {false, true}) {
        Product product({3, 20, 48}, 16, across, across);
        product.aValues[across ? 20 * 3 + 1 : 48 + 20] = std::numeric_limits<float>::infinity();
        const auto c = product.fast(1);
        for (std::size_t i = 0; i < c.size(); ++i) {
            EXPECT_EQ(std::isnan(c[i]), i / 20 == 1) << i;
        }
    }
}

/// One segment is one exact integer: here 32 products near 127 x 127, which FP32 could not sum in
/// any order without regard to its 24 bits once a large start is there.
TEST(BlockGemm, RoundsOnceASegment) {
    const std::vector<float> a(32, 127);
    std::vector<float> b(32, 127);
    b[0] = 126;
    float c = 16777216;
    ThreadTeam team;
    std::vector<float> scratch(static_cast<std::size_t>(blockGemmScratchFloats()));
    std::vector<float> packed(static_cast<std::size_t>(blockGemmPackedFloats({1, 1, 32}, 32)));
    blockGemm({1, 1, 32}, rowMajor(a.data(), 32), rowMajor(b.data(), 1), 32, &c, scratch, packed,
              team);
    EXPECT_EQ(c, static_cast<float>(16777216.0 + 127.0 * 127 * 32 - 127));
}

/// 256 products of the largest words: nothing overflows, and the sum is rounded once.
TEST(BlockGemm, SumsTheLongestSegmentsOfTheLargestWordsExactly) {
    for (const auto codes : {BlockCodes::Words, BlockCodes::SplitWords}) {
        const auto largest = static_cast<float>((1 << magnitudeBitsOf(codes)) - 1);
        const auto length = longestSegment(codes);
        const std::vector<float> a(static_cast<std::size_t>(length), largest);
        for (const float sign : {1.0F, -1.0F}) {
            const std::vector<float> b(static_cast<std::size_t>(length), sign * largest);
            const GemmSize size{1, 1, length};
            for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
                hwy::SetSupportedTargetsForTest(target);
                float c = 0;
                ThreadTeam team;
                std::vector<float> scratch(static_cast<std::size_t>(blockGemmScratchFloats()));
                std::vector<float> packed(
                    static_cast<std::size_t>(blockGemmPackedFloats(size, {length, codes})));
                blockGemm(size, rowMajor(a.data(), length), rowMajor(b.data(), 1), {length, codes},
                          &c, scratch, packed, team);
                EXPECT_EQ(
                    c, static_cast<float>(static_cast<double>(sign) * static_cast<double>(length) *
                                          std::pow(static_cast<double>(largest), 2)))
                    << hwy::TargetName(target);
            }
            hwy::SetSupportedTargetsForTest(0);
        }
    }
}

/// Numbers of very different sizes, with what vectors cannot round among them where asked.
std::vector<float> wildValues(std::int64_t count, std::uint32_t seed, bool extremes) {
    std::mt19937 generator(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool zeros = i / 16 % 5 == 0;
        const auto mantissa = static_cast<float>(static_cast<int>(generator() % 4095) - 2047);
        values[i] = zeros ? 0.0F : std::ldexp(mantissa, static_cast<int>(generator() % 20) - 20);
        if (extremes && generator() % 60 == 0) {
            const float kinds[]{std::numeric_limits<float>::infinity(), -1e38F, 1e-44F, 3e37F};
            values[i] = kinds[generator() % 4];
        }
    }
    return values;
}

/// Rounding while packing is quantise() before packing.
TEST(BlockGemm, RoundsWhilePackingAsQuantiseDoes) {
    const GemmSize size{19, 53, 70};
    for (const std::string spelling :
         {"bfp<8,block=16>", "bfp<4,block=16>", "bfp<5,block=32,rule=ceil>", "mx<int8>",
          "bfp<8,exp=4>", "bfp<8,exp=10,rule=ceil,eps=1e-08>", "bfp<6,block=8,rule=rceil>"}) {
        const auto parsed = numerics::parseFormat(spelling);
        if (!parsed) {
            ADD_FAILURE() << parsed.error().message << " " << parsed.error().where;
            continue;
        }
        const numerics::TensorFormat format{*parsed, numerics::Rounding::NearestEven};
        const auto kernel =
            numerics::kernelFormat(format, *numerics::familyOf(*parsed).steps(*parsed));
        ASSERT_TRUE(canRoundWhilePacking(kernel)) << spelling;
        const auto run = numerics::integerBlocks(*parsed, {size.m, size.k}, 1)->run;
        for (const bool extremes : {false, true}) {
            const auto a = wildValues(size.m * size.k, 1, extremes);
            const auto b = wildValues(size.n * size.k, 2, extremes);
            std::vector<float> qa(a.size()), qb(b.size());
            numerics::quantiseRef(a, qa, {size.m, size.k}, 1, format, {});
            numerics::quantiseRef(b, qb, {size.n, size.k}, 1, format, {});
            std::vector<float> bAcross(b.size());  // k outside
            for (std::int64_t i = 0; i < size.n * size.k; ++i) {
                bAcross[static_cast<std::size_t>(i % size.k * size.n + i / size.k)] =
                    b[static_cast<std::size_t>(i)];
            }
            std::vector<float> expected(static_cast<std::size_t>(size.m * size.n));
            blockGemmRef(size, rowMajor(qa.data(), size.k),
                         rowMajor(qb.data(), size.k).transposed(), run, expected.data());
            for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
                hwy::SetSupportedTargetsForTest(target);
                for (const bool across : {false, true}) {
                    ThreadTeam team;
                    std::vector<float> scratch(static_cast<std::size_t>(blockGemmScratchFloats()));
                    std::vector<float> packed(
                        static_cast<std::size_t>(blockGemmPackedFloats(size, run)));
                    std::vector<float> c(expected.size(), 5.0F);
                    blockGemm(size, {rowMajor(a.data(), size.k), &kernel},
                              {across ? rowMajor(bAcross.data(), size.n)
                                      : rowMajor(b.data(), size.k).transposed(),
                               &kernel},
                              run, c.data(), scratch, packed, team, false);
                    for (std::size_t i = 0; i < c.size(); ++i) {
                        ASSERT_TRUE(c[i] == expected[i] ||
                                    (std::isnan(c[i]) && std::isnan(expected[i])))
                            << spelling << " " << hwy::TargetName(target) << " " << i << ": "
                            << c[i] << ", " << expected[i];
                    }
                }
            }
            hwy::SetSupportedTargetsForTest(0);
        }
    }
}

TEST(SegmentCode, IsTheNumberInStepsOfTheScale) {
    EXPECT_EQ(segmentScale(std::bit_cast<std::uint32_t>(1.0F)), 0x1p-6F);
    EXPECT_EQ(segmentScale(std::bit_cast<std::uint32_t>(1.984375F)), 0x1p-6F);
    EXPECT_EQ(segmentScale(std::bit_cast<std::uint32_t>(1.0F), BlockCodes::Words), 0x1p-10F);
    EXPECT_EQ(segmentScale(std::bit_cast<std::uint32_t>(1.0F), BlockCodes::SplitWords), 0x1p-14F);
    EXPECT_EQ(segmentCode(-1.984375F, 0x1p-6F), -127);
    EXPECT_EQ(segmentScale(0), 0);
    EXPECT_EQ(segmentScale(1), 0x1p-149F);
    EXPECT_TRUE(std::isnan(segmentScale(0x7F800000)));
}

}  // namespace
}  // namespace mantissa::nn
