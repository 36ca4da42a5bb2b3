// SPDX-License-Identifier: GPL-3.0-or-later
// Labelled images in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/label.h"
#include "core/shape.h"

namespace mantissa::data {

/// One split, as read: bytes, not yet scaled.
struct Split {
    std::vector<std::uint8_t> pixels;  ///< n x C x H x W
    std::vector<Label> labels;         ///< n
    std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

struct Dataset {
    std::string name;  ///< "fashion-mnist"
    Shape image;       ///< C x H x W
    std::vector<std::string> classes;
    Split train;
    Split test;
    std::filesystem::path folder;  ///< folder or archive where it was found; empty: made here
    std::string hash;              ///< 128-bit XXH3 of all pixels and labels, hex
};

/// Takes every sixth image out of `train` as a test set, for sets that come without one.
Split heldOut(Split& train, std::int64_t imageSize);

/// "0", "1", ... up to the largest label of the training set.
std::vector<std::string> numberedClasses(const Split& train);

/// The end of every reader: checks that images, labels, classes and shape agree, and hashes them.
/// Errors (Corrupt, with the set's folder): an empty split, labels without a class, more than
/// kMostClasses classes.
Result<std::shared_ptr<const Dataset>> finished(Dataset dataset);

}  // namespace mantissa::data
