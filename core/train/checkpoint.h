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
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/error.h"
#include "core/nn/network.h"
#include "core/nn/tensor.h"

namespace mantissa::train {

constexpr std::uint32_t kCheckpointVersion = 1;

/// `momenta` has one entry a parameter, as Sgd::momenta() gives them. Empty once `stop` is
/// requested, which is asked every megabyte.
std::optional<std::vector<std::byte>> encodeState(std::span<const nn::Parameter> parameters,
                                                  std::span<const nn::Tensor> momenta,
                                                  const std::stop_token& stop = {});

/// Copies a state into the parameters of a network and the momenta of its optimiser; `momenta` may
/// be empty where only inference follows. Nothing is changed on an error: Corrupt for damaged
/// bytes, Unsupported for a later version, InvalidInput for the state of another network. Once
/// `stop` is requested it fails with Cancelled, and what was changed by then is worthless.
Result<void> restoreState(std::span<const std::byte> state,
                          std::span<const nn::Parameter> parameters,
                          std::span<nn::Tensor> momenta = {}, const std::stop_token& stop = {});

}  // namespace mantissa::train
