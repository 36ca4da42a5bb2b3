// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/integer_products.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/nn/block_accumulate.h"
#include "core/nn/integer_tile.h"
#include "core/nn/ranges.h"

namespace mantissa::nn {
namespace {

using numerics::IntegerNumber;

constexpr std::int64_t kTileNumbers = kIntegerLines * kIntegerLines;
constexpr std::int64_t kPackedNumbers = kIntegerLines * kIntegerDepth;

std::int64_t pieces(std::int64_t extent, std::int64_t piece) {
    return (extent + piece - 1) / piece;
}

/// A line's part of a stretch of the reduction: `step` numbers apart; null beyond the image's rim.
struct LinePart {
    const IntegerNumber* first = nullptr;
    std::int64_t step = 0;
};

/// So many of a tile's lines, from `first` on.
struct Lines {
    std::int64_t first = 0, count = 0;
};

/// Codes of the elements [begin, begin + count) of a stretch; what they say of each line's scale
/// goes to `scales`.
template <typename PartOf>
void packCodes(const Lines& lines, std::int64_t begin, std::int64_t count, const PartOf& partOf,
               std::int32_t* codes, float* scales) {
    std::fill_n(codes, count * kIntegerLines, 0);
    for (std::int64_t line = 0; line < lines.count; ++line) {
        const LinePart part = partOf(lines.first + line);
        if (part.first == nullptr) {
            continue;
        }
        float scale = scales[line];
        for (std::int64_t k = 0; k < count; ++k) {
            const IntegerNumber number = part.first[(begin + k) * part.step];
            codes[k * kIntegerLines + line] = number.code;
            if (number.step == IntegerNumber::kNone) {
                scale = std::numeric_limits<float>::quiet_NaN();
            } else if (scale == 0) {
                scale = std::ldexp(1.0F, number.step);
            }
        }
        scales[line] = scale;
    }
}

/// Scratch memory of a task.
struct Memory {
    std::int64_t* sums;
    float* partial;
    std::int32_t* rows;
    std::int32_t* columns;

    explicit Memory(float* scratch)
        : sums(reinterpret_cast<std::int64_t*>(scratch)),
          partial(scratch + 2 * kTileNumbers),
          rows(reinterpret_cast<std::int32_t*>(partial + kTileNumbers)),
          columns(rows + kPackedNumbers) {}
    static constexpr std::int64_t floats() { return 3 * kTileNumbers + 2 * kPackedNumbers; }
};

/// Computes a tile's outputs, sum (row, column) at partial[row * kIntegerLines + column], which
/// hold what the sums begin at. `Reduction` has stretches() of the reduction, each with count(s)
/// neighbours of one run, and the rows' and columns' parts of them.
template <typename Reduction>
void computeTile(const IntegerSum& sum, const Reduction& reduction, const Lines& rows,
                 const Lines& columns, const Memory& memory, const ThreadTeam& team) {
    std::array<float, kIntegerLines> rowScales{};
    std::array<float, kIntegerLines> columnScales{};
    IntegerTile tile{.rows = memory.rows,
                     .columns = memory.columns,
                     .rowCount = pieces(rows.count, kIntegerRowsAtOnce) * kIntegerRowsAtOnce,
                     .sums = memory.sums};
    chooseIntegers(sum.accumulator, sum.bits, tile);
    tile.clear();
    const auto join = [&] {
        joinIntegers(tile,
                     {rowScales.data(), columnScales.data(), memory.partial, sum.accumulator.sum});
        rowScales.fill(0);
        columnScales.fill(0);
    };
    const std::int64_t stretches = reduction.stretches();
    for (std::int64_t s = 0; s < stretches && !team.stopped(); ++s) {
        const std::int64_t count = reduction.count(s);
        for (std::int64_t k = 0; k < count; k += kIntegerDepth) {
            tile.depth = std::min(kIntegerDepth, count - k);
            packCodes(
                rows, k, tile.depth, [&](std::int64_t line) { return reduction.row(s, line); },
                memory.rows, rowScales.data());
            packCodes(
                columns, k, tile.depth,
                [&](std::int64_t line) { return reduction.column(s, line); }, memory.columns,
                columnScales.data());
            addIntegerProducts(tile);
        }
        if (!sum.whole) {
            join();
        }
    }
    if (sum.whole) {
        join();
    }
}

/// All outputs of a pass in tiles, `parts` times: reductionOf(part) gives the reduction,
/// start(row) what a row's sums begin at, and put(part, row, column, value) takes the sums.
template <typename ReductionOf, typename Start, typename Put>
void computeOutputs(const IntegerSum& sum, std::int64_t parts, std::int64_t rows,
                    std::int64_t columns, const ReductionOf& reductionOf, const Start& start,
                    const Put& put, float* scratch, ThreadTeam& team) {
    const std::int64_t rowTiles = pieces(rows, kIntegerLines);
    const std::int64_t columnTiles = pieces(columns, kIntegerLines);
    team.run(parts * rowTiles * columnTiles, [&](std::int64_t task, int worker) {
        const Memory memory(scratch + worker * integerScratchFloats());
        const std::int64_t part = task / (rowTiles * columnTiles);
        const auto linesAt = [](std::int64_t tile, std::int64_t all) {
            return Lines{tile * kIntegerLines, std::min(kIntegerLines, all - tile * kIntegerLines)};
        };
        const Lines ofRows = linesAt(task / columnTiles % rowTiles, rows);
        const Lines ofColumns = linesAt(task % columnTiles, columns);
        for (std::int64_t row = 0; row < kIntegerLines; ++row) {
            std::fill_n(memory.partial + row * kIntegerLines, kIntegerLines,
                        row < ofRows.count ? start(ofRows.first + row) : 0.0F);
        }
        computeTile(sum, reductionOf(part), ofRows, ofColumns, memory, team);
        for (std::int64_t row = 0; row < ofRows.count; ++row) {
            for (std::int64_t column = 0; column < ofColumns.count; ++column) {
                put(part, ofRows.first + row, ofColumns.first + column,
                    memory.partial[row * kIntegerLines + column]);
            }
        }
    });
}

/// Runs of channels, and for each all taps.
struct Channels {
    std::int64_t channels, run, taps;
    std::int64_t stretches() const { return pieces(channels, run) * taps; }
    std::int64_t first(std::int64_t s) const { return s / taps * run; }
    std::int64_t count(std::int64_t s) const { return std::min(run, channels - first(s)); }
};

/// Rows are output channels, columns the output's pixels of all images.
struct ForwardReduction : Channels {
    const ConvGeometry& g;
    const IntegerNumber *weight, *x;

