// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/multiply.h"

#include <bit>
#include <cmath>
#include <limits>

namespace mantissa::numerics {
namespace {

constexpr std::uint32_t kMantissaMask = 0x007FFFFF;
constexpr std::uint32_t kSignMask = 0x80000000;
constexpr std::uint32_t kFieldMask = 0xFF;
constexpr std::uint32_t kBias = 127;
constexpr std::uint32_t kTopField = 254;
constexpr std::uint32_t kInfinity = 0x7F800000;

struct Fields {
    std::uint32_t exponent;
    std::uint32_t mantissa;
};

Fields fieldsOf(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return {(bits >> 23U) & kFieldMask, bits & kMantissaMask};
}

/// Carry and the 23-bit mantissa of the product.
MantissaProduct product(std::uint32_t i, std::uint32_t j, const LoadedMultiplier& multiplier) {
    if (!multiplier.table) {
        const auto& computed = std::get<ApproximateMultiplier>(multiplier.kind);
        return mantissaProduct(computed.rule, kBinary32MantissaBits, i, j);
    }
    const auto dropped =
        static_cast<unsigned>(kBinary32MantissaBits - multiplier.table->mantissaBits);
    const auto entry = mantissaProduct(*multiplier.table, i >> dropped, j >> dropped);
    return {entry.mantissa << dropped, entry.carry};
}

}  // namespace

Result<LoadedMultiplier> loadMultiplier(const Multiplier& multiplier) {
    if (const auto legal = validate(multiplier); !legal) {
        return tl::unexpected(legal.error());
    }
    if (const auto* file = std::get_if<TableMultiplier>(&multiplier)) {
        return readTable(file->file).map([&](MultiplierTable table) {
            return LoadedMultiplier{multiplier, std::move(table)};
        });
    }
    const auto* computed = std::get_if<ApproximateMultiplier>(&multiplier);
    if (computed == nullptr || computed->mantissaBits > kMostTableBits) {
        return LoadedMultiplier{multiplier, {}};
    }
    return LoadedMultiplier{multiplier, multiplierTable(computed->rule, computed->mantissaBits)};
}

float multiply(float a, float b, const LoadedMultiplier& multiplier) {
    if (std::holds_alternative<ExactMultiplier>(multiplier.kind)) {
        return a * b;
    }
    const auto x = fieldsOf(a);
    const auto y = fieldsOf(b);
    const std::uint32_t sign =
        (std::bit_cast<std::uint32_t>(a) ^ std::bit_cast<std::uint32_t>(b)) & kSignMask;
    const bool zero = x.exponent == 0 || y.exponent == 0;
    if (!std::isfinite(a) || !std::isfinite(b)) {
        return std::isnan(a) || std::isnan(b) || zero ? std::numeric_limits<float>::quiet_NaN()
                                                      : std::bit_cast<float>(sign | kInfinity);
    }
    const std::uint32_t sum = x.exponent + y.exponent;
    if (zero || sum <= kBias) {
        return std::bit_cast<float>(sign);
    }
    const auto mantissas = product(x.mantissa, y.mantissa, multiplier);
    const std::uint32_t field = sum - kBias + (mantissas.carry ? 1 : 0);
    if (field > kTopField) {
        return std::bit_cast<float>(sign | kInfinity);
    }
    return std::bit_cast<float>(sign | (field << 23U) | mantissas.mantissa);
}

}  // namespace mantissa::numerics
