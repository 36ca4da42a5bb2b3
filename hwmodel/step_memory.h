// SPDX-License-Identifier: GPL-3.0-or-later
// What estimates of one network on one accelerator share: a change of some layers' formats leaves
// what was worked out for the others as it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hwmodel/converters.h"
#include "hwmodel/datapath.h"
#include "hwmodel/tiling.h"

namespace mantissa::hw {

inline constexpr std::size_t kGemmPasses = 3;

/// Layers of equal extents, formats and passes: worked out once. What an estimate charges is kept
/// from the second time on that it is met, so that sweeps, which meet nothing twice, keep nothing.
struct GemmClass {
    bool trainsBefore = false;
    std::size_t estimate = 0;  ///< the last one that met it
    double layers = 0;         ///< of that estimate
    GemmLayer gemm;
    train::WeightCode weights;  ///< how they are stored
    std::string_view first;     ///< the layer that it was laid out for, which limits name
    CostSheet::Entries found;   ///< when it was laid out: limits of its codes
    std::array<GemmArithmetic, kGemmPasses> arithmetic;
    std::array<Limit, kGemmPasses> dense;  ///< why packed elements leave a pass dense, if they do
    std::array<std::optional<Tiling>, kGemmPasses> tilings;
    std::array<TileGrain, kGemmPasses> grains;     ///< that the tilings are for
    std::array<BufferSizes, kGemmPasses> buffers;  ///< likewise

    // On one datapath.
    std::size_t met = 0;       ///< the number of the last one that it was charged on, 0: none
    std::size_t datapath = 0;  ///< that `charged` is for, 0: none
    std::array<ArrayTime, kGemmPasses> times;
    std::array<PhaseCost, kGemmPasses> costs;
    CostSheet::Entries charged;
};

/// All that one layer enters, and what it was worked out from.
struct LayerRecord {
    std::vector<std::size_t> from;  ///< numbers: the datapath, its formats, its neighbours' formats
    bool isFilled = false;          ///< else `from` alone is known: what the last estimate met
    LayerCost cost;
    CostSheet::Entries entries;
    Converters::Banks banks;
    double stashBits = 0;
};

class StepMemory {
public:
    StepMemory(const design::DesignPoint& design, EstimateOptions options)
        : m_hardware(design.hardware()),
          m_recipe(design.recipe()),
          m_network(design.precision().network),
          m_options(std::move(options)) {}

    /// Whether it is of this accelerator, training, default formats and prices, and has room for
    /// more. Another default changes most layers: a sweep's next point, or a baseline.
    bool serves(const design::DesignPoint& design, const EstimateOptions& options) const;

    /// Sets out on an estimate, whose number it returns.
    std::size_t begin() { return ++m_estimates; }
    /// The number of a datapath with its buffers; what was charged on another one is of no use.
    std::size_t numberOf(const Datapath& datapath, const BufferSizes& buffers);
    /// New, where none is known of these extents and formats.
    GemmClass& classOf(const LayerOutline& layer, std::size_t formats);

    FormatPool formats;
    std::vector<LayerRecord> layers;

private:
    design::HardwareConfig m_hardware;
    train::Recipe m_recipe;
    design::RoleFormats m_network;
    EstimateOptions m_options;
    std::unordered_map<std::uint64_t, GemmClass> m_classes;  ///< by extents, formats and passes
    std::size_t m_estimates = 0;
    std::size_t m_datapaths = 0;
    std::optional<Datapath> m_datapath;
    BufferSizes m_buffers;
};

}  // namespace mantissa::hw
