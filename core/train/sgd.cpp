// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/sgd.h"

#include <algorithm>
#include <bit>

namespace mantissa::train {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 15U;  // elements; a few caches' worth
// Below this many elements the update is over before another thread has woken.
constexpr std::size_t kParallelFrom = std::size_t{1} << 18U;

constexpr std::uint32_t kMagnitude = 0x7fffffffU;
constexpr std::uint32_t kInfinity = 0x7f800000U;

std::uint32_t magnitude(float value) {
    return std::bit_cast<std::uint32_t>(value) & kMagnitude;
}

}  // namespace

Sgd::Sgd(std::span<const nn::Parameter> parameters)
    : m_parameters(parameters.begin(), parameters.end()), m_momenta(parameters.size()) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const std::size_t size = m_parameters[i].gradient.size();
        if (size > 0) {
            m_momenta[i] = nn::Tensor({static_cast<std::int64_t>(size)});
        }
        total += size;
        for (std::size_t first = 0; first < size; first += kPiece) {
            m_pieces.push_back({i, first, std::min(kPiece, size - first)});
        }
    }
    m_largest.resize(m_pieces.size());
    m_parallel = total >= kParallelFrom;
}

std::optional<NonFinite> Sgd::step(const SgdFactors& factors, ThreadTeam& team) {
    const auto update = [&](std::int64_t task, int /*worker*/) {
        const Piece& piece = m_pieces[static_cast<std::size_t>(task)];
        const nn::Parameter& parameter = m_parameters[piece.parameter];
        float* const value = parameter.value.data() + piece.first;
        const float* const gradient = parameter.gradient.data() + piece.first;
        float* const momentum = m_momenta[piece.parameter].data() + piece.first;
        const float decay = parameter.decays ? factors.weightDecay : 0.0F;
        const float keep = factors.momentum;
        const float rate = factors.learningRate;
        Largest largest;
        for (std::size_t i = 0; i < piece.count; ++i) {
            largest.gradient = std::max(largest.gradient, magnitude(gradient[i]));
            const float slope = gradient[i] + decay * value[i];
            momentum[i] = keep * momentum[i] + slope;
            value[i] -= rate * momentum[i];
            largest.value = std::max(largest.value, magnitude(value[i]));
        }
        m_largest[static_cast<std::size_t>(task)] = largest;
    };
    const auto pieces = static_cast<std::int64_t>(m_pieces.size());
    if (m_parallel) {
        team.run(pieces, update);
    } else {
        for (std::int64_t task = 0; task < pieces; ++task) {
            update(task, 0);
        }
    }
    if (team.stopped()) {
        return std::nullopt;  // pieces left out hold what an earlier step saw
    }
    for (const bool inGradient : {true, false}) {
        for (std::size_t i = 0; i < m_pieces.size(); ++i) {
            const Largest& largest = m_largest[i];
            if ((inGradient ? largest.gradient : largest.value) >= kInfinity) {
                return NonFinite{m_parameters[m_pieces[i].parameter].name, inGradient};
            }
        }
    }
    return std::nullopt;
}

}  // namespace mantissa::train
