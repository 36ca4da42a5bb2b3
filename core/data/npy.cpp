// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace mantissa::data {
namespace {

static_assert(std::endian::native == std::endian::little, "npyHeader() says '<f4' of our floats");

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMaxHeader = std::size_t{1} << 16;
constexpr std::int64_t kMaxElements = std::numeric_limits<std::int64_t>::max() / 8;
constexpr std::string_view kConvertHint =
    "convert it first: numpy.save(file, array.astype(numpy.float32))";

struct Header {
    std::string elementType;
    bool fortranOrder = false;
    Shape shape;
};

/// Reads the header's Python dictionary, of which only three keys and four kinds of value exist.
class HeaderParser {
public:
    explicit HeaderParser(std::string_view text) : m_rest(text) {}

    std::optional<Header> parse() {
        Header header;
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

/// The text of the header; leaves the stream at the first value.
Result<std::string> readHeaderText(std::istream& stream, std::string_view where) {
    std::array<char, 8> start{};
    stream.read(start.data(), start.size());
    if (!stream || std::string_view(start.data(), kMagic.size()) != kMagic) {
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
    stream.read(lengthBytes.data(), major == 1 ? 2 : 4);
    std::size_t length = 0;
    for (std::size_t i = lengthBytes.size(); i-- > 0;) {
        length = length << 8U | static_cast<unsigned char>(lengthBytes[i]);
    }
    if (!stream || length > kMaxHeader) {
        return corrupt("has a header of " + std::to_string(length) + " bytes (allowed: up to " +
                           std::to_string(kMaxHeader) + ")",
                       where);
    }
    std::string text(length, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(length));
    if (!stream) {
        return corrupt("ends inside its header", where);
    }
    return text;
}

Result<std::int64_t> remainingBytes(std::istream& stream, std::string_view where) {
    const auto here = stream.tellg();
    stream.seekg(0, std::ios::end);
    const auto end = stream.tellg();
    stream.seekg(here);
    if (!stream || here < 0 || end < here) {
        return fail(ErrorCode::Io, "cannot be read at will", std::string(where),
                    "give a regular file, not a pipe");
    }
    return static_cast<std::int64_t>(end - here);
}

/// Fortran order (the first axis runs fastest) to C order.
std::vector<float> toCOrder(const std::vector<float>& fortran, const Shape& shape) {
    std::vector<std::size_t> strides(shape.size(), 1);
    for (std::size_t axis = 1; axis < shape.size(); ++axis) {
        strides[axis] = strides[axis - 1] * static_cast<std::size_t>(shape[axis - 1]);
    }
    std::vector<float> values(fortran.size());
    std::vector<std::int64_t> index(shape.size(), 0);
    std::size_t source = 0;
    for (auto& value : values) {
        value = fortran[source];
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            source += strides[axis];
            if (++index[axis] < shape[axis]) {
                break;
            }
            source -= strides[axis] * static_cast<std::size_t>(shape[axis]);
            index[axis] = 0;
        }
    }
    return values;
}

/// Bytes an element of '<f2' to '>f8'; 0 for any other type.
int elementBytes(std::string_view type) {
    const bool known = type.size() == 3 && (type[0] == '<' || type[0] == '>') && type[1] == 'f' &&
                       (type[2] == '2' || type[2] == '4' || type[2] == '8');
    return known ? type[2] - '0' : 0;
}

float fromHalf(std::uint16_t bits) {
    const int field = bits >> 10U & 0x1FU;
    const int fraction = bits & 0x3FFU;
    float magnitude = 0;
    if (field == 0x1F) {
        magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                                  : std::numeric_limits<float>::quiet_NaN();
    } else {
        magnitude = std::ldexp(static_cast<float>(field == 0 ? fraction : fraction + 0x400),
                               (field == 0 ? 1 : field) - 25);
    }
    return std::copysign(magnitude, (bits & 0x8000U) != 0 ? -1.0F : 1.0F);
}

/// To nearest even; what is too large becomes Inf.
float fromDouble(double value, NpyArray& array) {
    const auto result = static_cast<float>(value);
    array.rounded += static_cast<double>(result) != value && !std::isnan(value) ? 1 : 0;
    array.overflowed += std::isinf(result) && std::isfinite(value) ? 1 : 0;
    return result;
}

/// The unsigned integer that `sizeof(Word)` bytes say in the file's order.
template <typename Word>
Word wordAt(const char* bytes, bool bigEndian) {
    Word word = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[bigEndian ? i : sizeof(Word) - 1 - i]);
        word = static_cast<Word>(static_cast<std::uint64_t>(word) << 8U | byte);
    }
    return word;
}

/// Bytes of the array's element type to its values.
void decode(const std::vector<char>& bytes, NpyArray& array) {
    const bool big = array.elementType[0] == '>';
    const auto width = static_cast<std::size_t>(elementBytes(array.elementType));
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        const char* const at = &bytes[i * width];
        array.values[i] =
            width == 2   ? fromHalf(wordAt<std::uint16_t>(at, big))
            : width == 4 ? std::bit_cast<float>(wordAt<std::uint32_t>(at, big))
                         : fromDouble(std::bit_cast<double>(wordAt<std::uint64_t>(at, big)), array);
    }
}

