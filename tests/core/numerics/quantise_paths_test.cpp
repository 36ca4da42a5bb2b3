// SPDX-License-Identifier: GPL-3.0-or-later
// quantise() gives the bytes of quantiseRef() on every instruction set of this machine.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <stop_token>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/quantise.h"
#include "core/numerics/quantise_kernels.h"

namespace mantissa::numerics {
namespace {

constexpr RandomKey kKey{0x123456789ABCDEFU, 0xFEDCBA9876543210U, 7};
constexpr std::array kRoundings{Rounding::NearestEven, Rounding::NearestAway, Rounding::NearestUp,
                                Rounding::NearestDown, Rounding::TowardZero,  Rounding::Floor,
                                Rounding::Stochastic};

const char* const kFormats[] = {
    "fp32", "bf16", "tf32", "fp16", "fp8_e5m2", "fp8_e4m3", "fp10_a", "fp4_e2m1", "float<8,23>",
    "float<5,2,bias=-90>", "float<5,3,bias=140,subnormals=off>", "float<2,3,bias=-120>",
    "float<2,0,variant=all>", "float<4,3,variant=fn,overflow=inf>", "float<8,3,bias=147>",
    "float<8,1,bias=148,overflow=inf>", "float<8,12>", "float<6,14,overflow=inf>",
    // whose numbers reach beyond binary32's
    "float<8,3,variant=fn>", "float<8,7,variant=all,overflow=inf>", "float<8,23,variant=all>",
    "float<8,23,variant=fn,overflow=inf>", "float<8,0,variant=all>", "float<8,5,bias=300>",
    "float<8,5,bias=100>", "float<8,9,bias=60,overflow=inf>", "float<8,23,bias=200>",
    "float<8,4,bias=403>", "float<8,4,bias=-128>", "float<8,2,variant=fn,bias=-126,subnormals=off>",
    "float<4,3,bias=160>", "float<4,3,bias=-128>", "float<4,3,bias=-120,overflow=inf>",
    "float<1,3>", "float<1,23,overflow=inf>", "float<1,1,bias=140>", "float<1,5,bias=-130>",
    // block floating point
    "bfp<8,block=16>", "bfp<4,block=8>", "bfp<8,block=1>", "bfp<8,block=2>", "bfp<8,block=4>",
    "bfp<8,block=3>", "bfp<8,block=32>", "bfp<5,block=40>", "bfp<2,block=16>", "bfp<24,block=16>",
    "bfp<16,block=16>", "bfp<12,block=32,rule=ceil>", "bfp<6,exp=4,block=16>",
    "bfp<4,exp=2,sign=out,block=8>", "bfp<8,exp=9,block=16>", "hbfp8", "hbfp4",
    "bfp<8,block=5x7,rule=ceil>", "bfp<1,sign=out,block=16,rule=ceil>", "bfp<8,block=1x16>",
    "bfp<8,block=16x1>", "bfp<8,block=slice>", "bfp<8,block=tensor,rule=ceil>",
    "bfp<8,block=1x2x2x3>", "bfp<6,block=16,rule=even>", "bfp<4,block=24,rule=rceil>",
    "bfp<5,exp=6,block=8,rule=ceil,clamp=off>", "bfp<23,sign=out,block=64,clamp=off>",
    "bfp<4,exp=5,sign=out,block=16,first_exp=5,first_man=3>", "bfp<6,block=9,rule=exempt>",
    "bfp<8,exp=4,block=8,rule=exempt,clamp=off,first_exp=5,first_man=4>",
    "bfp<6,block=16,rule=exempt>", "bfp<5,exp=5,sign=out,block=64,rule=exempt>",
    "bfp<4,exp=3,block=2,rule=exempt>", "bfp<8,exp=9,block=5x7,rule=exempt>",
    "bfp<3,block=1,rule=exempt>", "bfp<6,exp=6,block=4,rule=exempt,first_exp=6,first_man=3>",
    "bfp<23,sign=out,block=1x2x2x3,rule=exempt>", "bfp<6,block=slice,rule=exempt>",
    // as released code computes
    "bfp<8,block=16,arithmetic=released>", "bfp<5,block=5,rule=ceil,eps=0,arithmetic=released>",
    "fixed<4,8,arithmetic=released>",
    // microscaling
    "mx<e4m3,block=32>", "mx<e5m2,block=16,rule=ceil>", "mx<e2m1,block=32,rule=rceil>",
    "mx<e3m2,block=7,rule=even>", "mx<e2m3,block=3x5>", "mx<int8,block=32>",
    "mx<int4,block=5,rule=rceil>", "mx<int8,block=slice,scale=4>", "mx<e4m3,block=tensor>",
    "mx<e1m23,block=16,scale=4>", "mx<e2m1,block=2x3x2x2,rule=even>",
    "mx<e2m1,block=16,variant=ieee>", "mx<e5m10,block=16,variant=ieee>", "mx<e5m20,block=16>",
    "mx<e8m7,block=32,variant=ieee>", "mx<e8m3,block=16,rule=ceil>", "mx<e6m4,block=8,variant=fn>",
    // two levels
    "smx<7>", "smx<4,block=8,sub=4,micro=2>", "smx<3,exp=4,block=12,sub=3>",
    "smx<2,block=64,sub=1,micro=4>", "smx<5,block=4,sub=4,micro=0>",
    // one grid for all
    "fixed<4,12>", "fixed<1,7,symmetric=on>", "fixed<12,20>", "fixed<10,-4>",
    "fixed<4,8,clamp=off>", "fixed<-2,6>",
    // powers of two
    "pow2<4>", "pow2<4,top=0>", "pow2<5,distance=log,block=6>", "pow2<8,top=127>",
    "pow2<3,top=-10,distance=log>", "pow2<8,block=16>",
    // what the scalar norm does alone
    "affine<8>", "affine<4,block=5>", "binary<scale=mean>", "ternary<block=slice>", "codebook<3>",
    "bounded<0.01,kind=relative,block=16>", "bounded<0.001>"};

enum class Values { Ordinary, Wild };

/// Ordinary: a normal distribution with some exact ties, zeros and zero runs. Wild: any bit
/// pattern, so NaN, Inf, subnormals and both ends of binary32, among equally wild neighbours.
std::vector<float> values(std::int64_t count, Values kind, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> result(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < result.size(); ++i) {
        const auto draw = random();
        float x = normal(random);
        if (kind == Values::Wild && draw % 3 != 0) {
            x = draw % 3 == 1 ? std::bit_cast<float>(static_cast<std::uint32_t>(random()))
                              : std::ldexp(x, static_cast<int>(random() % 300) - 170);
        } else if (draw % 8 == 0) {
            x = std::ldexp(std::round(x * 64), -7);
        } else if (draw % 8 == 1 || i / 48 % 5 == 4) {
            x = draw % 16 < 8 ? 0.0F : -0.0F;
        }
        result[i] = x;
    }
    return result;
}

bool sameBytes(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

void expectSameBytes(const std::vector<float>& in, const std::vector<float>& expected,
                     const std::vector<float>& actual) {
    for (std::size_t i = 0; i < in.size(); ++i) {
        ASSERT_TRUE(sameBytes(expected[i], actual[i]))
            << "element " << i << ": " << std::hexfloat << in[i] << " became " << actual[i]
            << ", the norm says " << expected[i];
    }
}

void expectSameStatistics(const ErrorStatistics& expected, const ErrorStatistics& actual) {
    ASSERT_EQ(expected.count, actual.count);
    ASSERT_EQ(expected.clipped, actual.clipped);
    ASSERT_EQ(expected.flushed, actual.flushed);
    const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
    ASSERT_EQ(bits(expected.signalPower), bits(actual.signalPower));
    ASSERT_EQ(bits(expected.noisePower), bits(actual.noisePower));
    ASSERT_EQ(bits(expected.maxAbsError), bits(actual.maxAbsError));
}

/// With the statistics come the same bytes, and the figures are the scalar reference's.
void expectStatistics(const std::vector<float>& in, const std::vector<float>& quantised,
                      const Shape& shape, int axis, const TensorFormat& format) {
    ThreadTeam team;
    auto inPlace = in;
    const auto actual = quantiseWithStatistics(inPlace, inPlace, shape, axis, format, kKey, team);
    expectSameBytes(in, quantised, inPlace);
    expectSameStatistics(errorStatistics(in, quantised, shape, axis, format, kKey), actual);
}

void expectAllPathsAgree(const std::vector<float>& in, const Shape& shape, int axis,
                         const TensorFormat& format) {
    std::vector<float> expected(in.size());
    quantiseRef(in, expected, shape, axis, format, kKey);
    ThreadTeam team;
    for (const auto path : vectorPaths()) {
        SCOPED_TRACE(testing::Message() << path << " " << formatText(format.format) << " "
                                        << roundingText(format.rounding) << " " << shapeText(shape)
                                        << " axis " << axis);
        useVectorPath(path);
        ASSERT_EQ(activePath(), path);
        std::vector<float> actual(in.size());
        quantise(in, actual, shape, axis, format, kKey, team);
        expectSameBytes(in, expected, actual);
        expectStatistics(in, expected, shape, axis, format);
    }
    useVectorPath("");
}

class EveryFormat : public testing::TestWithParam<const char*> {};

TEST_P(EveryFormat, IsTheSameOnEveryPathForEveryShapeAndRounding) {
    const Shape shapes[] = {{0},          {1},           {15},         {16},
                            {17},         {1000},        {3, 0, 2},    {5, 33},
                            {33, 5},      {2, 16},       {24, 49},     {2, 17, 3},
                            {3, 5, 4, 5}, {2, 3, 1, 37}, {2, 21, 128}, {2, 3, 2, 3, 5}};
    const Format format = parseFormat(GetParam()).value();
    std::uint32_t seed = 1;
    for (const auto& shape : shapes) {
        for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) {
            for (const auto rounding : kRoundings) {
                for (const auto kind : {Values::Ordinary, Values::Wild}) {
                    const auto in = values(elementCount(shape), kind, ++seed);
                    expectAllPathsAgree(in, shape, axis, {format, rounding});
                    if (HasFatalFailure()) {
                        return;
                    }
                }
            }
        }
    }
}

TEST_P(EveryFormat, IsTheSameOnEveryPathInTensorsOfSeveralTasks) {
    const Format format = parseFormat(GetParam()).value();
    for (const auto rounding : {Rounding::NearestEven, Rounding::Stochastic}) {
        for (const Shape& shape : {Shape{3, 20, 601}, Shape{3, 20, 1024}, Shape{2, 7, 40, 70}}) {
            const auto in = values(elementCount(shape), Values::Ordinary, 99);
            for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) {
                expectAllPathsAgree(in, shape, axis, {format, rounding});
                if (HasFatalFailure()) {
                    return;
                }
            }
        }
    }
}

TEST_P(EveryFormat, IsTheSameOnEveryPathWhereSeveralRowsFitAChunk) {
    const Format format = parseFormat(GetParam()).value();
    std::uint32_t seed = 1000;
    for (const Shape& shape : {Shape{2, 6, 6, 32}, Shape{4, 6, 16}, Shape{48, 8}}) {
        for (const auto rounding : {Rounding::NearestEven, Rounding::Floor, Rounding::Stochastic}) {
            for (const auto kind : {Values::Ordinary, Values::Wild}) {
                const auto in = values(elementCount(shape), kind, ++seed);
                for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) {
                    expectAllPathsAgree(in, shape, axis, {format, rounding});
                    ASSERT_FALSE(HasFatalFailure());
                }
            }
        }
    }
}

