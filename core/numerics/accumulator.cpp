// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/accumulator.h"

#include <algorithm>
#include <array>

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 3> kRoundings{"nearest_even", "toward_zero", "stochastic"};
constexpr std::array<Rounding, 3> kRoundingValues{Rounding::NearestEven, Rounding::TowardZero,
                                                  Rounding::Stochastic};
constexpr std::array<std::string_view, 2> kPoints{"add", "block"};
constexpr std::array<std::string_view, 2> kOverflows{"saturate", "wrap"};

const PartialSum& sumOf(const Accumulator& accumulator) {
    return std::visit([](const auto& a) -> const PartialSum& { return a.sum; }, accumulator);
}
PartialSum& sumOf(Accumulator& accumulator) {
    return std::visit([](auto& a) -> PartialSum& { return a.sum; }, accumulator);
}

/// Of the choices above; beyond them, where checkParam finds it, for any other rounding.
double roundingIndex(const Accumulator& accumulator) {
    const auto* const found =
        std::find(kRoundingValues.begin(), kRoundingValues.end(), sumOf(accumulator).rounding);
    return static_cast<double>(found - kRoundingValues.begin());
}

constexpr Param<Accumulator> kExponentBits{
    {.id = "exp",
     .label = "Exponent bits",
     .unit = "bits",
     .help = "Exponent field of the floating-point partial sum; its bias is 2^(exp-1) - 1.",
     .minimum = 2,
     .maximum = 8,
     .defaultValue = 8},
    [](const Accumulator& a) { return static_cast<double>(sumOf(a).exponentBits); },
    [](Accumulator& a, double v) { sumOf(a).exponentBits = static_cast<int>(v); }};

constexpr Param<Accumulator> kMantissaBits{
    {.id = "man",
     .label = "Mantissa bits",
     .unit = "bits",
     .help = "Stored fraction bits of the partial sum; the hidden one is not counted.",
     .minimum = 1,
     .maximum = 23,
     .defaultValue = 23},
    [](const Accumulator& a) { return static_cast<double>(sumOf(a).mantissaBits); },
    [](Accumulator& a, double v) { sumOf(a).mantissaBits = static_cast<int>(v); }};

constexpr Param<Accumulator> kRounding{{.id = "rounding",
                                        .label = "Rounding",
                                        .help = "How the partial sum is rounded each time.",
                                        .kind = ParamKind::Choice,
                                        .maximum = 2,
                                        .choices = kRoundings},
                                       [](const Accumulator& a) { return roundingIndex(a); },
                                       [](Accumulator& a, double v) {
                                           sumOf(a).rounding =
                                               kRoundingValues.at(static_cast<std::size_t>(v));
                                       }};

constexpr Param<Accumulator> kSubnormals{
    {.id = "subnormals",
     .label = "Subnormals",
     .help = "Off: a partial sum below the smallest normal number becomes zero before rounding.",
     .kind = ParamKind::Boolean,
     .maximum = 1,
     .defaultValue = 1},
    [](const Accumulator& a) { return sumOf(a).subnormals ? 1.0 : 0.0; },
    [](Accumulator& a, double v) { sumOf(a).subnormals = v > 0.5; }};

constexpr Param<Accumulator> kSaturate{
    {.id = "saturate",
     .label = "Saturate",
     .help = "A partial sum that rounds above the largest number becomes it; off: it becomes Inf.",
     .kind = ParamKind::Boolean,
     .maximum = 1},
    [](const Accumulator& a) { return sumOf(a).saturate ? 1.0 : 0.0; },
    [](Accumulator& a, double v) { sumOf(a).saturate = v > 0.5; }};

constexpr std::array<Param<Accumulator>, 6> kFloatParameters{
    kExponentBits,
    kMantissaBits,
    {{.id = "after",
      .label = "Rounded after",
      .help =
          "add: every product is added to the rounded sum; block: a block's products are summed "
          "exactly as long as binary64 can, and the sum is rounded once a block.",
      .kind = ParamKind::Choice,
      .maximum = 1,
      .choices = kPoints},
     [](const Accumulator& a) { return static_cast<double>(std::get<FloatAccumulator>(a).after); },
     [](Accumulator& a, double v) {
         std::get<FloatAccumulator>(a).after = static_cast<RoundingPoint>(static_cast<int>(v));
     }},
    kRounding,
    kSubnormals,
    kSaturate};

constexpr std::array<Param<Accumulator>, 7> kIntegerParameters{
    {{{.id = "bits",
       .label = "Width",
       .unit = "bits",
       .help = "Two's complement sum of a block's integer products, the sign included.",
       .minimum = 2,
       .maximum = 53,
       .defaultValue = 32},
      [](const Accumulator& a) {
          return static_cast<double>(std::get<IntegerAccumulator>(a).bits);
      },
      [](Accumulator& a, double v) { std::get<IntegerAccumulator>(a).bits = static_cast<int>(v); }},
     {{.id = "overflow",
       .label = "Integer overflow",
       .help = "saturate: the integer stays at its end, judged after every addition; wrap: its "
               "lower bits are kept.",
       .kind = ParamKind::Choice,
       .maximum = 1,
       .choices = kOverflows},
      [](const Accumulator& a) {
          return static_cast<double>(std::get<IntegerAccumulator>(a).overflow);
      },
      [](Accumulator& a, double v) {
          std::get<IntegerAccumulator>(a).overflow =
              static_cast<IntegerOverflow>(static_cast<int>(v));
      }},
     kExponentBits,
     kMantissaBits,
     kRounding,
     kSubnormals,
     kSaturate}};

