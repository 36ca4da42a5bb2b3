// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/softmax.h"

#include <algorithm>
#include <limits>

#include "core/label.h"
#include "core/nn/portable_math.h"

namespace mantissa::nn {
namespace {

/// The mean score under the target.
double targetScore(std::span<const float> scores, std::size_t label, double smoothing) {
    const auto labelled = static_cast<double>(scores[label]);
    if (smoothing == 0) {
        return labelled;
    }
    double sum = 0;
    for (const float score : scores) {
        sum += static_cast<double>(score);
    }
    return (1 - smoothing) * labelled + smoothing * (sum / static_cast<double>(scores.size()));
}

}  // namespace

StepResult softmaxCrossEntropy(std::span<const float> logits, std::int64_t classes,
                               std::span<const Label> labels, std::span<float> gradient,
                               const LossOptions& loss) {
    StepResult result;
    result.images = static_cast<std::int64_t>(labels.size());
    const auto width = static_cast<std::size_t>(classes);
    const double share = loss.scale / static_cast<double>(labels.size());
    const double spread = loss.smoothing / static_cast<double>(classes);
    for (std::size_t row = 0; row < labels.size(); ++row) {
        const auto scores = logits.subspan(row * width, width);
        const std::size_t label = labels[row];
        const auto best = std::max_element(scores.begin(), scores.end());
        const auto largest = static_cast<double>(*best);
        const auto exponential = [&](std::size_t j) {
            return portableExp(static_cast<double>(scores[j]) - largest);
        };
        double sum = 0;
        for (std::size_t j = 0; j < width; ++j) {
            sum += exponential(j);
        }
        // At least one exponential is 1 unless a score is NaN or Inf.
        result.lossSum +=
            sum >= 1 && sum <= static_cast<double>(kMostClasses)
                ? portableLog(sum) + largest - targetScore(scores, label, loss.smoothing)
                : std::numeric_limits<double>::quiet_NaN();
        const bool hit = static_cast<std::size_t>(best - scores.begin()) == label;
        result.correct += hit && sum >= 1 ? 1 : 0;
        if (!gradient.empty()) {
            for (std::size_t j = 0; j < width; ++j) {
                const double target = (j == label ? 1 - loss.smoothing : 0) + spread;
                gradient[row * width + j] =
                    static_cast<float>((exponential(j) / sum - target) * share);
            }
        }
    }
    return result;
}

}  // namespace mantissa::nn