TEST_P(EveryFormat, IsTheSameOnEveryPathForFewRandomBits) {
    const Format format = parseFormat(GetParam()).value();
    const auto in = values(2000, Values::Wild, 11);
    for (const int bits : {1, 8, 16, 23}) {
        expectAllPathsAgree(in, {2000}, 0, {format, Rounding::Stochastic, bits});
        expectAllPathsAgree(in, {20, 100}, 0, {format, Rounding::Stochastic, bits});
        ASSERT_FALSE(HasFatalFailure());
    }
}

TEST_P(EveryFormat, DoesNotDependOnThreads) {
    const TensorFormat format{parseFormat(GetParam()).value(), Rounding::Stochastic};
    const Shape shape{2, 5, 10, 1500};
    const auto in = values(elementCount(shape), Values::Ordinary, 5);
    std::vector<float> one(in.size());
    std::vector<float> three(in.size());
    ThreadTeam alone(1);
    ThreadTeam team(3);
    for (int axis = 0; axis < 4; ++axis) {
        quantise(in, one, shape, axis, format, kKey, alone);
        quantise(in, three, shape, axis, format, kKey, team);
        expectSameBytes(in, one, three);
        expectSameStatistics(quantiseWithStatistics(in, one, shape, axis, format, kKey, alone),
                             quantiseWithStatistics(in, three, shape, axis, format, kKey, team));
    }
}

