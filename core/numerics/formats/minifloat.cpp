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

/// binary32 carries every emulated value: exponents up to 127, steps from 2^-149.
constexpr int kHighestExponent = 127;
constexpr int kLowestStepExponent = -149;

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
      .help = "Subtracted from the exponent field; 2^(exp-1) - 1 unless said otherwise.",
      .minimum = -126,
      .maximum = 149,
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

Result<void> check(const Format& format) {
    const auto& m = std::get<Minifloat>(format);
    if (m.variant == MinifloatVariant::Ieee && m.exponentBits < 2) {
        return fail(ErrorCode::InvalidInput,
                    "exp is 1, must be from 2 to 8 with variant=ieee, which reserves one exponent",
                    "float", "take variant=fn or variant=all, for example float<1,2,variant=all>");
    }
    if (m.variant == MinifloatVariant::Fn && m.exponentBits + m.mantissaBits < 2) {
        return fail(ErrorCode::InvalidInput,
                    "man is 0, must be from 1 to 23 with exp=1 and variant=fn, whose only number "
                    "would be zero",
                    "float");
    }
    const int bias = biasOf(m);
    const int lowest = topField(m) - kHighestExponent;
    const int highest = 1 - m.mantissaBits - kLowestStepExponent;
    if (lowest > highest) {
        return fail(ErrorCode::InvalidInput,
                    "man is " + std::to_string(m.mantissaBits) + ", must be at most " +
                        std::to_string(m.mantissaBits - (lowest - highest)) +
                        " with exp=" + std::to_string(m.exponentBits) +
                        " and all codes finite, so that some bias makes every number of the "
                        "format a binary32 number",
                    "float");
    }
    if (bias < lowest || bias > highest) {
        return fail(ErrorCode::InvalidInput,
                    "bias is " + std::to_string(bias) + (m.bias ? "" : " (the default)") +
                        ", must be from " + std::to_string(lowest) + " to " +
                        std::to_string(highest) + " with exp=" + std::to_string(m.exponentBits) +
                        " and man=" + std::to_string(m.mantissaBits) +
                        ", so that every number of the format is a binary32 number",
                    "float");
    }
    return {};
}

void quantise(const Format& format, const ScalarJob& job) {
    const auto& m = std::get<Minifloat>(format);
    const double largest = largestOf(m);
    forEachAlone(job, [&](std::int64_t i) {
        job.put(i, quantiseMinifloat(job.at(i), m, job.rounding, job.word(i), job.randomBits),
                largest);
    });
}

}  // namespace

PowerSteps stepsOf(const Minifloat& format) {
    const double perStep = std::ldexp(1.0, format.mantissaBits - lowestExponent(format));
    return {.shared = false,
            .lowest = lowestExponent(format),
            .step = -format.mantissaBits,
            .floating = true,
            .magnitudeBits = format.mantissaBits + 1,
            .largest = largestOf(format) * perStep,
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
                    const double smallest = smallestNormalOf(m);
                    return FormatRange{
                        largestOf(m), smallest,
                        m.subnormals ? std::ldexp(smallest, -m.mantissaBits) : smallest};
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
