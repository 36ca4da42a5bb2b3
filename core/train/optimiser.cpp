// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/optimiser.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <variant>

#include "core/numerics/quantise.h"

namespace mantissa::train {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 15U;  // elements; a few caches' worth
// Below this many elements the update is over before another thread has woken.
constexpr std::size_t kParallelFrom = std::size_t{1} << 18U;

constexpr std::uint32_t kMagnitude = 0x7fffffffU;
constexpr std::uint32_t kInfinity = 0x7f800000U;

// The network's own tensors count from 0.
constexpr std::uint32_t kFirstStateTensor = 0x80000000U;
constexpr std::uint32_t kTensorsOfParameter = 4;

std::uint32_t largestMagnitude(const float* values, std::size_t count) {
    std::uint32_t largest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::bit_cast<std::uint32_t>(values[i]) & kMagnitude);
    }
    return largest;
}

/// Sixteen sums side by side, so that the order is fixed and a vector unit can follow it.
double sumOfSquares(const float* values, std::size_t count) {
    constexpr std::size_t kLanes = 16;
    std::array<double, kLanes> sums{};
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const auto value = static_cast<double>(values[i + lane]);
            sums[lane] += value * value;
        }
    }
    for (std::size_t lane = 0; i < count; ++i, ++lane) {
        const auto value = static_cast<double>(values[i]);
        sums[lane] += value * value;
    }
    double sum = 0;
    for (const double lane : sums) {
        sum += lane;
    }
    return sum;
}

bool isExact(const numerics::TensorFormat& format) {
    return std::holds_alternative<numerics::Fp32>(format.format);
}

void roundOne(std::span<float> values, const Shape& shape, const numerics::TensorFormat& format,
              const numerics::RandomKey& key, ThreadTeam& team) {
    if (!values.empty() && !isExact(format)) {
        numerics::quantise(values, values, shape, shape.size() > 1 ? 1 : 0, format, key, team);
    }
}

StepFactors factorsOf(const Recipe& recipe, double learningRate, float gradientFactor,
                      std::int64_t update) {
    const auto t = static_cast<double>(update);
    return {.learningRate = static_cast<float>(learningRate),
            .momentum = static_cast<float>(recipe.momentum),
            .beta2 = static_cast<float>(recipe.beta2),
            .epsilon = static_cast<float>(recipe.epsilon),
            .weightDecay = static_cast<float>(recipe.weightDecay),
            .gradientFactor = gradientFactor,
            .firstCorrection = static_cast<float>(1 / (1 - std::pow(recipe.momentum, t))),
            .secondCorrection = static_cast<float>(1 / std::sqrt(1 - std::pow(recipe.beta2, t)))};
}

}  // namespace

Optimiser::Optimiser(OptimiserKind kind, std::vector<OptimisedParameter> parameters)
    : m_info(&optimiserKinds()[static_cast<std::size_t>(kind)]),
      m_parameters(std::move(parameters)),
      m_states(m_parameters.size()) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const std::size_t size = m_parameters[i].parameter.gradient.size();
        for (std::size_t state = 0; size > 0 && state < m_info->states; ++state) {
            m_states[i][state] = nn::Tensor({static_cast<std::int64_t>(size)});
        }
        total += size;
        for (std::size_t first = 0; first < size; first += kPiece) {
            m_pieces.push_back({i, first, std::min(kPiece, size - first)});
        }
    }
    m_seen.resize(m_pieces.size());
    m_parallel = total >= kParallelFrom;
}

void Optimiser::rebind(std::span<const nn::Parameter> parameters) {
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        m_parameters[i].parameter = parameters[i];
    }
}

template <typename Task>
void Optimiser::forEachPiece(ThreadTeam& team, const Task& task) {
    const auto pieces = static_cast<std::int64_t>(m_pieces.size());
    if (m_parallel) {
        team.run(pieces, [&](std::int64_t index, int /*worker*/) {
            task(static_cast<std::size_t>(index));
        });
        return;
    }
    for (std::size_t index = 0; index < m_pieces.size(); ++index) {
        task(index);
    }
}

double Optimiser::gradientNorm(ThreadTeam& team) {
    forEachPiece(team, [this](std::size_t index) {
        const Piece& piece = m_pieces[index];
        const float* const gradient =
            m_parameters[piece.parameter].parameter.gradient.data() + piece.first;
        m_seen[index].gradient = largestMagnitude(gradient, piece.count);
        m_seen[index].squares = sumOfSquares(gradient, piece.count);
    });
    double sum = 0;
    for (const Seen& seen : m_seen) {
        sum += seen.squares;
    }
    return std::sqrt(sum);
}

