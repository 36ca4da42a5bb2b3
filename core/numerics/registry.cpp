// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/registry.h"

#include <array>
#include <cmath>
#include <limits>

#include "core/numerics/block_grid.h"
#include "core/numerics/format_limits.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 3> kVariants{"ieee", "fn", "all"};
constexpr std::array<std::string_view, 2> kSigns{"in", "out"};
constexpr std::array<std::string_view, 2> kRules{"floor", "ceil"};
constexpr std::array<std::string_view, 4> kBlockKinds{"vector", "tile", "slice", "tensor"};

Minifloat& minifloat(Format& format) {
    return std::get<Minifloat>(format);
}
const Minifloat& minifloat(const Format& format) {
    return std::get<Minifloat>(format);
}
BlockFloat& blockFloat(Format& format) {
    return std::get<BlockFloat>(format);
}
const BlockFloat& blockFloat(const Format& format) {
    return std::get<BlockFloat>(format);
}

constexpr std::array<Param<Format>, 6> kMinifloatParameters{{
    {{.id = "exp",
      .label = "Exponent bits",
      .unit = "bits",
      .help = "Width of the exponent field; each further bit doubles the range in binades.",
      .minimum = 1,
      .maximum = 8,
      .defaultValue = 4},
     [](const Format& f) { return static_cast<double>(minifloat(f).exponentBits); },
     [](Format& f, double v) { minifloat(f).exponentBits = static_cast<int>(v); }},
    {{.id = "man",
      .label = "Mantissa bits",
      .unit = "bits",
      .help = "Stored fraction bits; the hidden one is not counted.",
      .minimum = 0,
      .maximum = 23,
      .defaultValue = 3},
     [](const Format& f) { return static_cast<double>(minifloat(f).mantissaBits); },
     [](Format& f, double v) { minifloat(f).mantissaBits = static_cast<int>(v); }},
    {{.id = "bias",
      .label = "Exponent bias",
      .help = "Subtracted from the exponent field; 2^(exp-1) - 1 unless said otherwise.",
      .minimum = -126,
      .maximum = 149,
      .defaultValue = 7},
     [](const Format& f) { return static_cast<double>(biasOf(minifloat(f))); },
     [](Format& f, double v) {
         auto& m = minifloat(f);
         m.bias = std::nullopt;
         if (const int bias = static_cast<int>(v); bias != biasOf(m)) {
             m.bias = bias;
         }
     }},
    {{.id = "variant",
      .label = "Top exponent",
      .help = "ieee: Inf and NaN; fn: numbers, NaN only at the all-ones code; all: only numbers.",
      .kind = ParamKind::Choice,
      .maximum = 2,
      .choices = kVariants},
     [](const Format& f) { return static_cast<double>(minifloat(f).variant); },
     [](Format& f, double v) {
         minifloat(f).variant = static_cast<MinifloatVariant>(static_cast<int>(v));
     }},
    {{.id = "subnormals",
      .label = "Subnormals",
      .help = "Off: what lies below the smallest normal number becomes zero before rounding.",
      .kind = ParamKind::Boolean,
      .maximum = 1,
      .defaultValue = 1},
     [](const Format& f) { return minifloat(f).subnormals ? 1.0 : 0.0; },
     [](Format& f, double v) { minifloat(f).subnormals = v > 0.5; }},
    {{.id = "saturate",
      .label = "Saturate",
      .help = "What rounds above the largest number becomes it; off: it becomes Inf.",
      .kind = ParamKind::Boolean,
      .maximum = 1,
      .defaultValue = 1},
     [](const Format& f) { return minifloat(f).saturate ? 1.0 : 0.0; },
     [](Format& f, double v) { minifloat(f).saturate = v > 0.5; }},
}};

