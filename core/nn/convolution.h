// SPDX-License-Identifier: GPL-3.0-or-later
// Two-dimensional convolution of single images: the three passes, without an im2col copy.
//
// A padded image is cut into stride x stride phases: the pixels whose row and column leave the same
// remainders. Seen from one kernel tap, the inputs of all output pixels are then one contiguous run
// of a phase, and a row of the im2col matrix is no more than an offset into the image. Output rows
// are kept as far apart as phase rows; the columns between them hold garbage in results and zero in
// gradients. The products of binary32 leave such gaps out where they can.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/nn/network_spec.h"
#include "core/nn/pixel_layout.h"
#include "core/thread_team.h"

namespace mantissa::nn {

struct ConvGeometry {
    std::int64_t channels = 0, height = 0, width = 0;
    std::int64_t outChannels = 0, outHeight = 0, outWidth = 0;
    std::int64_t kernel = 0, stride = 0, padding = 0, dilation = 1;
    std::int64_t taps = 0;  ///< channels x kernel x kernel: the reduction of the forward pass
    std::int64_t inputStride = 0, outputStride = 0;  ///< floats from one image to the next
    std::int64_t phaseHeight = 0, phaseWidth = 0;
    std::int64_t phasesFloats = 0;  ///< a padded image
    std::int64_t span = 0;          ///< from the first to the last output pixel, rounded up to 16
    std::vector<std::int64_t> tapOffsets;  ///< of each tap's first input in the phases
    PixelLayout layout;                    ///< made with the above

    std::int64_t inputFloats() const { return channels * height * width; }
    std::int64_t outputFloats() const { return outChannels * outHeight * outWidth; }
};
/// Of one group: its share of the channels of an input C x H x W that fits `conv` (inferShapes said
/// so). Images are as far apart as whole ones are; group g of an image begins at
/// g inputFloats() and g outputFloats().
ConvGeometry convGeometry(const Conv2d& conv, const Shape& input);

/// Into how many parts, at most, the passes of a layer with so many weights cut a weight gradient:
/// fixed by the layer alone, and so small that partial sums take 16 MiB at most.
std::int64_t mostGradientParts(std::int64_t weights);

/// The convolution of dy that is the input gradient of `geometry`, with filters turned around: of
/// stride one, if its padding lies within the window. Nothing where there is none, or no need.
std::optional<ConvGeometry> turnedGeometry(const ConvGeometry& geometry);
/// The forward pass reads its filters with eight output channels side by side: of each eight, taps
/// x 8 weights.
constexpr std::int64_t kPackedFilters = 8;
std::int64_t packedFilterFloats(const ConvGeometry& geometry);
/// Packs the filter of one output channel; the weights are O x taps.
void packFilter(const ConvGeometry& geometry, const float* weight, std::int64_t channel,
                float* packed);
/// Packs the filter of output channel `channel`, an input channel of `geometry`, for the geometry
/// that is turned around: C filters of O x kernel x kernel.
void packTurnedFilter(const ConvGeometry& geometry, const float* weight, std::int64_t channel,
                      float* packed);

// Each of these runs in one task of `team` and ends early, its result unfinished, once the team is
// stopped: a large image takes seconds.

/// Scratch floats a call of each of the functions below needs.
std::int64_t convScratchFloats(const ConvGeometry& geometry);

/// y = W x + b for one image; W is packed; `bias` may be null. Each output is one chain of fused
/// multiply-adds over the taps, plus the bias.
void convForward(const ConvGeometry& geometry, const float* packed, const float* bias,
                 const float* x, float* y, float* scratch, const ThreadTeam& team);

/// dx = W^T dy for one image: for each tap a chain over the output channels, taps added in order.
/// Where there is a turned geometry, its forward pass is faster: one chain over all.
void convInputGradient(const ConvGeometry& geometry, const float* weight, const float* dy,
                       float* dx, float* scratch, const ThreadTeam& team);

/// dw += dy x^T over `images` images: 16 chains, one for each remainder of the pixel's place in its
/// layout, over groups of images fixed by the geometry, added pairwise.
void convWeightGradient(const ConvGeometry& geometry, const float* x, const float* dy,
                        std::int64_t images, float* dw, float* scratch, const ThreadTeam& team);

}  // namespace mantissa::nn
