// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/norm/norm_module.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw {
namespace {

constexpr Law kSquarer{
    "7.2 (M + 1)^2 NAND2; six squarers synthesised with OSU018 cells, from 7 fraction bits",
    SourceKind::Synthesis, 3.0, 10.0};
constexpr Law kMultiplexers{"2.17 NAND2 a two-way multiplexer bit, at the shifter law",
                            SourceKind::Derived};
constexpr Law kHolding{"an enable and a clear for each bit: 3.66 NAND2", SourceKind::Derived};

/// A float times itself: half of the partial products coincide.
UnitCost squarer(const Technology& technology, FloatShape shape) {
    constexpr double kGatesOfSquare = 7.2;
    const auto whole = roundedFloatMultiplier(technology, shape);
    const double significand = shape.fractionBits + 1;
    const double share = std::min(1.0, kGatesOfSquare * significand * significand *
                                           technology.library.gatesRatio / whole.nand2);
    UnitCost cost = whole.times(share);
    cost.areaLaw = &kSquarer;
    return cost;
}

/// Two-way multiplexers of one bit.
UnitCost multiplexers(const Technology& technology, double bits) {
    auto cost = shifter(technology, 2, 1).times(bits / 2);
    cost.areaLaw = &kMultiplexers;
    return cost;
}

/// Logic before registers that clear and hold.
UnitCost holding(const Technology& technology, double bits) {
    constexpr double kShare = 3.66 / 3.33;
    auto cost = gateRow(technology, static_cast<int>(bits), static_cast<int>(bits)).times(kShare);
    cost.areaLaw = &kHolding;
    return cost;
}

/// The fraction bits that a product's first operand really has.
int streamFraction(FloatShape shape, const NormStorage& storage) {
    return storage.groupSize > 0 ? std::min(shape.fractionBits, storage.mantissaBits - 2)
                                 : shape.fractionBits;
}

/// A multiplier of the stream by a scalar of the channel.
UnitCost streamMultiplier(const Technology& technology, FloatShape shape,
                          const NormStorage& storage) {
    const int fraction = streamFraction(shape, storage);
    auto cost = roundedFloatMultiplier(technology, shape);
    if (fraction < shape.fractionBits) {
        // Rows of partial products that stay away.
        const auto rows = multiplier(technology, shape.fractionBits + 1, shape.fractionBits + 1);
        const auto left = multiplier(technology, fraction + 1, shape.fractionBits + 1);
        cost = cost.times(1 - (rows.nand2 - left.nand2) / cost.nand2);
    }
    return cost;
}

/// What a pass needs in every lane and for every channel.
struct Needs {
    int centring = 0;    ///< adders a lane before the sums
    int squares = 0;     ///< a lane
    int products = 0;    ///< multipliers of the stream a lane
    int sums = 0;        ///< running sums: an adder a lane
    int results = 0;     ///< adders a lane behind the products
    bool range = false;  ///< running maximum and minimum
    bool root = false;
    bool divider = false;
    int scalarMultiplexers = 0;  ///< words, of the shared multiplier and adder
    int words = 0;               ///< registers a lane
    int scalars = 0;             ///< registers of the channel, with enables
};

// Registers and multiplexers as in our RTL (bn_conv, bn_restr, bn_range, bn_light).
constexpr Needs kConventionalForward{1, 1, 2, 2, 1, false, true, true, 1, 7, 2};
constexpr Needs kOnePassForward{0, 1, 1, 2, 1, false, true, true, 8, 4, 5};
constexpr Needs kRangeForward{0, 0, 1, 1, 1, true, false, true, 10, 3, 5};
// dx = gamma inv (dy - mean(dy) - x^ mean(dy x^)), x^ from x anew in both passes.
constexpr Needs kConventionalBackward{1, 0, 4, 2, 2, false, false, false, 4, 9, 4};
// dx = a dy + b x + c: products of dy x for the sums, two for the result.
constexpr Needs kOnePassBackward{0, 0, 3, 2, 2, false, false, false, 8, 5, 6};
// dx = a dy + c, the extremes corrected apart (range_batchnorm's gradient).
constexpr Needs kRangeBackward{0, 0, 2, 2, 1, false, false, false, 8, 5, 6};

const Needs& forwardNeeds(NormAlgorithm algorithm) {
    switch (algorithm) {
        case NormAlgorithm::Conventional:
            return kConventionalForward;
        case NormAlgorithm::OnePass:
        case NormAlgorithm::Fused:
            return kOnePassForward;
        case NormAlgorithm::Range:
            break;
    }
    return kRangeForward;
}

const Needs& backwardNeeds(NormAlgorithm algorithm) {
    switch (algorithm) {
        case NormAlgorithm::Conventional:
            return kConventionalBackward;
        case NormAlgorithm::OnePass:
        case NormAlgorithm::Fused:
            return kOnePassBackward;
        case NormAlgorithm::Range:
            break;
    }
    return kRangeBackward;
}

class Builder {
public:
    Builder(Composition& composition, int lanes, FloatShape shape, FloatShape sums,
            const NormStorage& storage, double elements)
        : m_c(composition),
          m_t(composition.technology()),
          m_lanes(lanes),
          m_shape(shape),
          m_sums(sums),
          m_storage(storage),
          m_perElement(1 / elements) {}

