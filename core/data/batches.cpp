// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/batches.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <Random123/philox.h>

namespace mantissa::data {

void drawOrder(std::span<std::int64_t> order, std::uint64_t seed, std::uint64_t epoch) {
    using Philox = r123::Philox4x32;
    const Philox generate;
    const Philox::key_type key{
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
    std::iota(order.begin(), order.end(), 0);
    for (std::uint64_t last = order.size(); last-- > 1;) {
        const Philox::ctr_type counter{
            {static_cast<std::uint32_t>(last), static_cast<std::uint32_t>(last >> 32U),
             static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(epoch >> 32U)}};
        // Scaling 32 bits to 0..last is uneven by less than (last + 1) / 2^32, which an order of
        // images does not feel.
        const std::uint64_t random = generate(counter, key)[0];
        const std::uint64_t chosen = (random * (last + 1)) >> 32U;
        std::swap(order[last], order[chosen]);
    }
}

Batches::Batches(const Split& split, std::int64_t imageSize, std::int64_t images,
                 std::int64_t batch)
    : m_split(split),
      m_imageSize(static_cast<std::size_t>(imageSize)),
      m_batch(static_cast<std::size_t>(std::min(batch, images))),
      m_order(static_cast<std::size_t>(images)),
      m_images(m_batch * m_imageSize),
      m_labels(m_batch) {
    std::iota(m_order.begin(), m_order.end(), 0);
}

std::int64_t Batches::count() const {
    return static_cast<std::int64_t>((m_order.size() + m_batch - 1) / m_batch);
}

Batch Batches::at(std::int64_t index) {
    const std::size_t first = static_cast<std::size_t>(index) * m_batch;
    const std::size_t size = std::min(m_batch, m_order.size() - first);
    const std::span<const std::int64_t> chosen(m_order.data() + first, size);
    const std::span<float> images(m_images.data(), size * m_imageSize);
    Dataset::normalise(m_split, m_imageSize, chosen, images);
    for (std::size_t i = 0; i < size; ++i) {
        m_labels[i] = m_split.labels[static_cast<std::size_t>(chosen[i])];
    }
    return {images, std::span<const std::uint8_t>(m_labels.data(), size)};
}

}  // namespace mantissa::data
