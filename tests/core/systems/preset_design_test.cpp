// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/preset_design.h"

#include <gtest/gtest.h>

#include "core/systems/read_system.h"
#include "tests/core/systems/small_system.h"

namespace mantissa::systems {
namespace {

using design::Pass;
using design::Role;

std::string formatOf(const design::DesignPoint& design, const std::string& layer, Role role) {
    const auto index = design.network().indexOf(layer).value();
    const auto kind = nn::kindOf(design.network().layers[index].params).id;
    return numerics::formatText(
        design.precision().resolve({layer, kind}, role, std::nullopt).format.format);
}

TEST(DesignOf, MergesTheChangesIntoTheBaseline) {
    const auto system = systemFromJson(smallSystem().dump()).value();
    const auto design = designOf(system, "narrow", design::DesignPoint());
    ASSERT_TRUE(design) << design.error().text();
    EXPECT_EQ(formatOf(*design, "conv2", Role::Weight), "bf16");
    EXPECT_EQ(formatOf(*design, "conv2", Role::Error), "fp32");
    EXPECT_EQ(design->name(), "Small: narrow");
    EXPECT_EQ(design->recipe(), design::DesignPoint().recipe());
}

TEST(DesignOf, NamesTheFirstAndTheLastLayer) {
    const auto system = systemFromJson(smallSystem().dump()).value();
    const auto design = designOf(system, "narrow", design::DesignPoint()).value();
    EXPECT_EQ(formatOf(design, "conv1", Role::Weight), "fp16");
    EXPECT_EQ(formatOf(design, "fc3", Role::Error), "fp8_e5m2");
    EXPECT_EQ(formatOf(design, "fc3", Role::Weight), "bf16");
}

TEST(DesignOf, AppliesWhatAPresetIsBasedOnFirst) {
    const auto system = systemFromJson(smallSystem().dump()).value();
    const auto design = designOf(system, "range", design::DesignPoint()).value();
    EXPECT_EQ(formatOf(design, "conv2", Role::Weight), "bf16");
    EXPECT_EQ(design.recipe().momentum, 0.5);
    for (const auto& layer : design.network().layers) {
        if (const auto* norm = std::get_if<nn::BatchNorm>(&layer.params)) {
            EXPECT_EQ(norm->kind, nn::BatchNormKind::Range);
            EXPECT_EQ(norm->chunks, 16);
        }
    }
}

TEST(DesignOf, Fp32IsTheBaselineItself) {
    const auto system = systemFromJson(smallSystem().dump()).value();
    const auto baseline = design::DesignPoint().withName("mine");
    EXPECT_EQ(designOf(system, kBaseline, baseline).value(), baseline);
}

TEST(DesignOf, SaysWhichPresetIsNotThere) {
    const auto system = systemFromJson(smallSystem().dump()).value();
    const auto design = designOf(system, "wide", design::DesignPoint());
    ASSERT_FALSE(design);
    EXPECT_EQ(design.error().code, ErrorCode::NotFound);
    EXPECT_EQ(design.error().text(), "small: has no preset \"wide\"");
}

TEST(DesignOf, RefusesFormatsThatDoNotExist) {
    auto json = smallSystem();
    json["presets"][0]["precision"]["network"]["weight"]["format"] = "fp9";
    const auto system = systemFromJson(json.dump()).value();
    const auto design = designOf(system, "narrow", design::DesignPoint());
    ASSERT_FALSE(design);
    EXPECT_NE(design.error().where.find("small:narrow"), std::string::npos);
}

}  // namespace
}  // namespace mantissa::systems
