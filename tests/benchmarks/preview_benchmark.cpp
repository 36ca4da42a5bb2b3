// SPDX-License-Identifier: GPL-3.0-or-later
// What an edit of one layer's formats costs until trained weights have been measured anew on 1,000
// test images: of the last layer, whose inputs are kept, and of the first.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "core/study/accuracy_preview.h"
#include "core/thread_team.h"
#include "core/train/checkpoint.h"

namespace mantissa::study {
namespace {

data::Split noise(std::int64_t images, std::int64_t pixels, int classes) {
    data::Split split;
    for (std::int64_t i = 0; i < images; ++i) {
        split.labels.push_back(static_cast<Label>(i % classes));
    }
    for (std::int64_t i = 0; i < images * pixels; ++i) {
        split.pixels.push_back(static_cast<std::uint8_t>(i * 2654435761U >> 7U));
    }
    return split;
}

std::shared_ptr<const data::Dataset> noiseFor(const nn::NetworkSpec& network) {
    auto dataset = std::make_shared<data::Dataset>();
    dataset->name = "noise";
    dataset->image = network.input;
    dataset->classes.assign(static_cast<std::size_t>(network.classes), "class");
    dataset->train = noise(1, elementCount(network.input), network.classes);
    dataset->test = noise(1024, elementCount(network.input), network.classes);
    return dataset;
}

design::DesignPoint designOf(const std::string& networkId, bool bitTrue) {
    design::DesignPoint design;
    for (const auto& entry : nn::networkTemplates()) {
        if (entry.id == networkId) {
            design = design.withNetwork(entry.make());
        }
    }
    design::PrecisionPlan plan;
    plan.compute = bitTrue ? nn::ComputeMode::BitTrue : nn::ComputeMode::Fast;
    for (const auto role : design::allRoles()) {
        plan = design::withFormat(std::move(plan), {}, {role, {}}, {numerics::BlockFloat{}, {}});
    }
    auto recipe = design.recipe();
    recipe.batch = 128;
    return design.withPrecision(std::move(plan)).withRecipe(recipe);
}

std::vector<std::byte> initialState(const design::DesignPoint& design) {
    ThreadTeam team;
    const auto& spec = design.network();
    auto network = nn::Network::make(spec, design::resolvePrecision(design.precision(), spec), 1,
                                     team, {.evaluatesOnly = true});
    network->initialise(1);
    return *train::encodeState(network->parameters(),
                               std::vector<train::Optimiser::States>(network->parameters().size()),
                               {});
}

/// With mantissas of so many bits for the weights of one layer.
design::DesignPoint withWidth(const design::DesignPoint& design, const std::string& layer,
                              int bits) {
    numerics::BlockFloat format;
    format.mantissaBits = bits;
    return design.withPrecision(design::withFormat(design.precision(), {.kind = {}, .layer = layer},
                                                   {design::Role::Weight, {}}, {format, {}}));
}

void editLayer(benchmark::State& state, const std::string& network, bool last, bool bitTrue) {
    const auto design = designOf(network, bitTrue);
    auto preview = AccuracyPreview::make(design, initialState(design), noiseFor(design.network()));
    if (!preview) {
        state.SkipWithError(preview.error().text().c_str());
        return;
    }
    std::string layer;
    for (const auto& entry : design.network().layers) {
        if (nn::kindOf(entry.params).hasGemm && (last || layer.empty())) {
            layer = entry.name;
        }
    }
    constexpr int kThreads = 2;
    (void)preview->evaluate(design, AccuracyPreview::kKeptImages, kThreads);
    int bits = 4;
    for (auto _ : state) {
        bits = bits == 7 ? 4 : bits + 1;
        const auto seen = preview->evaluate(withWidth(design, layer, bits),
                                            AccuracyPreview::kKeptImages, kThreads);
        benchmark::DoNotOptimize(seen->evaluation.loss);
    }
}

void registerAll() {
    for (const char* network : {"lenet5", "resnet20"}) {
        for (const bool last : {true, false}) {
            for (const bool bitTrue : {false, true}) {
                const std::string name = std::string(network) + (last ? "/last" : "/first") +
                                         "_layer/" + (bitTrue ? "bit_true" : "fast");
                benchmark::RegisterBenchmark(
                    name.c_str(),
                    [=](benchmark::State& state) { editLayer(state, network, last, bitTrue); })
                    ->Unit(benchmark::kMillisecond)
                    ->UseRealTime();
            }
        }
    }
}

}  // namespace
}  // namespace mantissa::study

int main(int argc, char** argv) {
    mantissa::study::registerAll();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return EXIT_SUCCESS;
}
