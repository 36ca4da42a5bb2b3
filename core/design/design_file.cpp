// SPDX-License-Identifier: GPL-3.0-or-later
// Design files: read whole, written atomically.
#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include "core/atomic_file.h"
#include "core/design/design_json.h"
#include "core/design/json_source.h"

namespace mantissa::design {
namespace {

namespace fs = std::filesystem;

/// Errno as an error of a file: "cannot write: No space left on device".
Error systemError(const char* what, const fs::path& file, int code) {
    const auto kind = code == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
    return {
        kind, std::string(what) + ": " + std::generic_category().message(code), file.string(), {}};
}

}  // namespace

Result<DesignPoint> readDesignFile(const fs::path& file) {
    std::error_code status;
    if (fs::is_directory(file, status)) {
        return tl::unexpected(systemError("cannot read the design", file, EISDIR));
    }
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return tl::unexpected(
            systemError("cannot read the design", file, errno == 0 ? EIO : errno));
    }
    // Bounded, for a wrong file may be endless; fromJson refuses what is longer.
    std::string text;
    std::array<char, std::size_t{1} << 16U> piece{};
    while (stream && text.size() <= kLargestJson) {
        stream.read(piece.data(), piece.size());
        text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad()) {
        return tl::unexpected(systemError("cannot read the design", file, EIO));
    }
    return fromJson(text, file.string());
}

Result<void> writeDesignFile(const DesignPoint& design, const fs::path& file) {
    // What could not be read back is not written over a file that can.
    return validate(design).and_then([&] { return writeFileAtomically(file, toJson(design)); });
}

}  // namespace mantissa::design
