// SPDX-License-Identifier: GPL-3.0-or-later
// Error statistics of a layer's operands under the formats being dragged, on real sample tensors.
#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/design/design_point.h"
#include "ui/precision/precision_panel.h"

namespace mantissa::app {

/// Samples come from one FP32 training step at the design's initial weights on its first images;
/// they are made once a network and seed and kept. The latest request wins.
class OperandPreview : public QObject {
    Q_OBJECT

public:
    explicit OperandPreview(QObject* parent = nullptr);
    ~OperandPreview() override;

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// `layer`: one with GEMM passes. Answers with ready, unless a newer request came.
    void request(const design::DesignPoint& design, const QString& layer);
    void waitForDone() { m_pool.waitForDone(); }

signals:
    void ready(const QString& layer, const std::vector<mantissa::ui::RoleStatistics>& statistics);
    void failed(const mantissa::Error& error);

private:
    struct Sampler;

    void computeLatest();

    std::filesystem::path m_datasetFolder;
    std::shared_ptr<Sampler> m_sampler;
    bool m_running = false;
    bool m_pending = false;
    design::DesignPoint m_design;
    QString m_layer;
    QThreadPool m_pool;
};

}  // namespace mantissa::app
