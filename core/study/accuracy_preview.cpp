// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/accuracy_preview.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/thread_team.h"
#include "core/train/checkpoint.h"
#include "core/train/spec_check.h"

namespace mantissa::study {
namespace {

/// For the activations that are kept, of all images together.
constexpr std::int64_t kKeptFloats = std::int64_t{1} << 25U;

constexpr nn::NetworkOptions kEvaluates{.evaluatesOnly = true};

Error otherParameters(const std::string& found, const std::string& trained) {
    return {ErrorCode::InvalidInput, "has " + found + ", the trained weights are of " + trained,
            "network", "train this network first, or take back the change of its layers"};
}

bool wiredAlike(const nn::NetworkSpec& a, const nn::NetworkSpec& b) {
    return a.input == b.input && std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(),
                                            b.layers.end(), [](const auto& one, const auto& other) {
                                                return one.name == other.name &&
                                                       one.inputs == other.inputs;
                                            });
}

std::string describe(const nn::Parameter& parameter) {
    return parameter.name + " of " + std::to_string(parameter.value.size()) + " values";
}

}  // namespace

AccuracyPreview::AccuracyPreview(design::DesignPoint trained,
                                 std::vector<std::vector<float>> values,
                                 std::shared_ptr<const data::Dataset> dataset)
    : m_trained(std::move(trained)),
      m_values(std::move(values)),
      m_dataset(std::move(dataset)),
      m_batches(std::make_unique<data::Batches>(
          m_dataset->test, m_dataset->image, train::testBatches(m_trained.recipe(), *m_dataset))) {
    const std::int64_t batch = m_trained.recipe().batch;
    m_kept.resize(
        static_cast<std::size_t>(std::min(m_batches->count(), (kKeptImages + batch - 1) / batch)));
}

Result<AccuracyPreview> AccuracyPreview::make(const design::DesignPoint& trained,
                                              std::span<const std::byte> state,
                                              std::shared_ptr<const data::Dataset> dataset) {
    if (auto valid = design::validate(trained); !valid) {
        return tl::unexpected(valid.error());
    }
    const auto& spec = trained.network();
    const auto precision = design::resolvePrecision(trained.precision(), spec);
    if (auto fits = train::checkSpec(
            {.network = spec, .precision = precision, .recipe = trained.recipe()}, *dataset);
        !fits) {
        return tl::unexpected(fits.error());
    }
    ThreadTeam team;
    auto network = nn::Network::make(spec, precision, 1, team, kEvaluates);
    if (!network) {
        return tl::unexpected(network.error());
    }
    if (const auto restored = train::restoreState(state, network->parameters()); !restored) {
        Error error = restored.error();
        if (error.code == ErrorCode::InvalidInput) {
            error.hint = "choose a design of the network in which these weights were trained";
        }
        return tl::unexpected(std::move(error));
    }
    std::vector<std::vector<float>> values;
    for (const auto& parameter : network->parameters()) {
        values.emplace_back(parameter.value.begin(), parameter.value.end());
    }
    return AccuracyPreview(trained, std::move(values), std::move(dataset));
}

AccuracyPreview::Setting AccuracyPreview::settingOf(
    const nn::NetworkSpec& network, const std::vector<nn::LayerPrecision>& precision) {
    Setting setting;
    for (std::size_t i = 0; i < precision.size(); ++i) {
        nn::LayerPrecision forward = precision[i];
        forward.weightInputGradient = forward.errorInputGradient = {};
        forward.activationWeightGradient = forward.errorWeightGradient = {};
        forward.weightGradient = forward.stash = forward.normBackward = {};
        forward.fixed = false;
        setting.push_back({network.layers[i].params, std::move(forward)});
    }
    return setting;
}

Result<void> AccuracyPreview::copyParameters(nn::Network& network) const {
    const auto parameters = network.parameters();
    if (parameters.size() != m_values.size()) {
        return tl::unexpected(
            otherParameters(std::to_string(parameters.size()) + " parameter tensors",
                            std::to_string(m_values.size())));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (parameters[i].value.size() != m_values[i].size()) {
            return tl::unexpected(
                otherParameters(describe(parameters[i]), std::to_string(m_values[i].size())));
        }
        std::copy(m_values[i].begin(), m_values[i].end(), parameters[i].value.begin());
    }
    return {};
}

