// SPDX-License-Identifier: GPL-3.0-or-later
// Quantisers between the FP32 results and the formats in which tensors are stored.
#pragma once

#include <span>

#include "hwmodel/cost_sheet.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {

/// Collects what has to be converted; results leave at `vectorLanes` elements a cycle, so each
/// bank of converters is that wide. A tensor stored in two forms at once needs two banks.
class Converters {
public:
    /// Converts and writes a result in each of its stored forms.
    void write(CostSheet& sheet, PhaseCost& phase, std::span<const StoredTensor> copies,
               Part tensors);
    /// Enters the banks that all writes together need.
    void addUnits(CostSheet& sheet) const;

private:
    void note(const StoredTensor& copy);

    int m_blockBanks = 0;
    int m_blockElements = 1;
    int m_magnitudeBits = 0;
    int m_exponentBits = 0;
    int m_floatBanks = 0;
    FloatShape m_floatShape{0, 0};
    int m_stochasticBanks = 0;
};

}  // namespace mantissa::hw
