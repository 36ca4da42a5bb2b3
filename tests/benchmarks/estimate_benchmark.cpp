// SPDX-License-Identifier: GPL-3.0-or-later
// What a slider's drag and a sweep wait for: estimates of the default network, and of full-size
// networks for 224 x 224 images, whose shapes suffice.
#include <algorithm>
#include <string>

#include <benchmark/benchmark.h>

#include "core/nn/network_spec.h"
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

const nn::NetworkTemplate& templateOf(std::string_view network) {
    const auto templates = nn::networkTemplates();
    return *std::find_if(templates.begin(), templates.end(),
                         [&](const auto& each) { return each.id == network; });
}

void estimateLenet5(benchmark::State& state, const char* format) {
    const auto design = designWith(format).withNetwork(templateOf("lenet5").make());
    for (auto _ : state) {
        auto report = hw::estimate(design);
        benchmark::DoNotOptimize(report);
    }
}
BENCHMARK_CAPTURE(estimateLenet5, fp32, "fp32");
BENCHMARK_CAPTURE(estimateLenet5, bfp8, "bfp<8,block=16>");

design::DesignPoint largeWith(std::string_view network, const std::string& format) {
    return designWith(format).withNetwork(templateOf(network).generate({3, 224, 224}, 1000));
}

void estimateLarge(benchmark::State& state, const char* network, const char* format) {
    const auto design = largeWith(network, format);
    for (auto _ : state) {
        auto report = hw::estimate(design);
        benchmark::DoNotOptimize(report);
    }
}
BENCHMARK_CAPTURE(estimateLarge, resnet18_bfp8, "resnet18", "bfp<8,block=16>");
BENCHMARK_CAPTURE(estimateLarge, resnet50_fp32, "resnet50", "fp32");
BENCHMARK_CAPTURE(estimateLarge, resnet50_bfp8, "resnet50", "bfp<8,block=16>");
BENCHMARK_CAPTURE(estimateLarge, mobilenet_v2_bfp8, "mobilenet_v2", "bfp<8,block=16>");

/// A slider that one layer's width hangs on: narrower than the others, which leaves the datapath as
/// it is, or wider, which changes it for all.
void oneLayersWidth(benchmark::State& state, int least, int most) {
    const auto base = largeWith("resnet50", "bfp<8,block=16>");
    const auto& layers = base.network().layers;
    const auto layer = std::find_if(layers.rbegin(), layers.rend(), [](const auto& each) {
        return nn::kindOf(each.params).id == "conv2d";
    });
    std::vector<design::DesignPoint> points;
    for (int bits = least; bits <= most; ++bits) {
        const numerics::TensorFormat format{
            numerics::parseFormat("bfp<" + std::to_string(bits) + ",block=16>").value(),
            numerics::Rounding::NearestEven};
        design::PlanScope scope;
        scope.layer = layer->name;
        points.push_back(base.withPrecision(withFormat(
            base.precision(), scope, {design::allRoles().front(), std::nullopt}, format)));
    }
    std::size_t next = 0;
    for (auto _ : state) {
        auto report = hw::estimate(points[next++ % points.size()]);
        benchmark::DoNotOptimize(report);
    }
}
BENCHMARK_CAPTURE(oneLayersWidth, narrower, 3, 8);
BENCHMARK_CAPTURE(oneLayersWidth, wider, 9, 16);

/// One design point after the other: widths, blocks and array sizes, as a sweep has them.
void sweepResnet18(benchmark::State& state) {
    std::vector<design::DesignPoint> points;
    for (int bits = 3; bits <= 16; ++bits) {
        for (const int block : {8, 16, 32, 64}) {
            const auto point = largeWith("resnet18", "bfp<" + std::to_string(bits) +
                                                         ",block=" + std::to_string(block) + ">");
            for (const int side : {8, 16, 32}) {
                auto hardware = point.hardware();
                hardware.rows = hardware.columns = side;
                points.push_back(point.withHardware(hardware));
            }
        }
    }
    std::size_t next = 0;
    for (auto _ : state) {
        auto report = hw::estimate(points[next++ % points.size()]);
        benchmark::DoNotOptimize(report);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sweepResnet18);

void reportToJson(benchmark::State& state) {
    const auto report = hw::estimate(designWith("bfp<8,block=16>")).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(hw::toJson(report));
    }
}
BENCHMARK(reportToJson);

}  // namespace
