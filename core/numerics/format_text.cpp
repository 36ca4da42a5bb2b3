// SPDX-License-Identifier: GPL-3.0-or-later
// The spelling of formats: a named format's name, or family<positional...,key=value...>, both read
// and written from the families' parameter tables.
#include <algorithm>
#include <optional>
#include <vector>

#include "core/numerics/format.h"
#include "core/numerics/registry.h"
#include "core/numerics/spelling.h"

namespace mantissa::numerics {
namespace {

using Parameter = Param<Format>;

bool matters(const FormatFamily& family, const Format& format, const Parameter& parameter) {
    return family.matters == nullptr || family.matters(format, parameter.spec.id);
}

/// Whether the parameter is part of what "block=" says.
bool isPartOfBlock(const FormatFamily& family, const Parameter& parameter) {
    const auto id = parameter.spec.id;
    return family.setBlock != nullptr &&
           (id == "size" || id == "rows" || id == "columns" || id.substr(0, 3) == "box");
}

/// The same format with parameters that have no effect at their defaults, so that equal meaning is
/// equality.
Format normalised(Format format) {
    const auto& family = familyOf(format);
    Format usual = family.defaults;
    for (const auto& parameter : family.parameters) {
        const bool positional =
            &parameter - family.parameters.data() < std::ptrdiff_t{family.positional};
        const bool kept = positional || matters(family, format, parameter);
        // Setting a value to itself also drops what only repeats a default.
        parameter.set(format, parameter.get(kept ? format : usual));
        parameter.set(usual, parameter.get(format));  // what comes behind may follow from it
    }
    return format;
}

bool readBlock(std::string_view text, BlockShape& block) {
    if (text == "slice" || text == "tensor") {
        block.kind = text == "slice" ? BlockShape::Kind::Slice : BlockShape::Kind::Tensor;
        return true;
    }
    const bool box = text.substr(0, 3) == "box";
    text.remove_prefix(box ? 3 : 0);
    std::vector<std::int64_t> extents;
    while (true) {
        const auto cross = text.find('x');
        if (!readNumber(text.substr(0, cross), extents.emplace_back())) {
            return false;
        }
        if (cross == std::string_view::npos) {
            break;
        }
        text.remove_prefix(cross + 1);
    }
    if (box || extents.size() > 2) {
        if (extents.size() > block.box.size()) {
            return false;
        }
        block.kind = BlockShape::Kind::Box;
        block.box.fill(0);
        std::copy(extents.begin(), extents.end(), block.box.begin());
        return std::all_of(extents.begin(), extents.end(), [](auto n) { return n > 0; });
    }
    if (extents.size() == 2) {
        block.kind = BlockShape::Kind::Tile;
        block.rows = extents[0];
        block.columns = extents[1];
        return true;
    }
    block.kind = BlockShape::Kind::Vector;
    block.size = extents[0];
    return true;
}

constexpr std::string_view kBlockExpected =
    "a size such as 16, a tile such as 24x24, a box such as 1x24x3x3, slice or tensor";

/// The arguments of the generic spelling, each checked against the family's table.
class ArgumentReader {
public:
    explicit ArgumentReader(const FormatFamily& family)
        : m_family(family), m_format(family.defaults), m_seen(family.parameters.size()) {}

    Result<Format> read(std::string_view arguments) {
        auto parts = splitArguments(arguments);
        if (m_family.positional == 0 && parts.size() == 1 && parts.front().empty()) {
            parts.clear();
        }
        const std::size_t heads = headCount();
        for (std::size_t i = 0; i < std::max(parts.size(), heads); ++i) {
            const auto part = i < parts.size() ? std::optional(parts[i]) : std::nullopt;
            if (auto done = i < heads ? readHead(i, part) : readOption(i, *part); !done) {
                return tl::unexpected(done.error());
            }
        }
        // In the table's order: a default may follow what stands before it.
        std::sort(m_options.begin(), m_options.end());
        for (const auto& [parameter, value] : m_options) {
            parameter->set(m_format, value);
        }
        if (const auto legal = validate(m_format); !legal) {
            return tl::unexpected(legal.error());
        }
        return normalised(m_format);
    }

private:
    std::size_t headCount() const {
        return m_family.readHead != nullptr ? 1 : static_cast<std::size_t>(m_family.positional);
    }

