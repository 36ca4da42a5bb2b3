// SPDX-License-Identifier: GPL-3.0-or-later
// What long work in the background owes the window.
#pragma once

#include <exception>

#include <sys/resource.h>
#include <unistd.h>

#include "core/error.h"

namespace mantissa::app {

/// Training uses every core; a lower priority keeps the window at its frame rate all the same. On
/// Linux the value belongs to the thread and is inherited by the team it starts.
inline void yieldToTheWindow() {
    constexpr int kNice = 10;
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
}

/// What `task` returns; an exception becomes an error, since a thread's end would lose its text.
template <typename T, typename Task>
Result<T> withoutExceptions(const char* what, const Task& task) {
    try {
        return task();
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, error.what(), what, "please report this as a defect");
    }
}

}  // namespace mantissa::app
