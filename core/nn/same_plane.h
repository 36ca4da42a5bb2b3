// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions whose output is as large as their input, at stride one: a plane is copied once a
// column of the kernel, moved by it, with zeros where it leaves the plane. A tap is then a run of
// such a copy, some rows up or down, and no output lies between two rows. Internal to nn.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mantissa::nn {

struct ConvGeometry;

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
    std::int64_t planeFloats() const {
        return static_cast<std::int64_t>(columns.size()) * copyFloats;
    }
};
/// Of each channel of a geometry; nothing where the output has another size.
std::optional<SamePlane> samePlane(const ConvGeometry& geometry);

/// Floats that the copies of `planes` planes take, which begin at `margin`.
std::int64_t columnCopiesFloats(const SamePlane& plane, std::int64_t planes);
/// Fills them; `from` holds planes so many floats apart.
void copyColumns(const SamePlane& plane, const float* from, std::int64_t stride,
                 std::int64_t planes, float* copies);

}  // namespace mantissa::nn
