// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <pthread.h>
#include <unistd.h>

namespace mantissa::cli {
namespace {

constexpr int kWakeUp = SIGUSR1;  ///< tells the watcher that it is no longer needed
constexpr int kSignalExit = 128;

}  // namespace

InterruptGuard::InterruptGuard() {
    sigemptyset(&m_signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, kWakeUp}) {
        sigaddset(&m_signals, number);
    }
    pthread_sigmask(SIG_BLOCK, &m_signals, &m_previous);
    m_watcher = std::thread([this] { watch(); });
}

InterruptGuard::~InterruptGuard() {
    m_closing = true;
    pthread_kill(m_watcher.native_handle(), kWakeUp);
    m_watcher.join();
    pthread_sigmask(SIG_SETMASK, &m_previous, nullptr);
}

int InterruptGuard::status(int otherwise) const {
    const int number = m_signal.load();
    return number != 0 ? kSignalExit + number : otherwise;
}

void InterruptGuard::watch() {
    for (;;) {
        int number = 0;
        if (sigwait(&m_signals, &number) != 0 || m_closing) {
            return;
        }
        if (number == kWakeUp) {
            continue;
        }
        if (m_signal.exchange(number) != 0) {
            _exit(kSignalExit + number);
        }
        m_stop.request_stop();
    }
}

}  // namespace mantissa::cli
