// SPDX-License-Identifier: GPL-3.0-or-later
// Depthwise convolutions in MobileNet's shapes, batch 128, beside the general path with a group a
// channel; items are multiply-adds.
#include <vector>

#include <benchmark/benchmark.h>

#include "core/nn/depthwise.h"

namespace mantissa::nn {
namespace {

constexpr std::int64_t kBatch = 128;

enum class Path { Direct, General };

struct Bench {
    std::int64_t channels;
    DepthwiseGeometry geometry;
    std::vector<float> x, y, weight;
    ThreadTeam team;
    std::vector<float> scratch;
    std::int64_t scratchFloats;

    explicit Bench(const benchmark::State& state)
        : channels(state.range(0)),
          geometry(depthwiseGeometry(convGeometry({.outChannels = static_cast<int>(channels),
                                                   .stride = static_cast<int>(state.range(2)),
                                                   .groups = static_cast<int>(channels)},
                                                  {channels, state.range(1), state.range(1)}))),
          x(static_cast<std::size_t>(kBatch * geometry.plane.inputStride), 0.5F),
          y(static_cast<std::size_t>(kBatch * geometry.plane.outputStride), 0.25F),
          weight(static_cast<std::size_t>(channels * geometry.plane.taps), 0.125F),
          team(static_cast<int>(state.range(3))) {
        scratchFloats =
            std::max(depthwiseScratchFloats(geometry),
                     packedFilterFloats(geometry.plane) + convScratchFloats(geometry.plane)) +
            16;
        scratch.resize(static_cast<std::size_t>(team.threads() * scratchFloats));
    }

    /// work(weights, x, y, scratch) for every plane, one task an image.
    template <typename Work>
    void run(benchmark::State& state, const Work& work) {
        const ConvGeometry& g = geometry.plane;
        for (auto _ : state) {
            team.run(kBatch, [&](std::int64_t image, int worker) {
                for (std::int64_t c = 0; c < channels; ++c) {
                    work(weight.data() + c * g.taps,
                         x.data() + image * g.inputStride + c * g.inputFloats(),
                         y.data() + image * g.outputStride + c * g.outputFloats(),
                         scratch.data() + worker * scratchFloats);
                }
            });
            benchmark::ClobberMemory();
        }
        state.SetItemsProcessed(state.iterations() * kBatch * g.outputStride * g.taps);
    }
};

template <Path path>
void forward(benchmark::State& state) {
    Bench bench(state);
    bench.run(state, [&](const float* weight, const float* x, float* y, float* scratch) {
        if constexpr (path == Path::Direct) {
            depthwiseForward(bench.geometry, weight, 0.0F, x, y, scratch);
        } else {
            const ConvGeometry& g = bench.geometry.plane;
            float* const packed = scratch;
            packFilter(g, weight, 0, packed);
            convForward(g, packed, nullptr, x, y, scratch + packedFilterFloats(g), bench.team);
        }
    });
}

template <Path path>
void inputGradient(benchmark::State& state) {
    Bench bench(state);
    bench.run(state, [&](const float* weight, float* dx, const float* dy, float* scratch) {
        if constexpr (path == Path::Direct) {
            depthwiseInputGradient(bench.geometry, weight, dy, dx, scratch);
        } else {
            convInputGradient(bench.geometry.plane, weight, dy, dx, scratch, bench.team);
        }
    });
}

void weightGradient(benchmark::State& state) {
    Bench bench(state);
    const ConvGeometry& g = bench.geometry.plane;
    std::vector<float> dw(bench.weight.size());
    for (auto _ : state) {
        bench.team.run(bench.channels, [&](std::int64_t c, int worker) {
            const float* x = bench.x.data() + c * g.inputFloats();
            const float* dy = bench.y.data() + c * g.outputFloats();
            float* scratch = bench.scratch.data() + worker * bench.scratchFloats;
            convWeightGradient(g, x, dy, kBatch, dw.data() + c * g.taps, scratch, bench.team);
        });
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * kBatch * g.outputStride * g.taps);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"channels", "side", "stride", "threads"})
        ->Args({96, 32, 1, 2})
        ->Args({96, 32, 2, 2})
        ->Args({192, 16, 1, 2})
        ->Args({384, 8, 1, 2})
        ->Args({960, 4, 1, 2})
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
}

BENCHMARK(forward<Path::Direct>)->Apply(shapes);
BENCHMARK(forward<Path::General>)->Apply(shapes);
BENCHMARK(inputGradient<Path::Direct>)->Apply(shapes);
BENCHMARK(inputGradient<Path::General>)->Apply(shapes);
BENCHMARK(weightGradient)->Apply(shapes);

}  // namespace
}  // namespace mantissa::nn