constexpr std::array<Param<Format>, 9> kBlockFloatParameters{{
    {{.id = "man",
      .label = "Mantissa bits",
      .unit = "bits",
      .help = "Significand bits of an element, without a hidden one; see Sign.",
      .minimum = 1,
      .maximum = 24,
      .defaultValue = 8},
     [](const Format& f) { return static_cast<double>(blockFloat(f).mantissaBits); },
     [](Format& f, double v) { blockFloat(f).mantissaBits = static_cast<int>(v); }},
    {{.id = "sign",
      .label = "Sign",
      .help = "in: the mantissa bits include the sign (HBFP8); out: it comes on top (MSFP).",
      .kind = ParamKind::Choice,
      .maximum = 1,
      .choices = kSigns},
     [](const Format& f) { return blockFloat(f).signCounted ? 0.0 : 1.0; },
     [](Format& f, double v) { blockFloat(f).signCounted = v < 0.5; }},
    {{.id = "exp",
      .label = "Exponent bits",
      .unit = "bits",
      .help = "Width of the exponent that a block shares; its bias is 2^(exp-1) - 1.",
      .minimum = 2,
      .maximum = 10,
      .defaultValue = 8},
     [](const Format& f) { return static_cast<double>(blockFloat(f).exponentBits); },
     [](Format& f, double v) { blockFloat(f).exponentBits = static_cast<int>(v); }},
    {{.id = "block",
      .label = "Block shape",
      .help = "Which elements share an exponent: a run along the reduction axis, a tile of the "
              "matrix view, one index of the axis, or the whole tensor.",
      .kind = ParamKind::Choice,
      .maximum = 3,
      .choices = kBlockKinds},
     [](const Format& f) { return static_cast<double>(blockFloat(f).block.kind); },
     [](Format& f, double v) {
         blockFloat(f).block.kind = static_cast<BlockShape::Kind>(static_cast<int>(v));
     }},
    {{.id = "size",
      .label = "Block size",
      .unit = "elements",
      .help = "Elements of a vector block.",
      .minimum = 1,
      .maximum = 1048576,
      .defaultValue = 16,
      .powersOfTwo = true},
     [](const Format& f) { return static_cast<double>(blockFloat(f).block.size); },
     [](Format& f, double v) { blockFloat(f).block.size = static_cast<std::int64_t>(v); }},
    {{.id = "rows",
      .label = "Tile rows",
      .help = "Rows of a tile of the matrix view [first extent, product of the rest].",
      .minimum = 1,
      .maximum = 65536,
      .defaultValue = 24},
     [](const Format& f) { return static_cast<double>(blockFloat(f).block.rows); },
     [](Format& f, double v) { blockFloat(f).block.rows = static_cast<std::int64_t>(v); }},
    {{.id = "columns",
      .label = "Tile columns",
      .help = "Columns of a tile of the matrix view [first extent, product of the rest].",
      .minimum = 1,
      .maximum = 65536,
      .defaultValue = 24},
     [](const Format& f) { return static_cast<double>(blockFloat(f).block.columns); },
     [](Format& f, double v) { blockFloat(f).block.columns = static_cast<std::int64_t>(v); }},
    {{.id = "rule",
      .label = "Exponent rule",
      .help = "floor: the largest magnitude keeps its leading one; ceil: significands are 0.m, and "
              "a power of two clips (HBFP).",
      .kind = ParamKind::Choice,
      .maximum = 1,
      .choices = kRules},
     [](const Format& f) { return static_cast<double>(blockFloat(f).rule); },
     [](Format& f, double v) {
         blockFloat(f).rule = static_cast<SharedExponentRule>(static_cast<int>(v));
     }},
    {{.id = "eps",
      .label = "Epsilon",
      .help = "ceil: added to the largest magnitude before its exponent is taken (HBFPEmulator: "
              "1e-8).",
      .kind = ParamKind::Real,
      .maximum = 1},
     [](const Format& f) { return blockFloat(f).epsilon; },
     [](Format& f, double v) { blockFloat(f).epsilon = v; }},
}};

constexpr BlockFloat hbfp(int bitsWithSign) {
    return {.mantissaBits = bitsWithSign,
            .exponentBits = 10,
            .block = {.kind = BlockShape::Kind::Tile},
            .rule = SharedExponentRule::Ceil,
            .epsilon = 1e-8};
}

constexpr std::string_view kIntelToolkit =
    "Mellempudi et al., arXiv 1905.12334; parameters from Intel's FP8 Emulation Toolkit (README)";
constexpr std::string_view kOcpElement =
    "OCP Microscaling element; parameters from microxcaling's formats.py, specification not read";
constexpr std::string_view kHbfp =
    "Drumond et al., NeurIPS 2018, arXiv 1804.01526; rule from the authors' HBFPEmulator, 10-bit "
    "exponent from its self-test and EPFL's area model; paper reported second-hand";
constexpr std::string_view kLightNormForward =
    "LightNorm's forward type {1,5,4}; range and flushing from the authors' simulator (1-5-4); the "
    "name is our mapping, paper not read";
constexpr std::string_view kLightNormBackward =
    "LightNorm's backward type {1,6,3}; range and flushing from the authors' simulator (1-6-3); "
    "the name is our mapping, paper not read";

