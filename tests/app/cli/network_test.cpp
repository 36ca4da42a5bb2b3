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

TEST_F(NetworkCommand, suggestsWhatWasMeant) {
    const auto result = cli({"network", "resnet21"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("did you mean resnet20?"));
}

}  // namespace
}  // namespace mantissa::test
