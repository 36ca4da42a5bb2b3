// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/block_float.h"

#include "core/numerics/formats/block_work.h"
#include "core/numerics/formats/family_parts.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

using Part = BlockPart<BlockFloat>;

constexpr std::array<std::string_view, 2> kSigns{"in", "out"};
constexpr std::array<std::string_view, 2> kLeading{"in", "out"};
constexpr std::array<std::string_view, 5> kRules{"floor", "ceil", "even", "rceil", "exempt"};

constexpr std::array<Param<Format>, 3> kWidths{{
    param<&BlockFloat::mantissaBits>(
        {.id = "man",
         .label = "Mantissa bits",
         .unit = "bits",
         .help = "Significand bits of an element, without a hidden one; see Sign.",
         .minimum = 1,
         .maximum = 24,
         .defaultValue = 8}),
    param<&BlockFloat::exponentBits>(
        {.id = "exp",
         .label = "Exponent bits",
         .unit = "bits",
         .help = "Width of the exponent that a block shares; its bias is 2^(exp-1) - 1.",
         .minimum = 2,
         .maximum = 10,
         .defaultValue = 8}),
    {{.id = "sign",
      .label = "Sign",
      .help = "in: the mantissa bits include the sign (HBFP8); out: it comes on top (MSFP).",
      .kind = ParamKind::Choice,
      .maximum = 1,
      .choices = kSigns},
     [](const Format& f) { return std::get<BlockFloat>(f).signCounted ? 0.0 : 1.0; },
     [](Format& f, double v) { std::get<BlockFloat>(f).signCounted = v < 0.5; }},
}};

constexpr std::array<Param<Format>, 9> kOptions{{
    param<&BlockFloat::rule>(
        {.id = "rule",
         .label = "Exponent rule",
         .help = "floor: the largest magnitude keeps its leading one; ceil: significands are 0.m, "
                 "and a power of two clips (HBFP); even: one higher where the maximum would round "
                 "up past the top; rceil: nothing clips; exempt: the elements at the largest "
                 "exponent stay as they are (LightNorm).",
         .kind = ParamKind::Choice,
         .maximum = 4,
         .choices = kRules}),
    param<&BlockFloat::epsilon>(
        {.id = "eps",
         .label = "Epsilon",
         .help = "ceil: added to the largest magnitude before its exponent is taken (HBFPEmulator: "
                 "1e-8).",
         .kind = ParamKind::Real,
         .maximum = 1}),
    {{.id = "bias",
      .label = "Exponent bias",
      .help = "Subtracted from the shared exponent's field; 2^(exp-1) - 1 unless said otherwise.",
      .minimum = -127,
      .maximum = 1023,
      .defaultValue = 127},
     [](const Format& f) { return static_cast<double>(biasOf(std::get<BlockFloat>(f))); },
     [](Format& f, double v) {
         auto& b = std::get<BlockFloat>(f);
         const int bias = static_cast<int>(v);
         b.bias = bias == defaultBias(b.exponentBits) ? std::nullopt : std::optional<int>(bias);
     }},
    {{.id = "lead",
      .label = "Leading one",
      .help = "in: the mantissa bits include the leading one; out: they count fraction bits, and "
              "the leading bit is stored on top.",
      .kind = ParamKind::Choice,
      .maximum = 1,
      .choices = kLeading},
     [](const Format& f) { return std::get<BlockFloat>(f).leadingCounted ? 0.0 : 1.0; },
     [](Format& f, double v) { std::get<BlockFloat>(f).leadingCounted = v < 0.5; }},
    param<&BlockFloat::clamp>(
        {.id = "clamp",
         .label = "Clamp",
         .help = "Off: a magnitude that rounds up past the largest code stays, at one more bit an "
                 "element.",
         .kind = ParamKind::Boolean,
         .maximum = 1,
         .defaultValue = 1}),
    param<&BlockFloat::chunkBits>(
        {.id = "chunk",
         .label = "Sign every",
         .unit = "bits",
         .help = "Magnitudes are stored in chunks of so many bits, each with a sign (FAST: 2).",
         .maximum = 8,
         .zeroText = "one sign"}),
    param<&BlockFloat::firstExponentBits>(
        {.id = "first_exp",
         .label = "First round to: exponent bits",
         .unit = "bits",
         .help = "Elements are rounded to this minifloat before they are grouped (LightNorm: 5 or "
                 "6).",
         .maximum = 8,
         .zeroText = "not rounded first"}),
    param<&BlockFloat::firstMantissaBits>(
        {.id = "first_man",
         .label = "First round to: fraction bits",
         .unit = "bits",
         .help = "Fraction bits of that minifloat (LightNorm: 4 or 3).",
         .maximum = 23}),
    param<&BlockFloat::arithmetic>(
        {.id = "arithmetic",
         .label = "Arithmetic",
         .help = "released: as the system's code computes, with its flaws. Under floor QPyTorch's, "
                 "which rounds to 2^(E - 21) first; under ceil HBFPEmulator's, which makes an "
                 "all-zero block NaN where epsilon is 0.",
         .kind = ParamKind::Choice,
         .maximum = 1,
         .choices = kArithmetics}),
}};

