// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/observation.h"

#include <cmath>
#include <string>
#include <string_view>

namespace mantissa::train {
namespace {

constexpr std::string_view kWeight = ".weight";
constexpr std::size_t kPiece = std::size_t{1} << 20U;  ///< elements between two looks at a stop

double squareSum(std::span<const float> values, const std::stop_token& stop) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i % kPiece == 0 && stop.stop_requested()) {
            break;
        }
        sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
    return sum;
}

void addProfile(const nn::LayerProfile& one, std::int64_t step, std::vector<Observation>& seen) {
    constexpr double kLeastShare = 0.001;
    const auto& profile = one.profile;
    const std::string tensor(one.tensor);
    seen.push_back({step, one.layer, tensor, "dead", profile.deadShare()});
    seen.push_back({step, one.layer, tensor, "zero", profile.share(profile.zeros)});
    for (std::size_t i = 0; i < profile.exponents.size(); ++i) {
        if (const double share = profile.share(profile.exponents[i]); share >= kLeastShare) {
            const int exponent = nn::TensorProfile::kLowestExponent + static_cast<int>(i);
            seen.push_back({step, one.layer, tensor, "exponent" + std::to_string(exponent), share});
        }
    }
}

}  // namespace

std::vector<Observation> observationsOf(nn::Network& network, std::int64_t step, double lossScale,
                                        bool profiled, const std::stop_token& stop) {
    std::vector<Observation> seen;
    for (const auto& one : network.statistics()) {
        const auto& lost = one.statistics;
        const std::string operand(one.operand);
        seen.push_back({step, one.layer, operand, "sqnr_db", lost.sqnrDb()});
        seen.push_back({step, one.layer, operand, "clipped", lost.clippedShare()});
        seen.push_back({step, one.layer, operand, "flushed", lost.flushedShare()});
        if (profiled && one.zeroSettingError) {
            seen.push_back({step, one.layer, operand, "zero_set", *one.zeroSettingError});
        }
    }
    for (const auto& parameter : network.parameters()) {
        if (!parameter.gradient.empty() && parameter.name.ends_with(kWeight)) {
            const auto layer = parameter.name.substr(0, parameter.name.size() - kWeight.size());
            seen.push_back({step, layer, "gradient", "norm",
                            std::sqrt(squareSum(parameter.gradient, stop)) / lossScale});
        }
    }
    if (profiled) {
        for (const auto& one : network.profiles()) {
            addProfile(one, step, seen);
        }
    }
    return seen;
}

}  // namespace mantissa::train
