// SPDX-License-Identifier: GPL-3.0-or-later
// A design for Timeloop and Accelergy, so that their users can hold this model against the tools
// they know.
#pragma once

#include <string>
#include <vector>

#include "core/design/design_point.h"
#include "core/error.h"

namespace mantissa::hw {

struct ExportedFile {
    std::string name;  ///< "architecture.yaml", "conv1-forward.yaml"
    std::string text;
};
/// The architecture, and each distinct matrix product of the step as a problem of its own, in
/// format version 0.4 (as read by timeloopfe, the front end of Timeloop 4). Word widths are the widest operand's, rounded up to whole bits; what blocks
/// share, vector units and normalisation have no counterpart there and stay out. Fails where
/// estimate() would.
Result<std::vector<ExportedFile>> timeloopFiles(const design::DesignPoint& design);

}  // namespace mantissa::hw
