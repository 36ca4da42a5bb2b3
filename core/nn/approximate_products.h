// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products under an emulated multiplier: each product as numerics::multiply() says, added in
// binary32. Internal to nn.
#pragma once

#include <cstdint>
#include <vector>

#include "core/numerics/multiply.h"
#include "core/thread_team.h"

namespace mantissa::nn {

/// How vectors find the product of two significands 1.i and 1.j.
enum class SignificandRule {
    Mitchell,       ///< mantissas are added, the carry goes to the exponent
    Truncated,      ///< multiplied and cut; up to 7 bits, so that binary32 holds the whole product
    TruncatedWide,  ///< the same of 23 bits
    Biased,         ///< Mitchell's and a correction that depends on the sum of the mantissas
    SmallTable,     ///< looked up in up to 32 numbers of a row for i
    ByteTable       ///< looked up in up to 128 bytes of a row for i
};

/// A multiplier with what its kernel needs.
class ApproximateMultiplication {
public:
    /// `multiplier` is not the exact one.
    explicit ApproximateMultiplication(numerics::LoadedMultiplier multiplier);

    float product(float a, float b) const { return numerics::multiply(a, b, m_multiplier); }
    const numerics::Multiplier& kind() const { return m_multiplier.kind; }

    SignificandRule rule() const { return m_rule; }
    int mantissaBits() const { return m_mantissaBits; }
    bool setsLowestBit() const { return m_setsLowestBit; }  ///< of both mantissas, first
    /// Biased: what is added to a sum of mantissas without carry, as a binary32 mantissa.
    std::int32_t correction() const { return m_correction; }
    /// The row for i, of 2^m entries and at least 16: products in [1, 4) as binary32.
    const float* row(std::int64_t i) const { return m_products.data() + i * m_rowEntries; }
    std::int64_t rowEntries() const { return m_rowEntries; }
    /// ByteTable: 128 entries for each i, as MultiplierTable has them with 7 mantissa bits.
    const std::uint8_t* bytes(std::int64_t i) const { return m_bytes.data() + i * kRowBytes; }
    static constexpr std::int64_t kRowBytes = 128;

private:
    void fillTables();

    numerics::LoadedMultiplier m_multiplier;
    SignificandRule m_rule = SignificandRule::Mitchell;
    int m_mantissaBits = 0;
    bool m_setsLowestBit = false;
    std::int32_t m_correction = 0;
    std::int64_t m_rowEntries = 0;
    std::vector<float> m_products;
    std::vector<std::uint8_t> m_bytes;
};

/// Where lines of a matrix begin: a fixed distance apart, or as a table says.
struct LinePlaces {
    std::int64_t stride = 0;
    const std::int64_t* table = nullptr;
    std::int64_t at(std::int64_t line) const {
        return table != nullptr ? table[line] : line * stride;
    }
};

/// C (rows x columns, `cRow` apart) = or += A B, each element one chain in the order of k:
/// sum = sum + product(a, b). Element (row, k) of A stands at a[aRows.at(row) + k * aStep], (k,
/// column) of B at b[bRows.at(k) + column * bStep].
struct ApproximateProduct {
    std::int64_t rows = 0, columns = 0, depth = 0;
    const float* a = nullptr;
    LinePlaces aRows = {};
    std::int64_t aStep = 1;
    const float* b = nullptr;
    LinePlaces bRows = {};
    std::int64_t bStep = 1;
    float* c = nullptr;
    std::int64_t cRow = 0;
    bool accumulate = false;
};

/// Scratch memory of a call, in floats.
std::int64_t approximateScratchFloats();
/// The same bytes on every instruction set; returns early once the team is stopped.
void multiplyApproximately(const ApproximateMultiplication& multiplication,
                           const ApproximateProduct& product, float* scratch,
                           const ThreadTeam& team);
/// Its norm: three loops.
void multiplyApproximatelyRef(const ApproximateMultiplication& multiplication,
                              const ApproximateProduct& product);

}  // namespace mantissa::nn
