// SPDX-License-Identifier: GPL-3.0-or-later
// quantise() against copying the same data, in one run: in cache and in main memory, contiguous
// and strided blocks, with and without error statistics. `of_copy` is the speed over that of the
// faster of two copies, with plain and with streaming stores, on as many threads; `of_plain` that
// with statistics over that without. They take turns, and ratios are medians over the rounds, in
// processor time: what a round shares (other programs, how much of the tensors a last-level cache
// of hundreds of megabytes happens to hold) touches both sides. The last benchmarks are of plain
// loops to compare with.
#include <algorithm>
#include <array>
#include <ctime>
#include <functional>
#include <random>

#include <benchmark/benchmark.h>

#include "core/numerics/quantise.h"
#include "tests/benchmarks/loop_quantisers.h"
#include "tests/benchmarks/streaming_copy.h"

namespace mantissa::numerics {
namespace {

/// A multiple of a cache line and of every vector.
constexpr std::int64_t kCopied = 32768;

constexpr std::int64_t kBeyondCaches = std::int64_t{1} << 20U;

/// 64-byte aligned and touched, as a network's tensors are.
class Buffer {
public:
    explicit Buffer(std::int64_t count)
        : m_memory(static_cast<std::size_t>(count) + kLine),
          m_values(m_memory.data() + (kLine - misaligned()) % kLine,
                   static_cast<std::size_t>(count)) {}
    std::span<float> values() { return m_values; }

private:
    static constexpr std::size_t kLine = 16;
    std::size_t misaligned() const {
        return reinterpret_cast<std::uintptr_t>(m_memory.data()) / sizeof(float) % kLine;
    }
    std::vector<float> m_memory;
    std::span<float> m_values;
};

std::span<const float> input(std::int64_t count) {
    static Buffer buffer = [] {
        Buffer made(std::int64_t{16} << 20U);
        std::minstd_rand random(1);
        for (auto& x : made.values()) {
            x = static_cast<float>(random()) * 0x1p-30F - 1.0F;
        }
        return made;
    }();
    return buffer.values().first(static_cast<std::size_t>(count));
}

/// Of the whole process, a thread.
double processorSeconds(int threads) {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec)) / threads;
}

/// Processor time of the calls of each kind, round by round, in seconds.
struct Rounds {
    std::vector<double> copy, call, measured;
};

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The median over the rounds of above / below.
double medianRatio(const std::vector<double>& above, const std::vector<double>& below) {
    std::vector<double> ratios(above.size());
    std::transform(above.begin(), above.end(), below.begin(), ratios.begin(), std::divides<>());
    return median(ratios);
}

double secondsOf(int threads, const std::function<void()>& call) {
    const double start = processorSeconds(threads);
    call();
    benchmark::ClobberMemory();
    return processorSeconds(threads) - start;
}

void copyAll(ThreadTeam& team, std::span<const float> in, std::span<float> out, bool streaming) {
    const auto count = static_cast<std::int64_t>(in.size());
    team.run(count / kCopied, [&](std::int64_t task, int) {
        const float* const from = in.data() + task * kCopied;
        float* const to = out.data() + task * kCopied;
        if (streaming) {
            copyStreaming(from, to, kCopied);
        } else {
            std::copy_n(from, kCopied, to);
        }
    });
}

struct Case {
    const char* name;
    const char* format;
    Rounding rounding = Rounding::NearestEven;
    const Shape* shape = nullptr;
    int axis = 1;
    bool slow = false;  ///< some calls suffice
};

