// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/approximate_products.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace mantissa::nn {
namespace {

constexpr int kWideBits = numerics::kBinary32MantissaBits;
constexpr int kSmallTableBits = 5;
constexpr std::uint32_t kOneBits = 0x3F800000;

}  // namespace

ApproximateMultiplication::ApproximateMultiplication(numerics::LoadedMultiplier multiplier)
    : m_multiplier(std::move(multiplier)) {
    using numerics::ProductRule;
    const auto* computed = std::get_if<numerics::ApproximateMultiplier>(&m_multiplier.kind);
    assert(computed != nullptr || m_multiplier.table);
    m_mantissaBits = m_multiplier.table ? m_multiplier.table->mantissaBits : kWideBits;
    m_rule = m_mantissaBits <= kSmallTableBits ? SignificandRule::SmallTable
                                               : SignificandRule::ByteTable;
    if (computed != nullptr && computed->rule == ProductRule::Mitchell) {
        m_rule = SignificandRule::Mitchell;
    } else if (computed != nullptr && computed->rule == ProductRule::Truncated) {
        m_rule = m_mantissaBits == kWideBits ? SignificandRule::TruncatedWide
                                             : SignificandRule::Truncated;
    } else if (computed != nullptr && m_mantissaBits == kWideBits) {
        m_rule = SignificandRule::Biased;
        // Two mantissas of 0 show what is added where there is no carry.
        m_correction = static_cast<std::int32_t>(
            numerics::mantissaProduct(computed->rule, kWideBits, 0, 0).mantissa);
    } else if (computed != nullptr &&
               numerics::mantissaProduct(computed->rule, m_mantissaBits, 1, 1).mantissa ==
                   numerics::mantissaProduct(ProductRule::Mitchell, m_mantissaBits, 1, 1)
                       .mantissa) {
        m_rule = SignificandRule::Mitchell;  // too narrow for a correction
        m_setsLowestBit = true;
    }
    if (m_rule == SignificandRule::SmallTable || m_rule == SignificandRule::ByteTable) {
        fillTables();
    }
}

void ApproximateMultiplication::fillTables() {
    constexpr std::int64_t kLeastEntries = 16;
    const std::int64_t numbers = std::int64_t{1} << m_mantissaBits;
    const auto below = static_cast<unsigned>(kWideBits - m_mantissaBits);
    m_rowEntries = std::max(numbers, kLeastEntries);
    m_products.assign(static_cast<std::size_t>(numbers * m_rowEntries), 1.0F);
    m_bytes.assign(static_cast<std::size_t>(numbers * kRowBytes), 0);
    for (std::int64_t i = 0; i < numbers; ++i) {
        for (std::int64_t j = 0; j < numbers; ++j) {
            const auto entry = numerics::mantissaProduct(
                *m_multiplier.table, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
            const std::uint32_t carry = entry.carry ? 1U << 23U : 0U;
            const std::uint32_t bits = carry | (entry.mantissa << below);
            m_products[static_cast<std::size_t>(i * m_rowEntries + j)] =
                std::bit_cast<float>(kOneBits + bits);
            m_bytes[static_cast<std::size_t>(i * kRowBytes + j)] =
                static_cast<std::uint8_t>(bits >> 16U);
        }
    }
}

void multiplyApproximatelyRef(const ApproximateMultiplication& multiplication,
                              const ApproximateProduct& product) {
    for (std::int64_t row = 0; row < product.rows; ++row) {
        for (std::int64_t column = 0; column < product.columns; ++column) {
            float& c = product.c[row * product.cRow + column];
            float sum = product.accumulate ? c : 0.0F;
            for (std::int64_t k = 0; k < product.depth; ++k) {
                sum +=
                    multiplication.product(product.a[product.aRows.at(row) + k * product.aStep],
                                           product.b[product.bRows.at(k) + column * product.bStep]);
            }
            c = sum;
        }
    }
}

}  // namespace mantissa::nn
