// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of number format has hardware of its own: no kind falls back to another's.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwmodel/operand.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::Calibration;
using design::DesignPoint;

DesignPoint designWith(const numerics::Format& format,
                       Calibration calibration = Calibration::Synthesis) {
    return with(designIn({.format = format}), [&](auto& h) { h.calibration = calibration; });
}

DesignPoint designWith(const std::string& text, Calibration calibration = Calibration::Synthesis) {
    return designWith(numerics::parseFormat(text).value(), calibration);
}

/// Weights in one format, everything else in another.
DesignPoint withWeights(const std::string& weights, const std::string& others) {
    const auto base = designWith(others);
    return base.withPrecision(withFormat(base.precision(), {}, {design::Role::Weight, std::nullopt},
                                         {.format = numerics::parseFormat(weights).value()}));
}

class NamedFormat : public testing::TestWithParam<std::size_t> {
protected:
    numerics::NamedFormat m_named = numerics::namedFormats()[GetParam()];
};

TEST_P(NamedFormat, IsNotPricedAsBinary32) {
    for (const auto calibration : {Calibration::Synthesis, Calibration::Horowitz}) {
        const auto wide = report(designWith("fp32", calibration));
        const auto own = report(designWith(m_named.format, calibration));
        if (m_named.name == "fp32") {
            EXPECT_EQ(own.energy_pj, wide.energy_pj);
        } else if (std::holds_alternative<numerics::Codebook>(m_named.format)) {
            // Its entries are binary32 numbers, so that only reading them is cheaper.
            EXPECT_GT(areaOf(own, "Codebook decoders"), 0);
            EXPECT_LT(energyOf(own, "DRAM"), energyOf(wide, "DRAM"));
        } else {
            EXPECT_LT(areaOf(own, "PE array"), 0.6 * areaOf(wide, "PE array"));
            EXPECT_LT(energyOf(own, "PE array"), 0.65 * energyOf(wide, "PE array"));
        }
    }
}

TEST_P(NamedFormat, MovesTheBitsThatItStores) {
    // fc1's weights move in the forward pass; the rest of the step is the same for all formats
    // whose activations, errors and gradients are.
    const auto base = designWith("fp32");
    auto plan = withFormat(base.precision(), {.kind = {}, .layer = "fc1"},
                           {design::Role::Weight, std::nullopt}, {.format = m_named.format});
    const auto dramBits = [](const HardwareReport& full) {
        const auto found = std::find_if(full.layers.begin(), full.layers.end(),
                                        [](const auto& layer) { return layer.layer == "fc1"; });
        return found->phases[static_cast<std::size_t>(StepPhase::Forward)].dramBits;
    };
    // 120 x 400 weights, which fit their buffer, so that they are read once.
    const Shape shape{120, 400};
    auto roomy = base.hardware();
    roomy.weightBufferKib = 1024;
    const double stored = numerics::storageBitsPerElement(m_named.format, shape, 1) * 120 * 400;
    EXPECT_DOUBLE_EQ(dramBits(report(base.withHardware(roomy))) -
                         dramBits(report(base.withHardware(roomy).withPrecision(plan))),
                     32.0 * 120 * 400 - stored);
}

INSTANTIATE_TEST_SUITE_P(Registry, NamedFormat,
                         testing::Range(std::size_t{0}, numerics::namedFormats().size()),
                         [](const auto& named) {
                             std::string name(numerics::namedFormats()[named.param].name);
                             std::replace(name.begin(), name.end(), '+', '_');
                             return name;
                         });

