// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions of one channel whose output is as large as its input, at stride one: a plane is
// copied once a column of the kernel, moved by it, with zeros where it leaves the plane. A tap is
// then a run of such a copy, some rows up or down, and no output lies between two rows. Internal to
// nn.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/nn/convolution.h"

namespace mantissa::nn {

struct SamePlane {
    std::int64_t pixels = 0;
    std::int64_t margin = 0;            ///< zeros before and after a copy
    std::int64_t copyFloats = 0;        ///< from one copy to the next
    std::vector<std::int64_t> columns;  ///< how far right of its pixel each column of taps reads
    std::int64_t maskBytes = 0;         ///< of one column
    std::vector<std::uint8_t> masks;  ///< bit i of column k: whether pixel i has a neighbour there
    std::vector<std::int64_t> forward;   ///< of each tap, from an output pixel's place
    std::vector<std::int64_t> backward;  ///< of each tap, from an input pixel's place

    std::int64_t vectorFloats() const { return (pixels + 15) / 16 * 16; }
    std::int64_t imageFloats() const {
        return static_cast<std::int64_t>(columns.size()) * copyFloats;
    }
};
/// Of a geometry with one input and one output channel; nothing where the output has another size.
std::optional<SamePlane> samePlane(const ConvGeometry& geometry);

/// Floats that `images` images take whose copies begin at `margin`.
std::int64_t columnCopiesFloats(const SamePlane& plane, std::int64_t images);
/// Fills them; `from` holds images so many floats apart, of which the one `ahead` floats further
/// will be asked for next.
void copyColumns(const SamePlane& plane, const float* from, std::int64_t stride,
                 std::int64_t images, std::int64_t ahead, float* copies);

/// Scratch floats a call of the function below needs.
std::int64_t samePlaneScratchFloats(const SamePlane& plane);
/// dw += dy x^T over `images` images, so many floats apart: 16 chains, one for each remainder of
/// the pixel's place, over the images that make up 1,024 pixels, added pairwise. Ends early, its
/// result unfinished, once the team is stopped.
void samePlaneWeightGradient(const SamePlane& plane, const float* x, std::int64_t xStride,
                             const float* dy, std::int64_t dyStride, std::int64_t images, float* dw,
                             float* scratch, const ThreadTeam& team);

}  // namespace mantissa::nn
