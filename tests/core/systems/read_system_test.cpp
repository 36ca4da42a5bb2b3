// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/read_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/systems/small_system.h"

namespace mantissa::systems {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ReadSystem, ReadsEveryPart) {
    const auto system = systemFromJson(smallSystem().dump());
    ASSERT_TRUE(system) << system.error().text();
    EXPECT_EQ(system->title, "Small");
    EXPECT_EQ(system->what.at(2), "Three.");
    EXPECT_EQ(system->dataflow.nodes.at(2).kind, FlowNode::Kind::Memory);
    EXPECT_EQ(system->dataflow.edges.at(0).format, "FP8");
    EXPECT_EQ(system->presets.at(1).basedOn, "narrow");
    const auto& claim = system->claims.at(0);
    EXPECT_EQ(claim.value, 2);
    EXPECT_EQ(claim.confidence, Confidence::Abstract);
    EXPECT_EQ(claim.measure.texts.at("preset"), "range");
    EXPECT_EQ(claim.agrees.withinPercent, 10);
    EXPECT_EQ(system->findPreset("range"), &system->presets.at(1));
    EXPECT_EQ(system->findPreset("fp32"), nullptr);
}

struct Fault {
    const char* pointer;  ///< what is changed
    const char* value;    ///< to what, JSON
    const char* where;    ///< that the error names
    const char* message;
};

class FaultySystem : public testing::TestWithParam<Fault> {};

TEST_P(FaultySystem, IsRefusedWithItsPlace) {
    auto system = smallSystem();
    system[json::json_pointer(GetParam().pointer)] = json::parse(GetParam().value);
    const auto read = systemFromJson(system.dump(), "small.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().where, std::string("small.json") + GetParam().where);
    EXPECT_THAT(read.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultySystem,
    testing::Values(
        Fault{"/schema", "2", "/schema", "must be 1"},
        Fault{"/titel", "\"x\"", "", "unknown key \"titel\""},
        Fault{"/title", "\"\"", "/title", "not empty"},
        Fault{"/what", R"(["One."])", "/what", "three sentences"},
        Fault{"/dataflow/nodes/0/kind", "\"cloud\"", "/dataflow/nodes/0/kind", "tensor"},
        Fault{"/dataflow/nodes/0/row", "0.5", "/dataflow/nodes/0/row", "whole number"},
        Fault{"/dataflow/nodes/1/column", "0", "/dataflow/nodes", "at one place: f"},
        Fault{"/dataflow/edges/0/to", "\"nowhere\"", "/dataflow/edges", "nowhere"},
        Fault{"/presets/0/based_on", "\"range\"", "/presets/0", "unknown or later"},
        Fault{"/presets/1/id", "\"narrow\"", "/presets/1", "id of another"},
        Fault{"/presets/0/id", "\"fp32\"", "/presets/0", "id of another"},
        Fault{"/claims/0/confidence", "\"unverified\"", "/claims/0/confidence", "may not be shown"},
        Fault{"/claims/0/measure/preset", "\"gone\"", "/claims/0/measure", "gone"},
        Fault{"/claims/0/agrees", "{}", "/claims/0/agrees", "within_percent"}));

TEST(ReadSystem, AsksForAReasonWhereAValueIsComparedWithNothing) {
    auto system = smallSystem();
    system["claims"][0].erase("agrees");
    EXPECT_FALSE(systemFromJson(system.dump()));
    system["claims"][0]["why"] = "Another data set.";
    EXPECT_TRUE(systemFromJson(system.dump()));
}

TEST(ReadSystem, AsksForAValueWhereAToleranceIsRelative) {
    auto system = smallSystem();
    system["claims"][0].erase("value");
    EXPECT_FALSE(systemFromJson(system.dump()));
}

TEST(ReadSystem, AsksForAMeasureWhereSomethingAgrees) {
    auto system = smallSystem();
    system["claims"][0].erase("measure");
    EXPECT_FALSE(systemFromJson(system.dump()));
}

TEST(ReadSystem, RefusesWhatIsNoJson) {
    EXPECT_FALSE(systemFromJson("{"));
    EXPECT_FALSE(systemFromJson("[]"));
}

}  // namespace
}  // namespace mantissa::systems
