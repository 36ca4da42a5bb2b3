// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of data sets, how each is named, and how any is opened.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.h"
#include "core/error.h"
#include "core/job_context.h"
#include "core/shape.h"

namespace mantissa::data {

class FileTree;
struct DatasetKind;

/// What a kind is asked to open.
struct DatasetRequest {
    const DatasetKind& kind;
    std::filesystem::path path;  ///< where it has to be; empty for kinds without files
    std::string origin;          ///< who said so, for errors: "the folder asked for"
    std::string options;         ///< of kinds without files: what stands behind the colon
};

/// One kind of data set: a name and what opens it. The table in dataset_registry.cpp has one entry
/// a kind; nothing else tells them apart.
struct DatasetKind {
    std::string_view name = {};     ///< "cifar10": how a design says it
    std::string_view label = {};    ///< "CIFAR-10"
    std::string_view grammar = {};  ///< "cifar10, cifar10:PATH"
    std::string_view help = {};     ///< what the files look like
    std::string_view howToGet = {};
    std::string_view source = {};
    /// Of its images, channels, height and width, and its classes; 0 where the files decide.
    std::array<std::int64_t, 3> image = {};
    int classes = 0;
    /// Where a name alone is looked for: the environment variable, then the usual place. Without a
    /// variable a path has to be given.
    const char* variable = nullptr;
    std::string_view usualPlace = {};
    Result<Dataset> (*open)(const DatasetRequest& request, const JobContext& context) = nullptr;
    /// Kinds without files: whether what stands behind the colon is legal.
    Result<void> (*checkOptions)(std::string_view options) = nullptr;
    /// Whether the files look like this kind, for a path alone; null: it has to be named.
    bool (*recognises)(const FileTree& files) = nullptr;
};

std::span<const DatasetKind> datasetKinds();

/// The first kind whose images and classes are always these; null where there is none.
const DatasetKind* kindOf(const Shape& image, int classes);

/// Whether a text names a data set that could be opened, without looking at any file. Errors:
/// NotFound (the known names), InvalidInput for a missing path or a wrong option.
Result<void> checkDatasetName(std::string_view text);

/// Opens what a design names: "KIND", "KIND:PATH", "synthetic:OPTIONS", or a path alone (it begins
/// with /, ./ or ../), whose kind its content tells. `place`, when not empty, is looked at instead
/// of any place in the text or the environment, and alone: falling back would train on other images
/// than the ones meant. Errors: as checkDatasetName; what was looked at and how to get it; what is
/// wrong with which file; Cancelled, within a piece of a file, when the context says so.
Result<std::shared_ptr<const Dataset>> loadDataset(std::string_view text,
                                                   const std::filesystem::path& place = {},
                                                   const JobContext& context = {});

}  // namespace mantissa::data
