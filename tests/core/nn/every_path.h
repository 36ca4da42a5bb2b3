// SPDX-License-Identifier: GPL-3.0-or-later
// The same on every instruction set.
#pragma once

#include <cstdint>

#include <gtest/gtest.h>
#include <hwy/targets.h>

namespace mantissa::nn {

/// Runs `body` on every instruction set of this machine.
template <typename Body>
void onEveryPath(const Body& body) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        SCOPED_TRACE(hwy::TargetName(target));
        hwy::SetSupportedTargetsForTest(target);
        body();
    }
    hwy::SetSupportedTargetsForTest(0);
}

}  // namespace mantissa::nn
