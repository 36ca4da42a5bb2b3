// SPDX-License-Identifier: GPL-3.0-or-later
// The designs that ship with the program are exactly what it writes. With the environment variable
// MANTISSA_WRITE_DESIGNS set, the files are written anew instead of compared.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/core/design/design_helpers.h"

namespace mantissa::design {
namespace {

namespace fs = std::filesystem;

struct Sample {
    std::string file;
    DesignPoint design;
};

nn::NetworkSpec network(std::string_view id) {
    const auto templates = nn::networkTemplates();
    return std::find_if(templates.begin(), templates.end(),
                        [&](const auto& t) { return t.id == id; })
        ->make();
}

DesignPoint withOperands(const DesignPoint& design, std::string_view forward,
                         std::string_view error) {
    auto result = withEntry(design, {}, {Role::Weight, std::nullopt}, format(forward));
    result = withEntry(result, {}, {Role::Activation, std::nullopt}, format(forward));
    return withEntry(result, {}, {Role::Error, std::nullopt}, format(error));
}

DesignPoint blockFloat(const std::string& bits, const std::string& name) {
    const std::string text = "bfp<" + bits + ",block=16>";
    return withOperands(DesignPoint(), text, text)
        .withName(name)
        .withNote(
            "Weights, activations and errors, the operands of the three matrix products of "
            "training, in block floating point: significands of " +
            bits +
            " bits with their sign, an 8-bit exponent shared by 16 numbers along the "
            "reduction. Weight gradients, which are results, stay in FP32, as HBFP leaves "
            "them (Drumond et al., NeurIPS 2018).");
}

DesignPoint rangeBatchNorm() {
    auto spec = DesignPoint().network();
    for (auto& layer : spec.layers) {
        if (auto* norm = std::get_if<nn::BatchNorm>(&layer.params)) {
            norm->kind = nn::BatchNormKind::Range;
        }
    }
    return DesignPoint()
        .withNetwork(spec)
        .withName("LeNet-5 + range BN, FP32")
        .withNote(
            "Batch normalisation divides by the range instead of the standard deviation "
            "(Banner et al., NeurIPS 2018).");
}

std::vector<Sample> samples() {
    return {
        {"lenet5_fp32.json", DesignPoint().withNote("The baseline: nothing is quantised.")},
        {"lenet5_bfp8.json", blockFloat("8", "LeNet-5 + BN, BFP8")},
        {"lenet5_bfp2.json", blockFloat("2", "LeNet-5 + BN, BFP2")},
        {"lenet5_fp8.json",
         withOperands(DesignPoint(), "fp8_e4m3", "fp8_e5m2")
             .withName("LeNet-5 + BN, FP8")
             .withNote("Weights and activations in E4M3, errors in E5M2 (Micikevicius et al., "
                       "2022), without loss scaling. Weight gradients stay in FP32.")},
        {"lenet5_range_bn.json", rangeBatchNorm()},
        {"mlp_fp32.json", DesignPoint()
                              .withNetwork(network("mlp"))
                              .withName("Multilayer perceptron, FP32")
                              .withNote("784-1024-1024-10, nothing is quantised.")},
    };
}

fs::path folder() {
    return fs::path(MANTISSA_SOURCE_DIR) / "resources" / "designs";
}

TEST(SampleDesigns, AreExactlyWhatTheProgramWrites) {
    for (const auto& [name, design] : samples()) {
        const auto file = folder() / name;
        if (std::getenv("MANTISSA_WRITE_DESIGNS") != nullptr) {
            ASSERT_TRUE(writeDesignFile(design, file));
            continue;
        }
        std::ifstream stream(file, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        const auto read = fromJson(text, name);
        ASSERT_TRUE(read) << read.error().text();
        EXPECT_EQ(toJson(*read), text) << name;
        EXPECT_EQ(*read, design) << name;
    }
}

TEST(SampleDesigns, AreAllOfThoseInTheFolder) {
    std::vector<std::string> expected;
    for (const auto& sample : samples()) {
        expected.push_back(sample.file);
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder())) {
        found.push_back(entry.path().filename().string());
    }
    EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(expected));
}

}  // namespace
}  // namespace mantissa::design