void run(benchmark::State& state, const Case& with, bool statistics) {
    const Shape& shape = *with.shape;
    const std::int64_t count = elementCount(shape);
    const TensorFormat format{parseFormat(with.format).value(), with.rounding};
    const int threads = static_cast<int>(state.range(0));
    ThreadTeam team(threads);
    const auto in = input(count);
    Buffer memory(count);
    const auto out = memory.values();
    const RandomKey key{1, 2, 3};
    Rounds rounds;
    for (auto _ : state) {
        double copy = secondsOf(threads, [&] { copyAll(team, in, out, false); });
        if (count >= kBeyondCaches) {  // it would push a smaller `out` out of them
            copy = std::min(copy, secondsOf(threads, [&] { copyAll(team, in, out, true); }));
        }
        double seconds =
            secondsOf(threads, [&] { quantise(in, out, shape, with.axis, format, key, team); });
        rounds.copy.push_back(copy);
        rounds.call.push_back(seconds);
        if (statistics) {
            seconds = secondsOf(threads, [&] {
                benchmark::DoNotOptimize(
                    quantiseWithStatistics(in, out, shape, with.axis, format, key, team));
            });
            rounds.measured.push_back(seconds);
        }
        state.SetIterationTime(seconds);
    }
    const auto& times = statistics ? rounds.measured : rounds.call;
    state.SetItemsProcessed(state.iterations() * count);
    state.counters["Gelem/s"] = static_cast<double>(count) / median(times) * 1e-9;
    state.counters["of_copy"] = medianRatio(rounds.copy, times);
    if (statistics) {
        state.counters["of_plain"] = medianRatio(rounds.call, rounds.measured);
    }
    state.SetLabel(std::string(activePath()));
}

/// As many calls as find a quiet moment, whatever the machine does beside.
benchmark::internal::Benchmark* addBenchmark(const std::string& name, std::int64_t calls,
                                             const std::function<void(benchmark::State&)>& call) {
    return benchmark::RegisterBenchmark(name.c_str(), call)
        ->Iterations(calls)
        ->ArgName("threads")
        ->Arg(1)
        ->UseManualTime();
}