/// Where the network is wired as before, what is kept stays. Else there will be a boundary before
/// every layer with a matrix product but the first; where that is too much, not where most would
/// have to be kept, which is near the images.
void AccuracyPreview::prepareBoundaries(const nn::NetworkSpec& spec, const nn::Network& network) {
    if (wiredAlike(spec, m_wired)) {
        return;
    }
    m_wired = spec;
    std::vector<std::pair<std::int64_t, std::size_t>> candidates;
    for (std::size_t i = 1; i < spec.layers.size(); ++i) {
        if (nn::kindOf(spec.layers[i].params).hasGemm) {
            candidates.emplace_back(network.boundaryFloats(i), i);
        }
    }
    std::sort(candidates.begin(), candidates.end());
    const std::int64_t images = m_trained.recipe().batch * static_cast<std::int64_t>(m_kept.size());
    std::vector<nn::Boundary> boundaries;
    std::int64_t floats = 0;
    for (const auto& [perImage, layer] : candidates) {
        floats += images * perImage;
        if (floats <= kKeptFloats) {
            boundaries.push_back({layer, {}});
        }
    }
    std::sort(boundaries.begin(), boundaries.end(),
              [](const auto& a, const auto& b) { return a.layer < b.layer; });
    std::fill(m_kept.begin(), m_kept.end(), Kept{nullptr, boundaries});
}

nn::StepResult AccuracyPreview::evaluateBatch(nn::Network& network, std::int64_t index,
                                              const std::shared_ptr<const Setting>& setting) {
    const data::Batch batch = m_batches->at(index);
    const auto key = train::evaluationKey(m_trained.recipe().seedRounding, index);
    if (index >= static_cast<std::int64_t>(m_kept.size())) {
        return network.evaluate(batch.images, batch.labels, key);
    }
    Kept& kept = m_kept[static_cast<std::size_t>(index)];
    // Boundaries up to here hold what the new setting would bring there, too.
    auto end = kept.boundaries.begin();
    if (kept.setting != nullptr) {
        const auto differs =
            std::mismatch(setting->begin(), setting->end(), kept.setting->begin()).first;
        const auto same = static_cast<std::size_t>(differs - setting->begin());
        end = std::find_if(kept.boundaries.begin(), kept.boundaries.end(),
                           [&](const auto& boundary) { return boundary.layer > same; });
    }
    kept.setting = nullptr;  // until all of it is of the new setting
    const std::span<nn::Boundary> keep(end, kept.boundaries.end());
    const auto result = end == kept.boundaries.begin()
                            ? network.evaluate(batch.images, batch.labels, key, keep)
                            : network.evaluateFrom(*std::prev(end), batch.labels, key, keep);
    if (!result.cancelled) {
        kept.setting = setting;
    }
    return result;
}

Result<Preview> AccuracyPreview::evaluate(const design::DesignPoint& design, std::int64_t images,
                                          int threads, const std::stop_token& stop) {
    if (auto valid = design::validate(design); !valid) {
        return tl::unexpected(valid.error());
    }
    const auto& spec = design.network();
    ThreadTeam team(threads, stop);
    const auto precision = design::resolvePrecision(design.precision(), spec);
    auto network = nn::Network::make(spec, precision, m_trained.recipe().batch, team, kEvaluates);
    if (!network) {
        return tl::unexpected(network.error());
    }
    if (auto copied = copyParameters(*network); !copied) {
        return tl::unexpected(copied.error());
    }
    prepareBoundaries(spec, *network);
    const auto setting = std::make_shared<const Setting>(settingOf(spec, precision));
    nn::StepResult total;
    for (std::int64_t index = 0; index < m_batches->count() && total.images < images; ++index) {
        const nn::StepResult result = evaluateBatch(*network, index, setting);
        if (result.cancelled) {
            return fail(ErrorCode::Cancelled, "the preview was stopped");
        }
        total.lossSum += result.lossSum;
        total.correct += result.correct;
        total.images += result.images;
    }
    const auto seen = static_cast<double>(total.images);
    return Preview{{total.lossSum / seen, static_cast<double>(total.correct) / seen}, total.images};
}

}  // namespace mantissa::study
