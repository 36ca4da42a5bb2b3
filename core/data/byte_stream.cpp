// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/byte_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include <zlib.h>

namespace mantissa::data {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;  // between two looks at the stop request

class FileStream final : public ByteStream {
public:
    FileStream(std::FILE* file, std::string where) : ByteStream(std::move(where)), m_file(file) {}

    Result<std::size_t> read(std::span<std::uint8_t> out) override {
        errno = 0;
        const std::size_t got = std::fread(out.data(), 1, out.size(), m_file.get());
        if (got < out.size() && std::ferror(m_file.get()) != 0) {
            return fail(ErrorCode::Io, "cannot be read: " + std::generic_category().message(errno),
                        where());
        }
        return got;
    }

private:
    struct Close {
        void operator()(std::FILE* file) const { (void)std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> m_file;
};

/// Passes bytes through, or inflates them where they begin like gzip (RFC 1952).
class GzipStream final : public ByteStream {
public:
    explicit GzipStream(StreamPointer source)
        : ByteStream(source->where()), m_source(std::move(source)) {}
    ~GzipStream() override { inflateEnd(&m_inflater); }

    Result<std::size_t> read(std::span<std::uint8_t> out) override {
        if (m_state == State::Unknown) {
            if (auto known = recognise(); !known) {
                return tl::unexpected(known.error());
            }
        }
        return m_state == State::Plain ? pass(out) : inflateInto(out);
    }

private:
    enum class State { Unknown, Plain, Inside, BetweenMembers, End };
    static constexpr std::size_t kBuffer = std::size_t{1} << 16U;

    Result<void> refill() {
        return m_source->read(m_buffer).map([this](std::size_t got) {
            m_inflater.next_in = m_buffer.data();
            m_inflater.avail_in = static_cast<uInt>(got);
        });
    }

    bool startsLikeGzip() const {
        return m_inflater.avail_in >= 2 && m_inflater.next_in[0] == 0x1F &&
               m_inflater.next_in[1] == 0x8B;
    }

    Result<void> recognise() {
        m_buffer.resize(kBuffer);
        return refill().and_then([this]() -> Result<void> {
            m_state = State::Plain;
            if (startsLikeGzip()) {
                constexpr int kGzipWindow = 16 + MAX_WBITS;
                if (inflateInit2(&m_inflater, kGzipWindow) != Z_OK) {
                    return fail(ErrorCode::Io, "zlib cannot start: out of memory", where());
                }
                m_state = State::Inside;
            }
            return {};
        });
    }

    Result<std::size_t> pass(std::span<std::uint8_t> out) {
        const std::size_t kept = std::min<std::size_t>(out.size(), m_inflater.avail_in);
        if (kept > 0) {
            std::memcpy(out.data(), m_inflater.next_in, kept);
            m_inflater.next_in += kept;
            m_inflater.avail_in -= static_cast<uInt>(kept);
        }
        return m_source->read(out.subspan(kept)).map([kept](std::size_t got) {
            return kept + got;
        });
    }

    Result<std::size_t> inflateInto(std::span<std::uint8_t> out) {
        std::size_t done = 0;
        while (done < out.size() && m_state != State::End) {
            if (m_inflater.avail_in == 0) {
                if (auto more = refill(); !more) {
                    return tl::unexpected(more.error());
                }
            }
            auto got = m_state == State::Inside ? inflatePiece(out.subspan(done)) : nextMember();
            if (!got) {
                return got;
            }
            done += *got;
        }
        return done;
    }

    Result<std::size_t> inflatePiece(std::span<std::uint8_t> out) {
        if (m_inflater.avail_in == 0) {
            return fail(ErrorCode::Corrupt,
                        "is truncated: its compressed data end before their check sum", where(),
                        std::string(kDamagedHint));
        }
        const std::size_t room = std::min(out.size(), kPiece);
        m_inflater.next_out = out.data();
        m_inflater.avail_out = static_cast<uInt>(room);
        const int code = inflate(&m_inflater, Z_NO_FLUSH);
        if (code == Z_STREAM_END) {
            m_state = State::BetweenMembers;
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return fail(ErrorCode::Corrupt,
                        std::string("cannot be decompressed: ") +
                            (m_inflater.msg != nullptr ? m_inflater.msg : "damaged data"),
                        where(), std::string(kDamagedHint));
        }
        return room - m_inflater.avail_out;
    }

    /// gzip files may be several, one behind the other; what is no member any more is padding.
    Result<std::size_t> nextMember() {
        const bool goesOn = startsLikeGzip() && inflateReset(&m_inflater) == Z_OK;
        m_state = goesOn ? State::Inside : State::End;
        return std::size_t{0};
    }

    StreamPointer m_source;
    std::vector<std::uint8_t> m_buffer;
    z_stream m_inflater{};
    State m_state = State::Unknown;
};

}  // namespace

Result<StreamPointer> openFile(const std::filesystem::path& file) {
    std::error_code code;
    const auto status = std::filesystem::status(file, code);
    if (!std::filesystem::exists(status)) {
        return fail(ErrorCode::NotFound, "there is no such file", file.string());
    }
    if (!std::filesystem::is_regular_file(status)) {
        return fail(ErrorCode::Io, "is not a regular file", file.string());
    }
    errno = 0;
    std::FILE* const handle = std::fopen(file.c_str(), "rb");
    if (handle == nullptr) {
        return fail(ErrorCode::Io, "cannot be opened: " + std::generic_category().message(errno),
                    file.string());
    }
    return std::make_unique<FileStream>(handle, file.string());
}

StreamPointer withoutGzip(StreamPointer source) {
    return std::make_unique<GzipStream>(std::move(source));
}

Result<std::size_t> readInto(ByteStream& stream, std::span<std::uint8_t> out,
                             const JobContext& context) {
    std::size_t done = 0;
    while (done < out.size()) {
        if (context.cancelled()) {
            return fail(ErrorCode::Cancelled, "reading was stopped", stream.where());
        }
        const auto piece = out.subspan(done, std::min(kPiece, out.size() - done));
        auto got = stream.read(piece);
        if (!got) {
            return got;
        }
        done += *got;
        if (*got < piece.size()) {
            break;
        }
    }
    return done;
}

Result<std::vector<std::uint8_t>> readUpTo(ByteStream& stream, std::size_t count,
                                           const JobContext& context) {
    std::vector<std::uint8_t> bytes;
    std::size_t done = 0;
    while (done < count) {
        bytes.resize(std::min(count, std::max(kPiece, 2 * done)));
        const auto got = readInto(stream, std::span(bytes).subspan(done), context);
        if (!got) {
            return tl::unexpected(got.error());
        }
        done += *got;
        if (done < bytes.size()) {
            bytes.resize(done);
            break;
        }
    }
    return bytes;
}

Result<std::vector<std::uint8_t>> readAll(ByteStream& stream, std::size_t limit,
                                          const JobContext& context) {
    return readUpTo(stream, limit + 1, context)
        .and_then([&](std::vector<std::uint8_t>&& bytes) -> Result<std::vector<std::uint8_t>> {
            if (bytes.size() > limit) {
                return fail(ErrorCode::Unsupported,
                            "has more than " + std::to_string(limit) + " bytes", stream.where(),
                            "no file of this sort is that large");
            }
            return std::move(bytes);
        });
}

}  // namespace mantissa::data
