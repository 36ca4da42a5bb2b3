// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/operand_loss.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace mantissa::train {
namespace {

struct Mean {
    double sum = 0;
    int count = 0;
};

}  // namespace

std::vector<OperandLoss> operandLosses(std::span<const Observation> observations) {
    std::vector<OperandLoss> losses;
    std::vector<Mean> means;
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
        if (std::isfinite(seen.value)) {
            means[place->second].sum += seen.value;
            ++means[place->second].count;
        }
    }
    for (std::size_t i = 0; i < losses.size(); ++i) {
        losses[i].sqnrDb = means[i].count > 0 ? means[i].sum / means[i].count
                                              : std::numeric_limits<double>::infinity();
    }
    return losses;
}

}  // namespace mantissa::train
