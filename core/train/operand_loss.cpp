// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/operand_loss.h"

#include <cstddef>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace mantissa::train {

void SqnrMean::add(double sqnrDb) {
    if (sqnrDb != std::numeric_limits<double>::infinity()) {
        m_sum += sqnrDb;
        ++m_count;
    }
}

double SqnrMean::value() const {
    return m_count > 0 ? m_sum / m_count : std::numeric_limits<double>::infinity();
}

std::vector<OperandLoss> operandLosses(std::span<const Observation> observations) {
    std::vector<OperandLoss> losses;
    std::vector<SqnrMean> means;
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> places;
    for (const auto& seen : observations) {
        if (seen.measure != "sqnr_db") {
            continue;
        }
        const auto [place, isNew] = places.try_emplace({seen.layer, seen.operand}, losses.size());
        if (isNew) {
            losses.push_back({seen.layer, seen.operand, 0});
            means.emplace_back();
        }
        means[place->second].add(seen.value);
    }
    for (std::size_t i = 0; i < losses.size(); ++i) {
        losses[i].sqnrDb = means[i].value();
    }
    return losses;
}

}  // namespace mantissa::train
