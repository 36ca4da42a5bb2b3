// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/latest_job.h"

#include <QMetaObject>
#include <utility>

namespace mantissa::app {

LatestJob::LatestJob(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

LatestJob::~LatestJob() {
    m_stop.request_stop();
    m_pool.waitForDone();
}

void LatestJob::request(Work work) {
    if (m_running) {
        cancel();
        m_next = std::move(work);
    } else {
        start(std::move(work));
    }
}

void LatestJob::cancel() {
    m_wanted = false;
    m_next = nullptr;
    m_stop.request_stop();
}

void LatestJob::start(Work work) {
    m_running = true;
    m_wanted = true;
    m_stop = {};
    m_pool.start([this, work = std::move(work), stop = m_stop.get_token()] {
        Deliver deliver = work(stop);
        QMetaObject::invokeMethod(
            this, [this, deliver = std::move(deliver)] { finish(deliver); }, Qt::QueuedConnection);
    });
}

void LatestJob::finish(const Deliver& deliver) {
    m_running = false;
    const bool wanted = std::exchange(m_wanted, false);
    if (m_next) {
        start(std::exchange(m_next, nullptr));
    }
    if (wanted) {
        deliver();
    }
}

}  // namespace mantissa::app
