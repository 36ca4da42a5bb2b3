// SPDX-License-Identifier: GPL-3.0-or-later
// Design points side by side: what differs, what it costs, what it brings. What every front end
// shows, in numbers; each writes them its own way.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/design/design_point.h"
#include "hwmodel/estimate.h"

namespace mantissa::hw {

/// What a training run under emulation gave.
struct MeasuredRun {
    std::string status;  ///< "done", "cancelled", ...
    int epochs = 0;
    std::optional<double> testAccuracy;  ///< 0..1
    std::optional<double> testLoss;
};

/// One column. What nobody measured or modelled is absent, never guessed.
struct ComparedPoint {
    design::DesignPoint design;
    std::optional<MeasuredRun> run;
    std::optional<HardwareReport> hardware;
};

enum class FigureSource { Setting, Measured, Modelled };

/// What a row's numbers are: a share of 1, a cross-entropy in nats, ..., or no number but a text.
enum class FigureKind {
    Text,
    Share,
    Loss,
    Count,
    AreaUm2,
    EnergyPj,
    Cycles,
    TimeMs,
    PowerMw,
    Bits
};

struct ComparisonCell {
    std::optional<double> number;
    std::string text;             ///< of a setting or a status, with its unit
    std::optional<double> delta;  ///< against the first column, see deltaInPoints
    bool differs = false;         ///< from the first column
    bool absent() const { return !number && text.empty(); }
};

struct ComparisonRow {
    /// Of a setting its JSON pointer, else "/results/area_um2"; of a component or tensor
    /// "/results/area_um2/PE array", "/results/dram_bits/Weights".
    std::string path;
    std::string label;  ///< for people
    FigureSource source = FigureSource::Setting;
    FigureKind kind = FigureKind::Text;
    std::vector<ComparisonCell> cells;  ///< one a design
    bool differs() const;
    /// Deltas are in percent of the first column, of shares in percentage points.
    bool deltaInPoints() const { return kind == FigureKind::Share; }
};

/// Results first, of the whole, by component and by tensor, then every setting that any of the
/// designs has, in the order of the JSON.
std::vector<ComparisonRow> compareDesigns(std::span<const ComparedPoint> designs);

}  // namespace mantissa::hw
