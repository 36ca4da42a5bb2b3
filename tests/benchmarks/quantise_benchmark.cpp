// SPDX-License-Identifier: GPL-3.0-or-later
// quantise() against memcpy, in one run: in cache and in main memory, contiguous and strided
// blocks.
#include <cstring>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/numerics/quantise.h"

namespace mantissa::numerics {
namespace {

const std::vector<float>& input() {
    static const std::vector<float> values = [] {
        std::vector<float> v(std::size_t{16} << 20U);
        std::minstd_rand random(1);
        for (auto& x : v) {
            x = static_cast<float>(random()) * 0x1p-30F - 1.0F;
        }
        return v;
    }();
    return values;
}

void report(benchmark::State& state, std::int64_t count) {
    state.SetItemsProcessed(state.iterations() * count);
    state.SetBytesProcessed(state.iterations() * count * 2 * std::int64_t{sizeof(float)});
}

void copy(benchmark::State& state) {
    const std::int64_t count = state.range(0);
    const auto& in = input();
    std::vector<float> out(static_cast<std::size_t>(count));
    for (auto _ : state) {
        std::memcpy(out.data(), in.data(), out.size() * sizeof(float));
        benchmark::ClobberMemory();
    }
    report(state, count);
}

void run(benchmark::State& state, const char* format, Rounding rounding, const Shape& shape,
         int axis) {
    const std::int64_t count = elementCount(shape);
    const TensorFormat tensorFormat{parseFormat(format).value(), rounding};
    ThreadTeam team(static_cast<int>(state.range(0)));
    const std::span<const float> in(input().data(), static_cast<std::size_t>(count));
    std::vector<float> out(in.size());
    for (auto _ : state) {
        quantise(in, out, shape, axis, tensorFormat, {1, 2, 3}, team);
        benchmark::ClobberMemory();
    }
    report(state, count);
    state.SetLabel(std::string(activePath()));
}

void addCases(const std::string& size, const Shape& rows, const Shape& images) {
    using enum Rounding;
    const auto add = [&](const std::string& name, const char* format, Rounding rounding,
                         const Shape& shape, int axis) {
        benchmark::RegisterBenchmark(
            (size + "/" + name).c_str(),
            [=](benchmark::State& state) { run(state, format, rounding, shape, axis); })
            ->ArgName("threads")
            ->Arg(1)
            ->Arg(2)
            ->UseRealTime();
    };
    add("bfp8 b16 nearest, last axis", "bfp<8,block=16>", NearestEven, rows, 1);
    add("bfp8 b16 stochastic, last axis", "bfp<8,block=16>", Stochastic, rows, 1);
    add("bfp8 b16 nearest, channels", "bfp<8,block=16>", NearestEven, images, 1);
    add("bfp8 b16 stochastic, channels", "bfp<8,block=16>", Stochastic, images, 1);
    add("bfp8 b16 nearest, batch", "bfp<8,block=16>", NearestEven, images, 0);
    add("hbfp8 nearest", "hbfp8", NearestEven, rows, 1);
    add("bfp8 tensor nearest", "bfp<8,block=tensor>", NearestEven, rows, 1);
    add("fp8_e4m3 nearest", "fp8_e4m3", NearestEven, rows, 1);
    add("fp8_e4m3 stochastic", "fp8_e4m3", Stochastic, rows, 1);
    add("bf16 nearest", "bf16", NearestEven, rows, 1);
}

const bool kRegistered = [] {
    benchmark::RegisterBenchmark("memcpy", copy)
        ->ArgName("floats")
        ->Arg(64 << 10)
        ->Arg(16 << 20)
        ->UseRealTime();
    addCases("64 Ki", {64, 1024}, {16, 16, 16, 16});
    addCases("16 Mi", {16384, 1024}, {128, 128, 32, 32});
    return true;
}();

}  // namespace
}  // namespace mantissa::numerics
