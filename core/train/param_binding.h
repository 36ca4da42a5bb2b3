// SPDX-License-Identifier: GPL-3.0-or-later
// Binds the descriptions of what a training can be told to the members that hold it.
#pragma once

#include <string_view>

#include "core/param_spec.h"

namespace mantissa::train {

template <typename M>
struct MemberTraits;
template <typename Struct, typename Member>
struct MemberTraits<Member Struct::*> {
    using Owner = Struct;
    using Value = Member;
};
template <auto Member>
using OwnerOf = typename MemberTraits<decltype(Member)>::Owner;

/// Binds a description to a member; the member's initialiser is the default.
template <auto Member>
Param<OwnerOf<Member>> bind(ParamSpec spec) {
    using Owner = OwnerOf<Member>;
    using Value = typename MemberTraits<decltype(Member)>::Value;
    spec.defaultValue = static_cast<double>(Owner{}.*Member);
    return {spec, [](const Owner& owner) { return static_cast<double>(owner.*Member); },
            [](Owner& owner, double value) { owner.*Member = static_cast<Value>(value); }};
}

template <auto Member>
Param<OwnerOf<Member>> bindCount(std::string_view id, std::string_view label, std::string_view unit,
                                 std::string_view help, double minimum, double maximum,
                                 std::string_view zeroText = {}) {
    return bind<Member>({.id = id,
                         .label = label,
                         .unit = unit,
                         .help = help,
                         .minimum = minimum,
                         .maximum = maximum,
                         .zeroText = zeroText});
}

template <auto Member>
Param<OwnerOf<Member>> bindReal(std::string_view id, std::string_view label, std::string_view help,
                                double minimum, double maximum, std::string_view zeroText = {}) {
    return bind<Member>({.id = id,
                         .label = label,
                         .help = help,
                         .kind = ParamKind::Real,
                         .minimum = minimum,
                         .maximum = maximum,
                         .zeroText = zeroText});
}

}  // namespace mantissa::train
