// SPDX-License-Identifier: GPL-3.0-or-later
// docs/formats.md and its drawings, from the registry.
#pragma once

#include <string>
#include <vector>

namespace mantissa::cli {

struct PageFile {
    std::string path;  ///< relative to docs: "formats.md", "images/formats/bfp.svg"
    std::string text;
};

/// The page and one drawing a kind of format; the same bytes wherever they are made.
std::vector<PageFile> formatPage();

}  // namespace mantissa::cli
