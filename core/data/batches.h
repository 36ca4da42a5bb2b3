// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a split into batches, in file order or in an order drawn for each epoch.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/image_reader.h"
#include "core/data/prefetcher.h"

namespace mantissa::data {

/// Fills `order` with a permutation of 0 .. order.size()-1 that depends on seed, epoch and size
/// alone: Fisher-Yates (Knuth, TAOCP 2, algorithm P) on Philox4x32-10 (Salmon et al., SC 2011). So
/// step k of a run sees the same images on every machine, also after a resume.
void drawOrder(std::span<std::int64_t> order, std::uint64_t seed, std::uint64_t epoch);

struct Batch {
    std::span<const float> images;  ///< n x C x H x W, scaled
    std::span<const Label> labels;
};

struct BatchOptions {
    std::int64_t images = 1;  ///< the first so many of the split
    std::int64_t batch = 1;   ///< at a time
    ChannelScale scale = {};  ///< empty: halfScale
    Augmentation augmentation = {};
    bool prefetch = false;  ///< the next batch is made on a thread of its own; the same bytes

    std::int64_t count() const { return (images + batch - 1) / batch; }  ///< batches
};

/// Batches of one split; every image belongs to one batch, the last of which may be smaller. The
/// split must outlive it.
class Batches {
public:
    /// `image` is C x H x W.
    Batches(const Split& split, const Shape& image, const BatchOptions& options);

    std::int64_t count() const;
    std::int64_t images() const { return static_cast<std::int64_t>(m_order.size()); }

    /// Until the first call the order is that of the file. Augmentation has the same seed.
    void shuffle(std::uint64_t seed, std::uint64_t epoch);

    /// Valid until the next call.
    Batch at(std::int64_t index);

    /// Nothing looks at the split any more until the next at().
    void pause();

private:
    struct Buffer {
        std::vector<float> images;
        std::vector<Label> labels;
        std::size_t count = 0;
    };
    void fill(Buffer& buffer, std::int64_t index, const std::atomic<bool>& abandoned) const;

    ImageReader m_reader;
    std::size_t m_batch;
    std::vector<std::int64_t> m_order;
    AugmentationKey m_key;
    Buffer m_current, m_next;
    std::unique_ptr<Prefetcher> m_prefetcher;  ///< last: it fills m_next
};

}  // namespace mantissa::data
