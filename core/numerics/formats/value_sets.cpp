// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/value_sets.h"

#include <limits>

#include "core/numerics/formats/block_work.h"
#include "core/numerics/formats/family_parts.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 2> kDistances{"linear", "log"};
constexpr std::array<std::string_view, 3> kScales{"one", "max", "mean"};
/// `top` of PowerOfTwo where the data choose it.
constexpr int kFromData = -150;

constexpr auto kPowerParameters =
    joined(std::array<Param<Format>, 3>{{
               param<&PowerOfTwo::bits>(
                   {.id = "bits",
                    .label = "Bits",
                    .unit = "bits",
                    .help = "Width of the code: a sign, and zero or one of 2^(bits-1) - 1 "
                            "neighbouring powers.",
                    .minimum = 2,
                    .maximum = 8,
                    .defaultValue = 4}),
               {{.id = "top",
                 .label = "Largest exponent",
                 .help = "log2 of the largest value; -150: that nearest to the block's largest "
                         "magnitude.",
                 .minimum = kFromData,
                 .maximum = 127,
                 .defaultValue = kFromData},
                [](const Format& f) {
                    return static_cast<double>(std::get<PowerOfTwo>(f).top.value_or(kFromData));
                },
                [](Format& f, double v) {
                    auto& p = std::get<PowerOfTwo>(f);
                    p.top.reset();
                    if (v > kFromData) {
                        p.top = static_cast<int>(v);
                    }
                }},
               param<&PowerOfTwo::distance>(
                   {.id = "distance",
                    .label = "Boundary",
                    .help = "Between neighbouring powers under the nearest roundings: linear, at "
                            "1.5 times the lower; log, at sqrt(2) times.",
                    .kind = ParamKind::Choice,
                    .maximum = 1,
                    .choices = kDistances}),
           }},
           BlockPart<PowerOfTwo>::kParameters);

constexpr ParamSpec kScaleSpec{
    .id = "scale",
    .label = "Scale",
    .help =
        "What the values are multiplied by: nothing, the block's largest magnitude, or the "
        "mean magnitude of what does not become zero.",
    .kind = ParamKind::Choice,
    .maximum = 2,
    .choices = kScales};

constexpr ParamSpec meanScale() {
    ParamSpec spec = kScaleSpec;
    spec.defaultValue = 2;
    return spec;
}

constexpr auto kBinaryParameters =
    joined(std::array<Param<Format>, 1>{{param<&Binary::scale>(kScaleSpec)}},
           BlockPart<Binary>::kParameters);

constexpr auto kTernaryParameters = joined(
    std::array<Param<Format>, 2>{{
        param<&Ternary::threshold>({.id = "threshold",
                                    .label = "Threshold",
                                    .help = "Times the block's mean magnitude: what lies at or "
                                            "below it becomes zero.",
                                    .kind = ParamKind::Real,
                                    .maximum = 4,
                                    .defaultValue = 0.7}),
        param<&Ternary::scale>(meanScale()),
    }},
    BlockPart<Ternary>::kParameters);

Result<void> checkPower(const Format& format) {
    const auto& p = std::get<PowerOfTwo>(format);
    const int lowest = lowestTop(p);
    if (p.top && *p.top < lowest) {
        return fail(ErrorCode::InvalidInput,
                    "top is " + std::to_string(*p.top) + ", must be from " +
                        std::to_string(lowest) + " to 127 with " + std::to_string(p.bits) +
                        " bits, so that every power is a binary32 number",
                    "pow2");
    }
    return {};
}

bool isNearest(Rounding rounding) {
    return rounding == Rounding::NearestEven || rounding == Rounding::NearestAway ||
           rounding == Rounding::NearestUp || rounding == Rounding::NearestDown;
}

/// Whether a number in [1, 2) belongs to 2 rather than to 1 by the logarithm: its square is exact
/// and never 2.
bool aboveLogMiddle(double significand) {
    return significand * significand > 2;
}

int topExponent(const PowerOfTwo& p, float largest) {
    const int lowest = lowestTop(p);
    if (p.top) {
        return *p.top;
    }
    if (largest <= 0) {
        return lowest;
    }
    const int exponent = exponentOf(largest);
    const double significand = std::ldexp(static_cast<double>(largest), -exponent);
    const bool next =
        p.distance == PowerOfTwo::Distance::Log ? aboveLogMiddle(significand) : significand >= 1.5;
    return std::clamp(exponent + (next ? 1 : 0), lowest, 127);
}

/// Where the boundary between two powers lies, as PowerSteps::carry: the fraction of 1.5, or the
/// least above that of sqrt(2).
std::int32_t carryOf(const PowerOfTwo& p) {
    constexpr std::int32_t kOne = 1 << 23;
    return p.distance == PowerOfTwo::Distance::Log ? kOne - kAboveRootTwo : kOne / 2;
}

std::optional<PowerSteps> stepsOfPower(const Format& format) {
    const auto& p = std::get<PowerOfTwo>(format);
    const int count = exponentCount(p);
    return PowerSteps{.shared = !p.top,
                      .carry = carryOf(p),
                      .lowest = p.top.value_or(lowestTop(p)),
                      .highest = p.top.value_or(127),
                      .step = 1 - count,
                      .floating = true,
                      .largest = std::ldexp(1.0, count - 1),
                      .logMiddle = p.distance == PowerOfTwo::Distance::Log};
}

