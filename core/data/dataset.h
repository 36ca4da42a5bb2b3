// SPDX-License-Identifier: GPL-3.0-or-later
// Labelled images in memory, and where they come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/job_context.h"
#include "core/shape.h"

namespace mantissa::data {

/// One split, as read: bytes, not yet scaled.
struct Split {
    std::vector<std::uint8_t> pixels;  ///< n x C x H x W
    std::vector<std::uint8_t> labels;  ///< n
    std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

struct Dataset {
    std::string name;  ///< "fashion-mnist"
    Shape image;       ///< C x H x W
    std::vector<std::string> classes;
    Split train;
    Split test;
    std::filesystem::path folder;  ///< where it was found
    std::string hash;              ///< 128-bit XXH3 of all pixels and labels, hex

    /// Scales pixels of the named images to floats: (pixel / 255 - 0.5) / 0.5, into `out`.
    static void normalise(const Split& split, std::size_t imageSize,
                          std::span<const std::int64_t> indices, std::span<float> out);
};

/// Finds and reads Fashion-MNIST. Looks in `folder` when it is not empty, else in the folder named
/// by the environment variable MANTISSA_FASHION_MNIST, else where Debian's dataset-fashion-mnist
/// puts it. Errors: nothing found (what was looked at, how to get it), truncated, wrong magic,
/// counts of images and labels that disagree, a label above 9; Cancelled, within a chunk of a file,
/// when the context says so.
Result<std::shared_ptr<const Dataset>> loadFashionMnist(const std::filesystem::path& folder = {},
                                                        const JobContext& context = {});

/// By name, as a design point says it ("fashion-mnist"); `folder` as above.
Result<std::shared_ptr<const Dataset>> loadDataset(std::string_view name,
                                                   const std::filesystem::path& folder = {},
                                                   const JobContext& context = {});

struct DatasetInfo {
    std::string_view name;
    std::string_view label;
    std::string_view howToGet;  ///< "apt install dataset-fashion-mnist, or ..."
    std::string_view source;
};
std::span<const DatasetInfo> knownDatasets();

}  // namespace mantissa::data
