// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix products of one training step, with their tensors in the formats of the plan.
#pragma once

#include <vector>

#include "core/shape.h"
#include "hwmodel/network_outline.h"
#include "hwmodel/plan_formats.h"

namespace mantissa::hw {

/// A tensor in one format with blocks along one axis.
struct StoredTensor {
    const StoredFormat* stored = nullptr;
    Shape shape;  ///< with the batch; may be empty where the format does not follow the axis
    int axis = 1;
    double elements = 0;
    double bits = 0;            ///< in all, what blocks share counted as it is
    double encoding = 1;        ///< bits in DRAM for each of these, see encoding.h
    bool entropyCoded = false;  ///< on the way to and from DRAM
    double dramBits() const { return bits * encoding; }
    const Operand& operand() const { return stored->operand; }
};
StoredTensor storedTensor(const StoredFormat& stored, Shape shape, int axis);
/// FP32 numbers.
StoredTensor binary32Tensor(double elements);

/// Forms of tensors that are stored together; they stay where they are.
using Copies = std::vector<const StoredTensor*>;
/// Adds a form unless one of `copies` serves it: what stands in the same format and shares with the
/// same elements.
void addDistinct(Copies& copies, const StoredTensor& copy);

/// Sparse kernels overlaid in one dense kernel, as packed processing elements multiply them: of the
/// dense products one in `sums * terms` is left.
struct Overlay {
    int sums = 1;   ///< forward: results that the products of one packed kernel belong to
    int terms = 1;  ///< input gradient: neighbouring terms of a sum of which one is not zero
    int kernels() const { return sums * terms; }
    bool operator==(const Overlay&) const = default;
};

/// A GEMM of rows x columns results, each a sum of axisExtent * taps products. Blocks run along the
/// axis; taps are kernel positions (forward, input gradient) or pixels (weight gradient). Extents
/// are those of the dense GEMM, overlaid or not.
struct Gemm {
    double rows = 0;
    double columns = 0;
    std::int64_t axisExtent = 1;
    std::int64_t taps = 1;
    StoredTensor a;  ///< streams along the rows
    StoredTensor b;  ///< streams along the columns
    Overlay overlay = {};
    double reduction() const { return static_cast<double>(axisExtent) * static_cast<double>(taps); }
    /// Products that are multiplied.
    double macs() const { return rows * columns * reduction() / overlay.kernels(); }
};

/// The passes and tensors of a layer that multiplies matrices.
struct GemmLayer {
    Gemm forward;         ///< activation x weight, reduced along input channels
    Gemm inputGradient;   ///< error x weight, reduced along output channels
    Gemm weightGradient;  ///< error x activation, reduced along the batch
    StoredTensor result;  ///< the weight gradient as stored
};
GemmLayer gemmLayer(const LayerOutline& layer, const LayerFormats& formats, std::int64_t batch);

}  // namespace mantissa::hw
