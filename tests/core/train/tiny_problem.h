// SPDX-License-Identifier: GPL-3.0-or-later
// A network and a data set that train in milliseconds.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "core/train/trainer.h"

namespace mantissa::train {

constexpr int kTinyClasses = 3;
constexpr std::int64_t kTinySide = 8;

/// Noise with a bright 3 x 3 square whose place is the class.
inline data::Split tinySplit(int images, std::uint32_t seed) {
    std::minstd_rand random(seed);
    data::Split split;
    for (int image = 0; image < images; ++image) {
        const auto label = static_cast<Label>(random() % kTinyClasses);
        split.labels.push_back(label);
        for (std::int64_t y = 0; y < kTinySide; ++y) {
            for (std::int64_t x = 0; x < kTinySide; ++x) {
                const std::int64_t left = 2 * std::int64_t{label};
                const bool bright = y >= 2 && y < 5 && x >= left && x < left + 3;
                split.pixels.push_back(
                    static_cast<std::uint8_t>(random() % 100 + (bright ? 120 : 0)));
            }
        }
    }
    return split;
}

/// 100 training images: 7 batches of 16, the last of 4.
inline data::Dataset tinyDataset() {
    data::Dataset dataset;
    dataset.name = "tiny";
    dataset.image = {1, kTinySide, kTinySide};
    dataset.classes = {"left", "middle", "right"};
    dataset.train = tinySplit(100, 11);
    dataset.test = tinySplit(40, 12);
    return dataset;
}

inline nn::NetworkSpec tinyNetwork() {
    nn::NetworkSpec network;
    network.input = {1, kTinySide, kTinySide};
    network.classes = kTinyClasses;
    network.layers = {
        {"conv1", nn::Conv2d{.outChannels = 4, .kernel = 3, .stride = 1, .padding = 1}, {}},
        {"bn1", nn::BatchNorm{}, {}},
        {"relu1", nn::Relu{}, {}},
        {"pool1", nn::MaxPool2d{}, {}},
        {"flatten", nn::Flatten{}, {}},
        {"fc1", nn::Linear{.outFeatures = kTinyClasses}, {}},
    };
    return network;
}

inline TrainSpec tinySpec(const numerics::TensorFormat& format = {}) {
    TrainSpec spec;
    spec.network = tinyNetwork();
    spec.precision.assign(spec.network.layers.size(),
                          {format, format, format, format, format, format, format});
    spec.recipe.epochs = 3;
    spec.recipe.batch = 16;
    return spec;
}

inline numerics::TensorFormat blockFloat(int bits, numerics::Rounding rounding) {
    return {numerics::BlockFloat{.mantissaBits = bits}, rounding};
}

}  // namespace mantissa::train