std::string Optimiser::firstWithoutFiniteGradient() const {
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        if (m_seen[i].gradient >= kInfinity) {
            return m_parameters[m_pieces[i].parameter].parameter.name;
        }
    }
    return {};
}

void Optimiser::updatePiece(const Recipe& recipe, const StepFactors& factors, std::size_t index) {
    const Piece& piece = m_pieces[index];
    const nn::Parameter& parameter = m_parameters[piece.parameter].parameter;
    UpdateSpan span;
    span.value = parameter.value.data() + piece.first;
    span.gradient = parameter.gradient.data() + piece.first;
    span.count = piece.count;
    for (std::size_t state = 0; state < m_info->states; ++state) {
        span.state[state] = m_states[piece.parameter][state].data() + piece.first;
    }
    StepFactors own = factors;
    own.weightDecay = parameter.decays ? factors.weightDecay : 0.0F;
    Seen& seen = m_seen[index];
    seen.gradient = largestMagnitude(span.gradient, span.count);
    if (recipe.nesterov && m_info->nesterov != nullptr) {
        m_info->nesterov(own, span);
    } else {
        m_info->update(own, span);
    }
    seen.value = largestMagnitude(span.value, span.count);
}

std::optional<NonFinite> Optimiser::step(const Recipe& recipe, double learningRate,
                                         float gradientFactor, const numerics::RandomKey& key,
                                         ThreadTeam& team) {
    ++m_updates;
    const StepFactors factors = factorsOf(recipe, learningRate, gradientFactor, m_updates);
    forEachPiece(team, [&](std::size_t index) { updatePiece(recipe, factors, index); });
    if (team.stopped()) {
        return std::nullopt;  // pieces left out hold what an earlier step saw
    }
    if (auto wrong = firstNonFinite()) {
        return wrong;
    }
    roundState(key, team);
    return team.stopped() ? std::nullopt : firstNonFinite();
}

std::optional<NonFinite> Optimiser::firstNonFinite() const {
    for (const bool inGradient : {true, false}) {
        for (std::size_t i = 0; i < m_pieces.size(); ++i) {
            if ((inGradient ? m_seen[i].gradient : m_seen[i].value) >= kInfinity) {
                return NonFinite{m_parameters[m_pieces[i].parameter].parameter.name, inGradient};
            }
        }
    }
    return std::nullopt;
}

void Optimiser::roundMaster(const numerics::RandomKey& key, ThreadTeam& team) {
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const auto& [parameter, shape, precision] = m_parameters[i];
        if (!parameter.gradient.empty()) {
            auto own = key;
            own.tensor = kFirstStateTensor + kTensorsOfParameter * static_cast<std::uint32_t>(i);
            roundOne(parameter.value, shape, precision.master, own, team);
        }
    }
}

void Optimiser::roundState(const numerics::RandomKey& key, ThreadTeam& team) {
    roundMaster(key, team);
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const auto& [parameter, shape, precision] = m_parameters[i];
        const std::array formats{&precision.momentum, &precision.secondMoment};
        for (std::size_t state = 0; state < m_info->states; ++state) {
            auto own = key;
            own.tensor = kFirstStateTensor + kTensorsOfParameter * static_cast<std::uint32_t>(i) +
                         1 + static_cast<std::uint32_t>(state);
            roundOne(m_states[i][state].values(), shape, *formats[state], own, team);
        }
    }
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        const Piece& piece = m_pieces[i];
        const auto& [parameter, shape, precision] = m_parameters[piece.parameter];
        if (!isExact(precision.master)) {  // what overflows a narrow format shows only now
            m_seen[i].value = largestMagnitude(parameter.value.data() + piece.first, piece.count);
        }
    }
}

std::vector<OptimisedParameter> optimisedParameters(std::span<const nn::Parameter> parameters,
                                                    const nn::NetworkSpec& network,
                                                    std::span<const StatePrecision> precision) {
    const auto shapes = nn::checkNetwork(network);
    std::vector<OptimisedParameter> list;
    for (const auto& parameter : parameters) {
        const auto dot = parameter.name.rfind('.');
        const auto layer = network.indexOf(parameter.name.substr(0, dot));
        OptimisedParameter one{parameter, {static_cast<std::int64_t>(parameter.value.size())}, {}};
        if (layer && shapes && nn::kindOf(network.layers[*layer].params).hasGemm) {
            if (parameter.name.substr(dot + 1) == "weight") {
                one.shape = (*shapes)[*layer].weight;
            }
            if (!precision.empty()) {
                one.precision = precision[*layer];
            }
        }
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace mantissa::train
