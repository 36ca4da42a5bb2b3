// SPDX-License-Identifier: GPL-3.0-or-later
// What lies in DRAM coded beyond its format: sparse weights and the compressed stash. Both are
// decoded on their way into the buffers, so that arrays and buffers see what the formats say.
#pragma once

#include "hwmodel/cost_sheet.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {

/// Bits of `elements` of which a share `density` is not zero, as EIE stores them (Han et al., ISCA
/// 2016): each entry its value and a run of up to 15 zeros before it, padding entries where a run
/// is longer, and a 16-bit pointer for each of `columns`. Non-zeros are taken as spread at random.
double relativeIndexBits(double elements, double valueBits, double density, double columns);

/// Sets the codes of a layer's tensors as the configuration asks, and says where they do not pay.
/// What comes from the data set is no stash.
void encodeForDram(CostSheet& sheet, const LayerOutline& outline, bool transformed,
                   GemmLayer& layer);

/// What relative indices take on the way to and from DRAM: `vectorLanes` adders that turn runs of
/// zeros into places, and as many counters that make runs where weights are stored. Telling zeros
/// from others is not priced.
void addIndexCoders(CostSheet& sheet);
/// Weights that a pass reads so many times; nothing where they are stored as they are.
void chargeIndexDecoders(CostSheet& sheet, PhaseCost& phase, const StoredTensor& weights,
                         double reads);
/// Weights that an update stores.
void chargeIndexEncoders(CostSheet& sheet, PhaseCost& phase, const StoredTensor& weights);

/// What a compressed stash takes: `vectorLanes` Huffman encoders and decoders of 8-bit symbols,
/// units "huffman_encoder" and "huffman_decoder". Finding the codes is not priced.
void addStashCoders(CostSheet& sheet);
/// A copy that forward stores; nothing where it is not compressed.
void chargeStashEncoder(CostSheet& sheet, PhaseCost& phase, const StoredTensor& stash);
/// A copy that the weight gradient reads so many times.
void chargeStashDecoder(CostSheet& sheet, PhaseCost& phase, const StoredTensor& stash,
                        double reads);

}  // namespace mantissa::hw
