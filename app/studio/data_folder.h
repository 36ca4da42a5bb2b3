// SPDX-License-Identifier: GPL-3.0-or-later
// Which designs the data folder of the settings is for.
#pragma once

#include <filesystem>

#include "core/design/design_point.h"

namespace mantissa::app {

/// The setting names the folder of the default data set; any other set is where its own name or its
/// own environment variable says.
inline std::filesystem::path dataFolderFor(const design::DesignPoint& design,
                                           const std::filesystem::path& setting) {
    return design.dataset() == design::DesignPoint().dataset() ? setting : std::filesystem::path();
}

}  // namespace mantissa::app
