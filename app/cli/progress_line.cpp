// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress_line.h"

#include <cstdio>

#include <unistd.h>

#include "app/engine/units.h"

namespace mantissa::cli {
namespace {

constexpr std::chrono::milliseconds kTerminalInterval{100};
constexpr std::chrono::seconds kLogInterval{15};

}  // namespace

ProgressLine::ProgressLine()
    : m_terminal(::isatty(STDERR_FILENO) == 1),
      m_shown(m_terminal ? Clock::time_point{} : Clock::now()) {}

ProgressLine::~ProgressLine() {
    if (m_dirty) {
        std::fputs("\r\x1b[K", stderr);
    }
}

void ProgressLine::show(const Progress& progress) {
    const auto now = Clock::now();
    m_eta.update(progress.done, progress.total,
                 std::chrono::duration<double>(now - m_start).count());
    const bool due =
        m_terminal ? now - m_shown >= kTerminalInterval : now - m_shown >= kLogInterval;
    if (!due) {
        return;
    }
    m_shown = now;
    std::string line(progress.phase);
    if (progress.total > 0) {
        line += ' ' + std::to_string(progress.done) + '/' + std::to_string(progress.total) + "  " +
                app::fixedText(100.0 * static_cast<double>(progress.done) /
                                   static_cast<double>(progress.total),
                               0) +
                " %";
    }
    if (m_loss >= 0) {
        line += "  loss " + app::fixedText(m_loss, 4);
    }
    line += "  time left: " + m_eta.text();
    print(line, false);
}

void ProgressLine::show(const train::EpochMetric& epoch, int epochs) {
    print("epoch " + std::to_string(epoch.epoch) + '/' + std::to_string(epochs) + "  train loss " +
              app::fixedText(epoch.trainLoss, 4) + "  test loss " +
              app::fixedText(epoch.testLoss, 4) + "  test accuracy " +
              app::shareText(epoch.testAccuracy) + "  " + app::fixedText(epoch.seconds, 1) + " s",
          true);
}

void ProgressLine::print(std::string_view line, bool stays) {
    const std::string text(line);
    if (m_terminal) {
        std::fprintf(stderr, "\r%s\x1b[K%s", text.c_str(), stays ? "\n" : "");
        m_dirty = !stays;
    } else {
        std::fprintf(stderr, "%s\n", text.c_str());
    }
}

}  // namespace mantissa::cli
