// SPDX-License-Identifier: GPL-3.0-or-later
// Comparisons as tables: for people, for programs.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/engine/table.h"
#include "core/store/store.h"
#include "hwmodel/comparison.h"

namespace mantissa::app {

/// One column of a comparison. Accuracy is measured or absent; hardware is always modelled anew.
struct ComparedDesign {
    hw::ComparedPoint point;
    std::string hash;
    std::optional<std::int64_t> run;  ///< the newest with at least one epoch
};

/// With what the run's watched steps lost, read from the store that it is of. Fails where
/// hw::estimate or the store does.
Result<ComparedDesign> comparedDesign(const design::DesignPoint& design,
                                      const std::optional<store::RunRow>& run,
                                      const store::Store* store);

/// `differencesOnly` leaves settings out that are equal in all designs. `forPeople` leaves the
/// paths out, says "not run" where a measured figure is absent and "–" where a setting is not said.
Table comparisonTable(std::span<const ComparedDesign> designs, bool differencesOnly,
                      bool forPeople);
/// The table in any format; JSON is a document with "designs" and "rows".
std::string comparisonText(std::span<const ComparedDesign> designs, TableFormat format,
                           bool differencesOnly);

}  // namespace mantissa::app
