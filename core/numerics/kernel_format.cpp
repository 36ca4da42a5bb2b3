// SPDX-License-Identifier: GPL-3.0-or-later
// The scalar half of the fast paths: a format's constants, and what vectors leave over.
#include <bit>
#include <limits>
#include <vector>

#include "core/numerics/quantise_kernels.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr int kBias = 127;
constexpr std::int32_t kLargestFiniteBits = 0x7F7FFFFF;
constexpr std::int32_t kOneField = 1 << 23;
constexpr float kMost = std::numeric_limits<float>::max();

/// A grid has a normal field. Where a threshold is compared with, 2^-24 steps is normal too.
constexpr int kHighestGrid = 254;

int lowestGrid(Rounding rounding) {
    const bool compares = rounding != Rounding::NearestEven && rounding != Rounding::TowardZero;
    return compares ? 1 + 23 + 24 : 1;
}

bool isNearest(Rounding rounding) {
    return rounding == Rounding::NearestEven || rounding == Rounding::NearestAway ||
           rounding == Rounding::NearestUp || rounding == Rounding::NearestDown;
}

/// From the exponent of a block's smallest elements to that of its largest, if they have their own.
int spanOf(const PowerSteps& steps) {
    return steps.floating ? std::max(0, std::ilogb(steps.largest) - (steps.magnitudeBits - 1)) : 0;
}

/// Ends of the fields for which vectors are exact.
struct Fields {
    std::int32_t least, most;
};

Fields exactFields(const KernelFormat& format, const PowerSteps& steps) {
    const int belowField = 24 - steps.magnitudeBits;  // from a number's own field to its grid
    Fields fields{lowestGrid(format.rounding) - format.gridOffset,
                  kHighestGrid - format.gridOffset};
    if (steps.floating) {
        // A subnormal number reads as field 0, whatever its exponent.
        fields.least = std::max(fields.least, 1 + belowField - format.gridOffset);
        fields.most -= spanOf(steps) + (steps.saturate ? 0 : 1);
    }
    return fields;
}

/// Narrows the fields that a format says to those that vectors can treat, and notes the largest
/// magnitudes that are lost by it.
void setSharedFields(KernelFormat& format, const PowerSteps& steps) {
    const auto [least, most] = exactFields(format, steps);
    constexpr std::int32_t kInfinity = 255;
    const std::int32_t lowest = steps.lowest + kBias;
    const std::int32_t highest = steps.highest + kBias;
    const bool carries = steps.carry > 0 || steps.epsilon > 0;
    const std::int32_t readable = std::max(least, 1);
    const bool epsilonSuffices =
        static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(steps.epsilon) >> 23U) >= readable;
    const bool clampsTiny = lowest >= std::max(least, carries ? 1 : 0);
    format.lowestField = std::max(lowest, least);
    format.highestField = std::min(highest, most);
    format.tinyBelow = clampsTiny || epsilonSuffices
                           ? 0
                           : std::min(readable + format.largestShift, kInfinity) * kOneField;
    format.hugeAbove = highest <= most ? kLargestFiniteBits : std::min(most, 255) * kOneField - 1;
    if (steps.infects && highest < kInfinity) {  // what becomes NaN is left over
        format.hugeAbove = std::min(format.hugeAbove, (highest + 1) * kOneField - 1 - steps.carry);
    }
    if (highest < least || lowest > most || most < 1) {
        format.lowestField = format.highestField = std::clamp(least, 1, kInfinity - 1);
        format.tinyBelow = 0;
        format.hugeAbove = -1;  // no number at all
    }
}

/// The same for elements that share nothing: what is lost is by their own magnitudes.
void setGivenField(KernelFormat& format, const PowerSteps& steps) {
    const auto [least, most] = exactFields(format, steps);
    const std::int32_t field = steps.lowest + kBias;
    // Of an element whose own field is the smallest.
    const std::int32_t own = format.gridOffset - (24 - steps.magnitudeBits);
    format.lowestField = format.highestField = std::max(field, least);
    format.tinyBelow = field >= least ? 0 : (least + own) * kOneField;
    format.hugeAbove = kLargestFiniteBits;
    if (field > most) {
        const std::int32_t mostOwn = kHighestGrid - (24 - steps.magnitudeBits);
        format.hugeAbove = steps.floating && mostOwn > 0 ? mostOwn * kOneField - 1 : -1;
    }
    if (field + spanOf(steps) < least || field + format.gridOffset > kHighestGrid) {
        format.lowestField = format.highestField = least;
        format.hugeAbove = -1;  // no number at all
    }
}

