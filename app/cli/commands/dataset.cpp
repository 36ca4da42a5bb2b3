// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli dataset: what is found of a data set, and how to get it.
#include "core/data/dataset.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/options.h"
#include "app/engine/table.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string nameOrPath;
    bool json = false;
};

using ClassCounts = std::array<std::int64_t, 256>;

ClassCounts classCounts(const data::Split& split) {
    ClassCounts counts{};
    for (const auto label : split.labels) {
        ++counts[label];
    }
    return counts;
}

std::string howToGet(std::string_view name) {
    for (const auto& known : data::knownDatasets()) {
        if (known.name == name) {
            return std::string(known.howToGet);
        }
    }
    return {};
}

Shape splitShape(const data::Dataset& dataset, const data::Split& split) {
    Shape shape{split.count()};
    shape.insert(shape.end(), dataset.image.begin(), dataset.image.end());
    return shape;
}

std::string datasetText(const data::Dataset& dataset) {
    const auto train = classCounts(dataset.train);
    const auto test = classCounts(dataset.test);
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
    const auto train = classCounts(dataset.train);
    const auto test = classCounts(dataset.test);
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

Result<Outcome> dataset(const Options& options) {
    std::error_code ignored;
    const bool isPath = options.nameOrPath.find('/') != std::string::npos ||
                        std::filesystem::is_directory(options.nameOrPath, ignored);
    return (isPath ? data::loadFashionMnist(options.nameOrPath)
                   : data::loadDataset(options.nameOrPath))
        .map([&](const std::shared_ptr<const data::Dataset>& loaded) {
            return Outcome{options.json ? datasetDocument(*loaded) : datasetText(*loaded)};
        });
}

}  // namespace

void addDataset(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("dataset", "What is found of a data set: shapes, hash, classes");
    std::string known;
    for (const auto& info : data::knownDatasets()) {
        known += "\n  " + std::string(info.name) + ": " + std::string(info.label) + "; " +
                 std::string(info.howToGet);
    }
    command->footer("Shapes are images x channels x height x width. Known data sets:" + known +
                    "\nExamples:\n  mantissa-cli dataset fashion-mnist\n"
                    "  mantissa-cli dataset ./my-fashion-mnist-folder --json");
    auto options = std::make_shared<Options>();
    command
        ->add_option("NAME", options->nameOrPath,
                     "A known name, or a folder with the four files of Fashion-MNIST")
        ->required();
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return dataset(*options); }; });
}

}  // namespace mantissa::cli
