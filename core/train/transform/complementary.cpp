// SPDX-License-Identifier: GPL-3.0-or-later
// Complementary sparsity (arXiv 2112.13896): N sparse kernels whose non-zeros never meet are
// overlaid into one dense kernel.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include "core/train/transform/kinds.h"

namespace mantissa::train {
namespace {

/// The masks are drawn once and stay: N kernels in a row own one of each N neighbouring places
/// each, neighbours being input channels of one tap, as lanes of packed elements are. A weight
/// without a place is 0 and gets no gradient.
class Complementary final : public WeightTransform {
public:
    Complementary(const Recipe& recipe, const Shape& weight)
        : m_keeps(static_cast<std::size_t>(elementCount(weight)), 0) {
        const auto kernels = weight.empty() ? 0 : weight.front();
        const auto places = kernels > 0 ? elementCount(weight) / kernels : 0;
        const auto channels = weight.size() > 1 ? weight[1] : 1;
        const auto taps = channels > 0 ? places / channels : 0;
        const auto together = overlaidKernels(recipe);
        std::mt19937_64 random(recipe.seedInit);  // the same numbers everywhere
        std::vector<std::int64_t> owners(static_cast<std::size_t>(together));
        for (std::int64_t first = 0; first < kernels; first += together) {
            for (std::int64_t place = 0; place < places; ++place) {
                const auto turn = static_cast<std::size_t>(place % together);
                if (turn == 0) {
                    shuffle(owners, random);
                }
                const auto kernel = first + owners[turn];
                if (kernel < kernels) {
                    const auto at = place % channels * taps + place / channels;
                    m_keeps[static_cast<std::size_t>(kernel * places + at)] = 1;
                }
            }
        }
    }

    void decide(std::span<const float> /*kept*/) override {}

    void apply(std::span<const float> kept, std::span<float> seen) const override {
        for (std::size_t i = 0; i < kept.size(); ++i) {
            seen[i] = m_keeps[i] != 0 ? kept[i] : 0.0F;
        }
    }

    void pullBack(std::span<float> gradient) const override { apply(gradient, gradient); }

private:
    /// Fisher and Yates; std::shuffle differs between libraries.
    static void shuffle(std::vector<std::int64_t>& owners, std::mt19937_64& random) {
        std::iota(owners.begin(), owners.end(), 0);
        for (std::size_t left = owners.size(); left > 1; --left) {
            std::swap(owners[left - 1], owners[random() % left]);
        }
    }

    std::vector<std::uint8_t> m_keeps;
};

}  // namespace

std::int64_t overlaidKernels(const Recipe& recipe) {
    return std::max<std::int64_t>(1, std::llround(1 / recipe.density));
}

MadeTransform makeComplementary(const Recipe& recipe, const Shape& weight) {
    return std::make_unique<Complementary>(recipe, weight);
}

WeightCode complementaryCode(const Recipe& recipe, const Shape& /*weight*/) {
    const auto together = static_cast<double>(overlaidKernels(recipe));
    return {.ownerBits = static_cast<int>(std::ceil(std::log2(together))), .density = 1 / together};
}

double complementaryBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits) {
    const auto together = static_cast<double>(overlaidKernels(recipe));
    const double whose = complementaryCode(recipe, weight).ownerBits;
    const auto kernels = weight.empty() ? 0.0 : static_cast<double>(weight.front());
    if (kernels == 0) {
        return 0;
    }
    // What is left over takes a dense kernel, too.
    const double dense = std::ceil(kernels / together);
    const auto weights = static_cast<double>(elementCount(weight));
    return dense * weights / kernels * (bits.own + whose) + weights * bits.shared;
}

}  // namespace mantissa::train