    static Result<void> refuse(std::string message) {
        return fail(ErrorCode::InvalidInput, std::move(message));
    }

    Result<void> readHead(std::size_t i, std::optional<std::string_view> part) {
        const auto& parameter = m_family.parameters[i];
        const auto& spec = parameter.spec;
        const bool word = m_family.readHead != nullptr;
        const std::string name(word ? "element" : spec.id);
        const std::string expected = word ? std::string(m_family.headExpected) : expectedText(spec);
        if (!part) {
            return refuse(name + " is missing, must be " + expected);
        }
        if (part->find('=') != std::string_view::npos) {
            return refuse(name + " is missing: argument " + std::to_string(i + 1) + " must be " +
                          expected + ", not " + quoted(*part));
        }
        if (word) {
            return m_family.readHead(*part, m_format)
                       ? Result<void>{}
                       : refuse(name + " is " + quoted(*part) + ", must be " + expected);
        }
        return readParameter(parameter, *part);
    }

    Result<void> readOption(std::size_t i, std::string_view part) {
        const auto equals = part.find('=');
        const auto name = part.substr(0, equals);
        const auto options =
            m_family.parameters.subspan(static_cast<std::size_t>(m_family.positional));
        const auto found =
            std::find_if(options.begin(), options.end(), [&](const Parameter& parameter) {
                return parameter.spec.id == name && !isPartOfBlock(m_family, parameter);
            });
        if (equals == std::string_view::npos || found == options.end()) {
            std::string keys;
            for (const auto& parameter : options) {
                if (!isPartOfBlock(m_family, parameter)) {
                    keys += (keys.empty() ? "" : ", ") + std::string(parameter.spec.id);
                }
            }
            return refuse("argument " + std::to_string(i + 1) + " is " + quoted(part) +
                          ", must be KEY=VALUE with a key of " + keys);
        }
        auto seen = m_seen[static_cast<std::size_t>(&*found - m_family.parameters.data())];
        if (seen) {
            return refuse(std::string(name) + " is given twice");
        }
        seen = true;
        const auto value = part.substr(equals + 1);
        if (name == "block" && m_family.setBlock != nullptr) {
            BlockShape block = m_family.block(m_format);
            if (!readBlock(value, block)) {
                return refuse("block is " + quoted(value) + ", must be " +
                              std::string(kBlockExpected));
            }
            m_family.setBlock(m_format, block);
            return {};
        }
        return readParameter(*found, value);
    }

    Result<void> readParameter(const Parameter& parameter, std::string_view text) {
        const auto value = readValue(parameter.spec, text);
        if (!value) {
            return refuse(std::string(parameter.spec.id) + " is " + quoted(text) + ", must be " +
                          expectedText(parameter.spec));
        }
        if (auto legal = checkParam(parameter.spec, *value, m_family.id); !legal) {
            return legal;  // before a member that could not hold it is set
        }
        m_options.emplace_back(&parameter, *value);
        return {};
    }

