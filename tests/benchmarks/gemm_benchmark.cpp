// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products in the shapes that training meets; items are multiply-adds.
#include <vector>

#include <benchmark/benchmark.h>

#include "core/nn/block_gemm.h"
#include "core/nn/gemm.h"

namespace mantissa::nn {
namespace {

void product(benchmark::State& state) {
    const GemmSize size{state.range(0), state.range(1), state.range(2)};
    const bool transposed = state.range(3) != 0;
    ThreadTeam team(static_cast<int>(state.range(4)));
    std::vector<float> a(static_cast<std::size_t>(size.m * size.k), 0.5F);
    std::vector<float> b(static_cast<std::size_t>(size.k * size.n), 0.25F);
    std::vector<float> c(static_cast<std::size_t>(size.m * size.n));
    std::vector<float> scratch(static_cast<std::size_t>(gemmScratchFloats() * team.threads()));
    const MatrixView right =
        transposed ? rowMajor(b.data(), size.k).transposed() : rowMajor(b.data(), size.n);
    for (auto _ : state) {
        gemm(size, rowMajor(a.data(), size.k), right, c.data(), scratch, team);
        benchmark::DoNotOptimize(c.data());
    }
    state.SetItemsProcessed(state.iterations() * size.m * size.n * size.k);
}

BENCHMARK(product)
    ->ArgNames({"m", "n", "k", "b_transposed", "threads"})
    ->ArgsProduct({{128}, {120, 1024}, {400, 1024}, {0, 1}, {1, 2}})
    ->Args({1024, 1024, 128, 0, 2})
    ->Args({512, 512, 512, 0, 1})
    ->Args({512, 512, 512, 0, 2})
    ->Args({1024, 1024, 1024, 0, 1})
    ->Args({1024, 1024, 1024, 0, 2})
    ->UseRealTime();

/// Bit-true; packing included. Significands of 8, 12 and 16 bits, segments of 16 and 32.
void blockProduct(benchmark::State& state) {
    const GemmSize size{state.range(0), state.range(1), state.range(2)};
    const int bits = static_cast<int>(state.range(5));
    const BlockSegment segment{state.range(3), bits == 8    ? BlockCodes::Bytes
                                               : bits == 12 ? BlockCodes::Words
                                                            : BlockCodes::SplitWords};
    ThreadTeam team(static_cast<int>(state.range(4)));
    std::vector<float> a(static_cast<std::size_t>(size.m * size.k), 0.5F);
    std::vector<float> b(static_cast<std::size_t>(size.k * size.n), 0.25F);
    std::vector<float> c(static_cast<std::size_t>(size.m * size.n));
    std::vector<float> scratch(static_cast<std::size_t>(blockGemmScratchFloats() * team.threads()));
    std::vector<float> packed(static_cast<std::size_t>(blockGemmPackedFloats(size, segment)));
    for (auto _ : state) {
        blockGemm(size, rowMajor(a.data(), size.k), rowMajor(b.data(), size.n), segment, c.data(),
                  scratch, packed, team);
        benchmark::DoNotOptimize(c.data());
    }
    state.SetItemsProcessed(state.iterations() * size.m * size.n * size.k);
}

BENCHMARK(blockProduct)
    ->ArgNames({"m", "n", "k", "segment", "threads", "bits"})
    ->ArgsProduct({{128, 512, 1024}, {1024}, {1024}, {16, 32}, {1, 2}, {8, 12, 16}})
    ->Args({1024, 1024, 128, 32, 2, 8})
    ->ArgsProduct({{512}, {512}, {512}, {16, 32}, {1}, {8, 12, 16}})
    ->UseRealTime();

}  // namespace
}  // namespace mantissa::nn
