// SPDX-License-Identifier: GPL-3.0-or-later
// GEMMs for tests.
#pragma once

#include <deque>

#include "core/numerics/registry.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {

/// Of static life time.
inline const StoredFormat& format(const char* text) {
    static std::deque<StoredFormat> formats;
    return formats.emplace_back(numerics::TensorFormat{numerics::parseFormat(text).value(),
                                                       numerics::Rounding::NearestEven});
}

/// [rows, reduction] x [columns, reduction], reduced along axis 1.
inline Gemm gemm(std::int64_t rows, std::int64_t columns, std::int64_t reduction, const char* a,
                 const char* b) {
    return {static_cast<double>(rows),
            static_cast<double>(columns),
            reduction,
            1,
            storedTensor(format(a), {rows, reduction}, 1),
            storedTensor(format(b), {columns, reduction}, 1)};
}

}  // namespace mantissa::hw