Result<std::int64_t> checkHeader(const Header& header, std::string_view where) {
    if (elementBytes(header.elementType) == 0) {
        return fail(ErrorCode::Unsupported,
                    "holds elements of " + header.elementType +
                        " (allowed: float32, float64 and float16, '<f4', '<f8', '<f2', or '>' "
                        "for big-endian)",
                    std::string(where), std::string(kConvertHint));
    }
    if (header.shape.size() > kNpyMaxRank) {
        return fail(ErrorCode::Unsupported,
                    "has " + std::to_string(header.shape.size()) + " axes (allowed: 0 to " +
                        std::to_string(kNpyMaxRank) + ")",
                    std::string(where));
    }
    const auto count = boundedCount(header.shape);
    if (!count) {
        return corrupt("has a shape of more elements than can be addressed", where);
    }
    return *count;
}

}  // namespace

Result<NpyArray> readNpy(std::istream& stream, std::string_view sourceName) {
    const auto text = readHeaderText(stream, sourceName);
    if (!text) {
        return tl::unexpected(text.error());
    }
    auto header = HeaderParser(*text).parse();
    if (!header) {
        return corrupt("has a header that is not NumPy's (descr, fortran_order, shape)",
                       sourceName);
    }
    const auto count = checkHeader(*header, sourceName);
    if (!count) {
        return tl::unexpected(count.error());
    }
    const auto available = remainingBytes(stream, sourceName);
    if (!available) {
        return tl::unexpected(available.error());
    }
    const std::int64_t needed = *count * elementBytes(header->elementType);
    if (*available != needed) {
        return corrupt(
            std::string(*available < needed ? "is truncated" : "goes on after the array") +
                ": its shape " + shapeText(header->shape) + " needs " + std::to_string(needed) +
                " bytes, there are " + std::to_string(*available),
            sourceName);
    }
    NpyArray array{std::move(header->shape), std::vector<float>(static_cast<std::size_t>(*count)),
                   header->elementType};
    const bool asTheyAre = array.elementType == "<f4";
    std::vector<char> bytes(asTheyAre ? 0 : static_cast<std::size_t>(needed));
    // A char pointer may look at any object.
    stream.read(asTheyAre ? reinterpret_cast<char*>(array.values.data()) : bytes.data(), needed);
    if (!stream) {
        return fail(ErrorCode::Io, "could not be read to its end", std::string(sourceName));
    }
    if (!asTheyAre) {
        decode(bytes, array);
    }
    if (header->fortranOrder && array.shape.size() > 1) {
        array.values = toCOrder(array.values, array.shape);
    }
    return array;
}

Result<NpyArray> readNpy(const std::filesystem::path& file) {
    std::error_code problem;
    const auto status = std::filesystem::status(file, problem);
    if (!std::filesystem::exists(status)) {
        return fail(ErrorCode::NotFound, "there is no such file", file.string());
    }
    if (std::filesystem::is_directory(status)) {
        return fail(ErrorCode::InvalidInput, "is a folder, not an .npy file", file.string());
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(ErrorCode::Io, "cannot be opened for reading", file.string());
    }
    return readNpy(stream, file.string());
}

std::string npyHeader(const Shape& shape) {
    std::string extents;
    for (const auto extent : shape) {
        extents += (extents.empty() ? "" : " ") + std::to_string(extent) + ",";
    }
    if (shape.size() > 1) {
        extents.pop_back();  // Python writes (3, 4) but (3,)
    }
    std::string dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + extents + "), }";
    constexpr std::size_t kPrefix = 10;  // magic, version, length
    const std::size_t unpadded = kPrefix + dictionary.size() + 1;
    dictionary.append((64 - unpadded % 64) % 64, ' ');
    dictionary += '\n';
    std::string header(kMagic);
    header += '\x01';
    header += '\0';
    header += static_cast<char>(dictionary.size() & 0xFFU);
    header += static_cast<char>(dictionary.size() >> 8U);
    return header + dictionary;
}

}  // namespace mantissa::data