using enum MinifloatVariant;
constexpr std::array<NamedFormat, 17> kNamedFormats{{
    {"fp32", "FP32", "IEEE 754 binary32", Fp32{}},
    {"tf32", "TF32", "NVIDIA's tensor-core format, 1-8-10; customary definition, text not read",
     Minifloat{8, 10, {}, Ieee, true, false}},
    {"bf16", "BF16", "upper half of binary32; customary definition, rounds to Inf as IEEE 754",
     Minifloat{8, 7, {}, Ieee, true, false}},
    {"fp16", "FP16", "IEEE 754 binary16", Minifloat{5, 10, {}, Ieee, true, false}},
    {"fp10_a", "FP10-A (1-5-4)", kLightNormForward, Minifloat{5, 4, {}, Ieee, false, true}},
    {"fp10_b", "FP10-B (1-6-3)", kLightNormBackward, Minifloat{6, 3, {}, Ieee, false, true}},
    {"fp8_e5m2", "FP8 E5M2", kIntelToolkit, Minifloat{5, 2, {}, Ieee, true, true}},
    {"fp8_e4m3", "FP8 E4M3", kIntelToolkit, Minifloat{4, 3, {}, Fn, true, true}},
    {"fp8_e3m4", "FP8 E3M4", kIntelToolkit, Minifloat{3, 4, {}, Fn, true, true}},
    {"fp6_e3m2", "FP6 E3M2", kOcpElement, Minifloat{3, 2, {}, AllCodes, true, true}},
    {"fp6_e2m3", "FP6 E2M3", kOcpElement, Minifloat{2, 3, {}, AllCodes, true, true}},
    {"fp4_e2m1", "FP4 E2M1", kOcpElement, Minifloat{2, 1, {}, AllCodes, true, true}},
    {"hbfp4", "HBFP4", kHbfp, hbfp(4)},
    {"hbfp6", "HBFP6", kHbfp, hbfp(6)},
    {"hbfp8", "HBFP8", kHbfp, hbfp(8)},
    {"hbfp12", "HBFP12", kHbfp, hbfp(12)},
    {"hbfp16", "HBFP16", kHbfp, hbfp(16)},
}};

constexpr std::array<FormatFamily, 3> kFamilies{{
    {"fp32", "FP32", "fp32", "IEEE 754 binary32, passed through unchanged.", {}, Fp32{}},
    {"float", "Minifloat",
     "float<EXP,MAN[,bias=B][,variant=ieee|fn|all][,subnormals=off][,overflow=inf]>",
     "A small floating-point number per element: sign, EXP exponent bits, MAN fraction bits.",
     kMinifloatParameters, Minifloat{4, 3, {}, Fn, true, true}},
    {"bfp", "Block floating point",
     "bfp<MAN[,exp=8][,sign=in|out][,block=16|24x24|slice|tensor][,rule=floor|ceil][,eps=1e-08]>",
     "MAN-bit significands that share one exponent a block; block=24x24 is a tile of rows x "
     "columns, slice one index of the block axis.",
     kBlockFloatParameters, BlockFloat{}},
}};

double exponentBitsPerElement(const BlockFloat& format, double elementsPerBlock) {
    return format.exponentBits / elementsPerBlock;
}

}  // namespace

std::span<const FormatFamily> formatFamilies() {
    return kFamilies;
}

const FormatFamily& familyOf(const Format& format) {
    return kFamilies.at(format.index());
}

std::span<const NamedFormat> namedFormats() {
    return kNamedFormats;
}

double storageBitsPerElement(const Format& format, const Shape& shape, int axis) {
    const auto* block = std::get_if<BlockFloat>(&format);
    const auto elements = elementCount(shape);
    if (block == nullptr || elements == 0) {
        return nominalStorageBits(format);
    }
    const auto blocks = blockCount(blockGrid(block->block, shape, axis));
    return block->magnitudeBits() + 1 +
           exponentBitsPerElement(*block,
                                  static_cast<double>(elements) / static_cast<double>(blocks));
}

double nominalStorageBits(const Format& format) {
    if (const auto* m = std::get_if<Minifloat>(&format)) {
        return 1 + m->exponentBits + m->mantissaBits;
    }
    if (const auto* b = std::get_if<BlockFloat>(&format)) {
        const double bits = b->magnitudeBits() + 1;
        switch (b->block.kind) {
            case BlockShape::Kind::Vector:
                return bits + exponentBitsPerElement(*b, static_cast<double>(b->block.size));
            case BlockShape::Kind::Tile:
                return bits + exponentBitsPerElement(
                                  *b, static_cast<double>(b->block.rows * b->block.columns));
            case BlockShape::Kind::Slice:
            case BlockShape::Kind::Tensor:
                return bits;  // a block as large as the tensor makes it
        }
    }
    return 32;
}

FormatRange rangeOf(const Format& format) {
    if (const auto* m = std::get_if<Minifloat>(&format)) {
        const double smallest = smallestNormalOf(*m);
        return {largestOf(*m), smallest,
                m->subnormals ? std::ldexp(smallest, -m->mantissaBits) : smallest};
    }
    if (const auto* b = std::get_if<BlockFloat>(&format)) {
        const double codes = std::ldexp(1.0, b->magnitudeBits()) - 1;
        const double step = std::ldexp(1.0, stepExponent(*b, lowestExponent(*b)));
        return {codes * std::ldexp(1.0, stepExponent(*b, highestExponent(*b))), step, step};
    }
    using Limits = std::numeric_limits<float>;
    return {Limits::max(), Limits::min(), Limits::denorm_min()};
}

}  // namespace mantissa::numerics