    void build(const Needs& needs) {
        unpack();
        stream(needs);
        sums(needs);
        channel(needs);
        pack();
    }

private:
    double lanes() const { return m_lanes; }
    double word() const { return m_shape.bits(); }
    double sumWord() const { return m_sums.bits(); }

    void unpack() {
        if (m_storage.groupSize > 0) {
            m_c.then("shared exponent", 1, adder(m_t, m_shape.exponentBits + 2))
                .then("block to float", lanes(),
                      integerToFloat(m_t, m_storage.mantissaBits, m_shape));
        }
    }
    void stream(const Needs& needs) {
        // What leaves as a block needs no word of its own.
        const int words = needs.words - (m_storage.groupSize > 0 ? 1 : 0);
        auto centring = floatAdder(m_t, m_shape);
        centring.energy_pj *= 2;  // before the squares, and again before the result
        m_c.registers("stream registers", words * word() * lanes())
            .then("centring adders", needs.centring * lanes(), centring)
            .registers("control", 3)
            .then("squarers", needs.squares * lanes(), squarer(m_t, m_shape))
            .registers("valid", 1)
            .then("stream multipliers", needs.products * lanes(),
                  streamMultiplier(m_t, m_shape, m_storage))
            .registers("valid", 1)
            .then("result adders", needs.results * lanes(), floatAdder(m_t, m_shape));
    }
    void sums(const Needs& needs) {
        const double across = lanes() > 1 ? lanes() - 1 : 0.0;
        const double sumBits = needs.sums * sumWord();
        m_c.registers("sums across lanes", sumBits * across)
            .then("running sums", needs.sums * lanes(), floatAdder(m_t, m_sums))
            .then("hold and clear", needs.sums, holding(m_t, sumWord()))
            .registers("running sums", sumBits);
        if (needs.range) {
            m_c.then("maximum and minimum across lanes", lanes() > 1 ? 1 : 0,
                     rangeTree(m_t, m_lanes, m_shape.bits()))
                .registers("extremes across lanes", lanes() > 1 ? 2 * word() : 0.0)
                .then("running maximum and minimum", 1, floatRange(m_t, m_shape))
                .then("hold and clear", 2, holding(m_t, word()))
                .registers("extremes", 2 * word());
        }
    }
    void channel(const Needs& needs) {
        const double share = m_perElement * lanes();
        m_c.seldom("channel multiplier", 1, roundedFloatMultiplier(m_t, m_sums), 3 * share)
            .seldom("channel adder", 1, floatAdder(m_t, m_sums), 3 * share)
            .seldom("operand multiplexers", 1,
                    multiplexers(m_t, needs.scalarMultiplexers * sumWord()), 6 * share)
            .seldom("channel constants", needs.scalars,
                    enabledRegisters(m_t, static_cast<int>(word())), share);
        if (needs.divider) {
            m_c.seldom("divider", 1, floatDivider(m_t, m_sums), dividerCycles(m_sums) * share);
        }
        if (needs.root) {
            m_c.seldom("square root", 1, floatRoot(m_t, m_sums), rootCycles(m_sums) * share);
        }
    }
    void pack() {
        if (m_storage.groupSize > 0) {
            const int group = std::min(m_storage.groupSize, m_lanes);
            m_c.then("float to block", lanes() / group,
                     blockQuantiser(m_t, group, m_storage.mantissaBits - 1, m_shape.exponentBits))
                .registers("block", m_storage.mantissaBits * lanes() + m_shape.exponentBits);
        }
    }

