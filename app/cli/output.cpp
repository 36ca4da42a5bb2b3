// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/json.h"

namespace mantissa::cli {

bool writeOutput(std::string_view text) {
    errno = 0;
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written && errno != EPIPE) {
        const std::string problem = std::generic_category().message(errno);
        std::fprintf(stderr, "error: standard output: cannot be written: %s\n", problem.c_str());
        return false;
    }
    return true;
}

void reportError(const Error& error, bool json) {
    std::fprintf(stderr, "error: %s\n", error.text().c_str());
    if (json) {
        writeOutput(errorDocument(error));
    }
}

std::string errorDocument(const Error& error) {
    return document({{"error", errorJson(error)}});
}

int exitStatus(const Error& error) {
    switch (error.code) {
        case ErrorCode::InvalidInput:
        case ErrorCode::NotFound:
        case ErrorCode::Corrupt:
        case ErrorCode::Unsupported:
            return kExitUsage;
        case ErrorCode::Io:
        case ErrorCode::Diverged:
        case ErrorCode::Cancelled:
        case ErrorCode::Internal:
            return kExitFailed;
    }
    return kExitFailed;
}

}  // namespace mantissa::cli
