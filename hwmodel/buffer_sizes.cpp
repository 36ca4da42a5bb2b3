// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/buffer_sizes.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

int sized(int given, double bits) {
    constexpr int kLeast = 2;
    constexpr int kMost = 4096;
    constexpr double kBitsOfKib = 8192;
    if (given > 0) {
        return given;
    }
    int kib = kLeast;
    while (kib < kMost && kib * kBitsOfKib < bits) {
        kib *= 2;
    }
    return kib;
}

}  // namespace

void LargestOperands::include(const GemmLayer& layer, bool trainsBefore) {
    weight = std::max(weight, layer.forward.b.bits);
    activation = std::max({activation, layer.forward.a.bits, layer.weightGradient.b.bits});
    error = std::max(error, layer.weightGradient.a.bits);
    if (trainsBefore) {
        weight = std::max(weight, layer.inputGradient.b.bits);
        error = std::max(error, layer.inputGradient.a.bits);
    }
}

void LargestOperands::includeChannel(const LayerOutline& layer, std::int64_t batch) {
    if (layer.role != LayerRole::Norm) {
        return;
    }
    constexpr double kWordBits = 32;
    const double elements = layer.outputElements * static_cast<double>(batch) /
                            static_cast<double>(layer.shapes.output.at(0));
    activation = std::max(activation, elements * kWordBits);
    error = std::max(error, elements * kWordBits);
}

BufferSizes bufferSizes(const design::HardwareConfig& hardware, const LargestOperands& largest) {
    return {sized(hardware.weightBufferKib, largest.weight),
            sized(hardware.activationBufferKib, largest.activation),
            sized(hardware.errorBufferKib, largest.error)};
}

}  // namespace mantissa::hw