    Composition& m_c;
    const Technology& m_t;
    int m_lanes;
    FloatShape m_shape;
    FloatShape m_sums;
    NormStorage m_storage;
    double m_perElement;
};

}  // namespace

std::string_view normAlgorithmText(NormAlgorithm algorithm) {
    switch (algorithm) {
        case NormAlgorithm::Conventional:
            return "conventional";
        case NormAlgorithm::OnePass:
            return "one pass";
        case NormAlgorithm::Fused:
            return "one pass, fused with convolutions";
        case NormAlgorithm::Range:
            return "range";
    }
    return "";
}

NormModule normModule(NormAlgorithm algorithm, FloatShape shape, int lanes) {
    NormModule module;
    module.algorithm = algorithm;
    module.name = std::string(normAlgorithmText(algorithm)) + ", 1-" +
                  std::to_string(shape.exponentBits) + "-" + std::to_string(shape.fractionBits);
    module.forward = shape;
    module.backward = shape;
    module.forwardSums = shape;
    module.backwardSums = shape;
    module.forwardStorage.bits = shape.bits();
    module.backwardStorage.bits = shape.bits();
    module.lanes = lanes;
    return module;
}

NormModule lightNorm(int lanes, int group) {
    constexpr FloatShape kForward{5, 4};
    constexpr FloatShape kBackward{6, 3};
    auto module = normModule(NormAlgorithm::Range, kForward, lanes);
    module.name = "LightNorm, FP10, BFP groups of " + std::to_string(group);
    module.backward = kBackward;
    const auto sums = [](FloatShape shape) {
        return FloatShape{shape.exponentBits, shape.fractionBits + nn::BatchNorm{}.sumBits};
    };
    module.forwardSums = sums(kForward);
    module.backwardSums = sums(kBackward);
    // Sign and a magnitude with its leading one, beside the group's exponent.
    const auto storage = [&](FloatShape shape) {
        const int mantissa = shape.fractionBits + 2;
        return NormStorage{mantissa + static_cast<double>(shape.exponentBits) / group, group,
                           mantissa};
    };
    module.forwardStorage = storage(kForward);
    module.backwardStorage = storage(kBackward);
    return module;
}

void composeNormForward(Composition& composition, const NormModule& module, double elements) {
    Builder(composition, module.lanes, module.forward, module.forwardSums, module.forwardStorage,
            elements)
        .build(forwardNeeds(module.algorithm));
}

void composeNormBackward(Composition& composition, const NormModule& module, double elements) {
    Builder(composition, module.lanes, module.backward, module.backwardSums, module.backwardStorage,
            elements)
        .build(backwardNeeds(module.algorithm));
}

NormPasses passesOf(NormAlgorithm algorithm) {
    switch (algorithm) {
        case NormAlgorithm::Conventional:
            return {3, 1, 4, 2, 1, 3, 2};
        case NormAlgorithm::OnePass:
            return {2, 1, 4, 2, 1, 2, 2};
        case NormAlgorithm::Fused:
            // Statistics see the results that a convolution writes, the next one normalises what it
            // reads; backward, x has to be read again for both.
            return {0, 0, 2, 2, 0, 2, 2};
        case NormAlgorithm::Range:
            break;
    }
    // The gradient needs x for the sums only.
    return {2, 1, 3, 1, 1, 2, 2};
}

