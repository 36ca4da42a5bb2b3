// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as the commands print it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/store/store.h"
#include "core/train/trainer.h"

namespace mantissa::cli {

/// Indented, ending with a newline; bytes that are not UTF-8 are replaced, never thrown at.
std::string document(const nlohmann::json& json);

nlohmann::json errorJson(const Error& error);
nlohmann::json epochsJson(std::span<const train::EpochMetric> epochs);
nlohmann::json runJson(const store::RunRow& run);

/// null where absent.
template <typename T>
nlohmann::json optionalJson(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace mantissa::cli
