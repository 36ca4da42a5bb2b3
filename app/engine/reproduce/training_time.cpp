// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/training_time.h"

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

#include "app/engine/evaluate.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "core/train/evaluation.h"
#include "core/train/trainer.h"

namespace mantissa::app {
namespace {

constexpr int kTimedSteps = 5;
/// A batch of the test set takes one of a step's three products.
constexpr double kEvaluationShare = 1.0 / 3;

data::Split beginning(const data::Split& split, std::int64_t images, const Shape& image) {
    const auto count = std::min(images, split.count());
    return {{split.pixels.begin(), split.pixels.begin() + elementCount(image) * count},
            {split.labels.begin(), split.labels.begin() + count}};
}

Result<double> secondsOf(const Training& training, const data::Dataset& dataset, int threads,
                         const JobContext& context) {
    const auto& recipe = training.design.recipe();
    const data::Dataset few{
        .name = dataset.name,
        .image = dataset.image,
        .classes = dataset.classes,
        .train = beginning(dataset.train, std::int64_t{kTimedSteps} * recipe.batch, dataset.image),
        .test = beginning(dataset.test, recipe.batch, dataset.image),
        .folder = dataset.folder,
        .hash = dataset.hash};
    auto spec = trainSpec(training.design, threads);
    spec.recipe.epochs = 1;
    spec.recipe.trainImages = 0;
    spec.watchedSteps = 0;
    const double testBatches = static_cast<double>(recipe.epochs) *
                               static_cast<double>(train::testBatches(recipe, dataset).count());
    return train::train(spec, few, JobContext(context.stopToken()))
        .map([&](const train::TrainResult& result) {
            return result.secondsPerStep * (static_cast<double>(stepsOf(training, dataset)) +
                                            kEvaluationShare * testBatches);
        });
}

PresetTime& presetOf(std::vector<PresetTime>& times, const Training& training) {
    const auto found = std::find_if(times.begin(), times.end(), [&](const PresetTime& one) {
        return one.system == training.system && one.preset == training.preset;
    });
    return found != times.end() ? *found
                                : times.emplace_back(PresetTime{training.system, training.preset});
}

Table tableOf(const TrainingTimes& times) {
    Table table{{{"system", "System"},
                 {"preset", "Preset"},
                 {"stored", "Stored", true},
                 {"missing", "To train", true},
                 {"steps", "Steps each", true},
                 {"seconds", "Time", true}},
                {}};
    const auto number = [](auto value) { return numberCell(static_cast<double>(value)); };
    const auto duration = [](double seconds) {
        return numberCell(seconds, seconds > 0 ? "about " + durationText(seconds) : "–");
    };
    for (const auto& one : times.presets) {
        table.rows.push_back({textCell(one.system), textCell(one.preset), number(one.stored),
                              number(one.missing), number(one.steps), duration(one.seconds())});
    }
    return table;
}

}  // namespace

int TrainingTimes::missing() const {
    return std::accumulate(presets.begin(), presets.end(), 0,
                           [](int sum, const PresetTime& one) { return sum + one.missing; });
}

double TrainingTimes::seconds() const {
    return std::accumulate(presets.begin(), presets.end(), 0.0,
                           [](double sum, const PresetTime& one) { return sum + one.seconds(); });
}

Result<TrainingTimes> timeTrainings(std::span<const Training> trainings,
                                    const data::Dataset& dataset, const store::Store& store,
                                    int threads, const JobContext& context) {
    TrainingTimes times;
    for (const auto& training : trainings) {
        const auto stored = storedResult(training, dataset, store, Emulations::OfThisVersion);
        if (!stored) {
            return tl::unexpected(stored.error());
        }
        auto& preset = presetOf(times.presets, training);
        preset.steps = stepsOf(training, dataset);
        preset.stored += *stored ? 1 : 0;
        preset.missing += *stored ? 0 : 1;
        if (preset.missing == 1 && !*stored) {
            const auto seconds = secondsOf(training, dataset, threads, context);
            if (!seconds) {
                return tl::unexpected(seconds.error());
            }
            preset.secondsEach = *seconds;
        }
        if (context.cancelled()) {
            preset.secondsEach = 0;  // of too few steps
            times.complete = false;
            break;
        }
    }
    return times;
}

std::string trainingTimeText(const TrainingTimes& times) {
    const int missing = times.missing();
    auto text = tableText(tableOf(times), TableFormat::Text) + "\n" + std::to_string(missing) +
                (missing == 1 ? " training" : " trainings");
    if (!times.complete) {
        return text + " so far: stopped before all were timed\n";
    }
    return text + (missing == 0 ? ": all are stored\n"
                                : ", about " + durationText(times.seconds()) + " here\n");
}

std::string trainingTimeJson(const TrainingTimes& times) {
    const nlohmann::json json{
        {"presets", nlohmann::json::parse(tableText(tableOf(times), TableFormat::Json))},
        {"missing", times.missing()},
        {"seconds", times.seconds()},
        {"complete", times.complete}};
    return json.dump(2) + "\n";
}

}  // namespace mantissa::app
