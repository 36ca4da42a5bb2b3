// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli reproduce: published systems held against what was claimed of them.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/cli/suggestion.h"
#include "app/engine/reproduce/reproduce_text.h"
#include "app/engine/reproduce/reproduction_charts.h"
#include "app/engine/reproduce/training_time.h"
#include "app/engine/units.h"
#include "core/atomic_file.h"
#include "core/data/dataset_registry.h"
#include "core/systems/catalogue.h"
#include "core/systems/dataflow_drawing.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::vector<std::string> systems;
    bool quick = false;
    bool full = false;
    std::optional<int> seeds;
    std::optional<int> images;
    std::optional<int> epochs;
    std::optional<double> learningRate;
    std::string network;
    std::string dataset;
    std::string datasetFolder;
    std::string database;
    int threads = defaultThreads();
    bool stored = false;
    bool plan = false;
    bool list = false;
    std::string show;
    bool markdown = false;
    std::string drawings;
    std::string charts;
    bool json = false;
};

struct Chosen {
    std::vector<systems::System> systems;  ///< in the catalogue's order
    app::PresetChoice presets;
};

Error notFound(const std::string& what, const std::string& name,
               const std::vector<std::string>& known, const std::string& hint) {
    const auto meant = closest(name, known);
    return {ErrorCode::NotFound, "there is no " + what + " \"" + name + "\"", "reproduce",
            meant.empty() ? hint : "did you mean " + meant + "?"};
}

/// Adds the preset of "SYSTEM/PRESET"; a system without one stands for all of its presets.
Result<void> choose(Chosen& chosen, const systems::System& system, const std::string& preset) {
    const auto known = app::presetsToTrain(system);
    if (std::find(known.begin(), known.end(), preset) == known.end()) {
        std::string allowed;
        for (const auto& one : known) {
            allowed += (allowed.empty() ? "" : ", ") + one;
        }
        return tl::unexpected(
            notFound("trained preset of " + system.id, preset, known, "trained: " + allowed));
    }
    chosen.presets[system.id].insert(preset);
    return {};
}

/// The named systems and presets; all without names.
Result<Chosen> chosen(const std::vector<systems::System>& all,
                      const std::vector<std::string>& names) {
    std::vector<std::string> known;
    for (const auto& system : all) {
        known.push_back(system.id);
    }
    Chosen result;
    std::set<std::string> whole;
    std::set<std::string> named;
    for (const auto& name : names) {
        const auto slash = std::min(name.find('/'), name.size());
        const auto id = name.substr(0, slash);
        const auto at = std::find(known.begin(), known.end(), id);
        if (at == known.end()) {
            return tl::unexpected(
                notFound("system", id, known, "'mantissa-cli reproduce --list' lists them"));
        }
        named.insert(id);
        if (slash == name.size()) {
            whole.insert(id);
        } else if (auto added = choose(result, all[static_cast<std::size_t>(at - known.begin())],
                                       name.substr(slash + 1));
                   !added) {
            return tl::unexpected(added.error());
        }
    }
    for (const auto& id : whole) {
        result.presets.erase(id);
    }
    for (const auto& system : all) {
        if (names.empty() || named.contains(system.id)) {
            result.systems.push_back(system);
        }
    }
    return result;
}

app::Scale scaleOf(const Options& options) {
    auto scale = options.quick ? app::quickScale() : options.full ? app::fullScale() : app::Scale{};
    scale.seeds = options.seeds.value_or(scale.seeds);
    scale.images = options.images.value_or(scale.images);
    scale.epochs = options.epochs.value_or(scale.epochs);
    scale.learningRate = options.learningRate;
    scale.network = options.network.empty() ? scale.network : options.network;
    scale.dataset = options.dataset.empty() ? scale.dataset : options.dataset;
    return scale;
}

/// The scale's data. CIFAR-10 that --full asks for, and that is not there, gives way to
/// Fashion-MNIST.
Result<std::shared_ptr<const data::Dataset>> loaded(app::Scale& scale, const Options& options,
                                                    const JobContext& context) {
    auto dataset = data::loadDataset(scale.dataset, options.datasetFolder, context);
    if (dataset || !options.full || !options.dataset.empty() ||
        dataset.error().code != ErrorCode::NotFound) {
        return dataset;
    }
    scale.dataset = app::Scale{}.dataset;
    std::fprintf(stderr,
                 "note: CIFAR-10 was not found, trained on %s; see 'mantissa-cli dataset'\n",
                 scale.dataset.c_str());
    return data::loadDataset(scale.dataset, options.datasetFolder, context);
}

