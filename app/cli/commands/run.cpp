// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli run: train a design under emulation, estimate its hardware, keep both.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/hardware_text.h"
#include "app/cli/interrupt.h"
#include "app/cli/json.h"
#include "app/cli/library_options.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"
#include "app/cli/plan_options.h"
#include "app/cli/progress_line.h"
#include "app/engine/evaluate.h"
#include "app/engine/export.h"
#include "app/engine/seed.h"
#include "app/engine/units.h"
#include "core/atomic_file.h"
#include "core/design/design_json.h"
#include "core/train/checkpoint_file.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string design;
    std::string database;
    std::string datasetFolder;
    std::string checkpoint;
    PlanOptions plan;
    std::optional<int> epochs;
    std::optional<std::uint64_t> seed;
    int threads = defaultThreads();
    LibraryOptions library;
    bool resume = false;
    bool json = false;
};

Result<design::DesignPoint> readDesign(const Options& options) {
    return design::readDesignFile(options.design).and_then([&](const design::DesignPoint& read) {
        auto recipe = read.recipe();
        recipe.epochs = options.epochs.value_or(recipe.epochs);
        if (options.seed) {
            recipe = app::withSeed(recipe, *options.seed);
        }
        auto design = read.withRecipe(recipe);
        return design::validate(design).and_then(
            [&] { return withPlanOptions(design, options.plan); });
    });
}

/// As the named cells price it. What is stored is priced with the usual ones, so that stored
/// designs can be compared.
Result<hw::HardwareReport> pricedHardware(const design::DesignPoint& design,
                                          const Options& options) {
    return chosenLibrary(options.library).and_then([&](const hw::Library& library) {
        return hw::estimate(design, {.library = library});
    });
}

/// What a recipe allows; 1 where there is no such parameter, which a test would show.
int mostEpochs() {
    for (const auto& parameter : train::recipeParams()) {
        if (parameter.spec.id == "epochs") {
            return static_cast<int>(parameter.spec.maximum);
        }
    }
    return 1;
}

std::string_view statusName(train::RunStatus status) {
    switch (status) {
        case train::RunStatus::Done:
            return "done";
        case train::RunStatus::Cancelled:
            return "cancelled";
        case train::RunStatus::Diverged:
            return "diverged";
    }
    return {};
}

/// What is wrong with a run that has ended, if anything.
std::optional<Error> problemOf(const app::Evaluation& evaluation, const Options& options) {
    if (evaluation.training.status == train::RunStatus::Diverged) {
        return Error{ErrorCode::Diverged, evaluation.training.reason, options.design,
                     "its curve is kept; try a smaller learning rate or a wider format"};
    }
    if (evaluation.training.status == train::RunStatus::Cancelled) {
        return Error{ErrorCode::Cancelled, "interrupted; what was trained is kept", options.design,
                     evaluation.training.epochs.empty()
                         ? "no epoch was complete: a new run starts from the beginning"
                         : "the same command with --resume goes on"};
    }
    return std::nullopt;
}

/// Whose products were added, and where integers were summed: "bit-true in 13 of 15 matrix
/// products".
std::string arithmeticText(const std::vector<nn::PassArithmetic>& passes) {
    if (const std::string& multiplier = passes.front().multiplier; !multiplier.empty()) {
        return "in FP32, products of the approximate multiplier " + multiplier + " in all " +
               std::to_string(passes.size()) + " matrix products";
    }
    const auto integer = std::count_if(passes.begin(), passes.end(),
                                       [](const auto& pass) { return pass.segment > 0; });
    const auto other = std::find_if(passes.begin(), passes.end(),
                                    [](const auto& pass) { return !pass.accumulator.empty(); });
    const auto overflowing = std::count_if(passes.begin(), passes.end(),
                                           [](const auto& pass) { return pass.mayOverflow; });
    const std::string accumulator =
        other == passes.end() ? "" : "added in " + other->accumulator + ", ";
    return integer == 0 ? "in FP32, product by product"
                        : "bit-true, integers inside blocks, " + accumulator + "in " +
                              std::to_string(integer) + " of " + std::to_string(passes.size()) +
                              " matrix products" +
                              (overflowing == 0 ? std::string()
                                                : " (" + std::to_string(overflowing) +
                                                      " may leave the accumulator's bits)") +
                              "; the others in FP32";
}

/// The first events of a run, one a line.
std::string eventsText(const std::vector<train::RunEvent>& events) {
    constexpr std::size_t kMost = 20;
    std::string text = "\nWhat happened during the run\n\n";
    for (std::size_t i = 0; i < std::min(kMost, events.size()); ++i) {
        text += "step " + std::to_string(events[i].step) + ", " + events[i].subject + ": " +
                events[i].text + '\n';
    }
    if (events.size() > kMost) {
        text += "... and " + std::to_string(events.size() - kMost) + " more; --json prints all\n";
    }
    return text;
}

