// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/operand_preview.h"

#include <utility>

#include "app/studio/background.h"
#include "app/studio/operand_sampler.h"

namespace mantissa::app {

OperandPreview::OperandPreview(QObject* parent)
    : QObject(parent), m_sampler(std::make_shared<OperandSampler>()) {}

OperandPreview::~OperandPreview() = default;

void OperandPreview::request(const design::DesignPoint& design, const QString& layer) {
    m_job.request([this, sampler = m_sampler, design, layer,
                   folder = m_datasetFolder](const std::stop_token&) -> LatestJob::Deliver {
        auto rows = withoutExceptions<std::vector<ui::RoleStatistics>>("quantisation error", [&] {
            return sampler->statistics(design, layer.toStdString(), folder);
        });
        return [this, layer, rows = std::move(rows)] { finish(layer, rows); };
    });
}

void OperandPreview::finish(const QString& layer,
                            const Result<std::vector<ui::RoleStatistics>>& rows) {
    if (rows) {
        emit ready(layer, *rows);
    } else {
        emit failed(rows.error());
    }
}

}  // namespace mantissa::app
