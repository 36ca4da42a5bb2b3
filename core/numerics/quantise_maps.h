// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose blocks take their values from the data, on vector kernels. Internal to numerics.
#pragma once

#include "core/numerics/format.h"
#include "core/numerics/panels.h"
#include "core/numerics/quantise.h"
#include "core/numerics/scalar_job.h"

namespace mantissa::numerics {

/// The bytes of quantiseByMap() for a format with FormatFamily::map, over the job's team. If set,
/// `statistics` has an entry for each of the cut's tasks.
void quantiseMaps(const TensorFormat& format, const CutTensor& cut, const ScalarJob& job,
                  ErrorStatistics* statistics);

}  // namespace mantissa::numerics
