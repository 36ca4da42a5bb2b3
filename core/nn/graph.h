// SPDX-License-Identifier: GPL-3.0-or-later
// The edges of a network, resolved from names to indices.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/nn/network_spec.h"

namespace mantissa::nn {

/// What a layer's `inputs` call the network's own input.
inline constexpr std::string_view kNetworkInput = "input";
/// Its index among the sources of resolveInputs.
inline constexpr int kFromNetworkInput = -1;

/// The layers that layer `layer` reads, in order; kFromNetworkInput for the network's input. Fails
/// on a name that is unknown or does not come before the layer.
Result<std::vector<int>> resolveInputs(const NetworkSpec& network, std::size_t layer);

}  // namespace mantissa::nn
