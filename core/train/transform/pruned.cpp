// SPDX-License-Identifier: GPL-3.0-or-later
// Magnitude pruning: small weights are left out, and so are their gradients.
#include <algorithm>
#include <cmath>

#include "core/train/transform/kinds.h"

namespace mantissa::train {
namespace {

class Pruned final : public WeightTransform {
public:
    explicit Pruned(double density) : m_density(density) {}

    void decide(std::span<const float> kept) override { m_mask.decide(kept, m_density); }

    void apply(std::span<const float> kept, std::span<float> seen) const override {
        for (std::size_t i = 0; i < kept.size(); ++i) {
            seen[i] = m_mask.keeps(i) ? kept[i] : 0.0F;
        }
    }

    void pullBack(std::span<float> gradient) const override {
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            gradient[i] = m_mask.keeps(i) ? gradient[i] : 0.0F;
        }
    }

private:
    double m_density;
    MagnitudeMask m_mask;
};

}  // namespace

double indexedEntries(double weights, double density) {
    // Of runs of independent zeros, q = (1 - density)^16 go on beyond the 15 that a field counts.
    const double longer = std::pow(1 - density, std::exp2(kRunBits));
    return weights * density * (1 + longer / (1 - longer));
}

void MagnitudeMask::decide(std::span<const float> kept, double density) {
    const auto size = kept.size();
    const auto wanted =
        std::min(size, static_cast<std::size_t>(std::ceil(density * static_cast<double>(size))));
    m_keeps.assign(size, 0);
    if (wanted == 0) {
        return;
    }
    std::vector<float> magnitudes(size);
    std::transform(kept.begin(), kept.end(), magnitudes.begin(),
                   [](float weight) { return std::abs(weight); });
    const auto smallest = magnitudes.begin() + static_cast<std::ptrdiff_t>(wanted - 1);
    std::nth_element(magnitudes.begin(), smallest, magnitudes.end(), std::greater<>());
    const float threshold = *smallest;
    std::size_t left = wanted;
    for (std::size_t i = 0; i < size; ++i) {
        if (std::abs(kept[i]) > threshold) {
            m_keeps[i] = 1;
            --left;
        }
    }
    for (std::size_t i = 0; i < size && left > 0; ++i) {
        if (std::abs(kept[i]) == threshold) {  // bit for bit: it is one of them
            m_keeps[i] = 1;
            --left;
        }
    }
}

MadeTransform makePruned(const Recipe& recipe, const Shape& /*weight*/) {
    return std::make_unique<Pruned>(recipe.density);
}

double prunedBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits) {
    const auto weights = static_cast<double>(elementCount(weight));
    return indexedEntries(weights, recipe.density) * (bits.own + kRunBits) + weights * bits.shared;
}

WeightCode prunedCode(const Recipe& recipe, const Shape& /*weight*/) {
    return {.runBits = kRunBits, .density = recipe.density};
}

}  // namespace mantissa::train
