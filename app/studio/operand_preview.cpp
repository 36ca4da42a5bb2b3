// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/operand_preview.h"

#include <QMetaObject>
#include <exception>
#include <utility>

#include "app/studio/operand_sampler.h"

namespace mantissa::app {

OperandPreview::OperandPreview(QObject* parent)
    : QObject(parent), m_sampler(std::make_shared<OperandSampler>()) {
    m_pool.setMaxThreadCount(1);
}

OperandPreview::~OperandPreview() {
    m_pool.waitForDone();
}

void OperandPreview::request(const design::DesignPoint& design, const QString& layer) {
    m_design = design;
    m_layer = layer;
    if (m_state == State::Idle) {
        start();
    } else {
        m_state = State::Superseded;
    }
}

void OperandPreview::cancel() {
    if (m_state != State::Idle) {
        m_state = State::Dropped;
    }
}

void OperandPreview::start() {
    m_state = State::Running;
    m_pool.start(
        [this, sampler = m_sampler, design = m_design, layer = m_layer, folder = m_datasetFolder] {
            Result<std::vector<ui::RoleStatistics>> rows;
            try {
                rows = sampler->statistics(design, layer.toStdString(), folder);
            } catch (const std::exception& exception) {
                rows = fail(ErrorCode::Internal, exception.what(), "quantisation error");
            }
            QMetaObject::invokeMethod(
                this, [this, layer, rows = std::move(rows)] { finish(layer, rows); },
                Qt::QueuedConnection);
        });
}

void OperandPreview::finish(const QString& layer,
                            const Result<std::vector<ui::RoleStatistics>>& rows) {
    const State ended = std::exchange(m_state, State::Idle);
    if (ended == State::Superseded) {
        start();
    } else if (ended == State::Running && rows) {
        emit ready(layer, *rows);
    } else if (ended == State::Running) {
        emit failed(rows.error());
    }
}

}  // namespace mantissa::app
