// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/design_point.h"

#include <limits>

#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr RoleKey kWeight{Role::Weight, std::nullopt};

TEST(DesignPoint, DefaultIsAValidNamedFp32LeNet) {
    const DesignPoint design;
    EXPECT_EQ(design.name(), "LeNet-5 + BN, FP32");
    EXPECT_EQ(design.dataset(), "fashion-mnist");
    EXPECT_TRUE(design.network().indexOf("bn1"));
    EXPECT_EQ(design.precision(), PrecisionPlan{});
    EXPECT_TRUE(validate(design)) << validate(design).error().text();
}

TEST(DesignPoint, EditsLeaveTheOriginalAndShareTheRest) {
    const DesignPoint before;
    HardwareConfig hardware;
    hardware.rows = 32;
    const auto after = before.withHardware(hardware);
    EXPECT_EQ(before.hardware().rows, 16);
    EXPECT_EQ(after.hardware().rows, 32);
    EXPECT_EQ(&before.network(), &after.network());
    EXPECT_EQ(&before.recipe(), &after.recipe());
    EXPECT_NE(before, after);
    EXPECT_EQ(before, after.withHardware({}));
}

TEST(HardwareParams, AcceptTheDefaultsAndSetWhatTheyGet) {
    const HardwareConfig defaults;
    for (const auto& param : hardwareParams()) {
        EXPECT_TRUE(checkParam(param.spec, param.spec.defaultValue, "")) << param.spec.id;
        EXPECT_EQ(param.get(defaults), param.spec.defaultValue) << param.spec.id;
        HardwareConfig changed;
        param.set(changed, param.spec.maximum);
        EXPECT_EQ(param.get(changed), param.spec.maximum) << param.spec.id;
        EXPECT_FALSE(param.spec.help.empty()) << param.spec.id;
    }
}

TEST(Validate, PointsAtAParameterOutOfRange) {
    train::Recipe recipe;
    recipe.batch = 0;
    const auto result = validate(DesignPoint().withRecipe(recipe));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/recipe/batch");
    EXPECT_THAT(result.error().message, HasSubstr("from 1 to"));
}

TEST(Validate, RefusesNotANumber) {
    HardwareConfig hardware;
    hardware.clockMhz = std::numeric_limits<double>::quiet_NaN();
    const auto result = validate(DesignPoint().withHardware(hardware));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/hardware/clock_mhz");
}

TEST(Validate, PointsAtTheLayerThatCannotBeBuilt) {
    auto network = DesignPoint().network();
    const auto index = *network.indexOf("fc3");
    std::get<nn::Linear>(network.layers[index].params).outFeatures = 11;
    const auto result = validate(DesignPoint().withNetwork(network));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/network/layers/" + std::to_string(index));
    EXPECT_THAT(result.error().message, HasSubstr("fc3"));
}

TEST(Validate, PointsAtTheSecondOfTwoLayersOfOneName) {
    auto network = DesignPoint().network();
    network.layers[3].name = network.layers[0].name;
    const auto result = validate(DesignPoint().withNetwork(network));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/network/layers/3/name");
}

TEST(Validate, RefusesAPlanForAMissingLayer) {
    const auto design =
        withEntry({}, {.kind = {}, .layer = "conv3"}, kWeight, format("bfp<8,block=16>"));
    const auto result = validate(design);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/precision/layers/conv3");
    EXPECT_THAT(result.error().hint, HasSubstr("did you mean \"conv"));
}

TEST(Validate, RefusesAPlanForAnUnknownKindOrOneWithoutAMatrixProduct) {
    for (const char* kind : {"conv3d", "relu"}) {
        const auto design = withEntry({}, {.kind = kind, .layer = {}}, kWeight, format("bf16"));
        const auto result = validate(design);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().where, "/precision/kinds/" + std::string(kind));
    }
}

TEST(Validate, RefusesAPassThatDoesNotUseTheRole) {
    const auto design = withEntry({}, {}, {Role::Weight, Pass::WeightGradient}, format("bf16"));
    const auto result = validate(design);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/precision/network/weight@weight_gradient");
    EXPECT_THAT(result.error().message, HasSubstr("does not use the weight"));
}

TEST(Validate, RefusesAFormatOutsideTheRegistrysRange) {
    const auto design =
        withEntry({}, {}, kWeight, {numerics::BlockFloat{.mantissaBits = 99, .block = {}}, {}});
    const auto result = validate(design);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/precision/network/weight/format");
}

