// SPDX-License-Identifier: GPL-3.0-or-later
// Published and customary formats, with what their parameters rest on.
#include <array>

#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr BlockShape vectorOf(std::int64_t size) {
    return {.kind = BlockShape::Kind::Vector, .size = size};
}

constexpr BlockFloat hbfp(int bitsWithSign) {
    return {.mantissaBits = bitsWithSign,
            .exponentBits = 10,
            .block = {.kind = BlockShape::Kind::Tile},
            .rule = SharedExponentRule::Ceil,
            .epsilon = 1e-8};
}

constexpr BlockFloat msfp(int bits) {
    return {.mantissaBits = bits - 9, .signCounted = false, .block = vectorOf(16)};
}

constexpr BlockFloat flexBlock(int mantissaBits, std::int64_t channels) {
    return {.mantissaBits = mantissaBits,
            .signCounted = false,
            .block = {.kind = BlockShape::Kind::Box, .box = {1, channels, 3, 3, 0}}};
}

constexpr BlockFloat fast(int mantissaBits) {
    return {.mantissaBits = mantissaBits,
            .signCounted = false,
            .exponentBits = 4,
            .block = vectorOf(16),
            .chunkBits = 2};
}

/// LightNorm's BFP of FP10-A or FP10-B in groups of 16 channels.
constexpr BlockFloat lightNorm(int exponentBits, int fractionBits, SharedExponentRule rule) {
    return {.mantissaBits = fractionBits + 1,
            .signCounted = false,
            .exponentBits = exponentBits,
            .block = vectorOf(16),
            .rule = rule,
            .firstExponentBits = exponentBits,
            .firstMantissaBits = fractionBits};
}

constexpr std::string_view kIntelToolkit =
    "Mellempudi et al., arXiv 1905.12334; parameters from Intel's FP8 Emulation Toolkit (README)";
constexpr std::string_view kOcpElement =
    "OCP Microscaling element; parameters from microxcaling's formats.py, specification not read";
constexpr std::string_view kOcp =
    "OCP Microscaling v1.0; parameters from microxcaling's formats.py, specification not read";
constexpr std::string_view kHbfp =
    "Drumond et al., NeurIPS 2018, arXiv 1804.01526; rule from the authors' HBFPEmulator, 10-bit "
    "exponent from its self-test and EPFL's area model; paper reported second-hand";
constexpr std::string_view kLightNormForward =
    "LightNorm's forward type {1,5,4}; range and flushing from the authors' simulator (1-5-4); the "
    "name is our mapping, paper not read";
constexpr std::string_view kLightNormBackward =
    "LightNorm's backward type {1,6,3}; range and flushing from the authors' simulator (1-6-3); "
    "the name is our mapping, paper not read";
constexpr std::string_view kLightNormAccumulator =
    "LightNorm's \"+8\" type for sums, 8 fraction bits more; from the authors' simulator";
constexpr std::string_view kLightNormGroup =
    "LightNorm's grouping as in the authors' simulator; its configurations have groups of 4 to 64 "
    "along the channels, 16 is our choice; paper not read";
constexpr std::string_view kMsfp =
    "Darvish Rouhani et al., NeurIPS 2020; parameters reported second-hand";
constexpr std::string_view kFlexBlock =
    "FlexBlock (BFPSim); box and widths from the authors' simulator, sign extra there; paper not "
    "read";
constexpr std::string_view kFast =
    "Zhang et al., HPCA 2022, arXiv 2110.15456; reported second-hand; exponent width 4 or 3, "
    "sources disagree";
constexpr std::string_view kSharedMicro =
    "Darvish Rouhani et al., ISCA 2023, arXiv 2302.08007; reported second-hand; not OCP's MX";

using enum MinifloatVariant;
using enum SharedExponentRule;

constexpr Microscaled mx(int exponentBits, int mantissaBits) {
    return {.exponentBits = exponentBits, .mantissaBits = mantissaBits};
}

