// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/norm/norm_layers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

/// The floats of nn::NormElement, in its order.
constexpr std::array<FloatShape, 9> kElements{
    {{5, 4}, {6, 3}, {5, 6}, {6, 5}, {6, 8}, {8, 7}, {5, 10}, {5, 2}, kBinary32}};

FloatShape shapeOf(nn::NormElement element) {
    return kElements[static_cast<std::size_t>(element)];
}

/// What of a layer shapes its hardware.
nn::BatchNorm essence(const nn::BatchNorm& norm) {
    nn::BatchNorm kept;
    kept.kind = norm.kind;
    if (norm.kind == nn::BatchNormKind::LightNorm) {
        kept.forwardElement = norm.forwardElement;
        kept.backwardElement = norm.backwardElement;
        kept.group = norm.group;
        kept.alignment = norm.alignment;
        kept.sumBits = norm.sumBits;
        kept.quirkStatisticsFp32 = norm.quirkStatisticsFp32;
    }
    return kept;
}

NormAlgorithm algorithmOf(nn::BatchNormKind kind) {
    switch (kind) {
        case nn::BatchNormKind::Conventional:
            return NormAlgorithm::Conventional;
        case nn::BatchNormKind::OnePass:
            return NormAlgorithm::OnePass;
        case nn::BatchNormKind::Range:
        case nn::BatchNormKind::LightNorm:
            break;
    }
    return NormAlgorithm::Range;
}

/// Elements of one direction in memory; of exempt groups as of others, since their layout is not
/// known.
numerics::TensorFormat formatOf(const nn::BatchNorm& norm, nn::NormElement element) {
    const auto shape = shapeOf(element);
    if (norm.kind != nn::BatchNormKind::LightNorm || shape == kBinary32) {
        return {};
    }
    if (norm.group == 0) {
        numerics::Minifloat plain;
        plain.exponentBits = shape.exponentBits;
        plain.mantissaBits = shape.fractionBits;
        return {plain, numerics::Rounding::TowardZero};
    }
    numerics::BlockFloat block;
    block.mantissaBits = shape.fractionBits + 1;
    block.signCounted = false;
    block.exponentBits = shape.exponentBits;
    block.block.size = norm.group;
    return {block, numerics::Rounding::TowardZero};
}

NormStorage storageOf(const nn::BatchNorm& norm, nn::NormElement element) {
    const auto shape = shapeOf(element);
    if (norm.group == 0 || shape == kBinary32) {
        return {1.0 * shape.bits(), 0, 0};
    }
    const int mantissa = shape.fractionBits + 2;
    return {mantissa + 1.0 * shape.exponentBits / norm.group, norm.group, mantissa};
}

NormModule lightNormModule(const nn::BatchNorm& norm, int lanes) {
    auto module = normModule(NormAlgorithm::Range, kBinary32, lanes);
    module.forward = shapeOf(norm.forwardElement);
    module.backward = shapeOf(norm.backwardElement);
    const auto sums = [&](FloatShape shape) {
        return norm.quirkStatisticsFp32
                   ? kBinary32
                   : FloatShape{shape.exponentBits, std::min(kBinary32.fractionBits,
                                                             shape.fractionBits + norm.sumBits)};
    };
    module.forwardSums = sums(module.forward);
    module.backwardSums = sums(module.backward);
    module.forwardStorage = storageOf(norm, norm.forwardElement);
    module.backwardStorage = storageOf(norm, norm.backwardElement);
    return module;
}

/// The floats that lanes calculate in, where tensors stand in a format.
FloatShape laneShape(const Operand& operand) {
    if (operand.tableBits > 0) {
        return kBinary32;
    }
    const bool isInteger = operand.element == ElementKind::Integer;
    const int exponent = !isInteger                 ? operand.shape.exponentBits
                         : operand.exponentBits > 0 ? operand.exponentBits
                                                    : kBinary32.exponentBits;
    const int fraction = isInteger ? operand.magnitudeBits - 1 : operand.shape.fractionBits;
    return {std::clamp(exponent, 2, kBinary32.exponentBits),
            std::clamp(fraction, 1, kBinary32.fractionBits)};
}

/// Integers are floats inside; they enter and leave by converters.
NormStorage laneStorage(const StoredFormat& stored, int lanes) {
    const auto& operand = stored.operand;
    const double bits = numerics::nominalStorageBits(stored.format.format);
    if (operand.element != ElementKind::Integer) {
        return {bits, 0, 0};
    }
    const auto& block = operand.block;
    const bool isVector = block.kind == numerics::BlockShape::Kind::Vector;
    return {bits, isVector ? static_cast<int>(block.size) : lanes,
            std::max(operand.magnitudeBits + 1, 3)};
}

/// Lanes in the plan's formats, sums and a channel's scalars in FP32, as it is emulated.
NormModule plannedModule(NormAlgorithm algorithm, const LayerFormats& formats, int lanes) {
    auto module = normModule(algorithm, kBinary32, lanes);
    module.forward = laneShape(formats.normForward->operand);
    module.backward = laneShape(formats.normBackward->operand);
    module.forwardStorage = laneStorage(*formats.normForward, lanes);
    module.backwardStorage = laneStorage(*formats.normBackward, lanes);
    return module;
}

constexpr Law kModule{
    "sum of the parts of the normalisation datapath, each by its law; see mantissa-cli unit",
    SourceKind::Derived};

struct Extents {
    double channels = 1;
    double perChannel = 1;
    double elements() const { return channels * perChannel; }
};