INSTANTIATE_TEST_SUITE_P(Quantise, EveryFormat, testing::ValuesIn(kFormats),
                         [](const auto& param) { return std::to_string(param.index); });

/// Beyond this size results go past the caches, where the memory is aligned for it.
TEST(QuantisePaths, LargeTensorsAreTheSameOnEveryPath) {
    constexpr std::size_t kCount = (std::size_t{4} << 20U) + std::size_t{4096} * 24;
    constexpr std::size_t kLineFloats = 16;
    const Shape shapes[] = {{kCount}, {kCount / 1024, 1024}, {kCount / 32768, 32, 32, 32}};
    const auto in = values(kCount, Values::Wild, 3);
    std::vector<float> expected(kCount);
    std::vector<float> memory(kCount + kLineFloats);
    void* start = memory.data();
    std::size_t space = memory.size() * sizeof(float);
    std::align(kLineFloats * sizeof(float), kCount * sizeof(float), start, space);
    const std::span<float> aligned(static_cast<float*>(start), kCount);
    ThreadTeam team(2);
    for (const auto& shape : shapes) {
        for (const char* text :
             {"bfp<8,block=16>", "hbfp8", "mx<e4m3,block=32>", "bfp<8,block=1x24x3x3>"}) {
            const TensorFormat format{parseFormat(text).value()};
            SCOPED_TRACE(testing::Message() << text << " " << shapeText(shape));
            quantiseRef(in, expected, shape, 0, format, kKey);
            std::fill(aligned.begin(), aligned.end(), 7.0F);
            quantise(in, aligned, shape, 0, format, kKey, team);
            expectSameBytes(in, expected, {aligned.begin(), aligned.end()});
            std::fill(aligned.begin(), aligned.end(), 7.0F);
            const auto statistics =
                quantiseWithStatistics(in, aligned, shape, 0, format, kKey, team);
            expectSameBytes(in, expected, {aligned.begin(), aligned.end()});
            expectSameStatistics(errorStatistics(in, expected, shape, 0, format, kKey), statistics);
            ASSERT_FALSE(HasFatalFailure());
        }
    }
}

