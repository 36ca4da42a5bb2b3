// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/quantised_operand.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "core/nn/block_kernels.h"
#include "core/numerics/registry.h"

namespace mantissa::nn {

QuantisedOperand::QuantisedOperand(std::string_view name, const numerics::TensorFormat& format,
                                   OperandBlocks blocks, std::uint32_t id,
                                   QuantisedOperand* sharedWith)
    : m_name(name),
      m_format(format),
      m_blocks(std::move(blocks)),
      m_fullCount(elementCount(m_blocks.shape)),
      m_fullExtent(m_blocks.shape[0]),
      m_id(id) {
    if (sharedWith != nullptr && !isFp32() && sharedWith->m_format == format &&
        sharedWith->m_blocks.shape == m_blocks.shape &&
        (sharedWith->m_blocks.axis == m_blocks.axis || !numerics::followsAxis(format.format))) {
        m_sharedWith = sharedWith;
        sharedWith->m_outlivesPass = true;
    }
}

bool QuantisedOperand::isFp32() const {
    return std::holds_alternative<numerics::Fp32>(m_format.format);
}

std::optional<numerics::IntegerBlocks> QuantisedOperand::integerBlocks() const {
    return numerics::integerBlocks(m_format.format, m_blocks.shape, m_blocks.axis);
}

void QuantisedOperand::appendWorkspace(bool forward, std::vector<Workspace>& list) {
    if (isFp32() || isShared()) {
        return;
    }
    const Lifetime pass = forward ? Lifetime::Forward : Lifetime::Backward;
    list.push_back({m_fullCount, forward && m_outlivesPass ? Lifetime::Step : pass, &m_quantised});
}

const float* QuantisedOperand::apply(const StepContext& context, const float* values,
                                     std::int64_t count) {
    if (isFp32()) {
        return values;
    }
    m_measured = context.training && context.gatherStatistics;
    if (m_sharedWith != nullptr) {
        m_statistics = m_sharedWith->m_statistics;
        m_zeroSettingError = m_sharedWith->m_zeroSettingError;
        return m_sharedWith->m_quantised;
    }
    round(context, {values, static_cast<std::size_t>(count)}, m_quantised);
    return m_quantised;
}

void QuantisedOperand::applyInPlace(const StepContext& context, float* values, std::int64_t count) {
    if (!isFp32()) {
        m_measured = context.training && context.gatherStatistics;
        round(context, {values, static_cast<std::size_t>(count)}, values);
    }
}

void QuantisedOperand::applyTo(const StepContext& context, const float* values, std::int64_t count,
                               float* to) {
    m_measured = context.training && context.gatherStatistics;
    round(context, {values, static_cast<std::size_t>(count)}, to);
}

void QuantisedOperand::round(const StepContext& context, std::span<const float> from, float* to) {
    const auto count = static_cast<std::int64_t>(from.size());
    m_blocks.shape[0] = m_fullExtent * count / m_fullCount;
    const std::span<float> quantised(to, from.size());
    auto key = context.key;
    key.tensor = m_id;
    if (m_measured) {
        const auto* block = std::get_if<numerics::BlockFloat>(&m_format.format);
        const bool profiles = context.gatherProfiles && block != nullptr;
        std::vector<float> before;
        if (profiles && from.data() == to) {
            before.assign(from.begin(), from.end());
        }
        m_statistics = numerics::quantiseWithStatistics(from, quantised, m_blocks.shape,
                                                        m_blocks.axis, m_format, key, context.team);
        m_zeroSettingError.reset();
        if (profiles) {
            m_zeroSettingError = zeroSettingError(
                before.empty() ? from : before, quantised,
                numerics::blockGrid(block->block, m_blocks.shape, m_blocks.axis), context.team);
        }
    } else {
        numerics::quantise(from, quantised, m_blocks.shape, m_blocks.axis, m_format, key,
                           context.team);
    }
}

void QuantisedOperand::roundWhilePacking(const BlockSegment& segment) {
    const auto& family = numerics::familyOf(m_format.format);
    const auto steps = family.steps == nullptr ? std::nullopt : family.steps(m_format.format);
    if (segment.codes != BlockCodes::Bytes || !steps || steps->first || isShared() ||
        m_outlivesPass || !numerics::sharesAlongAxis(m_format.format)) {
        return;
    }
    // The last block of an axis may be short; all others are as long as a segment.
    const std::int64_t extent = m_blocks.shape[static_cast<std::size_t>(m_blocks.axis)];
    const auto blocks = integerBlocks();
    const auto format = numerics::kernelFormat(m_format, *steps);
    if (blocks && std::min(blocks->run, extent) == segment.length && canRoundWhilePacking(format)) {
        m_packing = format;
    }
}

void QuantisedOperand::roundByImage(std::int64_t images) {
    const bool isStochastic = m_format.rounding == numerics::Rounding::Stochastic;
    if (isShared() || m_outlivesPass || isStochastic || m_blocks.axis == 0 ||
        !numerics::sharesAlongAxis(m_format.format)) {
        return;
    }
    m_images = {m_format, m_blocks.shape, m_blocks.axis};
    m_images->shape[0] = m_fullExtent / images;
}

BlockTensor QuantisedOperand::toPack(const StepContext& context, const float* values,
                                     std::int64_t count) {
    if (!(context.training && context.gatherStatistics)) {
        m_measured = false;
        if (m_packing) {
            return {values, &*m_packing};
        }
        if (m_images) {
            return {values, &*m_images};
        }
    }
    return apply(context, values, count);
}

const numerics::IntegerNumber* QuantisedOperand::numbers(const StepContext& context,
                                                         const float* quantised, std::int64_t count,
                                                         float* memory) {
    static_assert(sizeof(numerics::IntegerNumber) == sizeof(float));
    const auto size = static_cast<std::size_t>(count);
    auto* const to = reinterpret_cast<numerics::IntegerNumber*>(memory);
    m_blocks.shape[0] = m_fullExtent * count / m_fullCount;
    numerics::integerNumbers({quantised, size}, m_blocks.shape, m_blocks.axis, m_format.format,
                             {to, size}, context.team);
    return to;
}

void QuantisedOperand::appendStatistics(std::vector<OperandStatistics>& list) const {
    if (m_measured) {
        list.push_back({{}, m_name, m_statistics, m_zeroSettingError});
    }
}

}  // namespace mantissa::nn
