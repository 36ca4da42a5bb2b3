// SPDX-License-Identifier: GPL-3.0-or-later
// An operand of one GEMM pass: a tensor seen through its number format. Internal to nn.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/nn/layer.h"

namespace mantissa::nn {

class QuantisedOperand {
public:
    QuantisedOperand() = default;
    /// `shape` with its largest batch; `id` is unique in the network: it separates the random
    /// numbers of stochastic rounding. `sharedWith`, where not null, is the same tensor for another
    /// pass: its copy is used where the format is the same and its blocks
    /// are, so that one stored copy serves both; random numbers then are drawn once.
    QuantisedOperand(std::string_view name, const numerics::TensorFormat& format, Shape shape,
                     int axis, std::uint32_t id, const QuantisedOperand* sharedWith = nullptr);

    /// The quantised values, or `values` themselves in FP32. A shared operand must have been
    /// applied to the same values before. `extent0` is the present extent of
    /// axis 0: the batch, or the weight's own.
    const float* apply(const StepContext& context, const float* values, std::int64_t extent0);

    bool isFp32() const;
    bool isShared() const { return m_sharedWith != nullptr; }
    void appendStatistics(std::vector<OperandStatistics>& list) const;

private:
    std::string_view m_name;
    numerics::TensorFormat m_format;
    Shape m_shape;
    int m_axis = 0;
    std::uint32_t m_id = 0;
    const QuantisedOperand* m_sharedWith = nullptr;
    Tensor m_quantised;
    numerics::ErrorStatistics m_statistics;
    bool m_measured = false;
};

}  // namespace mantissa::nn
