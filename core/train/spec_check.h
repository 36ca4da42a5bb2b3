// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a network, a recipe and a data set fit together.
#pragma once

#include <cstdint>

#include "core/data/dataset.h"
#include "core/error.h"
#include "core/train/trainer.h"

namespace mantissa::train {

/// The first thing that does not: threads, a parameter of the recipe, the number of precision
/// entries, images of another shape, labels without a class.
Result<void> checkSpec(const TrainSpec& spec, const data::Dataset& dataset);

/// How many of the data set's images are trained on.
std::int64_t trainImagesOf(const Recipe& recipe, const data::Dataset& dataset);

}  // namespace mantissa::train
