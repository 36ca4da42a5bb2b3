// SPDX-License-Identifier: GPL-3.0-or-later
// How long a training goes on after it was asked to stop, at many moments of its life. Reported are
// the median and the largest time; an iteration's own time is one such latency.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/train/trainer.h"

namespace mantissa::train {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kPixels = 784;
constexpr int kClasses = 10;

data::Split noise(std::int64_t images) {
    data::Split split;
    for (std::int64_t i = 0; i < images; ++i) {
        split.labels.push_back(static_cast<Label>(i % kClasses));
    }
    for (std::int64_t i = 0; i < images * kPixels; ++i) {
        split.pixels.push_back(static_cast<std::uint8_t>(i * 2654435761U >> 7U));
    }
    return split;
}

data::Dataset noiseDataset(std::int64_t images) {
    data::Dataset dataset;
    dataset.name = "noise";
    dataset.image = {1, 28, 28};
    dataset.classes.assign(kClasses, "class");
    dataset.train = noise(images);
    dataset.test = noise(images);
    return dataset;
}

TrainSpec specOf(nn::NetworkSpec network, int batch, const numerics::TensorFormat& f) {
    TrainSpec spec;
    spec.precision.assign(network.layers.size(), {f, f, f, f, f, f, f});
    spec.network = std::move(network);
    spec.recipe.batch = batch;
    spec.recipe.epochs = 1000;
    spec.recipe.learningRate = 1e-6;
    return spec;
}

TrainSpec leNet() {
    nn::NetworkSpec network;
    for (const auto& entry : nn::networkTemplates()) {
        if (entry.id == "lenet5_bn") {
            network = entry.make();
        }
    }
    return specOf(std::move(network), 128, {numerics::BlockFloat{}, {}});
}

nn::NetworkSpec named(const std::vector<nn::LayerParams>& layers) {
    nn::NetworkSpec network;
    network.input = {1, 28, 28};
    network.classes = kClasses;
    for (const auto& params : layers) {
        const auto number = std::to_string(network.layers.size() + 1);
        network.layers.push_back({"layer" + number, params, {}});
    }
    return network;
}

/// Two matrices, the larger of the 2^27 weights that a layer may have at most; 4.2 GiB with its
/// gradients and momenta.
TrainSpec manyWeights() {
    return specOf(
        named({nn::Flatten{}, nn::Linear{.outFeatures = 65536}, nn::BatchNorm{}, nn::Relu{},
               nn::Linear{.outFeatures = 2047}, nn::Linear{.outFeatures = kClasses}}),
        256, {numerics::BlockFloat{}, numerics::Rounding::Stochastic});
}

/// The largest batch over few wide pictures: 6 GiB of activations and their quantised copies.
TrainSpec manyPixels() {
    const nn::Conv2d widen{.outChannels = 8, .kernel = 1, .stride = 1, .padding = 16};
    return specOf(named({widen, nn::BatchNorm{}, nn::Relu{}, nn::MaxPool2d{}, nn::Flatten{},
                         nn::Linear{.outFeatures = kClasses}}),
                  4096, {numerics::BlockFloat{}, {}});
}

/// A convolution of nearly 2^27 weights: minutes an image set, seconds an image.
TrainSpec wideConvolution() {
    return specOf(named({nn::Conv2d{.outChannels = 4096, .kernel = 3, .stride = 1, .padding = 1},
                         nn::Relu{}, nn::Conv2d{.outChannels = 3640, .kernel = 3}, nn::MaxPool2d{},
                         nn::Flatten{}, nn::Linear{.outFeatures = kClasses}}),
                  16, {});
}

struct Asked {
    double stopped = 0;  ///< ms from the request to train()'s return
    bool cancelled = false;
};

/// Trains, asks for a stop after `delay_ms` and waits for the end.
Asked stopAfter(const TrainSpec& spec, const data::Dataset& dataset, double delay_ms) {
    std::stop_source stop;
    const JobContext context(stop.get_token());
    Clock::time_point asked;
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(delay_ms));
        asked = Clock::now();
        stop.request_stop();
    });
    TrainObserver observer;
    observer.onCheckpoint = [](const Checkpoint&) {};
    const auto result = train(spec, dataset, context, observer);
    const auto end = Clock::now();
    canceller.join();
    return {std::chrono::duration<double, std::milli>(end - asked).count(),
            result && result->status == RunStatus::Cancelled};
}

/// `span_ms` of a run's life is asked at moments spread evenly by the golden ratio.
void stopping(benchmark::State& state, const TrainSpec& spec, std::int64_t images, double span_ms) {
    const auto dataset = noiseDataset(images);
    TrainSpec threaded = spec;
    threaded.threads = static_cast<int>(state.range(0));
    std::vector<double> latencies;
    constexpr double kGoldenRatio = 0.6180339887498949;
    double place = 0.5;
    for (auto _ : state) {
        place += kGoldenRatio;
        place -= static_cast<double>(static_cast<int>(place));
        const Asked asked = stopAfter(threaded, dataset, place * span_ms);
        if (!asked.cancelled) {
            state.SkipWithError("the training ended before it was stopped");
            break;
        }
        latencies.push_back(asked.stopped);
        state.SetIterationTime(asked.stopped / 1000);
    }
    if (!latencies.empty()) {
        std::sort(latencies.begin(), latencies.end());
        state.counters["median_ms"] = latencies[latencies.size() / 2];
        state.counters["largest_ms"] = latencies.back();
    }
}

void registerAll() {
    struct Case {
        const char* name;
        TrainSpec spec;
        std::int64_t images;
        double span_ms;
        int requests;
    };
    const std::vector<Case> cases{{"lenet5_bn", leNet(), 4096, 300, 200},
                                  {"many_weights", manyWeights(), 256, 20000, 20},
                                  {"many_pixels", manyPixels(), 4096, 15000, 20},
                                  {"wide_convolution", wideConvolution(), 16, 15000, 10}};
    for (const auto& entry : cases) {
        benchmark::RegisterBenchmark(entry.name,
                                     [entry](benchmark::State& state) {
                                         stopping(state, entry.spec, entry.images, entry.span_ms);
                                     })
            ->Arg(1)
            ->Arg(2)
            ->ArgName("threads")
            ->Iterations(entry.requests)
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    }
}

const bool kRegistered = (registerAll(), true);

}  // namespace
}  // namespace mantissa::train
