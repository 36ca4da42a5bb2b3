// SPDX-License-Identifier: GPL-3.0-or-later
// Formats, shapes and numbers that tests of all formats go through.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {

/// Properties are tried on the same cases in every run, unless the caller asks for others.
inline const bool kSeeded = setenv("RC_PARAMS", "seed=20181804", 0) == 0;

inline Format formatOf(const std::string& text) {
    return parseFormat(text).value();
}

/// Every named format, and of each family some that differ in kind.
inline std::vector<std::string> formatTexts() {
    std::vector<std::string> texts;
    for (const auto& named : namedFormats()) {
        texts.emplace_back(named.name);
    }
    for (const auto* text : {"float<8,23>",
                             "float<2,0,variant=fn>",
                             "float<1,4,variant=all>",
                             "float<5,2,bias=-90>",
                             "float<5,3,bias=140,subnormals=off>",
                             "float<4,3>",
                             "float<1,3>",
                             "float<8,3,variant=fn>",
                             "float<8,7,variant=all,overflow=inf>",
                             "float<8,23,variant=all>",
                             "float<8,5,bias=300>",
                             "float<8,9,bias=60>",
                             "float<8,4,bias=-128>",
                             "float<4,3,bias=160>",
                             "bfp<4,block=5>",
                             "bfp<24,block=7>",
                             "bfp<8,exp=4,block=16>",
                             "bfp<3,exp=2,block=4>",
                             "bfp<6,block=3x4,rule=even>",
                             "bfp<6,block=slice,rule=rceil>",
                             "bfp<5,block=1x2x2,rule=ceil>",
                             "bfp<5,block=tensor,clamp=off>",
                             "bfp<8,sign=out,block=6,chunk=4,clamp=off>",
                             "bfp<4,lead=out,block=8,bias=3>",
                             "bfp<1,sign=out,block=16,rule=ceil>",
                             "bfp<6,block=9,rule=exempt>",
                             "bfp<8,exp=4,block=8,rule=exempt,clamp=off,first_exp=5,first_man=4>",
                             "mx<e4m3,block=3x5>",
                             "mx<e5m2,block=16,rule=ceil>",
                             "mx<e2m3,block=7,rule=even>",
                             "mx<int4,block=slice,rule=rceil>",
                             "mx<e3m2,block=tensor,scale=4>",
                             "mx<int2,block=5>",
                             "mx<e2m1,block=16,variant=ieee>",
                             "mx<e1m2,block=4>",
                             "mx<e5m10,block=8,variant=ieee>",
                             "mx<e8m7,block=5>",
                             "smx<5,block=12,sub=3,micro=2>",
                             "smx<3,exp=3,block=8,sub=4,micro=0>",
                             "smx<1,block=4,sub=1,micro=4>",
                             "fixed<4,4>",
                             "fixed<1,7,symmetric=on>",
                             "fixed<12,20>",
                             "fixed<-2,6>",
                             "fixed<10,-4>",
                             "affine<4,block=slice>",
                             "affine<1>",
                             "affine<3,block=5>",
                             "affine<16,block=2x9>",
                             "pow2<4,top=0>",
                             "pow2<2,block=slice>",
                             "pow2<8,block=16>",
                             "pow2<5,distance=log,block=6>",
                             "binary<scale=max,block=slice>",
                             "binary<scale=mean,block=8>",
                             "ternary<threshold=0,scale=one>",
                             "ternary<scale=max,block=7>",
                             "codebook<1,block=8>",
                             "bfp<8,block=16,arithmetic=released>",
                             "bfp<5,block=2x3,arithmetic=released>",
                             "fixed<4,8,arithmetic=released>",
                             "codebook<3,iterations=5,block=slice>",
                             "codebook<8>",
                             "bounded<0.05>",
                             "bounded<0.001,bits=6,block=slice>",
                             "bounded<0.01,kind=relative,block=16>",
                             "bounded<0.3,kind=relative,bits=4>",
                             "bounded<1e-04,kind=relative,bits=16,block=slice>"}) {
        texts.emplace_back(text);
    }
    return texts;
}

inline constexpr std::array kAllRoundings{
    Rounding::NearestEven, Rounding::NearestAway, Rounding::NearestUp, Rounding::NearestDown,
    Rounding::TowardZero,  Rounding::Floor,       Rounding::Stochastic};

inline bool isNearest(Rounding rounding) {
    return rounding == Rounding::NearestEven || rounding == Rounding::NearestAway ||
           rounding == Rounding::NearestUp || rounding == Rounding::NearestDown;
}

/// Shapes of every rank, with ragged blocks and sizes around those of blocks.
inline std::vector<Shape> allShapes() {
    return {{},
            {0},
            {1},
            {15},
            {16},
            {17},
            {33},
            {5, 17},
            {33, 4},
            {3, 0, 2},
            {3, 5, 4},
            {2, 17, 3, 2},
            {2, 3, 2, 3, 5},
            {25, 26}};
}

/// Calls visit(shape, axis) for every axis of every shape.
template <typename Visit>
void forEachShapeAndAxis(const Visit& visit) {
    for (const auto& shape : allShapes()) {
        const int rank = std::max(static_cast<int>(shape.size()), 1);
        for (int axis = 0; axis < rank; ++axis) {
            visit(shape, axis);
        }
    }
}

enum class Numbers {
    Ordinary,  ///< a normal distribution with exact halves and zeros of both signs
    Wild,      ///< any finite binary32 number
    Special,   ///< NaN, Inf, zeros, both ends of binary32, among ordinary ones
};

inline std::vector<float> numbersOf(Numbers kind, std::int64_t count, std::uint32_t seed) {
    using Limits = std::numeric_limits<float>;
    static const std::array kSpecials{Limits::quiet_NaN(),
                                      Limits::infinity(),
                                      -Limits::infinity(),
                                      Limits::max(),
                                      -Limits::max(),
                                      Limits::min(),
                                      -Limits::denorm_min(),
                                      Limits::denorm_min(),
                                      0.0F,
                                      -0.0F};
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> result(static_cast<std::size_t>(count));
    for (float& x : result) {
        x = normal(random);
        const auto draw = random() % 8;
        if (kind == Numbers::Special && draw < 3) {
            x = kSpecials[random() % kSpecials.size()];
        } else if (kind == Numbers::Wild && draw < 6) {
            do {
                x = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
            } while (!std::isfinite(x));
        } else if (draw == 6) {
            x = std::ldexp(std::round(x * 64), -7);
        } else if (draw == 7) {
            x = std::copysign(0.0F, x);
        }
    }
    return result;
}

/// NaN of any payload and sign counts as one.
inline bool sameNumber(float a, float b) {
    return (std::isnan(a) && std::isnan(b)) ||
           std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

inline std::vector<float> scalarQuantised(const std::vector<float>& in, const Shape& shape,
                                          int axis, const TensorFormat& format,
                                          const RandomKey& key = {7, 1, 2}) {
    std::vector<float> out(in.size());
    quantiseRef(in, out, shape, axis, format, key);
    return out;
}

}  // namespace mantissa::numerics
