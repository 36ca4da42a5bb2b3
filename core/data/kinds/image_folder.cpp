// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures in one folder a class, in a folder or a zip archive.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/data/image_file.h"
#include "core/data/kinds/kinds.h"

namespace mantissa::data {
namespace {

constexpr int kDepth = 4;  ///< root, split, class, file
constexpr std::size_t kHeldOutEvery = 6;

enum class Part { None, Train, Test, Validation };

/// A picture: its class is the folder it is in, its part a folder above that.
struct Item {
    const FileTree::Entry* entry = nullptr;
    std::string className;
    Part part = Part::None;
    std::size_t inClass = 0;  ///< its place among those of its class and part
};

Part partOf(std::string_view folder) {
    if (folder == "train") {
        return Part::Train;
    }
    if (folder == "test") {
        return Part::Test;
    }
    return folder == "val" || folder == "valid" || folder == "validation" ? Part::Validation
                                                                          : Part::None;
}

/// Nothing for what is no picture in a folder: notes, hidden files, macOS' shadow files.
std::optional<Item> itemOf(const FileTree::Entry& entry) {
    if (!isImageName(entry.name) || baseName(entry.name).front() == '.') {
        return std::nullopt;
    }
    std::string_view rest = entry.name;
    rest.remove_suffix(std::min(rest.size(), baseName(rest).size() + 1));
    if (rest.empty()) {
        return std::nullopt;
    }
    Item item{&entry, std::string(baseName(rest)), Part::None, 0};
    while (rest.find('/') != std::string_view::npos) {
        const auto folder = rest.substr(0, rest.find('/'));
        if (folder == "__MACOSX") {
            return std::nullopt;
        }
        if (const Part part = partOf(folder); part != Part::None) {
            item.part = part;
        }
        rest.remove_prefix(folder.size() + 1);
    }
    return item;
}

std::vector<Item> itemsIn(const FileTree& files) {
    std::vector<Item> items;
    std::map<std::pair<Part, std::string>, std::size_t> counts;
    for (const auto& entry : files.entries()) {
        if (auto item = itemOf(entry)) {
            item->inClass = counts[{item->part, item->className}]++;
            items.push_back(*std::move(item));
        }
    }
    return items;
}

/// The items of one part in turns over the classes, so that the first n are a fair sample.
std::vector<Item> inTurns(std::vector<Item> items) {
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
        return std::pair(a.inClass, std::string_view(a.className)) <
               std::pair(b.inClass, std::string_view(b.className));
    });
    return items;
}

struct Parts {
    std::vector<Item> train, test;
};

/// Validation images are the test set where there is no other; without either, every sixth image
/// of each class is held out.
Parts divided(std::vector<Item> items) {
    const auto has = [&](Part part) {
        return std::any_of(items.begin(), items.end(),
                           [part](const Item& item) { return item.part == part; });
    };
    const Part trainPart = has(Part::Train) ? Part::Train : Part::None;
    const Part testPart = has(Part::Test) ? Part::Test : Part::Validation;
    const bool holdsOut = !has(testPart);
    Parts parts;
    for (auto& item : items) {
        const bool held = holdsOut && item.inClass % kHeldOutEvery == kHeldOutEvery - 1;
        if (item.part == trainPart) {
            (held ? parts.test : parts.train).push_back(std::move(item));
        } else if (item.part == testPart) {
            parts.test.push_back(std::move(item));
        }
    }
    return {inTurns(std::move(parts.train)), inTurns(std::move(parts.test))};
}

