// SPDX-License-Identifier: GPL-3.0-or-later
// The register tile of products under an emulated multiplier: compiled once for each instruction
// set.
//
// A number is a significand in [1, 2), kept as a code, times a scale: its sign and power of two, or
// zero. A product is that of the significands, in [1, 4), times both scales; where exponents are
// moderate both multiplications are exact, and the second is fused with the addition. Truncated
// products do not heed scales that are powers of two: there codes are the numbers themselves.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <hwy/highway.h>

#include "core/nn/approximate_products.h"
#include "core/nn/tile_kernel-inl.h"

#if defined(MANTISSA_NN_APPROXIMATE_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_APPROXIMATE_TILE_INL_H_
#undef MANTISSA_NN_APPROXIMATE_TILE_INL_H_
#else
#define MANTISSA_NN_APPROXIMATE_TILE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

#if MANTISSA_VECTOR_FMA

using BitsTag = hn::RebindToSigned<FloatTag>;
using VBits = hn::Vec<BitsTag>;
using VNumber = hn::Vec<FloatTag>;

constexpr std::int64_t kSomeRows = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
constexpr std::int64_t kSomeVectors = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
constexpr std::int64_t kSomeColumns = kSomeVectors * kLanes;
constexpr std::int64_t kPanelRows = 16;
constexpr std::int64_t kPanelDepth = 64;  ///< so that a panel of columns stays in the L1 cache

constexpr std::int32_t kMantissaBits = 0x007FFFFF;
constexpr std::int32_t kExponentField = 0x7F800000;
constexpr std::int32_t kBitsOfOne = 0x3F800000;

/// Whether codes are numbers with their signs and exponents. Without rounding toward zero in an
/// instruction a truncated product of 23 bits needs its sign apart.
constexpr bool codesAreNumbers(SignificandRule rule) {
    return rule == SignificandRule::Truncated ||
           (rule == SignificandRule::TruncatedWide && HWY_TARGET <= HWY_AVX3);
}

/// Rows and columns as codes and scales. Element (row, k) stands at row * rowStep + k * kStep;
/// columns of one k are neighbours.
struct SomeRows {
    const std::int32_t* codes;
    const float* scales;
    std::int64_t rowStep, kStep;
    SomeRows from(std::int64_t row) const {
        return {codes + row * rowStep, scales + row * rowStep, rowStep, kStep};
    }
};
struct SomeColumns {
    const std::int32_t* codes;  ///< [k][kSomeColumns]; of bytes, four columns share an element
    const float* scales;        ///< [k][kSomeColumns]
    std::int64_t depth, columns;
};

/// A row's significand a code `a` in the rule's terms, times those of a vector of columns.
template <SignificandRule Rule>
class Significands {
public:
    explicit HWY_INLINE Significands(const ApproximateMultiplication& m)
        : m_multiplication(m),
          m_correction(hn::Set(BitsTag(), m.correction())),
          m_keep(hn::Set(BitsTag(), -(1 << (23 - m.mantissaBits())))) {}

