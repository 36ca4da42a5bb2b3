// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy_integers.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include "core/data/npy_header.h"

namespace mantissa::data {
namespace {

constexpr std::int64_t kLargestArray = std::int64_t{1} << 32;

/// Bytes an element of "|b1", "|u1" to ">i8"; 0 for any other type.
int integerBytes(std::string_view type) {
    if (type.size() != 3 || std::string_view("<>|").find(type[0]) == std::string_view::npos) {
        return 0;
    }
    const int bytes = type[2] - '0';
    if (type[1] == 'b') {
        return bytes == 1 ? 1 : 0;
    }
    const bool known = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    return known && (type[1] == 'u' || type[1] == 'i') ? bytes : 0;
}

std::int64_t integerAt(const std::uint8_t* at, int width, bool isSigned, bool bigEndian) {
    std::uint64_t word = 0;
    for (int i = 0; i < width; ++i) {
        word = word << 8U | at[bigEndian ? i : width - 1 - i];
    }
    const auto unused = static_cast<unsigned>(64 - 8 * width);
    return isSigned ? static_cast<std::int64_t>(word << unused) >> unused
                    : static_cast<std::int64_t>(word);
}

/// What to do about an array that holds no integers, and about a number that is no pixel, or no
/// label.
struct Remedies {
    std::string_view type, number;
};
template <typename Value>
constexpr Remedies kRemedies{"labels become integers with y.astype('int64')",
                             "labels count the classes from 0"};
template <>
constexpr Remedies kRemedies<Pixel>{
    "pixels from 0 to 1 become integers with (x * 255).round().astype('uint8')",
    "scale pictures to 0..255 and store them as uint8"};

template <typename Value>
Result<NpyHeader> readIntegerHeader(ByteStream& stream) {
    auto failure = Result<void>();
    auto header = readNpyHeader(
        [&](std::span<char> out) {
            // A char pointer may look at any object, and bytes are what both mean.
            const auto got = stream.read({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
            if (!got) {
                failure = tl::unexpected(got.error());
            }
            return got && *got == out.size();
        },
        stream.where());
    if (!failure) {
        return tl::unexpected(failure.error());
    }
    if (!header) {
        return header;
    }
    if (integerBytes(header->elementType) == 0) {
        return fail(ErrorCode::Unsupported,
                    "holds elements of " + header->elementType +
                        " (allowed: integers of 8 to 64 bits and booleans)",
                    stream.where(), std::string(kRemedies<Value>.type));
    }
    if (header->count > kLargestArray) {
        return fail(ErrorCode::Unsupported,
                    "has " + std::to_string(header->count) + " elements (allowed: up to " +
                        std::to_string(kLargestArray) + ")",
                    stream.where());
    }
    return header;
}

/// The integers as they come, or narrower.
template <typename Value>
Result<std::vector<Value>> valuesOf(std::vector<std::uint8_t> bytes, const NpyHeader& header,
                                    const std::string& where) {
    const int width = integerBytes(header.elementType);
    const bool isSigned = header.elementType[1] == 'i';
    if constexpr (sizeof(Value) == 1) {
        if (width == 1 && !isSigned) {
            return bytes;
        }
    }
    constexpr std::int64_t kMost = std::numeric_limits<Value>::max();
    const bool bigEndian = header.elementType[0] == '>';
    std::vector<Value> values(static_cast<std::size_t>(header.count));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto value =
            integerAt(&bytes[i * static_cast<std::size_t>(width)], width, isSigned, bigEndian);
        if (value < 0 || value > kMost) {
            return fail(ErrorCode::InvalidInput,
                        "element " + std::to_string(i) + " is " + std::to_string(value) +
                            ", must be from 0 to " + std::to_string(kMost),
                        where, std::string(kRemedies<Value>.number));
        }
        values[i] = static_cast<Value>(value);
    }
    return values;
}

}  // namespace

template <typename Value>
Result<NpyIntegers<Value>> readNpyIntegers(ByteStream& stream, const JobContext& context) {
    auto header = readIntegerHeader<Value>(stream);
    if (!header) {
        return tl::unexpected(header.error());
    }
    const auto needed = static_cast<std::size_t>(header->count * integerBytes(header->elementType));
    auto bytes = readUpTo(stream, needed, context);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    std::array<std::uint8_t, 1> extra{};
    const auto beyond = stream.read(extra);
    if (!beyond) {
        return tl::unexpected(beyond.error());
    }
    if (bytes->size() != needed || *beyond != 0) {
        return fail(ErrorCode::Corrupt,
                    std::string(*beyond == 0 ? "is truncated" : "goes on after the array") +
                        ": its shape " + shapeText(header->shape) + " needs " +
                        std::to_string(needed) + " bytes, there are " +
                        (*beyond == 0 ? std::to_string(bytes->size()) : std::string("more")),
                    stream.where(), "write it with numpy.save or numpy.savez");
    }
    auto values = valuesOf<Value>(*std::move(bytes), *header, stream.where());
    if (!values) {
        return tl::unexpected(values.error());
    }
    if (header->fortranOrder && header->shape.size() > 1) {
        values = toCOrder(*values, header->shape);
    }
    return NpyIntegers<Value>{std::move(header->shape), std::move(*values)};
}

template Result<NpyIntegers<Pixel>> readNpyIntegers(ByteStream&, const JobContext&);
template Result<NpyIntegers<Label>> readNpyIntegers(ByteStream&, const JobContext&);

}  // namespace mantissa::data