/// Decoded pictures of one size, as RGB and one behind the other.
class Pictures {
public:
    Result<void> add(const Picture& picture, const std::string& where) {
        if (m_height == 0) {
            m_height = picture.height;
            m_width = picture.width;
            m_first = where;
        }
        if (picture.height != m_height || picture.width != m_width) {
            return fail(ErrorCode::InvalidInput,
                        "is " + std::to_string(picture.height) + " x " +
                            std::to_string(picture.width) + ", " + m_first + " is " +
                            std::to_string(m_height) + " x " + std::to_string(m_width),
                        where, "scale all images to one size first");
        }
        m_grey = m_grey && picture.grey;
        const auto size = static_cast<std::size_t>(m_height) * static_cast<std::size_t>(m_width);
        const std::size_t first = m_planes.size();
        m_planes.resize(first + 3 * size);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            for (std::size_t i = 0; i < size; ++i) {
                m_planes[first + channel * size + i] = picture.rgb[3 * i + channel];
            }
        }
        return {};
    }

    /// C x H x W, with one channel where every picture is grey.
    Shape image() const { return {m_grey ? 1 : 3, m_height, m_width}; }

    /// The first `count` pictures of what is left, with the channels of image().
    std::vector<std::uint8_t> take(std::size_t count) {
        const auto size = static_cast<std::size_t>(m_height) * static_cast<std::size_t>(m_width);
        std::vector<std::uint8_t> pixels;
        pixels.reserve(count * size * (m_grey ? 1 : 3));
        for (std::size_t i = 0; i < count; ++i, m_taken += 3 * size) {
            const auto plane = std::span(m_planes).subspan(m_taken, m_grey ? size : 3 * size);
            pixels.insert(pixels.end(), plane.begin(), plane.end());
        }
        return pixels;
    }

private:
    int m_height = 0;
    int m_width = 0;
    bool m_grey = true;
    std::string m_first;
    std::vector<std::uint8_t> m_planes;
    std::size_t m_taken = 0;
};

Result<void> decodeInto(Pictures& pictures, const FileTree& files, const FileTree::Entry& entry,
                        const JobContext& context) {
    return files.stream(entry)
        .and_then([&](const StreamPointer& stream) {
            return readAll(*stream, kLargestImageFile, context);
        })
        .and_then([&](const std::vector<std::uint8_t>& bytes) {
            return decodeImage(bytes, files.where(entry));
        })
        .and_then(
            [&](const Picture& picture) { return pictures.add(picture, files.where(entry)); });
}

std::vector<std::string> classesOf(std::span<const Item> items) {
    std::vector<std::string> classes;
    for (const auto& item : items) {
        classes.push_back(item.className);
    }
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    return classes;
}

Result<std::vector<Label>> labelsOf(std::span<const Item> items,
                                    const std::vector<std::string>& classes,
                                    const FileTree& files) {
    std::vector<Label> labels;
    for (const auto& item : items) {
        const auto found = std::lower_bound(classes.begin(), classes.end(), item.className);
        if (found == classes.end() || *found != item.className) {
            return fail(
                ErrorCode::InvalidInput,
                "is of class \"" + item.className + "\", of which there are no training images",
                files.where(*item.entry));
        }
        labels.push_back(static_cast<Label>(found - classes.begin()));
    }
    return labels;
}

}  // namespace

bool looksLikeImages(const FileTree& files) {
    return std::any_of(files.entries().begin(), files.entries().end(),
                       [](const auto& entry) { return itemOf(entry).has_value(); });
}

Result<Dataset> openImages(const DatasetRequest& request, const JobContext& context) {
    const auto files = openTree(request, kDepth, context);
    if (!files) {
        return tl::unexpected(files.error());
    }
    const Parts parts = divided(itemsIn(*files));
    if (parts.train.empty()) {
        return notHere(request, "JPEG or PNG file in a folder of its class");
    }
    Dataset dataset;
    dataset.classes = classesOf(parts.train);
    if (dataset.classes.size() > kMostClasses) {
        return fail(ErrorCode::Unsupported,
                    "has " + std::to_string(dataset.classes.size()) +
                        " folders of classes (allowed: up to " + std::to_string(kMostClasses) + ")",
                    request.path.string());
    }
    Pictures pictures;
    const auto total = static_cast<std::int64_t>(parts.train.size() + parts.test.size());
    std::int64_t done = 0;
    for (const auto* const items : {&parts.train, &parts.test}) {
        auto labels = labelsOf(*items, dataset.classes, *files);
        if (!labels) {
            return tl::unexpected(labels.error());
        }
        (items == &parts.train ? dataset.train : dataset.test).labels = *std::move(labels);
        for (const auto& item : *items) {
            if (done % 256 == 0) {
                context.report("reading the data set", done, total);
            }
            if (auto good = decodeInto(pictures, *files, *item.entry, context); !good) {
                return tl::unexpected(good.error());
            }
            ++done;
        }
    }
    dataset.image = pictures.image();
    dataset.train.pixels = pictures.take(parts.train.size());
    dataset.test.pixels = pictures.take(parts.test.size());
    return dataset;
}

}  // namespace mantissa::data