constexpr std::array kNamedFormats{
    NamedFormat{"fp32", "FP32", "IEEE 754 binary32", Fp32{}},
    NamedFormat{"tf32", "TF32",
                "NVIDIA's tensor-core format, 1-8-10; customary definition, text not read",
                Minifloat{8, 10, {}, Ieee, true, false}},
    NamedFormat{"bf16", "BF16",
                "upper half of binary32; customary definition, rounds to Inf as IEEE 754",
                Minifloat{8, 7, {}, Ieee, true, false}},
    NamedFormat{"fp16", "FP16", "IEEE 754 binary16", Minifloat{5, 10, {}, Ieee, true, false}},
    NamedFormat{"fp10_a", "FP10-A (1-5-4)", kLightNormForward, Minifloat{5, 4, {}, Ieee, false}},
    NamedFormat{"fp10_b", "FP10-B (1-6-3)", kLightNormBackward, Minifloat{6, 3, {}, Ieee, false}},
    NamedFormat{"fp10_a+8", "FP10-A+8 (1-5-12)", kLightNormAccumulator,
                Minifloat{5, 12, {}, Ieee, false}},
    NamedFormat{"fp10_b+8", "FP10-B+8 (1-6-11)", kLightNormAccumulator,
                Minifloat{6, 11, {}, Ieee, false}},
    NamedFormat{"fp8_e5m2", "FP8 E5M2", kIntelToolkit, Minifloat{5, 2, {}, Ieee}},
    NamedFormat{"fp8_e4m3", "FP8 E4M3", kIntelToolkit, Minifloat{4, 3, {}, Fn}},
    NamedFormat{"fp8_e3m4", "FP8 E3M4", kIntelToolkit, Minifloat{3, 4, {}, Fn}},
    NamedFormat{"fp6_e3m2", "FP6 E3M2", kOcpElement, Minifloat{3, 2, {}, AllCodes}},
    NamedFormat{"fp6_e2m3", "FP6 E2M3", kOcpElement, Minifloat{2, 3, {}, AllCodes}},
    NamedFormat{"fp4_e2m1", "FP4 E2M1", kOcpElement, Minifloat{2, 1, {}, AllCodes}},
    NamedFormat{"mxfp8_e5m2", "MXFP8 E5M2", kOcp, mx(5, 2)},
    NamedFormat{"mxfp8_e4m3", "MXFP8 E4M3", kOcp, mx(4, 3)},
    NamedFormat{"mxfp6_e3m2", "MXFP6 E3M2", kOcp, mx(3, 2)},
    NamedFormat{"mxfp6_e2m3", "MXFP6 E2M3", kOcp, mx(2, 3)},
    NamedFormat{"mxfp4_e2m1", "MXFP4 E2M1", kOcp, mx(2, 1)},
    NamedFormat{"mxint8", "MXINT8", kOcp, mx(0, 8)},
    NamedFormat{"msfp16", "MSFP16", kMsfp, msfp(16)},
    NamedFormat{"msfp15", "MSFP15", kMsfp, msfp(15)},
    NamedFormat{"msfp14", "MSFP14", kMsfp, msfp(14)},
    NamedFormat{"msfp13", "MSFP13", kMsfp, msfp(13)},
    NamedFormat{"msfp12", "MSFP12", kMsfp, msfp(12)},
    NamedFormat{"msfp11", "MSFP11", kMsfp, msfp(11)},
    NamedFormat{"hbfp4", "HBFP4", kHbfp, hbfp(4)},
    NamedFormat{"hbfp6", "HBFP6", kHbfp, hbfp(6)},
    NamedFormat{"hbfp8", "HBFP8", kHbfp, hbfp(8)},
    NamedFormat{"hbfp12", "HBFP12", kHbfp, hbfp(12)},
    NamedFormat{"hbfp16", "HBFP16", kHbfp, hbfp(16)},
    NamedFormat{"fb12", "FB12", kFlexBlock, flexBlock(4, 24)},
    NamedFormat{"fb16", "FB16", kFlexBlock, flexBlock(8, 12)},
    NamedFormat{"fb24", "FB24", kFlexBlock, flexBlock(16, 6)},
    NamedFormat{"fast2", "FAST, 2-bit", kFast, fast(2)},
    NamedFormat{"fast4", "FAST, 4-bit", kFast, fast(4)},
    NamedFormat{"smx9", "MX9 (2023)", kSharedMicro, MicroExponent{.mantissaBits = 7}},
    NamedFormat{"smx6", "MX6 (2023)", kSharedMicro, MicroExponent{.mantissaBits = 4}},
    NamedFormat{"smx4", "MX4 (2023)", kSharedMicro, MicroExponent{.mantissaBits = 2}},
    NamedFormat{"lightnorm_a", "LightNorm A, max", kLightNormGroup, lightNorm(5, 4, Floor)},
    NamedFormat{"lightnorm_b", "LightNorm B, max", kLightNormGroup, lightNorm(6, 3, Floor)},
    NamedFormat{"lightnorm_a_exempt", "LightNorm A, max-exempt", kLightNormGroup,
                lightNorm(5, 4, Exempt)},
    NamedFormat{"lightnorm_b_exempt", "LightNorm B, max-exempt", kLightNormGroup,
                lightNorm(6, 3, Exempt)},
    NamedFormat{"int8", "Affine INT8",
                "Banner et al., NeurIPS 2018; rule from the authors' released code",
                AffineInteger{.bits = 8}},
    NamedFormat{"pow2_4", "Power of two, 4-bit",
                "SmartExchange, ISCA 2020, 4-bit coefficients reported second-hand; the code's "
                "layout is ours",
                PowerOfTwo{.bits = 4}},
    NamedFormat{"binary", "Binary",
                "Hubara et al., JMLR 2018; rule from BinaryNet.pytorch, zero counts as plus",
                Binary{}},
    NamedFormat{"ternary", "Ternary", "ternary weight networks; customary definition, not read",
                Ternary{}},
    NamedFormat{"eie4", "Codebook of 16", "Han et al., ISCA 2016, arXiv 1602.01528v2",
                Codebook{.bits = 4}},
};

}  // namespace

std::span<const NamedFormat> namedFormats() {
    return kNamedFormats;
}

}  // namespace mantissa::numerics
