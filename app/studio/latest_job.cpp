// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/latest_job.h"

#include <QMetaObject>
#include <utility>

namespace mantissa::app {
namespace {

/// A running answer younger than this is worth waiting for.
constexpr qint64 kPatience_ms = 200;

}  // namespace

LatestJob::LatestJob(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

LatestJob::~LatestJob() {
    m_stop.request_stop();
    m_pool.waitForDone();
}

void LatestJob::request(Work work) {
    if (!m_running) {
        start(std::move(work));
        return;
    }
    if (m_since.elapsed() > kPatience_ms) {
        cancel();
    }
    m_next = std::move(work);
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
    m_since.start();
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
