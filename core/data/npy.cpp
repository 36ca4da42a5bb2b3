// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

#include "core/data/npy_header.h"

namespace mantissa::data {
namespace {

static_assert(std::endian::native == std::endian::little, "npyHeader() says '<f4' of our floats");

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::string_view kConvertHint =
    "convert it first: numpy.save(file, array.astype(numpy.float32))";

tl::unexpected<Error> corrupt(std::string message, std::string_view where) {
    return fail(ErrorCode::Corrupt, std::move(message), std::string(where),
                "write it with numpy.save");
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

/// Bytes an element of '<f2' to '>f8'; 0 for any other type.
int elementBytes(std::string_view type) {
    const bool known = type.size() == 3 && (type[0] == '<' || type[0] == '>') && type[1] == 'f' &&
                       (type[2] == '2' || type[2] == '4' || type[2] == '8');
    return known ? type[2] - '0' : 0;
}

float fromHalf(std::uint16_t bits) {
    const auto field = static_cast<int>(bits >> 10U & 0x1FU);
    const auto fraction = static_cast<int>(bits & 0x3FFU);
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

Result<void> checkType(const std::string& type, std::string_view where) {
    if (elementBytes(type) == 0) {
        return fail(ErrorCode::Unsupported,
                    "holds elements of " + type +
                        " (allowed: float32, float64 and float16, '<f4', '<f8', '<f2', or '>' "
                        "for big-endian)",
                    std::string(where), std::string(kConvertHint));
    }
    return {};
}

}  // namespace

Result<NpyArray> readNpy(std::istream& stream, std::string_view sourceName) {
    auto header = readNpyHeader(
        [&stream](std::span<char> out) {
            stream.read(out.data(), static_cast<std::streamsize>(out.size()));
            return static_cast<bool>(stream);
        },
        sourceName);
    if (!header) {
        return tl::unexpected(header.error());
    }
    if (auto known = checkType(header->elementType, sourceName); !known) {
        return tl::unexpected(known.error());
    }
    const std::int64_t count = header->count;
    const auto available = remainingBytes(stream, sourceName);
    if (!available) {
        return tl::unexpected(available.error());
    }
    const std::int64_t needed = count * elementBytes(header->elementType);
    if (*available != needed) {
        return corrupt(
            std::string(*available < needed ? "is truncated" : "goes on after the array") +
                ": its shape " + shapeText(header->shape) + " needs " + std::to_string(needed) +
                " bytes, there are " + std::to_string(*available),
            sourceName);
    }
    NpyArray array{std::move(header->shape), std::vector<float>(static_cast<std::size_t>(count)),
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
