// SPDX-License-Identifier: GPL-3.0-or-later
// Initial weights from counter-based random numbers.
#pragma once

#include <cstdint>
#include <span>

#include "core/thread_team.h"

namespace mantissa::nn {

/// Normal numbers of variance 2 / fanIn (He et al., ICCV 2015, Eq. 10). Element i depends on
/// (seed, stream, i) alone: Philox4x32-10 (Salmon et al., SC 2011) through the normal quantile.
void fillHeNormal(std::span<float> weights, std::int64_t fanIn, std::uint64_t seed,
                  std::uint32_t stream, ThreadTeam& team);

}  // namespace mantissa::nn
