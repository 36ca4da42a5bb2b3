// SPDX-License-Identifier: GPL-3.0-or-later
// Where every contribution is entered once: by part of the accelerator and by phase of a layer.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "hwmodel/arithmetic.h"
#include "hwmodel/estimate.h"
#include "hwmodel/memory.h"

namespace mantissa::hw {

/// The leaves of the breakdown, in its order.
enum class Part {
    FloatMultipliers,
    FloatTrees,
    IntegerDots,
    ExponentAdders,
    IntegerAccumulators,
    IntegerToFloat,
    SumScales,
    Accumulators,
    OperandRegisters,
    PipelineRegisters,
    IntegerQuantisers,
    FloatConverters,
    BlockScales,
    StochasticRounders,
    Normalisers,
    Decoders,
    OffsetSums,
    NormMultipliers,
    NormAdders,
    NormRanges,
    NormScalar,
    NormRegisters,
    Comparators,
    PoolArithmetic,
    UpdateMultipliers,
    UpdateAdders,
    UpdateRegisters,
    WeightBuffer,
    ActivationBuffer,
    ErrorBuffer,
    DramWeights,
    DramActivations,
    DramErrors,
    DramWeightGradients,
    DramMaster,
    DramNorm,
    DramMasks,
};
inline constexpr std::size_t kParts = static_cast<std::size_t>(Part::DramMasks) + 1;

struct PartEntry {
    double count = 0;
    double area_um2 = 0;
    double energy_pj = 0;
    const Law* areaLaw = nullptr;
    const Law* energyLaw = nullptr;
    std::string detail;  ///< what one instance is, e.g. "24 x 24 bit significands, 3 stages"
};

/// One estimate in the making.
class CostSheet {
public:
    explicit CostSheet(const design::HardwareConfig& hardware, const EstimateOptions& options = {});

    const design::HardwareConfig& hardware() const { return m_hardware; }
    const Technology& technology() const { return m_technology; }
    const PartEntry& part(Part part) const { return m_parts[static_cast<std::size_t>(part)]; }

    /// `count` instances of a unit exist.
    void addUnits(Part part, double count, const UnitCost& unit, std::string detail);
    /// A unit works `operations` times during a phase.
    void work(PhaseCost& phase, Part part, double operations, const UnitCost& unit);
    /// Bits through a buffer (one of the buffer parts).
    void access(PhaseCost& phase, Part buffer, double readBits, double writeBits);
    /// Bits to or from DRAM, for a class of tensors (one of the DRAM parts).
    void move(PhaseCost& phase, Part tensors, double bits);
    /// Says a limit once, with the places where it is met behind it.
    void warn(const std::string& text, std::string place = {});

    double bufferBits(Part buffer) const;
    BreakdownNode breakdown() const;
    std::vector<std::string> warnings() const;

private:
    struct Warning {
        std::string text;
        std::vector<std::string> places;
    };
    void addBuffer(Part part, int kib, const SramCost& cost);
    PartEntry& entry(Part part) { return m_parts[static_cast<std::size_t>(part)]; }
    const SramCost& bufferCost(Part buffer) const;

    design::HardwareConfig m_hardware;
    Technology m_technology;
    std::array<SramCost, 3> m_buffers;
    DramCost m_dram;
    std::array<PartEntry, kParts> m_parts;
    std::vector<Warning> m_warnings;
};

}  // namespace mantissa::hw