TEST(Formats, FewerBitsNeverCostMore) {
    const std::vector<std::pair<std::string, std::pair<int, int>>> patterns{
        {"mx<int%>", {3, 16}},   {"fixed<2,%>", {0, 20}},
        {"affine<%>", {1, 16}},  {"affine<%,block=16>", {1, 16}},
        {"smx<%>", {2, 12}},     {"bounded<0.001,bits=%>", {2, 20}},
        {"float<5,%>", {0, 14}}, {"bfp<%,block=16>", {2, 16}},
        {"codebook<%>", {1, 8}}};
    for (const auto calibration : {Calibration::Synthesis, Calibration::Horowitz}) {
        for (const auto& [pattern, range] : patterns) {
            HardwareReport before;
            for (int bits = range.first; bits <= range.second; ++bits) {
                std::string text(pattern);
                text.replace(text.find('%'), 1, std::to_string(bits));
                if (!numerics::parseFormat(text)) {
                    ADD_FAILURE() << text;
                    break;
                }
                const auto now = report(designWith(text, calibration));
                EXPECT_GE(now.area_um2, before.area_um2) << text;
                EXPECT_GE(now.energy_pj, before.energy_pj) << text;
                before = now;
            }
        }
    }
}

TEST(Formats, MicroscaledIntegersAreBlockFloatingPoint) {
    for (const auto calibration : {Calibration::Synthesis, Calibration::Horowitz}) {
        const auto mx = report(designWith("mxint8", calibration));
        const auto bfp = report(designWith("bfp<8,block=32>", calibration));
        EXPECT_EQ(mx.area_um2, bfp.area_um2);
        EXPECT_EQ(mx.energy_pj, bfp.energy_pj);
        EXPECT_EQ(mx.cycles, bfp.cycles);
        const auto narrow = report(designWith("bfp<8,exp=5,block=32>", calibration));
        EXPECT_LT(narrow.energy_pj, mx.energy_pj);
    }
}

TEST(Formats, AFixedPointAddsNoExponentsAndConvertsOnceAResult) {
    const auto fixed = report(designWith("fixed<2,6>"));
    EXPECT_EQ(areaOf(fixed, "Exponent adders"), 0);
    EXPECT_EQ(areaOf(fixed, "Scales of sums"), 0);
    const auto block = report(designWith("bfp<8,block=16>"));
    EXPECT_LT(energyOf(fixed, "Integer to float"), 0.2 * energyOf(block, "Integer to float"));
    EXPECT_LT(energyOf(fixed, "PE array"), energyOf(block, "PE array"));
}

TEST(Formats, ABlocksScaleIsCheaperThanOneOfEachElement) {
    const auto block = report(designWith("mxfp8_e4m3"));
    const auto single = report(designWith("mx<e4m3,block=1>"));
    EXPECT_LT(4 * energyOf(block, "Exponent adders"), energyOf(single, "Exponent adders"));
    EXPECT_LT(areaOf(block, "Exponent adders"), areaOf(single, "Exponent adders"));
}

TEST(Formats, MicroExponentsCostTheirShifters) {
    const auto micro = report(designWith("smx9"));
    const auto plain = report(designWith("bfp<8,block=16>"));  // as many magnitude bits
    EXPECT_GT(areaOf(micro, "Integer dot products"), areaOf(plain, "Integer dot products"));
    EXPECT_LT(areaOf(micro, "Integer dot products"), 1.4 * areaOf(plain, "Integer dot products"));
}

TEST(Formats, AnOffsetCostsSumsOfTheOtherOperand) {
    const auto affine = report(designWith("affine<8,block=16>"));
    EXPECT_GT(areaOf(affine, "Offset sums"), 0);
    EXPECT_GT(areaOf(affine, "Scales of sums"), 0);
    // One scale for all of a result is applied where results leave, not in each element.
    const auto whole = report(designWith("affine<8,block=tensor>"));
    EXPECT_LT(10 * areaOf(whole, "Scales of sums"), areaOf(affine, "Scales of sums"));
    EXPECT_EQ(areaOf(report(designWith("bfp<8,block=16>")), "Offset sums"), 0);
}

