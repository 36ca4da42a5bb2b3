// SPDX-License-Identifier: GPL-3.0-or-later
// What the registry knows of one kind of format. Each kind fills in one of these beside its own
// arithmetic (core/numerics/formats); nothing else tells the kinds apart.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/numerics/format.h"
#include "core/numerics/formats/block_codes.h"
#include "core/numerics/formats/power_steps.h"
#include "core/numerics/scalar_job.h"
#include "core/numerics/value_map.h"
#include "core/param_spec.h"
#include "core/shape.h"

namespace mantissa::numerics {

/// What one element and one block take in memory.
struct StorageLayout {
    int elementBits = 32;
    std::int64_t blockBits = 0;  ///< shared by each block of `block`
    int subBlockBits = 0;        ///< shared by each `subBlockSize` elements of a vector block
    std::int64_t subBlockSize = 1;
};

/// What quantised binary32 numbers can be.
struct FormatRange {
    double largest = 0;         ///< largest finite magnitude; BFP: at the largest shared exponent
    double smallestNormal = 0;  ///< BFP: equal to smallestStep
    double smallestStep = 0;    ///< smallest non-zero magnitude
    /// The three are in units of a scale that each block takes from its data.
    bool relative = false;
};

/// A kind of format: one alternative of the Format variant.
struct FormatFamily {
    std::string_view id = {};       ///< "fp32", "float", "bfp"
    std::string_view label = {};    ///< "Block floating point"
    std::string_view grammar = {};  ///< the generic spelling with its options
    std::string_view help = {};
    std::span<const Param<Format>> parameters = {};  ///< legal only for a Format of this family
    int positional = 0;    ///< leading parameters that the generic spelling gives without a name
    Format defaults = {};  ///< what the generic spelling leaves out
    Format example = {};   ///< a sensible starting point when a user picks the kind

    StorageLayout (*storage)(const Format&) = nullptr;
    FormatRange (*range)(const Format&) = nullptr;
    /// The scalar norm, see quantiseRef().
    void (*quantise)(const Format&, const ScalarJob&) = nullptr;
    /// A block's numbers, row-major, as bits and back (formats/block_codes.h).
    Fault (*pack)(const Format&, std::span<const float> block, BitWriter& to) = nullptr;
    Fault (*unpack)(const Format&, BitReader& from, std::span<float> block) = nullptr;
    /// How its steps follow from the data where they are powers of two; null, or nothing, where
    /// vector loops cannot say it.
    std::optional<PowerSteps> (*steps)(const Format&) = nullptr;
    /// What a block's numbers become, where that follows from the block as a whole (`quantise` is
    /// then quantiseByMap); null elsewhere.
    ValueMap (*map)(const Format&, const BlockNumbers&) = nullptr;
    /// Checks between parameters; null where their ranges suffice.
    Result<void> (*check)(const Format&) = nullptr;
    /// Whether a parameter has an effect beside the others; null: all have.
    bool (*matters)(const Format&, std::string_view parameter) = nullptr;
    /// Which elements share something; null where each stands alone.
    BlockShape (*block)(const Format&) = nullptr;
    void (*setBlock)(Format&, const BlockShape&) = nullptr;
    /// The positional arguments as one word where numbers do not say them ("e4m3"); null elsewhere.
    std::string (*writeHead)(const Format&) = nullptr;
    bool (*readHead)(std::string_view text, Format&) = nullptr;
    std::string_view headExpected = {};
};

}  // namespace mantissa::numerics
