// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include <xxhash.h>

namespace mantissa::data {
namespace {

std::string hashOf(const Dataset& dataset) {
    struct Free {
        void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
    };
    const std::unique_ptr<XXH3_state_t, Free> state(XXH3_createState());
    XXH3_128bits_reset(state.get());
    for (const Split* split : {&dataset.train, &dataset.test}) {
        XXH3_128bits_update(state.get(), split->pixels.data(), split->pixels.size());
        // The upper bytes only where there are any: labels that fit a byte are hashed as bytes.
        for (const unsigned shift : {0U, 8U}) {
            std::vector<std::uint8_t> bytes;
            bytes.reserve(split->labels.size());
            for (const Label label : split->labels) {
                bytes.push_back(static_cast<std::uint8_t>(label >> shift & 255U));
            }
            if (shift == 0 || dataset.classes.size() > 256) {
                XXH3_128bits_update(state.get(), bytes.data(), bytes.size());
            }
        }
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state.get()));
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const unsigned byte : canonical.digest) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

Result<void> checkSplit(const Dataset& dataset, const Split& split, const std::string& name) {
    const auto where = dataset.folder.string();
    if (split.count() == 0) {
        return fail(ErrorCode::Corrupt, "the " + name + " set has no images", where,
                    name == "test"
                        ? "add a test set; where there is none, every sixth image is held "
                          "out (of each class, in image folders), if there are six"
                        : "");
    }
    const auto images =
        static_cast<std::int64_t>(split.pixels.size()) / elementCount(dataset.image);
    if (images != split.count() ||
        static_cast<std::int64_t>(split.pixels.size()) != images * elementCount(dataset.image)) {
        return fail(ErrorCode::Corrupt,
                    "the " + name + " set has " + std::to_string(images) + " images but " +
                        std::to_string(split.count()) + " labels",
                    where, "take both from the same copy of the data set");
    }
    const auto wrong = std::find_if(split.labels.begin(), split.labels.end(),
                                    [&](auto label) { return label >= dataset.classes.size(); });
    if (wrong != split.labels.end()) {
        return fail(ErrorCode::Corrupt,
                    "label " + std::to_string(wrong - split.labels.begin()) + " of the " + name +
                        " set is " + std::to_string(*wrong) + ", must be from 0 to " +
                        std::to_string(dataset.classes.size() - 1),
                    where);
    }
    return {};
}

}  // namespace

Split heldOut(Split& train, std::int64_t imageSize) {
    constexpr std::size_t kEvery = 6;
    const auto size = static_cast<std::size_t>(imageSize);
    Split test;
    Split rest;
    for (std::size_t i = 0; i < train.labels.size(); ++i) {
        Split& target = i % kEvery == kEvery - 1 ? test : rest;
        const auto pixels = std::span(train.pixels).subspan(i * size, size);
        target.pixels.insert(target.pixels.end(), pixels.begin(), pixels.end());
        target.labels.push_back(train.labels[i]);
    }
    train = std::move(rest);
    return test;
}

std::vector<std::string> numberedClasses(const Split& train) {
    std::vector<std::string> classes;
    const auto largest = std::max_element(train.labels.begin(), train.labels.end());
    const int count = largest == train.labels.end() ? 0 : *largest + 1;
    classes.reserve(static_cast<std::size_t>(count));
    for (int label = 0; label < count; ++label) {
        classes.push_back(std::to_string(label));
    }
    return classes;
}

Result<std::shared_ptr<const Dataset>> finished(Dataset dataset) {
    if (dataset.classes.size() > kMostClasses) {
        return fail(ErrorCode::Unsupported,
                    "has " + std::to_string(dataset.classes.size()) + " classes (allowed: up to " +
                        std::to_string(kMostClasses) + ")",
                    dataset.folder.string());
    }
    return checkSplit(dataset, dataset.train, "training")
        .and_then([&] { return checkSplit(dataset, dataset.test, "test"); })
        .map([&]() -> std::shared_ptr<const Dataset> {
            dataset.hash = hashOf(dataset);
            return std::make_shared<const Dataset>(std::move(dataset));
        });
}

}  // namespace mantissa::data
