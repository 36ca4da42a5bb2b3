// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/minifloat.h"

#include <limits>

#include "core/numerics/formats/block_work.h"
#include "core/numerics/formats/family_parts.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 3> kVariants{"ieee", "fn", "all"};
constexpr std::array<std::string_view, 2> kOverflow{"saturate", "inf"};

/// Of binary32's largest and of its smallest number.
constexpr int kHighestExponent = 127;
constexpr int kLowestExponent = -149;

constexpr std::array<Param<Format>, 6> kParameters{{
    param<&Minifloat::exponentBits>(
        {.id = "exp",
         .label = "Exponent bits",
         .unit = "bits",
         .help = "Width of the exponent field; each further bit doubles the range in binades.",
         .minimum = 1,
         .maximum = 8,
         .defaultValue = 4}),
    param<&Minifloat::mantissaBits>({.id = "man",
                                     .label = "Mantissa bits",
                                     .unit = "bits",
                                     .help = "Stored fraction bits; the hidden one is not counted.",
                                     .minimum = 0,
                                     .maximum = 23,
                                     .defaultValue = 3}),
    {{.id = "bias",
      .label = "Exponent bias",
      .help =
          "Subtracted from the exponent field; 2^(exp-1) - 1 unless said otherwise. Numbers that "
          "binary32 does not have are left out.",
      .minimum = -149,
      .maximum = 404,
      .defaultValue = 7},
     [](const Format& f) { return static_cast<double>(biasOf(std::get<Minifloat>(f))); },
     [](Format& f, double v) {
         auto& m = std::get<Minifloat>(f);
         const int bias = static_cast<int>(v);
         m.bias = bias == defaultBias(m.exponentBits) ? std::nullopt : std::optional<int>(bias);
     }},
    param<&Minifloat::variant>(
        {.id = "variant",
         .label = "Top exponent",
         .help =
             "ieee: Inf and NaN; fn: numbers, NaN only at the all-ones code; all: only numbers.",
         .kind = ParamKind::Choice,
         .maximum = 2,
         .choices = kVariants}),
    param<&Minifloat::subnormals>(
        {.id = "subnormals",
         .label = "Subnormals",
         .help = "Off: what lies below the smallest normal number becomes zero before rounding.",
         .kind = ParamKind::Boolean,
         .maximum = 1,
         .defaultValue = 1}),
    {{.id = "overflow",
      .label = "Overflow",
      .help = "What becomes of a number that rounds above the largest one: it, or Inf.",
      .kind = ParamKind::Choice,
      .maximum = 1,
      .choices = kOverflow},
     [](const Format& f) { return std::get<Minifloat>(f).saturate ? 0.0 : 1.0; },
     [](Format& f, double v) { std::get<Minifloat>(f).saturate = v < 0.5; }},
}};

/// Ends of the biases with which some number but zero is one of binary32.
struct BiasRange {
    int lowest = 0;
    int highest = 0;
};

BiasRange biasRange(Minifloat format) {
    format.bias = 0;
    return {std::ilogb(smallestOf(format)) - kHighestExponent,
            std::ilogb(largestOf(format)) - kLowestExponent};
}

Result<void> check(const Format& format) {
    const auto& m = std::get<Minifloat>(format);
    const bool onlySubnormals = topField(m) == 0;
    if (onlySubnormals && (!m.subnormals || m.mantissaBits == 0)) {
        return fail(ErrorCode::InvalidInput,
                    "exp is 1, must be from 2 to 8 with variant=ieee and " +
                        std::string(m.subnormals ? "man=0" : "subnormals=off") +
                        ", whose only number would be zero",
                    "float", "take variant=fn or variant=all, for example float<1,2,variant=all>");
    }
    if (m.variant == MinifloatVariant::Fn && m.exponentBits + m.mantissaBits < 2) {
        return fail(ErrorCode::InvalidInput,
                    "man is 0, must be from 1 to 23 with exp=1 and variant=fn, whose only number "
                    "would be zero",
                    "float");
    }
    const auto [lowest, highest] = biasRange(m);
    if (const int bias = biasOf(m); bias < lowest || bias > highest) {
        return fail(ErrorCode::InvalidInput,
                    "bias is " + std::to_string(bias) + ", must be from " + std::to_string(lowest) +
                        " to " + std::to_string(highest) +
                        " with exp=" + std::to_string(m.exponentBits) +
                        " and man=" + std::to_string(m.mantissaBits) +
                        ", so that some number of the format but zero is one of binary32",
                    "float");
    }
    return {};
}

