// SPDX-License-Identifier: GPL-3.0-or-later
// Shorthand for the registry entries beside it. Internal to numerics.
#pragma once

#include <array>
#include <type_traits>

#include "core/numerics/format_family.h"

namespace mantissa::numerics {

/// What is finer cannot be emulated, nor need it be: no binary32 number lies between.
inline constexpr double kSmallestBinary32 = 0x1p-149;

/// Binds a description to a member of the family's struct.
template <auto Member>
struct Bound;
template <typename F, typename T, T F::*Member>
struct Bound<Member> {
    static double get(const Format& format) {
        return static_cast<double>(std::get<F>(format).*Member);
    }
    static void set(Format& format, double value) {
        std::get<F>(format).*Member = static_cast<T>(value);
    }
};

template <auto Member>
constexpr Param<Format> param(const ParamSpec& spec) {
    return {spec, &Bound<Member>::get, &Bound<Member>::set};
}

/// The parameters of a family's `block`, and what FormatFamily wants to know of it.
template <typename F>
struct BlockPart {
    static BlockShape get(const Format& format) { return std::get<F>(format).block; }
    static void set(Format& format, const BlockShape& block) { std::get<F>(format).block = block; }

    template <std::int64_t BlockShape::*Member>
    static constexpr Param<Format> extent(const ParamSpec& spec) {
        return {spec,
                [](const Format& f) { return static_cast<double>(std::get<F>(f).block.*Member); },
                [](Format& f, double v) {
                    std::get<F>(f).block.*Member = static_cast<std::int64_t>(v);
                }};
    }
    template <std::size_t Dimension>
    static constexpr Param<Format> boxExtent(std::string_view id, std::string_view label,
                                             double defaultValue) {
        return {{.id = id,
                 .label = label,
                 .unit = "elements",
                 .help = "Extent of a box block; behind the last dimension it is 0.",
                 .minimum = Dimension == 0 ? 1.0 : 0.0,
                 .maximum = 65536,
                 .defaultValue = defaultValue,
                 .zeroText = "none"},
                [](const Format& f) {
                    return static_cast<double>(std::get<F>(f).block.box[Dimension]);
                },
                [](Format& f, double v) {
                    std::get<F>(f).block.box[Dimension] = static_cast<std::int64_t>(v);
                }};
    }

    static constexpr std::array<std::string_view, 5> kKinds{"vector", "tile", "slice", "tensor",
                                                            "box"};
    static constexpr std::array<Param<Format>, 9> kParameters{{
        {{.id = "block",
          .label = "Block shape",
          .help =
              "Which elements share: a run along the reduction axis, a tile of the matrix view, "
              "one index of the axis, the whole tensor, or a box over the first dimensions.",
          .kind = ParamKind::Choice,
          .maximum = 4,
          .defaultValue = static_cast<double>(F{}.block.kind),
          .choices = kKinds},
         [](const Format& f) { return static_cast<double>(std::get<F>(f).block.kind); },
         [](Format& f, double v) {
             std::get<F>(f).block.kind = static_cast<BlockShape::Kind>(static_cast<int>(v));
         }},
        extent<&BlockShape::size>({.id = "size",
                                   .label = "Block size",
                                   .unit = "elements",
                                   .help = "Elements of a vector block.",
                                   .minimum = 1,
                                   .maximum = 1048576,
                                   .defaultValue = static_cast<double>(F{}.block.size),
                                   .powersOfTwo = true}),
        extent<&BlockShape::rows>(
            {.id = "rows",
             .label = "Tile rows",
             .unit = "elements",
             .help = "Rows of a tile of the matrix view [first extent, product of the rest].",
             .minimum = 1,
             .maximum = 65536,
             .defaultValue = 24}),
        extent<&BlockShape::columns>(
            {.id = "columns",
             .label = "Tile columns",
             .unit = "elements",
             .help = "Columns of a tile of the matrix view [first extent, product of the rest].",
             .minimum = 1,
             .maximum = 65536,
             .defaultValue = 24}),
        boxExtent<0>("box0", "Box, dimension 0", 1),
        boxExtent<1>("box1", "Box, dimension 1", 24),
        boxExtent<2>("box2", "Box, dimension 2", 3),
        boxExtent<3>("box3", "Box, dimension 3", 3),
        boxExtent<4>("box4", "Box, dimension 4", 0),
    }};
};

/// Whether a parameter of BlockPart has an effect; true for any other id.
bool blockParameterMatters(const BlockShape& block, std::string_view id);

/// The steps of a minifloat that stands alone.
PowerSteps stepsOf(const Minifloat& format);

/// Two tables in one.
template <std::size_t N, std::size_t M>
constexpr std::array<Param<Format>, N + M> joined(const std::array<Param<Format>, N>& first,
                                                  const std::array<Param<Format>, M>& second) {
    std::array<Param<Format>, N + M> result{};
    for (std::size_t i = 0; i < N; ++i) {
        result[i] = first[i];
    }
    for (std::size_t i = 0; i < M; ++i) {
        result[N + i] = second[i];
    }
    return result;
}

FormatFamily fp32Family();
FormatFamily minifloatFamily();
FormatFamily blockFloatFamily();
FormatFamily microscaledFamily();
FormatFamily microExponentFamily();
FormatFamily fixedPointFamily();
FormatFamily affineIntegerFamily();
FormatFamily powerOfTwoFamily();
FormatFamily binaryFamily();
FormatFamily ternaryFamily();
FormatFamily codebookFamily();
FormatFamily errorBoundedFamily();

}  // namespace mantissa::numerics
