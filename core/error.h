// SPDX-License-Identifier: GPL-3.0-or-later
// Errors as values: every function that can fail for a user's reason returns Result<T>.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace mantissa {

enum class ErrorCode {
    InvalidInput,  ///< a value, file or argument that the user can correct
    NotFound,      ///< a file, data set, design or layer that is not there
    Io,            ///< the operating system refused
    Corrupt,       ///< a file or database whose content contradicts itself
    Unsupported,   ///< valid, but not something this version can do
    Diverged,      ///< training produced NaN or Inf, or its loss ran away
    Cancelled,     ///< stopped on request
    Internal,      ///< a defect of ours that was caught at a library's border
};

/// What went wrong, where, and what to do about it. `message` names the value and the allowed
/// range; `where` is a file, a JSON pointer or a layer; `hint` says what to do next. Both may be
/// empty.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string where;
    std::string hint;

    /// One line for people: "where: message (hint)".
    std::string text() const;

    bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

/// The unexpected half of a Result, for `return fail(...)`.
inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string where = {},
                                  std::string hint = {}) {
    return tl::unexpected<Error>(
        Error{code, std::move(message), std::move(where), std::move(hint)});
}

/// The name of a code as it stands in JSON, e.g. "invalid_input".
std::string_view errorCodeName(ErrorCode code);

}  // namespace mantissa
