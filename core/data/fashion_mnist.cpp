// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <xxhash.h>

#include "core/data/dataset.h"
#include "core/data/idx.h"

namespace mantissa::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "fashion-mnist";
constexpr const char* kFolderVariable = "MANTISSA_FASHION_MNIST";
constexpr std::string_view kDebianFolder = "/usr/share/datasets/fashion-mnist";
const Shape kImage{1, 28, 28};
// Xiao, Rasul and Vollgraf, arXiv:1708.07747, table 2.
constexpr std::array<std::string_view, 10> kClasses{
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

/// Where to look, and who said so. A place that was asked for is the only one looked at: falling
/// back would train on other images than the ones meant.
struct Place {
    fs::path folder;
    std::string origin;
};

Place chosenPlace(const fs::path& folder) {
    if (!folder.empty()) {
        return {folder, "the folder asked for"};
    }
    const char* variable = std::getenv(kFolderVariable);
    if (variable != nullptr && *variable != '\0') {
        return {variable, std::string("the folder in ") + kFolderVariable};
    }
    return {kDebianFolder, std::string("Debian's folder; ") + kFolderVariable + " is not set"};
}

/// The file as its publisher, Debian or an unpacker names it: with a dash or a dot before "idx",
/// compressed or not.
Result<fs::path> findFile(const Place& place, std::string_view stem, std::string_view kind) {
    for (const std::string_view separator : {"-", "."}) {
        for (const std::string_view ending : {"", ".gz"}) {
            std::string name(stem);
            name.append(separator).append(kind).append("-ubyte").append(ending);
            std::error_code code;
            if (fs::exists(place.folder / name, code)) {
                return place.folder / name;
            }
        }
    }
    return fail(ErrorCode::NotFound,
                "Fashion-MNIST is not here: looked in " + place.folder.string() + " (" +
                    place.origin + ") and found no " + std::string(stem) + "-" + std::string(kind) +
                    "-ubyte, with or without .gz",
                place.folder.string(), std::string(knownDatasets()[0].howToGet));
}

Result<IdxArray> readPart(const Place& place, std::string_view stem, std::string_view kind,
                          int rank, const JobContext& context) {
    context.report("reading the data set", 0, 0);
    return findFile(place, stem, kind).and_then([&](const fs::path& file) {
        return readIdx(file, rank, context);
    });
}

Result<Split> readSplit(const Place& place, std::string_view prefix, const JobContext& context) {
    const std::string name(prefix);
    auto images = readPart(place, name + "-images", "idx3", 3, context);
    if (!images) {
        return tl::unexpected(images.error());
    }
    auto labels = readPart(place, name + "-labels", "idx1", 1, context);
    if (!labels) {
        return tl::unexpected(labels.error());
    }
    const Shape& shape = images->shape;
    if (shape[1] != kImage[1] || shape[2] != kImage[2]) {
        return fail(ErrorCode::Corrupt,
                    "images of " + name + " are " + std::to_string(shape[1]) + " x " +
                        std::to_string(shape[2]) + ", must be 28 x 28",
                    place.folder.string());
    }
    if (shape[0] != labels->shape[0]) {
        return fail(ErrorCode::Corrupt,
                    name + " has " + std::to_string(shape[0]) + " images but " +
                        std::to_string(labels->shape[0]) + " labels",
                    place.folder.string(), "take both files from the same copy of the data set");
    }
    const auto wrong = std::find_if(labels->values.begin(), labels->values.end(),
                                    [](std::uint8_t label) { return label >= kClasses.size(); });
    if (wrong != labels->values.end()) {
        return fail(ErrorCode::Corrupt,
                    "label " + std::to_string(wrong - labels->values.begin()) + " of " + name +
                        " is " + std::to_string(*wrong) + ", must be from 0 to 9",
                    place.folder.string());
    }
    return Split{std::move(images->values), std::move(labels->values)};
}

std::string hashOf(const Dataset& dataset) {
    struct Free {
        void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
    };
    const std::unique_ptr<XXH3_state_t, Free> state(XXH3_createState());
    XXH3_128bits_reset(state.get());
    for (const Split* split : {&dataset.train, &dataset.test}) {
        for (const auto* bytes : {&split->pixels, &split->labels}) {
            XXH3_128bits_update(state.get(), bytes->data(), bytes->size());
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

}  // namespace

Result<std::shared_ptr<const Dataset>> loadFashionMnist(const fs::path& folder,
                                                        const JobContext& context) {
    const Place place = chosenPlace(folder);
    auto train = readSplit(place, "train", context);
    if (!train) {
        return tl::unexpected(train.error());
    }
    auto test = readSplit(place, "t10k", context);
    if (!test) {
        return tl::unexpected(test.error());
    }
    auto dataset = std::make_shared<Dataset>();
    dataset->name = kName;
    dataset->image = kImage;
    dataset->classes.assign(kClasses.begin(), kClasses.end());
    dataset->train = std::move(*train);
    dataset->test = std::move(*test);
    dataset->folder = place.folder;
    dataset->hash = hashOf(*dataset);
    return dataset;
}

}  // namespace mantissa::data