constexpr auto kParameters = joined(joined(kWidths, Part::kParameters), kOptions);

/// Whether the released code of the rule's system computes otherwise.
bool arithmeticMatters(const BlockFloat& b) {
    return b.rule == SharedExponentRule::Floor ||
           (b.rule == SharedExponentRule::Ceil && b.epsilon <= 0);
}

bool computesAsReleased(const BlockFloat& b) {
    return b.arithmetic == Arithmetic::Released && arithmeticMatters(b);
}

bool matters(const Format& format, std::string_view id) {
    const auto& b = std::get<BlockFloat>(format);
    if (id == "arithmetic") {
        return arithmeticMatters(b);
    }
    if (id == "eps") {
        return b.rule == SharedExponentRule::Ceil;
    }
    if (id == "first_man") {
        return b.firstExponentBits > 0;
    }
    return blockParameterMatters(b.block, id);
}

Result<void> check(const Format& format) {
    const auto& b = std::get<BlockFloat>(format);
    const int extra = b.mantissaBits - b.magnitudeBits();
    if (b.magnitudeBits() < 1 || b.magnitudeBits() > 23) {
        return fail(ErrorCode::InvalidInput,
                    "man is " + std::to_string(b.mantissaBits) + ", must be from " +
                        std::to_string(1 + extra) + " to " + std::to_string(23 + extra) +
                        " with sign=" + (b.signCounted ? "in" : "out") +
                        (b.leadingCounted ? "" : " and lead=out"),
                    "bfp");
    }
    if (b.firstExponentBits == 1) {
        return fail(ErrorCode::InvalidInput, "first_exp is 1, must be from 2 to 8, or 0 for none",
                    "bfp");
    }
    if (b.chunkBits > 0 && b.magnitudeBits() % b.chunkBits != 0) {
        return fail(ErrorCode::InvalidInput,
                    "chunk is " + std::to_string(b.chunkBits) + ", must divide the " +
                        std::to_string(b.magnitudeBits()) + " magnitude bits",
                    "bfp");
    }
    return {};
}

/// Largest and second-largest exponent of a block's finite elements, an exponent that two elements
/// share counting twice; clamped to what their fields can say, the lowest where there are none.
struct TopExponents {
    int largest = std::numeric_limits<int>::min();
    int second = std::numeric_limits<int>::min();

    void add(const TopExponents& other) {
        second = std::max({std::min(largest, other.largest), second, other.second});
        largest = std::max(largest, other.largest);
    }
};

TopExponents topExponents(const BlockFloat& b, const BlockOfJob& block) {
    auto top = block.fold<TopExponents>(
        [&](TopExponents& part, std::int64_t i) {
            if (const float x = std::fabs(block.job.at(i)); std::isfinite(x) && x > 0) {
                part.add(
                    {.largest = std::clamp(exponentOf(x), lowestExponent(b), highestExponent(b))});
            }
        },
        [](TopExponents& all, const TopExponents& part) { all.add(part); });
    const int lowest = lowestExponent(b);
    return {std::max(top.largest, lowest), std::max(top.second, lowest)};
}

/// The largest number of an untouched element's bits at this exponent.
double largestUntouched(const BlockFloat& b, int exponent) {
    return std::ldexp(2 - std::ldexp(1.0, 1 - untouchedBits(b)), std::min(exponent, 127));
}

/// LightNorm's final rule.
void exemptBlock(const BlockFloat& b, const BlockOfJob& block) {
    const auto& job = block.job;
    const auto top = topExponents(b, block);
    const int step = stepExponent(b, top.second);
    const double codes = largestCode(b, step);
    const double largest = largestUntouched(b, top.largest);
    block.forEach([&](std::int64_t i) {
        const float x = job.at(i);
        const bool exempt = std::isfinite(x) && x != 0 && exponentOf(std::fabs(x)) >= top.largest;
        const double magnitude = std::fmin(std::fabs(static_cast<double>(x)), largest);
        job.put(i,
                exempt ? std::copysign(static_cast<float>(magnitude), x)
                       : quantiseInBlock(x, step, codes, job.rounding, job.word(i), job.randomBits),
                largest);
    });
}

/// What QPyTorch adds to each number of a block with this largest magnitude; 0 where it has no
/// numbers, or so large ones that the sum would be Inf.
float rebaseOf(float largestMagnitude) {
    const int exponent = largestMagnitude > 0 ? exponentOf(largestMagnitude) : -126;
    const float base = std::ldexp(6.0F, exponent);
    return std::isfinite(base + largestMagnitude) ? base : 0;
}

