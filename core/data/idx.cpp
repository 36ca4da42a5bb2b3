// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/idx.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mantissa::data {
namespace {

/// What elements may be, as the third byte of the magic number says.
struct ElementType {
    std::uint8_t code;
    int bytes;
    bool isSigned;
    std::string_view name;
};
constexpr std::array<ElementType, 1> kPixelTypes{{{0x08, 1, false, "unsigned bytes"}}};
constexpr std::array<ElementType, 4> kLabelTypes{{{0x08, 1, false, "unsigned bytes"},
                                                  {0x09, 1, true, "signed bytes"},
                                                  {0x0B, 2, true, "16-bit integers"},
                                                  {0x0C, 4, true, "32-bit integers"}}};
// No data set of this program comes near; a larger extent or product means a damaged header.
constexpr std::int64_t kLargestArray = std::int64_t{1} << 32;

tl::unexpected<Error> truncated(std::size_t expected, std::size_t got, const ByteStream& stream) {
    return fail(
        ErrorCode::Corrupt,
        "is truncated: expected " + std::to_string(expected) + " bytes, got " + std::to_string(got),
        stream.where(), std::string(kDamagedHint));
}

std::string hexBytes(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (const auto byte : bytes) {
        std::array<char, 4> buffer{};
        (void)std::snprintf(buffer.data(), buffer.size(), "%02x", static_cast<unsigned>(byte));
        text += (text.empty() ? "" : " ") + std::string(buffer.data());
    }
    return text;
}

/// "00 00 08 03 (IDX, unsigned bytes, 3 dimensions)".
std::string magicText(const ElementType& type, int rank) {
    const std::array<std::uint8_t, 4> magic{0, 0, type.code, static_cast<std::uint8_t>(rank)};
    return hexBytes(magic) + " (IDX, " + std::string(type.name) + ", " + std::to_string(rank) +
           (rank == 1 ? " dimension)" : " dimensions)");
}

struct IdxHeader {
    Shape shape;
    ElementType type;
    std::size_t bytes() const { return 4 + 4 * shape.size(); }
};

Result<IdxHeader> readHeader(ByteStream& stream, int rank, std::span<const ElementType> types) {
    std::vector<std::uint8_t> header(4 + 4 * static_cast<std::size_t>(rank));
    const auto got = readInto(stream, header);
    if (!got) {
        return tl::unexpected(got.error());
    }
    const std::span<const std::uint8_t> start(header.data(), std::min<std::size_t>(*got, 4));
    const auto type = std::find_if(types.begin(), types.end(), [&](const ElementType& each) {
        const std::array<std::uint8_t, 4> magic{0, 0, each.code, static_cast<std::uint8_t>(rank)};
        return std::equal(start.begin(), start.end(), magic.begin());
    });
    if (type == types.end()) {
        std::string allowed;
        for (const auto& each : types) {
            allowed += (allowed.empty() ? "" : " or ") + magicText(each, rank);
        }
        return fail(ErrorCode::Corrupt,
                    "starts with " + hexBytes(start) + ", must start with " + allowed,
                    stream.where());
    }
    if (*got < header.size()) {
        return truncated(header.size(), *got, stream);
    }
    IdxHeader read{{}, *type};
    std::int64_t count = 1;
    for (std::size_t at = 4; at < header.size(); at += 4) {
        std::uint32_t extent = 0;
        for (std::size_t byte = 0; byte < 4; ++byte) {
            extent = (extent << 8U) | header[at + byte];
        }
        read.shape.push_back(extent);
        if (extent == 0 || count > kLargestArray / static_cast<std::int64_t>(extent)) {
            return fail(ErrorCode::Corrupt,
                        "dimension " + std::to_string(read.shape.size()) +
                            " of the header is impossible: " + std::to_string(extent),
                        stream.where(), std::string(kDamagedHint));
        }
        count *= extent;
    }
    return read;
}

/// All bytes behind the header.
Result<std::vector<std::uint8_t>> readBytes(ByteStream& stream, const IdxHeader& header,
                                            const JobContext& context) {
    const std::size_t count = static_cast<std::size_t>(elementCount(header.shape)) *
                              static_cast<std::size_t>(header.type.bytes);
    auto values = readUpTo(stream, count, context);
    if (!values) {
        return values;
    }
    if (values->size() < count) {
        return truncated(header.bytes() + count, header.bytes() + values->size(), stream);
    }
    // Asking for one byte more also makes a compressed stream check its check sum.
    std::array<std::uint8_t, 1> extra{};
    const auto got = stream.read(extra);
    if (!got) {
        return tl::unexpected(got.error());
    }
    if (*got != 0) {
        return fail(ErrorCode::Corrupt,
                    "is longer than its header says: expected " +
                        std::to_string(header.bytes() + count) + " bytes, got more",
                    stream.where(), std::string(kDamagedHint));
    }
    return values;
}

/// A big-endian integer.
std::int64_t integerAt(const std::uint8_t* at, const ElementType& type) {
    std::uint64_t word = 0;
    for (int i = 0; i < type.bytes; ++i) {
        word = word << 8U | at[i];
    }
    const auto unused = static_cast<unsigned>(64 - 8 * type.bytes);
    return type.isSigned ? static_cast<std::int64_t>(word << unused) >> unused
                         : static_cast<std::int64_t>(word);
}

}  // namespace

Result<IdxArray> readIdx(ByteStream& stream, int rank, const JobContext& context) {
    auto header = readHeader(stream, rank, kPixelTypes);
    if (!header) {
        return tl::unexpected(header.error());
    }
    return readBytes(stream, *header, context).map([&](std::vector<std::uint8_t>&& values) {
        return IdxArray{std::move(header->shape), std::move(values)};
    });
}

Result<std::vector<Label>> readIdxLabels(ByteStream& stream, const JobContext& context) {
    const auto header = readHeader(stream, 1, kLabelTypes);
    if (!header) {
        return tl::unexpected(header.error());
    }
    const auto bytes = readBytes(stream, *header, context);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    std::vector<Label> labels(static_cast<std::size_t>(header->shape[0]));
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto label =
            integerAt(&(*bytes)[i * static_cast<std::size_t>(header->type.bytes)], header->type);
        if (label < 0 || label >= static_cast<std::int64_t>(kMostClasses)) {
            return fail(ErrorCode::InvalidInput,
                        "label " + std::to_string(i) + " is " + std::to_string(label) +
                            ", must be from 0 to " + std::to_string(kMostClasses - 1),
                        stream.where(), "labels count the classes from 0");
        }
        labels[i] = static_cast<Label>(label);
    }
    return labels;
}

Result<IdxArray> readIdx(const std::filesystem::path& file, int rank, const JobContext& context) {
    auto stream = openFile(file).map(withoutGzip);
    if (!stream) {
        return tl::unexpected(stream.error());
    }
    return readIdx(**stream, rank, context);
}

}  // namespace mantissa::data
