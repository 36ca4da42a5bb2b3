// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include <array>
#include <cassert>

namespace mantissa::data {
namespace {

constexpr std::array<float, 256> makeScale() {
    std::array<float, 256> scale{};
    for (std::size_t pixel = 0; pixel < scale.size(); ++pixel) {
        scale[pixel] = (static_cast<float>(pixel) / 255.0F - 0.5F) / 0.5F;
    }
    return scale;
}
constexpr auto kScale = makeScale();

constexpr std::array<DatasetInfo, 1> kDatasets{{
    {.name = "fashion-mnist",
     .label = "Fashion-MNIST",
     .howToGet = "apt install dataset-fashion-mnist, or fetch the four files from "
                 "https://github.com/zalandoresearch/fashion-mnist and name their folder in the "
                 "environment variable MANTISSA_FASHION_MNIST",
     .source = "Xiao, Rasul and Vollgraf, arXiv:1708.07747; 60000 + 10000 grey images of 28 x 28, "
               "10 classes, MIT licence"},
}};

}  // namespace

void Dataset::normalise(const Split& split, std::size_t imageSize,
                        std::span<const std::int64_t> indices, std::span<float> out) {
    assert(out.size() >= indices.size() * imageSize);
    float* target = out.data();
    for (const auto index : indices) {
        const std::uint8_t* source =
            split.pixels.data() + static_cast<std::size_t>(index) * imageSize;
        for (std::size_t i = 0; i < imageSize; ++i) {
            target[i] = kScale[source[i]];
        }
        target += imageSize;
    }
}

std::span<const DatasetInfo> knownDatasets() {
    return kDatasets;
}

Result<std::shared_ptr<const Dataset>> loadDataset(std::string_view name,
                                                   const std::filesystem::path& folder,
                                                   const JobContext& context) {
    if (name == kDatasets[0].name) {
        return loadFashionMnist(folder, context);
    }
    std::string known;
    for (const auto& info : kDatasets) {
        known += (known.empty() ? "" : ", ") + std::string(info.name);
    }
    return fail(ErrorCode::NotFound,
                "there is no data set named \"" + std::string(name) + "\"; known: " + known);
}

}  // namespace mantissa::data
