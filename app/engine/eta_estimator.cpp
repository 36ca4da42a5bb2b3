// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/eta_estimator.h"

#include <algorithm>
#include <cmath>

#include "app/engine/units.h"

namespace mantissa::app {
namespace {

constexpr double kMinimumSeconds = 3;
constexpr double kMinimumShare = 0.02;
constexpr double kMemoryShare = 0.1;  ///< of the whole job: what lies this far back weighs 1/e

}  // namespace

void EtaEstimator::update(std::int64_t done, std::int64_t total, double elapsedSeconds) {
    if (!m_started || total != m_total || done < m_lastDone) {
        m_started = true;
        m_total = total;
        m_secondsPerUnit = 0;
        m_remaining = -1;
        m_firstDone = m_lastDone = done;
        m_firstElapsed = m_lastElapsed = elapsedSeconds;
        return;
    }
    const auto newUnits = static_cast<double>(done - m_lastDone);
    const double newSeconds = elapsedSeconds - m_lastElapsed;
    if (newUnits <= 0 || newSeconds <= 0) {
        return;
    }
    const auto ownDone = static_cast<double>(done - m_firstDone);
    const auto ownTotal = static_cast<double>(total - m_firstDone);
    // By units, not by time: a pause between two of them, such as an evaluation, counts as what it
    // adds to the mean. At first all units weigh the same.
    const double rate = newSeconds / newUnits;
    const double memory = kMemoryShare * std::max(ownTotal, ownDone);
    const double weight = std::max(newUnits / ownDone, 1 - std::exp(-newUnits / memory));
    m_secondsPerUnit += weight * (rate - m_secondsPerUnit);
    m_lastDone = done;
    m_lastElapsed = elapsedSeconds;
    const bool enough = elapsedSeconds - m_firstElapsed >= kMinimumSeconds &&
                        ownDone >= kMinimumShare * ownTotal && total >= done;
    m_remaining = enough ? static_cast<double>(total - done) * m_secondsPerUnit : -1;
}

std::string EtaEstimator::text() const {
    return m_remaining < 0 ? "estimating" : "about " + durationText(m_remaining);
}

}  // namespace mantissa::app
