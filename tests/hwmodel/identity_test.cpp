// SPDX-License-Identifier: GPL-3.0-or-later
// Estimates are stored under a design's hwHash: what changes an estimate has to change that.
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/train/weight_transform.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::DesignPoint;

/// Ends and middle of its range, every choice.
std::vector<double> valuesOf(const ParamSpec& spec) {
    if (spec.kind == ParamKind::Real) {
        return {spec.minimum, (spec.minimum + spec.maximum) / 2, spec.maximum};
    }
    std::vector<double> values{spec.minimum, spec.minimum + 1, spec.maximum};
    for (std::size_t i = 0; i < spec.choices.size(); ++i) {
        values.push_back(static_cast<double>(i));
    }
    return values;
}

/// An estimate and the name it would be stored under.
struct Priced {
    std::string figures;
    std::string hash;
};
/// Nothing where the design is not a valid one.
std::vector<Priced> priced(const DesignPoint& design) {
    const auto report = estimate(design);
    return report ? std::vector<Priced>{{toJson(*report), design::hwHash(design)}}
                  : std::vector<Priced>{};
}

void expectTold(const DesignPoint& base, const DesignPoint& changed, std::string_view what) {
    const auto before = priced(base);
    const auto after = priced(changed);
    ASSERT_FALSE(before.empty());
    if (!after.empty() && before[0].figures != after[0].figures) {
        EXPECT_NE(before[0].hash, after[0].hash) << what;
    }
}

template <typename S, typename Apply>
int changesTold(const DesignPoint& base, const std::span<const Param<S>> parameters, const S& plain,
                const Apply& apply) {
    int changes = 0;
    for (const auto& parameter : parameters) {
        for (const double value : valuesOf(parameter.spec)) {
            S changed = plain;
            parameter.set(changed, value);
            if (!(changed == plain)) {
                expectTold(base, apply(changed), parameter.spec.id);
                ++changes;
            }
        }
    }
    return changes;
}

/// Designs in which different parameters matter.
std::vector<DesignPoint> basesOf(const std::string& format) {
    const auto base = designIn(format);
    std::vector<DesignPoint> bases;
    for (const auto optimiser : {train::OptimiserKind::Sgd, train::OptimiserKind::Adam}) {
        for (std::size_t i = 0; i < train::weightTransformKinds().size(); ++i) {
            auto recipe = base.recipe();
            recipe.optimiser = optimiser;
            recipe.weightTransform = static_cast<train::WeightTransformKind>(i);
            bases.push_back(base.withRecipe(recipe));
            auto packed = base.hardware();
            packed.packedKernels = true;
            bases.push_back(bases.back().withHardware(packed));
        }
    }
    auto hardware = base.hardware();
    hardware.multiMode = hardware.updatesOnArray = true;
    hardware.weightDensity = 0.2;
    hardware.stashCompression = 4;
    bases.push_back(base.withHardware(hardware));
    return bases;
}

TEST(HardwareIdentity, HoldsEveryParameterOfTheRecipeThatCosts) {
    int changes = 0;
    for (const auto& base : basesOf("bfp<8,block=16>")) {
        changes += changesTold(base, train::recipeParams(), base.recipe(),
                               [&](const auto& recipe) { return base.withRecipe(recipe); });
    }
    EXPECT_GT(changes, 500);
}

TEST(HardwareIdentity, HoldsEveryParameterOfTheAccelerator) {
    int changes = 0;
    for (const auto& base : basesOf("bfp<7,block=16>")) {
        changes += changesTold(base, design::hardwareParams(), base.hardware(),
                               [&](const auto& hardware) { return base.withHardware(hardware); });
    }
    EXPECT_GT(changes, 500);
}

TEST(HardwareIdentity, HoldsTheFormatAndRoundingOfEveryRole) {
    auto recipe = DesignPoint().recipe();
    recipe.optimiser = train::OptimiserKind::Adam;
    const auto base = designIn("bfp<8,block=16>").withRecipe(recipe);
    std::vector<design::Role> roles(design::allRoles().begin(), design::allRoles().end());
    roles.insert(roles.end(), design::storedRoles().begin(), design::storedRoles().end());
    auto stochastic = tensorFormat("bfp<8,block=16>");
    stochastic.rounding = numerics::Rounding::Stochastic;
    for (const auto role : roles) {
        for (const auto& format :
             {tensorFormat("fp32"), tensorFormat("bf16"), tensorFormat("bfp<4,block=32>"),
              tensorFormat("affine<8,block=16>"), stochastic}) {
            const auto plan = withFormat(base.precision(), {}, {role, std::nullopt}, format);
            expectTold(base, base.withPrecision(plan), design::roleText(role));
        }
    }
}

TEST(HardwareIdentity, HoldsEveryParameterOfEveryLayer) {
    int changes = 0;
    const auto base = designIn("bfp<8,block=16>");
    for (std::size_t i = 0; i < base.network().layers.size(); ++i) {
        const auto& params = base.network().layers[i].params;
        changes += changesTold(base, nn::kindOf(params).parameters, params,
                               [&](const nn::LayerParams& changed) {
                                   auto network = base.network();
                                   network.layers[i].params = changed;
                                   return base.withNetwork(network);
                               });
    }
    EXPECT_GT(changes, 20);
}

}  // namespace
}  // namespace mantissa::hw
