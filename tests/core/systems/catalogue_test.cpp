// SPDX-License-Identifier: GPL-3.0-or-later
// The systems that ship: every file reads and meets its schema, every preset is a design.
#include "core/systems/catalogue.h"

#include <filesystem>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "core/systems/preset_design.h"
#include "tests/core/systems/small_system.h"
#include "tests/support/files.h"

namespace mantissa::systems {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path resources() {
    return fs::path(MANTISSA_SOURCE_DIR) / "resources";
}

bool meetsSchema(const json& system) {
    const auto text = json::parse(test::readFile(resources() / "schema" / "system.schema.json"));
    valijson::Schema schema;
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
    return valijson::Validator(valijson::Validator::kStrongTypes)
        .validate(schema, valijson::adapters::NlohmannJsonAdapter(system), nullptr);
}

TEST(Catalogue, HoldsEveryFileUnderItsName) {
    const auto all = catalogue();
    ASSERT_TRUE(all) << all.error().text();
    std::set<std::string> ids;
    for (const auto& system : *all) {
        EXPECT_TRUE(ids.insert(system.id).second) << system.id;
    }
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(resources() / "systems")) {
        files.insert(entry.path().stem().string());
    }
    EXPECT_EQ(ids, files);
}

TEST(Catalogue, MeetsTheSchema) {
    for (const auto& entry : fs::directory_iterator(resources() / "systems")) {
        EXPECT_TRUE(meetsSchema(json::parse(test::readFile(entry.path())))) << entry.path();
    }
}

TEST(SystemSchema, RefusesWhatTheReaderRefuses) {
    EXPECT_TRUE(meetsSchema(smallSystem()));
    for (const auto* pointer :
         {"/schema", "/title", "/what", "/dataflow/nodes/0/kind", "/dataflow/nodes/0/row",
          "/dataflow/edges/0/to", "/presets/0/note", "/claims/0/confidence", "/claims/0/agrees",
          "/claims/0/measure/kind", "/unknown"}) {
        auto system = smallSystem();
        system[json::json_pointer(pointer)] = nullptr;
        EXPECT_FALSE(meetsSchema(system)) << pointer;
    }
}

TEST(Catalogue, EveryPresetIsADesignThatDiffersFromFp32) {
    const auto all = catalogue().value();
    for (const auto& system : all) {
        EXPECT_FALSE(system.presets.empty()) << system.id;
        for (const auto& one : nn::networkTemplates()) {
            if (one.id != "lenet5_bn" && one.id != "resnet20" && one.id != "resnet18") {
                continue;
            }
            const auto baseline = design::DesignPoint().withNetwork(one.make());
            for (const auto& preset : system.presets) {
                const auto design = designOf(system, preset.id, baseline);
                ASSERT_TRUE(design) << design.error().text();
                EXPECT_TRUE(design::validate(*design)) << system.id << " " << preset.id;
                EXPECT_FALSE(design::diff(baseline, *design).empty())
                    << system.id << " " << preset.id;
            }
        }
    }
}

TEST(Catalogue, HoldsWhatEachPaperNeedsToBeFound) {
    const std::regex kYear(R"(\b(19|20)\d\d(?![\d.]))");  // not the number of an arXiv paper
    const auto all = catalogue().value();
    for (const auto& system : all) {
        EXPECT_FALSE(system.claims.empty()) << system.id;
        EXPECT_GT(system.dataflow.nodes.size(), 3U) << system.id;
        EXPECT_TRUE(std::regex_search(system.paper, kYear)) << system.id << " has no year";
    }
}

}  // namespace
}  // namespace mantissa::systems
