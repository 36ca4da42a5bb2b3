// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli dataset: which data sets there are, what is found of one, and how to get it.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/options.h"
#include "app/engine/table.h"
#include "core/data/dataset_registry.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string nameOrPath;
    bool json = false;
};

/// Images of each class.
std::vector<std::int64_t> classCounts(const data::Dataset& dataset, const data::Split& split) {
    std::vector<std::int64_t> counts(dataset.classes.size());
    for (const auto label : split.labels) {
        ++counts[label];
    }
    return counts;
}

std::string howToGet(std::string_view name) {
    for (const auto& kind : data::datasetKinds()) {
        if (kind.name == name) {
            return std::string(kind.howToGet);
        }
    }
    return {};
}

/// Every kind, with the spelling that names it.
std::string kindsText() {
    std::string text = "Data sets, as a design or a command names them\n";
    for (const auto& kind : data::datasetKinds()) {
        text += "\n" + std::string(kind.label) + "\n  " + std::string(kind.grammar) + "\n  " +
                std::string(kind.help) + "\n  To get it: " + std::string(kind.howToGet) +
                "\n  Source: " + std::string(kind.source) + "\n";
    }
    return text +
           "\nA path alone (it begins with / or ./) is opened as what its content looks like.\n";
}

std::string kindsDocument() {
    auto kinds = nlohmann::json::array();
    for (const auto& kind : data::datasetKinds()) {
        kinds.push_back({{"name", kind.name},
                         {"label", kind.label},
                         {"grammar", kind.grammar},
                         {"help", kind.help},
                         {"how_to_get", kind.howToGet},
                         {"source", kind.source}});
    }
    return document({{"datasets", kinds}});
}

Shape splitShape(const data::Dataset& dataset, const data::Split& split) {
    Shape shape{split.count()};
    shape.insert(shape.end(), dataset.image.begin(), dataset.image.end());
    return shape;
}

std::string datasetText(const data::Dataset& dataset) {
    const auto train = classCounts(dataset, dataset.train);
    const auto test = classCounts(dataset, dataset.test);
    app::Table table;
    table.columns = {{"label", "Label", true},
                     {"class", "Class"},
                     {"train", "Train images", true},
                     {"test", "Test images", true}};
    for (std::size_t label = 0; label < dataset.classes.size(); ++label) {
        table.rows.push_back({app::textCell(std::to_string(label)),
                              app::textCell(dataset.classes[label]),
                              app::textCell(std::to_string(train[label])),
                              app::textCell(std::to_string(test[label]))});
    }
    return "Data set  " + dataset.name + "\nFolder    " + dataset.folder.string() + "\nHash      " +
           dataset.hash + "\nTrain     " + shapeText(splitShape(dataset, dataset.train)) +
           "\nTest      " + shapeText(splitShape(dataset, dataset.test)) + "\nTo get it " +
           howToGet(dataset.name) + "\n\n" + app::tableText(table, app::TableFormat::Text);
}

std::string datasetDocument(const data::Dataset& dataset) {
    const auto train = classCounts(dataset, dataset.train);
    const auto test = classCounts(dataset, dataset.test);
    auto classes = nlohmann::json::array();
    for (std::size_t label = 0; label < dataset.classes.size(); ++label) {
        classes.push_back({{"label", label},
                           {"name", dataset.classes[label]},
                           {"train", train[label]},
                           {"test", test[label]}});
    }
    return document({{"name", dataset.name},
                     {"folder", dataset.folder.string()},
                     {"hash", dataset.hash},
                     {"train_shape", splitShape(dataset, dataset.train)},
                     {"test_shape", splitShape(dataset, dataset.test)},
                     {"how_to_get", howToGet(dataset.name)},
                     {"classes", classes}});
}

/// A file or folder here may be named without ./ before it.
std::string asDatasetName(const std::string& text) {
    std::error_code ignored;
    return !data::checkDatasetName(text) && std::filesystem::exists(text, ignored) &&
                   text.front() != '/' && text.front() != '.'
               ? "./" + text
               : text;
}

Result<Outcome> dataset(const Options& options) {
    if (options.nameOrPath.empty()) {
        return Outcome{options.json ? kindsDocument() : kindsText()};
    }
    return data::loadDataset(asDatasetName(options.nameOrPath))
        .map([&](const std::shared_ptr<const data::Dataset>& loaded) {
            return Outcome{options.json ? datasetDocument(*loaded) : datasetText(*loaded)};
        });
}

}  // namespace

void addDataset(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "dataset", "Which data sets there are; what is found of one: shapes, hash, classes");
    command->footer(
        "Shapes are images x channels x height x width. Without NAME all kinds are listed, with "
        "their spelling and how to get them.\nExamples:\n  mantissa-cli dataset\n"
        "  mantissa-cli dataset fashion-mnist\n  mantissa-cli dataset images:photos.zip\n"
        "  mantissa-cli dataset synthetic:classes=4,size=3x32x32 --json\n"
        "  mantissa-cli dataset ./my-folder");
    auto options = std::make_shared<Options>();
    command->add_option("NAME", options->nameOrPath,
                        "KIND, KIND:PATH, synthetic:OPTIONS, or a path");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return dataset(*options); }; });
}

}  // namespace mantissa::cli