    HWY_INLINE VNumber operator()(std::int32_t a, VBits b) const {
        const BitsTag i32;
        const FloatTag d;
        if constexpr (Rule == SignificandRule::Mitchell) {
            return hn::BitCast(d, hn::Add(hn::Set(i32, a), b));
        } else if constexpr (Rule == SignificandRule::Truncated) {
            const auto exact = hn::Mul(hn::BitCast(d, hn::Set(i32, a)), hn::BitCast(d, b));
            return hn::BitCast(d, hn::And(hn::BitCast(i32, exact), m_keep));
        } else if constexpr (Rule == SignificandRule::TruncatedWide) {
            const auto x = hn::BitCast(d, hn::Set(i32, a));
            const auto y = hn::BitCast(d, b);
#if HWY_TARGET <= HWY_AVX3
            return VNumber{
                _mm512_mul_round_ps(x.raw, y.raw, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)};
#else
            const auto nearest = hn::Mul(x, y);
            const auto rest = hn::BitCast(i32, hn::MulSub(x, y, nearest));  // exact
            return hn::BitCast(d, hn::Add(hn::BitCast(i32, nearest), hn::ShiftRight<31>(rest)));
#endif
        } else if constexpr (Rule == SignificandRule::Biased) {
            // With s the sum of the mantissas and N = 2^23, the correction is
            // (c + clamp(N - s, 0, c)) / 2, but 0 where s + c / 2 would reach 2 N.
            const auto sum = hn::Add(hn::Set(i32, a), b);
            const auto twice = hn::Add(m_correction, m_correction);
            const auto left =
                hn::Sub(hn::Add(hn::Set(i32, kBitsOfOne + (1 << 23)), m_correction), sum);
            const auto clamped = hn::Max(hn::Min(left, twice), m_correction);
            const auto most = hn::Sub(hn::Add(m_correction, hn::ShiftRight<1>(m_correction)),
                                      hn::Set(i32, 1 << 23));
            return hn::BitCast(d, hn::Add(sum, hn::IfThenElseZero(hn::Gt(left, most),
                                                                  hn::ShiftRight<1>(clamped))));
        } else {
            const float* const row = m_multiplication.row(0) + a;
#if HWY_TARGET <= HWY_AVX3
            if (Rule == SignificandRule::ByteTable) {
                return hn::GatherIndex(d, row, b);
            }
            if (m_multiplication.rowEntries() == 16) {
                return VNumber{_mm512_permutexvar_ps(b.raw, _mm512_loadu_ps(row))};
            }
            return VNumber{
                _mm512_permutex2var_ps(_mm512_loadu_ps(row), b.raw, _mm512_loadu_ps(row + 16))};
#else
            return hn::GatherIndex(d, row, b);
#endif
        }
    }

private:
    const ApproximateMultiplication& m_multiplication;
    VBits m_correction, m_keep;
};

/// C's `Rows` rows, whole vectors and a part of the last.
template <int Rows, int Vectors>
class SomeSums {
public:
    HWY_INLINE SomeSums(float* c, std::int64_t cRow, std::int64_t columns)
        : m_c(c),
          m_row(cRow),
          m_last(
              hn::FirstN(FloatTag(), static_cast<std::size_t>(columns - (Vectors - 1) * kLanes))) {}

    HWY_INLINE void load(VNumber (&sum)[Rows][Vectors], bool accumulate) const {
        const FloatTag d;
        MANTISSA_UNROLL
        for (int r = 0; r < Rows; ++r) {
            MANTISSA_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                sum[r][v] = !accumulate       ? hn::Zero(d)
                            : v + 1 < Vectors ? hn::LoadU(d, at(r, v))
                                              : hn::MaskedLoad(m_last, d, at(r, v));
            }
        }
    }
    HWY_INLINE void store(const VNumber (&sum)[Rows][Vectors]) const {
        const FloatTag d;
        MANTISSA_UNROLL
        for (int r = 0; r < Rows; ++r) {
            MANTISSA_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                if (v + 1 < Vectors) {
                    hn::StoreU(sum[r][v], d, at(r, v));
                } else {
                    hn::BlendedStore(sum[r][v], m_last, d, at(r, v));
                }
            }
        }
    }

private:
    float* at(int r, int v) const { return m_c + r * m_row + v * kLanes; }

    float* m_c;
    std::int64_t m_row;
    hn::Mask<FloatTag> m_last;
};

template <SignificandRule Rule, int Rows, int Vectors>
void multiplySome(const ApproximateMultiplication& multiplication, const SomeRows& a,
                  const SomeColumns& b, float* c, std::int64_t cRow, bool accumulate) {
    const FloatTag d;
    const BitsTag i32;
    const Significands<Rule> significands(multiplication);
    const SomeSums<Rows, Vectors> sums(c, cRow, b.columns);
    VNumber sum[Rows][Vectors];
    sums.load(sum, accumulate);
    for (std::int64_t k = 0; k < b.depth; ++k) {
        VBits code[Vectors];
        MANTISSA_UNROLL
        for (int v = 0; v < Vectors; ++v) {
            code[v] = hn::LoadU(i32, b.codes + k * kSomeColumns + v * kLanes);
        }
        if constexpr (codesAreNumbers(Rule)) {
            MANTISSA_UNROLL
            for (int r = 0; r < Rows; ++r) {
                const std::int32_t number = a.codes[r * a.rowStep + k * a.kStep];
                MANTISSA_UNROLL
                for (int v = 0; v < Vectors; ++v) {
                    sum[r][v] = hn::Add(sum[r][v], significands(number, code[v]));
                }
            }
            continue;
        }
        VNumber scale[Vectors];
        MANTISSA_UNROLL
        for (int v = 0; v < Vectors; ++v) {
            scale[v] = hn::LoadU(d, b.scales + k * kSomeColumns + v * kLanes);
        }
        MANTISSA_UNROLL
        for (int r = 0; r < Rows; ++r) {
            const std::int64_t at = r * a.rowStep + k * a.kStep;
            const auto rowScale = hn::Set(d, a.scales[at]);
            MANTISSA_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                const auto product = hn::Mul(significands(a.codes[at], code[v]), scale[v]);
                sum[r][v] = hn::MulAdd(product, rowScale, sum[r][v]);
            }
        }
    }
    sums.store(sum);
}

