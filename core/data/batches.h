// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a split into batches, in file order or in an order drawn for each epoch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/dataset.h"

namespace mantissa::data {

/// Fills `order` with a permutation of 0 .. order.size()-1 that depends on seed, epoch and size
/// alone: Fisher-Yates (Knuth, TAOCP 2, algorithm P) on Philox4x32-10 (Salmon et al., SC 2011). So
/// step k of a run sees the same images on every machine, also after a resume.
void drawOrder(std::span<std::int64_t> order, std::uint64_t seed, std::uint64_t epoch);

struct Batch {
    std::span<const float> images;  ///< n x C x H x W, normalised
    std::span<const std::uint8_t> labels;
};

/// Batches of one split; every image belongs to one batch, the last of which may be smaller. The
/// split must outlive it.
class Batches {
public:
    /// The first `images` of the split, each of `imageSize` values, `batch` at a time; all >= 1.
    Batches(const Split& split, std::int64_t imageSize, std::int64_t images, std::int64_t batch);

    std::int64_t count() const;
    std::int64_t images() const { return static_cast<std::int64_t>(m_order.size()); }

    /// Until the first call the order is that of the file.
    void shuffle(std::uint64_t seed, std::uint64_t epoch) { drawOrder(m_order, seed, epoch); }

    /// Valid until the next call.
    Batch at(std::int64_t index);

private:
    const Split& m_split;
    std::size_t m_imageSize;
    std::size_t m_batch;
    std::vector<std::int64_t> m_order;
    std::vector<float> m_images;
    std::vector<std::uint8_t> m_labels;
};

}  // namespace mantissa::data
