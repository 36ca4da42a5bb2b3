// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/integer_formats.h"

#include <limits>

#include "core/numerics/formats/block_work.h"
#include "core/numerics/formats/family_parts.h"
#include "core/numerics/formats/integer_rounding.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 2> kBoundKinds{"absolute", "relative"};

constexpr std::array<Param<Format>, 5> kFixedParameters{{
    param<&FixedPoint::integerBits>({.id = "int",
                                     .label = "Integer bits (IL)",
                                     .unit = "bits",
                                     .help = "Bits left of the point, the sign included.",
                                     .minimum = -30,
                                     .maximum = 40,
                                     .defaultValue = 4}),
    param<&FixedPoint::fractionBits>({.id = "frac",
                                      .label = "Fraction bits (FL)",
                                      .unit = "bits",
                                      .help = "Bits right of the point: the step is 2^-FL.",
                                      .minimum = -30,
                                      .maximum = 40,
                                      .defaultValue = 12}),
    param<&FixedPoint::symmetric>({.id = "symmetric",
                                   .label = "Symmetric",
                                   .help = "Leaves the most negative code unused.",
                                   .kind = ParamKind::Boolean,
                                   .maximum = 1}),
    param<&FixedPoint::clamp>({.id = "clamp",
                               .label = "Clamp",
                               .help = "Off: rounds only, as if the integer part had no end.",
                               .kind = ParamKind::Boolean,
                               .maximum = 1,
                               .defaultValue = 1}),
    param<&FixedPoint::arithmetic>(
        {.id = "arithmetic",
         .label = "Arithmetic",
         .help = "released: as QPyTorch's code computes, which adds half a step in binary32: the "
                 "number just above half a step goes down, and large ones lose bits.",
         .kind = ParamKind::Choice,
         .maximum = 1,
         .choices = kArithmetics}),
}};

constexpr auto kAffineParameters =
    joined(std::array<Param<Format>, 1>{{param<&AffineInteger::bits>(
               {.id = "bits",
                .label = "Bits",
                .unit = "bits",
                .help = "Width of the unsigned code between the block's minimum and maximum.",
                .minimum = 1,
                .maximum = 16,
                .defaultValue = 8})}},
           BlockPart<AffineInteger>::kParameters);

constexpr auto kBoundedParameters =
    joined(std::array<Param<Format>, 3>{{
               param<&ErrorBounded::bound>(
                   {.id = "bound",
                    .label = "Error bound",
                    .help = "The largest error of an element: a number, or a share of the block's "
                            "range.",
                    .kind = ParamKind::Real,
                    .minimum = 1e-9,
                    .maximum = 1e9,
                    .defaultValue = 0.001}),
               param<&ErrorBounded::relative>(
                   {.id = "kind",
                    .label = "Bound is",
                    .help = "absolute; relative: times the block's maximum less its minimum.",
                    .kind = ParamKind::Choice,
                    .maximum = 1,
                    .choices = kBoundKinds}),
               param<&ErrorBounded::bits>(
                   {.id = "bits",
                    .label = "Code bits",
                    .unit = "bits",
                    .help = "Width of the code, sign included; what needs more clamps.",
                    .minimum = 2,
                    .maximum = 24,
                    .defaultValue = 16}),
           }},
           BlockPart<ErrorBounded>::kParameters);

Result<void> checkFixed(const Format& format) {
    const auto& f = std::get<FixedPoint>(format);
    const int width = f.integerBits + f.fractionBits;
    if (width < 2 || width > 32) {
        return fail(ErrorCode::InvalidInput,
                    "int + frac is " + std::to_string(width) + " bits, must be from 2 to 32",
                    "fixed", "for example fixed<4,12>");
    }
    return {};
}

/// What QPyTorch rounds in place of x: half a step is added and taken away again in binary32, which
/// may end at Inf.
float withHalfAdded(float x, int fractionBits) {
    return std::ldexp((std::ldexp(x, fractionBits) + 0.5F) - 0.5F, -fractionBits);
}

float quantiseFixed(float x, const FixedPoint& f, const ScalarJob& job, std::int64_t i) {
    if (f.arithmetic == Arithmetic::Released) {
        x = withHalfAdded(x, f.fractionBits);
    }
    if (std::isnan(x) || (std::isinf(x) && !f.clamp)) {
        return x;
    }
    if (std::isinf(x)) {
        return static_cast<float>(
            std::ldexp(x < 0 ? lowestCode(f) : largestCode(f), -f.fractionBits));
    }
    double code =
        std::copysign(roundMagnitude(std::ldexp(std::fabs(static_cast<double>(x)), f.fractionBits),
                                     std::signbit(x), job.rounding, job.word(i), job.randomBits),
                      x);
    if (f.clamp) {
        code = std::clamp(code, lowestCode(f), largestCode(f));
    }
    return withOneZero(std::ldexp(code, -f.fractionBits));
}

void quantiseFixedTensor(const Format& format, const ScalarJob& job) {
    const auto& f = std::get<FixedPoint>(format);
    const double largest =
        f.clamp ? std::ldexp(largestCode(f), -f.fractionBits) : std::numeric_limits<float>::max();
    const double lowest = f.clamp ? std::ldexp(-lowestCode(f), -f.fractionBits) : largest;
    forEachAlone(job, [&](std::int64_t i) {
        const float x = job.at(i);
        job.put(i, quantiseFixed(x, f, job, i), x < 0 ? lowest : largest);
    });
}

