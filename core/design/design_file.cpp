// SPDX-License-Identifier: GPL-3.0-or-later
// Design files: read whole, written atomically.
#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

/// An open file descriptor and the path that is removed unless the file is kept.
class TemporaryFile {
public:
    TemporaryFile(int descriptor, std::string path)
        : m_descriptor(descriptor), m_path(std::move(path)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    TemporaryFile(TemporaryFile&&) = delete;
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile() {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
        if (!m_path.empty()) {
            ::unlink(m_path.c_str());
        }
    }

    /// 0, or errno. The content is on the disk afterwards.
    int write(std::string_view text) {
        while (!text.empty()) {
            const auto written = ::write(m_descriptor, text.data(), text.size());
            if (written < 0 && errno != EINTR) {
                return errno;
            }
            text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
        }
        if (::fsync(m_descriptor) != 0) {
            return errno;
        }
        const int closed = ::close(std::exchange(m_descriptor, -1));
        return closed == 0 ? 0 : errno;
    }

    int renameTo(const fs::path& file) {
        if (::rename(m_path.c_str(), file.c_str()) != 0) {
            return errno;
        }
        m_path.clear();
        return 0;
    }

private:
    int m_descriptor;
    std::string m_path;
};

/// Opens a new file beside `target` with the mode that the user's mask gives, and sets `path`; -1
/// and errno on failure.
int openBeside(const fs::path& folder, const fs::path& target, std::string& path) {
    constexpr int kAttempts = 100;
    static std::atomic<unsigned> counter{0};
    int descriptor = -1;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        path = (folder / ("." + target.filename().string() + "." + std::to_string(::getpid()) +
                          "-" + std::to_string(++counter) + ".tmp"))
                   .string();
        descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST) {
            break;
        }
    }
    return descriptor;
}

/// A file that is replaced keeps its mode; 0, or errno.
int copyMode(const fs::path& from, int descriptor) {
    struct stat status {};
    if (::stat(from.c_str(), &status) != 0) {
        return errno == ENOENT ? 0 : errno;
    }
    return ::fchmod(descriptor, status.st_mode & 07777U) == 0 ? 0 : errno;
}

/// Makes the rename itself durable; not every file system can, which is no reason to fail.
void syncFolder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
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
    constexpr const char* kWhat = "cannot write the design";
    // What could not be read back is not written over a file that can.
    if (auto valid = validate(design); !valid) {
        return valid;
    }
    // A link is followed, so that it stays a link.
    std::error_code status;
    const auto target = fs::is_symlink(file, status) ? fs::weakly_canonical(file, status) : file;
    const auto folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    std::string path;
    const int descriptor = openBeside(folder, target, path);
    if (descriptor < 0) {
        return tl::unexpected(systemError(kWhat, file, errno));
    }
    TemporaryFile temporary(descriptor, std::move(path));
    int code = copyMode(target, descriptor);
    if (code == 0) {
        code = temporary.write(toJson(design));
    }
    if (code == 0) {
        code = temporary.renameTo(target);
    }
    if (code != 0) {
        return tl::unexpected(systemError(kWhat, file, code));
    }
    syncFolder(folder);
    return {};
}

}  // namespace mantissa::design