void quantise(const Format& format, const ScalarJob& job) {
    const auto& m = std::get<Minifloat>(format);
    const double largest = largestInBinary32(m);
    forEachAlone(job, [&](std::int64_t i) {
        job.put(i, quantiseMinifloat(job.at(i), m, job.rounding, job.word(i), job.randomBits),
                largest);
    });
}

}  // namespace

double largestInBinary32(const Minifloat& format) {
    const auto below = [](double number, int step) {
        return std::ldexp(std::floor(std::ldexp(number, -step)), step);
    };
    const int coarsest = std::max(kHighestExponent, lowestExponent(format)) - format.mantissaBits;
    return std::fmin(below(std::numeric_limits<float>::max(), coarsest),
                     below(largestOf(format), kLowestExponent));
}

PowerSteps stepsOf(const Minifloat& format) {
    const double perStep = std::ldexp(1.0, format.mantissaBits - lowestExponent(format));
    return {.shared = false,
            .lowest = lowestExponent(format),
            .step = -format.mantissaBits,
            .floating = true,
            .magnitudeBits = format.mantissaBits + 1,
            .largest = largestInBinary32(format) * perStep,
            .flushBelow = format.subnormals ? 0 : smallestNormalOf(format) * perStep,
            .saturate = format.saturate};
}

FormatFamily minifloatFamily() {
    return {.id = "float",
            .label = "Minifloat",
            .grammar =
                "float<EXP,MAN[,bias=B][,variant=ieee|fn|all][,subnormals=off]"
                "[,overflow=inf]>",
            .help =
                "A small floating-point number per element: sign, EXP exponent bits, MAN "
                "fraction bits.",
            .parameters = kParameters,
            .positional = 2,
            .defaults = Minifloat{},
            .example = Minifloat{4, 3, {}, MinifloatVariant::Fn},
            .storage =
                [](const Format& f) {
                    const auto& m = std::get<Minifloat>(f);
                    return StorageLayout{.elementBits = 1 + m.exponentBits + m.mantissaBits};
                },
            .range =
                [](const Format& f) {
                    const auto& m = std::get<Minifloat>(f);
                    const double smallest = std::fmax(smallestOf(m), kSmallestBinary32);
                    const double normal = topField(m) == 0 ? smallest : smallestNormalOf(m);
                    return FormatRange{largestInBinary32(m), std::fmax(normal, smallest), smallest};
                },
            .quantise = quantise,
            .pack = packMinifloat,
            .unpack = unpackMinifloat,
            .steps = [](const Format& f) { return std::optional(stepsOf(std::get<Minifloat>(f))); },
            .check = check};
}

FormatFamily fp32Family() {
    return {.id = "fp32",
            .label = "FP32",
            .grammar = "fp32",
            .help = "IEEE 754 binary32, passed through unchanged.",
            .storage = [](const Format&) { return StorageLayout{.elementBits = 32}; },
            .range =
                [](const Format&) {
                    using Limits = std::numeric_limits<float>;
                    return FormatRange{Limits::max(), Limits::min(), Limits::denorm_min()};
                },
            .quantise =
                [](const Format&, const ScalarJob& job) {
                    forEachAlone(job, [&](std::int64_t i) {
                        job.put(i, job.at(i), std::numeric_limits<double>::infinity());
                    });
                },
            .pack = packFp32,
            .unpack = unpackFp32,
            .steps =
                [](const Format&) {
                    auto steps = stepsOf({8, 23});
                    steps.exact = true;
                    return std::optional(steps);
                }};
}

}  // namespace mantissa::numerics
