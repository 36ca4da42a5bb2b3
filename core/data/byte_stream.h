// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes in order from a file, from an archive's entry or out of gzip, read alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/job_context.h"

namespace mantissa::data {

inline constexpr std::string_view kDamagedHint = "the file is damaged; fetch it again";

class ByteStream {
public:
    /// `where` names the source in errors.
    explicit ByteStream(std::string where) : m_where(std::move(where)) {}
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;
    virtual ~ByteStream() = default;

    /// Fills `out` as far as the stream goes: fewer bytes than asked for are the last ones.
    virtual Result<std::size_t> read(std::span<std::uint8_t> out) = 0;

    const std::string& where() const { return m_where; }

private:
    std::string m_where;
};

using StreamPointer = std::unique_ptr<ByteStream>;

/// A regular file as it is. Errors: NotFound, Io.
Result<StreamPointer> openFile(const std::filesystem::path& file);

/// The same bytes, decompressed where they are gzip's, which their content tells. Reading then
/// fails with Corrupt where the compressed data are damaged or end before their check sum.
StreamPointer withoutGzip(StreamPointer source);

/// read() in pieces of a megabyte; Cancelled between two of them when the context says so.
Result<std::size_t> readInto(ByteStream& stream, std::span<std::uint8_t> out,
                             const JobContext& context = {});

/// Up to `count` bytes; fewer are all there are. Memory grows with what comes, not with `count`.
Result<std::vector<std::uint8_t>> readUpTo(ByteStream& stream, std::size_t count,
                                           const JobContext& context = {});

/// All bytes; more than `limit` of them are an error.
Result<std::vector<std::uint8_t>> readAll(ByteStream& stream, std::size_t limit,
                                          const JobContext& context = {});

}  // namespace mantissa::data
