// SPDX-License-Identifier: GPL-3.0-or-later
// Emulated matrix products and convolution passes against those of FP32: both take turns, and the
// least processor time of each counts. "of_fp32" is how many times as fast they are.
#include <algorithm>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/nn/approximate_passes.h"
#include "core/nn/block_convolution.h"
#include "core/nn/block_gemm.h"
#include "core/numerics/registry.h"

namespace mantissa::nn {
namespace {

std::vector<float> values(std::int64_t count, std::uint32_t seed) {
    std::vector<float> list(static_cast<std::size_t>(count));
    for (auto& value : list) {
        seed = seed * 1664525U + 1013904223U;
        value = static_cast<float>(seed >> 8U) * 0x1p-23F - 1.0F;
    }
    return list;
}

double processorSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Runs both in turn; `macs` multiply-adds each.
template <typename Plain, typename Emulated>
void takeTurns(benchmark::State& state, double macs, const Plain& plain, const Emulated& emulated) {
    double best[2]{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
    const auto time = [](double& least, const auto& work) {
        const double start = processorSeconds();
        work();
        least = std::min(least, processorSeconds() - start);
    };
    for (auto _ : state) {
        time(best[0], plain);
        time(best[1], emulated);
    }
    state.counters["of_fp32"] = best[0] / best[1];
    state.counters["fp32_Gmac/s"] = 1e-9 * macs / best[0];
    state.counters["Gmac/s"] = 1e-9 * macs / best[1];
}

numerics::KernelFormat blockFormat(int bits, int size) {
    numerics::BlockFloat block;
    block.mantissaBits = bits;
    block.block.size = size;
    const numerics::Format format = block;
    return numerics::kernelFormat({format, numerics::Rounding::NearestEven},
                                  *numerics::familyOf(format).steps(format));
}

/// C = A B^T of the layer form, operands rounded while they are packed.
void blockProduct(benchmark::State& state) {
    const GemmSize size{state.range(0), state.range(1), state.range(2)};
    const auto format =
        blockFormat(static_cast<int>(state.range(3)), static_cast<int>(state.range(4)));
    const auto a = values(size.m * size.k, 1);
    const auto b = values(size.n * size.k, 2);
    std::vector<float> c(static_cast<std::size_t>(size.m * size.n));
    ThreadTeam team;
    std::vector<float> scratch(
        static_cast<std::size_t>(std::max(gemmScratchFloats(), blockGemmScratchFloats())));
    std::vector<float> packed(
        static_cast<std::size_t>(blockGemmPackedFloats(size, state.range(4))));
    const auto left = rowMajor(a.data(), size.k);
    const auto right = rowMajor(b.data(), size.k).transposed();
    takeTurns(
        state, static_cast<double>(size.m * size.n * size.k),
        [&] { gemm(size, left, right, c.data(), scratch, team); },
        [&] {
            blockGemm(size, {left, &format}, {right, &format}, state.range(4), c.data(), scratch,
                      packed, team);
        });
}
BENCHMARK(blockProduct)
    ->ArgNames({"m", "n", "k", "bits", "block"})
    ->Args({512, 512, 512, 8, 16})
    ->Args({512, 512, 512, 8, 32})
    ->Args({512, 512, 512, 4, 32})
    ->Args({1024, 1024, 1024, 8, 16})
    ->Args({1024, 1024, 1024, 8, 32})
    ->Args({128, 1024, 1024, 8, 32});

void approximateProduct(benchmark::State& state, const std::string& name) {
    const GemmSize size{512, 512, 512};
    const ApproximateMultiplication multiplication(
        numerics::loadMultiplier(numerics::parseMultiplier(name).value()).value());
    const auto a = values(size.m * size.k, 1);
    const auto b = values(size.n * size.k, 2);
    std::vector<float> c(static_cast<std::size_t>(size.m * size.n));
    ThreadTeam team;
    std::vector<float> scratch(
        static_cast<std::size_t>(std::max(gemmScratchFloats(), approximateScratchFloats())));
    const auto left = rowMajor(a.data(), size.k);
    const auto right = rowMajor(b.data(), size.n);
    takeTurns(
        state, static_cast<double>(size.m * size.n * size.k),
        [&] { gemm(size, left, right, c.data(), scratch, team); },
        [&] { approximateGemm(multiplication, size, left, right, c.data(), true, scratch, team); });
}
BENCHMARK_CAPTURE(approximateProduct, acc_7, std::string("acc_7"));
BENCHMARK_CAPTURE(approximateProduct, acc_23, std::string("acc_23"));
BENCHMARK_CAPTURE(approximateProduct, mit_7, std::string("mit_7"));
BENCHMARK_CAPTURE(approximateProduct, mit_23, std::string("mit_23"));
BENCHMARK_CAPTURE(approximateProduct, mbm_4, std::string("mbm_4"));
BENCHMARK_CAPTURE(approximateProduct, mbm_5, std::string("mbm_5"));
BENCHMARK_CAPTURE(approximateProduct, mbm_7, std::string("mbm_7"));
BENCHMARK_CAPTURE(approximateProduct, mbm_23, std::string("mbm_23"));

/// A 3 x 3 convolution of 16 images, channels and side as ResNet-20 has them.
struct ConvBench {
    static constexpr std::int64_t kImages = 32;
    std::int64_t block;
    ConvGeometry g;
    numerics::KernelFormat format;
    std::vector<float> x, y, weight, filters, scratch, packed;
    ThreadTeam team;

    explicit ConvBench(const benchmark::State& state)
        : block(state.range(2)),
          g(convGeometry({.outChannels = static_cast<int>(state.range(0))},
                         {state.range(0), state.range(1), state.range(1)})),
          format(blockFormat(8, static_cast<int>(block))),
          x(values(kImages * g.inputStride, 1)),
          y(values(kImages * g.outputStride, 2)),
          weight(values(g.outChannels * g.taps, 3)),
          filters(static_cast<std::size_t>(packedFilterFloats(g))) {}

    double macs() const {
        return static_cast<double>(kImages * g.outputStride) * static_cast<double>(g.taps);
    }
    void reserve(std::int64_t scratchFloats, std::int64_t packedFloats) {
        scratch.resize(static_cast<std::size_t>(std::max(scratchFloats, convScratchFloats(g))));
        packed.resize(static_cast<std::size_t>(packedFloats));
    }
};

void blockForward(benchmark::State& state) {
    ConvBench b(state);
    const BlockConvForward pass(b.g, b.block);
    b.reserve(pass.scratchFloats(), pass.packedFloats());
    takeTurns(
        state, b.macs(),
        [&] {
            for (std::int64_t channel = 0; channel < b.g.outChannels; ++channel) {
                packFilter(b.g, b.weight.data(), channel, b.filters.data());
            }
            for (std::int64_t i = 0; i < ConvBench::kImages; ++i) {
                convForward(b.g, b.filters.data(), nullptr, b.x.data() + i * b.g.inputStride,
                            b.y.data() + i * b.g.outputStride, b.scratch.data(), b.team);
            }
        },
        [&] {
            pass.packWeights({b.weight.data(), &b.format}, b.packed.data(), b.team);
            for (std::int64_t i = 0; i < ConvBench::kImages; ++i) {
                pass.run(b.packed.data(), nullptr, {b.x.data() + i * b.g.inputStride, &b.format},
                         b.y.data() + i * b.g.outputStride, b.scratch.data(), b.team);
            }
        });
}

void blockInputGradient(benchmark::State& state) {
    ConvBench b(state);
    const BlockConvInputGradient pass(b.g, b.block);
    b.reserve(pass.scratchFloats(), pass.packedFloats());
    takeTurns(
        state, b.macs(),
        [&] {
            for (std::int64_t i = 0; i < ConvBench::kImages; ++i) {
                convInputGradient(b.g, b.weight.data(), b.y.data() + i * b.g.outputStride,
                                  b.x.data() + i * b.g.inputStride, b.scratch.data(), b.team);
            }
        },
        [&] {
            pass.packWeights({b.weight.data(), &b.format}, b.packed.data(), b.team);
            for (std::int64_t i = 0; i < ConvBench::kImages; ++i) {
                pass.run(b.packed.data(), {b.y.data() + i * b.g.outputStride, &b.format},
                         b.x.data() + i * b.g.inputStride, b.scratch.data(), b.team);
            }
        });
}

void blockWeightGradient(benchmark::State& state) {
    ConvBench b(state);
    const BlockConvWeightGradient pass(b.g, b.block, ConvBench::kImages, 16);
    b.reserve(pass.scratchFloats(), pass.packedFloats());
    std::vector<float> sums(static_cast<std::size_t>(pass.parts() * pass.partFloats()));
    std::vector<float> dw(b.weight.size());
    takeTurns(
        state, b.macs(),
        [&] {
            convWeightGradient(b.g, b.x.data(), b.y.data(), ConvBench::kImages, dw.data(),
                               b.scratch.data(), b.team);
        },
        [&] {
            for (std::int64_t task = 0; task < pass.packTasks(); ++task) {
                pass.pack(task, {b.x.data(), &b.format}, {b.y.data(), &b.format},
                          ConvBench::kImages, b.packed.data());
            }
            for (std::int64_t part = 0; part < pass.parts(); ++part) {
                pass.run(part, b.packed.data(), ConvBench::kImages,
                         sums.data() + part * pass.partFloats(), b.scratch.data(), b.team);
            }
            pass.addParts(sums.data(), dw.data(), b.team);
        });
}

void layers(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"channels", "side", "block"})
        ->Args({16, 32, 16})
        ->Args({32, 16, 16})
        ->Args({32, 16, 32})
        ->Args({64, 8, 16})
        ->Args({64, 8, 32});
}
BENCHMARK(blockForward)->Apply(layers);
BENCHMARK(blockInputGradient)->Apply(layers);
BENCHMARK(blockWeightGradient)->Apply(layers);

}  // namespace
}  // namespace mantissa::nn
