// SPDX-License-Identifier: GPL-3.0-or-later
// How long a job will still take, from how it went so far.
#pragma once

#include <cstdint>
#include <string>

namespace mantissa::app {

/// Remaining seconds: exponentially weighted seconds a step; nothing until 3 s and 2 % are done.
class EtaEstimator {
public:
    /// `done` of `total` units (total <= 0: unknown) after `elapsedSeconds` since the job began.
    /// The first call sets the start, so that a job which goes on in its middle is judged by what
    /// it does itself; so does one with another total or fewer units done, since it is of another
    /// phase.
    void update(std::int64_t done, std::int64_t total, double elapsedSeconds);
    /// "about 4 min", or "estimating".
    std::string text() const;

private:
    bool m_started = false;
    std::int64_t m_firstDone = 0;
    double m_firstElapsed = 0;
    double m_secondsPerUnit = 0;
    double m_lastElapsed = 0;
    std::int64_t m_lastDone = 0;
    std::int64_t m_total = 0;
    double m_remaining = -1;
};

}  // namespace mantissa::app