TEST(Formats, APowerOfTwoShiftsAnIntegerInsteadOfMultiplying) {
    const auto shifted = report(withWeights("pow2<4,top=0>", "fixed<2,14>"));
    const auto multiplied = report(withWeights("fixed<2,14>", "fixed<2,14>"));
    const auto* dots = find(shifted.breakdown, "Integer dot products");
    ASSERT_NE(dots, nullptr);
    EXPECT_NE(dots->areaSource.text().find("shifted by up to 6"), std::string::npos);
    EXPECT_LT(energyOf(shifted, "Integer dot products"),
              energyOf(multiplied, "Integer dot products"));
}

TEST(Formats, APowerOfTwoAddsToTheExponentOfAFloat) {
    const auto powers = report(withWeights("pow2<4,top=0>", "bf16"));
    const auto floats = report(designWith("bf16"));
    EXPECT_LT(energyOf(powers, "Float multipliers"), 0.7 * energyOf(floats, "Float multipliers"));
}

TEST(Formats, SignsAreNotMultiplied) {
    const auto binary = report(designWith("binary"));
    const auto ternary = report(designWith("ternary"));
    const auto narrow = report(designWith("bfp<3,block=tensor>"));
    EXPECT_LT(energyOf(binary, "Integer dot products"), energyOf(ternary, "Integer dot products"));
    EXPECT_LT(energyOf(ternary, "Integer dot products"), energyOf(narrow, "Integer dot products"));
    EXPECT_EQ(warningsOf(report(withWeights("binary", "fp32")), "integers meet floats"), 0);
}

TEST(Formats, AnIntegerThatMeetsAFloatIsNormalisedAndSaid) {
    for (const char* weights : {"bfp<8,block=16>", "mxint8", "fixed<2,6>", "affine<8>", "smx9"}) {
        const auto mixed = report(withWeights(weights, "bf16"));
        EXPECT_GT(areaOf(mixed, "Operand normalisers"), 0) << weights;
        EXPECT_GT(areaOf(mixed, "Float multipliers"), 0) << weights;
        EXPECT_EQ(warningsOf(mixed, "integers meet floats"), 1) << weights;
    }
}

TEST(Formats, ExemptElementsAreFloats) {
    const auto exempt = operandOf(numerics::parseFormat("lightnorm_a_exempt").value());
    EXPECT_EQ(exempt.element, ElementKind::Float);
    EXPECT_EQ(exempt.shape, (FloatShape{5, 4}));
}

TEST(Formats, RandomBitsSetTheRoundersAdder) {
    const auto with = [](int bits) {
        const auto base = designWith("bfp<8,block=16>");
        const numerics::TensorFormat error{numerics::parseFormat("bfp<8,block=16>").value(),
                                           numerics::Rounding::Stochastic, bits};
        return report(base.withPrecision(
            withFormat(base.precision(), {}, {design::Role::Error, std::nullopt}, error)));
    };
    EXPECT_LT(areaOf(with(8), "Stochastic rounding"), areaOf(with(24), "Stochastic rounding"));
}

TEST(FormatWarnings, SayOnceAKindWhatIsLeftOut) {
    EXPECT_EQ(warningsOf(report(designWith("eie4")), "fitted off chip"), 1);
    EXPECT_EQ(warningsOf(report(designWith("int8")), "division that finds"), 1);
    EXPECT_EQ(warningsOf(report(designWith("hbfp8")), "what a block shares"), 1);
    EXPECT_EQ(warningsOf(report(designWith("bfp<8,block=16>")), "what a block shares"), 0);
    EXPECT_TRUE(report(designWith("fp8_e4m3")).warnings.size() <= 1);
}

TEST(FormatWarnings, ListThePlacesOfOneLimitInOneLine) {
    const auto block = report(designWith("bfp<8,block=16>"));
    EXPECT_EQ(warningsOf(block, "longer than the reduction axis"), 1);
    EXPECT_EQ(warningsOf(block, "stay idle"), 1);
}

}  // namespace
}  // namespace mantissa::hw
