// SPDX-License-Identifier: GPL-3.0-or-later
// How accurate trained weights are under other formats, without training anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/data/batches.h"
#include "core/data/dataset.h"
#include "core/design/design_point.h"
#include "core/error.h"
#include "core/nn/network.h"
#include "core/train/evaluation.h"

namespace mantissa::study {

struct Preview {
    train::Evaluation evaluation;
    std::int64_t images = 0;  ///< the first so many of the test set
};

/// The weights of one trained network. The inputs of its later layers are kept for the first
/// images, so that a change of one layer's formats only runs the network from there on. One thread
/// at a time.
class AccuracyPreview {
public:
    /// Images whose activations are kept, in whole batches.
    static constexpr std::int64_t kKeptImages = 1000;

    /// `state`: of a checkpoint of `trained`, whose batches, scaling and seeds are used. `dataset`:
    /// the design's. Errors: as design::validate and train::restoreState; another data set's shape
    /// or number of classes.
    static Result<AccuracyPreview> make(const design::DesignPoint& trained,
                                        std::span<const std::byte> state,
                                        std::shared_ptr<const data::Dataset> dataset);

    std::int64_t testImages() const { return m_batches->images(); }

    /// Under the formats and layer settings of `design`, on at least the first `images` of the test
    /// set, in whole batches, or all there are. A precision controller has no part in it. On the
    /// whole test set an unchanged design without a controller gives the accuracy of its run.
    /// Errors: as design::validate, and a network whose parameters are others; Cancelled.
    Result<Preview> evaluate(const design::DesignPoint& design, std::int64_t images, int threads,
                             const std::stop_token& stop = {});

private:
    /// What decides about a layer's output, its inputs and weights apart.
    struct Forward {
        nn::LayerParams params;
        nn::LayerPrecision precision;  ///< what only a backward pass reads at its defaults
        bool operator==(const Forward&) const = default;
    };
    using Setting = std::vector<Forward>;  ///< one a layer

    /// Of one batch, under the setting it was last seen with.
    struct Kept {
        std::shared_ptr<const Setting> setting;  ///< null: the boundaries hold nothing
        std::vector<nn::Boundary> boundaries;    ///< their layers ascend
    };

    AccuracyPreview(design::DesignPoint trained, std::vector<std::vector<float>> values,
                    std::shared_ptr<const data::Dataset> dataset);
    static Setting settingOf(const nn::NetworkSpec& network,
                             const std::vector<nn::LayerPrecision>& precision);
    Result<void> copyParameters(nn::Network& network) const;
    void prepareBoundaries(const nn::NetworkSpec& spec, const nn::Network& network);
    nn::StepResult evaluateBatch(nn::Network& network, std::int64_t index,
                                 const std::shared_ptr<const Setting>& setting);

    design::DesignPoint m_trained;
    std::vector<std::vector<float>> m_values;  ///< of the parameters, in their order
    std::shared_ptr<const data::Dataset> m_dataset;
    std::unique_ptr<data::Batches> m_batches;
    nn::NetworkSpec m_wired;   ///< whose boundaries are kept
    std::vector<Kept> m_kept;  ///< one a batch
};

}  // namespace mantissa::study
