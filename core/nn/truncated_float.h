// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic of one channel in which every result is truncated to a small floating-point type, for
// LightNorm. The functions are vectorised; the same bytes on every instruction set, and as
// truncated_float_ref.cpp says them one number at a time.
#pragma once

#include <cstdint>

#include "core/nn/layer_params.h"

namespace mantissa::nn {

/// A floating-point type without subnormals, rounded to toward zero. Too large magnitudes saturate,
/// too small ones become zero; Inf and NaN stay.
struct TruncatedFloat {
    std::uint32_t mask = ~std::uint32_t{0};  ///< of the bits that stay
    float smallest = 0;                      ///< normal; 0: binary32, nothing is done
    float largest = 0;
    /// LightNorm's simulator: instead, the binary32 exponent field of an out-of-range number is
    /// ANDed with that of the bound it exceeds.
    bool andsExponents = false;

    bool isBinary32() const { return smallest == 0; }
    bool operator==(const TruncatedFloat&) const = default;
};

/// `exponentBits` 2 .. 8 with the usual bias, the top exponent reserved; `fractionBits` 1 .. 23.
TruncatedFloat truncatedFloat(int exponentBits, int fractionBits, bool andsExponents);

/// y = x truncated; y may be x.
void truncate(const TruncatedFloat& type, const float* x, float* y, std::int64_t count);
inline float truncated(const TruncatedFloat& type, float x) {
    truncate(type, &x, &x, 1);
    return x;
}

/// The sum of x: 16 chains, chain l over the elements that leave remainder l, added as (l, l + 8),
/// (l, l + 4), (l, l + 2), (0, 1); each addition is truncated.
float truncatedSum(const TruncatedFloat& type, const float* x, std::int64_t count);
/// The same of g x^, with x^ = (x - mean) inverse truncated to `element` and each product to
/// `type`.
float truncatedProducts(const TruncatedFloat& type, const TruncatedFloat& element, const float* g,
                        const float* x, float mean, float inverse, std::int64_t count);
/// y = gamma x^ + beta; x^ and y are truncated.
void truncatedNormalise(const TruncatedFloat& element, const float* x, float mean, float inverse,
                        float gamma, float beta, float* y, std::int64_t count);
/// dx = (gamma g - centre) inverse; gamma g and dx are truncated. dx may be g.
void truncatedGradient(const TruncatedFloat& element, const float* g, float gamma, float centre,
                       float inverse, float* dx, std::int64_t count);

// The norm of the functions above.
float truncatedRef(const TruncatedFloat& type, float x);
float truncatedSumRef(const TruncatedFloat& type, const float* x, std::int64_t count);
float truncatedProductsRef(const TruncatedFloat& type, const TruncatedFloat& element,
                           const float* g, const float* x, float mean, float inverse,
                           std::int64_t count);

}  // namespace mantissa::nn
