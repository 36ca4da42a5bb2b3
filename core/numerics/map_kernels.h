// SPDX-License-Identifier: GPL-3.0-or-later
// What an instruction set offers for formats whose blocks take their values from the data. Every
// function gives the bytes of the scalar norm in value_map.h.
#pragma once

#include <cstdint>

#include "core/numerics/quantise_kernels.h"
#include "core/numerics/value_map.h"

namespace mantissa::numerics {

struct MapKernels {
    /// Of `count` neighbouring numbers.
    Ends (*ends)(const float* in, std::int64_t count);
    /// The same; one part of a block (see Magnitudes).
    Magnitudes (*magnitudesAbove)(const float* in, std::int64_t count, double threshold);
    /// Maps a panel of one row. A TableMap has been prepared for the rounding.
    void (*map)(const ValueMap& map, Rounding rounding, int randomBits, const Panel& panel);
    /// Adds to the panel's sums what became of `in`, clipped ones excepted.
    void (*measure)(const Panel& panel);
};

/// Beside fastKernels(); null where only the scalar norm runs.
const MapKernels* mapKernels();

}  // namespace mantissa::numerics