NormPrices pricesOf(const NormModule& module, const Technology& technology) {
    constexpr int kScalarOperations = 8;  // of the shared multiplier and adder, each in its turn
    const auto price = [&](auto compose) {
        // Scalars share one element's energy, or that of so many that nothing is left of them.
        constexpr double kEndless = 1e18;
        Composition single(technology);
        compose(single, module, 1);
        Composition endless(technology);
        compose(endless, module, kEndless);
        const auto whole = single.total();
        // Each unit of the datapath works once an element; `lanes` elements share a cycle.
        const double element = endless.total().energy_pj / module.lanes;
        return NormPrice{whole.area_um2, whole.nand2, whole.leakage_nw, element,
                         whole.energy_pj / module.lanes - element};
    };
    const auto& needs = forwardNeeds(module.algorithm);
    NormPrices prices;
    prices.forward = price(composeNormForward);
    prices.backward = price(composeNormBackward);
    prices.channelCycles = kScalarOperations +
                           (needs.divider ? dividerCycles(module.forwardSums) : 0) +
                           (needs.root ? rootCycles(module.forwardSums) : 0);
    return prices;
}

NormCost costOf(const NormModule& module, const Technology& technology, const DramCost& dram,
                double elements) {
    const auto prices = pricesOf(module, technology);
    const auto& ahead = prices.forward;
    const auto& back = prices.backward;
    const auto passes = passesOf(module.algorithm);

    NormCost cost;
    cost.area_um2 = ahead.area_um2 + back.area_um2;
    cost.nand2 = ahead.nand2 + back.nand2;
    cost.leakage_mw = (ahead.leakage_nw + back.leakage_nw) * 1e-6;
    cost.compute_pj =
        ahead.element_pj + back.element_pj + (ahead.channel_pj + back.channel_pj) / elements;
    cost.dramBits = (passes.forwardReads + passes.forwardWrites) * module.forwardStorage.bits +
                    (passes.backwardReads + passes.backwardWrites) * module.backwardStorage.bits;
    cost.dram_pj = cost.dramBits * dram.energyPerBit_pj;
    cost.cycles = (passes.forwardCyclePasses + passes.backwardCyclePasses) *
                  std::ceil(elements / module.lanes);
    const double element_ns = cost.cycles * technology.period_ns / elements;
    cost.leakage_pj = cost.leakage_mw * element_ns;  // mW ns = pJ
    cost.power_mw = (cost.compute_pj + cost.leakage_pj) / element_ns;
    return cost;
}

std::vector<WaterfallStep> normWaterfall(const design::HardwareConfig& hardware, double elements,
                                         int group, const EstimateOptions& prices) {
    const int lanes = hardware.vectorLanes;
    auto fp10 = lightNorm(lanes, group);
    fp10.name = "range, FP10";
    fp10.forwardStorage = {static_cast<double>(fp10.forward.bits()), 0, 0};
    fp10.backwardStorage = {static_cast<double>(fp10.backward.bits()), 0, 0};
    std::vector<WaterfallStep> steps{
        {normModule(NormAlgorithm::Conventional, kBinary32, lanes), "start", {}, {}},
        {normModule(NormAlgorithm::Range, kBinary32, lanes), "range instead of variance", {}, {}},
        {fp10, "FP10 instead of FP32", {}, {}},
        {lightNorm(lanes, group), "block floating point in memory", {}, {}}};
    for (auto& step : steps) {
        auto technology = technologyOf(hardware, prices.library);
        const auto memory = dramOf(hardware, prices.dramEnergyPerBit_pj);
        technology.calibration = design::Calibration::Synthesis;
        step.synthesis = costOf(step.module, technology, memory, elements);
        technology.calibration = design::Calibration::Horowitz;
        step.horowitz = costOf(step.module, technology, memory, elements);
    }
    return steps;
}

}  // namespace mantissa::hw
