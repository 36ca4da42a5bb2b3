// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keep_option.h"

#include <utility>

namespace mantissa::cli {

void addKeepOption(CLI::App& command, std::string& keep) {
    command
        .add_option("--keep", keep,
                    "Layers that keep a format of their own, instead of the design's: some of "
                    "first,last,shortcut with :FORMAT behind them (default fp32), or none")
        ->type_name("LAYERS");
}

Result<design::DesignPoint> withKept(const design::DesignPoint& design, const std::string& keep) {
    if (keep.empty()) {
        return design;
    }
    return design::parseKept(keep)
        .map_error([](Error error) {
            error.where = "--keep";
            return error;
        })
        .and_then([&](const design::KeptLayers& kept) -> Result<design::DesignPoint> {
            auto plan = design.precision();
            plan.kept = kept;
            auto changed = design.withPrecision(std::move(plan));
            if (auto valid = design::validate(changed); !valid) {
                return tl::unexpected(valid.error());
            }
            return changed;
        });
}

}  // namespace mantissa::cli
