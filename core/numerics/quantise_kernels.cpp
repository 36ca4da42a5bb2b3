// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for each instruction set (Highway's foreach_target); the first caller picks.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/numerics/quantise_kernels.cpp"
// 128-bit x86 is left to the scalar norm.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#include "core/numerics/quantise_kernels.h"

#include <array>
#include <vector>

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/numerics/panel_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

template <Rounding R>
struct Given {
    static void run(const KernelFormat& format, std::int32_t field, const Panel& panel) {
        const auto grid = hn::BitCast(kF, hn::Set(kI, field * kOneField));
        quantiseWith<R>(format, panel, GivenGrid(format, grid));
    }
};

template <Rounding R>
struct Blocks {
    static void run(const KernelFormat& format, const Panel& panel) {
        if (format.exempts) {
            return exempting(format, panel);
        }
        if (inChunks(panel)) {
            return quantiseWith<R>(format, panel, GridsInChunks(format, panel.blockColumns));
        }
        if (panel.columns > kPanelElements) {  // one block
            auto largest = hn::Zero(kI);
            for (std::int64_t row = 0; row < panel.rows; ++row) {
                largest =
                    hn::Max(largest, largestOfRow(panel.in + row * panel.inStride, panel.columns));
            }
            const auto bits = hn::GetLane(largestInGroups<kLanes>(largest));
            const auto field = gridField(format, static_cast<std::uint32_t>(bits));
            return field ? Given<R>::run(format, *field, panel)
                         : quantisePanelByNorm(format, panel);
        }
        GridsOfColumns grids(format, panel);
        if (!grids.find()) {
            return quantisePanelByNorm(format, panel.unfolded());
        }
        quantiseWith<R>(format, panel, grids);
    }

    static void exempting(const KernelFormat& format, const Panel& panel) {
        if (inChunks(panel)) {
            return quantiseWith<R>(format, panel, ExemptInChunks(format, panel.blockColumns));
        }
        if (panel.columns > kPanelElements) {  // one block
            return quantisePanelByNorm(format, panel);
        }
        ExemptOfColumns grids(format, panel);
        if (!grids.find()) {
            return quantisePanelByNorm(format, panel);
        }
        quantiseWith<R>(format, panel, grids);
    }
};

template <template <Rounding> typename Kernel, typename... Arguments>
void withRounding(Rounding rounding, const Arguments&... arguments) {
    switch (rounding) {
        case Rounding::NearestEven:
            return Kernel<Rounding::NearestEven>::run(arguments...);
        case Rounding::NearestAway:
            return Kernel<Rounding::NearestAway>::run(arguments...);
        case Rounding::NearestUp:
            return Kernel<Rounding::NearestUp>::run(arguments...);
        case Rounding::NearestDown:
            return Kernel<Rounding::NearestDown>::run(arguments...);
        case Rounding::TowardZero:
            return Kernel<Rounding::TowardZero>::run(arguments...);
        case Rounding::Floor:
            return Kernel<Rounding::Floor>::run(arguments...);
        case Rounding::Stochastic:
            return Kernel<Rounding::Stochastic>::run(arguments...);
    }
}

void blocks(const KernelFormat& format, const Panel& panel) {
    withRounding<Blocks>(format.rounding, format, panel);
}

void given(const KernelFormat& format, std::int32_t gridField, const Panel& panel) {
    withRounding<Given>(format.rounding, format, gridField, panel);
}

std::uint32_t largestBits(const float* in, std::int64_t count) {
    return static_cast<std::uint32_t>(
        hn::GetLane(largestInGroups<kLanes>(largestOfRow(in, count))));
}

void randomWords(const RandomKey& key, std::int64_t firstGroup, std::int64_t groups,
                 std::uint32_t* words) {
    const PhiloxKeys keys(key);
    DrawnWords one;
    DrawnWords other;
    for (std::int64_t group = 0; group < groups; group += 2) {
        keys.draw(firstGroup + group, firstGroup + group + 1, one, other);
        storeWords(one.spread(), words + group * kChunk);
        if (group + 1 < groups) {
            storeWords(other.spread(), words + (group + 1) * kChunk);
        }
    }
}

void copyPast(const float* from, std::int64_t count, float* to) {
    for (std::int64_t i = 0; i < count; i += kLanes) {
        hn::Stream(hn::LoadU(kF, from + i), kF, to + i);
    }
}

const QuantiseKernels* kernels() {
    static constexpr QuantiseKernels table{
        HWY_TARGET == HWY_AVX2 ? "AVX2" : (HWY_TARGET == HWY_AVX3 ? "AVX3" : "vector"),
        blocks,
        given,
        largestBits,
        randomWords,
        copyPast};
    return &table;
}

#else

const QuantiseKernels* kernels() {
    return nullptr;
}

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::numerics {

HWY_EXPORT(kernels);

const QuantiseKernels* fastKernels() {
    return HWY_DYNAMIC_DISPATCH(kernels)();
}

namespace {

struct Paths {
    std::vector<std::int64_t> targets;
    std::vector<std::string_view> names;
};

/// Asked once, before any test narrows the choice: each supported target, best (lowest bit) first.
const Paths& paths() {
    static const Paths found = [] {
        Paths result;
        const std::int64_t supported = hwy::SupportedTargets() & HWY_TARGETS;
        for (int bit = 0; bit < 62; ++bit) {
            const std::int64_t target = std::int64_t{1} << bit;
            if ((supported & target) == 0) {
                continue;
            }
            hwy::SetSupportedTargetsForTest(target);
            if (const auto* table = fastKernels()) {
                result.targets.push_back(target);
                result.names.push_back(table->name);
            }
        }
        hwy::SetSupportedTargetsForTest(0);
        return result;
    }();
    return found;
}

}  // namespace

std::span<const std::string_view> vectorPaths() {
    return paths().names;
}

void useVectorPath(std::string_view name) {
    const auto& [targets, names] = paths();
    hwy::SetSupportedTargetsForTest(0);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            hwy::SetSupportedTargetsForTest(targets[i]);
        }
    }
}

}  // namespace mantissa::numerics
#endif
