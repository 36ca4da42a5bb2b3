// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/idx.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <zlib.h>

namespace mantissa::data {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;  // the third byte of the magic number
constexpr std::size_t kFirstChunk = 1U << 20;
constexpr std::size_t kLargestRead = 1U << 20;  // between two looks at the stop request
// No data set of this program comes near; a larger extent or product means a damaged header.
constexpr std::int64_t kLargestArray = std::int64_t{1} << 32;
constexpr std::string_view kDamaged = "the file is damaged; fetch it again";

struct CloseGzip {
    void operator()(gzFile_s* file) const { gzclose(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, CloseGzip>;

Result<GzipFile> openRegular(const std::filesystem::path& file) {
    std::error_code code;
    const auto status = std::filesystem::status(file, code);
    if (!std::filesystem::exists(status)) {
        return fail(ErrorCode::NotFound, "there is no such file", file.string());
    }
    if (!std::filesystem::is_regular_file(status)) {
        return fail(ErrorCode::Io, "is not a regular file", file.string());
    }
    errno = 0;
    GzipFile handle(gzopen(file.c_str(), "rb"));
    if (!handle) {
        return fail(ErrorCode::Io, "cannot be opened: " + std::generic_category().message(errno),
                    file.string());
    }
    gzbuffer(handle.get(), 1U << 17);
    return handle;
}

/// Fills `out` as far as the file goes; returns the bytes got.
Result<std::size_t> readSome(gzFile_s* handle, std::span<std::uint8_t> out,
                             const std::filesystem::path& file, const JobContext& context = {}) {
    std::size_t done = 0;
    while (done < out.size()) {
        if (context.cancelled()) {
            return fail(ErrorCode::Cancelled, "reading was stopped", file.string());
        }
        const auto wanted = static_cast<unsigned>(std::min(out.size() - done, kLargestRead));
        const int got = gzread(handle, out.data() + done, wanted);
        int code = Z_OK;
        const char* text = gzerror(handle, &code);
        if (got < 0 || (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)) {
            const std::string why =
                code == Z_ERRNO ? std::generic_category().message(errno) : std::string(text);
            return fail(code == Z_ERRNO ? ErrorCode::Io : ErrorCode::Corrupt,
                        "cannot be decompressed: " + why, file.string(), std::string(kDamaged));
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

tl::unexpected<Error> truncated(std::size_t expected, std::size_t got,
                                const std::filesystem::path& file) {
    return fail(
        ErrorCode::Corrupt,
        "is truncated: expected " + std::to_string(expected) + " bytes, got " + std::to_string(got),
        file.string(), std::string(kDamaged));
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

Result<Shape> readHeader(gzFile_s* handle, int rank, const std::filesystem::path& file) {
    std::vector<std::uint8_t> header(4 + 4 * static_cast<std::size_t>(rank));
    const auto got = readSome(handle, header, file);
    if (!got) {
        return tl::unexpected(got.error());
    }
    const std::array<std::uint8_t, 4> magic{0, 0, kUnsignedByte, static_cast<std::uint8_t>(rank)};
    const std::span<const std::uint8_t> start(header.data(), std::min<std::size_t>(*got, 4));
    if (!std::equal(start.begin(), start.end(), magic.begin())) {
        return fail(ErrorCode::Corrupt,
                    "starts with " + hexBytes(start) + ", must start with " + hexBytes(magic) +
                        " (IDX, unsigned bytes, " + std::to_string(rank) + " dimensions)",
                    file.string());
    }
    if (*got < header.size()) {
        return truncated(header.size(), *got, file);
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
                        file.string(), std::string(kDamaged));
        }
        count *= extent;
    }
    return shape;
}

}  // namespace

Result<IdxArray> readIdx(const std::filesystem::path& file, int rank, const JobContext& context) {
    const auto handle = openRegular(file);
    if (!handle) {
        return tl::unexpected(handle.error());
    }
    auto shape = readHeader(handle->get(), rank, file);
    if (!shape) {
        return tl::unexpected(shape.error());
    }
    const std::size_t headerBytes = 4 + 4 * shape->size();
    const auto count = static_cast<std::size_t>(elementCount(*shape));
    IdxArray array{std::move(*shape), {}};
    std::size_t done = 0;
    while (done < count) {
        array.values.resize(std::min(count, std::max(kFirstChunk, 2 * done)));
        const auto got =
            readSome(handle->get(), std::span(array.values).subspan(done), file, context);
        if (!got) {
            return tl::unexpected(got.error());
        }
        done += *got;
        if (done < array.values.size()) {
            return truncated(headerBytes + count, headerBytes + done, file);
        }
    }
    // Asking for one byte more makes zlib check the length and CRC-32 behind the compressed data.
    std::array<std::uint8_t, 1> extra{};
    const auto got = readSome(handle->get(), extra, file);
    if (!got) {
        return tl::unexpected(got.error());
    }
    int code = Z_OK;
    gzerror(handle->get(), &code);
    if (code == Z_BUF_ERROR) {
        return fail(ErrorCode::Corrupt, "is truncated: its check sum is missing", file.string(),
                    std::string(kDamaged));
    }
    if (*got != 0) {
        return fail(ErrorCode::Corrupt,
                    "is longer than its header says: expected " +
                        std::to_string(headerBytes + count) + " bytes, got more",
                    file.string(), std::string(kDamaged));
    }
    return array;
}

}  // namespace mantissa::data
