// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/operand_sampler.h"

#include <QObject>
#include <algorithm>
#include <span>
#include <utility>

#include "app/studio/data_folder.h"
#include "core/data/batches.h"
#include "core/data/dataset_registry.h"
#include "core/nn/network.h"
#include "ui/precision/format_text.h"

namespace mantissa::app {
namespace {

constexpr std::int64_t kMostImages = 64;
// About a tenth of a second and a quarter of a gigabyte: what a user does not notice.
constexpr std::int64_t kMostMacs = 2'000'000'000;
constexpr std::int64_t kMostElements = 16'000'000;

/// The part of a recipe that changes the samples.
train::Recipe inputRecipe(const train::Recipe& recipe) {
    train::Recipe part;
    part.seedInit = recipe.seedInit;
    part.normalisation = recipe.normalisation;
    part.mean1 = recipe.mean1;
    part.mean2 = recipe.mean2;
    part.mean3 = recipe.mean3;
    part.deviation1 = recipe.deviation1;
    part.deviation2 = recipe.deviation2;
    part.deviation3 = recipe.deviation3;
    return part;
}

/// How many images a step may have within the budget; 0 where not even one fits.
Result<int> affordableImages(const nn::NetworkSpec& network) {
    return nn::checkNetwork(network).map([](const std::vector<nn::LayerShapes>& layers) {
        std::int64_t macs = 1;
        std::int64_t elements = 1;
        std::int64_t parameters = 0;
        for (const auto& layer : layers) {
            constexpr int kPasses = 3;
            macs += kPasses * layer.macsPerImage;
            elements += elementCount(layer.output);
            parameters += layer.parameters;
        }
        const std::int64_t left = std::max<std::int64_t>(0, kMostElements - parameters);
        return static_cast<int>(std::min({kMostImages, kMostMacs / macs, left / elements}));
    });
}

}  // namespace

Result<std::vector<ui::RoleStatistics>> OperandSampler::statistics(
    const design::DesignPoint& design, const std::string& layer,
    const std::filesystem::path& datasetFolder) {
    const auto ready = prepare(originOf(design, datasetFolder));
    if (!ready) {
        return tl::unexpected(ready.error());
    }
    const auto index = design.network().indexOf(layer);
    const auto samples = m_layers.find(layer);
    std::vector<ui::RoleStatistics> rows;
    if (!index || samples == m_layers.end()) {
        return rows;
    }
    const auto site = design::planSite(design.precision(), design.network(), *index);
    const QString origin = sampleText(layer);
    ThreadTeam team(1);
    const auto add = [&](design::Role role, std::optional<design::Pass> pass) {
        const Sample& sample = samples->second.at(role);
        const auto format = design.precision().resolve(site, role, pass).format;
        // A result belongs to no pass as an operand; it takes the axis of the pass that makes it.
        const auto blocks = nn::operandBlocks(format.format, sample.shape, sample.groups,
                                              pass.value_or(nn::GemmPass::WeightGradient), role);
        std::vector<float> quantised(sample.values.size());
        rows.push_back({{role, pass},
                        numerics::quantiseWithStatistics(
                            sample.values, quantised, blocks.shape, blocks.axis, format,
                            {.seed = design.recipe().seedRounding, .step = 0, .tensor = 0}, team),
                        origin});
    };
    for (const auto role : design::allRoles()) {
        const auto passes = design::passesOf(role);
        if (passes.empty()) {
            add(role, std::nullopt);
        }
        for (const auto pass : passes) {
            add(role, pass);
        }
    }
    return rows;
}

Result<numerics::StudyTensor> OperandSampler::operand(const design::DesignPoint& design,
                                                      const std::string& layer, design::Role role,
                                                      const std::filesystem::path& datasetFolder) {
    const auto ready = prepare(originOf(design, datasetFolder));
    if (!ready) {
        return tl::unexpected(ready.error());
    }
    const auto samples = m_layers.find(layer);
    if (samples == m_layers.end()) {
        return fail(
            ErrorCode::NotFound,
            QObject::tr("the network has no layer of that name with operands").toStdString(), layer,
            QObject::tr("choose another tensor").toStdString());
    }
    const Sample& sample = samples->second.at(role);
    const auto passes = design::passesOf(role);
    const auto pass = passes.empty() ? nn::GemmPass::WeightGradient : passes.front();
    return numerics::StudyTensor{
        layer + " " + ui::roleLabel(role).toLower().toStdString(),
        QObject::tr("%1, %2 values")
            .arg(sampleText(layer), QString::fromStdString(shapeText(sample.shape)))
            .toStdString(),
        sample.values, sample.shape, nn::blockAxis(pass, role)};
}

OperandSampler::Origin OperandSampler::originOf(const design::DesignPoint& design,
                                                const std::filesystem::path& datasetFolder) {
    return {design.network(), inputRecipe(design.recipe()), design.dataset(),
            dataFolderFor(design, datasetFolder)};
}

QString OperandSampler::sampleText(const std::string& layer) const {
    return QObject::tr("%1 at initial weights, first %2 training images")
        .arg(QString::fromStdString(layer))
        .arg(m_images);
}

Result<void> OperandSampler::prepare(const Origin& origin) {
    if (m_origin == origin) {
        return {};
    }
    m_layers.clear();
    if (auto loaded = loadData(origin); !loaded) {
        return loaded;
    }
    m_origin.reset();
    const auto images = affordableImages(origin.network);
    if (!images) {
        return tl::unexpected(images.error());
    }
    if (*images == 0) {
        return fail(
            ErrorCode::Unsupported,
            QObject::tr("the network is too large for error statistics at once").toStdString(),
            QObject::tr("quantisation error").toStdString(),
            QObject::tr("they are part of the report of a run").toStdString());
    }
    return collect(origin, *images).map([&] { m_origin = origin; });
}

Result<void> OperandSampler::loadData(const Origin& origin) {
    const bool sameData = m_data && m_origin && m_origin->dataset == origin.dataset &&
                          m_origin->folder == origin.folder;
    if (!sameData) {
        auto data = data::loadDataset(origin.dataset, origin.folder);
        if (!data) {
            return tl::unexpected(data.error());
        }
        m_data = std::move(*data);
    }
    if (m_data->image != origin.network.input) {
        return fail(ErrorCode::InvalidInput,
                    "the network reads " + shapeText(origin.network.input) + ", the images are " +
                        shapeText(m_data->image),
                    "network input");
    }
    return {};
}

Result<void> OperandSampler::collect(const Origin& origin, int images) {
    ThreadTeam team(1);
    const auto& layers = origin.network.layers;
    auto network = nn::Network::make(origin.network, std::vector<nn::LayerPrecision>(layers.size()),
                                     images, team, {.keepsOperands = true});
    if (!network) {
        return tl::unexpected(network.error());
    }
    network->initialise(origin.recipe.seedInit);
    const std::int64_t count = std::min<std::int64_t>(images, m_data->train.count());
    data::Batches batches(
        m_data->train, m_data->image,
        {.images = count, .batch = count, .scale = train::channelScale(origin.recipe, *m_data)});
    const auto batch = batches.at(0);
    network->trainStep(batch.images, batch.labels, {});
    m_images = static_cast<int>(count);

    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (!nn::kindOf(layers[i].params).hasGemm) {
            continue;
        }
        const auto operands = network->operands(i);
        const auto groups = operands.activationShape[1] / operands.weightShape[1];
        const auto copyOf = [groups](std::span<const float> values, const Shape& shape) {
            return Sample{{values.begin(), values.end()}, shape, groups};
        };
        auto& samples = m_layers[layers[i].name];
        samples[design::Role::Weight] = copyOf(operands.weight, operands.weightShape);
        samples[design::Role::Activation] = copyOf(operands.activation, operands.activationShape);
        samples[design::Role::Error] = copyOf(operands.error, operands.errorShape);
        for (const auto& parameter : network->parameters()) {
            if (parameter.name == layers[i].name + ".weight") {
                samples[design::Role::WeightGradient] =
                    copyOf(parameter.gradient, operands.weightShape);
            }
        }
    }
    return {};
}

}  // namespace mantissa::app
