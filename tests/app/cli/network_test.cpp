// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli network.
#include <gmock/gmock.h>

#include "core/nn/network_spec.h"
#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::HasSubstr;

class NetworkCommand : public CliTest {};

TEST_F(NetworkCommand, listsEveryTemplateWithItsSize) {
    const auto text = cli({"network"}).out;
    const auto json = cli({"network", "--json"}).json();
    ASSERT_EQ(json["templates"].size(), nn::networkTemplates().size());
    for (const auto& one : nn::networkTemplates()) {
        EXPECT_THAT(text, HasSubstr(std::string(one.label)));
    }
    EXPECT_EQ(json["templates"][3]["id"], "resnet20");
    EXPECT_EQ(json["templates"][3]["parameters"], 269722);
}

TEST_F(NetworkCommand, showsTheLayersOfOneForOtherImages) {
    const auto json =
        cli({"network", "resnet20", "--input", "1,28,28", "--classes", "5", "--json"}).json();
    EXPECT_EQ(json["layers"][0]["output"], "16 x 28 x 28");
    EXPECT_EQ(json["layers"].back()["output"], "5");
}

TEST_F(NetworkCommand, writesADesignThatIsRead) {
    const auto file = path("mobile.json");
    ASSERT_EQ(cli({"network", "mobilenet_v2_cifar_half", "--input", "1,28,28", "-o", file}).status,
              0);
    EXPECT_EQ(cli({"hw", file}).status, 0);
}

TEST_F(NetworkCommand, namesTheDataSetThatHasSuchImages) {
    const auto datasetOf = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "network");
        arguments.insert(arguments.end(), {"-o", "n.json"});
        const auto made = cli(arguments);
        EXPECT_EQ(made.status, 0) << made.err;
        const auto dataset = nlohmann::json::parse(readFile(path("n.json")))["dataset"];
        return dataset.get<std::string>() + (made.err.empty() ? "" : ", with a note");
    };
    EXPECT_EQ(datasetOf({"lenet5"}), "fashion-mnist");
    EXPECT_EQ(datasetOf({"resnet20"}), "cifar10");
    EXPECT_EQ(datasetOf({"resnet20", "--classes", "100"}), "cifar100");
    EXPECT_EQ(datasetOf({"resnet20", "--dataset", "images:pets.zip"}), "images:pets.zip");
    EXPECT_EQ(datasetOf({"resnet18"}), "fashion-mnist, with a note");
}

TEST_F(NetworkCommand, readsTheShapeOfImagesAsItIsPrinted) {
    const auto layersFor = [&](const std::string& input) {
        return cli({"network", "resnet20", "--input", input});
    };
    EXPECT_EQ(layersFor("3x16x24").out, layersFor("3,16,24").out);
    EXPECT_THAT(layersFor("3x16x24").out, HasSubstr("16 x 16 x 24"));
    for (const auto* wrong : {"3", "3x16", "3,16,24,1", "0,1,1", "3x16x", "a,b,c", "3,16,5000"}) {
        const auto result = layersFor(wrong);
        EXPECT_EQ(result.status, 2) << wrong;
        EXPECT_THAT(result.err, HasSubstr("three integers from 1 to 4096")) << wrong;
    }
}

TEST_F(NetworkCommand, suggestsWhatWasMeant) {
    const auto result = cli({"network", "resnet21"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("did you mean resnet20?"));
}

}  // namespace
}  // namespace mantissa::test
