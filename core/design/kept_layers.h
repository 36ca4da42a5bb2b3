// SPDX-License-Identifier: GPL-3.0-or-later
// Skip lists: layers that keep one format whatever the network and their kind are given.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/nn/network_spec.h"
#include "core/numerics/format.h"

namespace mantissa::design {

/// Which layers, and what all operands and the weight gradient of their passes have.
struct KeptLayers {
    bool first = false;     ///< the first layer with matrix products
    bool last = false;      ///< the last one
    bool shortcut = false;  ///< those on shortcuts, see keptLayers()
    numerics::TensorFormat format = {};
    bool any() const { return first || last || shortcut; }
    bool operator==(const KeptLayers&) const = default;
};

/// One member that says which layers.
struct KeptKind {
    std::string_view id;     ///< "first", "last", "shortcut"
    std::string_view label;  ///< for people
    bool KeptLayers::*member;
};
std::span<const KeptKind> keptKinds();

/// One entry a layer of a checked network. On a shortcut is a layer with matrix products in a
/// branch of an addition that has fewer such layers than another branch from the same tensor: the
/// 1 x 1 convolutions of residual networks where the shape changes (He et al., CVPR 2016, option
/// B).
std::vector<bool> keptLayers(const KeptLayers& kept, const nn::NetworkSpec& network);

/// "first,shortcut:fp32", with ":truncate" behind it where it is not rounded to nearest even; empty
/// where no layer is kept.
std::string keptText(const KeptLayers& kept);
/// Reads it back, and names alone: "first,last" keeps FP32. "none" keeps no layer.
Result<KeptLayers> parseKept(std::string_view text);

}  // namespace mantissa::design