void addCases(const std::string& size, const Shape& rows, const Shape& images) {
    using enum Rounding;
    const Case cases[] = {
        {.name = "bfp8 b16 nearest", .format = "bfp<8,block=16>", .shape = &rows},
        {.name = "bfp8 b32 nearest", .format = "bfp<8,block=32>", .shape = &rows},
        {.name = "bfp8 b16 stochastic",
         .format = "bfp<8,block=16>",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "bfp8 b32 stochastic",
         .format = "bfp<8,block=32>",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "bfp8 b16 nearest, channels", .format = "bfp<8,block=16>", .shape = &images},
        {.name = "bfp8 b16 stochastic, channels",
         .format = "bfp<8,block=16>",
         .rounding = Stochastic,
         .shape = &images},
        {.name = "bfp8 b16 nearest, batch",
         .format = "bfp<8,block=16>",
         .shape = &images,
         .axis = 0},
        {.name = "hbfp8 tiles nearest", .format = "hbfp8", .shape = &rows},
        {.name = "bfp8 box 1x24x3x3 nearest", .format = "bfp<8,block=1x24x3x3>", .shape = &images},
        {.name = "bfp8 tensor nearest", .format = "bfp<8,block=tensor>", .shape = &rows},
        {.name = "mx int8 b32 nearest", .format = "mx<int8,block=32>", .shape = &rows},
        {.name = "mx e4m3 b32 nearest", .format = "mx<e4m3,block=32>", .shape = &rows},
        {.name = "mx e4m3 b32 stochastic",
         .format = "mx<e4m3,block=32>",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "mx e2m1 b32 rceil nearest",
         .format = "mx<e2m1,block=32,rule=rceil>",
         .shape = &rows},
        {.name = "mx e4m3 b32 nearest, channels", .format = "mx<e4m3,block=32>", .shape = &images},
        {.name = "smx9 nearest", .format = "smx<7>", .shape = &rows},
        {.name = "smx9 nearest, channels", .format = "smx<7>", .shape = &images},
        {.name = "fp8_e4m3 nearest", .format = "fp8_e4m3", .shape = &rows},
        {.name = "fp8_e4m3 stochastic",
         .format = "fp8_e4m3",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "bf16 nearest", .format = "bf16", .shape = &rows},
        {.name = "fixed 4,12 nearest", .format = "fixed<4,12>", .shape = &rows},
        {.name = "fixed 4,12 stochastic",
         .format = "fixed<4,12>",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "pow2 nearest", .format = "pow2<4,block=16>", .shape = &rows},
        {.name = "bfp6 b16 exempt nearest",
         .format = "bfp<6,block=16,rule=exempt>",
         .shape = &rows,
         .slow = true},
        {.name = "affine8 nearest", .format = "affine<8>", .shape = &rows},
        {.name = "affine8 stochastic",
         .format = "affine<8>",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "affine8 nearest, slices of channels",
         .format = "affine<8,block=slice>",
         .shape = &images},
        {.name = "bounded 0.001 nearest", .format = "bounded<0.001>", .shape = &rows},
        {.name = "bounded 0.001 stochastic",
         .format = "bounded<0.001>",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "binary nearest", .format = "binary", .shape = &rows},
        {.name = "binary mean nearest", .format = "binary<scale=mean>", .shape = &rows},
        {.name = "binary mean stochastic",
         .format = "binary<scale=mean>",
         .rounding = Stochastic,
         .shape = &rows},
        {.name = "ternary nearest", .format = "ternary", .shape = &rows},
        {.name = "ternary stochastic", .format = "ternary", .rounding = Stochastic, .shape = &rows},
        {.name = "ternary nearest, slices of rows",
         .format = "ternary<block=slice>",
         .shape = &rows,
         .axis = 0},
        {.name = "codebook4 nearest", .format = "codebook<4>", .shape = &rows, .slow = true},
        {.name = "codebook4 stochastic",
         .format = "codebook<4>",
         .rounding = Stochastic,
         .shape = &rows,
         .slow = true}};
    const std::int64_t count = elementCount(rows);
    const std::int64_t usual = std::clamp<std::int64_t>((std::int64_t{1} << 28U) / count, 1, 400);
    for (const auto& one : cases) {
        for (const bool statistics : {false, true}) {
            addBenchmark(
                size + "/" + one.name + (statistics ? ", statistics" : ""), one.slow ? 3 : usual,
                [one, statistics](benchmark::State& state) { run(state, one, statistics); })
                ->Arg(2);
        }
    }
}

/// Plain loops on one thread, at 16 Mi elements.
void addLoops() {
    constexpr std::int64_t kCount = std::int64_t{16} << 20U;
    for (const bool stochastic : {false, true}) {
        const auto loop = [=](const std::string& name, const auto& quantiseAll) {
            addBenchmark(
                "16 Mi/loop: " + name + (stochastic ? " stochastic" : " nearest"), 3,
                [=](benchmark::State& state) {
                    const auto in = input(kCount);
                    Buffer memory(kCount);
                    std::vector<double> times;
                    for (auto _ : state) {
                        times.push_back(secondsOf(1, [&] { quantiseAll(in, memory.values()); }));
                        state.SetIterationTime(times.back());
                    }
                    state.counters["Gelem/s"] = static_cast<double>(kCount) / median(times) * 1e-9;
                });
        };
        loop("bfp8 b32", [=](std::span<const float> in, std::span<float> out) {
            loopBlockFloat(in, out, 8, 32, stochastic);
        });
        loop("fp8 e4m3", [=](std::span<const float> in, std::span<float> out) {
            loopMinifloat(in, out, 4, 3, stochastic);
        });
    }
}

const bool kRegistered = [] {
    static const std::array<Shape, 2> kSmall{Shape{64, 1024}, Shape{16, 16, 16, 16}};
    static const std::array<Shape, 2> kLarge{Shape{16384, 1024}, Shape{128, 128, 32, 32}};
    addCases("64 Ki", kSmall[0], kSmall[1]);
    addCases("16 Mi", kLarge[0], kLarge[1]);
    addLoops();
    return true;
}();

}  // namespace
}  // namespace mantissa::numerics
