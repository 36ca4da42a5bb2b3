// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a checkpoint: everything a training run needs to go on, by name and size.
//
// Version 2, little-endian: the 8 bytes "MANTCKPT"; uint32 version; uint32 number of tensors; for
// each tensor uint32 length of the name, the name, uint64 elements, uint32 number of the
// optimiser's states of it, the values as binary32, each state as binary32; uint32 number of single
// values; for each uint32 length of its name, the name, its binary64; at the end uint64 XXH3-64 of
// all bytes before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/nn/network.h"
#include "core/train/optimiser.h"

namespace mantissa::train {

constexpr std::uint32_t kCheckpointVersion = 2;

/// What is not a tensor, by name: "optimiser.updates", "loss_scale".
using SingleValues = std::map<std::string, double, std::less<>>;

/// `states` has one entry a parameter, as Optimiser::states() gives them. Empty once `stop` is
/// requested, which is asked every megabyte.
std::optional<std::vector<std::byte>> encodeState(std::span<const nn::Parameter> parameters,
                                                  std::span<const Optimiser::States> states,
                                                  const SingleValues& values,
                                                  const std::stop_token& stop = {});

/// False for bytes that no state begins with; true for no bytes at all.
bool beginsAsState(std::span<const std::byte> bytes);

/// Copies a state into the parameters of a network and the states of its optimiser, which may be
/// empty where only inference follows; returns the single values. Nothing is changed on an error:
/// Corrupt for damaged bytes, Unsupported for another version, InvalidInput for the state of
/// another network or optimiser. Once `stop` is requested it fails with Cancelled, and what was
/// changed by then is worthless.
Result<SingleValues> restoreState(std::span<const std::byte> state,
                                  std::span<const nn::Parameter> parameters,
                                  std::span<Optimiser::States> states = {},
                                  const std::stop_token& stop = {});

}  // namespace mantissa::train