#if HWY_TARGET <= HWY_AVX3

/// Biased products: the sum of the mantissas with its carry in the exponent is Mitchell's number,
/// and the correction is one number more, cut, in either binade:
///   (c + clamp(N - s, 0, c)) / 2  =  what c / N adds to 1 + s / N, or to 2 s / N from N on.
/// Only where the result would reach 4 it is left out, which mantissas of rows near the top can.
template <int Rows, int Vectors>
void multiplyBiased(const ApproximateMultiplication& multiplication, const SomeRows& a,
                    const SomeColumns& b, float* c, std::int64_t cRow, bool accumulate) {
    const FloatTag d;
    const BitsTag i32;
    const SomeSums<Rows, Vectors> sums(c, cRow, b.columns);
    constexpr std::int32_t kOne = 1 << 23;
    const std::int32_t correction = multiplication.correction();
    const auto limit = hn::Set(i32, kBitsOfOne + 2 * kOne - (correction >> 1));
    const std::int32_t top = kBitsOfOne + kOne + 1 - (correction >> 1);
    const auto bias = hn::Set(d, static_cast<float>(correction) / static_cast<float>(kOne));
    VNumber sum[Rows][Vectors];
    sums.load(sum, accumulate);
    for (std::int64_t k = 0; k < b.depth; ++k) {
        VBits code[Vectors];
        VNumber scale[Vectors];
        VNumber added[Vectors];
        MANTISSA_UNROLL
        for (int v = 0; v < Vectors; ++v) {
            code[v] = hn::LoadU(i32, b.codes + k * kSomeColumns + v * kLanes);
            scale[v] = hn::LoadU(d, b.scales + k * kSomeColumns + v * kLanes);
            added[v] = hn::Mul(scale[v], bias);
        }
        MANTISSA_UNROLL
        for (int r = 0; r < Rows; ++r) {
            const std::int64_t at = r * a.rowStep + k * a.kStep;
            const auto rowScale = hn::Set(d, a.scales[at]);
            const std::int32_t rowCode = a.codes[at];
            const auto add = [&](int v, VBits number, VNumber more) HWY_ATTR {
                const VNumber product{
                    _mm512_fmadd_round_ps(hn::BitCast(d, number).raw, scale[v].raw, more.raw,
                                          _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)};
                sum[r][v] = hn::MulAdd(product, rowScale, sum[r][v]);
            };
            if (rowCode < top) {
                MANTISSA_UNROLL
                for (int v = 0; v < Vectors; ++v) {
                    add(v, hn::Add(hn::Set(i32, rowCode), code[v]), added[v]);
                }
            } else {
                MANTISSA_UNROLL
                for (int v = 0; v < Vectors; ++v) {
                    const auto number = hn::Add(hn::Set(i32, rowCode), code[v]);
                    const auto corrects = hn::RebindMask(d, hn::Lt(number, limit));
                    add(v, number, hn::IfThenElseZero(corrects, added[v]));
                }
            }
        }
    }
    sums.store(sum);
}

template <std::size_t... Index>
constexpr std::array<void (*)(const ApproximateMultiplication&, const SomeRows&, const SomeColumns&,
                              float*, std::int64_t, bool),
                     sizeof...(Index)>
biasedTable(std::index_sequence<Index...>) {
    return {&multiplyBiased<static_cast<int>(Index) / kSomeVectors + 1,
                            static_cast<int>(Index) % kSomeVectors + 1>...};
}

