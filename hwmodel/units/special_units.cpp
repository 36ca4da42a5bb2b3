// SPDX-License-Identifier: GPL-3.0-or-later
// Multipliers of particular systems, approximate ones, tables, rounding by random bits.
#include <algorithm>
#include <array>
#include <cmath>

#include "hwmodel/sram.h"
#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr UnitOrigin kComposed = UnitOrigin::Composed;

// FAST (HPCA 2022): mantissas in chunks of 2 bits, one pair of chunks a pass.
constexpr std::array kChunk{count("n", "Elements of a block", "", 1, 256, 16),
                            count("m", "Magnitude", "bit", 2, 16, 4),
                            count("chunk", "Chunk", "bit", 1, 8, 2)};

Result<void> divides(UnitValues v) {
    if (v[1] % v[2] != 0) {
        return fail(ErrorCode::InvalidInput,
                    "magnitudes of " + std::to_string(v[1]) + " bits are no whole chunks of " +
                        std::to_string(v[2]),
                    "chunk");
    }
    return {};
}

void chunkSerial(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int sum = blockDotWidth(v[0], v[2], v[2]);
    const int whole = blockDotWidth(v[0], v[1], v[1]);
    c.registers("operands", 2.0 * v[0] * (v[2] + 1))
        .then("dot product of chunks", 1, blockDot(t, v[0], v[2], v[2]))
        .then("shifter", 1, shifter(t, std::max(whole, sum), 2 * (v[1] - v[2])))
        .then("accumulator", 1, adder(t, whole))
        .registers("sum", whole);
}

int chunkPasses(UnitValues v) {
    const int chunks = v[1] / v[2];
    return chunks * chunks;
}

// FlexBlock (arXiv 2203.06673): 4x and 16x the products of the 16-bit mode.
constexpr std::array kFusible{count("base", "Base multiplier", "bit", 2, 8, 4),
                              count("levels", "Doublings of the width", "", 1, 3, 2)};

/// 4^levels base multipliers; each level joins four products of half the width by shifted sums.
void fusible(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    int units = 1 << (2 * v[1]);
    c.then("base multipliers, signed", units, signedMultiplier(t, v[0] + 1, v[0] + 1));
    int width = v[0];
    for (int level = 0; level < v[1]; ++level) {
        units /= 4;
        c.then("joining adders", units, adderTree(t, 4, 3 * width))
            .then("mode multiplexers", units, gateRow(t, 4 * width, 4 * width));
        width *= 2;
    }
}

constexpr std::array kPowerOfTwo{count("w", "Magnitude", "bit", 1, 64, 8),
                                 count("p", "Positions of the power", "", 1, 127, 7)};
constexpr std::array kXnor{count("n", "Elements", "", 2, 4096, 64)};
constexpr std::array kLogFloat{count("e", "Exponent", "bit", 2, 11, 8),
                               count("m", "Fraction", "bit", 1, 23, 7)};
constexpr std::array kLogInteger{count("w", "Operands", "bit", 2, 64, 16)};
constexpr std::array kRandom{count("bits", "Random bits", "bit", 1, 32, 24)};

constexpr std::array kTable{count("a", "Address", "bit", 9, 24, 13),
                            count("w", "Word", "bit", 1, 64, 16)};

/// log2(1 + x) taken as x: significands add up with the exponents (Mitchell 1962).
void mitchell(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    c.beside("sign and zero", 1, gateRow(t, 1, v[0] + v[1]))
        .then("sum of exponents and fractions", 1, adder(t, v[0] + v[1] + 1))
        .then("bias", 1, adder(t, v[0] + 1));
}

/// With Saadat's constant, halved where the sum carries (as in ApproxTrain).
void minimallyBiased(Composition& c, UnitValues v) {
    mitchell(c, v);
    const auto& t = c.technology();
    c.then("correction", 1, adder(t, v[1] + 1)).then("its choice", 1, gateRow(t, 0, v[1]));
}

void logInteger(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int w = v[0];
    c.then("leading ones", 2, leadingZeros(t, w))
        .then("normalisers", 2, shifter(t, w, w - 1))
        .then("sum of logarithms", 1, adder(t, w + bitsToHold(w - 1)))
        .then("antilogarithm", 1, shifter(t, 2 * w, 2 * w - 1));
}

