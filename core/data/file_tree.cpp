// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/file_tree.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <zip.h>

namespace mantissa::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = std::size_t{1} << 22U;

struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
using ZipPointer = std::unique_ptr<zip_t, Discard>;

struct CloseEntry {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using ZipFilePointer = std::unique_ptr<zip_file_t, CloseEntry>;

/// libzip checks size and CRC-32 at the end of an entry.
class ZipEntryStream final : public ByteStream {
public:
    ZipEntryStream(ZipFilePointer file, std::string where)
        : ByteStream(std::move(where)), m_file(std::move(file)) {}

    Result<std::size_t> read(std::span<std::uint8_t> out) override {
        std::size_t done = 0;
        while (done < out.size()) {
            const auto got = zip_fread(m_file.get(), out.data() + done, out.size() - done);
            if (got < 0) {
                return fail(ErrorCode::Corrupt,
                            std::string("cannot be unpacked: ") + zip_file_strerror(m_file.get()),
                            where(), "the archive is damaged; fetch it again");
            }
            if (got == 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

private:
    ZipFilePointer m_file;
};

tl::unexpected<Error> tooMany(const fs::path& path) {
    return fail(ErrorCode::Unsupported, "has more than " + std::to_string(kMostFiles) + " files",
                path.string(), "name the folder of the data set itself");
}

Result<std::vector<FileTree::Entry>> listFolder(const fs::path& folder, int depth,
                                                const JobContext& context) {
    std::vector<FileTree::Entry> entries;
    std::error_code code;
    const auto options = fs::directory_options::follow_directory_symlink |
                         fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator at(folder, options, code), end; !code && at != end;
         at.increment(code)) {
        if (at.depth() + 1 >= depth) {
            at.disable_recursion_pending();
        }
        std::error_code ignored;  // what vanishes or cannot be looked at is not part of the set
        if (!at->is_regular_file(ignored)) {
            continue;
        }
        if (entries.size() == kMostFiles) {
            return tooMany(folder);
        }
        if (context.cancelled()) {
            return fail(ErrorCode::Cancelled, "reading was stopped", folder.string());
        }
        entries.push_back(
            {at->path().lexically_relative(folder).generic_string(), at->file_size(ignored), 0});
    }
    if (code) {
        return fail(ErrorCode::Io, "cannot be listed: " + code.message(), folder.string());
    }
    return entries;
}

Result<ZipPointer> openZip(const fs::path& file) {
    int code = 0;
    ZipPointer archive(zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (archive == nullptr) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        const std::string why = zip_error_strerror(&error);
        zip_error_fini(&error);
        return fail(ErrorCode::Corrupt, "is not a whole zip archive: " + why, file.string(),
                    std::string(kDamagedHint));
    }
    return archive;
}

Result<std::vector<FileTree::Entry>> listZip(zip_t* archive, const fs::path& file) {
    const auto count =
        static_cast<std::uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(archive, 0)));
    if (count > kMostFiles) {
        return tooMany(file);
    }
    std::vector<FileTree::Entry> entries;
    entries.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        zip_stat_t status;
        zip_stat_init(&status);
        if (zip_stat_index(archive, i, 0, &status) != 0 || status.name == nullptr) {
            return fail(ErrorCode::Corrupt, "has an entry without a name", file.string(),
                        std::string(kDamagedHint));
        }
        std::string name(status.name);
        if (!name.empty() && name.back() != '/') {
            entries.push_back({std::move(name), status.size, i});
        }
    }
    return entries;
}

/// The reason why `path` cannot hold a data set, if any; whether it is a zip archive.
Result<bool> isZip(const fs::path& path) {
    std::error_code code;
    const auto status = fs::status(path, code);
    if (!fs::exists(status)) {
        return fail(ErrorCode::NotFound, "there is no such file or folder", path.string());
    }
    if (fs::is_directory(status)) {
        return false;
    }
    auto stream = openFile(path);
    if (!stream) {
        return tl::unexpected(stream.error());
    }
    std::array<std::uint8_t, 2> start{};
    const auto got = (*stream)->read(start);
    if (!got) {
        return tl::unexpected(got.error());
    }
    if (*got < 2 || start[0] != 'P' || start[1] != 'K') {
        return fail(ErrorCode::InvalidInput, "is neither a folder nor a zip archive", path.string(),
                    "unpack it, or name the folder it is in");
    }
    return true;
}

}  // namespace

struct FileTree::Archive {
    ZipPointer zip;
};

FileTree::FileTree(fs::path path, std::vector<Entry> entries, std::unique_ptr<Archive> archive)
    : m_path(std::move(path)), m_entries(std::move(entries)), m_archive(std::move(archive)) {
    std::sort(m_entries.begin(), m_entries.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
}
FileTree::FileTree(FileTree&&) noexcept = default;
FileTree& FileTree::operator=(FileTree&&) noexcept = default;
FileTree::~FileTree() = default;

Result<FileTree> FileTree::open(const fs::path& path, int depth, const JobContext& context) {
    const auto zipped = isZip(path);
    if (!zipped) {
        return tl::unexpected(zipped.error());
    }
    if (!*zipped) {
        return listFolder(path, depth, context).map([&](std::vector<Entry>&& entries) {
            return FileTree(path, std::move(entries), nullptr);
        });
    }
    auto archive = openZip(path);
    if (!archive) {
        return tl::unexpected(archive.error());
    }
    return listZip(archive->get(), path).map([&](std::vector<Entry>&& entries) {
        return FileTree(path, std::move(entries),
                        std::make_unique<Archive>(Archive{std::move(*archive)}));
    });
}

const FileTree::Entry* FileTree::find(std::string_view fileName) const {
    const Entry* nearest = nullptr;
    std::ptrdiff_t fewest = 0;
    for (const auto& entry : m_entries) {
        if (baseName(entry.name) == fileName) {
            const auto folders = std::count(entry.name.begin(), entry.name.end(), '/');
            if (nearest == nullptr || folders < fewest) {
                nearest = &entry;
                fewest = folders;
            }
        }
    }
    return nearest;
}

const FileTree::Entry* FileTree::findPlainOrGzip(std::string_view fileName) const {
    const Entry* const plain = find(fileName);
    return plain != nullptr ? plain : find(std::string(fileName) + ".gz");
}

Result<StreamPointer> FileTree::stream(const Entry& entry) const {
    if (m_archive == nullptr) {
        return openFile(m_path / entry.name).map(withoutGzip);
    }
    ZipFilePointer file(zip_fopen_index(m_archive->zip.get(), entry.id, 0));
    if (file == nullptr) {
        return fail(ErrorCode::Corrupt,
                    std::string("cannot be unpacked: ") + zip_strerror(m_archive->zip.get()),
                    where(entry), "pack it again without a password");
    }
    return withoutGzip(std::make_unique<ZipEntryStream>(std::move(file), where(entry)));
}

std::string FileTree::where(const Entry& entry) const {
    return m_archive == nullptr ? (m_path / entry.name).string()
                                : m_path.string() + ": " + entry.name;
}

std::string_view baseName(std::string_view name) {
    const auto slash = name.rfind('/');
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

}  // namespace mantissa::data