Result<Outcome> writeDrawings(const std::vector<systems::System>& all, const std::string& folder) {
    std::string text;
    for (const auto& system : all) {
        const auto file = std::filesystem::path(folder) / (system.id + ".svg");
        auto written = writeFileAtomically(
            file, systems::drawingSvg(system.dataflow, "Dataflow of " + system.title));
        if (!written) {
            return tl::unexpected(written.error());
        }
        text += file.string() + "\n";
    }
    return Outcome{text};
}

Result<void> writeCharts(const app::Reproduction& reproduction, const std::string& folder) {
    const std::filesystem::path place(folder);
    return writeFileAtomically(place / "reproduce-accuracy.svg", app::accuracyChart(reproduction))
        .and_then([&] {
            return writeFileAtomically(place / "reproduce-ratios.svg",
                                       app::ratioChart(reproduction));
        });
}

void logTraining(const app::Training& training, const app::TrainingResult* result) {
    if (result != nullptr) {
        const char* const clear = ::isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "";
        std::fprintf(stderr, "%s%s %s, seed %d: %s\n", clear, training.system.c_str(),
                     training.preset.c_str(), training.seed,
                     result->diverged ? "diverged" : app::shareText(result->accuracy).c_str());
    }
}

std::string printed(const app::Reproduction& reproduction,
                    const std::vector<systems::System>& systems, const Options& options) {
    if (options.json || !options.markdown) {
        return options.json ? app::reproductionJson(reproduction)
                            : app::reproductionText(reproduction);
    }
    return reproduction.choice.empty() ? app::reproductionPage(reproduction, systems)
                                       : app::reproductionSection(reproduction);
}

/// What run() would train, and how long that would take here.
Result<std::string> planned(const Chosen& chosen, const app::Scale& scale,
                            const data::Dataset& dataset, const store::Store& store,
                            const Options& options, const JobContext& context) {
    return app::baselineFor(scale, dataset)
        .and_then([&](const design::DesignPoint& baseline) {
            return app::planTrainings(chosen.systems, chosen.presets, baseline, scale.seeds);
        })
        .and_then([&](const std::vector<app::Training>& trainings) {
            return app::timeTrainings(trainings, dataset, store, options.threads, context);
        })
        .map([&](const app::TrainingTimes& times) {
            return options.json ? app::trainingTimeJson(times)
                                : app::scaleText(scale) + "\n\n" + app::trainingTimeText(times);
        });
}

Result<Outcome> run(const Chosen& chosen, const Options& options) {
    auto scale = scaleOf(options);
    const InterruptGuard interrupt;
    ProgressLine line;
    const JobContext context(interrupt.token(),
                             [&line](const Progress& progress) { line.show(progress); });
    const auto dataset = loaded(scale, options, context);
    if (!dataset) {
        return tl::unexpected(dataset.error());
    }
    auto store = databasePath(options.database).and_then(openForWriting);
    if (!store) {
        return tl::unexpected(store.error());
    }
    if (options.plan) {
        return planned(chosen, scale, **dataset, *store, options, context)
            .map([&](const std::string& text) {
                return Outcome{text, interrupt.status(kExitDone)};
            });
    }
    const auto reproduction = app::reproduce(chosen.systems, scale, **dataset, *store,
                                             {.threads = options.threads,
                                              .datasetFolder = options.datasetFolder,
                                              .storedOnly = options.stored,
                                              .choice = chosen.presets,
                                              .onTraining = logTraining},
                                             context);
    if (!reproduction) {
        return tl::unexpected(reproduction.error());
    }
    if (!options.charts.empty()) {
        if (auto written = writeCharts(*reproduction, options.charts); !written) {
            return tl::unexpected(written.error());
        }
    }
    return Outcome{printed(*reproduction, chosen.systems, options), interrupt.status(kExitDone)};
}

