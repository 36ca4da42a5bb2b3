// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products whose integers are summed in an accumulator of a few bits, one product after the
// other: where such a sum may leave its bits, or goes on for longer than the kernels of
// block_kernels.h sum. Internal to nn.
//
// Operands are the integers that pack() stores (numerics::integerNumbers()). Each output is one
// chain over its reduction, in this order:
//   forward         for each run of input channels, for each tap of the window, its channels;
//   input gradient  for each run of output channels, for each tap that reaches the pixel, its
//                   channels;
//   weight gradient for each part of the output's rows, for each pixel, for each run of the batch,
//                   its images; parts are added in order.
// At the beginning of a run the integer is 0; each product is added to it as
// numerics::addInteger() says; at its end the integer, rounded once to binary32, times both steps
// is added to the partial sum, which is rounded as accumulator.sum says. Where all numbers of both
// operands share one step (`whole`), the integer goes on to the end of the reduction: there is one
// run and one part. A NaN or Inf makes the runs that it is in NaN. A linear layer is a convolution
// of images of one pixel. Steps are taken to lie where an integer times either of them is a normal
// number of binary32: beyond, its vectors overflow or underflow before the norm does.
#pragma once

#include <cstdint>

#include "core/nn/convolution.h"
#include "core/numerics/accumulator.h"
#include "core/numerics/integer_blocks.h"

namespace mantissa::nn {

struct IntegerSum {
    numerics::IntegerAccumulator accumulator;
    std::int64_t run = 0;  ///< channels, or images; the last perhaps fewer
    bool whole = false;
    int bits = 0;  ///< two's complement bits that hold every sum on the way
};

/// One group of a convolution and so many images.
struct IntegerPass {
    const ConvGeometry& geometry;
    IntegerSum sum;
    std::int64_t images = 0;
};

/// An integer layer's geometry.
ConvGeometry linearGeometry(std::int64_t features, std::int64_t outputs);

/// Rows of the output that a part of a weight gradient has, cut into at most `mostParts`.
inline std::int64_t rowsOfPart(const ConvGeometry& geometry, std::int64_t mostParts) {
    return (geometry.outHeight + mostParts - 1) / mostParts;
}

/// Floats of scratch memory that each worker needs.
std::int64_t integerScratchFloats();
/// Floats of a weight gradient's parts.
std::int64_t integerPartFloats(const IntegerPass& pass, std::int64_t mostParts);

/// y = W x, where `start` is null; otherwise the partial sums of output channel o begin at
/// start[o]. `scratch` holds integerScratchFloats() for each worker of `team`. All threads work on
/// one call; a team that is stopped ends it early. Allocates nothing.
void integerForward(const IntegerPass& pass, const numerics::IntegerNumber* weight,
                    const numerics::IntegerNumber* x, const float* start, float* y, float* scratch,
                    ThreadTeam& team);
/// dx = W^T dy.
void integerInputGradient(const IntegerPass& pass, const numerics::IntegerNumber* weight,
                          const numerics::IntegerNumber* dy, float* dx, float* scratch,
                          ThreadTeam& team);
/// dw = dy x^T; `parts` holds integerPartFloats().
void integerWeightGradient(const IntegerPass& pass, std::int64_t mostParts,
                           const numerics::IntegerNumber* x, const numerics::IntegerNumber* dy,
                           float* parts, float* dw, float* scratch, ThreadTeam& team);

/// The norms of the three: plain loops over numerics::addInteger().
void integerForwardRef(const IntegerPass& pass, const numerics::IntegerNumber* weight,
                       const numerics::IntegerNumber* x, const float* start, float* y);
void integerInputGradientRef(const IntegerPass& pass, const numerics::IntegerNumber* weight,
                             const numerics::IntegerNumber* dy, float* dx);
void integerWeightGradientRef(const IntegerPass& pass, std::int64_t mostParts,
                              const numerics::IntegerNumber* x, const numerics::IntegerNumber* dy,
                              float* dw);

}  // namespace mantissa::nn
