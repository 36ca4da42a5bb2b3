// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensors of a step share a buffer, and when each buffer is in use. Internal to nn.
#pragma once

#include <vector>

#include "core/nn/layer.h"
#include "core/nn/memory_plan.h"

namespace mantissa::nn {

inline constexpr int kNoBuffer = -1;

/// One layer as memory sees it.
struct LayerMemory {
    MemoryUse use;
    std::vector<int> sources;  ///< kFromNetworkInput or the index of an earlier layer
    bool learns = false;       ///< it or a layer before it has parameters
    bool isGemm = false;
    std::int64_t outputFloats = 0;  ///< of the whole batch
    std::vector<Workspace> workspaces;
};

/// Indices into `buffers`. A step passes the moments 0 .. 2n + 1: layer i of n works forward at i,
/// the loss at n, layer i backward at 2n - i.
struct StepMemory {
    std::vector<PlannedBuffer> buffers;
    int input = kNoBuffer;
    std::vector<int> outputs, gradients;  ///< one a layer; no gradient where nothing learns
    /// For each input of each layer: where a gradient is put that is then added to what later
    /// readers of the same tensor have sent; kNoBuffer where it is the first or is passed on.
    std::vector<std::vector<int>> shares;
    std::vector<std::vector<int>> workspaces;
};

/// `keepsOperands` lets inputs and errors of GEMM layers live to the end of the step.
StepMemory planStep(std::int64_t inputFloats, const std::vector<LayerMemory>& layers,
                    bool keepsOperands);

}  // namespace mantissa::nn
