// SPDX-License-Identifier: GPL-3.0-or-later
// What the scalar norm of a format is given: a tensor, a rounding, random words.
#pragma once

#include <cstdint>
#include <span>

#include "core/numerics/format.h"
#include "core/numerics/random_key.h"
#include "core/shape.h"
#include "core/thread_team.h"

namespace mantissa::numerics {

struct ScalarJob {
    std::span<const float> in;
    std::span<float> out;  ///< may alias `in`
    const Shape& shape;
    int axis = 0;
    Rounding rounding = Rounding::NearestEven;
    int randomBits = kFullRandomBits;
    RandomKey key = {};
    /// Of each element, the largest magnitude that it could have become; empty where nobody asks.
    std::span<float> limits = {};

    /// Of each element, its random word; empty: randomWord(key, index).
    std::span<const std::uint32_t> words = {};
    /// Threads that share the work, and the stop that they honour; null: the caller alone.
    ThreadTeam* team = nullptr;

    float at(std::int64_t index) const { return in[static_cast<std::size_t>(index)]; }
    std::uint32_t word(std::int64_t index) const {
        if (rounding != Rounding::Stochastic) {
            return 0;
        }
        return words.empty() ? randomWord(key, index) : words[static_cast<std::size_t>(index)];
    }
    void put(std::int64_t index, float value, double limit) const {
        out[static_cast<std::size_t>(index)] = value;
        if (!limits.empty()) {
            limits[static_cast<std::size_t>(index)] = static_cast<float>(limit);
        }
    }
};

}  // namespace mantissa::numerics
