// SPDX-License-Identifier: GPL-3.0-or-later
// An operand of one GEMM pass: a tensor seen through its number format. Internal to nn.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/nn/block_codes.h"
#include "core/nn/block_tensor.h"
#include "core/nn/layer.h"
#include "core/numerics/integer_blocks.h"

namespace mantissa::nn {

class QuantisedOperand {
public:
    QuantisedOperand() = default;
    /// `blocks` with the largest batch; `id` is unique in the network: it separates the random
    /// numbers of stochastic rounding. `sharedWith`, where not null, is the same tensor for another
    /// pass: its copy is used where the format is the same and its blocks are, so that one stored
    /// copy serves both; random numbers then are drawn once.
    QuantisedOperand(std::string_view name, const numerics::TensorFormat& format,
                     OperandBlocks blocks, std::uint32_t id,
                     QuantisedOperand* sharedWith = nullptr);

    /// The quantised values, or `values` themselves in FP32. A shared operand must have been
    /// applied to the same values before. `count` is how many there are at present: a whole number
    /// of images, or the weight's.
    const float* apply(const StepContext& context, const float* values, std::int64_t count);

    /// The same where the values may be overwritten; needs no memory.
    void applyInPlace(const StepContext& context, float* values, std::int64_t count);

    /// From now on toPack() leaves rounding to who packs such segments, where the format allows it.
    void roundWhilePacking(const BlockSegment& segment);
    /// From now on toPack() leaves rounding to who reads images one by one, of the largest
    /// batch's, where the format and its blocks allow it: what is rounded then stays in the caches.
    void roundByImage(std::int64_t images);
    bool roundsByImage() const { return m_images.has_value(); }
    /// As apply(). A step that gathers statistics rounds here in any case.
    BlockTensor toPack(const StepContext& context, const float* values, std::int64_t count);

    /// Asks for the memory of the quantised copy. It lives through the pass, or through the step
    /// where a backward pass uses what the forward pass has quantised.
    void appendWorkspace(bool forward, std::vector<Workspace>& list);

    /// Writes the quantised values to `to`; for who has the memory for it.
    void applyTo(const StepContext& context, const float* values, std::int64_t count, float* to);

    /// The integers of what apply() has returned for as many numbers, in memory of their size.
    const numerics::IntegerNumber* numbers(const StepContext& context, const float* quantised,
                                           std::int64_t count, float* memory);

    bool isFp32() const;
    /// Along the axis that the operand's blocks run.
    std::optional<numerics::IntegerBlocks> integerBlocks() const;
    bool isShared() const { return m_sharedWith != nullptr; }
    void appendStatistics(std::vector<OperandStatistics>& list) const;

private:
    void round(const StepContext& context, std::span<const float> from, float* to);

    std::string_view m_name;
    numerics::TensorFormat m_format;
    OperandBlocks m_blocks;
    std::int64_t m_fullCount = 0, m_fullExtent = 0;  ///< of the largest batch; extent of axis 0
    std::uint32_t m_id = 0;
    QuantisedOperand* m_sharedWith = nullptr;
    bool m_outlivesPass = false;  ///< another pass shares the copy
    float* m_quantised = nullptr;
    numerics::ErrorStatistics m_statistics;
    std::optional<double> m_zeroSettingError;  ///< as m_statistics, where profiles are gathered
    bool m_measured = false;
    std::optional<numerics::KernelFormat> m_packing;
    std::optional<ImageRounding> m_images;
};

}  // namespace mantissa::nn