/// A team that has been stopped begins nothing: so every format is cut into the team's tasks.
TEST(QuantisePaths, AStoppedTeamLeavesTheResultAlone) {
    std::stop_source stop;
    stop.request_stop();
    ThreadTeam team(2, stop.get_token());
    const Shape shape{5, 50, 400};
    const auto in = values(elementCount(shape), Values::Ordinary, 5);
    for (const char* text : kFormats) {
        for (int axis = 0; axis < 3; ++axis) {
            std::vector<float> out(in.size(), 7.0F);
            quantise(in, out, shape, axis, {parseFormat(text).value()}, kKey, team);
            EXPECT_EQ(std::count(out.begin(), out.end(), 7.0F), elementCount(shape)) << text;
        }
    }
}

TEST(QuantisePaths, ExtremesAgreeInEveryPosition) {
    const float extremes[] = {std::numeric_limits<float>::quiet_NaN(),
                              std::numeric_limits<float>::infinity(),
                              -std::numeric_limits<float>::infinity(),
                              std::numeric_limits<float>::max(),
                              -std::numeric_limits<float>::max(),
                              std::numeric_limits<float>::min(),
                              std::numeric_limits<float>::denorm_min(),
                              -std::numeric_limits<float>::denorm_min(),
                              0.0F,
                              -0.0F};
    for (const char* text : kFormats) {
        const Format format = parseFormat(text).value();
        for (const float extreme : extremes) {
            for (const float base : {0.0F, 0.75F, 1e30F, 1e-40F}) {
                std::vector<float> in(40, base);
                in[21] = extreme;
                for (const auto rounding : kRoundings) {
                    expectAllPathsAgree(in, {40}, 0, {format, rounding});
                    expectAllPathsAgree(in, {20, 2}, 0, {format, rounding});
                    ASSERT_FALSE(HasFatalFailure());
                }
            }
        }
    }
}

}  // namespace
}  // namespace mantissa::numerics
