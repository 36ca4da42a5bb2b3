// SPDX-License-Identifier: GPL-3.0-or-later
// Answers the formats page in the background.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>

#include "app/studio/latest_job.h"
#include "core/design/design_point.h"
#include "ui/formats/formats_panel.h"

namespace mantissa::app {

/// Of several requests the latest wins.
class FormatStudyService : public QObject {
    Q_OBJECT

public:
    explicit FormatStudyService(QObject* parent = nullptr);
    ~FormatStudyService() override;

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// `design`: whose operands the request may ask for. Answers with ready or failed.
    void request(const ui::FormatsRequest& request, const design::DesignPoint& design);
    void cancel() { m_job.cancel(); }
    void waitForDone() { m_job.waitForDone(); }

signals:
    void ready(const mantissa::ui::FormatStudies& studies);
    void failed(const mantissa::Error& error);

private:
    class Bench;

    std::filesystem::path m_datasetFolder;
    std::shared_ptr<Bench> m_bench;  ///< used by the worker alone
    LatestJob m_job;
};

}  // namespace mantissa::app
