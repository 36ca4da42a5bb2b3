// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose blocks take their values from the data, in two steps that the scalar norm and the
// vector kernels share: what is to be known of a block's numbers, and the map that follows from it.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "core/numerics/format.h"

namespace mantissa::numerics {

struct ScalarJob;
struct BlockOfJob;

/// The least and the greatest finite number of a block.
struct Ends {
    float lowest = std::numeric_limits<float>::infinity();
    float highest = -std::numeric_limits<float>::infinity();
    bool any() const { return lowest <= highest; }
    void add(const Ends& other) {
        lowest = std::fmin(lowest, other.lowest);
        highest = std::fmax(highest, other.highest);
    }
};

/// Of a block's finite magnitudes above a threshold: the largest, and the sum in double precision.
/// Each part of a block (BlockOfJob::fold) is summed by itself: element i of the part adds to lane
/// i mod kSumLanes, lanes are added in order, and then the parts.
struct Magnitudes {
    float largest = 0;
    double sum = 0;
    std::int64_t count = 0;
    double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
    void add(const Magnitudes& part) {
        largest = std::fmax(largest, part.largest);
        sum += part.sum;
        count += part.count;
    }
};

/// Below every magnitude.
inline constexpr double kEveryMagnitude = -1;

/// What a format may ask of a block's numbers. Each question is a pass over the block.
class BlockNumbers {
public:
    BlockNumbers() = default;
    virtual ~BlockNumbers() = default;
    BlockNumbers(const BlockNumbers&) = delete;
    BlockNumbers& operator=(const BlockNumbers&) = delete;
    virtual Ends ends() const = 0;
    virtual Magnitudes magnitudesAbove(double threshold) const = 0;
    /// The finite numbers in ascending order.
    virtual std::vector<float> sorted() const = 0;
};

/// Between these, quotients by a scale and products with it neither overflow nor lose bits in
/// binary32: what vectors ask of scales.
inline constexpr float kLeastScale = 0x1p-55F;
inline constexpr float kMostScale = 0x1p100F;

/// The largest binary32 number that is not above: the same binary32 numbers exceed it.
float roundedDown(double threshold);

/// How one number is to be rounded.
struct Draw {
    Rounding rounding = Rounding::NearestEven;
    std::uint32_t word = 0;
    int randomBits = kFullRandomBits;
};

// The maps: what each number of a block becomes (NaN stays NaN), and the largest magnitude that it
// could have become.

/// code * scale + lowest, code = round((x - lowest) / scale) in [0, codes].
struct AffineMap {
    float scale = 0;
    float lowest = 0;
    float highest = 0;
    double codes = 1;
    float operator()(float x, const Draw& draw) const;
    double limit() const { return std::fmax(std::fabs(lowest), std::fabs(highest)); }
};

/// Sign and code * step, code = round(|x| / step) up to `codes`.
struct BoundedMap {
    float step = 1;
    double codes = 1;
    float operator()(float x, const Draw& draw) const;
    double limit() const { return codes * static_cast<double>(step); }
};

struct BinaryMap {
    float scale = 1;
    float operator()(float x, const Draw& draw) const;
    double limit() const { return static_cast<double>(scale); }
};

struct TernaryMap {
    float scale = 1;
    double threshold = 0;
    float operator()(float x, const Draw& draw) const;
    double limit() const { return static_cast<double>(scale); }
};

/// The nearer of two neighbours among `values`, which ascend.
struct TableMap {
    std::vector<float> values;
    /// For vectors under one rounding, else empty: bounds[i] is the least number that becomes
    /// values[i + 1] or a later one, or that may under stochastic rounding.
    std::vector<float> bounds = {};
    std::vector<float> inverseWidths = {};  ///< stochastic: of the steps from each value; then 0
    float operator()(float x, const Draw& draw) const {
        return std::isnan(x) ? x : values[indexOf(x, draw)];
    }
    /// Not of NaN.
    std::size_t indexOf(float x, const Draw& draw) const;
    double limit() const;
    /// Sets what vectors need; leaves it empty where they are not exact.
    void prepare(Rounding rounding);
};

using ValueMap = std::variant<AffineMap, BoundedMap, BinaryMap, TernaryMap, TableMap>;

/// The scalar norm of a format with FormatFamily::map.
void quantiseByMap(const Format& format, const ScalarJob& job);

/// A block's finite numbers in ascending order.
std::vector<float> sortedFinite(const BlockOfJob& block);

}  // namespace mantissa::numerics
