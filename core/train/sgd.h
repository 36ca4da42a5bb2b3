// SPDX-License-Identifier: GPL-3.0-or-later
// Stochastic gradient descent with momentum and weight decay on binary32 master weights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/nn/network.h"
#include "core/nn/tensor.h"
#include "core/thread_team.h"

namespace mantissa::train {

/// The factors of one step.
struct SgdFactors {
    float learningRate = 0;
    float momentum = 0;
    float weightDecay = 0;
};

/// Something that a step left without a finite value.
struct NonFinite {
    std::string parameter;  ///< "conv1.weight"
    bool inGradient = false;
};

/// Updates parameters from their gradients, with PyTorch's definition (torch.optim.SGD, dampening
/// 0, no Nesterov): g += d w for parameters that decay; v = m v + g; w -= r v. Parameters without
/// gradient (running statistics) are left alone.
class Sgd {
public:
    /// The spans in `parameters` must outlive it. Momentum starts at zero.
    explicit Sgd(std::span<const nn::Parameter> parameters);

    /// One step; the same bytes for any team. Returns the first parameter whose gradient
    /// holds NaN or Inf, or else whose updated value does. Where the team was stopped, nothing is
    /// returned and some parameters may be updated and others not: the network and the momenta are
    /// then worthless.
    std::optional<NonFinite> step(const SgdFactors& factors, ThreadTeam& team);

    /// v, one entry a parameter, empty for running statistics.
    std::span<nn::Tensor> momenta() { return m_momenta; }
    std::span<const nn::Tensor> momenta() const { return m_momenta; }

private:
    struct Piece {  // what one thread updates at a time
        std::size_t parameter = 0;
        std::size_t first = 0;
        std::size_t count = 0;
    };
    struct Largest {  // magnitudes, as the bits of a binary32 without sign
        std::uint32_t gradient = 0;
        std::uint32_t value = 0;
    };

    std::vector<nn::Parameter> m_parameters;
    std::vector<nn::Tensor> m_momenta;
    std::vector<Piece> m_pieces;
    std::vector<Largest> m_largest;  // one a piece
    bool m_parallel = false;
};

}  // namespace mantissa::train