    const FormatFamily& m_family;
    Format m_format;
    std::vector<bool> m_seen;
    std::vector<std::pair<const Parameter*, double>> m_options;
};

Result<Format> parseGeneric(std::string_view text) {
    const auto open = text.find('<');
    const auto id = text.substr(0, open);
    const auto families = formatFamilies();
    const auto family = std::find_if(families.begin(), families.end(),
                                     [&](const FormatFamily& one) { return one.id == id; });
    if (open == std::string_view::npos || family == families.end() || family->parameters.empty()) {
        std::string names;
        for (const auto& named : namedFormats()) {
            names += std::string(named.name) + ", ";
        }
        std::string spellings;
        for (const auto& one : families) {
            if (!one.parameters.empty()) {
                spellings += (spellings.empty() ? "" : ", ") + std::string(one.id) + "<...>";
            }
        }
        return fail(ErrorCode::InvalidInput,
                    "unknown format, must be one of " + names + "or " + spellings, {},
                    "for example fp8_e4m3, float<4,3,variant=fn> or bfp<8,block=16>");
    }
    const auto addHint = [&](Error error) {
        error.hint = "for example " + genericText(family->example) + "; in full " +
                     std::string(family->grammar);
        return error;
    };
    if (text.back() != '>') {
        return tl::unexpected(addHint({ErrorCode::InvalidInput, "must end with \">\"", {}, {}}));
    }
    return ArgumentReader(*family)
        .read(text.substr(open + 1, text.size() - open - 2))
        .map_error(addHint);
}

}  // namespace

std::string blockText(const BlockShape& block) {
    switch (block.kind) {
        case BlockShape::Kind::Vector:
            return std::to_string(block.size);
        case BlockShape::Kind::Tile:
            return std::to_string(block.rows) + "x" + std::to_string(block.columns);
        case BlockShape::Kind::Slice:
            return "slice";
        case BlockShape::Kind::Tensor:
            return "tensor";
        case BlockShape::Kind::Box:
            break;
    }
    std::string text;
    for (const auto extent : block.box) {
        if (extent > 0) {
            text += (text.empty() ? "" : "x") + std::to_string(extent);
        }
    }
    // Two extents alone would read as a tile.
    return std::count(text.begin(), text.end(), 'x') >= 2 ? text : "box" + text;
}

std::vector<bool> unusualParameters(const Format& format) {
    const auto& family = familyOf(format);
    Format usual = family.defaults;
    std::vector<bool> unusual;
    for (const auto& parameter : family.parameters) {
        const bool positional = unusual.size() < static_cast<std::size_t>(family.positional);
        const double value = parameter.get(format);
        unusual.push_back(!positional && matters(family, format, parameter) &&
                          value != parameter.get(usual));
        parameter.set(usual, value);  // what comes behind may follow from it
    }
    return unusual;
}

std::string genericText(const Format& format) {
    const Format canonical = normalised(format);
    const auto& family = familyOf(canonical);
    if (family.parameters.empty()) {
        return std::string(family.id);
    }
    std::string text(family.id);
    char separator = '<';
    const auto add = [&](const std::string& argument) {
        text += separator + argument;
        separator = ',';
    };
    if (family.writeHead != nullptr) {
        add(family.writeHead(canonical));
    }
    const auto unusual = unusualParameters(canonical);
    for (std::size_t i = 0; i < family.parameters.size(); ++i) {
        const auto& parameter = family.parameters[i];
        const auto& spec = parameter.spec;
        const double value = parameter.get(canonical);
        if (i < static_cast<std::size_t>(family.positional)) {
            if (family.writeHead == nullptr) {
                add(valueText(spec, value));
            }
        } else if (family.setBlock != nullptr && spec.id == "block") {
            add("block=" + blockText(family.block(canonical)));
        } else if (unusual[i] && !isPartOfBlock(family, parameter)) {
            add(std::string(spec.id) + "=" + valueText(spec, value));
        }
    }
    return text + '>';
}

std::string formatText(const Format& format) {
    const Format canonical = normalised(format);
    for (const auto& named : namedFormats()) {
        if (named.format == canonical) {
            return std::string(named.name);
        }
    }
    return genericText(canonical);
}

Result<Format> parseFormat(std::string_view text) {
    const std::string canonical = lowered(text);
    for (const auto& named : namedFormats()) {
        if (named.name == canonical) {
            return named.format;
        }
    }
    return parseGeneric(canonical).map_error([&](Error error) {
        error.where = "format " + quoted(text);
        return error;
    });
}

}  // namespace mantissa::numerics
