// SPDX-License-Identifier: GPL-3.0-or-later
// One image of a split as the network's input: cropped and mirrored at random, then scaled.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/data/dataset.h"

namespace mantissa::data {

/// What training does to its images, to see more of them than there are.
struct Augmentation {
    int cropPadding =
        0;              ///< pixels; a crop of the image's size out of one with so wide a black rim
    bool flip = false;  ///< left and right change places for every other image
    bool any() const { return cropPadding > 0 || flip; }
};

/// (pixel / 255 - mean) / deviation, one of each a channel.
struct ChannelScale {
    std::vector<float> mean;
    std::vector<float> deviation;
};
/// Mean and deviation 0.5: pixels become -1 to 1.
ChannelScale halfScale(std::int64_t channels);
/// Mean and standard deviation of each channel over the split; a channel that never changes has
/// deviation 1. The same bytes everywhere: sums are taken in integers.
ChannelScale measuredScale(const Split& split, const Shape& image);

/// What the random numbers of augmentation depend on, with the image's index, and on nothing else.
struct AugmentationKey {
    std::uint64_t seed = 0;
    std::uint64_t epoch = 0;
};

class ImageReader {
public:
    /// The split must outlive it. `scale` has a channel each.
    ImageReader(const Split& split, const Shape& image, const ChannelScale& scale,
                const Augmentation& augmentation);

    std::int64_t imageSize() const { return m_channels * m_height * m_width; }
    Label label(std::int64_t index) const {
        return m_split.labels[static_cast<std::size_t>(index)];
    }
    /// Writes C x H x W values.
    void read(std::int64_t index, const AugmentationKey& key, float* out) const;

private:
    /// Where the crop begins, from -padding to padding, and whether it is mirrored.
    struct View {
        std::int64_t top = 0, left = 0;
        bool mirrored = false;
    };
    View viewOf(std::int64_t index, const AugmentationKey& key) const;

    const Split& m_split;
    std::int64_t m_channels, m_height, m_width;
    Augmentation m_augmentation;
    std::vector<std::array<float, 256>> m_scaled;  ///< of each channel and byte
};

}  // namespace mantissa::data