TEST(Validate, RefusesTextThatIsNotUtf8) {
    const auto result = validate(DesignPoint().withName("caf\xe9"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().where, "/name");
}

TEST(Validate, PointsAtADataSetThatIsNone) {
    for (const auto* const name : {"", "fashion-minst", "images", "synthetic:classes=1"}) {
        const auto result = validate(DesignPoint().withDataset(name));
        ASSERT_FALSE(result) << name;
        EXPECT_EQ(result.error().where, "/dataset") << name;
    }
    EXPECT_TRUE(validate(DesignPoint().withDataset("images:/where/ever")));
}

TEST(Validate, RefusesThresholdsAndWidthsInTheWrongOrder) {
    train::PrecisionControl control{.low = 0.9, .high = 0.8};
    EXPECT_EQ(validate(DesignPoint().withControl(control)).error().where, "/control/low");
    control = {.narrowBits = 9, .middleBits = 8};
    EXPECT_EQ(validate(DesignPoint().withControl(control)).error().where, "/control");
    control = {.alpha = -1};
    EXPECT_EQ(validate(DesignPoint().withControl(control)).error().where, "/control/alpha");
}

TEST(Fields, FollowTheJsonAndLeaveNameAndNoteOut) {
    const auto design = withEntry(DesignPoint().withNote("x"), {.kind = {}, .layer = "conv2"},
                                  kWeight, format("bfp<8,block=16>"));
    std::vector<std::string> lines;
    for (const auto& row : fields(design)) {
        lines.push_back(row.path + " | " + row.label + " | " + row.value);
    }
    EXPECT_THAT(lines.front(), HasSubstr("/network/input | Input | 1 x 28 x 28"));
    EXPECT_THAT(lines, Contains("/network/layers/conv2/kernel | conv2 Kernel | 5"));
    EXPECT_THAT(lines, Contains("/network/layers/conv2/inputs | conv2 input | pool1"));
    EXPECT_THAT(lines, Contains("/precision/layers/conv2/weight | conv2 weight | bfp<8,block=16>"));
    EXPECT_THAT(lines, Contains("/hardware/clock_mhz | Clock | 500 MHz"));
}

TEST(Fields, LeaveOutWhatMeansNothingBesideTheOthers) {
    const auto paths = [](const DesignPoint& design) {
        std::vector<std::string> all;
        for (const auto& row : fields(design)) {
            all.push_back(row.path);
        }
        return all;
    };
    train::Recipe recipe;
    recipe.optimiser = train::OptimiserKind::Sgd;
    EXPECT_THAT(paths(DesignPoint().withRecipe(recipe)), Not(Contains("/recipe/beta2")));
    recipe.beta2 = 0.5;  // means nothing to SGD, but the two designs are not the same
    EXPECT_THAT(paths(DesignPoint().withRecipe(recipe)), Contains("/recipe/beta2"));
    EXPECT_EQ(diff(DesignPoint(), DesignPoint().withRecipe(recipe)).size(), 1U);
}

TEST(Diff, NamesWhatChangedWithBothValues) {
    train::Recipe recipe;
    recipe.epochs = 5;
    const auto after = withEntry(DesignPoint().withRecipe(recipe), {},
                                 {Role::Error, Pass::WeightGradient}, format("bf16"));
    const auto differences = diff({}, after);
    ASSERT_EQ(differences.size(), 2U);
    EXPECT_EQ(differences[0].path, "/recipe/epochs");
    EXPECT_EQ(differences[0].before, "3");
    EXPECT_EQ(differences[0].after, "5");
    EXPECT_EQ(differences[1].label, "Default error, weight gradient pass");
    EXPECT_EQ(differences[1].before, "");
    EXPECT_EQ(differences[1].after, "bf16");
}

TEST(Diff, IsEmptyWhereNameAndNoteAloneDiffer) {
    EXPECT_TRUE(diff({}, DesignPoint().withName("other").withNote("note")).empty());
}

TEST(Diff, AnInsertedLayerDoesNotShiftTheOthers) {
    auto network = DesignPoint().network();
    network.layers.insert(network.layers.begin(), {"relu0", nn::Relu{}, {}});
    std::vector<std::string> paths;
    for (const auto& difference : diff({}, DesignPoint().withNetwork(network))) {
        paths.push_back(difference.path);
    }
    EXPECT_THAT(paths, ::testing::UnorderedElementsAre("/network/layers/conv1/inputs",
                                                       "/network/layers/relu0/kind",
                                                       "/network/layers/relu0/inputs"));
}

}  // namespace
}  // namespace mantissa::design
