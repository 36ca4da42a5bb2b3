// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy_header.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "core/data/npy.h"

namespace mantissa::data {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMaxHeader = std::size_t{1} << 16;
constexpr std::int64_t kMaxElements = std::numeric_limits<std::int64_t>::max() / 8;

/// Reads the header's Python dictionary, of which only three keys and four kinds of value exist.
class HeaderParser {
public:
    explicit HeaderParser(std::string_view text) : m_rest(text) {}

    std::optional<NpyHeader> parse() {
        NpyHeader header;
        bool hasType = false;
        bool hasOrder = false;
        bool hasShape = false;
        if (!take('{')) {
            return std::nullopt;
        }
        while (!take('}')) {
            const auto key = string();
            if (!key || !take(':')) {
                return std::nullopt;
            }
            bool good = false;
            if (*key == "descr" && !std::exchange(hasType, true)) {
                good = elementType(header.elementType);
            } else if (*key == "fortran_order" && !std::exchange(hasOrder, true)) {
                good = boolean(header.fortranOrder);
            } else if (*key == "shape" && !std::exchange(hasShape, true)) {
                good = tuple(header.shape);
            }
            if (!good || (!take(',') && peek() != '}')) {
                return std::nullopt;
            }
        }
        skipSpace();
        if (!m_rest.empty() || !hasType || !hasOrder || !hasShape) {
            return std::nullopt;
        }
        return header;
    }

private:
    void skipSpace() {
        const auto start = m_rest.find_first_not_of(" \t\r\n");
        m_rest.remove_prefix(start == std::string_view::npos ? m_rest.size() : start);
    }
    char peek() {
        skipSpace();
        return m_rest.empty() ? '\0' : m_rest.front();
    }
    bool take(char expected) {
        if (peek() != expected || m_rest.empty()) {
            return false;
        }
        m_rest.remove_prefix(1);
        return true;
    }
    bool takeWord(std::string_view word) {
        skipSpace();
        if (m_rest.substr(0, word.size()) != word) {
            return false;
        }
        m_rest.remove_prefix(word.size());
        return true;
    }
    std::optional<std::string> string() {
        const char quote = peek();
        if (quote != '\'' && quote != '"') {
            return std::nullopt;
        }
        const auto end = m_rest.find(quote, 1);
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        std::string text(m_rest.substr(1, end - 1));
        m_rest.remove_prefix(end + 1);
        return text;
    }
    /// A plain type, or the list of a structured one, which is kept whole for the message.
    bool elementType(std::string& type) {
        if (peek() == '[') {
            const auto end = m_rest.rfind(']');
            if (end == std::string_view::npos) {
                return false;
            }
            type = "a structured type";
            m_rest.remove_prefix(end + 1);
            return true;
        }
        auto text = string();
        if (!text) {
            return false;
        }
        type = *std::move(text);
        return true;
    }
    bool boolean(bool& value) {
        value = takeWord("True");
        return value || takeWord("False");
    }
    bool tuple(Shape& shape) {
        if (!take('(')) {
            return false;
        }
        while (!take(')')) {
            skipSpace();
            std::int64_t extent = 0;
            const char* const begin = m_rest.data();
            const auto [end, problem] = std::from_chars(begin, begin + m_rest.size(), extent);
            if (problem != std::errc{} || extent < 0) {
                return false;
            }
            m_rest.remove_prefix(static_cast<std::size_t>(end - begin));
            takeWord("L");  // Python 2 wrote long integers so
            shape.push_back(extent);
            if (!take(',') && peek() != ')') {
                return false;
            }
        }
        return true;
    }

    std::string_view m_rest;
};

/// The number of elements, or nothing where it does not fit. Extents after a zero count too, so
/// that elementCount() of the shape cannot overflow.
std::optional<std::int64_t> boundedCount(const Shape& shape) {
    std::int64_t nonZero = 1;
    bool empty = false;
    for (const auto extent : shape) {
        if (extent == 0) {
            empty = true;
        } else if (nonZero > kMaxElements / extent) {
            return std::nullopt;
        } else {
            nonZero *= extent;
        }
    }
    return empty ? 0 : nonZero;
}

tl::unexpected<Error> corrupt(std::string message, std::string_view where) {
    return fail(ErrorCode::Corrupt, std::move(message), std::string(where),
                "write it with numpy.save");
}

Result<std::string> readHeaderText(const ReadExactly& read, std::string_view where) {
    std::array<char, 8> start{};
    if (!read(start) || std::string_view(start.data(), kMagic.size()) != kMagic) {
        return corrupt("is not an .npy file: it does not begin with \\x93NUMPY", where);
    }
    const auto major = static_cast<unsigned char>(start[6]);
    if (major < 1 || major > 3 || start[7] != 0) {
        return fail(ErrorCode::Unsupported,
                    "has .npy version " + std::to_string(major) + "." +
                        std::to_string(static_cast<unsigned char>(start[7])) +
                        " (allowed: 1.0, 2.0, 3.0)",
                    std::string(where), "write it with numpy.save");
    }
    std::array<char, 4> lengthBytes{};
    const bool whole = read(std::span(lengthBytes).first(major == 1 ? 2 : 4));
    const auto length = wordAt<std::uint32_t>(lengthBytes.data(), false);
    if (!whole || length > kMaxHeader) {
        return corrupt("has a header of " + std::to_string(length) + " bytes (allowed: up to " +
                           std::to_string(kMaxHeader) + ")",
                       where);
    }
    std::string text(length, '\0');
    if (!read(text)) {
        return corrupt("ends inside its header", where);
    }
    return text;
}

}  // namespace

Result<NpyHeader> readNpyHeader(const ReadExactly& read, std::string_view where) {
    const auto text = readHeaderText(read, where);
    if (!text) {
        return tl::unexpected(text.error());
    }
    auto header = HeaderParser(*text).parse();
    if (!header) {
        return corrupt("has a header that is not NumPy's (descr, fortran_order, shape)", where);
    }
    if (header->shape.size() > kNpyMaxRank) {
        return fail(ErrorCode::Unsupported,
                    "has " + std::to_string(header->shape.size()) + " axes (allowed: 0 to " +
                        std::to_string(kNpyMaxRank) + ")",
                    std::string(where));
    }
    const auto count = boundedCount(header->shape);
    if (!count) {
        return corrupt("has a shape of more elements than can be addressed", where);
    }
    header->count = *count;
    return *std::move(header);
}

}  // namespace mantissa::data
