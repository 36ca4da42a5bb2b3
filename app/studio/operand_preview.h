// SPDX-License-Identifier: GPL-3.0-or-later
// Error statistics of a layer's operands under the formats being dragged, computed in the
// background.
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/studio/latest_job.h"
#include "core/design/design_point.h"
#include "ui/precision/precision_panel.h"

namespace mantissa::app {

class OperandSampler;

/// Of several requests the latest wins.
class OperandPreview : public QObject {
    Q_OBJECT

public:
    explicit OperandPreview(QObject* parent = nullptr);
    ~OperandPreview() override;

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// `layer`: one with GEMM passes. Answers with ready or failed.
    void request(const design::DesignPoint& design, const QString& layer);
    /// The answer to an earlier request, if it is still to come, is dropped.
    void cancel() { m_job.cancel(); }
    void waitForDone() { m_job.waitForDone(); }

signals:
    void ready(const QString& layer, const std::vector<mantissa::ui::RoleStatistics>& statistics);
    void failed(const mantissa::Error& error);

private:
    void finish(const QString& layer, const Result<std::vector<ui::RoleStatistics>>& rows);

    std::filesystem::path m_datasetFolder;
    std::shared_ptr<OperandSampler> m_sampler;
    LatestJob m_job;
};

}  // namespace mantissa::app
