// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/design_json.h"

#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr RoleKey kErrorWeightGradient{Role::Error, Pass::WeightGradient};

/// A design that says something in every place.
DesignPoint fullDesign() {
    auto network = DesignPoint().network();
    network.layers[1].inputs = {network.layers[0].name};
    std::get<nn::BatchNorm>(network.layers[1].params).kind = nn::BatchNormKind::Range;
    train::Recipe recipe;
    recipe.learningRate = 0.1 + 0.2;  // 0.30000000000000004
    recipe.seedData = 9007199254740991;
    recipe.optimiser = train::OptimiserKind::AdamW;
    recipe.lossScaling = train::LossScalingKind::Enhanced;
    recipe.flip = true;
    const train::PrecisionControl control{.kind = train::ControlKind::Fast, .alpha = 0.75};
    HardwareConfig hardware;
    hardware.dram = DramKind::Hbm2;
    auto design = DesignPoint()
                      .withName("Ünï/\"code\"")
                      .withNote("two\nlines")
                      .withDataset("mnist")
                      .withNetwork(network)
                      .withRecipe(recipe)
                      .withControl(control)
                      .withHardware(hardware);
    design = withEntry(design, {}, {Role::Weight, std::nullopt}, format("bfp<8,block=16>"));
    design = withEntry(design, {}, {Role::MasterWeight, std::nullopt},
                       format("fp16", numerics::Rounding::Stochastic));
    design = withEntry(design, {.kind = "linear", .layer = {}}, kErrorWeightGradient,
                       format("fp8_e5m2", numerics::Rounding::Stochastic));
    return withEntry(design, {.kind = {}, .layer = "conv2"}, {Role::WeightGradient, std::nullopt},
                     format("bf16"));
}

TEST(DesignJson, ReadsBackWhatItWrites) {
    for (const auto& design : {DesignPoint(), fullDesign()}) {
        const auto read = fromJson(toJson(design));
        ASSERT_TRUE(read) << read.error().text();
        EXPECT_EQ(*read, design);
        EXPECT_EQ(toJson(*read), toJson(design));
    }
}

TEST(DesignJson, CanonicalFormIsReadToTheSameHash) {
    const auto design = fullDesign();
    const auto canonical = toCanonicalJson(design);
    EXPECT_THAT(canonical, StartsWith(R"({"control":{"alpha":)"));
    EXPECT_THAT(canonical, HasSubstr(R"(},"dataset":"mnist","hardware":{)"));
    EXPECT_THAT(canonical, Not(HasSubstr("two\\nlines")));
    EXPECT_THAT(canonical, HasSubstr(R"("learning_rate":0.30000000000000004)"));
    const auto read = fromJson(canonical);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(designHash(*read), designHash(design));
}

TEST(DesignJson, MissingKeysTakeDefaults) {
    const auto read = fromJson(R"({"schema":1,"recipe":{"epochs":7}})");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->recipe().epochs, 7);
    EXPECT_EQ(read->recipe().batch, train::Recipe{}.batch);
    EXPECT_EQ(read->network(), DesignPoint().network());
    EXPECT_EQ(read->name(), "");
}

TEST(DesignJson, MissingLayerParametersTakeTheDocumentedDefaults) {
    const auto read = fromJson(
        R"({"network":{"layers":[{"name":"f","kind":"flatten"},{"name":"l","kind":"linear"}]}})");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(std::get<nn::Linear>(read->network().layers[1].params), nn::Linear{});
}

TEST(DesignJson, AnUnknownKeyIsAnErrorWithAHint) {
    const auto error = readError(R"({"recipe":{"epoch":3}})");
    EXPECT_EQ(error.where, "/recipe/epoch");
    EXPECT_THAT(error.hint, HasSubstr("did you mean \"epochs\"?"));
    EXPECT_THAT(readError(R"({"zzz":1})").hint, HasSubstr("known: schema"));
}

TEST(DesignJson, AWrongTypeNamesPlaceAndType) {
    const auto error = readError(R"({"hardware":{"rows":"16"}})");
    EXPECT_EQ(error.where, "/hardware/rows");
    EXPECT_THAT(error.message, HasSubstr("must be a number, is a string"));
    for (const char* text :
         {"[]", "3", "null", R"({"name":1})", R"({"recipe":[]})", R"({"network":{"layers":{}}})",
          R"({"network":{"layers":[1]}})", R"({"network":{"input":[1,28],"layers":[]}})",
          R"({"precision":{"network":{"weight":"bf16"}}})", R"({"precision":{"layers":[]}})",
          R"({"hardware":{"rows":null}})"}) {
        EXPECT_EQ(readError(text).code, ErrorCode::InvalidInput) << text;
    }
}

