// SPDX-License-Identifier: GPL-3.0-or-later
// The published systems and what each fixes.
#include <algorithm>
#include <array>

#include "core/numerics/convention.h"
#include "core/numerics/convention_notes.h"

namespace mantissa::numerics {
namespace {

using Ids = std::string_view;
using BlockKind = BlockShape::Kind;
using enum SharedExponentRule;

constexpr std::array<Ids, 1> kMan{"man"};
constexpr std::array<Ids, 1> kBits{"bits"};
constexpr std::array<Ids, 2> kExpMan{"exp", "man"};
constexpr std::array<Ids, 1> kVariant{"variant"};
constexpr std::array<BlockKind, 1> kVectors{BlockKind::Vector};
constexpr std::array<BlockKind, 1> kTiles{BlockKind::Tile};
constexpr std::array<BlockKind, 2> kWhole{BlockKind::Tensor, BlockKind::Slice};
constexpr std::array<BlockKind, 5> kAnyBlock{BlockKind::Vector, BlockKind::Tile, BlockKind::Slice,
                                             BlockKind::Tensor, BlockKind::Box};

constexpr RoundingChoice kEven{Rounding::NearestEven};
constexpr RoundingChoice kCut{Rounding::TowardZero};
constexpr RoundingChoice kNoise{Rounding::Stochastic};
constexpr RoundingChoice kByteOfNoise{Rounding::Stochastic, 8};

constexpr BlockShape vectorOf(std::int64_t size) {
    return {.kind = BlockKind::Vector, .size = size};
}

std::string elementName(int exponentBits, int mantissaBits) {
    return "e" + std::to_string(exponentBits) + "m" + std::to_string(mantissaBits);
}

// microxcaling ---------------------------------------------------------------------------------

constexpr std::array<Ids, 4> kMxKeeps{"exp", "man", "variant", "scale"};
constexpr std::array<Ids, 6> kFloatKeeps{"exp", "man", "bias", "variant", "subnormals", "overflow"};
constexpr RoundingChoice kAway{Rounding::NearestAway};
constexpr std::array kMicroxcalingRules{
    ConventionRule{.pattern = Microscaled{},
                   .keeps = kMxKeeps,
                   .keepsBlocks = kVectors,
                   .operands = kAway,
                   .gradients = kAway},
    ConventionRule{
        .pattern = Minifloat{}, .keeps = kFloatKeeps, .operands = kAway, .gradients = kAway}};

// OCP MX ---------------------------------------------------------------------------------------

Result<void> onlyOcpElements(const Format& /*start*/, TensorUse /*use*/, Format& adopted) {
    const auto& m = std::get<Microscaled>(adopted);
    constexpr std::array<std::array<int, 2>, 6> kElements{
        {{5, 2}, {4, 3}, {3, 2}, {2, 3}, {2, 1}, {0, 8}}};
    if (std::find(kElements.begin(), kElements.end(), std::array{m.exponentBits, m.mantissaBits}) !=
        kElements.end()) {
        return {};
    }
    const auto name = hasIntegerElements(m) ? "int" + std::to_string(m.mantissaBits)
                                            : elementName(m.exponentBits, m.mantissaBits);
    return fail(
        ErrorCode::InvalidInput,
        "OCP MX defines no element " + name + ", must be one of e5m2, e4m3, e3m2, e2m3, e2m1, int8",
        {}, "the convention microxcaling takes any element");
}

constexpr std::array kOcpRules{ConventionRule{.pattern = Microscaled{},
                                              .keeps = kExpMan,
                                              .operands = kEven,
                                              .gradients = kEven,
                                              .follow = onlyOcpElements}};

// HBFP and Accuracy Boosters -------------------------------------------------------------------

constexpr BlockFloat hbfp(int exponentBits, const BlockShape& block) {
    return {.exponentBits = exponentBits, .block = block, .rule = Ceil, .epsilon = 1e-8};
}
constexpr std::array kHbfpRules{ConventionRule{.pattern = hbfp(10, {.kind = BlockKind::Tile}),
                                               .keeps = kMan,
                                               .keepsBlocks = kTiles,
                                               .operands = kNoise,
                                               .gradients = kNoise}};
constexpr std::array kBoostersRules{ConventionRule{.pattern = hbfp(8, vectorOf(32)),
                                                   .keeps = kMan,
                                                   .keepsBlocks = kVectors,
                                                   .operands = kNoise,
                                                   .gradients = kNoise}};

// FlexBlock ------------------------------------------------------------------------------------

/// The final generation's boxes: 24, 12, 6 channels for 4, 8, 16 bits.
Result<void> flexBlockBox(const Format& start, TensorUse /*use*/, Format& adopted) {
    auto& block = std::get<BlockFloat>(adopted);
    const int bits = block.magnitudeBits();
    if (bits == 4 || bits == 8 || bits == 16) {
        block.block.box = {1, 96 / bits, 3, 3, 0};
    } else if (std::get<BlockFloat>(start).block.kind == BlockKind::Box) {
        block.block.box = std::get<BlockFloat>(start).block.box;
    }
    return {};
}

constexpr std::array<Ids, 1> kBlock{"block"};
constexpr std::array kFlexBlockRules{ConventionRule{
    .pattern =
        BlockFloat{.mantissaBits = 4, .signCounted = false, .block = {.kind = BlockKind::Box}},
    .keeps = kMan,
    .derives = kBlock,
    .operands = kCut,
    .gradients = kCut,
    .follow = flexBlockBox}};

// LightNorm ------------------------------------------------------------------------------------

/// 1-5-x forward, 1-6-x backward; significands hold the fraction and an explicit leading one.
Result<void> lightNormElement(const Format& /*start*/, TensorUse use, Format& adopted) {
    auto& block = std::get<BlockFloat>(adopted);
    block.exponentBits = use == TensorUse::Operand ? 5 : 6;
    block.firstExponentBits = block.exponentBits;
    block.firstMantissaBits = block.magnitudeBits() - 1;
    return {};
}

constexpr BlockFloat lightNorm(SharedExponentRule rule) {
    return {.mantissaBits = 5,
            .signCounted = false,
            .exponentBits = 5,
            .block = vectorOf(16),
            .rule = rule,
            .firstExponentBits = 5,
            .firstMantissaBits = 4};
}

constexpr std::array<Ids, 4> kLightNormDerives{"exp", "bias", "first_exp", "first_man"};
constexpr ConventionRule lightNormRule(SharedExponentRule rule) {
    return {.pattern = lightNorm(rule),
            .keeps = kMan,
            .derives = kLightNormDerives,
            .keepsBlocks = kVectors,
            .operands = kCut,
            .gradients = kCut,
            .follow = lightNormElement};
}
constexpr ConventionRule kLightNormElements{
    .pattern = Minifloat{5, 4, {}, MinifloatVariant::Ieee, false},
    .keeps = kExpMan,
    .operands = kCut,
    .gradients = kCut};
constexpr std::array kLightNormRules{lightNormRule(Exempt), kLightNormElements};
constexpr std::array kLightNormMaxRules{lightNormRule(Floor), kLightNormElements};

// MSFP, FAST, shared micro-exponents -----------------------------------------------------------

constexpr std::array kMsfpRules{ConventionRule{
    .pattern = BlockFloat{.mantissaBits = 3, .signCounted = false, .block = vectorOf(16)},
    .keeps = kMan,
    .operands = kCut,
    .gradients = kCut}};

Result<void> evenBits(const Format& /*start*/, TensorUse /*use*/, Format& adopted) {
    const auto& block = std::get<BlockFloat>(adopted);
    if (block.magnitudeBits() % block.chunkBits == 0) {
        return {};
    }
    return fail(ErrorCode::InvalidInput,
                "FAST's magnitudes come in chunks of 2 bits, these have " +
                    std::to_string(block.magnitudeBits()) + " without the sign",
                {}, "choose an even number of bits; FAST has 2 and 4");
}

constexpr std::array kFastRules{ConventionRule{.pattern = BlockFloat{.mantissaBits = 4,
                                                                     .signCounted = false,
                                                                     .exponentBits = 4,
                                                                     .block = vectorOf(16),
                                                                     .chunkBits = 2},
                                               .keeps = kMan,
                                               .operands = kCut,
                                               .gradients = kByteOfNoise,
                                               .follow = evenBits}};

constexpr std::array kMicroExponentRules{ConventionRule{.pattern = MicroExponent{}, .keeps = kMan}};

// QPyTorch, FP8 toolkit, Gupta -----------------------------------------------------------------

constexpr RoundingChoice kUp{Rounding::NearestUp};
constexpr std::array<Ids, 4> kFixedKeeps{"int", "frac", "symmetric", "clamp"};
constexpr std::array kQPyTorchRules{
    ConventionRule{.pattern = BlockFloat{.block = {.kind = BlockKind::Tensor}},
                   .keeps = kMan,
                   .keepsBlocks = kWhole,
                   .operands = kUp,
                   .gradients = kUp},
    ConventionRule{
        .pattern = FixedPoint{}, .keeps = kFixedKeeps, .operands = kEven, .gradients = kEven}};

constexpr std::array kQPyTorchCodeRules{
    ConventionRule{.pattern = BlockFloat{.block = {.kind = BlockKind::Tensor},
                                         .arithmetic = Arithmetic::Released},
                   .keeps = kMan,
                   .keepsBlocks = kWhole,
                   .operands = kUp,
                   .gradients = kUp},
    ConventionRule{.pattern = FixedPoint{.arithmetic = Arithmetic::Released},
                   .keeps = kFixedKeeps,
                   .operands = kEven,
                   .gradients = kEven}};

Result<void> toolkitVariant(const Format& /*start*/, TensorUse /*use*/, Format& adopted) {
    auto& m = std::get<Minifloat>(adopted);
    const auto is = [&](int exponentBits, int mantissaBits) {
        return m.exponentBits == exponentBits && m.mantissaBits == mantissaBits;
    };
    if (!is(5, 2) && !is(4, 3) && !is(3, 4)) {
        return fail(ErrorCode::InvalidInput,
                    "the FP8 toolkit has no element " +
                        elementName(m.exponentBits, m.mantissaBits) +
                        ", must be one of e5m2, e4m3, e3m4",
                    {}, "start from fp8_e5m2, fp8_e4m3 or fp8_e3m4");
    }
    m.variant = is(5, 2) ? MinifloatVariant::Ieee : MinifloatVariant::Fn;
    return {};
}

constexpr std::array kFp8Rules{
    ConventionRule{.pattern = Minifloat{5, 2, {}, MinifloatVariant::Ieee},
                   .keeps = kExpMan,
                   .derives = kVariant,
                   .operands = kEven,
                   .gradients = kByteOfNoise,
                   .follow = toolkitVariant}};

constexpr std::array<Ids, 2> kIntFrac{"int", "frac"};
constexpr std::array kGuptaRules{ConventionRule{
    .pattern = FixedPoint{}, .keeps = kIntFrac, .operands = kNoise, .gradients = kNoise}};

// Integers, signs, codes -----------------------------------------------------------------------

constexpr std::array kBannerRules{ConventionRule{.pattern = AffineInteger{},
                                                 .keeps = kBits,
                                                 .keepsBlocks = kWhole,
                                                 .operands = kEven,
                                                 .gradients = kNoise}};

Result<void> noMeanScale(const Format& /*start*/, TensorUse /*use*/, Format& adopted) {
    if (std::get<Binary>(adopted).scale != SignScale::Mean) {
        return {};
    }
    return fail(ErrorCode::InvalidInput, "scale is mean, must be one or max with QNN", {},
                "the mean magnitude is XNOR-Net's scale");
}

/// Moons et al.: one bit left of the point, the width kept.
Result<void> oneIntegerBit(const Format& start, TensorUse /*use*/, Format& adopted) {
    const auto& from = std::get<FixedPoint>(start);
    auto& fixed = std::get<FixedPoint>(adopted);
    fixed.integerBits = 1;
    fixed.fractionBits = from.integerBits + from.fractionBits - 1;
    return {};
}

constexpr std::array<Ids, 1> kScale{"scale"};
constexpr std::array kQnnRules{ConventionRule{.pattern = Binary{},
                                              .keeps = kScale,
                                              .operands = kEven,
                                              .gradients = kEven,
                                              .follow = noMeanScale},
                               ConventionRule{.pattern = FixedPoint{1, 7},
                                              .derives = kIntFrac,
                                              .operands = kEven,
                                              .gradients = kEven,
                                              .follow = oneIntegerBit}};

constexpr std::array<Ids, 3> kPowerKeeps{"bits", "top", "distance"};
constexpr std::array kSmartDealRules{ConventionRule{.pattern = PowerOfTwo{},
                                                    .keeps = kPowerKeeps,
                                                    .keepsBlocks = kAnyBlock,
                                                    .operands = kEven,
                                                    .gradients = kEven}};

constexpr std::array<Ids, 2> kCodebookKeeps{"bits", "iterations"};
constexpr std::array kEieRules{ConventionRule{.pattern = Codebook{}, .keeps = kCodebookKeeps}};

constexpr std::array<Ids, 3> kBoundKeeps{"bound", "kind", "bits"};
constexpr std::array kCometRules{ConventionRule{.pattern = ErrorBounded{},
                                                .keeps = kBoundKeeps,
                                                .keepsBlocks = kAnyBlock,
                                                .operands = kEven,
                                                .gradients = kEven}};

}  // namespace

std::span<const Convention> conventions() {
    static const std::array kConventions{
        Convention{"microxcaling", "microxcaling", "Emulation library of the OCP MX formats",
                   "microxcaling's released code, read, and its outputs, held against bit for bit",
                   notes::kMicroxcaling, kMicroxcalingRules},
        Convention{"ocp", "OCP MX", "OCP Microscaling Formats v1.0",
                   "parameters from microxcaling's formats.py; rules reported second-hand and by "
                   "oneDNN's documentation; the specification was not read",
                   notes::kOcp, kOcpRules},
        Convention{"hbfp", "HBFP", "Hybrid block floating point, NeurIPS 2018",
                   "Drumond et al., arXiv 1804.01526; rules from the authors' HBFPEmulator, read; "
                   "the paper reported second-hand",
                   notes::kHbfp, kHbfpRules},
        Convention{"accuracy-boosters", "Accuracy Boosters",
                   "Epoch-driven mixed-mantissa HBFP training",
                   "arXiv 2211.10737; rules from the authors' HBFPEmulator_AB, read; the paper's "
                   "abstract only",
                   notes::kAccuracyBoosters, kBoostersRules},
        Convention{"flexblock", "FlexBlock (BFPSim)",
                   "Multi-mode block floating point accelerator, IEEE TC 2023",
                   "arXiv 2203.06673; rules from the authors' simulator BFPSim, read (final group "
                   "shapes); the paper's abstract only",
                   notes::kFlexBlock, kFlexBlockRules},
        Convention{
            "lightnorm", "LightNorm", "Batch normalisation hardware, ICCD 2022",
            "arXiv 2211.02686; rules from the authors' simulator, read (final grouping); the "
            "paper's abstract only",
            notes::kLightNorm, kLightNormRules},
        Convention{"lightnorm-max", "LightNorm, earlier grouping",
                   "Batch normalisation hardware, ICCD 2022",
                   "arXiv 2211.02686; rules from the authors' simulator, read (\"max\" grouping); "
                   "the paper's abstract only",
                   notes::kLightNormMax, kLightNormMaxRules},
        Convention{"msfp", "MSFP", "Microsoft floating point, NeurIPS 2020",
                   "Darvish Rouhani et al.; abstract and page-cited notes, reported second-hand",
                   notes::kMsfp, kMsfpRules},
        Convention{"fast", "FAST", "Variable-precision block floating point training, HPCA 2022",
                   "Zhang et al., arXiv 2110.15456; introduction and public notes, reported "
                   "second-hand; sources disagree on the exponent's width",
                   notes::kFast, kFastRules},
        Convention{"micro-exponents", "Shared micro-exponents",
                   "Two-level block formats MX9, MX6, MX4, ISCA 2023",
                   "Darvish Rouhani et al., arXiv 2302.08007; page-cited notes, reported "
                   "second-hand",
                   notes::kMicroExponents, kMicroExponentRules},
        Convention{"qpytorch", "QPyTorch", "Low-precision training library for PyTorch",
                   "outputs of QPyTorch, held against it bit for bit", notes::kQPyTorch,
                   kQPyTorchRules},
        Convention{"qpytorch-code", "QPyTorch, flaws included",
                   "Low-precision training library for PyTorch, as its released code computes",
                   "QPyTorch's released code, read, and its outputs, held against to the last bit",
                   notes::kQPyTorchCode, kQPyTorchCodeRules},
        Convention{"fp8-toolkit", "FP8 toolkit", "Intel's FP8 Emulation Toolkit",
                   "the toolkit's released code, read; Mellempudi et al., arXiv 1905.12334, "
                   "abstract only",
                   notes::kFp8Toolkit, kFp8Rules},
        Convention{"gupta", "Gupta", "Fixed point with stochastic rounding, ICML 2015",
                   "Gupta et al., arXiv 1502.02551; rules reported second-hand", notes::kGupta,
                   kGuptaRules},
        Convention{"banner", "Banner (range BN, int8)", "Scalable 8-bit training, NeurIPS 2018",
                   "Banner et al., arXiv 1805.11046; rules from the authors' released code, read; "
                   "the paper reported second-hand",
                   notes::kBanner, kBannerRules},
        Convention{
            "qnn", "QNN", "Quantised and binarised networks, JMLR 2018",
            "Hubara et al., arXiv 1609.07061; rules from BinaryNet.pytorch and from Moons et "
            "al.'s released code, read; the paper's abstract only",
            notes::kQnn, kQnnRules},
        Convention{"smartdeal", "SmartDeal", "SmartExchange (ISCA 2020) and SmartDeal",
                   "arXiv 2101.01163; abstract; method reported second-hand", notes::kSmartDeal,
                   kSmartDealRules},
        Convention{"eie", "EIE", "Efficient inference engine, ISCA 2016",
                   "Han et al., arXiv 1602.01528v2, read in full", notes::kEie, kEieRules},
        Convention{"comet", "COMET", "Compressed activations, PVLDB 2021",
                   "abstract only; the quantiser's equation is the textbook's", notes::kComet,
                   kCometRules},
    };
    return kConventions;
}

}  // namespace mantissa::numerics
