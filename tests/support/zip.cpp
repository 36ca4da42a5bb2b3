// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/zip.h"

#include <stdexcept>

#include <zip.h>

namespace mantissa::test {

void writeZip(const std::filesystem::path& file, const std::map<std::string, Bytes>& entries) {
    zip_t* const archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    bool good = archive != nullptr;
    for (const auto& [name, bytes] : entries) {
        zip_source_t* const source =
            good ? zip_source_buffer(archive, bytes.data(), bytes.size(), 0) : nullptr;
        good =
            source != nullptr && zip_file_add(archive, name.c_str(), source, ZIP_FL_OVERWRITE) >= 0;
    }
    if (!good || zip_close(archive) != 0) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

}  // namespace mantissa::test
