// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/plan_formats.h"

#include <algorithm>
#include <optional>

#include "core/numerics/integer_blocks.h"
#include "core/numerics/registry.h"

namespace mantissa::hw {

namespace {

/// What decides on it does not depend on a tensor's shape.
bool hasIntegers(const numerics::Format& format) {
    constexpr int kWidest = 15;  // magnitude bits of numerics::IntegerNumber
    const auto blocks = numerics::integerBlocks(format, {1, 1}, 1);
    return blocks && blocks->magnitudeBits <= kWidest;
}

}  // namespace

StoredFormat::StoredFormat(const numerics::TensorFormat& tensorFormat)
    : format(tensorFormat),
      operand(operandOf(tensorFormat.format)),
      isBinary32(hw::isBinary32(tensorFormat.format)),
      followsAxis(numerics::followsAxis(tensorFormat.format)),
      sumsIntegers(hasIntegers(tensorFormat.format)) {}

SumFormat sumFormatOf(const design::PrecisionPlan& plan, const design::PlanSite& site) {
    SumFormat format;
    if (plan.compute != nn::ComputeMode::BitTrue) {
        return format;
    }
    const auto take = [&](const numerics::PartialSum& sum) {
        format.shape = {sum.exponentBits, sum.mantissaBits};
    };
    const auto accumulator = plan.resolveAccumulator(site).accumulator;
    if (const auto* integer = std::get_if<numerics::IntegerAccumulator>(&accumulator)) {
        take(integer->sum);
        format.integerBits = integer->bits;
        format.saturates = integer->overflow == numerics::IntegerOverflow::Saturate;
    } else {
        const auto& sum = std::get<numerics::FloatAccumulator>(accumulator);
        take(sum.sum);
        format.everyProduct = sum.after == numerics::RoundingPoint::EveryAdd;
    }
    return format;
}

const StoredFormat& binary32Format() {
    static const StoredFormat kFormat{numerics::TensorFormat{}};
    return kFormat;
}

const StoredFormat* FormatPool::stored(const numerics::TensorFormat& format) {
    if (format == binary32Format().format) {
        return &binary32Format();
    }
    const auto found = std::find_if(m_formats.begin(), m_formats.end(),
                                    [&](const auto& each) { return each.format == format; });
    return found != m_formats.end() ? &*found : &m_formats.emplace_back(format);
}

std::size_t FormatPool::numberOf(const LayerFormats& formats) {
    const auto same = std::find(m_distinct.begin(), m_distinct.end(), formats);
    const auto number = static_cast<std::size_t>(same - m_distinct.begin());
    if (same == m_distinct.end()) {
        m_distinct.push_back(formats);
    }
    return number;
}

PlanFormats::PlanFormats(const design::PrecisionPlan& plan, const nn::NetworkSpec& network,
                         FormatPool& pool)
    : m_plan(plan), m_pool(pool) {
    if (plan.kept.any()) {
        for (const auto& site : design::planSites(plan, network)) {
            if (site.kept) {
                m_kept.push_back(site.layer);
            }
        }
    }
}

std::size_t PlanFormats::resolve(const design::PlanSite& site) {
    using design::Pass;
    using design::Role;
    const auto of = [&](Role role, std::optional<Pass> pass) {
        return m_pool.stored(m_plan.resolve(site, role, pass).format);
    };
    return m_pool.numberOf(
        {of(Role::Weight, Pass::Forward), of(Role::Activation, Pass::Forward),
         of(Role::Weight, Pass::InputGradient), of(Role::Error, Pass::InputGradient),
         of(Role::Activation, Pass::WeightGradient), of(Role::Error, Pass::WeightGradient),
         of(Role::WeightGradient, std::nullopt), of(Role::Stash, std::nullopt),
         of(Role::Normalisation, Pass::Forward), of(Role::Normalisation, Pass::InputGradient),
         of(Role::MasterWeight, std::nullopt), of(Role::Momentum, std::nullopt),
         of(Role::SecondMoment, std::nullopt), sumFormatOf(m_plan, site)});
}

std::size_t PlanFormats::numberOf(std::string_view layer, std::string_view kind) {
    const bool kept = std::find(m_kept.begin(), m_kept.end(), layer) != m_kept.end();
    if (kept || m_plan.layers.contains(layer) || m_plan.layerAccumulators.contains(layer)) {
        return resolve({layer, kind, kept});
    }
    const auto known = std::find_if(m_kinds.begin(), m_kinds.end(),
                                    [&](const auto& each) { return each.first == kind; });
    if (known != m_kinds.end()) {
        return known->second;
    }
    // Nothing is said of this layer, so that its name does not matter.
    return m_kinds.emplace_back(kind, resolve({{}, kind})).second;
}

}  // namespace mantissa::hw
