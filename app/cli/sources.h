// SPDX-License-Identifier: GPL-3.0-or-later
// Where figures come from, listed once below a table and referred to by number.
#pragma once

#include <string>
#include <vector>

#include "hwmodel/provenance.h"

namespace mantissa::cli {

/// "synthesis: 5.02 [w] + ...".
std::string sourceText(const hw::Provenance& provenance);

/// `text` in lines of at most 100 characters; all but the first begin with `indent` spaces.
std::string wrapped(const std::string& text, std::size_t indent);

class Sources {
public:
    /// The number of a source, given when it is first referred to.
    std::string refer(const hw::Provenance& provenance);
    std::string refer(const std::string& text);
    std::string list() const;

private:
    std::vector<std::string> m_texts;
};

}  // namespace mantissa::cli
