// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli network: the ready-made networks, one of them layer by layer, or as a design.
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/options.h"
#include "app/cli/suggestion.h"
#include "app/engine/table.h"
#include "core/data/dataset_registry.h"
#include "core/design/design_json.h"
#include "core/label.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string name;
    std::string input;  ///< "": the template's
    int classes = 0;
    std::string dataset;
    std::string output;
    bool json = false;
};

app::Cell countCell(std::int64_t count) {
    return app::numberCell(static_cast<double>(count));
}

std::string printed(const app::Table& table, bool json, const char* key) {
    return json ? document(
                      {{key, nlohmann::json::parse(app::tableText(table, app::TableFormat::Json))}})
                : app::tableText(table, app::TableFormat::Text);
}

Result<Outcome> listTemplates(bool json) {
    app::Table table{{{"id", "Template", false},
                      {"label", "Network", false},
                      {"input", "Input", false},
                      {"classes", "Classes", true},
                      {"layers", "Layers", true},
                      {"parameters", "Parameters", true},
                      {"macs_per_image", "MACs/image", true}},
                     {}};
    for (const auto& one : nn::networkTemplates()) {
        const auto network = one.make();
        const auto shapes = nn::checkNetwork(network);
        if (!shapes) {
            return tl::unexpected(shapes.error());
        }
        std::int64_t parameters = 0;
        std::int64_t macs = 0;
        for (const auto& layer : *shapes) {
            parameters += layer.parameters;
            macs += layer.macsPerImage;
        }
        table.rows.push_back({app::textCell(std::string(one.id)),
                              app::textCell(std::string(one.label)),
                              app::textCell(shapeText(one.input)), countCell(one.classes),
                              countCell(static_cast<std::int64_t>(network.layers.size())),
                              countCell(parameters), countCell(macs)});
    }
    return Outcome{printed(table, json, "templates")};
}

Result<const nn::NetworkTemplate*> findTemplate(const std::string& name) {
    std::vector<std::string> known;
    for (const auto& one : nn::networkTemplates()) {
        if (one.id == name) {
            return &one;
        }
        known.emplace_back(one.id);
    }
    const auto meant = closest(name, known);
    return fail(
        ErrorCode::NotFound, "there is no template \"" + name + "\"", name,
        meant.empty() ? "'mantissa-cli network' lists them" : "did you mean " + meant + "?");
}

Result<Outcome> showLayers(const nn::NetworkSpec& network, bool json) {
    return nn::checkNetwork(network).map([&](const std::vector<nn::LayerShapes>& shapes) {
        app::Table table{{{"name", "Layer", false},
                          {"kind", "Kind", false},
                          {"output", "Output", false},
                          {"parameters", "Parameters", true},
                          {"macs_per_image", "MACs/image", true}},
                         {}};
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            const auto& layer = network.layers[i];
            table.rows.push_back(
                {app::textCell(layer.name), app::textCell(std::string(nn::kindOf(layer.params).id)),
                 app::textCell(shapeText(shapes[i].output)), countCell(shapes[i].parameters),
                 countCell(shapes[i].macsPerImage)});
        }
        return Outcome{printed(table, json, "layers")};
    });
}

/// "3,32,32" or "3x32x32".
Result<Shape> shapeOf(const std::string& text) {
    constexpr std::size_t kExtents = 3;
    constexpr std::int64_t kLargest = 4096;
    Shape shape;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end && shape.size() < kExtents) {
        std::int64_t extent = 0;
        const auto [next, problem] = std::from_chars(at, end, extent);
        if (problem != std::errc{} || extent < 1 || extent > kLargest) {
            break;
        }
        shape.push_back(extent);
        at = next;
        if (at != end && shape.size() < kExtents && (*at == ',' || *at == 'x')) {
            ++at;
        }
    }
    if (at != end || shape.size() != kExtents) {
        return fail(ErrorCode::InvalidInput,
                    "is \"" + text + "\", must be three integers from 1 to " +
                        std::to_string(kLargest) + ": channels, height and width",
                    "--input", "for example 3,32,32 or 3x32x32");
    }
    return shape;
}

/// What the design is to be trained on, if nobody says: the set that has such images.
std::string datasetFor(const nn::NetworkSpec& network) {
    const auto* const kind = data::kindOf(network.input, network.classes);
    if (kind == nullptr) {
        std::fprintf(stderr,
                     "note: no data set is known whose images are %s in %d classes; name one "
                     "with --dataset before you train ('mantissa-cli dataset' lists them)\n",
                     shapeText(network.input).c_str(), network.classes);
        return {};
    }
    return std::string(kind->name);
}

Result<Outcome> writeDesign(const nn::NetworkTemplate& source, nn::NetworkSpec network,
                            const Options& options) {
    const auto dataset = options.dataset.empty() ? datasetFor(network) : options.dataset;
    auto design =
        design::DesignPoint().withName(std::string(source.label)).withNetwork(std::move(network));
    if (!dataset.empty()) {
        design = design.withDataset(dataset);
    }
    return design::validate(design)
        .and_then([&] { return design::writeDesignFile(design, options.output); })
        .map([&] { return Outcome{options.output + "\n"}; });
}

Result<Outcome> network(const Options& options) {
    if (options.name.empty()) {
        return listTemplates(options.json);
    }
    return findTemplate(options.name)
        .and_then([&](const nn::NetworkTemplate* found) -> Result<Outcome> {
            const auto input =
                options.input.empty() ? Result<Shape>(found->input) : shapeOf(options.input);
            if (!input) {
                return tl::unexpected(input.error());
            }
            auto made =
                found->generate(*input, options.classes > 0 ? options.classes : found->classes);
            return options.output.empty() ? showLayers(made, options.json)
                                          : writeDesign(*found, std::move(made), options);
        });
}

}  // namespace

void addNetwork(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("network", "List ready-made networks; show one or make a design of it");
    command->footer(
        "Parameters are weights, biases, gamma and beta; MACs are those of the forward pass.\n"
        "Examples:\n"
        "  mantissa-cli network\n"
        "  mantissa-cli network resnet20 --classes 100\n"
        "  mantissa-cli network mobilenet_v2_cifar --input 1,28,28 --output mobile.json");
    auto options = std::make_shared<Options>();
    command->add_option("NAME", options->name, "A template of the list");
    command
        ->add_option("--input", options->input,
                     "Channels, height and width of an image (default: the template's)")
        ->type_name("C,H,W");
    command
        ->add_option("--classes", options->classes,
                     "Number of classes, 2 to " + std::to_string(kMostClasses))
        ->type_name("N")
        ->check(CLI::Range(std::size_t{2}, kMostClasses));
    command->add_option("--dataset", options->dataset,
                        "Data set of the design (default: the one that has such images)");
    command->add_option("-o,--output", options->output, "Write a design file with the network")
        ->type_name("FILE");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return network(*options); }; });
}

}  // namespace mantissa::cli
