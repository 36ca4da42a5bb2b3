// SPDX-License-Identifier: GPL-3.0-or-later
// How the products of binary32 see the pixels of a convolution. Internal to nn.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/nn/same_plane.h"

namespace mantissa::nn {

struct ConvGeometry;

/// Where the products of binary32 find 16 neighbouring output pixels' inputs side by side. Rows of
/// 16, 32 ... pixels are cut out of the phases, planes that keep their size are copied once a
/// column of the kernel, and both write dense outputs. Else whole rows of phases are computed, gaps
/// included.
struct PixelLayout {
    std::optional<SamePlane> same;           ///< each channel's copies; absent: phases
    std::int64_t floats = 0;                 ///< of an image; 0: it is read where it stands
    std::vector<std::int64_t> tapOffsets;    ///< of each tap's first input
    std::vector<std::int64_t> pixelOffsets;  ///< from there to each 16 output pixels
    std::int64_t pixels = 0;                 ///< of an output channel, gaps included
    bool isDense = false;                    ///< there are none
    // For the weight gradient: where 16 pixels at a time of all images that are summed together
    // begin, from the first image on; images are as far apart as the geometry has them.
    std::int64_t groupImages = 0;
    std::int64_t inputPitch = 0, errorPitch = 0;  ///< floats from one such image to the next
    std::vector<std::int64_t> inputPieces, errorPieces;
};
/// Where each 16 pixels of `height` rows begin, `pitch` apart from 0 on, with no other pixels
/// between the rows; empty where these are not of 16, 32 ... pixels.
std::vector<std::int64_t> piecesOfRows(std::int64_t height, std::int64_t width, std::int64_t pitch);

/// Of a geometry whose other members are set.
PixelLayout pixelLayout(const ConvGeometry& geometry);

/// Writes an image as the geometry lays it out; not where `floats` is 0.
void layOutImage(const ConvGeometry& geometry, const float* image, float* to);

}  // namespace mantissa::nn
