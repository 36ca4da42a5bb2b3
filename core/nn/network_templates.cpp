// SPDX-License-Identifier: GPL-3.0-or-later
// The table of ready-made networks, and those that are one chain.
#include <array>
#include <span>
#include <vector>

#include "core/nn/template_builder.h"

namespace mantissa::nn {
namespace {

/// LeNet-5 (LeCun et al., 1998) in today's form: ReLU and max pooling, 28 x 28 images padded by 2.
NetworkSpec lenet5Form(const Shape& input, int classes, bool batchNorm) {
    TemplateBuilder b(input, classes);
    const auto addStage = [&](const std::string& number, const Conv2d& convolution) {
        b.add("conv" + number, convolution);
        if (batchNorm) {
            b.add("bn" + number, BatchNorm{});
        }
        b.add("relu" + number, Relu{});
        b.add("pool" + number, MaxPool2d{});
    };
    addStage("1", {.outChannels = 6, .kernel = 5, .padding = 2});
    addStage("2", {.outChannels = 16, .kernel = 5, .padding = 0});
    b.add("flatten", Flatten{});
    b.add("fc1", Linear{.outFeatures = 120});
    b.add("relu3", Relu{});
    b.add("fc2", Linear{.outFeatures = 84});
    b.add("relu4", Relu{});
    return b.score("fc3");
}

NetworkSpec lenet5(const Shape& input, int classes) {
    return lenet5Form(input, classes, false);
}
NetworkSpec lenet5Bn(const Shape& input, int classes) {
    return lenet5Form(input, classes, true);
}

NetworkSpec multilayerPerceptron(const Shape& input, int classes) {
    TemplateBuilder b(input, classes);
    b.add("flatten", Flatten{});
    b.add("fc1", Linear{.outFeatures = 1024});
    b.add("relu1", Relu{});
    b.add("fc2", Linear{.outFeatures = 1024});
    b.add("relu2", Relu{});
    return b.score("fc3");
}

/// A hidden layer of a classifier with dropout, as AlexNet and VGG have two.
void addHidden(TemplateBuilder& b, const std::string& number) {
    b.add("fc" + number, Linear{.outFeatures = 4096});
    b.add("fc" + number + ".relu", Relu{});
}

/// AlexNet (Krizhevsky, arXiv 1404.5997: one column).
NetworkSpec alexnet(const Shape& input, int classes) {
    TemplateBuilder b(input, classes);
    const auto addStage = [&](const std::string& number, const Conv2d& convolution, int padding) {
        b.convolve("conv" + number, convolution, padding);
        b.add("relu" + number, Relu{});
    };
    constexpr MaxPool2d kPool{.kernel = 3, .stride = 2};
    addStage("1", {.outChannels = 64, .kernel = 11, .stride = 4}, 2);
    b.pool("pool1", kPool);
    addStage("2", {.outChannels = 192, .kernel = 5}, 2);
    b.pool("pool2", kPool);
    addStage("3", {.outChannels = 384}, 1);
    addStage("4", {.outChannels = 256}, 1);
    addStage("5", {.outChannels = 256}, 1);
    b.pool("pool5", kPool);
    b.add("flatten", Flatten{});
    b.add("dropout1", Dropout{});
    addHidden(b, "1");
    b.add("dropout2", Dropout{});
    addHidden(b, "2");
    return b.score("fc3");
}

/// Channels of each convolution; 0 is a pooling layer.
constexpr std::array kVgg11{64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0};
constexpr std::array kVgg16{64, 64,  0,   128, 128, 0,   256, 256, 256,
                            0,  512, 512, 512, 0,   512, 512, 512, 0};

/// VGG (Simonyan and Zisserman, ICLR 2015), which had no normalisation; with it as torchvision has
/// it (vgg16_bn), behind convolutions that keep their biases.
NetworkSpec vgg(const Shape& input, int classes, std::span<const int> plan, bool batchNorm) {
    TemplateBuilder b(input, classes);
    int stage = 1;
    int layer = 1;
    for (const int channels : plan) {
        if (channels == 0) {
            b.pool("pool" + std::to_string(stage), MaxPool2d{});
            ++stage;
            layer = 1;
            continue;
        }
        const std::string place = std::to_string(stage) + "_" + std::to_string(layer++);
        b.convolve("conv" + place, {.outChannels = channels});
        if (batchNorm) {
            b.add("bn" + place, BatchNorm{});
        }
        b.add("relu" + place, Relu{});
    }
    b.add("flatten", Flatten{});
    addHidden(b, "1");
    b.add("dropout1", Dropout{});
    addHidden(b, "2");
    b.add("dropout2", Dropout{});
    return b.score("fc3");
}

NetworkSpec vgg11(const Shape& input, int classes) {
    return vgg(input, classes, kVgg11, false);
}
NetworkSpec vgg11Bn(const Shape& input, int classes) {
    return vgg(input, classes, kVgg11, true);
}
NetworkSpec vgg16(const Shape& input, int classes) {
    return vgg(input, classes, kVgg16, false);
}
NetworkSpec vgg16Bn(const Shape& input, int classes) {
    return vgg(input, classes, kVgg16, true);
}

}  // namespace

std::span<const NetworkTemplate> networkTemplates() {
    static const Shape kFashion{1, 28, 28};
    static const Shape kCifar{3, 32, 32};
    static const Shape kImagenet{3, 224, 224};
    static const std::vector<NetworkTemplate> kTemplates{
        {"lenet5_bn", "LeNet-5 with batch normalisation", kFashion, 10, lenet5Bn},
        {"lenet5", "LeNet-5", kFashion, 10, lenet5},
        {"mlp", "Multilayer perceptron 784-1024-1024-10", kFashion, 10, multilayerPerceptron},
        {"resnet20", "ResNet-20 (CIFAR)", kCifar, 10, resnet20},
        {"mobilenet_v1_cifar", "MobileNetV1 (CIFAR)", kCifar, 10, mobilenetV1Cifar},
        {"mobilenet_v2_cifar_half", "MobileNetV2, half width (CIFAR)", kCifar, 10,
         mobilenetV2CifarHalf},
        {"mobilenet_v2_cifar", "MobileNetV2 (CIFAR)", kCifar, 10, mobilenetV2Cifar},
        {"densenet40", "DenseNet-40 (CIFAR)", kCifar, 10, densenet40},
        {"mobilenet_v1", "MobileNetV1 (ImageNet)", kImagenet, 1000, mobilenetV1},
        {"mobilenet_v2", "MobileNetV2 (ImageNet)", kImagenet, 1000, mobilenetV2},
        {"resnet18", "ResNet-18 (ImageNet)", kImagenet, 1000, resnet18},
        {"resnet34", "ResNet-34 (ImageNet)", kImagenet, 1000, resnet34},
        {"resnet50", "ResNet-50 (ImageNet)", kImagenet, 1000, resnet50},
        {"densenet121", "DenseNet-121 (ImageNet)", kImagenet, 1000, densenet121},
        {"alexnet", "AlexNet (ImageNet)", kImagenet, 1000, alexnet},
        {"vgg11", "VGG-11 (ImageNet)", kImagenet, 1000, vgg11},
        {"vgg11_bn", "VGG-11 with batch normalisation (ImageNet)", kImagenet, 1000, vgg11Bn},
        {"vgg16", "VGG-16 (ImageNet)", kImagenet, 1000, vgg16},
        {"vgg16_bn", "VGG-16 with batch normalisation (ImageNet)", kImagenet, 1000, vgg16Bn},
    };
    return kTemplates;
}

}  // namespace mantissa::nn
