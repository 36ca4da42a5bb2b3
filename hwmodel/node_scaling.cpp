// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/node_scaling.h"

#include <cstddef>
#include <cstdio>
#include <string>

namespace mantissa::hw {
namespace {

constexpr std::size_t kNodes = kScalingNodes.size();

struct Quadratic {
    double a, b, c;
};
constexpr std::array<Quadratic, kNodes> kEnergy{{
    {7.171, -6.709, 2.904},
    {4.762, -4.781, 2.092},
    {3.755, -4.398, 1.975},
    {1.103, -0.362, 0.2767},
    {0.9559, -0.7823, 0.471},
    {0.373, -0.1582, 0.04104},
    {0.2958, -0.1241, 0.03024},
    {0.2363, -0.09675, 0.02239},
    {0.2068, -0.09311, 0.02375},
    {0.1776, -0.09097, 0.02447},
}};

/// From the row's node to the column's. Rounded as published, so no exact reciprocals.
constexpr std::array<std::array<double, kNodes>, kNodes> kArea{{
    {1, .44, .23, .16, .072, .033, .03, .027, .016, .0092},
    {2.3, 1, .53, .35, .16, .075, .067, .061, .036, .021},
    {4.3, 1.9, 1, .66, .31, .14, .13, .12, .068, .039},
    {6.4, 2.8, 1.5, 1, .46, .21, .19, .17, .1, .059},
    {14, 6.1, 3.3, 2.2, 1, .46, .41, .38, .22, .13},
    {30, 13, 7.1, 4.7, 2.2, 1, .89, .82, .48, .28},
    {34, 15, 7.9, 5.3, 2.4, 1.1, 1, .91, .54, .31},
    {37, 16, 8.7, 5.8, 2.7, 1.2, 1.1, 1, .59, .34},
    {63, 28, 15, 9.8, 4.5, 2.1, 1.9, 1.7, 1, .58},
    {110, 48, 25, 17, 7.8, 3.6, 3.2, 2.9, 1.7, 1},
}};

/// Neighbours of a node in the tables, and the weight of the smaller one.
struct Between {
    std::size_t larger = 0;
    std::size_t smaller = 0;
    double weight = 0;

    double of(double atLarger, double atSmaller) const {
        return atLarger + weight * (atSmaller - atLarger);
    }
};

Result<Between> neighbours(double node_nm) {
    constexpr double kLargest = kScalingNodes.front();
    constexpr double kSmallest = kScalingNodes.back();
    if (!(node_nm >= kSmallest && node_nm <= kLargest)) {
        char text[96];
        std::snprintf(text, sizeof text, "%g nm has no scaling factors (allowed: 7 to 130 nm)",
                      node_nm);
        return fail(ErrorCode::InvalidInput, text, "node");
    }
    std::size_t smaller = 0;
    while (kScalingNodes[smaller] > node_nm) {
        ++smaller;
    }
    if (kScalingNodes[smaller] == node_nm) {
        return Between{smaller, smaller, 0};
    }
    const double high = kScalingNodes[smaller - 1];
    const double low = kScalingNodes[smaller];
    return Between{smaller - 1, smaller, (high - node_nm) / (high - low)};
}

}  // namespace

Result<double> energyFactor(double node_nm, double voltage_v) {
    return neighbours(node_nm).map([&](const Between& between) {
        const auto at = [&](std::size_t node) {
            const auto& f = kEnergy[node];
            return f.a * voltage_v * voltage_v + f.b * voltage_v + f.c;
        };
        return between.of(at(between.larger), at(between.smaller));
    });
}

Result<double> energyScale(double fromNode_nm, double fromVoltage_v, double toNode_nm,
                           double toVoltage_v) {
    return energyFactor(fromNode_nm, fromVoltage_v).and_then([&](double from) {
        return energyFactor(toNode_nm, toVoltage_v).map([&](double to) { return to / from; });
    });
}

Result<double> areaScale(double fromNode_nm, double toNode_nm) {
    return neighbours(fromNode_nm).and_then([&](const Between& from) {
        return neighbours(toNode_nm).map([&](const Between& to) {
            const auto along = [&](std::size_t row) {
                return to.of(kArea[row][to.larger], kArea[row][to.smaller]);
            };
            return from.of(along(from.larger), along(from.smaller));
        });
    });
}

}  // namespace mantissa::hw
