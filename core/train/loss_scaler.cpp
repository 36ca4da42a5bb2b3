// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/loss_scaler.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mantissa::train {
namespace {

constexpr std::array<std::string_view, 1> kStaticParameters{"loss_scale"};
constexpr std::array<std::string_view, 2> kDynamicParameters{"loss_scale", "scale_interval"};
constexpr std::array<std::string_view, 4> kEnhancedParameters{"loss_scale", "scale_interval",
                                                              "minimum_scale", "minimum_interval"};

double one(const Recipe& /*recipe*/, std::int64_t /*step*/) {
    return 1;
}

constexpr std::array<LossScalingInfo, 4> kKinds{{
    {"none", "off", {}, false, false, one},
    {"static",
     "a fixed scale; an update that overflows is left out (Micikevicius et al., ICLR 2018)",
     kStaticParameters, true, false, one},
    {"dynamic",
     "halved at an overflow, whose update is left out; doubled after so many steps without one "
     "(Micikevicius et al., ICLR 2018)",
     kDynamicParameters, true, true, one},
    {"enhanced",
     "dynamic with a minimum that rises during training, so that spurious overflows do not lower "
     "the scale (Mellempudi et al., arXiv:1905.12334)",
     kEnhancedParameters, true, true, minimumScaleAt},
}};

}  // namespace

std::span<const LossScalingInfo> lossScalingKinds() {
    return kKinds;
}

double minimumScaleAt(const Recipe& recipe, std::int64_t step) {
    constexpr double kHighest = 32768;
    const std::int64_t doublings = step / recipe.minimumInterval;  // whole ones
    return std::min(std::max(kHighest, recipe.minimumScale),
                    recipe.minimumScale *
                        std::exp2(static_cast<double>(std::min<std::int64_t>(doublings, 64))));
}

LossScaler::LossScaler(const Recipe& recipe) : m_recipe(recipe) {
    m_state.scale = scales() ? recipe.lossScale : 1.0;
}

bool LossScaler::scales() const {
    return kKinds[static_cast<std::size_t>(m_recipe.lossScaling)].scales;
}

void LossScaler::update(std::int64_t step, bool overflowed) {
    const auto& kind = kKinds[static_cast<std::size_t>(m_recipe.lossScaling)];
    m_state.skipped = overflowed ? m_state.skipped + 1 : 0;
    m_state.goodSteps = overflowed ? 0 : m_state.goodSteps + 1;
    if (!kind.adapts) {
        return;
    }
    if (overflowed) {
        m_state.scale /= 2;
    } else if (m_state.goodSteps >= m_recipe.scaleInterval) {
        m_state.scale = std::min(kLargest, 2 * m_state.scale);
        m_state.goodSteps = 0;
    }
    m_state.scale = std::max(m_state.scale, kind.minimum(m_recipe, step));
}

}  // namespace mantissa::train
