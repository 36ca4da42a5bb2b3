// SPDX-License-Identifier: GPL-3.0-or-later
// A small data set in Fashion-MNIST's files, and a temporary folder to keep it in.
#pragma once

#include <filesystem>
#include <string>

namespace mantissa::test {

/// A folder of its own under the system's temporary folder, removed with all it holds.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

/// Writes the four gzip files: images of 28 x 28 in which the label decides which rows are bright,
/// so that a few steps learn something. Labels run 0 to 9 in turn.
void writeTinyFashionMnist(const std::filesystem::path& folder, int trainImages, int testImages);

std::string readFile(const std::filesystem::path& file);
void writeFile(const std::filesystem::path& file, const std::string& text);

}  // namespace mantissa::test
