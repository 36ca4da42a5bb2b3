// SPDX-License-Identifier: GPL-3.0-or-later
// What a whole run lost to its formats, tensor by tensor.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/train/trainer.h"

namespace mantissa::train {

struct OperandLoss {
    std::string layer;
    std::string operand;  ///< "error@weight_gradient", as Observation
    double sqnrDb = 0;    ///< signal to quantisation noise, SqnrMean over the watched steps
};

/// The mean signal to quantisation noise of those that lost anything: +Inf where none did, -Inf
/// where one lost everything, a number that became NaN or infinite.
class SqnrMean {
public:
    void add(double sqnrDb);
    double value() const;

private:
    double m_sum = 0;
    int m_count = 0;
};

/// Of each operand that was rounded, in the order in which they were first observed.
std::vector<OperandLoss> operandLosses(std::span<const Observation> observations);

}  // namespace mantissa::train
