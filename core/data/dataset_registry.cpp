// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset_registry.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <utility>

#include "core/data/kinds/kinds.h"

namespace mantissa::data {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 4;  ///< levels listed to recognise a path

// Recognising goes from top to bottom, so the narrower kinds come first.
constexpr std::array<DatasetKind, 8> kKinds{{
    {.name = "fashion-mnist",
     .label = "Fashion-MNIST",
     .grammar = "fashion-mnist, fashion-mnist:PATH",
     .help = "Four IDX files in a folder or a zip archive, compressed by gzip or not.",
     .howToGet = "apt install dataset-fashion-mnist, or fetch the four files from "
                 "https://github.com/zalandoresearch/fashion-mnist and name their folder in the "
                 "environment variable MANTISSA_FASHION_MNIST",
     .source = "Xiao, Rasul and Vollgraf, arXiv:1708.07747; 60000 + 10000 grey images of 28 x 28, "
               "10 classes, MIT licence",
     .image = {1, 28, 28},
     .classes = 10,
     .variable = "MANTISSA_FASHION_MNIST",
     .usualPlace = "/usr/share/datasets/fashion-mnist",
     .open = openFashionMnist},
    {.name = "mnist",
     .label = "MNIST",
     .grammar = "mnist, mnist:PATH",
     .help = "Four IDX files in a folder or a zip archive, compressed by gzip or not.",
     .howToGet = "fetch train-images-idx3-ubyte.gz and the three files beside it, and name their "
                 "folder in the environment variable MANTISSA_MNIST or behind \"mnist:\"",
     .source = "LeCun, Cortes and Burges; 60000 + 10000 grey images of 28 x 28, 10 classes",
     .image = {1, 28, 28},
     .classes = 10,
     .variable = "MANTISSA_MNIST",
     .open = openMnist},
    {.name = "cifar10",
     .label = "CIFAR-10",
     .grammar = "cifar10, cifar10:PATH",
     .help = "The binary version: data_batch_1.bin to data_batch_5.bin and test_batch.bin, in a "
             "folder or a zip archive.",
     .howToGet = "fetch and unpack cifar-10-binary.tar.gz from "
                 "https://www.cs.toronto.edu/~kriz/cifar.html and name the folder in the "
                 "environment variable MANTISSA_CIFAR10 or behind \"cifar10:\"",
     .source = "Krizhevsky, Learning multiple layers of features from tiny images, 2009; "
               "50000 + 10000 colour images of 32 x 32, 10 classes",
     .image = {3, 32, 32},
     .classes = 10,
     .variable = "MANTISSA_CIFAR10",
     .open = openCifar10,
     .recognises = looksLikeCifar10},
    {.name = "cifar100",
     .label = "CIFAR-100",
     .grammar = "cifar100, cifar100:PATH",
     .help = "The binary version: train.bin and test.bin, fine labels, in a folder or a zip "
             "archive.",
     .howToGet = "fetch and unpack cifar-100-binary.tar.gz from "
                 "https://www.cs.toronto.edu/~kriz/cifar.html and name the folder in the "
                 "environment variable MANTISSA_CIFAR100 or behind \"cifar100:\"",
     .source = "Krizhevsky, Learning multiple layers of features from tiny images, 2009; "
               "50000 + 10000 colour images of 32 x 32, 100 classes",
     .image = {3, 32, 32},
     .classes = 100,
     .variable = "MANTISSA_CIFAR100",
     .open = openCifar100,
     .recognises = looksLikeCifar100},
    {.name = "idx",
     .label = "IDX files",
     .grammar = "idx:PATH",
     .help = "NAMEtrain-images-idx3-ubyte and NAMEtrain-labels-idx1-ubyte, and the same with t10k "
             "or test instead of train, in a folder or a zip archive, compressed by gzip or not. "
             "Without a test pair every sixth image is held out.",
     .howToGet = "name a folder or zip archive of such files",
     .source = "LeCun, Cortes and Burges, The MNIST database of handwritten digits, file formats",
     .open = openIdx,
     .recognises = looksLikeIdx},
    {.name = "numpy",
     .label = "NumPy arrays",
     .grammar = "numpy:PATH",
     .help = "x_train, y_train, x_test and y_test (or train_images, train_labels, ...; or x and y "
             "alone, of which every sixth image is held out) in an .npz file, or as .npy files in "
             "a folder. Images are integers from 0 to 255, n x H x W, n x H x W x C or n x C x H x "
             "W with 1 or 3 channels; labels count from 0.",
     .howToGet = "write one with numpy.savez(file, x_train=..., y_train=..., x_test=..., "
                 "y_test=...)",
     .source = "NumPy enhancement proposal 1",
     .open = openNumpy,
     .recognises = looksLikeNumpy},
    {.name = "images",
     .label = "Image folders",
     .grammar = "images:PATH",
     .help = "JPEG or PNG files of one size, in one folder a class, below folders train and test "
             "(or val), in a folder or a zip archive. Without a test folder every sixth image of "
             "each class is held out.",
     .howToGet = "name a folder or zip archive like train/CLASS/anything.jpg",
     .source = "the layout of torchvision's ImageFolder",
     .open = openImages,
     .recognises = looksLikeImages},
    {.name = "synthetic",
     .label = "Synthetic",
     .grammar =
         "synthetic, synthetic:classes=10,size=1x28x28,train=6000,test=1000,noise=0.5,seed=1",
     .help = "One smooth random pattern a class under noise, drawn from the seed: made anew each "
             "time, the same everywhere.",
     .howToGet = "nothing is needed: it is made when asked for",
     .source = "drawn here; Philox4x32-10 (Salmon et al., SC 2011)",
     .open = openSynthetic,
     .checkOptions = checkSynthetic},
}};

/// What a text says: a kind and what stands behind its colon, or a path alone.
struct ParsedName {
    const DatasetKind* kind = nullptr;  ///< null: the content tells
    std::string argument;
};

bool isBarePath(std::string_view text) {
    return text.substr(0, 1) == "/" || text.substr(0, 2) == "./" || text.substr(0, 3) == "../";
}

Result<ParsedName> parseName(std::string_view text) {
    if (isBarePath(text)) {
        return ParsedName{nullptr, std::string(text)};
    }
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(),
                                          [&](const auto& known) { return known.name == name; });
    if (kind == kKinds.end()) {
        std::string known;
        for (const auto& one : kKinds) {
            known += (known.empty() ? "" : ", ") + std::string(one.name);
        }
        return fail(ErrorCode::NotFound,
                    "there is no data set named \"" + std::string(name) + "\"; known: " + known, {},
                    "a path of its own begins with / or ./");
    }
    ParsedName parsed{kind, {}};
    if (colon != std::string_view::npos) {
        parsed.argument = text.substr(colon + 1);
        if (parsed.argument.empty()) {
            return fail(ErrorCode::InvalidInput,
                        "nothing stands behind the colon of \"" + std::string(text) + "\"", {},
                        "allowed: " + std::string(kind->grammar));
        }
    }
    return parsed;
}

