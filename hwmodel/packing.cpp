// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/packing.h"

#include <bit>

#include "core/train/weight_transform.h"

namespace mantissa::hw {

int packedKernels(CostSheet& sheet, const train::Recipe& recipe) {
    if (!sheet.hardware().packedKernels) {
        return 1;
    }
    const auto overlaid = train::infoOf(recipe.weightTransform).overlaidKernels;
    if (overlaid == nullptr) {
        sheet.warn(
            {"packed_kernels has nothing to pack: no weight transform of the recipe "
             "overlays kernels (weight_transform complementary does), so that the elements "
             "are dense ones"});
        return 1;
    }
    const auto kernels = overlaid(recipe);
    const int lanes = sheet.hardware().lanes;
    if (!std::has_single_bit(static_cast<std::uint64_t>(kernels)) || kernels > lanes) {
        sheet.warn(
            {"packed_kernels: elements of # lanes route the products of 2, 4, 8 ... up to # "
             "kernels, and density # overlays #, so that they are dense ones",
             {1.0 * lanes, 1.0 * lanes, recipe.density, static_cast<double>(kernels)}});
        return 1;
    }
    return static_cast<int>(kernels);
}

Limit keepsDense(const design::HardwareConfig& hardware, const LayerOutline& layer,
                 const GemmArithmetic& arithmetic, int kernels) {
    if (layer.extents.groups > 1) {
        return {
            "zeros are multiplied: neighbouring kernels of # groups read other channels, so "
            "that packed elements leave them dense",
            {static_cast<double>(layer.extents.groups)}};
    }
    if (arithmetic.scaling.offsets() > 0) {
        return {
            "zeros are multiplied: offsets need sums of all elements, so that packed elements "
            "leave numbers with offsets dense"};
    }
    if (hardware.multiMode && arithmetic.kind == ArithmeticKind::Integer) {
        return {
            "zeros are multiplied: multi-mode multipliers give sums, of which no product can "
            "be routed"};
    }
    if (arithmetic.isGrouped() && arithmetic.segments.length < kernels) {
        return {
            "zeros are multiplied: runs of # products under one scale are shorter than the # "
            "kernels overlaid",
            {arithmetic.segments.length, 1.0 * kernels}};
    }
    return {};
}

}  // namespace mantissa::hw
