// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/idx.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <utility>

namespace mantissa::data {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;  // the third byte of the magic number
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

Result<Shape> readHeader(ByteStream& stream, int rank) {
    std::vector<std::uint8_t> header(4 + 4 * static_cast<std::size_t>(rank));
    const auto got = readInto(stream, header);
    if (!got) {
        return tl::unexpected(got.error());
    }
    const std::array<std::uint8_t, 4> magic{0, 0, kUnsignedByte, static_cast<std::uint8_t>(rank)};
    const std::span<const std::uint8_t> start(header.data(), std::min<std::size_t>(*got, 4));
    if (!std::equal(start.begin(), start.end(), magic.begin())) {
        return fail(ErrorCode::Corrupt,
                    "starts with " + hexBytes(start) + ", must start with " + hexBytes(magic) +
                        " (IDX, unsigned bytes, " + std::to_string(rank) + " dimensions)",
                    stream.where());
    }
    if (*got < header.size()) {
        return truncated(header.size(), *got, stream);
    }
    Shape shape;
    std::int64_t count = 1;
    for (std::size_t at = 4; at < header.size(); at += 4) {
        std::uint32_t extent = 0;
        for (std::size_t byte = 0; byte < 4; ++byte) {
            extent = (extent << 8U) | header[at + byte];
        }
        shape.push_back(extent);
        if (extent == 0 || count > kLargestArray / static_cast<std::int64_t>(extent)) {
            return fail(ErrorCode::Corrupt,
                        "dimension " + std::to_string(shape.size()) +
                            " of the header is impossible: " + std::to_string(extent),
                        stream.where(), std::string(kDamagedHint));
        }
        count *= extent;
    }
    return shape;
}

}  // namespace

Result<IdxArray> readIdx(ByteStream& stream, int rank, const JobContext& context) {
    auto shape = readHeader(stream, rank);
    if (!shape) {
        return tl::unexpected(shape.error());
    }
    const std::size_t headerBytes = 4 + 4 * shape->size();
    const auto count = static_cast<std::size_t>(elementCount(*shape));
    auto values = readUpTo(stream, count, context);
    if (!values) {
        return tl::unexpected(values.error());
    }
    if (values->size() < count) {
        return truncated(headerBytes + count, headerBytes + values->size(), stream);
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
                        std::to_string(headerBytes + count) + " bytes, got more",
                    stream.where(), std::string(kDamagedHint));
    }
    return IdxArray{std::move(*shape), std::move(*values)};
}

Result<IdxArray> readIdx(const std::filesystem::path& file, int rank, const JobContext& context) {
    auto stream = openFile(file).map(withoutGzip);
    if (!stream) {
        return tl::unexpected(stream.error());
    }
    return readIdx(**stream, rank, context);
}

}  // namespace mantissa::data
