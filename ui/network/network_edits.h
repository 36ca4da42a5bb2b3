// SPDX-License-Identifier: GPL-3.0-or-later
// What the layer list can do to a design, as functions of values. The precision plan follows, so
// that a valid design stays valid.
#pragma once

#include <string>
#include <string_view>

#include "core/design/design_point.h"
#include "core/error.h"

namespace mantissa::ui {

/// `stem` itself if it is free, else the stem with the smallest free number: "conv3".
std::string uniqueLayerName(const nn::NetworkSpec& network, std::string_view stem);
/// Of what a new layer of this kind is called before its number: "conv", "fc", "bn".
std::string layerNameStem(std::string_view kind);
/// Whether layer `row` may be called `name`.
Result<void> checkLayerName(const nn::NetworkSpec& network, int row, const std::string& name);

/// Inserts the kind's example before `row` (0 to the number of layers). Readers that named the
/// layer before it keep reading that layer.
design::DesignPoint withLayerAdded(const design::DesignPoint& design, int row,
                                   const nn::LayerKindInfo& kind);
/// Inserts a copy, with its formats, after `row`.
design::DesignPoint withLayerDuplicated(const design::DesignPoint& design, int row);
/// Layers that read the removed one read what it read; its formats go with it.
design::DesignPoint withLayerRemoved(const design::DesignPoint& design, int row);
design::DesignPoint withLayerMoved(const design::DesignPoint& design, int from, int to);
/// Edges and formats follow the name.
design::DesignPoint withLayerRenamed(const design::DesignPoint& design, int row,
                                     const std::string& name);
design::DesignPoint withLayerParams(const design::DesignPoint& design, int row,
                                    const nn::LayerParams& params);
/// Makes a layer read the layers named in `text`, apart by commas or spaces; none: the one before
/// it.
design::DesignPoint withLayerInputs(const design::DesignPoint& design, int row,
                                    std::string_view text);
/// Replaces all layers by the template for the design's images and classes, or as published where
/// it does not fit them; keeps formats of layers that exist in the new network with the same kind.
design::DesignPoint withTemplate(const design::DesignPoint& design,
                                 const nn::NetworkTemplate& networkTemplate);

}  // namespace mantissa::ui
