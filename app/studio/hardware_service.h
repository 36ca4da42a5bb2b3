// SPDX-License-Identifier: GPL-3.0-or-later
// What the hardware panel shows, estimated in the background: a drag's every change asks for it.
#pragma once

#include <QObject>
#include <QString>

#include "app/studio/latest_job.h"
#include "core/design/design_point.h"
#include "ui/hardware/hardware_figures.h"

namespace mantissa::app {

/// Of several requests the latest wins.
class HardwareService : public QObject {
    Q_OBJECT

public:
    explicit HardwareService(QObject* parent = nullptr) : QObject(parent) {}

    /// Of the requests from now on.
    void setLibrary(const hw::Library& library) { m_prices.library = library; }
    /// Answers with ready or failed.
    void request(const design::DesignPoint& design, const design::DesignPoint& baseline);
    /// The answer to an earlier request, if it is still to come, is dropped.
    void cancel() { m_job.cancel(); }
    void waitForDone() { m_job.waitForDone(); }

signals:
    void ready(const mantissa::ui::HardwareFigures& figures, const QString& designHash);
    void failed(const mantissa::Error& error);

private:
    hw::EstimateOptions m_prices;
    LatestJob m_job;
};

}  // namespace mantissa::app
