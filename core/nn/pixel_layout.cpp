// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/pixel_layout.h"

#include <algorithm>

#include "core/nn/convolution.h"
#include "core/nn/phases.h"

namespace mantissa::nn {
namespace {

constexpr std::int64_t kPiece = 16;  ///< output pixels that are read together

/// Whether an image is its own phases, and a dense output its own spread rows.
bool needsNoCopies(const ConvGeometry& g) {
    return g.kernel == 1 && g.stride == 1 && g.padding == 0 && g.span == g.height * g.width;
}

/// One run of pixels, of copies or of phases with their gaps.
void cutRun(PixelLayout& layout) {
    for (std::int64_t pixel = 0; pixel < layout.pixels; pixel += kPiece) {
        layout.pixelOffsets.push_back(pixel);
    }
}

void readCopies(const ConvGeometry& g, PixelLayout& layout) {
    const SamePlane& plane = *layout.same;
    layout.floats = columnCopiesFloats(plane, g.channels);
    const auto window = static_cast<std::int64_t>(plane.forward.size());
    for (std::int64_t tap = 0; tap < g.taps; ++tap) {
        layout.tapOffsets[static_cast<std::size_t>(tap)] =
            plane.margin + tap / window * plane.planeFloats() +
            plane.forward[static_cast<std::size_t>(tap % window)];
    }
}

/// Images whose sums stay in registers together: enough pixels to outweigh adding up the lanes, few
/// enough that four rows of errors and the planes under six taps stay in the L1 cache, and all of
/// them in the L2 cache.
std::int64_t imagesPerGroup(const ConvGeometry& g, const PixelLayout& layout) {
    constexpr std::int64_t kTileFloats = std::int64_t{12} * 1024;
    constexpr std::int64_t kMaxFloats = std::int64_t{256} * 1024;
    const std::int64_t planes = g.kernel == 1 ? 6 : 2;
    const std::int64_t perImage =
        std::max(layout.floats, g.inputFloats()) + g.outChannels * layout.pixels;
    return std::max<std::int64_t>(
        1, std::min(kTileFloats / ((4 + planes) * layout.pixels), kMaxFloats / perImage));
}

void cutGroups(const ConvGeometry& g, PixelLayout& layout) {
    layout.groupImages = imagesPerGroup(g, layout);
    layout.inputPitch = layout.floats > 0 ? layout.floats : g.inputStride;
    layout.errorPitch = layout.isDense ? g.outputStride : g.outChannels * layout.pixels;
    for (std::int64_t image = 0; image < layout.groupImages; ++image) {
        std::int64_t errors = image * layout.errorPitch;
        for (const std::int64_t offset : layout.pixelOffsets) {
            layout.inputPieces.push_back(image * layout.inputPitch + offset);
            layout.errorPieces.push_back(errors);
            errors += kPiece;
        }
    }
}

}  // namespace

std::vector<std::int64_t> piecesOfRows(std::int64_t height, std::int64_t width,
                                       std::int64_t pitch) {
    std::vector<std::int64_t> pieces;
    for (std::int64_t pixel = 0; width % kPiece == 0 && pixel < height * width; pixel += kPiece) {
        pieces.push_back(pixel / width * pitch + pixel % width);
    }
    return pieces;
}

PixelLayout pixelLayout(const ConvGeometry& g) {
    PixelLayout layout;
    layout.tapOffsets = g.tapOffsets;
    layout.floats = g.phasesFloats;
    layout.pixels = g.outHeight * g.outWidth;
    layout.isDense = true;
    if (needsNoCopies(g)) {
        layout.floats = 0;
        cutRun(layout);
    } else if (g.outWidth % kPiece == 0) {
        layout.pixelOffsets = piecesOfRows(g.outHeight, g.outWidth, g.phaseWidth);
    } else if (layout.same = samePlane(g); layout.same) {
        readCopies(g, layout);
        cutRun(layout);
    } else {
        layout.pixels = g.span;
        layout.isDense = false;
        cutRun(layout);
    }
    cutGroups(g, layout);
    return layout;
}

void layOutImage(const ConvGeometry& g, const float* image, float* to) {
    if (g.layout.same) {
        copyColumns(*g.layout.same, image, g.height * g.width, g.channels, to);
    } else {
        splitPhases(g, image, to);
    }
}

}  // namespace mantissa::nn
