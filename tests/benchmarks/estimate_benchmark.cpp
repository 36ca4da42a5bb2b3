// SPDX-License-Identifier: GPL-3.0-or-later
// What a slider's drag waits for: one estimate of the default network.
#include <string>

#include <benchmark/benchmark.h>

#include "hwmodel/estimate.h"

namespace {

using namespace mantissa;

design::DesignPoint designWith(const std::string& text) {
    design::PrecisionPlan plan;
    const numerics::TensorFormat format{numerics::parseFormat(text).value(),
                                        numerics::Rounding::NearestEven};
    for (const auto role : design::allRoles()) {
        plan = withFormat(plan, {}, {role, std::nullopt}, format);
    }
    return design::DesignPoint().withPrecision(plan);
}

void estimateDefault(benchmark::State& state, const char* format) {
    const auto design = designWith(format);
    for (auto _ : state) {
        auto report = hw::estimate(design);
        benchmark::DoNotOptimize(report);
    }
}
BENCHMARK_CAPTURE(estimateDefault, fp32, "fp32");
BENCHMARK_CAPTURE(estimateDefault, bfp8, "bfp<8,block=16>");
BENCHMARK_CAPTURE(estimateDefault, affine8, "affine<8,block=16>");

void reportToJson(benchmark::State& state) {
    const auto report = hw::estimate(designWith("bfp<8,block=16>")).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(hw::toJson(report));
    }
}
BENCHMARK(reportToJson);

}  // namespace
