// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"

namespace mantissa {

std::string Error::text() const {
    std::string line;
    if (!where.empty()) {
        line += where + ": ";
    }
    line += message;
    if (!hint.empty()) {
        line += " (" + hint + ")";
    }
    return line;
}

std::string_view errorCodeName(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidInput:
            return "invalid_input";
        case ErrorCode::NotFound:
            return "not_found";
        case ErrorCode::Io:
            return "io";
        case ErrorCode::Corrupt:
            return "corrupt";
        case ErrorCode::Unsupported:
            return "unsupported";
        case ErrorCode::Diverged:
            return "diverged";
        case ErrorCode::Cancelled:
            return "cancelled";
        case ErrorCode::Internal:
            return "internal";
    }
    return "internal";
}

}  // namespace mantissa
