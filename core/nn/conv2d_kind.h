// SPDX-License-Identifier: GPL-3.0-or-later
// The layers behind the convolution kind. Internal to nn.
#pragma once

#include <memory>

#include "core/nn/layer_kind.h"

namespace mantissa::nn {

/// Any number of groups.
std::unique_ptr<Layer> makeGroupedConv2d(const LayerBuild& build);
/// As many groups as input and output channels.
std::unique_ptr<Layer> makeDepthwiseConv2d(const LayerBuild& build);

}  // namespace mantissa::nn
