// SPDX-License-Identifier: GPL-3.0-or-later
// Design points side by side: what differs, what it costs, what it brings.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/engine/table.h"
#include "core/design/design_point.h"
#include "core/store/store.h"
#include "hwmodel/estimate.h"

namespace mantissa::app {

/// One column of a comparison. Accuracy is measured or absent; hardware is always modelled anew.
struct ComparedDesign {
    design::DesignPoint design;
    std::string hash;
    std::optional<store::RunRow> run;  ///< the newest with at least one epoch
    hw::HardwareReport hardware;
};

/// Fails where hw::estimate does.
Result<ComparedDesign> comparedDesign(const design::DesignPoint& design,
                                      std::optional<store::RunRow> run);

enum class FigureSource { Setting, Measured, Modelled };

struct ComparisonRow {
    std::string path;   ///< of a setting its JSON pointer, else "/results/area_um2"
    std::string label;  ///< for people
    FigureSource source = FigureSource::Setting;
    std::vector<Cell> values;  ///< one a design
    /// Against the first design; empty for settings. In percent, or in percentage points where the
    /// figure is itself a share.
    std::vector<std::optional<double>> deltas;
    bool deltaInPoints = false;
    bool differs = false;
};

/// Results first, then every setting that any of the designs has, in the order of the JSON.
std::vector<ComparisonRow> compareDesigns(std::span<const ComparedDesign> designs);

/// `differencesOnly` leaves settings out that are equal in all designs. `forPeople` leaves the
/// paths out, says "not run" where a measured figure is absent and "–" where a setting is not said.
Table comparisonTable(std::span<const ComparedDesign> designs, bool differencesOnly,
                      bool forPeople);
/// The table in any format; JSON is a document with "designs" and "rows".
std::string comparisonText(std::span<const ComparedDesign> designs, TableFormat format,
                           bool differencesOnly);

}  // namespace mantissa::app
