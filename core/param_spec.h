// SPDX-License-Identifier: GPL-3.0-or-later
// One description for everything a user can set. It builds the form, checks the JSON, names the
// column of a comparison and the text of an undo step.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace mantissa {

enum class ParamKind { Integer, Real, Boolean, Choice };

/// A settable value. Every kind travels as a double: integers exactly (up to 2^53), booleans as 0
/// or 1, choices as the index into `choices`.
struct ParamSpec {
    std::string_view id = {};     ///< JSON key, e.g. "kernel"
    std::string_view label = {};  ///< for people, e.g. "Kernel"
    std::string_view unit = {};   ///< "" where there is none, else e.g. "MHz"
    std::string_view help = {};   ///< one sentence, with the source where the value has one
    ParamKind kind = ParamKind::Integer;
    double minimum = 0;
    double maximum = 0;
    double defaultValue = 0;
    std::span<const std::string_view> choices = {};  ///< Choice: the JSON spellings
    bool powersOfTwo = false;        ///< the screen's slider steps through powers of two
    std::string_view zeroText = {};  ///< what 0 means where it is no amount: "all"; "": it is one
    double leastAmount = 0;          ///< the smallest beside such a 0; 0: 1, or any real number
    /// Left out of JSON at its default: what came later does not change what designs without it are
    /// called.
    bool quiet = false;
};

/// Whether `value` is legal for `spec`; the error names the value, the allowed range and `where`.
Result<void> checkParam(const ParamSpec& spec, double value, std::string_view where);

/// Whether a value lies between a 0 that is no amount and the smallest amount.
bool tooLittle(const ParamSpec& spec, double value);

/// The value as people read it, with its unit: "500 MHz", "on", "range", "all".
std::string paramText(const ParamSpec& spec, double value);

/// What numbers are allowed, as people read it: "1 to 64 bit", "the library's, or 0.4 to 1.8 V".
std::string rangeText(const ParamSpec& spec);

/// A ParamSpec bound to a member of the struct S that holds it.
template <typename S>
struct Param {
    ParamSpec spec;
    double (*get)(const S&);
    void (*set)(S&, double);
};

}  // namespace mantissa
