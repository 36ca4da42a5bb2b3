// SPDX-License-Identifier: GPL-3.0-or-later
// Element by element over an array: whole vectors, then what is left, compiled once for each
// instruction set.
#include <cstdint>

#include <hwy/highway.h>

#if defined(MANTISSA_NN_VECTOR_RUNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_VECTOR_RUNS_INL_H_
#undef MANTISSA_NN_VECTOR_RUNS_INL_H_
#else
#define MANTISSA_NN_VECTOR_RUNS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
using One = hn::CappedTag<float, 1>;

/// Calls body(tag, i) for whole vectors, then for single elements.
template <typename Body>
HWY_INLINE void forEach(std::int64_t count, const Body& body) {
    constexpr auto kStep = static_cast<std::int64_t>(hn::MaxLanes(Tag()));
    std::int64_t i = 0;
    for (; i + kStep <= count; i += kStep) {
        body(Tag(), i);
    }
    for (; i < count; ++i) {
        body(One(), i);
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_VECTOR_RUNS_INL_H_
