// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli sensitivity: which operand of which layer bears few bits.
#include "core/study/sensitivity.h"

#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/json.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/engine/export.h"
#include "app/engine/units.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string design;
    std::string database;
    std::string datasetFolder;
    std::vector<int> widths{study::SensitivityOptions{}.widths};
    int trainImages = 0;
    int threads = defaultThreads();
    bool json = false;
};

std::string sensitivityText(const design::DesignPoint& design, const study::Sensitivity& found) {
    const std::string epoch = std::to_string(found.changedEpoch);
    return "Design         " + (design.name().empty() ? "unnamed" : design.name()) + " [" +
           design::designHash(design) + "]\nTest accuracy  " + app::shareText(found.accuracy) +
           ", measured under emulation, as it is\nEach row       epoch " + epoch + " of " + epoch +
           " again with one operand changed, all else as it is\n\n" +
           (found.cases.empty()
                ? std::string("no width saves anything\n")
                : app::tableText(app::sensitivityTable(found), app::TableFormat::Text));
}

std::string sensitivityDocument(const design::DesignPoint& design,
                                const study::Sensitivity& found) {
    return document({{"hash", design::designHash(design)},
                     {"accuracy", found.accuracy},
                     {"changed_epoch", found.changedEpoch},
                     {"cancelled", found.cancelled},
                     {"cases", nlohmann::json::parse(app::tableText(app::sensitivityTable(found),
                                                                    app::TableFormat::Json))}});
}

Result<design::DesignPoint> designOf(const Options& options) {
    auto store = openForReading(options.database);
    if (!store) {
        return tl::unexpected(store.error());
    }
    return findDesign(options.design, *store ? &**store : nullptr)
        .map([&](const design::DesignPoint& found) {
            auto recipe = found.recipe();
            recipe.trainImages = options.trainImages > 0 ? options.trainImages : recipe.trainImages;
            return found.withRecipe(recipe);
        });
}

Result<Outcome> sensitivity(const Options& options) {
    const auto design = designOf(options);
    if (!design) {
        return tl::unexpected(design.error());
    }
    const InterruptGuard interrupt;
    Result<study::Sensitivity> found;
    {
        ProgressLine line;
        const JobContext context(interrupt.token(),
                                 [&line](const Progress& progress) { line.show(progress); });
        found = study::analyseSensitivity(*design,
                                          {.widths = options.widths,
                                           .threads = options.threads,
                                           .datasetFolder = options.datasetFolder},
                                          context);
    }
    if (!found) {
        return tl::unexpected(found.error());
    }
    if (found->cancelled) {
        std::fputs("note: interrupted; these are the rows that were done\n", stderr);
    }
    return Outcome{
        options.json ? sensitivityDocument(*design, *found) : sensitivityText(*design, *found),
        found->cancelled ? interrupt.status(kExitDone) : kExitDone};
}

}  // namespace

void addSensitivity(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "sensitivity", "Rank layers and roles by the accuracy that a saved bit costs");
    command->footer(
        "Trains the design, then its last epoch again for each layer, role and width, with that\n"
        "one operand as block floating point of so many mantissa bits. One epoch a row: LeNet-5\n"
        "takes some minutes; --train-images makes epochs shorter. Ctrl-C keeps what is done.\n"
        "Examples:\n"
        "  mantissa-cli sensitivity design.json\n"
        "  mantissa-cli sensitivity design.json --widths 6,4,2 --train-images 6000 --json");
    auto options = std::make_shared<Options>();
    command->add_option("DESIGN", options->design, "Design file (.json), hash or name")->required();
    addDatabaseOption(*command, options->database);
    addDatasetFolderOption(*command, options->datasetFolder);
    command
        ->add_option("--widths", options->widths,
                     "Mantissa bits as each format counts them (block floating point with the "
                     "sign), separated by commas (default: 8,6,5,4,3,2)")
        ->type_name("N,N,...")
        ->delimiter(',');
    command
        ->add_option("--train-images", options->trainImages,
                     "Training images, instead of the design's")
        ->type_name("N")
        ->check(CLI::Range(1, std::numeric_limits<int>::max()));
    addThreadsOption(*command, options->threads);
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return sensitivity(*options); }; });
}

}  // namespace mantissa::cli
