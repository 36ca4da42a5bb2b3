// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/operand_preview.h"

#include <QMetaObject>
#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "core/data/dataset.h"
#include "core/nn/network.h"

namespace mantissa::app {
namespace {

constexpr int kSampleImages = 64;

struct Sample {
    std::vector<float> values;
    Shape shape;
};

/// One layer's operands by role.
using LayerSamples = std::map<design::Role, Sample>;

/// Blocks run along the reduction axis of the GEMM that uses the operand; see nn::LayerPrecision.
int blockAxis(design::Role role, std::optional<design::Pass> pass) {
    if (role == design::Role::Weight) {
        return pass == design::Pass::InputGradient ? 0 : 1;
    }
    return pass == design::Pass::WeightGradient ? 0 : 1;
}

Sample copyOf(std::span<const float> values, const Shape& shape) {
    return {{values.begin(), values.end()}, shape};
}

}  // namespace

/// Lives on the preview thread.
struct OperandPreview::Sampler {
    std::optional<nn::NetworkSpec> network;
    std::uint64_t seed = 0;
    std::string dataset;
    std::map<std::string, LayerSamples> layers;

    Result<void> prepare(const design::DesignPoint& design, const std::filesystem::path& folder) {
        if (network == design.network() && seed == design.recipe().seedInit &&
            dataset == design.dataset()) {
            return {};
        }
        layers.clear();
        network.reset();
        const auto data = data::loadDataset(design.dataset(), folder);
        if (!data) {
            return tl::unexpected(data.error());
        }
        if ((*data)->image != design.network().input) {
            return fail(ErrorCode::InvalidInput,
                        "the network reads " + shapeText(design.network().input) +
                            ", the images are " + shapeText((*data)->image),
                        "network input");
        }
        ThreadTeam team(1);
        auto runner = nn::Network::make(
            design.network(), std::vector<nn::LayerPrecision>(design.network().layers.size()),
            kSampleImages, team);
        if (!runner) {
            return tl::unexpected(runner.error());
        }
        runner->initialise(design.recipe().seedInit);
        runStep(*runner, **data);
        collect(*runner, design.network());
        network = design.network();
        seed = design.recipe().seedInit;
        dataset = design.dataset();
        return {};
    }

    static void runStep(nn::Network& runner, const data::Dataset& data) {
        const auto count = std::min<std::int64_t>(kSampleImages, data.train.count());
        std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
        std::iota(indices.begin(), indices.end(), std::int64_t{0});
        const auto imageSize = static_cast<std::size_t>(elementCount(data.image));
        std::vector<float> images(indices.size() * imageSize);
        data::Dataset::normalise(data.train, imageSize, indices, images);
        const std::span<const std::uint8_t> labels(data.train.labels.data(), indices.size());
        runner.trainStep(images, labels, {});
    }

    void collect(nn::Network& runner, const nn::NetworkSpec& spec) {
        for (std::size_t i = 0; i < spec.layers.size(); ++i) {
            if (!nn::kindOf(spec.layers[i].params).hasGemm) {
                continue;
            }
            const auto operands = runner.operands(i);
            LayerSamples samples;
            samples[design::Role::Weight] = copyOf(operands.weight, operands.weightShape);
            samples[design::Role::Activation] =
                copyOf(operands.activation, operands.activationShape);
            samples[design::Role::Error] = copyOf(operands.error, operands.errorShape);
            for (const auto& parameter : runner.parameters()) {
                if (parameter.name == spec.layers[i].name + ".weight") {
                    samples[design::Role::WeightGradient] =
                        copyOf(parameter.gradient, operands.weightShape);
                }
            }
            layers[spec.layers[i].name] = std::move(samples);
        }
    }

    std::vector<ui::RoleStatistics> statistics(const design::DesignPoint& design,
                                               const std::string& layer) const {
        const auto index = design.network().indexOf(layer);
        const auto samples = layers.find(layer);
        if (!index || samples == layers.end()) {
            return {};
        }
        const auto kind = nn::kindOf(design.network().layers[*index].params).id;
        const QString origin = QObject::tr("%1 at initial weights, first %2 training images")
                                   .arg(QString::fromStdString(layer))
                                   .arg(kSampleImages);
        std::vector<ui::RoleStatistics> rows;
        const auto add = [&](design::Role role, std::optional<design::Pass> pass) {
            const Sample& sample = samples->second.at(role);
            if (sample.values.empty()) {
                return;
            }
            const auto format = design.precision().resolve(layer, kind, role, pass).format;
            const int axis = blockAxis(role, pass);
            std::vector<float> quantised(sample.values.size());
            ThreadTeam team(1);
            numerics::quantise(sample.values, quantised, sample.shape, axis, format,
                               {.seed = design.recipe().seedRounding, .step = 0, .tensor = 0},
                               team);
            rows.push_back({{role, pass},
                            numerics::errorStatistics(sample.values, quantised, sample.shape, axis,
                                                      format.format),
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
};

OperandPreview::OperandPreview(QObject* parent)
    : QObject(parent), m_sampler(std::make_shared<Sampler>()) {
    m_pool.setMaxThreadCount(1);
}

OperandPreview::~OperandPreview() {
    m_pool.waitForDone();
}

void OperandPreview::request(const design::DesignPoint& design, const QString& layer) {
    m_design = design;
    m_layer = layer;
    if (m_running) {
        m_pending = true;
        return;
    }
    computeLatest();
}

void OperandPreview::computeLatest() {
    m_running = true;
    m_pending = false;
    m_pool.start([this, sampler = m_sampler, design = m_design, layer = m_layer,
                  folder = m_datasetFolder] {
        Result<std::vector<ui::RoleStatistics>> rows = sampler->prepare(design, folder).map([&] {
            return sampler->statistics(design, layer.toStdString());
        });
        QMetaObject::invokeMethod(
            this,
            [this, layer, rows = std::move(rows)] {
                m_running = false;
                if (m_pending) {
                    computeLatest();
                    return;
                }
                if (rows) {
                    emit ready(layer, *rows);
                } else {
                    emit failed(rows.error());
                }
            },
            Qt::QueuedConnection);
    });
}

}  // namespace mantissa::app