Extents extentsOf(const LayerOutline& layer, double batch) {
    const auto channels = static_cast<double>(layer.shapes.output.at(0));
    return {channels, layer.outputElements * batch / channels};
}

/// A tensor that is read `passes` times: from DRAM each time, or once if a channel fits on chip.
void readPasses(CostSheet& sheet, PhaseCost& phase, Part buffer, const Extents& extents,
                double bitsPerElement, int passes) {
    const double bits = extents.elements() * bitsPerElement;
    if (extents.perChannel * bitsPerElement <= sheet.bufferBits(buffer)) {
        sheet.move(phase, Part::DramNorm, bits);
        sheet.access(phase, buffer, bits * passes, bits);
    } else {
        sheet.move(phase, Part::DramNorm, bits * passes);
    }
}

void chargeDatapath(CostSheet& sheet, PhaseCost& phase, Part part, const NormPrice& price,
                    const Extents& extents) {
    sheet.work(
        phase, part, 1,
        {.energy_pj = extents.elements() * price.element_pj + extents.channels * price.channel_pj});
}

}  // namespace

numerics::TensorFormat normMapFormat(const nn::BatchNorm& norm) {
    return formatOf(norm, norm.forwardElement);
}
numerics::TensorFormat normErrorFormat(const nn::BatchNorm& norm) {
    return formatOf(norm, norm.backwardElement);
}

void NormLayers::admit(const LayerOutline& layer, const LayerFormats& formats) {
    if (layer.role != LayerRole::Norm) {
        return;
    }
    const auto norm = essence(layer.norm);
    const bool isLight = norm.kind == nn::BatchNormKind::LightNorm;
    const auto* input = isLight ? m_pool.stored(normMapFormat(norm)) : formats.normForward;
    const auto* error = isLight ? m_pool.stored(normErrorFormat(norm)) : formats.normBackward;
    const auto known = std::find_if(m_units.begin(), m_units.end(), [&](const Unit& each) {
        return each.norm == norm && each.input == input && each.error == error;
    });
    if (known != m_units.end()) {
        m_unitOf[&layer] = &*known;
        return;
    }
    const int lanes = m_sheet.hardware().vectorLanes;
    const auto module = isLight ? lightNormModule(norm, lanes)
                                : plannedModule(algorithmOf(norm.kind), formats, lanes);
    m_unitOf[&layer] =
        &m_units.emplace_back(Unit{norm, input, error, module, &m_sheet.prices().norm(module)});
}

const NormLayers::Unit& NormLayers::unitOf(const LayerOutline& layer) const {
    return *m_unitOf.at(&layer);
}

void NormLayers::addUnits(CostSheet& sheet) const {
    for (const auto& each : m_units) {
        const auto add = [&](Part part, const NormPrice& price, FloatShape shape, FloatShape sums) {
            sheet.addUnits(
                part, 1,
                {.area_um2 = price.area_um2,
                 .leakage_nw = price.leakage_nw,
                 .areaLaw = &kModule,
                 .energyLaw = &kModule},
                {"# lanes of 1-#-# floats with sums of # bits",
                 {each.module.lanes, shape.exponentBits, shape.fractionBits, sums.bits()}});
        };
        add(Part::NormForward, each.prices->forward, each.module.forward, each.module.forwardSums);
        add(Part::NormBackward, each.prices->backward, each.module.backward,
            each.module.backwardSums);
        if (each.norm.kind == nn::BatchNormKind::LightNorm && each.norm.group > 0 &&
            each.norm.alignment == nn::NormAlignment::Exempt) {
            sheet.warn(
                {"LightNorm: how elements that keep their own exponent are stored is not "
                 "published; they are counted as the others of their group"});
        }
    }
}

void NormLayers::chargeForward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer,
                               double batch) const {
    const auto& unit = unitOf(layer);
    const auto passes = passesOf(unit.module.algorithm);
    const auto extents = extentsOf(layer, batch);
    chargeDatapath(sheet, phase, Part::NormForward, unit.prices->forward, extents);
    const double stream =
        passes.forwardCyclePasses * std::ceil(extents.perChannel / unit.module.lanes);
    // One channel's scalars are computed while the next one streams.
    phase.computeCycles = extents.channels * std::max(stream, unit.prices->channelCycles);
    readPasses(sheet, phase, Part::ActivationBuffer, extents, unit.module.forwardStorage.bits,
               passes.forwardReads);
}

void NormLayers::chargeBackward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer,
                                double batch) const {
    const auto& unit = unitOf(layer);
    const auto passes = passesOf(unit.module.algorithm);
    const auto extents = extentsOf(layer, batch);
    chargeDatapath(sheet, phase, Part::NormBackward, unit.prices->backward, extents);
    phase.computeCycles = extents.channels * passes.backwardCyclePasses *
                          std::ceil(extents.perChannel / unit.module.lanes);
    readPasses(sheet, phase, Part::ActivationBuffer, extents, unit.module.forwardStorage.bits,
               passes.backwardReadsOfX);
    readPasses(sheet, phase, Part::ErrorBuffer, extents, unit.module.backwardStorage.bits,
               passes.backwardReads - passes.backwardReadsOfX);
}

const StoredFormat& NormLayers::inputFormat(const LayerOutline& layer) const {
    return *unitOf(layer).input;
}

const StoredFormat& NormLayers::errorFormat(const LayerOutline& layer) const {
    return *unitOf(layer).error;
}

}  // namespace mantissa::hw
