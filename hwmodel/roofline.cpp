// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/roofline.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

constexpr double kOperationsPerMac = 2;
constexpr double kBitsPerByte = 8;

}  // namespace

Roofline rooflineOf(const HardwareReport& report) {
    Roofline roofline;
    const double clock_hz = report.clockMhz * 1e6;
    roofline.peak = kOperationsPerMac * report.peakMacsPerCycle * clock_hz;
    roofline.bandwidth = report.dramBitsPerCycle / kBitsPerByte * clock_hz;
    for (const auto& layer : report.layers) {
        for (std::size_t i = 0; i < layer.phases.size(); ++i) {
            const auto& cost = layer.phases[i];
            if (cost.macs <= 0) {
                continue;
            }
            const double intensity = kOperationsPerMac * kBitsPerByte * cost.macsPerDramBit();
            roofline.points.push_back({layer.layer, static_cast<StepPhase>(i), intensity,
                                       kOperationsPerMac * cost.macs / cost.cycles * clock_hz,
                                       std::min(roofline.peak, intensity * roofline.bandwidth),
                                       &cost});
        }
    }
    return roofline;
}

}  // namespace mantissa::hw