float quantisePower(float x, const PowerOfTwo& p, int top, const ScalarJob& job, std::int64_t i) {
    if (std::isnan(x)) {
        return x;
    }
    const double magnitude = std::fabs(static_cast<double>(x));
    const double largest = std::ldexp(1.0, top);
    double value = largest;
    if (magnitude < largest) {
        const int lowest = top - exponentCount(p) + 1;
        const int step = magnitude > 0 ? std::max(std::ilogb(magnitude), lowest) : lowest;
        const double steps = std::ldexp(magnitude, -step);
        if (p.distance == PowerOfTwo::Distance::Log && isNearest(job.rounding) && steps >= 1) {
            value = std::ldexp(aboveLogMiddle(steps) ? 2.0 : 1.0, step);
        } else {
            value = std::ldexp(
                roundMagnitude(steps, std::signbit(x), job.rounding, job.word(i), job.randomBits),
                step);
        }
    }
    return std::copysign(static_cast<float>(value), x);
}

void quantisePowers(const Format& format, const ScalarJob& outer) {
    const auto& p = std::get<PowerOfTwo>(format);
    forEachBlockOf(outer, p.block, [&](const BlockOfJob& block) {
        const auto& job = block.job;
        const int top = topExponent(p, p.top ? 0.0F : largestFinite(block));
        const double limit = std::ldexp(1.0, top);
        block.forEach(
            [&](std::int64_t i) { job.put(i, quantisePower(job.at(i), p, top, job, i), limit); });
    });
}

/// In binary32, as a block stores it.
float scaleOf(SignScale scale, double threshold, const BlockNumbers& numbers) {
    switch (scale) {
        case SignScale::Max:
            return numbers.magnitudesAbove(threshold).largest;
        case SignScale::Mean:
            return static_cast<float>(numbers.magnitudesAbove(threshold).mean());
        case SignScale::One:
            break;
    }
    return 1.0F;
}

ValueMap mapOfBinary(const Format& format, const BlockNumbers& numbers) {
    return BinaryMap{scaleOf(std::get<Binary>(format).scale, kEveryMagnitude, numbers)};
}

ValueMap mapOfTernary(const Format& format, const BlockNumbers& numbers) {
    const auto& t = std::get<Ternary>(format);
    const double threshold = t.threshold * numbers.magnitudesAbove(kEveryMagnitude).mean();
    return TernaryMap{scaleOf(t.scale, threshold, numbers), threshold};
}

template <typename F>
FormatFamily withBlock(FormatFamily family) {
    family.matters = [](const Format& f, std::string_view id) {
        return blockParameterMatters(std::get<F>(f).block, id);
    };
    family.block = BlockPart<F>::get;
    family.setBlock = BlockPart<F>::set;
    return family;
}

}  // namespace

FormatFamily powerOfTwoFamily() {
    return withBlock<PowerOfTwo>(
        {.id = "pow2",
         .label = "Power of two",
         .grammar = "pow2<BITS[,top=K][,distance=log][,block=tensor|slice|16|24x24|1x24x3x3]>",
         .help = "Zero and signed powers of two: a multiplication becomes a shift.",
         .parameters = kPowerParameters,
         .positional = 1,
         .defaults = PowerOfTwo{},
         .example = PowerOfTwo{},
         .storage =
             [](const Format& f) {
                 const auto& p = std::get<PowerOfTwo>(f);
                 return StorageLayout{.elementBits = p.bits, .blockBits = p.top ? 0 : 9};
             },
         .range =
             [](const Format& f) {
                 const auto& p = std::get<PowerOfTwo>(f);
                 const int top = p.top.value_or(0);
                 const double lowest = std::ldexp(1.0, top - exponentCount(p) + 1);
                 return FormatRange{std::ldexp(1.0, top), lowest, lowest, !p.top};
             },
         .quantise = quantisePowers,
         .pack = packPowerOfTwo,
         .unpack = unpackPowerOfTwo,
         .steps = stepsOfPower,
         .check = checkPower});
}

FormatFamily binaryFamily() {
    return withBlock<Binary>(
        {.id = "binary",
         .label = "Binary",
         .grammar = "binary<scale=one|max|mean[,block=tensor|slice|16|24x24|1x24x3x3]>",
         .help = "One bit an element: plus or minus a scale; zero counts as plus.",
         .parameters = kBinaryParameters,
         .defaults = Binary{},
         .example = Binary{},
         .storage =
             [](const Format& f) {
                 return StorageLayout{
                     .elementBits = 1,
                     .blockBits = std::get<Binary>(f).scale == SignScale::One ? 0 : 32};
             },
         .range =
             [](const Format& f) {
                 return FormatRange{1, 1, 1, std::get<Binary>(f).scale != SignScale::One};
             },
         .quantise = quantiseByMap,
         .pack = packBinary,
         .unpack = unpackBinary,
         .map = mapOfBinary});
}

FormatFamily ternaryFamily() {
    return withBlock<Ternary>(
        {.id = "ternary",
         .label = "Ternary",
         .grammar = "ternary<[threshold=0.7][,scale=one|max|mean]"
                    "[,block=tensor|slice|16|24x24|1x24x3x3]>",
         .help = "Two bits an element: zero, or plus or minus a scale.",
         .parameters = kTernaryParameters,
         .defaults = Ternary{},
         .example = Ternary{},
         .storage =
             [](const Format& f) {
                 return StorageLayout{
                     .elementBits = 2,
                     .blockBits = std::get<Ternary>(f).scale == SignScale::One ? 0 : 32};
             },
         .range =
             [](const Format& f) {
                 return FormatRange{1, 1, 1, std::get<Ternary>(f).scale != SignScale::One};
             },
         .quantise = quantiseByMap,
         .pack = packTernary,
         .unpack = unpackTernary,
         .map = mapOfTernary});
}

}  // namespace mantissa::numerics