Result<void> checkArgument(const ParsedName& name, bool placeGiven) {
    if (name.kind == nullptr) {
        return {};
    }
    if (name.kind->checkOptions != nullptr) {
        return name.kind->checkOptions(name.argument);
    }
    if (name.argument.empty() && name.kind->variable == nullptr && !placeGiven) {
        return fail(ErrorCode::InvalidInput,
                    "\"" + std::string(name.kind->name) +
                        "\" needs a path: " + std::string(name.kind->grammar),
                    {}, std::string(name.kind->howToGet));
    }
    return {};
}

Result<DatasetRequest> requestFor(const ParsedName& name, const fs::path& place) {
    const DatasetKind& kind = *name.kind;
    if (kind.checkOptions != nullptr) {
        return DatasetRequest{kind, {}, {}, name.argument};
    }
    if (!place.empty()) {
        return DatasetRequest{kind, place, "the folder asked for", {}};
    }
    if (!name.argument.empty()) {
        return DatasetRequest{kind, name.argument, "the path behind the colon", {}};
    }
    const std::string variable = kind.variable;
    const char* const value = std::getenv(kind.variable);
    if (value != nullptr && *value != '\0') {
        return DatasetRequest{kind, value, "the folder in " + variable, {}};
    }
    if (kind.usualPlace.empty()) {
        return fail(ErrorCode::NotFound,
                    std::string(kind.label) + " is not here: no path was given and " + variable +
                        " is not set",
                    std::string(kind.name), std::string(kind.howToGet));
    }
    return DatasetRequest{
        kind, kind.usualPlace, "Debian's folder; " + variable + " is not set", {}};
}

