// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of data set puts into the registry; private to core/data.
#pragma once

#include <string_view>

#include "core/data/dataset_registry.h"
#include "core/data/file_tree.h"

namespace mantissa::data {

Result<Dataset> openFashionMnist(const DatasetRequest& request, const JobContext& context);
Result<Dataset> openMnist(const DatasetRequest& request, const JobContext& context);
Result<Dataset> openIdx(const DatasetRequest& request, const JobContext& context);
bool looksLikeIdx(const FileTree& files);

Result<Dataset> openCifar10(const DatasetRequest& request, const JobContext& context);
bool looksLikeCifar10(const FileTree& files);
Result<Dataset> openCifar100(const DatasetRequest& request, const JobContext& context);
bool looksLikeCifar100(const FileTree& files);

Result<Dataset> openNumpy(const DatasetRequest& request, const JobContext& context);
bool looksLikeNumpy(const FileTree& files);

Result<Dataset> openImages(const DatasetRequest& request, const JobContext& context);
bool looksLikeImages(const FileTree& files);

Result<Dataset> openSynthetic(const DatasetRequest& request, const JobContext& context);
Result<void> checkSynthetic(std::string_view options);

/// The request's folder or archive, `depth` levels of it; its absence is told as that of the set.
Result<FileTree> openTree(const DatasetRequest& request, int depth, const JobContext& context);

/// "CIFAR-10 is not here: looked in FOLDER (ORIGIN) and found no WHAT", with how to get it.
tl::unexpected<Error> notHere(const DatasetRequest& request, std::string_view what);

}  // namespace mantissa::data
