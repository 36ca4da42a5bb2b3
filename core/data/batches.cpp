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

Batches::Batches(const Split& split, const Shape& image, const BatchOptions& options)
    : m_reader(split, image, options.scale.mean.empty() ? halfScale(image[0]) : options.scale,
               options.augmentation),
      m_batch(static_cast<std::size_t>(std::min(options.batch, options.images))),
      m_order(static_cast<std::size_t>(options.images)) {
    std::iota(m_order.begin(), m_order.end(), 0);
    const std::size_t floats = m_batch * static_cast<std::size_t>(m_reader.imageSize());
    for (Buffer* const buffer : {&m_current, &m_next}) {
        if (buffer == &m_current || options.prefetch) {
            buffer->images.resize(floats);
            buffer->labels.resize(m_batch);
        }
    }
    if (options.prefetch) {
        m_prefetcher = std::make_unique<Prefetcher>(
            [this](std::int64_t index, const std::atomic<bool>& abandoned) {
                fill(m_next, index, abandoned);
            });
    }
}

std::int64_t Batches::count() const {
    return static_cast<std::int64_t>((m_order.size() + m_batch - 1) / m_batch);
}

void Batches::shuffle(std::uint64_t seed, std::uint64_t epoch) {
    pause();
    drawOrder(m_order, seed, epoch);
    m_key = {seed, epoch};
}

Batch Batches::at(std::int64_t index) {
    if (m_prefetcher && m_prefetcher->take(index)) {
        std::swap(m_current, m_next);
    } else {
        fill(m_current, index, false);
    }
    if (m_prefetcher && index + 1 < count()) {
        m_prefetcher->begin(index + 1);
    }
    const auto floats = m_current.count * static_cast<std::size_t>(m_reader.imageSize());
    return {std::span(m_current.images).first(floats),
            std::span(m_current.labels).first(m_current.count)};
}

void Batches::pause() {
    if (m_prefetcher) {
        m_prefetcher->abandon();
    }
}

void Batches::fill(Buffer& buffer, std::int64_t index, const std::atomic<bool>& abandoned) const {
    const std::size_t first = static_cast<std::size_t>(index) * m_batch;
    buffer.count = std::min(m_batch, m_order.size() - first);
    const auto size = static_cast<std::size_t>(m_reader.imageSize());
    for (std::size_t i = 0; i < buffer.count && !abandoned; ++i) {
        const std::int64_t image = m_order[first + i];
        m_reader.read(image, m_key, buffer.images.data() + i * size);
        buffer.labels[i] = m_reader.label(image);
    }
}

}  // namespace mantissa::data
