// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/training_time.h"

#include <algorithm>

#include "app/engine/evaluate.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "core/train/trainer.h"

namespace mantissa::app {
namespace {

constexpr int kTimedSteps = 5;
/// A batch of the test set takes one of a step's three products.
constexpr double kEvaluationShare = 1.0 / 3;

data::Split beginning(const data::Split& split, std::int64_t images) {
    const auto count = std::min(images, split.count());
    const auto pixels =
        static_cast<std::ptrdiff_t>(split.pixels.size() / static_cast<std::size_t>(split.count())) *
        count;
    return {{split.pixels.begin(), split.pixels.begin() + pixels},
            {split.labels.begin(), split.labels.begin() + count}};
}

Result<double> secondsOf(const Training& training, const data::Dataset& dataset, int threads,
                         const JobContext& context) {
    const auto& recipe = training.design.recipe();
    data::Dataset few = dataset;
    few.train = beginning(dataset.train, std::int64_t{kTimedSteps} * recipe.batch);
    few.test = beginning(dataset.test, recipe.batch);
    auto spec = trainSpec(training.design, threads);
    spec.recipe.epochs = 1;
    spec.recipe.trainImages = 0;
    spec.watchedSteps = 0;
    const double testBatches =
        static_cast<double>(recipe.epochs) *
        static_cast<double>((dataset.test.count() + recipe.batch - 1) / recipe.batch);
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

}  // namespace

Result<std::vector<PresetTime>> timeTrainings(std::span<const Training> trainings,
                                              const data::Dataset& dataset,
                                              const store::Store& store, int threads,
                                              const JobContext& context) {
    std::vector<PresetTime> times;
    for (const auto& training : trainings) {
        if (context.cancelled()) {
            break;
        }
        auto& preset = presetOf(times, training);
        preset.steps = stepsOf(training, dataset);
        const auto stored = storedResult(training, dataset, store, Emulations::OfThisVersion);
        if (!stored) {
            return tl::unexpected(stored.error());
        }
        if (*stored) {
            ++preset.stored;
            continue;
        }
        if (++preset.missing == 1) {
            const auto seconds = secondsOf(training, dataset, threads, context);
            if (!seconds) {
                return tl::unexpected(seconds.error());
            }
            preset.secondsEach = *seconds;
        }
    }
    return times;
}

std::string trainingTimeText(std::span<const PresetTime> times) {
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
    int missing = 0;
    double seconds = 0;
    for (const auto& one : times) {
        table.rows.push_back({textCell(one.system), textCell(one.preset), number(one.stored),
                              number(one.missing), number(one.steps), duration(one.seconds())});
        missing += one.missing;
        seconds += one.seconds();
    }
    return tableText(table, TableFormat::Text) + "\n" + std::to_string(missing) +
           (missing == 1 ? " training" : " trainings") +
           (missing == 0 ? ": all are stored\n" : ", about " + durationText(seconds) + " here\n");
}

}  // namespace mantissa::app