    LinePart row(std::int64_t s, std::int64_t o) const {
        return {weight + (o * g.channels + first(s)) * taps + s % taps, taps};
    }
    LinePart column(std::int64_t s, std::int64_t line) const {
        const std::int64_t pixels = g.outHeight * g.outWidth;
        const std::int64_t pixel = line % pixels;
        const std::int64_t tap = s % taps;
        const std::int64_t y =
            pixel / g.outWidth * g.stride + tap / g.kernel * g.dilation - g.padding;
        const std::int64_t at =
            pixel % g.outWidth * g.stride + tap % g.kernel * g.dilation - g.padding;
        if (y < 0 || y >= g.height || at < 0 || at >= g.width) {
            return {};
        }
        return {x + line / pixels * g.inputStride + (first(s) * g.height + y) * g.width + at,
                g.height * g.width};
    }
};

/// Rows are input channels, columns the input's pixels of all images.
struct InputGradientReduction : Channels {
    const ConvGeometry& g;
    const IntegerNumber *weight, *dy;

    LinePart row(std::int64_t s, std::int64_t c) const {
        return {weight + (first(s) * g.channels + c) * taps + s % taps, g.channels * taps};
    }
    LinePart column(std::int64_t s, std::int64_t line) const {
        const std::int64_t pixels = g.height * g.width;
        const std::int64_t pixel = line % pixels;
        const std::int64_t tap = s % taps;
        const std::int64_t y = pixel / g.width + g.padding - tap / g.kernel * g.dilation;
        const std::int64_t at = pixel % g.width + g.padding - tap % g.kernel * g.dilation;
        if (y < 0 || at < 0 || y % g.stride != 0 || at % g.stride != 0 ||
            y / g.stride >= g.outHeight || at / g.stride >= g.outWidth) {
            return {};
        }
        return {dy + line / pixels * g.outputStride +
                    (first(s) * g.outHeight + y / g.stride) * g.outWidth + at / g.stride,
                g.outHeight * g.outWidth};
    }
};

/// Rows are output channels, columns taps; for each pixel of a part the runs of the batch.
struct WeightGradientReduction {
    const ConvGeometry& g;
    std::int64_t firstPixel, pixels, images, run;
    const IntegerNumber *x, *dy;

    std::int64_t runs() const { return pieces(images, run); }
    std::int64_t stretches() const { return pixels * runs(); }
    std::int64_t first(std::int64_t s) const { return s % runs() * run; }
    std::int64_t count(std::int64_t s) const { return std::min(run, images - first(s)); }
    std::int64_t pixel(std::int64_t s) const { return firstPixel + s / runs(); }

