// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/approximate_passes.h"

#include <algorithm>

#include "core/nn/phases.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

/// Taps whose products are computed together before they are added to the image.
constexpr std::int64_t kTapBlock = 16;

/// Where the kernel's scratch memory begins: behind a padded image, its outputs and products.
std::int64_t ownFloats(const ConvGeometry& g) {
    constexpr std::int64_t kSlack = 64;  // whole vectors are read past the last pixel
    return g.phasesFloats + (g.outChannels + kTapBlock) * g.span + kSlack;
}

}  // namespace

void approximateGemm(const ApproximateMultiplication& multiplication, const GemmSize& size,
                     const MatrixView& a, const MatrixView& b, float* c, bool accumulate,
                     std::span<float> scratch, ThreadTeam& team) {
    constexpr std::int64_t kColumns = 64;  // of a task: whole panels of every instruction set
    constexpr std::int64_t kRows = 128;
    const std::int64_t columnTasks = (size.n + kColumns - 1) / kColumns;
    const std::int64_t rowTasks = (size.m + kRows - 1) / kRows;
    team.run(columnTasks * rowTasks, [&](std::int64_t task, int worker) {
        const std::int64_t column = task % columnTasks * kColumns;
        const std::int64_t row = task / columnTasks * kRows;
        multiplyApproximately(multiplication,
                              {.rows = std::min(kRows, size.m - row),
                               .columns = std::min(kColumns, size.n - column),
                               .depth = size.k,
                               .a = a.data + row * a.rowStride,
                               .aRows = {a.rowStride},
                               .aStep = a.columnStride,
                               .b = b.data + column * b.columnStride,
                               .bRows = {b.rowStride},
                               .bStep = b.columnStride,
                               .c = c + row * size.n + column,
                               .cRow = size.n,
                               .accumulate = accumulate},
                              scratch.data() + worker * approximateScratchFloats(), team);
    });
}

std::int64_t approximateConvScratchFloats(const ConvGeometry& geometry) {
    return ownFloats(geometry) + approximateScratchFloats();
}

void approximateConvForward(const ApproximateMultiplication& multiplication, const ConvGeometry& g,
                            const float* weight, const float* bias, const float* x, float* y,
                            float* scratch, const ThreadTeam& team) {
    float* const spread = scratch + g.phasesFloats;
    splitPhases(g, x, scratch);
    multiplyApproximately(multiplication,
                          {.rows = g.outChannels,
                           .columns = g.span,
                           .depth = g.taps,
                           .a = weight,
                           .aRows = {g.taps},
                           .b = scratch,
                           .bRows = {0, g.tapOffsets.data()},
                           .c = spread,
                           .cRow = g.span},
                          scratch + ownFloats(g), team);
    gatherRows(g, spread, bias, y);
}

void approximateConvInputGradient(const ApproximateMultiplication& multiplication,
                                  const ConvGeometry& g, const float* weight, const float* dy,
                                  float* dx, float* scratch, const ThreadTeam& team) {
    float* const spread = scratch + g.phasesFloats;
    float* const products = spread + g.outChannels * g.span;
    spreadRows(g, dy, spread);
    std::fill_n(scratch, g.phasesFloats, 0.0F);
    for (std::int64_t tap = 0; tap < g.taps; tap += kTapBlock) {
        const std::int64_t taps = std::min(kTapBlock, g.taps - tap);
        multiplyApproximately(multiplication,
                              {.rows = taps,
                               .columns = g.span,
                               .depth = g.outChannels,
                               .a = weight + tap,
                               .aRows = {1},
                               .aStep = g.taps,
                               .b = spread,
                               .bRows = {g.span},
                               .c = products,
                               .cRow = g.span},
                              scratch + ownFloats(g), team);
        for (std::int64_t t = 0; t < taps; ++t) {
            addTo(scratch + g.tapOffsets[static_cast<std::size_t>(tap + t)], products + t * g.span,
                  g.span);
        }
    }
    joinPhases(g, scratch, dx);
}

void approximateConvWeightGradient(const ApproximateMultiplication& multiplication,
                                   const ConvGeometry& g, const float* x, const float* dy,
                                   std::int64_t images, float* dw, float* scratch,
                                   const ThreadTeam& team) {
    float* const spread = scratch + g.phasesFloats;
    for (std::int64_t image = 0; image < images && !team.stopped(); ++image) {
        splitPhases(g, x + image * g.inputStride, scratch);
        spreadRows(g, dy + image * g.outputStride, spread);
        multiplyApproximately(multiplication,
                              {.rows = g.taps,
                               .columns = g.outChannels,
                               .depth = g.span,
                               .a = scratch,
                               .aRows = {0, g.tapOffsets.data()},
                               .b = spread,
                               .bRows = {1},
                               .bStep = g.span,
                               .c = dw,
                               .cRow = g.outChannels,
                               .accumulate = image > 0},
                              scratch + ownFloats(g), team);
    }
}

}  // namespace mantissa::nn
