// SPDX-License-Identifier: GPL-3.0-or-later
// A whole training step of batch 128, SGD with momentum included, by network, format and threads.
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/nn/network.h"
#include "core/numerics/quantise.h"

namespace mantissa::nn {
namespace {

constexpr int kBatch = 128;

void sgd(std::span<Parameter> parameters, std::vector<std::vector<float>>& momentum) {
    for (std::size_t p = 0; p < parameters.size(); ++p) {
        auto& velocity = momentum[p];
        for (std::size_t i = 0; i < parameters[p].gradient.size(); ++i) {
            velocity[i] = 0.9F * velocity[i] + parameters[p].gradient[i];
            parameters[p].value[i] -= 1e-3F * velocity[i];
        }
    }
}

void trainStep(benchmark::State& state, const std::string& id, const LayerPrecision& precision) {
    NetworkSpec spec;
    for (const auto& entry : networkTemplates()) {
        if (entry.id == id) {
            spec = entry.make();
        }
    }
    ThreadTeam team(static_cast<int>(state.range(0)));
    auto network = Network::make(spec, std::vector<LayerPrecision>(spec.layers.size(), precision),
                                 kBatch, team);
    network->initialise(1);
    std::vector<float> images(static_cast<std::size_t>(kBatch * elementCount(spec.input)));
    std::vector<Label> labels(kBatch);
    for (std::size_t i = 0; i < images.size(); ++i) {
        images[i] = static_cast<float>(i * 2654435761U % 256U) / 255.0F;
        labels[i % kBatch] = static_cast<Label>(i % 10);
    }
    state.counters["step_MB"] = static_cast<double>(network->stepBytes()) * 1e-6;
    std::vector<std::vector<float>> momentum;
    for (const auto& parameter : network->parameters()) {
        momentum.emplace_back(parameter.value.size());
    }
    std::uint64_t step = 0;
    benchmark::DoNotOptimize(network->trainStep(images, labels, {1, step++, 0}));  // touch memory
    for (auto _ : state) {
        benchmark::DoNotOptimize(network->trainStep(images, labels, {1, step++, 0}));
        sgd(network->parameters(), momentum);
    }
    state.SetItemsProcessed(state.iterations() * kBatch);
    state.SetLabel(std::string(numerics::activePath()));
}

/// FP32 operands under an emulated multiplier.
LayerPrecision multipliedBy(const std::string& name) {
    LayerPrecision precision;
    precision.compute = ComputeMode::Approximate;
    precision.multiplier = numerics::parseMultiplier(name).value();
    return precision;
}

LayerPrecision operandsIn(const numerics::Format& format, ComputeMode compute) {
    const numerics::TensorFormat f{format, numerics::Rounding::NearestEven};
    LayerPrecision precision{f, f, f, f, f, f, f};
    precision.compute = compute;
    return precision;
}

void registerAll() {
    numerics::BlockFloat block32;
    block32.block.size = 32;
    numerics::BlockFloat block4;
    block4.mantissaBits = 4;
    const std::vector<std::pair<std::string, LayerPrecision>> precisions{
        {"fp32", operandsIn(numerics::Fp32{}, ComputeMode::Fast)},
        {"bfp8", operandsIn(numerics::BlockFloat{}, ComputeMode::Fast)},
        {"bfp8_bit_true", operandsIn(numerics::BlockFloat{}, ComputeMode::BitTrue)},
        {"bfp8_b32_bit_true", operandsIn(block32, ComputeMode::BitTrue)},
        {"bfp4_bit_true", operandsIn(block4, ComputeMode::BitTrue)},
        {"fp8", operandsIn(numerics::Minifloat{}, ComputeMode::Fast)},
        {"acc_7", multipliedBy("acc_7")},
        {"mit_7", multipliedBy("mit_7")},
        {"mbm_5", multipliedBy("mbm_5")},
        {"mbm_7", multipliedBy("mbm_7")},
        {"mbm_23", multipliedBy("mbm_23")}};
    for (const auto& entry : networkTemplates()) {
        constexpr std::int64_t kLargestSide = 32;
        if (entry.input[1] > kLargestSide) {
            continue;  // minutes a step
        }
        for (const auto& [name, precision] : precisions) {
            const std::string id(entry.id);
            benchmark::RegisterBenchmark(
                (id + "/" + name).c_str(),
                [id, p = precision](benchmark::State& state) { trainStep(state, id, p); })
                ->Arg(1)
                ->Arg(2)
                ->ArgName("threads")
                ->UseRealTime()
                ->Unit(benchmark::kMillisecond);
        }
    }
}

const bool kRegistered = (registerAll(), true);

}  // namespace
}  // namespace mantissa::nn
