// SPDX-License-Identifier: GPL-3.0-or-later
// Real sample tensors of a network's operands, and what a precision plan loses on them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/design/design_point.h"
#include "core/error.h"
#include "core/numerics/format_study.h"
#include "ui/precision/precision_panel.h"

namespace mantissa::app {

/// Samples come from one FP32 training step at the design's initial weights on its first images,
/// fewer of them for large networks. They are kept until network, seed, data or their scaling
/// change. One thread at a time.
class OperandSampler {
public:
    /// Of every operand of `layer`, one that has GEMM passes. Errors: no data, images of another
    /// shape, a network too large for an answer at once.
    Result<std::vector<ui::RoleStatistics>> statistics(const design::DesignPoint& design,
                                                       const std::string& layer,
                                                       const std::filesystem::path& datasetFolder);
    /// One operand of `layer`, blocks along the axis of the forward pass (of the weight gradient's
    /// own pass for that). Errors: as above, and a layer without operands.
    Result<numerics::StudyTensor> operand(const design::DesignPoint& design,
                                          const std::string& layer, design::Role role,
                                          const std::filesystem::path& datasetFolder);

private:
    struct Sample {
        std::vector<float> values;
        Shape shape;
        std::int64_t groups = 1;  ///< of the layer
    };
    using LayerSamples = std::map<design::Role, Sample>;

    struct Origin {
        nn::NetworkSpec network;
        train::Recipe recipe;  ///< what of it matters here
        std::string dataset;
        std::filesystem::path folder;
        bool operator==(const Origin&) const = default;
    };

    static Origin originOf(const design::DesignPoint& design,
                           const std::filesystem::path& datasetFolder);
    QString sampleText(const std::string& layer) const;
    Result<void> prepare(const Origin& origin);
    Result<void> loadData(const Origin& origin);
    Result<void> collect(const Origin& origin, int images);

    std::shared_ptr<const data::Dataset> m_data;
    std::optional<Origin> m_origin;  ///< of the samples
    int m_images = 0;
    std::map<std::string, LayerSamples> m_layers;
};

}  // namespace mantissa::app
