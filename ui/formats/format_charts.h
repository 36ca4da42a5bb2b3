// SPDX-License-Identifier: GPL-3.0-or-later
// What studies of formats look like in charts.
#pragma once

#include <QString>
#include <vector>

#include "core/numerics/format_study.h"

namespace mantissa::ui {

class Chart;

/// The data that formats were tried on, without the values.
struct StudySource {
    QString name;
    QString origin;  ///< how many values from where, for notes and exports
    bool operator==(const StudySource&) const = default;
};

/// What the formats page shows: one study a format, each with one error a source.
struct FormatStudies {
    numerics::StudyRequest request;
    std::vector<StudySource> sources;
    std::vector<numerics::FormatStudy> studies;
};

/// "FP8 E4M3", "bfp8·16, SR".
QString studyName(const numerics::TensorFormat& format);

/// One row of ticks a format, over the magnitude.
void showValues(Chart& chart, const FormatStudies& shown);
/// Bits an element over the size of the block; a level line for formats without.
void showBits(Chart& chart, const FormatStudies& shown);
/// One row of points a source, over the signal to noise ratio.
void showErrors(Chart& chart, const FormatStudies& shown);

}  // namespace mantissa::ui