std::string runText(const app::Evaluation& evaluation, const std::filesystem::path& database) {
    const auto& training = evaluation.training;
    std::string text =
        "Design    " + (evaluation.design.name().empty() ? "unnamed" : evaluation.design.name()) +
        " [" + evaluation.designHash + "]\nData set  " + evaluation.design.dataset() + " [" +
        evaluation.datasetHash + "]\nRun       " + std::to_string(evaluation.run) + ", " +
        std::string(statusName(training.status)) + ", " + std::to_string(training.steps.size()) +
        " steps, " + app::fixedText(1e3 * training.secondsPerStep, 1) + " ms each (emulated on " +
        training.kernelPath + ")\nStored    " + database.string() + '\n';
    if (evaluation.resumedEpochs > 0) {
        text += "Resumed   after epoch " + std::to_string(evaluation.resumedEpochs) + '\n';
    }
    if (!training.arithmetic.empty()) {
        text += "Sums      " + arithmeticText(training.arithmetic) + '\n';
    }
    text += "\nAccuracy, measured under emulation\n\n" +
            (training.epochs.empty()
                 ? std::string("no epoch was completed\n")
                 : app::tableText(app::epochsTable(training.epochs), app::TableFormat::Text));
    if (!training.events.empty()) {
        text += eventsText(training.events);
    }
    if (!training.statistics.empty()) {
        text += "\nWhat the formats lost in the last step, measured\n\n" +
                app::tableText(app::operandsTable(training.statistics), app::TableFormat::Text);
    }
    if (!training.profiles.empty()) {
        text += "\nHow values were spread in the last step, as exponents of two\n\n" +
                app::tableText(app::profilesTable(training.profiles), app::TableFormat::Text);
    }
    return text + '\n' + hardwareTotalsText(evaluation.hardware);
}

nlohmann::json eventsJson(const std::vector<train::RunEvent>& events) {
    auto list = nlohmann::json::array();
    for (const auto& event : events) {
        list.push_back({{"step", event.step},
                        {"subject", event.subject},
                        {"value", event.value},
                        {"text", event.text}});
    }
    return list;
}

nlohmann::json observationsJson(const std::vector<train::Observation>& observations) {
    auto list = nlohmann::json::array();
    for (const auto& seen : observations) {
        list.push_back({{"step", seen.step},
                        {"layer", seen.layer},
                        {"operand", seen.operand},
                        {"measure", seen.measure},
                        {"value", seen.value}});
    }
    return list;
}

nlohmann::json arithmeticJson(const std::vector<nn::PassArithmetic>& passes) {
    auto list = nlohmann::json::array();
    for (const auto& pass : passes) {
        nlohmann::json entry{{"layer", pass.layer},
                             {"pass", design::passText(pass.pass)},
                             {"integers", pass.segment}};
        if (!pass.multiplier.empty()) {
            entry["multiplier"] = pass.multiplier;
        }
        if (!pass.accumulator.empty()) {
            entry["accumulator"] = pass.accumulator;
            entry["sum_bits"] = pass.sumBits;
            entry["may_overflow"] = pass.mayOverflow;
        }
        list.push_back(std::move(entry));
    }
    return list;
}

std::string runDocument(const app::Evaluation& evaluation, const std::filesystem::path& database,
                        const std::optional<Error>& problem) {
    const auto& training = evaluation.training;
    auto hardware = nlohmann::json::parse(hw::toJson(evaluation.hardware));
    hardware.erase("breakdown");  // 'mantissa-cli hw' prints it
    hardware.erase("layers");
    nlohmann::json json{
        {"design", nlohmann::json::parse(design::toJson(evaluation.design))},
        {"hash", evaluation.designHash},
        {"train_hash", design::trainHash(evaluation.design)},
        {"emulation", design::kEmulation},
        {"hw_hash", design::hwHash(evaluation.design)},
        {"dataset_hash", evaluation.datasetHash},
        {"run", evaluation.run},
        {"database", database.string()},
        {"status", statusName(training.status)},
        {"reason", training.reason},
        {"resumed_epochs", evaluation.resumedEpochs},
        {"steps", training.steps.size()},
        {"seconds_per_step", training.secondsPerStep},
        {"kernel_path", training.kernelPath},
        {"epochs", epochsJson(training.epochs)},
        {"events", eventsJson(training.events)},
        {"observations", observationsJson(training.observations)},
        {"operands", nlohmann::json::parse(app::tableText(app::operandsTable(training.statistics),
                                                          app::TableFormat::Json))},
        {"tensors", nlohmann::json::parse(app::tableText(app::profilesTable(training.profiles),
                                                         app::TableFormat::Json))},
        {"arithmetic", arithmeticJson(training.arithmetic)},
        {"hardware", std::move(hardware)}};
    if (problem) {
        json["error"] = errorJson(*problem);
    }
    return document(json);
}

