// SPDX-License-Identifier: GPL-3.0-or-later
// The spelling of formats: a named format's name, or family<positional...,key=value...>.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

#include "core/numerics/format.h"
#include "core/numerics/format_limits.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 3> kVariants{"ieee", "fn", "all"};
constexpr std::array<std::string_view, 2> kRules{"floor", "ceil"};

std::string realText(double value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

/// The same format with members that say nothing set to their defaults, so that equal meaning is
/// equality.
Format normalised(Format format) {
    if (auto* m = std::get_if<Minifloat>(&format)) {
        if (m->bias && *m->bias == defaultBias(m->exponentBits)) {
            m->bias.reset();
        }
    } else if (auto* b = std::get_if<BlockFloat>(&format)) {
        BlockShape block{.kind = b->block.kind};
        if (block.kind == BlockShape::Kind::Vector) {
            block.size = b->block.size;
        } else if (block.kind == BlockShape::Kind::Tile) {
            block.rows = b->block.rows;
            block.columns = b->block.columns;
        }
        b->block = block;
        if (b->rule == SharedExponentRule::Floor) {
            b->epsilon = 0;
        }
    }
    return format;
}

std::string blockText(const BlockShape& block) {
    switch (block.kind) {
        case BlockShape::Kind::Vector:
            return std::to_string(block.size);
        case BlockShape::Kind::Tile:
            return std::to_string(block.rows) + "x" + std::to_string(block.columns);
        case BlockShape::Kind::Slice:
            return "slice";
        case BlockShape::Kind::Tensor:
            break;
    }
    return "tensor";
}

std::string genericText(const Minifloat& m) {
    std::string text =
        "float<" + std::to_string(m.exponentBits) + "," + std::to_string(m.mantissaBits);
    if (m.bias) {
        text += ",bias=" + std::to_string(*m.bias);
    }
    if (m.variant != MinifloatVariant::Ieee) {
        text += ",variant=" + std::string(kVariants.at(static_cast<std::size_t>(m.variant)));
    }
    text += m.subnormals ? "" : ",subnormals=off";
    text += m.saturate ? "" : ",overflow=inf";
    return text + ">";
}

std::string genericText(const BlockFloat& b) {
    std::string text = "bfp<" + std::to_string(b.mantissaBits);
    if (b.exponentBits != BlockFloat{}.exponentBits) {
        text += ",exp=" + std::to_string(b.exponentBits);
    }
    text += b.signCounted ? "" : ",sign=out";
    text += ",block=" + blockText(b.block);
    text += b.rule == SharedExponentRule::Ceil ? ",rule=ceil" : "";
    if (b.epsilon != 0) {  // exactly: any other value must be said
        text += ",eps=" + realText(b.epsilon);
    }
    return text + ">";
}

template <typename Number>
bool readNumber(std::string_view text, Number& value) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size();
}

template <typename Enum, std::size_t N>
bool readChoice(std::string_view text, const std::array<std::string_view, N>& names, Enum& value) {
    const auto* const found = std::find(names.begin(), names.end(), text);
    value = static_cast<Enum>(found - names.begin());
    return found != names.end();
}

bool readSwitch(std::string_view text, std::string_view on, std::string_view off, bool& value) {
    value = text == on;
    return value || text == off;
}

bool readBlock(std::string_view text, BlockShape& block) {
    if (text == "slice" || text == "tensor") {
        block.kind = text == "slice" ? BlockShape::Kind::Slice : BlockShape::Kind::Tensor;
        return true;
    }
    if (const auto x = text.find('x'); x != std::string_view::npos) {
        block.kind = BlockShape::Kind::Tile;
        return readNumber(text.substr(0, x), block.rows) &&
               readNumber(text.substr(x + 1), block.columns);
    }
    block.kind = BlockShape::Kind::Vector;
    return readNumber(text, block.size);
}

/// A key of the generic spelling: how its value is read and what it may be.
struct Key {
    std::string_view name;
    std::string_view expected;
    bool (*read)(std::string_view value, Format& format);
};

Minifloat& minifloat(Format& format) {
    return std::get<Minifloat>(format);
}
BlockFloat& blockFloat(Format& format) {
    return std::get<BlockFloat>(format);
}

constexpr std::array<Key, 6> kMinifloatKeys{{
    {"exp", "an integer from 1 to 8",
     [](std::string_view v, Format& f) { return readNumber(v, minifloat(f).exponentBits); }},
    {"man", "an integer from 0 to 23",
     [](std::string_view v, Format& f) { return readNumber(v, minifloat(f).mantissaBits); }},
    {"bias", "an integer from -126 to 149",
     [](std::string_view v, Format& f) { return readNumber(v, minifloat(f).bias.emplace()); }},
    {"variant", "ieee, fn or all",
     [](std::string_view v, Format& f) { return readChoice(v, kVariants, minifloat(f).variant); }},
    {"subnormals", "on or off",
     [](std::string_view v, Format& f) {
         return readSwitch(v, "on", "off", minifloat(f).subnormals);
     }},
    {"overflow", "saturate or inf",
     [](std::string_view v, Format& f) {
         return readSwitch(v, "saturate", "inf", minifloat(f).saturate);
     }},
}};
constexpr std::size_t kMinifloatPositional = 2;

