// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a checkpoint: everything a training run needs to go on, by name and size.
//
// Version 1, little-endian: the 8 bytes "MANTCKPT"; uint32 version; uint32 number of tensors; for
// each tensor uint32 length of the name, the name, uint64 elements, uint32 1 if momentum follows
// else 0, the values as binary32, the momentum as binary32; at the end uint64 XXH3-64 of all bytes
// before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/error.h"
#include "core/nn/network.h"

namespace mantissa::train {

constexpr std::uint32_t kCheckpointVersion = 1;

/// `momenta` has one entry a parameter, as Sgd::momenta() gives them.
std::vector<std::byte> encodeState(std::span<const nn::Parameter> parameters,
                                   std::span<const std::vector<float>> momenta);

/// Copies a state into the parameters of a network and the momenta of its optimiser; `momenta` may
/// be empty where only inference follows. Nothing is changed on an error: Corrupt for damaged
/// bytes, Unsupported for a later version, InvalidInput for the state of another network.
Result<void> restoreState(std::span<const std::byte> state,
                          std::span<const nn::Parameter> parameters,
                          std::span<std::vector<float>> momenta = {});

}  // namespace mantissa::train
