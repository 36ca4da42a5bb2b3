// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/json_source.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace mantissa::design {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;

/// Thrown out of the parser's callback and caught below; it never leaves this file.
struct Refused {
    std::string message;
};

/// Watches the parser: the JSON library alone would keep the last of two equal keys and nest
/// without limit.
class Guard {
public:
    bool operator()(int depth, json::parse_event_t event, const json& parsed) {
        if (depth > kDeepest) {
            throw Refused{"values are nested more than " + std::to_string(kDeepest) + " deep"};
        }
        if (event == json::parse_event_t::object_start) {
            m_keys.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            m_keys.pop_back();
        } else if (event == json::parse_event_t::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!m_keys.back().insert(key).second) {
                throw Refused{"the key \"" + key + "\" appears twice in one object"};
            }
        }
        return true;
    }

private:
    std::vector<std::set<std::string>> m_keys;
};

std::string lineAndColumn(std::string_view text, std::size_t byte) {
    const auto before = text.substr(0, byte == 0 ? 0 : std::min(byte - 1, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto lineStart = before.rfind('\n');
    const auto column =
        before.size() - (lineStart == std::string_view::npos ? 0 : lineStart + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// The library's sentence without its "[json.exception...] parse error at line ..., column ...: ".
std::string parserSentence(std::string_view what) {
    const auto column = what.find("column ");
    const auto colon = what.find(": ", column == std::string_view::npos ? 0 : column);
    return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

}  // namespace

Result<json> parseJson(std::string_view text) {
    if (text.size() > kLargestJson) {
        return fail(
            ErrorCode::InvalidInput,
            "the text has more bytes than a design can have, " + std::to_string(kLargestJson), {},
            "is this a design file?");
    }
    try {
        Guard guard;
        return json::parse(text, [&guard](int depth, json::parse_event_t event, json& parsed) {
            return guard(depth, event, parsed);
        });
    } catch (const Refused& refused) {
        return fail(ErrorCode::InvalidInput, refused.message);
    } catch (const json::parse_error& error) {
        return fail(ErrorCode::InvalidInput, "not JSON: " + parserSentence(error.what()),
                    lineAndColumn(text, error.byte));
    } catch (const json::exception& error) {
        return fail(ErrorCode::InvalidInput, "not JSON: " + parserSentence(error.what()));
    }
}

}  // namespace mantissa::design