void setLimits(KernelFormat& format, const PowerSteps& steps) {
    // A grid that all elements share may have been narrowed.
    const int narrowed = steps.shared ? 0 : format.lowestField - (steps.lowest + kBias);
    const auto perGrid = [narrowed](double inSteps) {
        const double ratio = std::ldexp(inSteps, -23 - narrowed);
        return ratio > static_cast<double>(kMost) ? std::numeric_limits<float>::infinity()
                                                  : static_cast<float>(ratio);
    };
    format.limitPerGrid = perGrid(steps.largest);
    format.negativePerGrid = perGrid(steps.lowestNegative);
    const double step = std::ldexp(1.0, steps.lowest + steps.step);
    format.flushBelow = static_cast<float>(steps.flushBelow * step);
    if (!steps.saturate) {
        format.largest = static_cast<float>(steps.largest * step);
        const double above = std::ldexp(1.0, std::ilogb(steps.largest) + 1);
        format.limitPerGrid = perGrid(std::min(above, static_cast<double>(kMost) / step));
    }
}

/// An exempt element's exponent is read from its bits.
void setUntouched(KernelFormat& format, const PowerSteps& steps) {
    format.exempts = steps.untouchedBits > 0;
    if (format.exempts) {
        constexpr std::int32_t kFraction = kOneField - 1;
        format.untouchedMask = kFraction & ~((1 << (24 - steps.untouchedBits)) - 1);
        format.tinyBelow = std::max(format.tinyBelow, kOneField);
    }
}

/// See ElementStep::drawn(). Comes last: it changes the grid that limits are told in.
void setDrawnBits(KernelFormat& format, const PowerSteps& steps) {
    if (format.rounding != Rounding::Stochastic || format.wide || format.exempts) {
        return;
    }
    // With fewer, one in 2^12 numbers and more would have to be looked at again.
    constexpr int kFewest = 13;
    constexpr int kFraction = 23;
    const double largest = std::max(steps.largest, steps.lowestNegative);
    const int aboveStep = steps.floating ? steps.magnitudeBits - 1 : std::ilogb(largest) + 1;
    format.drawnApart = kFraction - aboveStep < kFewest;
    format.drawnBits = format.drawnApart ? kFraction : kFraction - aboveStep;
    format.gridOffset -= format.drawnBits;
    format.limitPerGrid = std::ldexp(format.limitPerGrid, format.drawnBits);
    format.negativePerGrid = std::ldexp(format.negativePerGrid, format.drawnBits);
}

/// A limit that is beyond binary32 in grids limits nothing: what should clamp is left over.
void leaveUnlimited(KernelFormat& format, const PowerSteps& steps) {
    if (!format.shared && std::isinf(std::max(format.limitPerGrid, format.negativePerGrid))) {
        const double largest = std::min(std::ldexp(steps.largest, steps.lowest + steps.step),
                                        static_cast<double>(kMost));
        format.hugeAbove =
            std::min(format.hugeAbove, std::bit_cast<std::int32_t>(static_cast<float>(largest)));
    }
}

std::uint32_t wordAt(const Panel& panel, std::int64_t row, std::int64_t column) {
    return panel.words != nullptr ? *panel.wordsFrom(row, column)
                                  : randomWord(panel.key, panel.indexOf(row, column));
}

/// A part of a panel as a tensor of its own.
struct Gathered {
    std::vector<float> in, out, limits;
    std::vector<std::uint32_t> words;

    void clear() {
        in.clear();
        words.clear();
    }
};

void gather(const KernelFormat& format, const Panel& panel, std::int64_t column, std::int64_t count,
            Gathered& to) {
    to.clear();
    for (std::int64_t row = 0; row < panel.rows; ++row) {
        for (std::int64_t c = column; c < column + count; ++c) {
            to.in.push_back(*panel.originalFrom(row, c));
            if (format.rounding == Rounding::Stochastic) {
                to.words.push_back(wordAt(panel, row, c));
            }
        }
    }
    if (panel.largest > 0) {  // one more element makes it a block with the same shared exponent
        to.in.push_back(panel.largest);
        to.words.push_back(0);
    }
    to.out.resize(to.in.size());
    to.limits.resize(to.in.size());
}

}  // namespace

