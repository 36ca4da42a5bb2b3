// SPDX-License-Identifier: GPL-3.0-or-later
// JPEG and PNG files as pixels; libjpeg-turbo and libpng stay behind this.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace mantissa::data {

inline constexpr std::size_t kLargestImageFile = std::size_t{64} << 20U;  ///< bytes
inline constexpr int kLargestImageSide = 4096;                            ///< pixels

struct Picture {
    int height = 0;
    int width = 0;
    bool grey = false;              ///< the three channels are equal
    std::vector<std::uint8_t> rgb;  ///< height x width x 3; transparent parts on black
};

/// Whether the ending, in any letter case, is .jpg, .jpeg or .png.
bool isImageName(std::string_view name);

/// Decodes a whole file, told apart by its content. Errors: Corrupt for damaged or truncated files
/// and for any other content, Unsupported for sides above kLargestImageSide, before anything is
/// allocated for them, and for JPEG colours other than grey and YCbCr or RGB.
Result<Picture> decodeImage(std::span<const std::uint8_t> file, const std::string& where);

}  // namespace mantissa::data