/// Also fills `last` with the checkpoint of the last whole epoch.
Result<app::Evaluation> trainDesign(const design::DesignPoint& design, const Options& options,
                                    store::Store& store, const InterruptGuard& interrupt,
                                    std::optional<train::Checkpoint>& last) {
    ProgressLine line;
    const JobContext context(interrupt.token(),
                             [&line](const Progress& progress) { line.show(progress); });
    const train::TrainObserver observer{
        .onStep = [&line](const train::StepMetric& step) { line.show(step); },
        .onEpoch =
            [&](const train::EpochMetric& epoch) { line.show(epoch, design.recipe().epochs); },
        .onCheckpoint = [&last](const train::Checkpoint& checkpoint) { last = checkpoint; }};
    app::EvaluateOptions evaluateOptions;
    evaluateOptions.threads = options.threads;
    evaluateOptions.resume = options.resume;
    evaluateOptions.datasetFolder = options.datasetFolder;
    return app::evaluate(design, evaluateOptions, &store, context, observer);
}

/// What 'mantissa-cli preview' reads; nothing where no file is asked for.
Result<void> writeCheckpoint(const std::string& file,
                             const std::optional<train::Checkpoint>& checkpoint) {
    if (file.empty()) {
        return {};
    }
    if (!checkpoint) {
        std::fputs("note: no epoch was completed, so there are no weights to write\n", stderr);
        return {};
    }
    return train::writeCheckpointFile(file, *checkpoint);
}

Result<Outcome> run(const Options& options) {
    const auto design = readDesign(options);
    if (!design) {
        return tl::unexpected(design.error());
    }
    auto hardware = pricedHardware(*design, options);
    if (!hardware) {
        return tl::unexpected(hardware.error());
    }
    if (!options.checkpoint.empty()) {
        if (const auto writable = checkWritable(options.checkpoint); !writable) {
            return tl::unexpected(writable.error());
        }
    }
    const auto file = databasePath(options.database);
    if (!file) {
        return tl::unexpected(file.error());
    }
    auto store = openForWriting(*file);
    if (!store) {
        return tl::unexpected(store.error());
    }
    const InterruptGuard interrupt;
    std::optional<train::Checkpoint> last;
    auto evaluation = trainDesign(*design, options, *store, interrupt, last);
    if (!evaluation) {
        return tl::unexpected(evaluation.error());
    }
    evaluation->hardware = *std::move(hardware);
    if (auto written = writeCheckpoint(options.checkpoint, last); !written) {
        return tl::unexpected(written.error());
    }
    if (options.resume && evaluation->resumedEpochs == 0) {
        std::fputs("note: there was no stopped run to go on from; trained from the start\n",
                   stderr);
    }
    const auto problem = problemOf(*evaluation, options);
    if (problem) {
        std::fprintf(stderr, "error: %s\n", problem->text().c_str());
    }
    return Outcome{
        options.json ? runDocument(*evaluation, *file, problem) : runText(*evaluation, *file),
        problem ? interrupt.status(kExitFailed) : kExitDone};
}

}  // namespace

void addRun(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("run", "Train a design under emulation, estimate its hardware, store");
    command->footer(
        "Accuracy is measured by training with every tensor in its format; area, energy and "
        "cycles\n"
        "are modelled. Every epoch is stored as it ends. Ctrl-C stops within a moment and keeps "
        "the\n"
        "curve so far; a second Ctrl-C ends at once. Another library prices what is printed; what\n"
        "is stored is priced with nangate45, so that stored designs can be compared.\n"
        "Examples:\n"
        "  mantissa-cli run design.json\n"
        "  mantissa-cli run design.json --epochs 5 --seed 2 --db results.db\n"
        "  mantissa-cli run design.json --resume --json > result.json");
    auto options = std::make_shared<Options>();
    command->add_option("DESIGN", options->design, "Design file (.json)")->required();
    addDatabaseOption(*command, options->database);
    addDatasetFolderOption(*command, options->datasetFolder);
    addPlanOptions(*command, options->plan);
    command->add_option("--epochs", options->epochs, "Epochs, instead of the design's")
        ->type_name("N")
        ->check(CLI::Range(1, mostEpochs()));
    command
        ->add_option("--seed", options->seed,
                     "Seed: N, N+1 and N+2 for weights, data order and rounding, instead of the "
                     "design's")
        ->type_name("N")
        ->check(CLI::Range(std::uint64_t{0}, app::kLargestSeed));
    addThreadsOption(*command, options->threads);
    addLibraryOptions(*command, options->library);
    command
        ->add_option("--checkpoint", options->checkpoint,
                     "Also write the weights of the last epoch to a file, for 'preview'")
        ->type_name("FILE");
    command->add_flag("--resume", options->resume,
                      "Go on from the newest stopped run of the same training");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mantissa::cli
