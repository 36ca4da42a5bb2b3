// SPDX-License-Identifier: GPL-3.0-or-later
// On-chip buffers: as the design gives them, or as large as what they hold.
#pragma once

#include "core/design/hardware_config.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {

/// In KiB.
struct BufferSizes {
    int weight = 0;
    int activation = 0;
    int error = 0;
    bool operator==(const BufferSizes&) const = default;
};

/// The largest that each buffer holds at once, in bits: an operand of a matrix product, or a
/// channel of the batch, which normalisation passes over several times.
struct LargestOperands {
    double weight = 0;
    double activation = 0;
    double error = 0;
    /// `trainsBefore`: whether the layer has an input gradient.
    void include(const GemmLayer& layer, bool trainsBefore);
    /// Of a normalisation layer, in FP32; other layers have no channels to keep.
    void includeChannel(const LayerOutline& layer, std::int64_t batch);
};

/// The design's; where it says 0, the smallest power of two that holds the largest whole, from 2 to
/// 4096 KiB, where CACTI's rows of low-power cells begin and end.
BufferSizes bufferSizes(const design::HardwareConfig& hardware, const LargestOperands& largest);

}  // namespace mantissa::hw
