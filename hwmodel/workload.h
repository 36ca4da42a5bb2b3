// SPDX-License-Identifier: GPL-3.0-or-later
// One training step as GEMMs and tensors: extents, formats, who reads whose result.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/design/design_point.h"
#include "core/nn/layer_precision.h"
#include "core/nn/network_spec.h"
#include "core/shape.h"
#include "hwmodel/operand.h"

namespace mantissa::hw {

/// A tensor in one format with blocks along one axis.
struct StoredTensor {
    numerics::TensorFormat format;
    Shape shape;  ///< with the batch
    int axis = 1;
    double elements = 0;
    double bits = 0;  ///< in all, what blocks share counted as it is
    Operand operand;  ///< the format as the datapath sees it
};
StoredTensor storedTensor(const numerics::TensorFormat& format, Shape shape, int axis);

/// The distinct stored forms of one tensor that two uses need: one where a single form serves both.
std::vector<StoredTensor> distinctCopies(StoredTensor first, StoredTensor second);
/// Adds a form unless one of `copies` serves it.
void addDistinct(std::vector<StoredTensor>& copies, StoredTensor copy);

/// A GEMM of rows x columns results, each a sum of axisExtent * taps products. Blocks run along the
/// axis; taps are kernel positions (forward, input gradient) or pixels (weight gradient).
struct Gemm {
    double rows = 0;
    double columns = 0;
    std::int64_t axisExtent = 1;
    std::int64_t taps = 1;
    StoredTensor a;  ///< streams along the rows
    StoredTensor b;  ///< streams along the columns
    double reduction() const { return static_cast<double>(axisExtent) * static_cast<double>(taps); }
    double macs() const { return rows * columns * reduction(); }
};

/// A layer that multiplies matrices: its passes and its tensors.
struct GemmLayer {
    Gemm forward;         ///< activation x weight, reduced along input channels
    Gemm inputGradient;   ///< error x weight, reduced along output channels
    Gemm weightGradient;  ///< error x activation, reduced along the batch
    StoredTensor result;  ///< the weight gradient as stored
};

/// Who reads a result, and as which of its inputs.
struct Reader {
    std::size_t layer = 0;
    std::size_t input = 0;
};

/// A layer of the network with its place in the step.
struct LayerWork {
    const nn::LayerSpec* spec = nullptr;
    nn::LayerShapes shapes;
    std::optional<GemmLayer> gemm;
    /// Of each input the nearest layer before it that does not stream; the network's input is left
    /// out.
    std::vector<std::size_t> producers;
    /// Layers that read its result, through those that stream.
    std::vector<Reader> consumers;
    bool feedsLoss = false;
    bool trainsBefore = false;  ///< a layer before it has parameters, so it needs an input gradient
    bool isNorm() const;
    bool isJoin() const;
    /// Element-wise on one input: works on results on their way to memory. A join cannot, since its
    /// inputs do not arrive together.
    bool streams() const { return !gemm && !isNorm() && !isJoin(); }
};

/// The layers of a valid design, in order. `design` must outlive the result.
std::vector<LayerWork> workloadOf(const design::DesignPoint& design,
                                  const std::vector<nn::LayerShapes>& shapes);

}  // namespace mantissa::hw
