// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/atomic_file.h"

#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mantissa {
namespace {

class FileDescriptor {
public:
    explicit FileDescriptor(int descriptor) : m_descriptor(descriptor) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() { close(); }

    int get() const { return m_descriptor; }
    /// 0, or -1 with errno: a full disk can show here first.
    int close() { return m_descriptor < 0 ? 0 : ::close(std::exchange(m_descriptor, -1)); }

private:
    int m_descriptor;
};

tl::unexpected<Error> failure(const std::filesystem::path& file, int problem) {
    return fail(problem == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                "cannot be written: " + std::generic_category().message(problem), file.string());
}

/// 0, or the errno.
int writeAll(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        bytes = bytes.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return 0;
}

int writePieces(FileDescriptor& file, const std::vector<std::span<const std::byte>>& pieces,
                bool sync) {
    for (const auto piece : pieces) {
        if (const int problem = writeAll(file.get(), piece); problem != 0) {
            return problem;
        }
    }
    if (sync && ::fsync(file.get()) != 0) {
        return errno;
    }
    return file.close() == 0 ? 0 : errno;
}

/// Beside `target`, so that the rename stays within one file system; unique among threads and
/// processes.
std::filesystem::path temporaryBeside(const std::filesystem::path& target) {
    static std::atomic<unsigned> counter{0};
    auto temporary = target;
    temporary += "." + std::to_string(::getpid()) + "-" + std::to_string(++counter) + ".tmp";
    return temporary;
}

/// A file that is replaced keeps its mode; 0, or errno.
int copyMode(const std::filesystem::path& from, const FileDescriptor& to) {
    struct stat status {};
    if (::stat(from.c_str(), &status) != 0) {
        return errno == ENOENT ? 0 : errno;
    }
    return ::fchmod(to.get(), status.st_mode & 07777U) == 0 ? 0 : errno;
}

/// Makes the rename itself durable; not every file system can, which is no reason to fail.
void syncFolder(const std::filesystem::path& folder) {
    const FileDescriptor descriptor(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.get() >= 0) {
        (void)::fsync(descriptor.get());
    }
}

/// Of a device or a pipe, which cannot be replaced.
bool isWrittenAsItIs(const std::filesystem::file_status& status) {
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

/// Where a link leads, be there a file or not.
std::filesystem::path targetOf(const std::filesystem::path& file) {
    constexpr int kMostLinks = 40;
    std::error_code problem;
    auto target = file;
    for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(target, problem); ++i) {
        target = target.parent_path() / std::filesystem::read_symlink(target, problem);
    }
    target = std::filesystem::weakly_canonical(target, problem);
    return problem ? file : target;
}

int openNew(const std::filesystem::path& file) {
    constexpr mode_t kMode = 0666;  // less what the umask takes
    return ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
}

}  // namespace

Result<void> writeFileAtomically(const std::filesystem::path& file,
                                 const std::vector<std::span<const std::byte>>& pieces) {
    std::error_code ignored;
    const auto status = std::filesystem::status(file, ignored);
    if (std::filesystem::is_directory(status)) {
        return failure(file, EISDIR);
    }
    if (isWrittenAsItIs(status)) {
        FileDescriptor device(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
        const int problem = device.get() < 0 ? errno : writePieces(device, pieces, false);
        return problem == 0 ? Result<void>() : failure(file, problem);
    }
    const auto target = targetOf(file);
    const auto temporary = temporaryBeside(target);
    FileDescriptor descriptor(openNew(temporary));
    if (descriptor.get() < 0) {
        return failure(file, errno);
    }
    int problem = copyMode(target, descriptor);
    if (problem == 0) {
        problem = writePieces(descriptor, pieces, true);
    }
    if (problem == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) {
        problem = errno;
    }
    if (problem != 0) {
        ::unlink(temporary.c_str());
        return failure(file, problem);
    }
    syncFolder(target.parent_path());
    return {};
}

Result<void> writeFileAtomically(const std::filesystem::path& file, std::string_view text) {
    return writeFileAtomically(file, {std::as_bytes(std::span(text.data(), text.size()))});
}

Result<void> checkWritable(const std::filesystem::path& file) {
    std::error_code ignored;
    const auto status = std::filesystem::status(file, ignored);
    if (std::filesystem::is_directory(status)) {
        return failure(file, EISDIR);
    }
    if (isWrittenAsItIs(status)) {  // not opened: that of a pipe would wait for its reader
        return ::access(file.c_str(), W_OK) == 0 ? Result<void>() : failure(file, errno);
    }
    const auto temporary = temporaryBeside(targetOf(file));
    const FileDescriptor descriptor(openNew(temporary));
    if (descriptor.get() < 0) {
        return failure(file, errno);
    }
    ::unlink(temporary.c_str());
    return {};
}

}  // namespace mantissa
