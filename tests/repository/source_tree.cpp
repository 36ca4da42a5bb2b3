// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/repository/source_tree.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace mantissa::repository {
namespace {

SourceFile readSource(const std::filesystem::path& file, const std::filesystem::path& top) {
    static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    SourceFile source{file.lexically_relative(top).generic_string(), {}, 0, {}};
    std::ifstream in(file);
    std::string line;
    for (bool first = true; std::getline(in, line); first = false) {
        if (first) {
            source.firstLine = line;
        }
        ++source.lines;
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

bool isLocal(const std::string& topLevelName) {
    static const std::set<std::string> ours{".ci", ".clang-format", ".clang-tidy", ".gitignore"};
    return topLevelName.starts_with("build") || topLevelName == "compile_commands.json" ||
           (topLevelName.starts_with('.') && ours.count(topLevelName) == 0);
}

std::vector<std::filesystem::path> repositoryFiles(const std::filesystem::path& top) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(top)) {
        if (isLocal(entry.path().filename().string())) {
            continue;
        }
        if (entry.is_regular_file()) {
            files.push_back(entry.path());
        } else if (entry.is_directory()) {
            for (const auto& below : std::filesystem::recursive_directory_iterator(entry)) {
                const bool made = below.path().string().find("__pycache__") != std::string::npos;
                if (below.is_regular_file() && !made) {
                    files.push_back(below.path());
                }
            }
        }
    }
    return files;
}

std::string textOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    return text.find('\0') == std::string::npos ? text : std::string();
}

std::string topFolder(const std::string& path) {
    const auto slash = path.find('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace mantissa::repository
