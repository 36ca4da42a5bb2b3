// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/sensitivity_service.h"

#include <utility>

#include "app/studio/background.h"
#include "app/studio/data_folder.h"

namespace mantissa::app {

SensitivityService::SensitivityService(int threads, QObject* parent)
    : QObject(parent), m_threads(threads) {
    connect(&m_job, &ProgressJob::progressed, this, &SensitivityService::progressed);
}

void SensitivityService::start(const design::DesignPoint& design) {
    study::SensitivityOptions options;
    options.threads = m_threads;
    options.datasetFolder = dataFolderFor(design, m_datasetFolder);
    m_job.start([this, design, options](const JobContext& context) -> ProgressJob::Deliver {
        auto result = withoutExceptions<study::Sensitivity>("sensitivity analysis", [&] {
            return study::analyseSensitivity(design, options, context);
        });
        return [this, design, result = std::move(result)] {
            if (result) {
                emit ready(design, *result);
            } else {
                emit failed(result.error());
            }
        };
    });
}

}  // namespace mantissa::app
