// SPDX-License-Identifier: GPL-3.0-or-later
// Images and labels as NumPy arrays, in one .npz file or as .npy files in a folder.
#include <array>
#include <string>
#include <utility>

#include "core/data/kinds/kinds.h"
#include "core/data/npy_integers.h"

namespace mantissa::data {
namespace {

/// The names under which Keras, MedMNIST and people keep a pair of arrays.
struct PairNames {
    std::string_view images;
    std::string_view labels;
};
constexpr std::array<PairNames, 4> kTrainNames{{{"x_train", "y_train"},
                                                {"X_train", "y_train"},
                                                {"train_images", "train_labels"},
                                                {"train_x", "train_y"}}};
constexpr std::array<PairNames, 4> kTestNames{{{"x_test", "y_test"},
                                               {"X_test", "y_test"},
                                               {"test_images", "test_labels"},
                                               {"test_x", "test_y"}}};
constexpr std::array<PairNames, 4> kOnlyNames{
    {{"x", "y"}, {"X", "y"}, {"images", "labels"}, {"data", "targets"}}};

const FileTree::Entry* findArray(const FileTree& files, std::string_view name) {
    return files.find(std::string(name) + ".npy");
}

const PairNames* findPair(const FileTree& files, std::span<const PairNames> names) {
    for (const auto& pair : names) {
        if (findArray(files, pair.images) != nullptr && findArray(files, pair.labels) != nullptr) {
            return &pair;
        }
    }
    return nullptr;
}

template <typename Value>
Result<NpyIntegers<Value>> readArray(const FileTree& files, std::string_view name,
                                     const JobContext& context) {
    context.report("reading the data set", 0, 0);
    return files.stream(*findArray(files, name)).and_then([&](const StreamPointer& stream) {
        return readNpyIntegers<Value>(*stream, context);
    });
}

bool isChannels(std::int64_t extent) {
    return extent == 1 || extent == 3;
}

/// n x H x W x C to n x C x H x W.
std::vector<std::uint8_t> channelsFirst(const NpyIntegers<Pixel>& array) {
    const auto pixels = static_cast<std::size_t>(array.shape[1] * array.shape[2]);
    const auto channels = static_cast<std::size_t>(array.shape[3]);
    std::vector<std::uint8_t> values(array.values.size());
    for (std::size_t image = 0; image < array.values.size(); image += pixels * channels) {
        for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
            for (std::size_t channel = 0; channel < channels; ++channel) {
                values[image + channel * pixels + pixel] =
                    array.values[image + pixel * channels + channel];
            }
        }
    }
    return values;
}

struct NumpySplit {
    Split split;
    Shape image;
};

/// The array as n x C x H x W. With 1 or 3 as the last extent the channels are last, as pictures
/// mostly come; else as the second one.
Result<NumpySplit> asImages(NpyIntegers<Pixel> array, const std::string& where) {
    const Shape& shape = array.shape;
    if (!shape.empty() && shape[0] == 0) {
        return fail(ErrorCode::InvalidInput,
                    "has shape " + shapeText(shape) + ", so that there are no images", where,
                    "store at least six images, of which one is held out");
    }
    const bool sized = elementCount(shape) > 0;
    if (sized && shape.size() == 3) {
        return NumpySplit{{std::move(array.values), {}}, {1, shape[1], shape[2]}};
    }
    if (sized && shape.size() == 4 && isChannels(shape[3])) {
        return NumpySplit{{channelsFirst(array), {}}, {shape[3], shape[1], shape[2]}};
    }
    if (sized && shape.size() == 4 && isChannels(shape[1])) {
        return NumpySplit{{std::move(array.values), {}}, {shape[1], shape[2], shape[3]}};
    }
    return fail(ErrorCode::InvalidInput,
                "has shape " + shapeText(shape) +
                    " (allowed: images x height x width, with 1 or 3 channels behind or before "
                    "height and width)",
                where, "reshape it before numpy.savez");
}

Result<NumpySplit> readSplit(const FileTree& files, const PairNames& names,
                             const JobContext& context) {
    auto images = readArray<Pixel>(files, names.images, context);
    if (!images) {
        return tl::unexpected(images.error());
    }
    auto labels = readArray<Label>(files, names.labels, context);
    if (!labels) {
        return tl::unexpected(labels.error());
    }
    const auto where = files.where(*findArray(files, names.labels));
    const bool column = labels->shape.size() == 2 && labels->shape[1] == 1;
    if (labels->shape.size() != 1 && !column) {
        return fail(ErrorCode::InvalidInput,
                    "has shape " + shapeText(labels->shape) + " (allowed: one label an image)",
                    where, "one-hot labels become numbers with argmax(axis=1)");
    }
    const std::int64_t count = images->shape.empty() ? 0 : images->shape[0];
    if (count != labels->shape[0]) {
        return fail(ErrorCode::InvalidInput,
                    "has " + std::to_string(labels->shape[0]) + " labels for " +
                        std::to_string(count) + " images",
                    where);
    }
    return asImages(std::move(*images), files.where(*findArray(files, names.images)))
        .map([&](NumpySplit&& split) {
            split.split.labels = std::move(labels->values);
            return std::move(split);
        });
}

}  // namespace

bool looksLikeNumpy(const FileTree& files) {
    return findPair(files, kTrainNames) != nullptr || findPair(files, kOnlyNames) != nullptr;
}

Result<Dataset> openNumpy(const DatasetRequest& request, const JobContext& context) {
    const auto files = openTree(request, 1, context);
    if (!files) {
        return tl::unexpected(files.error());
    }
    const auto* const trainNames = findPair(*files, kTrainNames);
    const auto* const names = trainNames != nullptr ? trainNames : findPair(*files, kOnlyNames);
    if (names == nullptr) {
        return notHere(request, "pair of arrays like x_train.npy and y_train.npy");
    }
    auto train = readSplit(*files, *names, context);
    if (!train) {
        return tl::unexpected(train.error());
    }
    Dataset dataset;
    dataset.image = train->image;
    dataset.train = std::move(train->split);
    const auto* const testNames = findPair(*files, kTestNames);
    if (testNames == nullptr) {
        dataset.test = heldOut(dataset.train, elementCount(dataset.image));
    } else {
        auto test = readSplit(*files, *testNames, context);
        if (!test) {
            return tl::unexpected(test.error());
        }
        if (test->image != dataset.image) {
            return fail(ErrorCode::InvalidInput,
                        "test images are " + shapeText(test->image) + ", training images " +
                            shapeText(dataset.image),
                        request.path.string());
        }
        dataset.test = std::move(test->split);
    }
    dataset.classes = numberedClasses(dataset.train);
    return dataset;
}

}  // namespace mantissa::data