Result<Outcome> reproduce(const Options& options) {
    auto names = options.systems;
    if (!options.show.empty()) {
        names = {options.show};
    }
    const auto selected = systems::catalogue().and_then(
        [&](const std::vector<systems::System>& all) { return chosen(all, names); });
    if (!selected) {
        return tl::unexpected(selected.error());
    }
    const auto& systems = selected->systems;
    if (options.list) {
        return Outcome{options.json ? app::systemListJson(systems) : app::systemListText(systems)};
    }
    if (!options.show.empty()) {
        const auto& system = systems.front();
        return (options.json ? app::systemJson(system) : app::systemText(system))
            .map([](const std::string& text) { return Outcome{text}; });
    }
    return options.drawings.empty() ? run(*selected, options)
                                    : writeDrawings(systems, options.drawings);
}

void addScaleOptions(CLI::App& command, Options& options) {
    constexpr int kMostSeeds = 100;
    constexpr int kMostEpochs = 1000;
    constexpr int kMostImages = 10000000;
    constexpr double kLeastRate = 1e-6;
    constexpr double kMostRate = 100;
    auto* quick =
        command.add_flag("--quick", options.quick, "One seed, one epoch of 2000 images: a look");
    command
        .add_flag("--full", options.full,
                  "ResNet-20 on CIFAR-10 where it is found: hours for all systems")
        ->excludes(quick);
    command.add_option("--seeds", options.seeds, "Seeds a training (default 3)")
        ->type_name("N")
        ->check(CLI::Range(1, kMostSeeds));
    command.add_option("--images", options.images, "Training images, 0: all (default 10000)")
        ->type_name("N")
        ->check(CLI::Range(0, kMostImages));
    command.add_option("--epochs", options.epochs, "Epochs (default 3)")
        ->type_name("N")
        ->check(CLI::Range(1, kMostEpochs));
    command
        .add_option("--learning-rate", options.learningRate, "Factor on the update (default 0.03)")
        ->type_name("RATE")
        ->check(CLI::Range(kLeastRate, kMostRate));
    command.add_option("--network", options.network, "Template (default lenet5_bn)")
        ->type_name("ID");
    command.add_option("--dataset", options.dataset, "Data set (default fashion-mnist)")
        ->type_name("NAME");
    addDatasetFolderOption(command, options.datasetFolder);
}

}  // namespace

void addReproduce(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "reproduce", "Run published systems and hold them against what was claimed");
    command->footer(
        "Trains each system's presets under emulation, models its hardware, and prints one table:\n"
        "system, claim, source and its confidence, what was obtained, verdict. Every training is\n"
        "stored as it ends and found again by the next call; Ctrl-C keeps what is there.\n"
        "Examples:\n"
        "  mantissa-cli reproduce --list\n"
        "  mantissa-cli reproduce --show hbfp\n"
        "  mantissa-cli reproduce hbfp gupta --quick\n"
        "  mantissa-cli reproduce --full flexblock\n"
        "  mantissa-cli reproduce flexblock/mixed hbfp/hbfp8_16 --network resnet20\n"
        "  mantissa-cli reproduce lightnorm/bfp16 --network mobilenet_v2_cifar --plan");
    auto options = std::make_shared<Options>();
    command->add_option("SYSTEM", options->systems,
                        "Systems (default: all), or SYSTEM/PRESET: only this one and FP32 train");
    addScaleOptions(*command, *options);
    addDatabaseOption(*command, options->database);
    addThreadsOption(*command, options->threads);
    auto* stored = command->add_flag("--stored", options->stored,
                                     "Train nothing: what the database holds, and the models");
    auto* plan = command->add_flag(
        "--plan", options->plan,
        "What would be trained and how long it would take here, from a few steps");
    plan->excludes(stored);
    command->add_flag("--list", options->list, "The systems, without running them");
    command
        ->add_option("--show", options->show,
                     "What one system is, sets and claims, without running it")
        ->type_name("SYSTEM");
    command
        ->add_flag("--markdown", options->markdown,
                   "Print the page docs/reproduce.md; of chosen presets, a section")
        ->excludes(plan);
    command
        ->add_option("--charts", options->charts,
                     "Also write reproduce-accuracy.svg and reproduce-ratios.svg")
        ->type_name("DIR")
        ->excludes(plan);
    command->add_option("--drawings", options->drawings, "Only write the drawings of the dataflows")
        ->type_name("DIR");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return reproduce(*options); }; });
}

}  // namespace mantissa::cli
