// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of a precision plan, each once, with what the datapath makes of it.
#pragma once

#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "core/design/precision_plan.h"
#include "hwmodel/operand.h"

namespace mantissa::hw {

/// A tensor's format beside what follows from it.
struct StoredFormat {
    explicit StoredFormat(const numerics::TensorFormat& tensorFormat);
    numerics::TensorFormat format;
    Operand operand;  ///< the format as the datapath sees it
    bool isBinary32 = false;
    bool followsAxis = false;   ///< who shares with whom depends on the block axis
    bool sumsIntegers = false;  ///< whether bit-true products of it are emulated as integers
};
/// FP32 to nearest even, of static life time.
const StoredFormat& binary32Format();

/// What bit-true sums are kept in, see numerics::Accumulator.
struct SumFormat {
    FloatShape shape = kBinary32;  ///< from block to block
    int integerBits = 0;           ///< inside a block; 0: as many as no sum overflows
    bool saturates = false;        ///< the integer stays at its ends
    bool everyProduct = false;     ///< no integer: each product is added as a float
    bool operator==(const SumFormat&) const = default;
};
/// Of a layer: FP32 from block to block, unless the plan is bit-true and says otherwise.
SumFormat sumFormatOf(const design::PrecisionPlan& plan, const design::PlanSite& site);

/// Of one layer; see nn::LayerPrecision and train::StatePrecision.
struct LayerFormats {
    const StoredFormat* weightForward = nullptr;
    const StoredFormat* activationForward = nullptr;
    const StoredFormat* weightInputGradient = nullptr;
    const StoredFormat* errorInputGradient = nullptr;
    const StoredFormat* activationWeightGradient = nullptr;
    const StoredFormat* errorWeightGradient = nullptr;
    const StoredFormat* weightGradient = nullptr;
    const StoredFormat* stash = nullptr;
    const StoredFormat* normForward = nullptr;
    const StoredFormat* normBackward = nullptr;
    // What the optimiser keeps.
    const StoredFormat* master = nullptr;
    const StoredFormat* momentum = nullptr;
    const StoredFormat* secondMoment = nullptr;
    SumFormat sums;
    bool operator==(const LayerFormats&) const = default;
};

/// Formats that have been met, each once, and what layers make of them.
class FormatPool {
public:
    const StoredFormat* stored(const numerics::TensorFormat& format);
    /// Equal ones have one number.
    std::size_t numberOf(const LayerFormats& formats);
    const LayerFormats& formats(std::size_t number) const { return m_distinct[number]; }
    std::size_t size() const { return m_formats.size(); }

private:
    std::deque<StoredFormat> m_formats;
    std::deque<LayerFormats> m_distinct;
};

/// Resolves a plan. Layers of one kind that the plan does not name are resolved together.
class PlanFormats {
public:
    PlanFormats(const design::PrecisionPlan& plan, const nn::NetworkSpec& network,
                FormatPool& pool);

    /// The pool's number of a layer's formats. Layer kinds are static texts.
    std::size_t numberOf(std::string_view layer, std::string_view kind);
    const LayerFormats& formats(std::size_t number) const { return m_pool.formats(number); }

private:
    std::size_t resolve(const design::PlanSite& site);

    const design::PrecisionPlan& m_plan;
    FormatPool& m_pool;
    std::vector<std::string_view> m_kept;  ///< layers on the plan's skip list
    std::vector<std::pair<std::string_view, std::size_t>> m_kinds;
};

}  // namespace mantissa::hw
