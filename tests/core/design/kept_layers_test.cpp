// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/kept_layers.h"

#include "core/train/precision_controller.h"
#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr RoleKey kWeight{Role::Weight, std::nullopt};
constexpr KeptLayers kEnds{.first = true, .last = true};

nn::NetworkSpec networkCalled(std::string_view id) {
    for (const auto& one : nn::networkTemplates()) {
        if (one.id == id) {
            return one.make();
        }
    }
    ADD_FAILURE() << id;
    return {};
}

std::vector<std::string> namesOf(const KeptLayers& kept, const nn::NetworkSpec& network) {
    std::vector<std::string> names;
    const auto marked = keptLayers(kept, network);
    for (std::size_t i = 0; i < marked.size(); ++i) {
        if (marked[i]) {
            names.push_back(network.layers[i].name);
        }
    }
    return names;
}

DesignPoint narrow(std::string_view keep) {
    auto plan = withFormat({}, {}, kWeight, format("bfp<4,block=16>"));
    plan = withFormat(plan, {}, {Role::Error, Pass::InputGradient}, format("bfp<4,block=16>"));
    plan = withFormat(plan, {}, {Role::MasterWeight, std::nullopt}, format("fp16"));
    plan.kept = parseKept(keep).value();
    return DesignPoint().withPrecision(plan);
}

TEST(KeptLayers, AreTheFirstAndTheLastWithMatrixProducts) {
    const auto network = DesignPoint().network();
    EXPECT_THAT(namesOf(kEnds, network), ElementsAre("conv1", "fc3"));
    EXPECT_THAT(namesOf({}, network), IsEmpty());
    EXPECT_THAT(namesOf(kEnds, {}), IsEmpty());
}

TEST(KeptLayers, OnShortcutsAreTheConvolutionsThatChangeTheShape) {
    const KeptLayers shortcuts{.shortcut = true};
    EXPECT_THAT(namesOf(shortcuts, networkCalled("resnet18")),
                ElementsAre("s2b1.down.conv", "s3b1.down.conv", "s4b1.down.conv"));
    EXPECT_EQ(namesOf(shortcuts, networkCalled("resnet50")).size(), 4U);
    for (const auto* plain : {"resnet20", "mobilenet_v2_cifar", "densenet40", "lenet5"}) {
        EXPECT_THAT(namesOf(shortcuts, networkCalled(plain)), IsEmpty()) << plain;
    }
}

TEST(KeptLayers, OfTwoBranchesOfOneLengthNeitherIsAShortcut) {
    const nn::Conv2d same{.outChannels = 4};
    const nn::NetworkSpec network{.input = {4, 8, 8},
                                  .layers = {{"left", same, {"input"}},
                                             {"right", same, {"input"}},
                                             {"add", nn::Add{}, {"left", "right"}}}};
    EXPECT_THAT(namesOf({.shortcut = true}, network), IsEmpty());
}

TEST(KeptLayers, SurviveTheirSpelling) {
    for (const auto* text : {"first:fp32", "first,last:fp16", "shortcut:bfp<8,block=16>",
                             "first,last,shortcut:fp16:toward_zero", "last:bf16:stochastic<8>"}) {
        const auto kept = parseKept(text);
        ASSERT_TRUE(kept) << text;
        EXPECT_EQ(parseKept(keptText(*kept)), *kept) << text;
    }
    EXPECT_EQ(parseKept("first,last").value(), kEnds);
    EXPECT_EQ(parseKept("none").value(), KeptLayers{});
    EXPECT_EQ(keptText({}), "");
}

TEST(KeptLayers, MisspelledAreRefusedWithWhatIsMeant) {
    EXPECT_THAT(parseKept("firs").error().text(), HasSubstr("did you mean \"first\"?"));
    EXPECT_THAT(parseKept("first,,last").error().text(), HasSubstr("unknown name \"\""));
    for (const auto* text : {"", ":fp16", "first:", "first:fp17", "first:fp16:up", "none:fp16"}) {
        EXPECT_FALSE(parseKept(text)) << text;
    }
    const auto read = fromJson(R"({"precision": {"keep": "all"}})");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().where, "/precision/keep");
}