Result<const DatasetKind*> recognise(const fs::path& path, const JobContext& context) {
    auto files = FileTree::open(path, kDeepest, context);
    if (!files) {
        return tl::unexpected(files.error());
    }
    for (const auto& kind : kKinds) {
        if (kind.recognises != nullptr && kind.recognises(*files)) {
            return &kind;
        }
    }
    return fail(ErrorCode::InvalidInput, "holds no data set of a known kind", path.string(),
                "name the kind before it, for example images:" + path.string());
}

Result<std::shared_ptr<const Dataset>> openFrom(const DatasetRequest& request,
                                                const JobContext& context) {
    try {
        return request.kind.open(request, context).and_then([&](Dataset&& dataset) {
            dataset.name = request.kind.name;
            dataset.folder = request.path;
            return finished(std::move(dataset));
        });
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::Unsupported, "does not fit into memory", request.path.string(),
                    "use fewer or smaller images");
    }
}

}  // namespace

std::span<const DatasetKind> datasetKinds() {
    return kKinds;
}

const DatasetKind* kindOf(const Shape& image, int classes) {
    const auto* const found =
        std::find_if(kKinds.begin(), kKinds.end(), [&](const DatasetKind& kind) {
            return kind.classes == classes &&
                   std::equal(image.begin(), image.end(), kind.image.begin(), kind.image.end());
        });
    return found == kKinds.end() ? nullptr : &*found;
}

Result<void> checkDatasetName(std::string_view text) {
    return parseName(text).and_then(
        [](const ParsedName& name) { return checkArgument(name, false); });
}

Result<std::shared_ptr<const Dataset>> loadDataset(std::string_view text, const fs::path& place,
                                                   const JobContext& context) {
    auto name = parseName(text);
    if (!name) {
        return tl::unexpected(name.error());
    }
    if (auto legal = checkArgument(*name, !place.empty()); !legal) {
        return tl::unexpected(legal.error());
    }
    if (name->kind == nullptr) {
        const auto kind = recognise(place.empty() ? fs::path(name->argument) : place, context);
        if (!kind) {
            return tl::unexpected(kind.error());
        }
        name->kind = *kind;
    }
    return requestFor(*name, place).and_then([&](const DatasetRequest& request) {
        return openFrom(request, context);
    });
}

Result<FileTree> openTree(const DatasetRequest& request, int depth, const JobContext& context) {
    auto files = FileTree::open(request.path, depth, context);
    if (!files && files.error().code == ErrorCode::NotFound) {
        return notHere(request, "such file or folder");
    }
    return files;
}

tl::unexpected<Error> notHere(const DatasetRequest& request, std::string_view what) {
    return fail(ErrorCode::NotFound,
                std::string(request.kind.label) + " is not here: looked in " +
                    request.path.string() + " (" + request.origin + ") and found no " +
                    std::string(what),
                request.path.string(), std::string(request.kind.howToGet));
}

}  // namespace mantissa::data
