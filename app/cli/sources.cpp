// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sources.h"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace mantissa::cli {
namespace {

constexpr std::size_t kLineWidth = 100;

}  // namespace

std::string sourceText(const hw::Provenance& provenance) {
    const std::string kind(hw::sourceKindText(provenance.kind));
    return provenance.empty() ? kind : kind + ": " + provenance.text();
}

std::string wrapped(const std::string& text, std::size_t indent) {
    std::string lines;
    std::size_t column = 0;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (column > 0 && column + 1 + word.size() > kLineWidth) {
            lines += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (column > 0) {
            lines += ' ';
            ++column;
        }
        lines += word;
        column += word.size();
    }
    return lines + '\n';
}

std::string Sources::refer(const hw::Provenance& provenance) {
    return refer(sourceText(provenance));
}

std::string Sources::refer(const std::string& text) {
    auto found = std::find(m_texts.begin(), m_texts.end(), text);
    if (found == m_texts.end()) {
        m_texts.push_back(text);
        found = std::prev(m_texts.end());
    }
    return std::to_string(found - m_texts.begin() + 1);
}

std::string Sources::list() const {
    std::string lines;
    for (std::size_t i = 0; i < m_texts.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        lines += wrapped(number + ". " + m_texts[i], number.size() + 2);
    }
    return lines;
}

}  // namespace mantissa::cli
