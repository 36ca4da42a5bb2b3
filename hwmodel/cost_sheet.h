// SPDX-License-Identifier: GPL-3.0-or-later
// Where every contribution is entered once: by part of the accelerator and by phase of a layer.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "hwmodel/buffer_sizes.h"
#include "hwmodel/estimate.h"
#include "hwmodel/limits.h"
#include "hwmodel/memory.h"
#include "hwmodel/price_list.h"

namespace mantissa::hw {

/// The leaves of the breakdown, in its order.
enum class Part {
    FloatMultipliers,
    FloatTrees,
    IntegerDots,
    ProductRouting,
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
    WeightDecoders,
    OffsetSums,
    IndexCoders,
    StashCoders,
    NormForward,
    NormBackward,
    Comparators,
    PoolArithmetic,
    UpdateMultipliers,
    UpdateAdders,
    UpdateScalars,
    UpdateRegisters,
    WeightBuffer,
    ActivationBuffer,
    ErrorBuffer,
    DmaChannels,
    DramWeights,
    DramActivations,
    DramErrors,
    DramWeightGradients,
    DramSums,
    DramMaster,
    DramNorm,
    DramMasks,
};
inline constexpr std::size_t kParts = static_cast<std::size_t>(Part::DramMasks) + 1;

struct PartEntry {
    double count = 0;
    double area_um2 = 0;
    double energy_pj = 0;  ///< dynamic
    double leakage_nw = 0;
    const Law* areaLaw = nullptr;
    const Law* energyLaw = nullptr;
    std::array<UnitDetail, kMostDetails> details{};  ///< what the instances are
    std::size_t detailCount = 0;
};

/// One estimate in the making.
class CostSheet {
public:
    /// What was entered for one layer or class, in its order, so that it can be entered again.
    struct Entries {
        struct Energy {
            Part part;
            double energy_pj = 0;  ///< of one of the layers
        };
        std::vector<Energy> energies;
        std::vector<std::pair<Limit, Place>> limits;
    };

    explicit CostSheet(const design::HardwareConfig& hardware, const EstimateOptions& options = {});

    const design::HardwareConfig& hardware() const { return m_hardware; }
    const Technology& technology() const { return m_prices.technology(); }
    PriceList& prices() const { return m_prices; }

    /// The buffers exist, each with a DMA channel in and one out (unit "dma_channel") whose words
    /// keep up with DRAM; once, before anything passes through them.
    void addBuffers(const BufferSizes& sizes);
    const BufferSizes& buffers() const { return m_sizes; }

    /// `count` instances of a unit exist.
    void addUnits(Part part, double count, const UnitCost& unit, const UnitDetail& detail);

    /// `count` registers of `bits` each exist.
    void addRegisters(Part part, double count, double bits, const UnitDetail& detail);

    /// Of so many equal layers is what is entered from here on; their phases are written once.
    void setLayers(double layers) { m_layers = layers; }
    /// A unit works `operations` times during a phase.
    void work(PhaseCost& phase, Part part, double operations, const UnitCost& unit);
    /// Bits through a buffer (one of the buffer parts).
    void access(PhaseCost& phase, Part buffer, double readBits, double writeBits);
    /// Bits to or from DRAM through a DMA channel, for a class of tensors (one of the DRAM parts).
    void move(PhaseCost& phase, Part tensors, double bits);
    /// Says a limit once, with the places where it is met behind it.
    void warn(const Limit& limit, const Place& place = {});

    /// Work, accesses, moves and limits are noted there, too, until null is given.
    void record(Entries* entries) { m_record = entries; }
    /// Enters them as they were entered then.
    void repeat(const Entries& entries);

    const DramCost& dram() const { return m_dram; }
    double bufferBits(Part buffer) const;
    /// Of all parts whose leakage is known.
    double leakage_nw() const;
    /// Whether the buffers' is among them.
    bool knowsBufferLeakage() const;
    /// What parts leak in `milliseconds` is a branch of its own.
    BreakdownNode breakdown(double milliseconds) const;
    std::vector<std::string> warnings() const { return m_limits.texts(); }

private:
    BreakdownNode leakage(double milliseconds) const;
    void addBuffer(Part part, int kib);
    void addDmaChannels();
    void spend(Part part, double energy_pj);
    PartEntry& entry(Part part) { return m_parts[static_cast<std::size_t>(part)]; }
    const SramCost& bufferCost(Part buffer) const;

    design::HardwareConfig m_hardware;
    PriceList& m_prices;
    BufferSizes m_sizes;
    std::array<SramCost, 3> m_buffers;
    DramCost m_dram;
    double m_dmaEnergyPerBit_pj = 0;
    double m_layers = 1;
    Entries* m_record = nullptr;
    std::array<PartEntry, kParts> m_parts;
    Limits m_limits;
};

}  // namespace mantissa::hw
