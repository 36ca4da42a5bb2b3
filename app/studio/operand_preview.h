// SPDX-License-Identifier: GPL-3.0-or-later
// Error statistics of a layer's operands under the formats being dragged, computed in the
// background.
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

class OperandSampler;

/// One request is computed at a time; of those that come meanwhile the latest wins.
class OperandPreview : public QObject {
    Q_OBJECT

public:
    explicit OperandPreview(QObject* parent = nullptr);
    ~OperandPreview() override;

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// `layer`: one with GEMM passes. Answers with ready or failed.
    void request(const design::DesignPoint& design, const QString& layer);
    /// The answer to an earlier request, if it is still to come, is dropped.
    void cancel();
    void waitForDone() { m_pool.waitForDone(); }

signals:
    void ready(const QString& layer, const std::vector<mantissa::ui::RoleStatistics>& statistics);
    void failed(const mantissa::Error& error);

private:
    enum class State {
        Idle,
        Running,     ///< its answer is wanted
        Superseded,  ///< running, but m_design and m_layer are what is wanted
        Dropped,     ///< running for nobody
    };

    void start();
    void finish(const QString& layer, const Result<std::vector<ui::RoleStatistics>>& rows);

    std::filesystem::path m_datasetFolder;
    std::shared_ptr<OperandSampler> m_sampler;
    State m_state = State::Idle;
    design::DesignPoint m_design;
    QString m_layer;
    QThreadPool m_pool;
};

}  // namespace mantissa::app