constexpr std::array<Key, 6> kBlockFloatKeys{{
    {"man", "an integer from 1 to 24",
     [](std::string_view v, Format& f) { return readNumber(v, blockFloat(f).mantissaBits); }},
    {"exp", "an integer from 2 to 10",
     [](std::string_view v, Format& f) { return readNumber(v, blockFloat(f).exponentBits); }},
    {"sign", "in or out",
     [](std::string_view v, Format& f) {
         return readSwitch(v, "in", "out", blockFloat(f).signCounted);
     }},
    {"block", "a size such as 16, a tile such as 24x24, slice or tensor",
     [](std::string_view v, Format& f) { return readBlock(v, blockFloat(f).block); }},
    {"rule", "floor or ceil",
     [](std::string_view v, Format& f) { return readChoice(v, kRules, blockFloat(f).rule); }},
    {"eps", "a number from 0 to 1",
     [](std::string_view v, Format& f) { return readNumber(v, blockFloat(f).epsilon); }},
}};
constexpr std::size_t kBlockFloatPositional = 1;

std::string lowered(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (std::isspace(static_cast<unsigned char>(c)) == 0) {
            result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return result;
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(comma + 1);
    }
}

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

std::string keyList(std::span<const Key> keys) {
    std::string list;
    for (const auto& key : keys) {
        list += (list.empty() ? "" : ", ") + std::string(key.name);
    }
    return list;
}

/// One argument: the key it sets, by position or by name, and its value.
struct Argument {
    std::size_t key = 0;
    std::string_view value;
};

Result<Argument> readArgument(std::string_view part, std::size_t position, std::size_t positional,
                              std::span<const Key> keys) {
    const auto equals = part.find('=');
    if (position < positional) {
        if (equals == std::string_view::npos) {
            return Argument{position, part};
        }
        return fail(ErrorCode::InvalidInput,
                    std::string(keys[position].name) + " is missing: argument " +
                        std::to_string(position + 1) + " must be " +
                        std::string(keys[position].expected) + ", not " + quoted(part));
    }
    const auto name = part.substr(0, equals);
    const auto options = keys.subspan(positional);
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&](const Key& key) { return key.name == name; });
    if (equals == std::string_view::npos || found == options.end()) {
        return fail(ErrorCode::InvalidInput,
                    "argument " + std::to_string(position + 1) + " is " + quoted(part) +
                        ", must be KEY=VALUE with a key of " + keyList(options));
    }
    return Argument{positional + static_cast<std::size_t>(found - options.begin()),
                    part.substr(equals + 1)};
}

Result<Format> readArguments(std::string_view arguments, Format format, std::size_t positional,
                             std::span<const Key> keys) {
    const auto parts = split(arguments);
    std::vector<bool> seen(keys.size());
    for (std::size_t i = 0; i < std::max(parts.size(), positional); ++i) {
        if (i >= parts.size()) {
            return fail(ErrorCode::InvalidInput, std::string(keys[i].name) +
                                                     " is missing, must be " +
                                                     std::string(keys[i].expected));
        }
        const auto argument = readArgument(parts[i], i, positional, keys);
        if (!argument) {
            return tl::unexpected(argument.error());
        }
        const Key& key = keys[argument->key];
        if (seen[argument->key]) {
            return fail(ErrorCode::InvalidInput, std::string(key.name) + " is given twice");
        }
        seen[argument->key] = true;
        if (!key.read(argument->value, format)) {
            return fail(ErrorCode::InvalidInput, std::string(key.name) + " is " +
                                                     quoted(argument->value) + ", must be " +
                                                     std::string(key.expected));
        }
    }
    if (const auto legal = validate(format); !legal) {
        return tl::unexpected(legal.error());
    }
    return normalised(format);
}

Result<Format> parseGeneric(std::string_view text) {
    const auto open = text.find('<');
    const auto id = text.substr(0, open);
    const bool isFloat = id == "float";
    if (open == std::string_view::npos || (!isFloat && id != "bfp")) {
        std::string names;
        for (const auto& named : namedFormats()) {
            names += std::string(named.name) + ", ";
        }
        return fail(ErrorCode::InvalidInput,
                    "unknown format, must be one of " + names + "float<...> or bfp<...>", {},
                    "for example fp8_e4m3, float<4,3,variant=fn> or bfp<8,block=16>");
    }
    const std::string hint =
        isFloat ? "for example float<4,3,variant=fn>; " : "for example bfp<8,block=16>; ";
    const auto& family = formatFamilies()[isFloat ? 1 : 2];
    const auto addHint = [&](Error error) {
        error.hint = hint + "in full " + std::string(family.grammar);
        return error;
    };
    if (text.back() != '>') {
        return tl::unexpected(addHint({ErrorCode::InvalidInput, "must end with \">\"", {}, {}}));
    }
    const auto arguments = text.substr(open + 1, text.size() - open - 2);
    return (isFloat
                ? readArguments(arguments, Minifloat{}, kMinifloatPositional, kMinifloatKeys)
                : readArguments(arguments, BlockFloat{}, kBlockFloatPositional, kBlockFloatKeys))
        .map_error(addHint);
}

}  // namespace

std::string formatText(const Format& format) {
    const Format canonical = normalised(format);
    for (const auto& named : namedFormats()) {
        if (named.format == canonical) {
            return std::string(named.name);
        }
    }
    if (const auto* m = std::get_if<Minifloat>(&canonical)) {
        return genericText(*m);
    }
    return genericText(std::get<BlockFloat>(canonical));
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