/// One circuit of EvoApprox8b, as its header states it (45 nm; area, delay and power without
/// units), relative to mul8_364, the exact one.
struct EvoPoint {
    double area, delay, power;
};
constexpr EvoPoint kExact{618, 1.42, 390.7};
constexpr std::array<std::string_view, 7> kEvoNames{"mul8_364", "mul8_320", "mul8_368", "mul8_160",
                                                    "mul8_324", "mul8_377", "mul8_308"};
constexpr std::array<EvoPoint, 7> kEvo{{kExact,
                                        {611, 1.82, 390.0},
                                        {595, 1.64, 363.8},
                                        {490, 1.62, 285.8},
                                        {423, 1.67, 220.4},
                                        {383, 1.54, 210.6},
                                        {360, 1.17, 177.3}}};
constexpr std::array kEvoCircuit{UnitParam{{.id = "circuit",
                                            .label = "Circuit",
                                            .help = "Mean relative errors: 0, 0.01, 0.81, 1.79, "
                                                    "3.78, 4.97 and 6.35 %.",
                                            .kind = ParamKind::Choice,
                                            .maximum = 6,
                                            .defaultValue = 3,
                                            .choices = kEvoNames}}};
constexpr Law kEvoArea{
    "our exact 8-bit multiplier x the circuit's share of mul8_364's area (EvoApprox8b headers)",
    SourceKind::Published};
constexpr Law kEvoEnergy{
    "our exact 8-bit multiplier x the circuit's share of mul8_364's power (EvoApprox8b headers)",
    SourceKind::Published};

constexpr Law kEvoDelay{
    "our exact 8-bit multiplier x the circuit's share of mul8_364's delay (EvoApprox8b headers)",
    SourceKind::Published};

void evoApprox(Composition& c, UnitValues v) {
    const auto& point = kEvo[static_cast<std::size_t>(v[0])];
    const auto exact = multiplier(c.technology(), 8, 8);
    auto unit = exact.times(point.area / kExact.area);
    unit.delay_ns *= point.delay / kExact.delay;
    unit.energy_pj = exact.energy_pj * (point.power / kExact.power);
    unit.glitch_pjPerNs = exact.glitch_pjPerNs * (point.power / kExact.power);
    unit.areaLaw = &kEvoArea;
    unit.energyLaw = &kEvoEnergy;
    unit.delayLaw = &kEvoDelay;
    c.then("multiplier", 1, unit);
}

Ports floats(UnitValues v) {
    const int bits = FloatShape{v[0], v[1]}.bits();
    return {{"a", false, bits}, {"b", false, bits}, {"y", true, bits}};
}

