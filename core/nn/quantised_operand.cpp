// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/quantised_operand.h"

#include <utility>
#include <variant>

#include "core/numerics/registry.h"

namespace mantissa::nn {

QuantisedOperand::QuantisedOperand(std::string_view name, const numerics::TensorFormat& format,
                                   Shape shape, int axis, std::uint32_t id,
                                   const QuantisedOperand* sharedWith)
    : m_name(name), m_format(format), m_shape(std::move(shape)), m_axis(axis), m_id(id) {
    if (sharedWith != nullptr && sharedWith->m_format == format &&
        (sharedWith->m_axis == axis || !numerics::followsAxis(format.format))) {
        m_sharedWith = sharedWith;
    } else if (!isFp32()) {
        m_quantised = Tensor(m_shape);
    }
}

bool QuantisedOperand::isFp32() const {
    return std::holds_alternative<numerics::Fp32>(m_format.format);
}

const float* QuantisedOperand::apply(const StepContext& context, const float* values,
                                     std::int64_t extent0) {
    if (isFp32()) {
        return values;
    }
    m_shape[0] = extent0;
    m_measured = context.training && context.gatherStatistics;
    if (m_sharedWith != nullptr) {
        m_statistics = m_sharedWith->m_statistics;
        return m_sharedWith->m_quantised.data();
    }
    const auto count = static_cast<std::size_t>(elementCount(m_shape));
    const std::span<const float> original(values, count);
    const auto quantised = m_quantised.values().first(count);
    auto key = context.key;
    key.tensor = m_id;
    if (m_measured) {
        m_statistics = numerics::quantiseWithStatistics(original, quantised, m_shape, m_axis,
                                                        m_format, key, context.team);
    } else {
        numerics::quantise(original, quantised, m_shape, m_axis, m_format, key, context.team);
    }
    return m_quantised.data();
}

void QuantisedOperand::appendStatistics(std::vector<OperandStatistics>& list) const {
    if (m_measured) {
        list.push_back({{}, m_name, m_statistics});
    }
}

}  // namespace mantissa::nn