constexpr std::array<AccumulatorFamily, 2> kFamilies{{
    {"fp", "Floating point",
     "fp<EXP,MAN[,after=add|block][,rounding=nearest_even|toward_zero|stochastic][,subnormals=off]"
     "[,saturate=on]>",
     "A floating-point partial sum, rounded after every addition or after every block.",
     kFloatParameters, 2, FloatAccumulator{}},
    {"int", "Integer within blocks",
     "int<BITS[,overflow=saturate|wrap][,exp=8][,man=23][,rounding=nearest_even|toward_zero|"
     "stochastic][,subnormals=off][,saturate=on]>",
     "Integer products of a block's mantissas summed in BITS bits of two's complement; exp to "
     "saturate describe the floating-point sum of the blocks.",
     kIntegerParameters, 1, IntegerAccumulator{}},
}};

/// LightNorm-sim truncates, knows no subnormals and means to clamp at the largest exponent.
constexpr Accumulator lightNorm(int exponentBits, int mantissaBits) {
    return FloatAccumulator{{.exponentBits = exponentBits,
                             .mantissaBits = mantissaBits,
                             .rounding = Rounding::TowardZero,
                             .subnormals = false,
                             .saturate = true}};
}

/// 2 m + log2(b) + 1 bits for b = 16 products of m-bit signed mantissas, then a bfloat16 adder.
constexpr Accumulator hbfpArea(int mantissaBits) {
    return IntegerAccumulator{.bits = 2 * mantissaBits + 5,
                              .sum = {.exponentBits = 8, .mantissaBits = 7}};
}

constexpr std::string_view kLightNorm =
    "LightNorm, Noh et al., ICCD 2022, arXiv 2211.02686; \"+8\" type of the authors' simulator, "
    "eight mantissa bits more for accumulators; it truncates, its exponent clamp is read as "
    "saturation; paper not read";
constexpr std::string_view kHbfpArea =
    "derived from EPFL's HBFP area model for 16 rows (width of its integer adder; the bfloat16 "
    "adder is the one that gives the published ratios); rounding not stated, to nearest even here";

constexpr std::array<NamedAccumulator, 11> kNamedAccumulators{{
    {"fp32", "FP32",
     "IEEE 754 binary32; ApproxTrain's released kernels and Intel's FP8 Emulation Toolkit "
     "accumulate in it",
     FloatAccumulator{}},
    {"fp10_a+8", "FP10-A + 8 (1-5-12)", kLightNorm, lightNorm(5, 12)},
    {"fp10_b+8", "FP10-B + 8 (1-6-11)", kLightNorm, lightNorm(6, 11)},
    {"fp8+8", "FP8 + 8 (1-5-10)", kLightNorm, lightNorm(5, 10)},
    {"fp8_143+8", "FP8 1-4-3 + 8 (1-4-11)", kLightNorm, lightNorm(4, 11)},
    {"fp16+8", "FP16 + 8 (1-5-18)", kLightNorm, lightNorm(5, 18)},
    {"hbfp4", "HBFP4, area model", kHbfpArea, hbfpArea(4)},
    {"hbfp6", "HBFP6, area model", kHbfpArea, hbfpArea(6)},
    {"hbfp8", "HBFP8, area model", kHbfpArea, hbfpArea(8)},
    {"bdr25", "BDR, f = 25",
     "Darvish Rouhani et al., ISCA 2023, arXiv 2302.08007, reported second-hand: fixed point of at "
     "most 25 bits, then FP32; what its alignment to the largest exponent drops is not modelled, "
     "behaviour beyond the ends not stated",
     IntegerAccumulator{.bits = 25}},
    {"mx_m16", "MX, 16 mantissa bits",
     "Cuyckens et al., arXiv 2511.06313: an FP32 partial sum may lose its mantissa down to 16 bits "
     "without exceeding MX's quantisation error; rounding not stated, to nearest even here",
     FloatAccumulator{{.exponentBits = 8, .mantissaBits = 16}}},
}};

}  // namespace

std::span<const AccumulatorFamily> accumulatorFamilies() {
    return kFamilies;
}

const AccumulatorFamily& familyOf(const Accumulator& accumulator) {
    return kFamilies.at(accumulator.index());
}

std::span<const NamedAccumulator> namedAccumulators() {
    return kNamedAccumulators;
}

Result<void> validate(const Accumulator& accumulator) {
    const auto& family = familyOf(accumulator);
    for (const auto& parameter : family.parameters) {
        if (auto legal = checkParam(parameter.spec, parameter.get(accumulator), family.id);
            !legal) {
            return legal;
        }
    }
    return {};
}

}  // namespace mantissa::numerics