constexpr std::array kKinds{
    UnitKind{"chunk_serial_dot", "Dot product by chunks",
             "Magnitudes worked through in chunks, one pair of chunks a cycle (FAST: 2 bits).",
             "after FAST (HPCA 2022, arXiv 2110.15456): chunks and passes; composed of "
             "synthesised parts",
             "", kComposed, std::nullopt, kChunk, chunkSerial,
             [](UnitValues v) {
                 return Ports{{"a", false, v[0] * (v[2] + 1)},
                              {"b", false, v[0] * (v[2] + 1)},
                              {"y", true, blockDotWidth(v[0], v[1], v[1])}};
             },
             divides, chunkPasses},
    UnitKind{"fusible_multiplier", "Multiplier of several modes",
             "One product of the widest mode a cycle, 4 of the next, 16 of the narrowest "
             "(FlexBlock: 4, 8 and 16 bits).",
             "after the throughputs of FlexBlock (IEEE TC 2023, arXiv 2203.06673); how it fuses "
             "is our assumption; composed of synthesised parts",
             "", kComposed, std::nullopt, kFusible, fusible,
             [](UnitValues v) {
                 const int w = v[0] << v[1];
                 return Ports{{"a", false, w * (1 << v[1])},
                              {"b", false, w * (1 << v[1])},
                              {"y", true, 2 * w * (1 << v[1])}};
             }},
    UnitKind{"shift_multiplier", "Multiplier by a power of two", "A shifter and a sign.",
             "composed of synthesised parts", "", kComposed, std::nullopt, kPowerOfTwo,
             [](Composition& c, UnitValues v) {
                 c.beside("sign", 1, gateRow(c.technology(), 1, 0))
                     .beside("shifter", 1, shifter(c.technology(), v[0] + v[1], v[1]));
             },
             [](UnitValues v) {
                 return Ports{{"a", false, v[0] + 1},
                              {"p", false, bitsToHold(v[1]) + 1},
                              {"y", true, v[0] + v[1] + 1}};
             }},
    UnitKind{
        "xnor_popcount", "Dot product of signs", "XNOR gates and a count of ones.",
        "composed of synthesised parts", "", kComposed, std::nullopt, kXnor,
        [](Composition& c, UnitValues v) {
            c.then("XNOR gates", v[0], gateRow(c.technology(), 1, 0))
                .then("population count", 1, adderTree(c.technology(), v[0], 1));
        },
        [](UnitValues v) {
            return Ports{{"a", false, v[0]}, {"b", false, v[0]}, {"y", true, bitsToHold(v[0])}};
        }},
    UnitKind{"mitchell_multiplier", "Float multiplier, Mitchell",
             "Fractions add instead of multiplying; mean error -3.85 %.",
             "Mitchell 1962, as ApproxTrain emulates it; composed of synthesised parts", "",
             kComposed, std::nullopt, kLogFloat, mitchell, floats},
    UnitKind{"mbm_multiplier", "Float multiplier, minimally biased",
             "Mitchell's with a constant correction; mean error +0.45 % at 7 bits.",
             "Saadat et al., as ApproxTrain emulates it; composed of synthesised parts", "",
             kComposed, std::nullopt, kLogFloat, minimallyBiased, floats},
    UnitKind{"log_multiplier", "Integer multiplier, Mitchell",
             "Leading ones, sum of logarithms, antilogarithm.",
             "Mitchell 1962; composed of synthesised parts", "", kComposed, std::nullopt,
             kLogInteger, logInteger,
             [](UnitValues v) {
                 return Ports{{"a", false, v[0]}, {"b", false, v[0]}, {"y", true, 2 * v[0]}};
             }},
    UnitKind{"evoapprox_multiplier", "Approximate 8-bit multiplier, EvoApprox8b",
             "Published circuits of 8 x 8 bits.",
             "headers of github.com/ehw-fit/evoapprox8b (DATE 2017), relative to the exact "
             "circuit mul8_364",
             "", UnitOrigin::Published, std::nullopt, kEvoCircuit, evoApprox,
             [](UnitValues) {
                 return Ports{{"a", false, 8}, {"b", false, 8}, {"y", true, 16}};
             }},
    UnitKind{"lookup_table", "Table look-up",
             "A word by its address: a product of two codes, or a non-linearity of one.",
             "CACTI 7 rows, as of the buffers; below 2 KiB and 16 bits those of the smallest", "",
             UnitOrigin::Published, std::nullopt, kTable,
             [](Composition& c, UnitValues v) {
                 c.then("SRAM", 1, tableMemory(c.technology(), v[1], v[0]));
             },
             [](UnitValues v) {
                 return Ports{{"address", false, v[0]}, {"word", true, v[1]}};
             },
             nullptr, nullptr,
             [](const Technology& t, UnitValues v) { return beyondSramRows(t, v[1], v[0]); }},
    UnitKind{"stochastic_rounder", "Stochastic rounding",
             "A 32-bit linear feedback shift register and an adder of random bits.",
             "composed of synthesised parts", "", kComposed, std::nullopt, kRandom,
             [](Composition& c, UnitValues v) {
                 c.beside("feedback", 3, gateRow(c.technology(), 1, 0))
                     .registers("shift register", 32)
                     .then("adder", 1, adder(c.technology(), v[0]));
             },
             [](UnitValues v) {
                 return Ports{{"x", false, v[0]}, {"y", true, v[0]}};
             }},
};

}  // namespace

std::span<const UnitKind> specialUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
