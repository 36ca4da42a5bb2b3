// SPDX-License-Identifier: GPL-3.0-or-later
// quantise() against copying the same data, in one run: in cache and in main memory, contiguous
// and strided blocks, with and without error statistics. `of_copy` is the speed over that of the
// faster of two copies, with plain and with streaming stores, on as many threads. The three take
// turns, and the least processor time of each counts: other programs disturb that least.
#include <algorithm>
#include <ctime>
#include <functional>
#include <limits>
#include <random>

#include <benchmark/benchmark.h>

#include "core/numerics/quantise.h"
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

/// Least processor time of the calls of each kind so far, in seconds.
struct Least {
    double plainCopy = std::numeric_limits<double>::infinity();
    double streamingCopy = std::numeric_limits<double>::infinity();
    double call = std::numeric_limits<double>::infinity();
};

double secondsOf(int threads, double& least, const std::function<void()>& call) {
    const double start = processorSeconds(threads);
    call();
    benchmark::ClobberMemory();
    const double seconds = processorSeconds(threads) - start;
    least = std::min(least, seconds);
    return seconds;
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
    Rounding rounding;
    Shape shape;
    int axis;
};

void run(benchmark::State& state, const Case& with, bool statistics) {
    const std::int64_t count = elementCount(with.shape);
    const TensorFormat format{parseFormat(with.format).value(), with.rounding};
    const int threads = static_cast<int>(state.range(0));
    ThreadTeam team(threads);
    const auto in = input(count);
    Buffer memory(count);
    const auto out = memory.values();
    const RandomKey key{1, 2, 3};
    Least least;
    for (auto _ : state) {
        secondsOf(threads, least.plainCopy, [&] { copyAll(team, in, out, false); });
        if (count >= kBeyondCaches) {  // it would push a smaller `out` out of them
            secondsOf(threads, least.streamingCopy, [&] { copyAll(team, in, out, true); });
        }
        state.SetIterationTime(secondsOf(threads, least.call, [&] {
            if (statistics) {
                benchmark::DoNotOptimize(
                    quantiseWithStatistics(in, out, with.shape, with.axis, format, key, team));
            } else {
                quantise(in, out, with.shape, with.axis, format, key, team);
            }
        }));
    }
    state.SetItemsProcessed(state.iterations() * count);
    state.counters["Gelem/s"] = static_cast<double>(count) / least.call * 1e-9;
    state.counters["of_copy"] = std::min(least.plainCopy, least.streamingCopy) / least.call;
    state.SetLabel(std::string(activePath()));
}

/// As many calls as find a quiet moment, whatever the machine does beside.
void addBenchmark(const std::string& name, std::int64_t count,
                  const std::function<void(benchmark::State&)>& call) {
    constexpr std::int64_t kElements = std::int64_t{1} << 28U;
    benchmark::RegisterBenchmark(name.c_str(), call)
        ->Iterations(std::clamp<std::int64_t>(kElements / count, 1, 400))
        ->ArgName("threads")
        ->Arg(1)
        ->Arg(2)
        ->UseManualTime();
}

void addCases(const std::string& size, const Shape& rows, const Shape& images) {
    using enum Rounding;
    const Case cases[] = {
        {"bfp8 b16 nearest, last axis", "bfp<8,block=16>", NearestEven, rows, 1},
        {"bfp8 b32 nearest, last axis", "bfp<8,block=32>", NearestEven, rows, 1},
        {"bfp8 b16 stochastic, last axis", "bfp<8,block=16>", Stochastic, rows, 1},
        {"bfp8 b16 nearest, channels", "bfp<8,block=16>", NearestEven, images, 1},
        {"bfp8 b16 stochastic, channels", "bfp<8,block=16>", Stochastic, images, 1},
        {"bfp8 b16 nearest, batch", "bfp<8,block=16>", NearestEven, images, 0},
        {"hbfp8 nearest", "hbfp8", NearestEven, rows, 1},
        {"bfp8 tensor nearest", "bfp<8,block=tensor>", NearestEven, rows, 1},
        {"fp8_e4m3 nearest", "fp8_e4m3", NearestEven, rows, 1},
        {"fp8_e4m3 stochastic", "fp8_e4m3", Stochastic, rows, 1},
        {"bf16 nearest", "bf16", NearestEven, rows, 1}};
    for (const auto& one : cases) {
        for (const bool statistics : {false, true}) {
            addBenchmark(
                size + "/" + one.name + (statistics ? ", statistics" : ""), elementCount(one.shape),
                [one, statistics](benchmark::State& state) { run(state, one, statistics); });
        }
    }
}

const bool kRegistered = [] {
    addCases("64 Ki", {64, 1024}, {16, 16, 16, 16});
    addCases("16 Mi", {16384, 1024}, {128, 128, 32, 32});
    return true;
}();

}  // namespace
}  // namespace mantissa::numerics
