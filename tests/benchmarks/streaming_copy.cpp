// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for each instruction set (Highway's foreach_target); the first caller picks.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/benchmarks/streaming_copy.cpp"
#include "tests/benchmarks/streaming_copy.h"

#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mantissa::HWY_NAMESPACE {

void copyPast(const float* in, float* out, std::size_t count) {
    namespace hn = hwy::HWY_NAMESPACE;
    constexpr hn::CappedTag<float, 16> kTag;
    for (std::size_t i = 0; i < count; i += hn::Lanes(kTag)) {
        hn::Stream(hn::LoadU(kTag, in + i), kTag, out + i);
    }
    hwy::FlushStream();
}

}  // namespace mantissa::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa {

HWY_EXPORT(copyPast);

void copyStreaming(const float* in, float* out, std::size_t count) {
    HWY_DYNAMIC_DISPATCH(copyPast)(in, out, count);
}

}  // namespace mantissa
#endif
