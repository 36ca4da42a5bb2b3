// SPDX-License-Identifier: GPL-3.0-or-later
// A folder that goes away with the test that made it.
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

}  // namespace mantissa::test
