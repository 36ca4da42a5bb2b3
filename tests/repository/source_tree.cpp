// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/repository/source_tree.h"

#include <fstream>
#include <regex>

namespace mantissa::repository {
namespace {

SourceFile readSource(const std::filesystem::path& file, const std::filesystem::path& top) {
    static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    SourceFile source{file.lexically_relative(top).generic_string(), {}, {}};
    std::ifstream in(file);
    std::string line;
    for (bool first = true; std::getline(in, line); first = false) {
        if (first) {
            source.firstLine = line;
        }
        if (std::smatch match; std::regex_search(line, match, include)) {
            source.includes.push_back(match[1]);
        }
    }
    return source;
}

}  // namespace

std::vector<SourceFile> readSources(const std::filesystem::path& top) {
    std::vector<SourceFile> sources;
    for (const auto* folder : {"app", "core", "hwmodel", "ui", "tests"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(top / folder)) {
            const auto extension = entry.path().extension();
            if (entry.is_regular_file() && (extension == ".h" || extension == ".cpp")) {
                sources.push_back(readSource(entry.path(), top));
            }
        }
    }
    return sources;
}

std::string topFolder(const std::string& path) {
    const auto slash = path.find('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace mantissa::repository
