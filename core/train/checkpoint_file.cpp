// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <span>
#include <string>
#include <system_error>

#include "core/atomic_file.h"
#include "core/train/checkpoint.h"

namespace mantissa::train {

Result<void> writeCheckpointFile(const std::filesystem::path& file, const Checkpoint& checkpoint) {
    return writeFileAtomically(file, {std::span<const std::byte>(checkpoint.state)});
}

Result<std::vector<std::byte>> readCheckpointFile(const std::filesystem::path& file) {
    std::error_code problem;
    const auto status = std::filesystem::status(file, problem);
    if (!std::filesystem::exists(status)) {
        return fail(ErrorCode::NotFound, "there is no such file", file.string(),
                    "'mantissa-cli run --checkpoint' writes one");
    }
    if (std::filesystem::is_directory(status)) {
        return fail(ErrorCode::InvalidInput, "is a folder, not a checkpoint", file.string());
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(ErrorCode::Io, "cannot be opened for reading", file.string());
    }
    // In pieces, for a device or a pipe has no size and may be endless.
    std::vector<std::byte> bytes;
    std::array<char, std::size_t{1} << 16U> piece{};
    while (stream) {
        stream.read(piece.data(), piece.size());
        const auto read =
            std::as_bytes(std::span(piece)).first(static_cast<std::size_t>(stream.gcount()));
        bytes.insert(bytes.end(), read.begin(), read.end());
        if (!beginsAsState(bytes)) {
            return fail(ErrorCode::Corrupt, "is not a checkpoint", file.string(),
                        "'mantissa-cli run --checkpoint' writes one");
        }
    }
    if (stream.bad()) {
        return fail(ErrorCode::Io, "could not be read to its end", file.string());
    }
    return bytes;
}

}  // namespace mantissa::train