    LinePart row(std::int64_t s, std::int64_t o) const {
        return {dy + first(s) * g.outputStride + o * g.outHeight * g.outWidth + pixel(s),
                g.outputStride};
    }
    LinePart column(std::int64_t s, std::int64_t line) const {
        const std::int64_t taps = g.kernel * g.kernel;
        const std::int64_t tap = line % taps;
        const std::int64_t y =
            pixel(s) / g.outWidth * g.stride + tap / g.kernel * g.dilation - g.padding;
        const std::int64_t at =
            pixel(s) % g.outWidth * g.stride + tap % g.kernel * g.dilation - g.padding;
        if (y < 0 || y >= g.height || at < 0 || at >= g.width) {
            return {};
        }
        return {x + first(s) * g.inputStride + (line / taps * g.height + y) * g.width + at,
                g.inputStride};
    }
};

std::int64_t partRows(const IntegerPass& pass, std::int64_t mostParts) {
    return pass.sum.whole ? pass.geometry.outHeight : rowsOfPart(pass.geometry, mostParts);
}

}  // namespace

ConvGeometry linearGeometry(std::int64_t features, std::int64_t outputs) {
    ConvGeometry g;
    g.channels = g.taps = g.inputStride = features;
    g.outChannels = g.outputStride = outputs;
    g.height = g.width = g.outHeight = g.outWidth = g.kernel = g.stride = 1;
    return g;
}

std::int64_t integerScratchFloats() {
    return Memory::floats();
}

std::int64_t integerPartFloats(const IntegerPass& pass, std::int64_t mostParts) {
    const ConvGeometry& g = pass.geometry;
    return pieces(g.outHeight, partRows(pass, mostParts)) * g.outChannels * g.taps;
}

void integerForward(const IntegerPass& pass, const IntegerNumber* weight, const IntegerNumber* x,
                    const float* start, float* y, float* scratch, ThreadTeam& team) {
    const ConvGeometry& g = pass.geometry;
    const std::int64_t pixels = g.outHeight * g.outWidth;
    computeOutputs(
        pass.sum, 1, g.outChannels, pass.images * pixels,
        [&](std::int64_t) {
            return ForwardReduction{{g.channels, pass.sum.run, g.kernel * g.kernel}, g, weight, x};
        },
        [&](std::int64_t o) { return start == nullptr ? 0.0F : start[o]; },
        [&](std::int64_t, std::int64_t o, std::int64_t column, float value) {
            y[column / pixels * g.outputStride + o * pixels + column % pixels] = value;
        },
        scratch, team);
}

void integerInputGradient(const IntegerPass& pass, const IntegerNumber* weight,
                          const IntegerNumber* dy, float* dx, float* scratch, ThreadTeam& team) {
    const ConvGeometry& g = pass.geometry;
    const std::int64_t pixels = g.height * g.width;
    computeOutputs(
        pass.sum, 1, g.channels, pass.images * pixels,
        [&](std::int64_t) {
            return InputGradientReduction{
                {g.outChannels, pass.sum.run, g.kernel * g.kernel}, g, weight, dy};
        },
        [](std::int64_t) { return 0.0F; },
        [&](std::int64_t, std::int64_t c, std::int64_t column, float value) {
            dx[column / pixels * g.inputStride + c * pixels + column % pixels] = value;
        },
        scratch, team);
}

void integerWeightGradient(const IntegerPass& pass, std::int64_t mostParts, const IntegerNumber* x,
                           const IntegerNumber* dy, float* parts, float* dw, float* scratch,
                           ThreadTeam& team) {
    const ConvGeometry& g = pass.geometry;
    const std::int64_t share = partRows(pass, mostParts) * g.outWidth;
    const std::int64_t all = g.outHeight * g.outWidth;
    const std::int64_t partCount = pieces(all, share);
    const std::int64_t weights = g.outChannels * g.taps;
    computeOutputs(
        pass.sum, partCount, g.outChannels, g.taps,
        [&](std::int64_t part) {
            return WeightGradientReduction{
                g, part * share, std::min(share, all - part * share), pass.images, pass.sum.run, x,
                dy};
        },
        [](std::int64_t) { return 0.0F; },
        [&](std::int64_t part, std::int64_t o, std::int64_t tap, float value) {
            parts[part * weights + o * g.taps + tap] = value;
        },
        scratch, team);
    forEachRange(
        team, weights,
        [&](std::int64_t first, std::int64_t range) {
            for (std::int64_t i = first; i < first + range; ++i) {
                float sum = parts[i];
                for (std::int64_t part = 1; part < partCount; ++part) {
                    sum = addTerm(sum, parts[part * weights + i], pass.sum.accumulator.sum);
                }
                dw[i] = sum;
            }
        },
        partCount);
}

}  // namespace mantissa::nn