#endif  // HWY_AVX3

#if HWY_TARGET == HWY_AVX3_DL

/// 64 columns' codes share a register: byte p of lane l is column 16 p + l.
template <int Rows, int Vectors>
void multiplyByBytes(const ApproximateMultiplication& multiplication, const SomeRows& a,
                     const SomeColumns& b, float* c, std::int64_t cRow, bool accumulate) {
    const FloatTag d;
    const BitsTag i32;
    const SomeSums<Rows, Vectors> sums(c, cRow, b.columns);
    // An entry's carry completes the exponent of one half to that of one.
    const auto entryBits = hn::Set(i32, 0x00FF0000);
    const auto half = hn::Set(i32, kBitsOfOne - (1 << 23));
    const auto numbers = [&](VBits entries) HWY_ATTR {
        return hn::BitCast(d, hn::Or(hn::And(entries, entryBits), half));
    };
    VNumber sum[Rows][Vectors];
    sums.load(sum, accumulate);
    for (std::int64_t k = 0; k < b.depth; ++k) {
        const auto codes = hn::LoadU(i32, b.codes + k * kSomeColumns);
        VNumber scale[Vectors];
        MANTISSA_UNROLL
        for (int v = 0; v < Vectors; ++v) {
            scale[v] = hn::LoadU(d, b.scales + k * kSomeColumns + v * kLanes);
        }
        MANTISSA_UNROLL
        for (int r = 0; r < Rows; ++r) {
            const std::int64_t at = r * a.rowStep + k * a.kStep;
            const auto rowScale = hn::Set(d, a.scales[at]);
            const std::uint8_t* const row = multiplication.bytes(0) + a.codes[at];
            const VBits entries{_mm512_permutex2var_epi8(_mm512_loadu_si512(row), codes.raw,
                                                         _mm512_loadu_si512(row + 64))};
            const VBits shifted[4]{hn::ShiftLeft<16>(entries), hn::ShiftLeft<8>(entries), entries,
                                   hn::ShiftRight<8>(entries)};
            MANTISSA_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                const auto product = hn::Mul(numbers(shifted[v]), scale[v]);
                sum[r][v] = hn::MulAdd(product, rowScale, sum[r][v]);
            }
        }
    }
    sums.store(sum);
}

template <std::size_t... Index>
constexpr std::array<void (*)(const ApproximateMultiplication&, const SomeRows&, const SomeColumns&,
                              float*, std::int64_t, bool),
                     sizeof...(Index)>
byteTable(std::index_sequence<Index...>) {
    return {&multiplyByBytes<static_cast<int>(Index) / kSomeVectors + 1,
                             static_cast<int>(Index) % kSomeVectors + 1>...};
}

#endif  // HWY_AVX3_DL

using SomeFunction = void (*)(const ApproximateMultiplication&, const SomeRows&, const SomeColumns&,
                              float*, std::int64_t, bool);

template <SignificandRule Rule, std::size_t... Index>
constexpr std::array<SomeFunction, sizeof...(Index)> someTable(std::index_sequence<Index...>) {
    return {&multiplySome<Rule, static_cast<int>(Index) / kSomeVectors + 1,
                          static_cast<int>(Index) % kSomeVectors + 1>...};
}

HWY_INLINE SomeFunction someFunction(SignificandRule rule, std::int64_t rows,
                                     std::int64_t vectors) {
    using R = SignificandRule;
    constexpr auto kIndices = std::make_index_sequence<kSomeRows * kSomeVectors>();
    static constexpr std::array kTables {
        someTable<R::Mitchell>(kIndices), someTable<R::Truncated>(kIndices),
            someTable<R::TruncatedWide>(kIndices),
#if HWY_TARGET <= HWY_AVX3
            biasedTable(kIndices),
#else
            someTable<R::Biased>(kIndices),
#endif
            someTable<R::SmallTable>(kIndices),
#if HWY_TARGET == HWY_AVX3_DL
            byteTable(kIndices)
#else
            someTable<R::ByteTable>(kIndices)
#endif
    };
    return kTables[static_cast<std::size_t>(rule)]
                  [static_cast<std::size_t>((rows - 1) * kSomeVectors + vectors - 1)];
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_APPROXIMATE_TILE_INL_H_
