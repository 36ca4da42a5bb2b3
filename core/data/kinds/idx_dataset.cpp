// SPDX-License-Identifier: GPL-3.0-or-later
// MNIST, Fashion-MNIST and any other set in pairs of IDX files.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/data/idx.h"
#include "core/data/kinds/kinds.h"

namespace mantissa::data {
namespace {

// Xiao, Rasul and Vollgraf, arXiv:1708.07747, table 2.
constexpr std::array<std::string_view, 10> kFashionClasses{
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
constexpr std::array<std::string_view, 10> kDigits{"0", "1", "2", "3", "4",
                                                   "5", "6", "7", "8", "9"};
constexpr std::string_view kTrainImages = "train-images";
constexpr std::int64_t kMnistSide = 28;

/// The file as its publisher, Debian or an unpacker names it: with a dash or a dot before "idx",
/// compressed or not; null: none. Labels may be wider than bytes.
const FileTree::Entry* findPart(const FileTree& files, std::string_view stem,
                                std::string_view kind) {
    for (const std::string_view separator : {"-", "."}) {
        for (const std::string_view type : {"-ubyte", "-byte", "-short", "-int"}) {
            std::string name(stem);
            name.append(separator).append(kind).append(type);
            if (const auto* const found = files.findPlainOrGzip(name)) {
                return found;
            }
        }
    }
    return nullptr;
}

Result<StreamPointer> openPart(const DatasetRequest& request, const FileTree& files,
                               const std::string& stem, std::string_view kind,
                               const JobContext& context) {
    context.report("reading the data set", 0, 0);
    const auto* const entry = findPart(files, stem, kind);
    if (entry == nullptr) {
        const std::string wider = kind == "idx1" ? " (or -byte, -short, -int)" : "";
        return notHere(request,
                       stem + "-" + std::string(kind) + "-ubyte" + wider + ", with or without .gz");
    }
    return files.stream(*entry);
}

struct IdxSplit {
    Split split;
    Shape image;
};

/// "PREFIX-images" and "PREFIX-labels".
Result<IdxSplit> readSplit(const DatasetRequest& request, const FileTree& files,
                           const std::string& prefix, const JobContext& context) {
    auto images =
        openPart(request, files, prefix + "-images", "idx3", context)
            .and_then([&](const StreamPointer& stream) { return readIdx(*stream, 3, context); });
    if (!images) {
        return tl::unexpected(images.error());
    }
    auto labels =
        openPart(request, files, prefix + "-labels", "idx1", context)
            .and_then([&](const StreamPointer& stream) { return readIdxLabels(*stream, context); });
    if (!labels) {
        return tl::unexpected(labels.error());
    }
    if (images->shape[0] != static_cast<std::int64_t>(labels->size())) {
        return fail(ErrorCode::Corrupt,
                    prefix + " has " + std::to_string(images->shape[0]) + " images but " +
                        std::to_string(labels->size()) + " labels",
                    request.path.string(), "take both files from the same copy of the data set");
    }
    return IdxSplit{{std::move(images->values), *std::move(labels)},
                    {1, images->shape[1], images->shape[2]}};
}

Result<Dataset> together(const DatasetRequest& request, IdxSplit train,
                         std::optional<IdxSplit> test) {
    Dataset dataset;
    dataset.image = train.image;
    dataset.train = std::move(train.split);
    if (!test) {
        dataset.test = heldOut(dataset.train, elementCount(dataset.image));
    } else if (test->image != dataset.image) {
        return fail(ErrorCode::Corrupt,
                    "test images are " + shapeText(test->image) + ", training images " +
                        shapeText(dataset.image),
                    request.path.string(), "take both from the same copy of the data set");
    } else {
        dataset.test = std::move(test->split);
    }
    dataset.classes = numberedClasses(dataset.train);
    return dataset;
}

Result<void> checkMnist(const DatasetRequest& request, const IdxSplit& part,
                        const std::string& prefix) {
    if (part.image[1] != kMnistSide || part.image[2] != kMnistSide) {
        return fail(ErrorCode::Corrupt,
                    "images of " + prefix + " are " + std::to_string(part.image[1]) + " x " +
                        std::to_string(part.image[2]) + ", must be 28 x 28",
                    request.path.string(), "other sizes open as idx:PATH");
    }
    const auto& labels = part.split.labels;
    const auto wrong = std::find_if(labels.begin(), labels.end(),
                                    [](Label label) { return label >= kDigits.size(); });
    if (wrong != labels.end()) {
        return fail(ErrorCode::Corrupt,
                    "label " + std::to_string(wrong - labels.begin()) + " of " + prefix + " is " +
                        std::to_string(*wrong) + ", must be from 0 to 9",
                    request.path.string(), "sets with more classes open as idx:PATH");
    }
    return {};
}

/// A set with the sizes and the file names of MNIST.
Result<Dataset> openMnistLike(const DatasetRequest& request,
                              std::span<const std::string_view> classes,
                              const JobContext& context) {
    const auto files = openTree(request, 2, context);
    if (!files) {
        return tl::unexpected(files.error());
    }
    std::array<IdxSplit, 2> parts;
    constexpr std::array<std::string_view, 2> kPrefixes{"train", "t10k"};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string prefix(kPrefixes[i]);
        auto part = readSplit(request, *files, prefix, context);
        if (!part) {
            return tl::unexpected(part.error());
        }
        if (auto legal = checkMnist(request, *part, prefix); !legal) {
            return tl::unexpected(legal.error());
        }
        parts[i] = *std::move(part);
    }
    return together(request, std::move(parts[0]), std::move(parts[1])).map([&](Dataset&& dataset) {
        dataset.classes.assign(classes.begin(), classes.end());
        return std::move(dataset);
    });
}

/// What stands before "train" in the names of the training images: "" or "emnist-letters-".
std::set<std::string> prefixesIn(const FileTree& files) {
    std::set<std::string> prefixes;
    for (const auto& entry : files.entries()) {
        const auto name = baseName(entry.name);
        const auto at = name.find(kTrainImages);
        if (at == std::string_view::npos) {
            continue;
        }
        const auto rest = name.substr(at + kTrainImages.size());
        if (rest.size() > 1 && rest.substr(1, 10) == "idx3-ubyte") {
            prefixes.emplace(name.substr(0, at));
        }
    }
    return prefixes;
}

}  // namespace

Result<Dataset> openFashionMnist(const DatasetRequest& request, const JobContext& context) {
    return openMnistLike(request, kFashionClasses, context);
}

Result<Dataset> openMnist(const DatasetRequest& request, const JobContext& context) {
    return openMnistLike(request, kDigits, context);
}

bool looksLikeIdx(const FileTree& files) {
    return !prefixesIn(files).empty();
}

Result<Dataset> openIdx(const DatasetRequest& request, const JobContext& context) {
    const auto files = openTree(request, 2, context);
    if (!files) {
        return tl::unexpected(files.error());
    }
    const auto prefixes = prefixesIn(*files);
    if (prefixes.empty()) {
        return notHere(request, "file like train-images-idx3-ubyte, with or without .gz");
    }
    if (prefixes.size() > 1) {
        return fail(ErrorCode::InvalidInput,
                    "holds several sets: " + *prefixes.begin() + "train-images and " +
                        *std::next(prefixes.begin()) + "train-images",
                    request.path.string(), "put each set into a folder of its own");
    }
    const std::string& prefix = *prefixes.begin();
    auto train = readSplit(request, *files, prefix + "train", context);
    if (!train) {
        return tl::unexpected(train.error());
    }
    std::optional<IdxSplit> test;
    for (const char* const word : {"t10k", "test"}) {
        if (test || findPart(*files, prefix + word + "-images", "idx3") == nullptr) {
            continue;
        }
        auto part = readSplit(request, *files, prefix + word, context);
        if (!part) {
            return tl::unexpected(part.error());
        }
        test = *std::move(part);
    }
    return together(request, *std::move(train), std::move(test));
}

}  // namespace mantissa::data
