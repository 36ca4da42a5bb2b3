// SPDX-License-Identifier: GPL-3.0-or-later
// Loss scaling: gradients are computed of a multiple of the loss, so that small ones do not
// underflow a narrow format, and divided by it before the update.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/train/recipe.h"

namespace mantissa::train {

/// What a scaler remembers; a checkpoint keeps it.
struct ScalerState {
    double scale = 1;
    std::int64_t goodSteps = 0;  ///< without overflow since the scale last changed
    std::int64_t skipped = 0;    ///< updates in a row that were left out
    bool operator==(const ScalerState&) const = default;
};

/// One kind of loss scaling. The table in loss_scaler.cpp has one entry a kind, in the order of
/// LossScalingKind; nothing else tells them apart.
struct LossScalingInfo {
    std::string_view id;
    std::string_view help;
    std::span<const std::string_view> parameters;  ///< of the recipe that not every kind reads
    bool scales;                                   ///< none does not
    bool adapts;                                   ///< the scale follows the gradients
    double (*minimum)(const Recipe& recipe, std::int64_t step);  ///< of a scale that adapts
};
std::span<const LossScalingInfo> lossScalingKinds();

/// The minimum of enhanced scaling at a step: it doubles every `minimumInterval` steps, up to
/// 32768.
double minimumScaleAt(const Recipe& recipe, std::int64_t step);

class LossScaler {
public:
    static constexpr int kPatience = 50;  ///< updates left out in a row before a run is given up
    static constexpr double kLargest = 16777216;  ///< 2^24

    explicit LossScaler(const Recipe& recipe);

    bool scales() const;
    double scale() const { return m_state.scale; }
    /// Sees whether the gradients of a step overflowed, and changes the scale. An update whose
    /// gradients did must be left out.
    void update(std::int64_t step, bool overflowed);
    bool givesUp() const { return m_state.skipped >= kPatience; }

    const ScalerState& state() const { return m_state; }
    void setState(const ScalerState& state) { m_state = state; }

private:
    Recipe m_recipe;
    ScalerState m_state;
};

}  // namespace mantissa::train
