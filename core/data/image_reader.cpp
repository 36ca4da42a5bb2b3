// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image_reader.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <Random123/philox.h>

namespace mantissa::data {
namespace {

/// Four words that no order of an epoch is drawn from: those counters' last word stays below 2^31.
r123::Philox4x32::ctr_type draw(const AugmentationKey& key, std::int64_t index) {
    constexpr std::uint32_t kDomain = 0x80000000U;
    const auto image = static_cast<std::uint64_t>(index);
    const r123::Philox4x32::key_type seed{
        {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32U)}};
    const r123::Philox4x32::ctr_type counter{
        {static_cast<std::uint32_t>(image), static_cast<std::uint32_t>(image >> 32U),
         static_cast<std::uint32_t>(key.epoch),
         static_cast<std::uint32_t>(key.epoch >> 32U) | kDomain}};
    return r123::Philox4x32()(counter, seed);
}

/// 32 random bits to 0 .. count-1.
std::int64_t below(std::uint32_t random, std::int64_t count) {
    return static_cast<std::int64_t>((std::uint64_t{random} * static_cast<std::uint64_t>(count)) >>
                                     32U);
}

}  // namespace

ChannelScale halfScale(std::int64_t channels) {
    constexpr float kHalf = 0.5F;
    const auto count = static_cast<std::size_t>(channels);
    return {std::vector<float>(count, kHalf), std::vector<float>(count, kHalf)};
}

ChannelScale measuredScale(const Split& split, const Shape& image) {
    const auto plane = static_cast<std::size_t>(image[1] * image[2]);
    const auto channels = static_cast<std::size_t>(image[0]);
    ChannelScale scale;
    for (std::size_t channel = 0; channel < channels; ++channel) {
        std::uint64_t sum = 0;
        std::uint64_t squares = 0;
        std::uint64_t count = 0;
        for (std::size_t first = channel * plane; first < split.pixels.size();
             first += channels * plane) {
            for (std::size_t i = first; i < first + plane; ++i) {
                const std::uint64_t pixel = split.pixels[i];
                sum += pixel;
                squares += pixel * pixel;
            }
            count += plane;
        }
        const auto pixels = static_cast<double>(count);
        const double mean = static_cast<double>(sum) / pixels;
        const double variance = static_cast<double>(squares) / pixels - mean * mean;
        constexpr double kWhite = 255;
        scale.mean.push_back(static_cast<float>(mean / kWhite));
        const auto deviation = static_cast<float>(std::sqrt(std::max(variance, 0.0)) / kWhite);
        scale.deviation.push_back(deviation > 0 ? deviation : 1.0F);
    }
    return scale;
}

ImageReader::ImageReader(const Split& split, const Shape& image, const ChannelScale& scale,
                         const Augmentation& augmentation)
    : m_split(split),
      m_channels(image[0]),
      m_height(image[1]),
      m_width(image[2]),
      m_augmentation(augmentation),
      m_scaled(static_cast<std::size_t>(image[0])) {
    assert(scale.mean.size() == m_scaled.size() && scale.deviation.size() == m_scaled.size());
    for (std::size_t channel = 0; channel < m_scaled.size(); ++channel) {
        for (std::size_t pixel = 0; pixel < m_scaled[channel].size(); ++pixel) {
            m_scaled[channel][pixel] = (static_cast<float>(pixel) / 255.0F - scale.mean[channel]) /
                                       scale.deviation[channel];
        }
    }
}

ImageReader::View ImageReader::viewOf(std::int64_t index, const AugmentationKey& key) const {
    View view;
    if (m_augmentation.any()) {
        const auto words = draw(key, index);
        const std::int64_t padding = m_augmentation.cropPadding;
        view.top = below(words[0], 2 * padding + 1) - padding;
        view.left = below(words[1], 2 * padding + 1) - padding;
        view.mirrored = m_augmentation.flip && words[2] >> 31U != 0;
    }
    return view;
}

void ImageReader::read(std::int64_t index, const AugmentationKey& key, float* out) const {
    const std::uint8_t* const image = m_split.pixels.data() + index * imageSize();
    const View view = viewOf(index, key);
    for (std::int64_t channel = 0; channel < m_channels; ++channel) {
        const auto& scaled = m_scaled[static_cast<std::size_t>(channel)];
        for (std::int64_t row = 0; row < m_height; ++row, out += m_width) {
            const std::int64_t from = row + view.top;
            if (from < 0 || from >= m_height) {
                std::fill_n(out, m_width, scaled[0]);
                continue;
            }
            const std::uint8_t* const source = image + (channel * m_height + from) * m_width;
            // Columns of the crop that lie inside the image.
            const std::int64_t first = std::clamp<std::int64_t>(-view.left, 0, m_width);
            const std::int64_t last = std::clamp<std::int64_t>(m_width - view.left, 0, m_width);
            std::fill_n(out, first, scaled[0]);
            for (std::int64_t column = first; column < last; ++column) {
                out[column] = scaled[source[column + view.left]];
            }
            std::fill(out + std::max(first, last), out + m_width, scaled[0]);
            if (view.mirrored) {
                std::reverse(out, out + m_width);
            }
        }
    }
}

}  // namespace mantissa::data
