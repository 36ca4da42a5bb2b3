// SPDX-License-Identifier: GPL-3.0-or-later
// k winners of the channels of 784 pixels: finding them, and finding and keeping them.
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/nn/k_winners.h"

namespace {

using mantissa::nn::Columns;
using mantissa::nn::kWinnerColumns;
using mantissa::nn::Winners;

constexpr std::int64_t kPixels = 784;

void winners(benchmark::State& state, bool keeps) {
    const std::int64_t channels = state.range(0);
    std::mt19937 generator(1);
    std::normal_distribution<float> normal;
    std::vector<float> x(static_cast<std::size_t>(channels * kPixels));
    for (auto& value : x) {
        value = normal(generator);
    }
    std::vector<float> y(x.size());
    std::vector<float> scratch(static_cast<std::size_t>(channels * kWinnerColumns));
    const Columns columns{kWinnerColumns, channels, kPixels, 1};
    for (auto _ : state) {
        for (std::int64_t pixel = 0; pixel < kPixels; pixel += kWinnerColumns) {
            Winners found;
            mantissa::nn::findWinners(columns, (channels + 3) / 4, x.data() + pixel, found,
                                      scratch.data());
            if (keeps) {
                mantissa::nn::keepWinners(columns, found, x.data() + pixel, x.data() + pixel,
                                          y.data() + pixel);
            }
            benchmark::DoNotOptimize(found);
        }
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * channels * kPixels);
}

BENCHMARK_CAPTURE(winners, find, false)->Arg(6)->Arg(16)->Arg(64)->Arg(512);
BENCHMARK_CAPTURE(winners, find_and_keep, true)->Arg(6)->Arg(16)->Arg(64)->Arg(512);

}  // namespace
