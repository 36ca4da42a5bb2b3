// SPDX-License-Identifier: GPL-3.0-or-later
// The ready-made networks against what was published about them.
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/nn/network_spec.h"

namespace mantissa::nn {
namespace {

struct Totals {
    std::int64_t parameters = 0, macs = 0;
};

Totals totalsOf(const NetworkSpec& network) {
    Totals totals;
    const auto shapes = checkNetwork(network);
    EXPECT_TRUE(shapes) << shapes.error().text();
    for (const auto& layer : *shapes) {
        totals.parameters += layer.parameters;
        totals.macs += layer.macsPerImage;
    }
    return totals;
}

// torchvision's model documentation for the ImageNet forms but MobileNetV1 (4.2 M in its Table 8);
// ResNet-20 0.27 M (He et al., Table 6); DenseNet-40 1.0 M (Huang et al., Table 2).
TEST(NetworkTemplates, HaveThePublishedParameters) {
    const std::map<std::string_view, std::int64_t> published{
        {"resnet20", 269'722},       {"densenet40", 1'019'722},  {"mobilenet_v1", 4'231'976},
        {"mobilenet_v2", 3'504'872}, {"resnet18", 11'689'512},   {"resnet34", 21'797'672},
        {"resnet50", 25'557'032},    {"densenet121", 7'978'856}, {"alexnet", 61'100'840},
        {"vgg11", 132'863'336},      {"vgg16", 138'357'544},     {"vgg11_bn", 132'868'840},
        {"vgg16_bn", 138'365'992}};
    std::size_t checked = 0;
    for (const auto& entry : networkTemplates()) {
        if (const auto count = published.find(entry.id); count != published.end()) {
            EXPECT_EQ(totalsOf(entry.make()).parameters, count->second) << entry.id;
            ++checked;
        }
    }
    EXPECT_EQ(checked, published.size());
}

// Forward multiplications an image, in millions: ResNet-20 40.55 with option A; ResNet-50 4089 and
// MobileNetV2 300.8 as torchvision counts them (0.5 %).
TEST(NetworkTemplates, HaveThePublishedMultiplications) {
    const std::map<std::string_view, double> published{{"resnet20", 40.55},
                                                       {"mobilenet_v2_cifar_half", 23.7},
                                                       {"resnet50", 4089},
                                                       {"mobilenet_v2", 300.8},
                                                       {"vgg16", 15470}};
    for (const auto& entry : networkTemplates()) {
        if (const auto macs = published.find(entry.id); macs != published.end()) {
            const double millions = static_cast<double>(totalsOf(entry.make()).macs) * 1e-6;
            EXPECT_NEAR(millions, macs->second, 0.005 * macs->second) << entry.id;
        }
    }
}

TEST(NetworkTemplates, AreValidForOtherImagesAndClasses) {
    std::set<std::string_view> ids;
    for (const auto& entry : networkTemplates()) {
        EXPECT_TRUE(ids.insert(entry.id).second) << entry.id;
        for (const Shape& input : {entry.input, Shape{1, 28, 28}, Shape{3, 64, 48}}) {
            const auto network = entry.generate(input, 17);
            const auto shapes = checkNetwork(network);
            EXPECT_TRUE(shapes) << entry.id << " " << shapeText(input) << ": "
                                << (shapes ? "" : shapes.error().text());
        }
    }
}

TEST(NetworkTemplates, BeginWithTheDefault) {
    EXPECT_EQ(networkTemplates().front().id, "lenet5_bn");
}

}  // namespace
}  // namespace mantissa::nn
