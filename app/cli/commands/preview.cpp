// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli preview: trained weights under a design's formats, without training.
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/json.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/engine/units.h"
#include "core/data/dataset_registry.h"
#include "core/study/accuracy_preview.h"
#include "core/train/checkpoint_file.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string design;
    std::string checkpoint;
    std::string database;
    std::string datasetFolder;
    std::int64_t images = 0;  ///< 0: all
    int threads = defaultThreads();
    bool json = false;
};

std::string previewText(const design::DesignPoint& design, const Options& options,
                        const study::Preview& seen) {
    return "Design         " + (design.name().empty() ? "unnamed" : design.name()) + " [" +
           design::designHash(design) + "]\nWeights        " + options.checkpoint +
           ", not trained further\nTest accuracy  " + app::shareText(seen.evaluation.accuracy) +
           " of " + std::to_string(seen.images) +
           " images, measured under emulation\nTest loss      " +
           app::fixedText(seen.evaluation.loss, 4) + '\n';
}

std::string previewDocument(const design::DesignPoint& design, const study::Preview& seen) {
    return document({{"hash", design::designHash(design)},
                     {"images", seen.images},
                     {"test_accuracy", seen.evaluation.accuracy},
                     {"test_loss", seen.evaluation.loss}});
}

Result<study::Preview> evaluate(const design::DesignPoint& design, const Options& options,
                                const InterruptGuard& interrupt) {
    const auto state = train::readCheckpointFile(options.checkpoint);
    if (!state) {
        return tl::unexpected(state.error());
    }
    ProgressLine line;
    const JobContext context(interrupt.token(),
                             [&line](const Progress& progress) { line.show(progress); });
    auto dataset = data::loadDataset(design.dataset(), options.datasetFolder, context);
    if (!dataset) {
        return tl::unexpected(dataset.error());
    }
    auto preview = study::AccuracyPreview::make(design, *state, std::move(*dataset));
    if (!preview) {
        return tl::unexpected(preview.error());
    }
    const auto images = options.images > 0 ? options.images : preview->testImages();
    return preview->evaluate(design, images, options.threads, interrupt.token());
}

Result<Outcome> preview(const Options& options) {
    auto store = openForReading(options.database);
    if (!store) {
        return tl::unexpected(store.error());
    }
    const auto design = findDesign(options.design, *store ? &**store : nullptr);
    if (!design) {
        return tl::unexpected(design.error());
    }
    const InterruptGuard interrupt;
    const auto seen = evaluate(*design, options, interrupt);
    if (!seen && seen.error().code == ErrorCode::Cancelled) {
        std::fputs("note: interrupted before there was a figure\n", stderr);
        return Outcome{{}, interrupt.status(kExitFailed)};
    }
    return seen.map([&](const study::Preview& preview) {
        return Outcome{options.json ? previewDocument(*design, preview)
                                    : previewText(*design, options, preview)};
    });
}

}  // namespace

void addPreview(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "preview", "Measure trained weights under a design's formats, without training");
    command->footer(
        "The weights come from 'mantissa-cli run --checkpoint'; the design may have other formats\n"
        "than the one that was trained, and layers without weights may differ.\n"
        "Examples:\n"
        "  mantissa-cli run lenet5_fp32.json --checkpoint lenet5.weights\n"
        "  mantissa-cli preview lenet5_bfp8.json --checkpoint lenet5.weights\n"
        "  mantissa-cli preview lenet5_bfp8.json --checkpoint lenet5.weights --images 1000 --json");
    auto options = std::make_shared<Options>();
    command->add_option("DESIGN", options->design, "Design file (.json), hash or name")->required();
    command
        ->add_option("--checkpoint", options->checkpoint, "Weights that 'run --checkpoint' wrote")
        ->type_name("FILE")
        ->required();
    command
        ->add_option("--images", options->images,
                     "The first so many test images, in whole batches (default: all)")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()));
    addDatabaseOption(*command, options->database);
    addDatasetFolderOption(*command, options->datasetFolder);
    addThreadsOption(*command, options->threads);
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return preview(*options); }; });
}

}  // namespace mantissa::cli
