// SPDX-License-Identifier: GPL-3.0-or-later
// How much is trained to reproduce a system: network, data, epochs, seeds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/data/dataset.h"
#include "core/design/design_point.h"
#include "core/error.h"

namespace mantissa::app {

/// The default takes some minutes on two cores for all systems together.
struct Scale {
    std::string network = "lenet5_bn";  ///< a template
    std::string dataset = "fashion-mnist";
    int images = 10000;  ///< of the training set, 0: all
    int epochs = 3;
    int seeds = 3;
    std::optional<double> learningRate = std::nullopt;  ///< absent: the recipe's default
};
Scale quickScale();  ///< one seed, one epoch of 2000 images
Scale fullScale();   ///< ResNet-20 on CIFAR-10

/// "ResNet-20 (CIFAR), 3 epochs of 10,000 images of cifar10, 3 seeds".
std::string scaleText(const Scale& scale);

/// "ResNet-20 (CIFAR)".
std::string networkText(const Scale& scale);

/// FP32 in the scale's network, made for images and classes of `dataset`. NotFound: no such
/// template; what the template cannot be made for is InvalidInput.
Result<design::DesignPoint> baselineFor(const Scale& scale, const data::Dataset& dataset);
/// The same for the images and classes that the template is made for without data.
Result<design::DesignPoint> baselineFor(const Scale& scale);
/// FP32 in a template as published, for the hardware model. NotFound: no such template.
Result<design::DesignPoint> baselineOf(std::string_view network);

}  // namespace mantissa::app
