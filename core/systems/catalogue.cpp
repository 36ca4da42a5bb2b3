// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/catalogue.h"

#include "mantissa_systems_data.h"

#include "core/systems/read_system.h"

namespace mantissa::systems {

Result<std::vector<System>> catalogue() {
    std::vector<System> all;
    for (const auto& file : data::kFiles) {
        auto system = systemFromJson(file.text, file.name);
        if (!system) {
            return tl::unexpected(system.error());
        }
        all.push_back(*std::move(system));
    }
    return all;
}

}  // namespace mantissa::systems