TEST(KeptLayers, HaveTheirFormatInAllPassesUnlessTheLayerIsGivenOne) {
    const auto design = narrow("first,last:fp16");
    const auto network = design.network();
    const auto resolved = resolvePrecision(design.precision(), network);
    const auto& first = resolved.front();
    for (const auto& one : {first.weightForward, first.activationForward, first.weightInputGradient,
                            first.errorInputGradient, first.activationWeightGradient,
                            first.errorWeightGradient, first.weightGradient}) {
        EXPECT_EQ(one, format("fp16"));
    }
    EXPECT_EQ(resolved[*network.indexOf("conv2")].weightForward, format("bfp<4,block=16>"));
    EXPECT_EQ(resolveStates(design.precision(), network).front().master, format("fp16"));
    const auto site = planSite(design.precision(), network, 0);
    EXPECT_EQ(design.precision().resolve(site, Role::Weight, std::nullopt).level, PlanLevel::Kept);
    const auto own =
        withFormat(design.precision(), {.kind = {}, .layer = "conv1"}, kWeight, format("bf16"));
    EXPECT_EQ(own.resolve(site, Role::Weight, std::nullopt).format, format("bf16"));
    EXPECT_EQ(own.resolve(site, Role::Error, Pass::InputGradient).format, format("fp16"));
}

TEST(KeptLayers, HaveNoStashOfTheirOwn) {
    auto plan = withFormat({}, {}, {Role::Stash, std::nullopt}, format("fp8_e5m2"));
    plan.kept = parseKept("first:bf16").value();
    const auto network = DesignPoint().network();
    const auto resolved = resolvePrecision(plan, network);
    EXPECT_EQ(resolved.front().stash, numerics::TensorFormat{});
    EXPECT_EQ(resolved[*network.indexOf("conv2")].stash, format("fp8_e5m2"));
}

TEST(KeptLayers, KeepWhatTheOptimiserKeeps) {
    const auto design = narrow("first:bf16");
    EXPECT_EQ(resolveStates(design.precision(), design.network()).front().master, format("fp16"));
}

TEST(KeptLayers, AreOneLineOfTheDesignAndOneRow) {
    const auto design = narrow("first,last:fp32");
    EXPECT_THAT(toJson(design), HasSubstr(R"("keep": "first,last:fp32")"));
    EXPECT_EQ(fromJson(toJson(design)).value().precision(), design.precision());
    const auto changes = diff(narrow("none"), design);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes.front().path, "/precision/keep");
    EXPECT_EQ(changes.front().after, "first,last:fp32");
    EXPECT_THAT(toJson(narrow("none")), ::testing::Not(HasSubstr("keep")));
}

TEST(KeptLayers, AreInTheHashesByWhatTheyResolveTo) {
    const auto plain = narrow("none");
    const auto kept = narrow("first");
    EXPECT_NE(trainHash(kept), trainHash(plain));
    EXPECT_NE(hwHash(kept), hwHash(plain));
    auto said = plain;
    for (const Role role : {Role::Weight, Role::Error}) {
        said = withEntry(said, {.kind = {}, .layer = "conv1"}, {role, std::nullopt}, {});
    }
    EXPECT_EQ(trainHash(kept), trainHash(said)) << "the same training";
    EXPECT_EQ(hwHash(kept), hwHash(said));
    EXPECT_EQ(trainHash(narrow("shortcut")), trainHash(plain)) << "LeNet-5 has none";
}

TEST(KeptLayers, AreLeftAloneByControls) {
    auto kept = narrow("first:bfp<6,block=16>");
    const train::PrecisionControl control{
        .kind = train::ControlKind::Epochs, .lastEpochs = 1, .epochBits = 8};
    const auto& network = kept.network();
    const auto controller =
        train::makeEpochControl({control, network, resolvePrecision(kept.precision(), network)});
    controller->decide({.step = 0, .stepsPerEpoch = 1, .steps = 1});
    const auto& now = controller->precision();
    EXPECT_EQ(now.front().weightForward, format("bfp<6,block=16>"));
    EXPECT_EQ(now[*network.indexOf("conv2")].weightForward, format("bfp<8,block=16>"));
    EXPECT_NE(trainHash(kept.withControl(control)),
              trainHash(withEntry(narrow("none"), {.kind = {}, .layer = "conv1"}, kWeight,
                                  format("bfp<6,block=16>"))
                            .withControl(control)));
}

}  // namespace
}  // namespace mantissa::design