void sharedBlock(const BlockFloat& b, const BlockOfJob& block) {
    const auto& job = block.job;
    const float largest = largestFinite(block);
    const int step = stepExponent(b, sharedExponent(b, largest));
    const double codes = largestCode(b, step);
    const double limit = std::ldexp(codes, step);
    const auto rounded = [&](float x, std::int64_t i) {
        return quantiseInBlock(x, step, codes, job.rounding, job.word(i), job.randomBits);
    };
    const bool released = computesAsReleased(b);
    if (released && b.rule == SharedExponentRule::Floor) {
        const float base = rebaseOf(largest);
        block.forEach([&](std::int64_t i) {
            job.put(i, rounded((job.at(i) + base) - base, i) + 0.0F, limit);
        });
    } else if (released && largest <= 0) {
        constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
        block.forEach([&](std::int64_t i) { job.put(i, job.at(i) + kNone, limit); });
    } else {
        block.forEach([&](std::int64_t i) { job.put(i, rounded(job.at(i), i), limit); });
    }
}

void quantise(const Format& format, const ScalarJob& outer) {
    const auto& b = std::get<BlockFloat>(format);
    ScalarJob job = outer;
    if (const auto first = firstFormat(b)) {
        forEachAlone(outer, [&](std::int64_t i) {
            outer.out[static_cast<std::size_t>(i)] = quantiseMinifloat(
                outer.at(i), *first, outer.rounding, outer.word(i), outer.randomBits);
        });
        job.in = outer.out;
    }
    forEachBlockOf(job, b.block, [&](const BlockOfJob& block) {
        (b.rule == SharedExponentRule::Exempt ? exemptBlock : sharedBlock)(b, block);
    });
}

/// Sign and magnitude; chunks each have a sign. Exempt (our layout, the published one is not
/// known): a flag, and room for an untouched element's significand.
StorageLayout storage(const Format& format) {
    const auto& b = std::get<BlockFloat>(format);
    if (b.rule == SharedExponentRule::Exempt) {
        return {.elementBits = 2 + exemptBits(b), .blockBits = std::int64_t{2} * b.exponentBits};
    }
    const int signs = b.chunkBits > 0 ? b.magnitudeBits() / b.chunkBits : 1;
    return {.elementBits = signs + b.magnitudeBits() + (b.clamp ? 0 : 1),
            .blockBits = b.exponentBits};
}

/// What blocks of binary32 numbers become: an exponent may have more bits than such blocks need.
FormatRange range(const Format& format) {
    const auto& b = std::get<BlockFloat>(format);
    const auto first = firstFormat(b);
    const int most = first ? std::ilogb(largestOf(*first)) : 127;
    const int above = b.rule == SharedExponentRule::Ceil ? 1 : 0;
    const int highest = std::min(highestExponent(b), most + above);
    const int top = stepExponent(b, highest);
    const double largest = b.rule == SharedExponentRule::Exempt
                               ? largestUntouched(b, highest)
                               : std::ldexp(largestCode(b, top), top);
    const double step = std::ldexp(1.0, stepExponent(b, sharedExponent(b, 0)));
    const double smallest = std::fmax(step, kSmallestBinary32);
    return {largest, smallest, smallest};
}

std::optional<PowerSteps> steps(const Format& format) {
    const auto& b = std::get<BlockFloat>(format);
    if (computesAsReleased(b)) {
        return std::nullopt;
    }
    const bool ceil = b.rule == SharedExponentRule::Ceil;
    return PowerSteps{.epsilon = ceil ? static_cast<float>(b.epsilon) : 0.0F,
                      .carry = carryOf(b.rule, b.magnitudeBits(), largestCode(b)),
                      .lowest = lowestExponent(b),
                      .highest = highestExponent(b),
                      .step = stepExponent(b, 0),
                      .largest = largestCode(b),
                      .untouchedBits = b.rule == SharedExponentRule::Exempt ? untouchedBits(b) : 0,
                      .first = firstFormat(b)};
}

}  // namespace

bool blockParameterMatters(const BlockShape& block, std::string_view id) {
    using Kind = BlockShape::Kind;
    if (id == "size") {
        return block.kind == Kind::Vector;
    }
    if (id == "rows" || id == "columns") {
        return block.kind == Kind::Tile;
    }
    return id.substr(0, 3) != "box" || block.kind == Kind::Box;
}

FormatFamily blockFloatFamily() {
    return {.id = "bfp",
            .label = "Block floating point",
            .grammar =
                "bfp<MAN[,exp=8][,sign=in|out][,block=16|24x24|1x24x3x3|slice|tensor]"
                "[,rule=floor|ceil|even|rceil|exempt][,eps=1e-08][,bias=B][,lead=in|out]"
                "[,clamp=off][,chunk=2][,first_exp=5,first_man=4][,arithmetic=released]>",
            .help =
                "MAN-bit significands that share one exponent a block; block=24x24 is a tile "
                "of rows x columns, 1x24x3x3 a box over the dimensions, slice one index of "
                "the block axis.",
            .parameters = kParameters,
            .positional = 1,
            .defaults = BlockFloat{},
            .example = BlockFloat{},
            .storage = storage,
            .range = range,
            .quantise = quantise,
            .pack = packBlockFloat,
            .unpack = unpackBlockFloat,
            .steps = steps,
            .check = check,
            .matters = matters,
            .block = Part::get,
            .setBlock = Part::set};
}

}  // namespace mantissa::numerics
