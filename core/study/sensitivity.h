// SPDX-License-Identifier: GPL-3.0-or-later
// Which operand bears few bits: each layer and role alone at each width, by what it costs in
// accuracy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/design/design_point.h"
#include "core/error.h"
#include "core/job_context.h"

namespace mantissa::study {

struct SensitivityOptions {
    /// Mantissa bits, as each format counts them: block floating point with the sign.
    std::vector<int> widths{8, 6, 5, 4, 3, 2};
    int threads = 1;                      ///< >= 1; does not change the result
    std::filesystem::path datasetFolder;  ///< empty: where the data set's name says
};

/// One role of one layer at one width, everything else as the design says.
struct SensitivityCase {
    std::string layer;
    design::Role role = design::Role::Weight;
    numerics::TensorFormat format;
    double savedBits = 0;            ///< an element of a long vector, against the design's format
    std::optional<double> accuracy;  ///< on the test set; absent: the run diverged
    double lost = 0;  ///< accuracy of the design less this one's; 1 where it diverged

    double lostPerSavedBit() const { return lost / savedBits; }
};

struct Sensitivity {
    double accuracy = 0;                 ///< of the design itself
    int changedEpoch = 1;                ///< the last one, 1-based: the one that a change is for
    std::vector<SensitivityCase> cases;  ///< the least lost for a saved bit first
    bool cancelled = false;              ///< `cases` are those that were done
};

/// The design's plan with the case's operand changed, in all its passes.
design::PrecisionPlan withCase(const design::DesignPoint& design, const SensitivityCase& one);

/// Trains the design once; then, for each case, its last epoch again from where the epoch before it
/// ended, with one operand at another width in all its passes. Formats with mantissa bits (block
/// floating point, microscaling, minifloats) keep all else; other operands become block floating
/// point with blocks of 16. Widths that save nothing, or that a format does not have, are left out.
/// Nothing is stored. Errors: as design::validate, data::loadDataset and train::train; Diverged
/// where the design itself does; InvalidInput for a width that no block floating-point format has.
Result<Sensitivity> analyseSensitivity(const design::DesignPoint& design,
                                       const SensitivityOptions& options,
                                       const JobContext& context);

}  // namespace mantissa::study
