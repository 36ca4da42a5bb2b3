// SPDX-License-Identifier: GPL-3.0-or-later
// Makes JPEG and PNG files in memory.
#pragma once

#include "tests/support/files.h"

namespace mantissa::test {

/// `pixels` are height x width x channels, 1 or 3 of them. What cannot be encoded throws
/// std::runtime_error.
Bytes pngBytes(int height, int width, int channels, const Bytes& pixels);
Bytes jpegBytes(int height, int width, int channels, const Bytes& pixels);

}  // namespace mantissa::test