ValueMap mapOfAffine(const Format& format, const BlockNumbers& numbers) {
    const auto& a = std::get<AffineInteger>(format);
    const Ends ends = numbers.ends();
    if (!ends.any()) {
        return AffineMap{.codes = largestCode(a)};
    }
    const double span = static_cast<double>(ends.highest) - static_cast<double>(ends.lowest);
    const double scale =
        std::fmin(span / largestCode(a), static_cast<double>(std::numeric_limits<float>::max()));
    return AffineMap{static_cast<float>(scale), ends.lowest, ends.highest, largestCode(a)};
}

/// What a relative bound refers to: the block's range, its magnitude where all values are equal.
double spanOf(const Ends& ends) {
    if (!ends.any()) {
        return 0;
    }
    const double span = static_cast<double>(ends.highest) - static_cast<double>(ends.lowest);
    return span > 0 ? span : std::fabs(static_cast<double>(ends.highest));
}

ValueMap mapOfBounded(const Format& format, const BlockNumbers& numbers) {
    const auto& b = std::get<ErrorBounded>(format);
    const float step = storedStep(b.relative ? 2 * b.bound * spanOf(numbers.ends()) : 2 * b.bound);
    constexpr double kLargest = std::numeric_limits<float>::max();
    return BoundedMap{step,
                      std::fmin(largestCode(b), std::floor(kLargest / static_cast<double>(step)))};
}

std::optional<PowerSteps> stepsOfFixed(const Format& format) {
    const auto& f = std::get<FixedPoint>(format);
    if (f.arithmetic == Arithmetic::Released) {
        return std::nullopt;
    }
    PowerSteps steps{.shared = false, .step = -f.fractionBits, .oneZero = true};
    constexpr double kMost = std::numeric_limits<float>::max();
    steps.largest = f.clamp ? largestCode(f) : std::ldexp(kMost, f.fractionBits);
    steps.lowestNegative = f.clamp ? -lowestCode(f) : steps.largest;
    return steps;
}

}  // namespace

FormatFamily fixedPointFamily() {
    return {.id = "fixed",
            .label = "Fixed point",
            .grammar = "fixed<IL,FL[,symmetric=on][,clamp=off][,arithmetic=released]>",
            .help =
                "Two's complement with FL bits right of the point and IL left of it, the sign "
                "included.",
            .parameters = kFixedParameters,
            .positional = 2,
            .defaults = FixedPoint{},
            .example = FixedPoint{},
            .storage =
                [](const Format& f) {
                    const auto& p = std::get<FixedPoint>(f);
                    return StorageLayout{.elementBits = p.integerBits + p.fractionBits};
                },
            .range =
                [](const Format& f) {
                    const auto& p = std::get<FixedPoint>(f);
                    const double step = smallestStepOf(p);
                    return FormatRange{-lowestCode(p) * step, step, step};
                },
            .quantise = quantiseFixedTensor,
            .pack = packFixedPoint,
            .unpack = unpackFixedPoint,
            .steps = stepsOfFixed,
            .check = checkFixed};
}

FormatFamily affineIntegerFamily() {
    using Part = BlockPart<AffineInteger>;
    return {.id = "affine",
            .label = "Affine integer",
            .grammar = "affine<BITS[,block=tensor|slice|16|24x24|1x24x3x3]>",
            .help =
                "Unsigned integers with a scale and an offset from the block's minimum and "
                "maximum.",
            .parameters = kAffineParameters,
            .positional = 1,
            .defaults = AffineInteger{},
            .example = AffineInteger{},
            .storage =
                [](const Format& f) {
                    return StorageLayout{.elementBits = std::get<AffineInteger>(f).bits,
                                         .blockBits = 64};
                },
            .range =
                [](const Format& f) {
                    const double codes = std::ldexp(1.0, std::get<AffineInteger>(f).bits) - 1;
                    return FormatRange{codes, 1, 1, true};
                },
            .quantise = quantiseByMap,
            .pack = packAffine,
            .unpack = unpackAffine,
            .map = mapOfAffine,
            .matters =
                [](const Format& f, std::string_view id) {
                    return blockParameterMatters(std::get<AffineInteger>(f).block, id);
                },
            .block = Part::get,
            .setBlock = Part::set};
}

FormatFamily errorBoundedFamily() {
    using Part = BlockPart<ErrorBounded>;
    return {.id = "bounded",
            .label = "Error-bounded",
            .grammar =
                "bounded<BOUND[,kind=relative][,bits=16]"
                "[,block=tensor|slice|16|24x24|1x24x3x3]>",
            .help =
                "A uniform grid whose step keeps every error within a bound, absolute or "
                "relative to the block's range.",
            .parameters = kBoundedParameters,
            .positional = 1,
            .defaults = ErrorBounded{},
            .example = ErrorBounded{},
            .storage =
                [](const Format& f) {
                    const auto& b = std::get<ErrorBounded>(f);
                    return StorageLayout{.elementBits = b.bits, .blockBits = b.relative ? 32 : 0};
                },
            .range =
                [](const Format& f) {
                    const auto& b = std::get<ErrorBounded>(f);
                    return FormatRange{2 * b.bound * largestCode(b), 2 * b.bound, 2 * b.bound,
                                       b.relative};
                },
            .quantise = quantiseByMap,
            .pack = packBounded,
            .unpack = unpackBounded,
            .map = mapOfBounded,
            .matters =
                [](const Format& f, std::string_view id) {
                    return blockParameterMatters(std::get<ErrorBounded>(f).block, id);
                },
            .block = Part::get,
            .setBlock = Part::set};
}

}  // namespace mantissa::numerics
