// SPDX-License-Identifier: GPL-3.0-or-later
// Design points side by side: what differs, what it costs, what it brings. What every front end
// shows, in numbers; each writes them its own way.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/design/design_point.h"
#include "core/train/operand_loss.h"
#include "hwmodel/estimate.h"

namespace mantissa::hw {

/// What a training run under emulation gave.
struct MeasuredRun {
    std::string status;  ///< "done", "cancelled", ...
    int epochs = 0;
    std::optional<double> testAccuracy;  ///< 0..1
    std::optional<double> testLoss;
    bool watched = false;                         ///< whether steps of it were watched
    std::vector<train::OperandLoss> losses = {};  ///< of what was rounded in them
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
    Bits,
    BitsPerElement,
    Decibels
};

/// What a delta is in: shares differ by percentage points, ratios in dB by dB.
enum class DeltaUnit { Percent, Points, Decibels };

struct ComparisonCell {
    std::optional<double> number;
    std::string text;             ///< of a setting or a status, with its unit
    std::optional<double> delta;  ///< against the first column, see deltaUnit
    bool differs = false;         ///< from the first column
    bool absent() const { return !number && text.empty(); }
};

struct ComparisonRow {
    /// Of a setting its JSON pointer, else "/results/area_um2"; of a component or tensor
    /// "/results/area_um2/PE array", "/results/dram_bits/Weights", "/results/sqnr_db/weight"; of a
    /// layer's "/results/sqnr_db/conv1/weight@forward".
    std::string path;
    std::string label;  ///< for people
    FigureSource source = FigureSource::Setting;
    FigureKind kind = FigureKind::Text;
    std::vector<ComparisonCell> cells;  ///< one a design
    bool differs() const;
    DeltaUnit deltaUnit() const;
};

/// Results first, of the whole, by component and by tensor, then every setting that any of the
/// designs has, in the order of the JSON, and what each layer's tensors lost.
std::vector<ComparisonRow> compareDesigns(std::span<const ComparedPoint> designs);

}  // namespace mantissa::hw
