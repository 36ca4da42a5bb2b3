// SPDX-License-Identifier: GPL-3.0-or-later
// What a long job is given: a way to learn that it must stop, and a way to say how far it is.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>
#include <utility>

namespace mantissa {

struct Progress {
    std::string_view phase;  ///< valid during the call only
    std::int64_t done = 0;
    std::int64_t total = 0;  ///< 0 where it is not known
};

/// Handed by value-like reference to a job; called from the job's own thread.
class JobContext {
public:
    using ProgressSink = std::function<void(const Progress&)>;

    /// Never cancelled, reports nothing.
    JobContext() = default;
    explicit JobContext(std::stop_token stop, ProgressSink sink = {})
        : m_stop(std::move(stop)), m_sink(std::move(sink)) {}

    /// For code that only needs to know whether to stop, or to be called when it must.
    const std::stop_token& stopToken() const { return m_stop; }
    bool cancelled() const { return m_stop.stop_requested(); }
    void report(std::string_view phase, std::int64_t done, std::int64_t total) const {
        if (m_sink) {
            m_sink({phase, done, total});
        }
    }

private:
    std::stop_token m_stop;
    ProgressSink m_sink;
};

}  // namespace mantissa
