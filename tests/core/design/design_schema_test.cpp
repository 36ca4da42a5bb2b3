// SPDX-License-Identifier: GPL-3.0-or-later
// The schema file is what the parameter tables say, and means what the reader does. With the
// environment variable MANTISSA_WRITE_DESIGNS set, the file is written anew instead of compared.
#include "core/design/design_schema.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

namespace fs = std::filesystem;

fs::path resources() {
    return fs::path(MANTISSA_SOURCE_DIR) / "resources";
}

std::string contentOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

bool meetsSchema(const std::string& text) {
    static const auto kSchema = [] {
        auto schema = std::make_unique<valijson::Schema>();
        const auto json = nlohmann::json::parse(designSchemaJson());
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(json), *schema);
        return schema;
    }();
    const auto json = nlohmann::json::parse(text);
    return valijson::Validator(valijson::Validator::kStrongTypes)
        .validate(*kSchema, valijson::adapters::NlohmannJsonAdapter(json), nullptr);
}

TEST(DesignSchema, FileIsUpToDate) {
    const auto file = resources() / "schema" / "design.schema.json";
    if (std::getenv("MANTISSA_WRITE_DESIGNS") != nullptr) {
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << designSchemaJson();
    }
    EXPECT_EQ(contentOf(file), designSchemaJson());
}

TEST(DesignSchema, AcceptsTheSampleDesigns) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(resources() / "designs")) {
        EXPECT_TRUE(meetsSchema(contentOf(entry.path()))) << entry.path();
        ++count;
    }
    EXPECT_GT(count, 0);
}

TEST(DesignSchema, RefusesWhatTheReaderRefuses) {
    for (
        const char* text :
        {R"({"recipe":{"epoch":3}})", R"({"hardware":{"rows":0}})", R"({"hardware":{"rows":"8"}})",
         R"({"hardware":{"dram":"ddr9"}})", R"({"schema":2})",
         R"({"network":{"classes":1,"layers":[{"name":"a","kind":"linear","features":1}]}})",
         R"({"network":{"classes":65537,"layers":[{"name":"a","kind":"linear","features":65537}]}})",
         R"({"network":{"layers":[{"name":"a","kind":"relu","kernel":3}]}})",
         R"({"network":{"layers":[{"name":"a","kind":"linear","bias":1}]}})",
         R"({"precision":{"network":{"weight@weight_gradient":{"format":"bf16"}}}})",
         R"({"precision":{"kinds":{"relu":{"weight":{"format":"bf16"}}}}})",
         R"({"precision":{"network":{"weight":{"format":"bf16","rounding":"up"}}}})"}) {
        EXPECT_FALSE(meetsSchema(text)) << text;
        EXPECT_FALSE(fromJson(text)) << text;
    }
}

}  // namespace
}  // namespace mantissa::design
