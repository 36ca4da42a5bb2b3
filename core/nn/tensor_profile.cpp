// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/tensor_profile.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <vector>

namespace mantissa::nn {
namespace {

constexpr std::int64_t kPiece = std::int64_t{1} << 16U;  ///< elements a task
constexpr std::size_t kFields = 256;                     ///< values of binary32's exponent field
constexpr std::size_t kLanes = 4;  ///< counters side by side: no addition waits for the one before

struct Counts {
    std::array<std::array<std::uint32_t, kFields>, kLanes> fields{};
    std::uint32_t zeros = 0;
};

Counts countPiece(std::span<const float> values) {
    Counts counts;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto bits = std::bit_cast<std::uint32_t>(values[i]) << 1U;  // without the sign
        counts.zeros += bits == 0 ? 1U : 0U;
        ++counts.fields[i % kLanes][bits >> 24U];
    }
    return counts;
}

std::int64_t piecesOf(std::int64_t count, std::int64_t piece) {
    return (count + piece - 1) / piece;
}

}  // namespace

double TensorProfile::share(std::int64_t elements) const {
    return count == 0 ? 0 : static_cast<double>(elements) / static_cast<double>(count);
}

double TensorProfile::deadShare() const {
    return channels == 0 ? 0 : static_cast<double>(deadChannels) / static_cast<double>(channels);
}

int TensorProfile::exponentAbove(double share) const {
    const auto most = share * static_cast<double>(count - zeros - notFinite);
    std::int64_t below = 0;
    for (std::size_t i = 0; i < kExponents; ++i) {
        below += exponents[i];
        if (static_cast<double>(below) > most) {
            return kLowestExponent + static_cast<int>(i);
        }
    }
    return kLowestExponent;
}

void findDeadChannels(const ChannelView& tensor, TensorProfile& profile, ThreadTeam& team) {
    const auto size = static_cast<std::int64_t>(tensor.values.size());
    const std::int64_t stride = tensor.channels * tensor.inner;
    std::atomic<std::int64_t> dead = 0;
    team.run(tensor.channels, [&](std::int64_t channel, int) {
        for (std::int64_t at = channel * tensor.inner; at < size; at += stride) {
            const auto* const first = tensor.values.data() + at;
            if (std::any_of(first, first + tensor.inner, [](float x) { return x != 0; })) {
                return;
            }
        }
        ++dead;
    });
    profile.channels = tensor.channels;
    profile.deadChannels = dead;
}

void countExponents(std::span<const float> values, TensorProfile& profile, ThreadTeam& team) {
    const auto size = static_cast<std::int64_t>(values.size());
    std::vector<TensorProfile> parts(static_cast<std::size_t>(team.threads()));
    team.run(piecesOf(size, kPiece), [&](std::int64_t piece, int worker) {
        const std::int64_t first = piece * kPiece;
        const auto counts =
            countPiece(values.subspan(static_cast<std::size_t>(first),
                                      static_cast<std::size_t>(std::min(kPiece, size - first))));
        auto& part = parts[static_cast<std::size_t>(worker)];
        for (const auto& lane : counts.fields) {
            for (std::size_t field = 0; field + 1 < kFields; ++field) {
                part.exponents[field] += lane[field];
            }
            part.notFinite += lane[kFields - 1];
        }
        part.zeros += counts.zeros;
        part.exponents.front() -= counts.zeros;  // whose field is that of subnormal numbers
    });
    profile.count = size;
    profile.zeros = 0;
    profile.notFinite = 0;
    profile.exponents = {};
    for (const auto& part : parts) {
        profile.zeros += part.zeros;
        profile.notFinite += part.notFinite;
        for (std::size_t i = 0; i < profile.exponents.size(); ++i) {
            profile.exponents[i] += part.exponents[i];
        }
    }
}

double zeroSettingError(std::span<const float> values, std::span<const float> quantised,
                        const numerics::BlockGrid& grid, ThreadTeam& team) {
    if (values.empty()) {
        return 0;
    }
    constexpr std::int64_t kBoxes = 4096;  // a task
    const std::int64_t boxes = numerics::blockCount(grid);
    std::atomic<std::int64_t> zeroed = 0;
    team.run(piecesOf(boxes, kBoxes), [&](std::int64_t piece, int) {
        std::int64_t inPiece = 0;
        for (std::int64_t b = piece * kBoxes; b < std::min(boxes, (piece + 1) * kBoxes); ++b) {
            const auto box = numerics::boxAt(grid, b);
            std::int64_t zeros = 0;
            bool allZero = true;
            numerics::forEachElement(grid, box.origin, box.extents, [&](std::int64_t i) {
                const auto at = static_cast<std::size_t>(i);
                zeros += quantised[at] == 0 ? 1 : 0;  // exact: what is set to zero is zero
                allZero = allZero && values[at] == 0;
            });
            inPiece += allZero ? 0 : zeros;
        }
        zeroed += inPiece;
    });
    return static_cast<double>(zeroed) / static_cast<double>(values.size());
}

}  // namespace mantissa::nn
