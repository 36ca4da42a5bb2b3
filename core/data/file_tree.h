// SPDX-License-Identifier: GPL-3.0-or-later
// The files below a folder or inside a zip archive, read alike and in place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/byte_stream.h"

namespace mantissa::data {

class FileTree {
public:
    struct Entry {
        std::string name;        ///< relative, with '/'
        std::uint64_t size = 0;  ///< bytes, as the folder or the archive says
        std::uint64_t id = 0;    ///< the place inside the archive
    };

    /// `path` is a folder, of which `depth` levels are listed (1: its own files), or a zip archive.
    /// Errors: NotFound; InvalidInput for any other file; Corrupt for a damaged archive;
    /// Unsupported for more than 4 million files; Io; Cancelled.
    static Result<FileTree> open(const std::filesystem::path& path, int depth,
                                 const JobContext& context = {});
    FileTree(FileTree&&) noexcept;
    FileTree& operator=(FileTree&&) noexcept;
    ~FileTree();

    const std::filesystem::path& path() const { return m_path; }
    std::span<const Entry> entries() const { return m_entries; }  ///< sorted by name

    /// The file of that name in whatever folder, the nearest to the root first; null: none.
    const Entry* find(std::string_view fileName) const;
    /// find(), or else the same with ".gz" behind it.
    const Entry* findPlainOrGzip(std::string_view fileName) const;

    /// Its bytes, decompressed where the archive or gzip compressed them. One at a time for an
    /// archive.
    Result<StreamPointer> stream(const Entry& entry) const;
    /// "folder/a.png", "archive.zip: a.png".
    std::string where(const Entry& entry) const;

private:
    struct Archive;
    FileTree(std::filesystem::path path, std::vector<Entry> entries,
             std::unique_ptr<Archive> archive);

    std::filesystem::path m_path;
    std::vector<Entry> m_entries;
    std::unique_ptr<Archive> m_archive;  ///< null for a folder
};

/// The last part of an entry's name.
std::string_view baseName(std::string_view name);

}  // namespace mantissa::data