TEST(DesignJson, AValueOutOfRangeNamesTheRange) {
    const auto error = readError(defaultJsonWith("\"kernel\": 5", "\"kernel\": 99"));
    EXPECT_EQ(error.where, "/network/layers/0/kernel");
    EXPECT_THAT(error.message, HasSubstr("99"));
    EXPECT_THAT(error.message, HasSubstr("from 1 to"));
    EXPECT_EQ(readError(R"({"recipe":{"epochs":2.5}})").where, "/recipe/epochs");
    EXPECT_EQ(readError(R"({"recipe":{"epochs":1e300}})").where, "/recipe/epochs");
    EXPECT_EQ(readError(R"({"recipe":{"epochs":1e999}})").code, ErrorCode::InvalidInput);
    EXPECT_EQ(readError(R"({"recipe":{"seed_init":18446744073709551616}})").where,
              "/recipe/seed_init");
}

TEST(DesignJson, AnUnknownChoiceListsTheChoices) {
    const auto error = readError(R"({"hardware":{"dram":"ddr9"}})");
    EXPECT_EQ(error.where, "/hardware/dram");
    EXPECT_THAT(error.hint, HasSubstr("ddr"));
    EXPECT_EQ(readError(defaultJsonWith("\"conv2d\"", "\"conv2\"")).where,
              "/network/layers/0/kind");
}

TEST(DesignJson, TwoLayersOfOneNameAreAnError) {
    const auto error = readError(defaultJsonWith("\"name\": \"conv2\"", "\"name\": \"conv1\""));
    EXPECT_THAT(error.where, ::testing::MatchesRegex("/network/layers/[0-9]/name"));
}

TEST(DesignJson, APlanForWhatIsNotThereIsAnError) {
    const auto plan = [](const std::string& text) { return R"({"precision":{)" + text + "}}"; };
    const std::string bf16 = R"({"format":"bf16"})";
    EXPECT_EQ(readError(plan(R"("layers":{"conv9":{"weight":)" + bf16 + "}}")).where,
              "/precision/layers/conv9");
    EXPECT_EQ(readError(plan(R"("kinds":{"conv":{"weight":)" + bf16 + "}}")).where,
              "/precision/kinds/conv");
    EXPECT_EQ(readError(plan(R"("network":{"weight@weight_gradient":)" + bf16 + "}")).where,
              "/precision/network/weight@weight_gradient");
    EXPECT_EQ(readError(plan(R"("network":{"weight":{"format":"bfq<8>"}})")).where,
              "/precision/network/weight/format");
    EXPECT_EQ(readError(plan(R"("network":{"weight":{"format":"bf16","rounding":"up"}})")).where,
              "/precision/network/weight/rounding");
    EXPECT_EQ(readError(plan(R"("network":{"weight":{}})")).where, "/precision/network/weight");
}

TEST(DesignJson, AKeyWithASlashIsEscapedInThePointer) {
    EXPECT_EQ(readError(R"({"recipe":{"a/b~c":1}})").where, "/recipe/a~1b~0c");
}

TEST(DesignJson, MalformedTextNamesLineAndColumn) {
    EXPECT_EQ(readError("{\n  \"name\": x\n}").where, "line 2, column 11");
    EXPECT_EQ(readError("").where, "line 1, column 1");
    EXPECT_THAT(readError("{\"name\": \"\xff\"}").message, StartsWith("not JSON"));
    EXPECT_THAT(readError(R"({"recipe":{"learning_rate":NaN}})").message, StartsWith("not JSON"));
    const auto named = fromJson("{", "lenet.json");
    ASSERT_FALSE(named);
    EXPECT_THAT(named.error().where, StartsWith("lenet.json: line 1"));
}

TEST(DesignJson, AKeyThatAppearsTwiceIsAnError) {
    EXPECT_THAT(readError(R"({"recipe":{"epochs":1,"epochs":2}})").message,
                HasSubstr("\"epochs\" appears twice"));
}

TEST(DesignJson, DeepAndHugeTextsAreRefused) {
    EXPECT_THAT(readError(std::string(1'000'000, '[')).message, HasSubstr("deep"));
    std::string nested;
    for (int i = 0; i < 100'000; ++i) {
        nested += R"({"a":)";
    }
    EXPECT_THAT(readError(nested).message, HasSubstr("deep"));
    EXPECT_THAT(readError(std::string(std::size_t{17} << 20U, ' ')).message, HasSubstr("bytes"));
}

TEST(DesignJson, ANewerSchemaIsSaidToBeNewer) {
    const auto error = readError(R"({"schema":2,"unheard_of":true})");
    EXPECT_EQ(error.code, ErrorCode::Unsupported);
    EXPECT_EQ(error.where, "/schema");
    EXPECT_EQ(readError(R"({"schema":0})").code, ErrorCode::InvalidInput);
    EXPECT_EQ(readError(R"({"schema":"1"})").code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace mantissa::design
