// SPDX-License-Identifier: GPL-3.0-or-later
// CIFAR-10 and CIFAR-100 in their binary version: records of label bytes and 3 x 32 x 32 pixels.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/data/kinds/kinds.h"

namespace mantissa::data {
namespace {

constexpr std::size_t kPixels = 3 * std::size_t{32} * 32;
constexpr std::size_t kLargestFile = std::size_t{1} << 30U;
constexpr std::size_t kLargestText = std::size_t{1} << 16U;

constexpr std::array<std::string_view, 5> kTrainBatches{"data_batch_1.bin", "data_batch_2.bin",
                                                        "data_batch_3.bin", "data_batch_4.bin",
                                                        "data_batch_5.bin"};
constexpr std::array<std::string_view, 1> kTestBatch{"test_batch.bin"};
constexpr std::array<std::string_view, 1> kTrainFile{"train.bin"};
constexpr std::array<std::string_view, 1> kTestFile{"test.bin"};
constexpr std::array<std::string_view, 10> kTenClasses{
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};

/// How the two sets differ.
struct Layout {
    std::span<const std::string_view> train;
    std::span<const std::string_view> test;
    std::size_t labelBytes = 1;  ///< the last of them counts: the fine label
    std::size_t classes = 10;
};
constexpr Layout kCifar10{kTrainBatches, kTestBatch, 1, 10};
constexpr Layout kCifar100{kTrainFile, kTestFile, 2, 100};

Result<void> append(Split& split, const std::vector<std::uint8_t>& bytes, const Layout& layout,
                    const std::string& where) {
    const std::size_t record = layout.labelBytes + kPixels;
    if (bytes.empty() || bytes.size() % record != 0) {
        return fail(ErrorCode::Corrupt,
                    "has " + std::to_string(bytes.size()) + " bytes, must have a multiple of " +
                        std::to_string(record) + " (" + std::to_string(layout.labelBytes) +
                        " for labels, 3 x 32 x 32 for pixels)",
                    where, std::string(kDamagedHint));
    }
    for (std::size_t at = 0; at < bytes.size(); at += record) {
        const std::uint8_t label = bytes[at + layout.labelBytes - 1];
        if (label >= layout.classes) {
            return fail(ErrorCode::Corrupt,
                        "record " + std::to_string(at / record) + " has label " +
                            std::to_string(label) + ", must be from 0 to " +
                            std::to_string(layout.classes - 1),
                        where, std::string(kDamagedHint));
        }
        split.labels.push_back(label);
        const auto pixels = std::span(bytes).subspan(at + layout.labelBytes, kPixels);
        split.pixels.insert(split.pixels.end(), pixels.begin(), pixels.end());
    }
    return {};
}

Result<Split> readSplit(const DatasetRequest& request, const FileTree& files, const Layout& layout,
                        std::span<const std::string_view> names, const JobContext& context) {
    Split split;
    for (const auto name : names) {
        context.report("reading the data set", 0, 0);
        const auto* const entry = files.findPlainOrGzip(name);
        if (entry == nullptr) {
            return notHere(request, name);
        }
        const auto read = files.stream(*entry).and_then(
            [&](const StreamPointer& stream) { return readAll(*stream, kLargestFile, context); });
        if (!read) {
            return tl::unexpected(read.error());
        }
        if (auto good = append(split, *read, layout, files.where(*entry)); !good) {
            return tl::unexpected(good.error());
        }
    }
    return split;
}

/// One class a line, as the file beside the data says; numbers where it is not there.
Result<std::vector<std::string>> readNames(const FileTree& files, std::string_view fileName,
                                           std::size_t classes) {
    std::vector<std::string> names;
    if (const auto* const entry = files.find(fileName)) {
        const auto text = files.stream(*entry).and_then(
            [](const StreamPointer& stream) { return readAll(*stream, kLargestText); });
        if (!text) {
            return tl::unexpected(text.error());
        }
        std::string line;
        for (const auto byte : *text) {
            if (byte == '\n') {
                names.push_back(std::exchange(line, {}));
            } else if (byte != '\r') {
                line += static_cast<char>(byte);
            }
        }
        names.push_back(line);
    }
    names.resize(classes);
    for (std::size_t i = 0; i < classes; ++i) {
        if (names[i].empty()) {
            names[i] = std::to_string(i);
        }
    }
    return names;
}

Result<Dataset> openCifar(const DatasetRequest& request, const Layout& layout,
                          const JobContext& context) {
    const auto files = openTree(request, 2, context);
    if (!files) {
        return tl::unexpected(files.error());
    }
    auto train = readSplit(request, *files, layout, layout.train, context);
    if (!train) {
        return tl::unexpected(train.error());
    }
    auto test = readSplit(request, *files, layout, layout.test, context);
    if (!test) {
        return tl::unexpected(test.error());
    }
    Dataset dataset;
    dataset.image = {3, 32, 32};
    dataset.train = std::move(*train);
    dataset.test = std::move(*test);
    if (layout.classes == kTenClasses.size()) {
        dataset.classes.assign(kTenClasses.begin(), kTenClasses.end());
        return dataset;
    }
    return readNames(*files, "fine_label_names.txt", layout.classes)
        .map([&](std::vector<std::string>&& names) {
            dataset.classes = std::move(names);
            return std::move(dataset);
        });
}

}  // namespace

Result<Dataset> openCifar10(const DatasetRequest& request, const JobContext& context) {
    return openCifar(request, kCifar10, context);
}

bool looksLikeCifar10(const FileTree& files) {
    return files.findPlainOrGzip(kTestBatch[0]) != nullptr;
}

Result<Dataset> openCifar100(const DatasetRequest& request, const JobContext& context) {
    return openCifar(request, kCifar100, context);
}

bool looksLikeCifar100(const FileTree& files) {
    return files.findPlainOrGzip(kTrainFile[0]) != nullptr &&
           files.findPlainOrGzip(kTestFile[0]) != nullptr;
}

}  // namespace mantissa::data
