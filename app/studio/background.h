// SPDX-License-Identifier: GPL-3.0-or-later
// What long work in the background owes the window.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

namespace mantissa::app {

/// Training uses every core; a lower priority keeps the window at its frame rate all the same. On
/// Linux the value belongs to the thread and is inherited by the team it starts.
inline void yieldToTheWindow() {
    constexpr int kNice = 10;
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
}

}  // namespace mantissa::app