KernelFormat kernelFormat(const TensorFormat& format, const PowerSteps& steps) {
    KernelFormat result{.norm = format.format,
                        .rounding = steps.exact ? Rounding::NearestEven : format.rounding,
                        .randomBits = format.randomBits,
                        .shared = steps.shared,
                        .floating = steps.floating,
                        .infects = steps.infects,
                        .magnitudeBits = steps.magnitudeBits,
                        .epsilon = steps.epsilon,
                        .carry = steps.carry,
                        .gridOffset = steps.step + 23,
                        .saturate = steps.saturate,
                        .wide = steps.floating ? steps.magnitudeBits > 23 : steps.largest > 0x1p23,
                        .oneZero = steps.oneZero,
                        .logMiddle = steps.logMiddle && isNearest(format.rounding),
                        .subBlock = steps.subBlock,
                        .largestShift = steps.largestShift};
    if (const auto& family = familyOf(format.format); family.setBlock != nullptr) {
        family.setBlock(result.norm, {.kind = BlockShape::Kind::Tensor});
    }
    (steps.shared ? setSharedFields : setGivenField)(result, steps);
    setLimits(result, steps);
    setUntouched(result, steps);
    setDrawnBits(result, steps);
    leaveUnlimited(result, steps);
    result.plain = !result.exempts && result.saturate && result.flushBelow == 0 && !result.wide &&
                   !result.oneZero && !result.logMiddle && result.negativePerGrid == 0 &&
                   (result.rounding != Rounding::Stochastic || result.drawnBits > 0);
    return result;
}

std::optional<std::int32_t> gridField(const KernelFormat& format, std::uint32_t largestBits) {
    const auto largest = static_cast<std::int32_t>(largestBits);
    if (!format.shared) {
        return format.lowestField + format.gridOffset;
    }
    if (largest > format.hugeAbove || (largest > 0 && largest < format.tinyBelow)) {
        return std::nullopt;
    }
    // As in the vectors' block step: zeros take any grid, and one of normal steps is fast.
    const float shifted = (largest == 0 ? 1.0F : std::bit_cast<float>(largest)) + format.epsilon;
    const std::int32_t field = (std::bit_cast<std::int32_t>(shifted) + format.carry) / kOneField;
    return std::clamp(field, format.lowestField, format.highestField) + format.gridOffset;
}

void quantiseByNorm(const KernelFormat& format, const Panel& panel) {
    thread_local Gathered part;
    const std::int64_t blockColumns = format.shared ? panel.blockColumns : panel.columns;
    for (std::int64_t column = 0; column < panel.columns; column += blockColumns) {
        const std::int64_t count = std::min(blockColumns, panel.columns - column);
        gather(format, panel, column, count, part);
        familyOf(format.norm)
            .quantise(format.norm, {.in = part.in,
                                    .out = part.out,
                                    .shape = {static_cast<std::int64_t>(part.in.size())},
                                    .rounding = format.rounding,
                                    .randomBits = format.randomBits,
                                    .limits = part.limits,
                                    .words = part.words});
        std::size_t from = 0;
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            for (std::int64_t c = column; c < column + count; ++c, ++from) {
                panel.out[row * panel.outStride + c] = part.out[from];
                const float magnitude = std::fabs(part.in[from]);
                if (panel.sums != nullptr && std::isfinite(magnitude) &&
                    magnitude > part.limits[from]) {
                    ++panel.sums->clipped;
                }
            }
        }
    }
}

void quantisePanelByNorm(const KernelFormat& format, const Panel& panel) {
    thread_local std::vector<float> original;  // `out` may be `in`
    const auto size = static_cast<std::size_t>(panel.columns);
    original.clear();
    if (panel.sums != nullptr) {
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            const float* const from = panel.originalFrom(row, 0);
            original.insert(original.end(), from, from + panel.columns);
        }
    }
    quantiseByNorm(format, panel);
    if (panel.sums == nullptr) {
        return;
    }
    for (std::size_t column = 0; column < size; column += static_cast<std::size_t>(kChunk)) {
        const std::size_t count = std::min(static_cast<std::size_t>(kChunk), size - column);
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            addRun(*panel.sums,
                   {original.data() + static_cast<std::size_t>(row) * size + column, count},
                   {panel.out + row * panel.outStride + static_cast<std::int64_t>(column), count});
        }
    }
}

}  // namespace mantissa::numerics
