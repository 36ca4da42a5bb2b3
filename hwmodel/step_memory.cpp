// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/step_memory.h"

namespace mantissa::hw {

bool StepMemory::serves(const design::DesignPoint& design, const EstimateOptions& options) const {
    // A drag meets few classes and formats; beyond that starting anew is as good.
    constexpr std::size_t kMostClasses = 1024;
    constexpr std::size_t kMostFormats = 32;
    return m_classes.size() < kMostClasses && formats.size() < kMostFormats &&
           m_hardware == design.hardware() && m_recipe == design.recipe() &&
           m_network == design.precision().network && m_options == options;
}

GemmClass& StepMemory::classOf(const LayerOutline& layer, std::size_t numberOfFormats) {
    constexpr unsigned kHalf = 32;
    const auto key = (static_cast<std::uint64_t>(layer.gemm) << kHalf) | (numberOfFormats << 1U) |
                     (layer.trainsBefore ? 1U : 0U);
    auto& found = m_classes[key];
    found.trainsBefore = layer.trainsBefore;
    return found;
}

std::size_t StepMemory::numberOf(const Datapath& datapath, const BufferSizes& buffers) {
    if (m_datapath != datapath || m_buffers != buffers) {
        m_datapath = datapath;
        m_buffers = buffers;
        ++m_datapaths;
    }
    return m_datapaths;
}

}  // namespace mantissa::hw
