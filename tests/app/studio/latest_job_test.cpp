// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/latest_job.h"

#include <QSemaphore>
#include <QTest>
#include <QThread>
#include <atomic>
#include <memory>

namespace mantissa::app {

class LatestJobTest : public QObject {
    Q_OBJECT

private:
    /// Says `name` in the end; waits for `gate` before.
    LatestJob::Work saying(const char* name, QSemaphore* gate = nullptr) {
        return [this, name, gate](const std::stop_token&) -> LatestJob::Deliver {
            if (gate != nullptr) {
                gate->acquire();
            }
            return [this, name] { m_said << QLatin1String(name); };
        };
    }

    QStringList m_said;

private slots:
    void init() { m_said.clear(); }

    void ofThoseThatWaitTheLatestWins() {
        LatestJob job;
        QSemaphore gate;
        job.request(saying("first", &gate));
        job.request(saying("second"));
        job.request(saying("third"));
        gate.release();
        QTRY_COMPARE(m_said, QStringList({QStringLiteral("first"), QStringLiteral("third")}));
    }

    void aSlowAnswerIsStoppedByTheNextQuestion() {
        LatestJob job;
        job.request([](const std::stop_token& stop) -> LatestJob::Deliver {
            while (!stop.stop_requested()) {
                QThread::msleep(1);
            }
            return [] { QFAIL("nobody wants this any more"); };
        });
        QTRY_VERIFY_WITH_TIMEOUT(([&] {
                                     job.request(saying("next"));
                                     return !m_said.isEmpty();
                                 }()),
                                 5000);
    }

    void aCancelledAnswerIsDropped() {
        LatestJob job;
        QSemaphore gate;
        job.request(saying("unwanted", &gate));
        job.cancel();
        job.request(saying("wanted"));
        gate.release();
        QTRY_COMPARE(m_said, QStringList(QStringLiteral("wanted")));
    }

    void itsEndWaitsForTheRunningOne() {
        auto ended = std::make_shared<std::atomic<bool>>(false);
        {
            LatestJob job;
            job.request([ended](const std::stop_token& stop) -> LatestJob::Deliver {
                while (!stop.stop_requested()) {
                    QThread::msleep(1);
                }
                *ended = true;
                return [] {};
            });
        }
        QVERIFY(*ended);
    }
};

}  // namespace mantissa::app

QTEST_GUILESS_MAIN(mantissa::app::LatestJobTest)
#include "latest_job_test.moc"
