// SPDX-License-Identifier: GPL-3.0-or-later
// A small data set in Fashion-MNIST's files.
#pragma once

#include <filesystem>

namespace mantissa::test {

/// Writes the four gzip files: images of 28 x 28 in which the label decides which rows are bright,
/// so that a few steps learn something. Labels run 0 to 9 in turn.
void writeTinyFashionMnist(const std::filesystem::path& folder, int trainImages, int testImages);

}  // namespace mantissa::test
